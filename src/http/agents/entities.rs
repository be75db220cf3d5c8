//! AuthZEN's entities on the wire (section 5): subject, action, resource, context, and how their words become ours.
//!
//! Unknown fields are ignored everywhere, as the specification asks. Nothing here decides.

use std::borrow::Cow;

use utoipa::ToSchema;

use crate::domain::field::{Field, fields};
use crate::domain::property::{NOTHING, Properties};

/// The person about whom.
#[derive(Debug, Default, ToSchema)]
pub struct Subject<'a> {
    /// `employee`, or the agent's own word for it; another type is nobody.
    #[schema(rename = "type", value_type = String, examples("employee"))]
    pub kind: Field<Cow<'a, str>>,
    /// The number by which HR knows the person.
    #[schema(value_type = String, examples("E-1001"))]
    pub id: Field<Cow<'a, str>>,
    /// For conditions to compare. Can only narrow the answer.
    #[schema(value_type = Option<Object>)]
    pub properties: Field<Properties<'a>>,
}

fields!('de Subject<'de>: "type" = kind, "id" = id, "properties" = properties);

/// What is to be done.
#[derive(Debug, Default, ToSchema)]
pub struct Action<'a> {
    /// `collect`, or the agent's own word for it; nothing else is ever permitted.
    #[schema(value_type = String, examples("collect"))]
    pub name: Field<Cow<'a, str>>,
    /// For which programme, and how.
    #[schema(value_type = Option<ActionProperties>)]
    pub properties: Field<ActionProperties<'a>>,
}

fields!('de Action<'de>: "name" = name, "properties" = properties);

/// For which programme, and how. Further properties are for conditions to compare (`masked`).
#[derive(Debug, Default, ToSchema)]
pub struct ActionProperties<'a> {
    /// The programme's id.
    #[schema(value_type = Option<String>, examples("mci"))]
    pub program: Field<Cow<'a, str>>,
    /// What else is said.
    #[schema(ignore)]
    pub others: Properties<'a>,
}

fields!('de ActionProperties<'de>: "program" = program, .. = others);

/// The kind of data.
#[derive(Debug, Default, ToSchema)]
pub struct Resource<'a> {
    /// `data_category`, or the agent's own word for it; another type is nothing.
    #[schema(rename = "type", value_type = String, examples("data_category"))]
    pub kind: Field<Cow<'a, str>>,
    /// The category.
    #[schema(value_type = String, examples("keystrokes"))]
    pub id: Field<Cow<'a, str>>,
    /// Where, and what for conditions to compare.
    #[schema(value_type = Option<ResourceProperties>)]
    pub properties: Field<ResourceProperties<'a>>,
}

fields!('de Resource<'de>: "type" = kind, "id" = id, "properties" = properties);

/// Where. Further properties are for conditions to compare.
#[derive(Debug, Default, ToSchema)]
pub struct ResourceProperties<'a> {
    /// In which app. Can only narrow the answer.
    #[schema(value_type = Option<String>)]
    pub app: Field<Cow<'a, str>>,
    /// What else is said.
    #[schema(ignore)]
    pub others: Properties<'a>,
}

fields!('de ResourceProperties<'de>: "app" = app, .. = others);

/// What goes with the question.
#[derive(Debug, Default, ToSchema)]
pub struct RequestContext {
    /// A position of the ledger that the answer must not be older than. If it is not reached in time, the answer is no
    /// with `replica_behind`.
    #[schema(value_type = Option<u64>)]
    pub min_seq: Field<u64>,
}

fields!('de RequestContext: "min_seq" = min_seq);

/// What is wrong with a question, in words that say how to mend it.
pub type Fault = &'static str;

/// About the subject.
pub const SUBJECT: Fault =
    "Give subject, an object with type and id (texts) and, if any, properties (an object).";
/// About the action.
pub const ACTION: Fault =
    "Give action, an object with name (a text) and, if any, properties (an object).";
/// About the resource.
pub const RESOURCE: Fault =
    "Give resource, an object with type and id (texts) and, if any, properties (an object).";
/// About the context.
pub const CONTEXT: Fault =
    "Give context, if any, as an object, and in it min_seq, if any, as a whole number.";

/// Type and id, borrowed.
pub type TypeAndId<'r> = (&'r str, &'r str);

impl Subject<'_> {
    /// Its type and id. Where `default` lacks one of them it is no subject by itself: then it is what items share, and
    /// fills in the one that this lacks.
    pub fn type_and_id<'r>(&'r self, default: Option<&'r Self>) -> Option<TypeAndId<'r>> {
        let shared = default.filter(|default| default.kind.is_absent() || default.id.is_absent());
        Some((
            text(&self.kind, shared.map(|shared| &shared.kind))?,
            text(&self.id, shared.map(|shared| &shared.id))?,
        ))
    }

    /// What is said of it.
    pub fn said(&self) -> Option<&Properties<'_>> {
        optional(&self.properties, &NOTHING)
    }

    /// Whether nothing in it is of another type than is due.
    pub fn is_well_typed(&self) -> bool {
        !self.kind.is_wrong() && !self.id.is_wrong() && !self.properties.is_wrong()
    }
}

impl Action<'_> {
    /// Its programme as a property says it, and what else is said of it.
    pub fn said(&self) -> Option<(Option<&str>, &Properties<'_>)> {
        let Some(properties) = self.properties.get() else {
            return self.properties.is_absent().then_some((None, &NOTHING));
        };
        let program = properties.program.get().map(AsRef::as_ref);
        (!properties.program.is_wrong()).then_some((program, &properties.others))
    }

    /// Whether nothing in it is of another type than is due.
    pub fn is_well_typed(&self) -> bool {
        !self.name.is_wrong() && self.said().is_some()
    }
}

impl Resource<'_> {
    /// As a subject's.
    pub fn type_and_id<'r>(&'r self, default: Option<&'r Self>) -> Option<TypeAndId<'r>> {
        let shared = default.filter(|default| default.kind.is_absent() || default.id.is_absent());
        Some((
            text(&self.kind, shared.map(|shared| &shared.kind))?,
            text(&self.id, shared.map(|shared| &shared.id))?,
        ))
    }

    /// In which app, and what else is said of it.
    pub fn said(&self) -> Option<(Option<&str>, &Properties<'_>)> {
        let Some(properties) = self.properties.get() else {
            return self.properties.is_absent().then_some((None, &NOTHING));
        };
        let app = properties.app.get().map(AsRef::as_ref);
        (!properties.app.is_wrong()).then_some((app, &properties.others))
    }

    /// Whether nothing in it is of another type than is due.
    pub fn is_well_typed(&self) -> bool {
        !self.kind.is_wrong() && !self.id.is_wrong() && self.said().is_some()
    }
}

/// The position that a context asks for.
///
/// # Errors
/// When it is of another type than is due.
pub fn min_seq(context: &Field<RequestContext>) -> Result<Option<u64>, Fault> {
    match context {
        Field::Is(context) if !context.min_seq.is_wrong() => Ok(context.min_seq.get().copied()),
        Field::Missing | Field::Null => Ok(None),
        Field::Is(_) | Field::Wrong => Err(CONTEXT),
    }
}

fn text<'r>(
    own: &'r Field<Cow<'_, str>>,
    shared: Option<&'r Field<Cow<'_, str>>>,
) -> Option<&'r str> {
    let field = shared.filter(|_| own.is_absent()).unwrap_or(own);
    field.get().map(AsRef::as_ref)
}

fn optional<'r, T>(field: &'r Field<T>, nothing: &'r T) -> Option<&'r T> {
    if field.is_absent() {
        Some(nothing)
    } else {
        field.get()
    }
}
