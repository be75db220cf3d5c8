//! The check on the wire: OpenID AuthZEN Authorization API 1.0, sections 5 to 7: the questions. Their parts are in
//! `entities`, the answers in `answer`.
//!
//! Everything is read in one pass and borrowed from the body. In a call with many questions the entities beside
//! `evaluations` are defaults, whole entity by whole entity: an item's own resource replaces the default one with all
//! its properties. Only a default that lacks type or id, and so is no entity by itself, is taken for what the items
//! share, and fills in that one word (the certification scenario, "default value merging").

use std::borrow::Cow;

use serde::de::SeqAccess;
use utoipa::ToSchema;

use super::entities::{
    ACTION, Action, Fault, RESOURCE, RequestContext, Resource, SUBJECT, Subject, min_seq,
};
use super::problem::Problem;
use crate::domain::dialect::Dialect;
use crate::domain::field::{Field, Read, fields};
use crate::domain::property::Given;
use crate::domain::question::Question;
use crate::domain::strict::UniqueNames;

/// Most items in one call.
pub const MAX_EVALUATIONS: usize = 1000;

/// One question: may I collect this, about this person, for this programme?
#[derive(Debug, Default, ToSchema)]
pub struct Evaluation<'a> {
    /// The person about whom.
    #[schema(value_type = Option<Subject>)]
    subject: Field<Subject<'a>>,
    /// What is to be done.
    #[schema(value_type = Option<Action>)]
    action: Field<Action<'a>>,
    /// The kind of data.
    #[schema(value_type = Option<Resource>)]
    resource: Field<Resource<'a>>,
    /// What goes with the question.
    #[schema(value_type = Option<RequestContext>)]
    context: Field<RequestContext>,
}

fields!('de Evaluation<'de>: "subject" = subject, "action" = action, "resource" = resource, "context" = context);

/// Many questions at once. What stands beside `evaluations` fills in what an item leaves out, whole entity by whole
/// entity. Without `evaluations` it is one question and is answered as one.
#[derive(Debug, Default, ToSchema)]
pub struct Evaluations<'a> {
    /// Default person.
    #[schema(value_type = Option<Subject>)]
    subject: Field<Subject<'a>>,
    /// Default action.
    #[schema(value_type = Option<Action>)]
    action: Field<Action<'a>>,
    /// Default kind of data.
    #[schema(value_type = Option<Resource>)]
    resource: Field<Resource<'a>>,
    /// Default context.
    #[schema(value_type = Option<RequestContext>)]
    context: Field<RequestContext>,
    /// The questions, at most 1000.
    #[schema(rename = "evaluations", value_type = Option<Vec<Evaluation>>)]
    items: Field<Items<'a>>,
    /// How to go through them.
    #[schema(value_type = Option<Options>)]
    options: Field<Options<'a>>,
}

fields!('de Evaluations<'de>: "subject" = subject, "action" = action, "resource" = resource, "context" = context,
    "evaluations" = items, "options" = options);

/// Items, as far as there may be; one more tells that there are too many.
#[derive(Debug, Default)]
struct Items<'a>(Vec<Field<Evaluation<'a>>>);

impl<'de> Read<'de> for Items<'de> {
    fn list<A: SeqAccess<'de>>(mut list: A) -> Result<Option<Self>, A::Error> {
        let mut items = Vec::new();
        while items.len() <= MAX_EVALUATIONS {
            match list.next_element()? {
                Some(item) => items.push(item),
                None => return Ok(Some(Self(items))),
            }
        }
        while list.next_element::<UniqueNames>()?.is_some() {}
        Ok(Some(Self(items)))
    }
}

/// How to go through many questions.
#[derive(Debug, Default, ToSchema)]
pub struct Options<'a> {
    /// After which answer to stop.
    #[schema(rename = "evaluations_semantic", value_type = Option<Semantic>)]
    semantic: Field<Cow<'a, str>>,
}

fields!('de Options<'de>: "evaluations_semantic" = semantic);

/// After which answer to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Semantic {
    /// After the last.
    #[default]
    ExecuteAll,
    /// After the first no.
    DenyOnFirstDeny,
    /// After the first yes.
    PermitOnFirstPermit,
}

/// What a call of `evaluations` asks.
#[derive(Debug)]
pub enum Asked<'a> {
    /// One question.
    One(Evaluation<'a>),
    /// Many.
    Many(Batch<'a>),
}

/// Many questions, each to be read with the defaults.
#[derive(Debug)]
pub struct Batch<'a> {
    defaults: Evaluation<'a>,
    items: Vec<Field<Evaluation<'a>>>,
    /// After which answer to stop.
    pub semantic: Semantic,
}

const ITEM: Fault = "The item is not an object.";

impl Evaluation<'_> {
    /// The question in our words.
    ///
    /// # Errors
    /// When subject, action or resource is missing, or something is of another type than is due.
    pub fn question(&self, dialect: &Dialect) -> Result<Question<'_>, Fault> {
        self.with(self, dialect)
    }

    fn with<'r>(&'r self, defaults: &'r Self, dialect: &Dialect) -> Result<Question<'r>, Fault> {
        let subject = whole(&self.subject, &defaults.subject).ok_or(SUBJECT)?;
        let action = whole(&self.action, &defaults.action).ok_or(ACTION)?;
        let resource = whole(&self.resource, &defaults.resource).ok_or(RESOURCE)?;
        let context = if self.context.is_absent() {
            &defaults.context
        } else {
            &self.context
        };
        let shared = defaults.subject.get();
        let (subject_type, employee) = subject.type_and_id(shared).ok_or(SUBJECT)?;
        let shared = defaults.resource.get();
        let (resource_type, category) = resource.type_and_id(shared).ok_or(RESOURCE)?;
        let name = action.name.get().ok_or(ACTION)?;
        let (program, deed) = action.said().ok_or(ACTION)?;
        let (app, data) = resource.said().ok_or(RESOURCE)?;
        // A type or action of another vocabulary names nobody and nothing here; neither does an empty word.
        let of_type = |kind: &str, due: &str, id| if kind == due { id } else { "" };
        Ok(Question {
            employee: of_type(subject_type, &dialect.subject, employee),
            program: dialect.program(name, program),
            category: of_type(resource_type, &dialect.resource, category),
            app,
            given: Given {
                subject: subject.said().ok_or(SUBJECT)?,
                action: deed,
                resource: data,
            },
            min_seq: min_seq(context)?,
        })
    }

    /// Whether what is said is of the types that are due.
    fn check(&self) -> Result<(), Fault> {
        let good = |absent, typed: Option<bool>, fault| {
            (absent || typed == Some(true)).then_some(()).ok_or(fault)
        };
        let (subject, action, resource) = (&self.subject, &self.action, &self.resource);
        good(
            subject.is_absent(),
            subject.get().map(Subject::is_well_typed),
            SUBJECT,
        )?;
        good(
            action.is_absent(),
            action.get().map(Action::is_well_typed),
            ACTION,
        )?;
        good(
            resource.is_absent(),
            resource.get().map(Resource::is_well_typed),
            RESOURCE,
        )?;
        min_seq(&self.context).map(|_| ())
    }
}

/// An item's own entity, or the default one.
fn whole<'r, T>(own: &'r Field<T>, default: &'r Field<T>) -> Option<&'r T> {
    if own.is_absent() {
        default.get()
    } else {
        own.get()
    }
}

impl<'a> Evaluations<'a> {
    /// What is asked.
    ///
    /// # Errors
    /// When something beside the items is of another type than is due, or there are too many of them.
    pub fn asked(self) -> Result<Asked<'a>, Problem> {
        let defaults = Evaluation {
            subject: self.subject,
            action: self.action,
            resource: self.resource,
            context: self.context,
        };
        let items = match self.items {
            Field::Is(Items(items)) => items,
            Field::Wrong => return Err(Problem::malformed("Give evaluations as a list.")),
            Field::Missing | Field::Null => Vec::new(),
        };
        let semantic = semantic(&self.options).map_err(Problem::malformed)?;
        if items.is_empty() {
            return Ok(Asked::One(defaults));
        }
        if items.len() > MAX_EVALUATIONS {
            return Err(Problem::malformed(format!(
                "Ask at most {MAX_EVALUATIONS} questions at once."
            )));
        }
        defaults.check().map_err(Problem::malformed)?;
        Ok(Asked::Many(Batch {
            defaults,
            items,
            semantic,
        }))
    }
}

impl Batch<'_> {
    /// The questions in their order; a bad one does not spoil the others.
    pub fn questions(
        &self,
        dialect: &Dialect,
    ) -> impl Iterator<Item = Result<Question<'_>, Fault>> {
        let items = self.items.iter();
        items.map(move |item| item.get().ok_or(ITEM)?.with(&self.defaults, dialect))
    }
}

fn semantic(options: &Field<Options<'_>>) -> Result<Semantic, Fault> {
    let fault = "Give options, if any, as an object, and in it evaluations_semantic, if any, as execute_all, \
                 deny_on_first_deny or permit_on_first_permit.";
    let word = match options {
        Field::Is(options) => &options.semantic,
        Field::Missing | Field::Null => return Ok(Semantic::default()),
        Field::Wrong => return Err(fault),
    };
    match word {
        Field::Missing | Field::Null => Ok(Semantic::default()),
        Field::Is(word) if word == "execute_all" => Ok(Semantic::ExecuteAll),
        Field::Is(word) if word == "deny_on_first_deny" => Ok(Semantic::DenyOnFirstDeny),
        Field::Is(word) if word == "permit_on_first_permit" => Ok(Semantic::PermitOnFirstPermit),
        Field::Is(_) | Field::Wrong => Err(fault),
    }
}
