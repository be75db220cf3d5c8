//! The check on the wire: OpenID AuthZEN Authorization API 1.0, sections 5 to 7, and how its words map to ours: the questions.
//! Answers are in `answer`.
//!
//! Unknown fields are ignored everywhere, as the specification asks; wrong types are refused. Nothing here decides.

use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::answer::ItemError;
use super::problem::Problem;
use crate::app::check::Question;
use crate::domain::strict::Object;

/// Most items in one call.
pub const MAX_EVALUATIONS: usize = 1000;

/// One question: may I collect this, about this person, for this programme?
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct Evaluation {
    /// The person about whom.
    #[schema(value_type = Option<Subject>)]
    subject: Option<Object<Subject>>,
    /// What is to be done.
    #[schema(value_type = Option<Action>)]
    action: Option<Object<Action>>,
    /// The kind of data.
    #[schema(value_type = Option<Resource>)]
    resource: Option<Object<Resource>>,
    /// Nothing in it is understood so far.
    #[schema(value_type = Option<Object>)]
    #[expect(
        dead_code,
        reason = "read for its type: AuthZEN says that it is an object"
    )]
    context: Option<Map<String, Value>>,
}

/// The person about whom.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct Subject {
    /// `employee`; another type is nobody.
    #[serde(rename = "type")]
    #[schema(examples("employee"))]
    kind: String,
    /// The number by which HR knows the person.
    #[schema(examples("E-1001"))]
    id: String,
    /// Nothing in it is understood so far.
    #[schema(value_type = Option<Object>)]
    #[expect(dead_code, reason = "read for its type")]
    properties: Option<Map<String, Value>>,
}

/// What is to be done.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct Action {
    /// `collect`; nothing else is ever permitted.
    #[schema(examples("collect"))]
    name: String,
    /// For which programme.
    #[schema(value_type = Option<ActionProperties>)]
    properties: Option<Object<ActionProperties>>,
}

/// For which programme.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ActionProperties {
    /// The programme's id.
    #[schema(examples("mci"))]
    program: Option<String>,
}

/// The kind of data.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct Resource {
    /// `data_category`; another type is nothing.
    #[serde(rename = "type")]
    #[schema(examples("data_category"))]
    kind: String,
    /// The category.
    #[schema(examples("keystrokes"))]
    id: String,
    /// Where.
    #[schema(value_type = Option<ResourceProperties>)]
    properties: Option<Object<ResourceProperties>>,
}

/// Where.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ResourceProperties {
    /// In which app. Can only narrow the answer.
    app: Option<String>,
}

/// Many questions at once. What stands beside `evaluations` fills in what an item leaves out, whole entity by whole
/// entity. Without `evaluations` it is one question and is answered as one.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct Evaluations {
    /// Default person.
    #[schema(value_type = Option<Subject>)]
    subject: Option<Object<Subject>>,
    /// Default action.
    #[schema(value_type = Option<Action>)]
    action: Option<Object<Action>>,
    /// Default kind of data.
    #[schema(value_type = Option<Resource>)]
    resource: Option<Object<Resource>>,
    /// Nothing in it is understood so far.
    #[schema(value_type = Option<Object>)]
    context: Option<Map<String, Value>>,
    /// The questions, at most 1000.
    #[serde(rename = "evaluations")]
    #[schema(value_type = Option<Vec<Evaluation>>)]
    items: Option<Vec<Value>>,
    /// How to go through them.
    #[schema(value_type = Option<Options>)]
    options: Option<Object<Options>>,
}

/// How to go through many questions.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
pub struct Options {
    /// After which answer to stop.
    #[serde(rename = "evaluations_semantic")]
    semantic: Option<Semantic>,
}

/// After which answer to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
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
pub enum Asked {
    /// One question.
    One(Question),
    /// Many; those that could not be read with what is wrong with them.
    Many(Vec<Result<Question, ItemError>>, Semantic),
}

const LACKS: ItemError = ItemError {
    status: 400,
    message: "Give subject (type, id), action (name) and resource (type, id).",
};

const SHAPE: ItemError = ItemError {
    status: 400,
    message: "The item is not in the documented shape.",
};

impl Evaluation {
    /// The question in our words.
    ///
    /// # Errors
    /// When subject, action or resource is missing.
    pub fn question(self) -> Result<Question, ItemError> {
        let (Some(Object(subject)), Some(Object(action)), Some(Object(resource))) =
            (self.subject, self.action, self.resource)
        else {
            return Err(LACKS);
        };
        // A type or action of another vocabulary names nobody and nothing here; neither does an empty word.
        let employee = if subject.kind == "employee" {
            subject.id
        } else {
            String::new()
        };
        let program = action
            .properties
            .and_then(|properties| properties.0.program);
        let program = program
            .filter(|_| action.name == "collect")
            .unwrap_or_default();
        let category = if resource.kind == "data_category" {
            resource.id
        } else {
            String::new()
        };
        Ok(Question {
            employee,
            program,
            category,
            app: resource.properties.and_then(|properties| properties.0.app),
        })
    }
}

impl Evaluations {
    /// What is asked.
    ///
    /// # Errors
    /// When it is one question and lacks something, or too many.
    pub fn asked(self) -> Result<Asked, Problem> {
        let defaults = Evaluation {
            subject: self.subject,
            action: self.action,
            resource: self.resource,
            context: self.context,
        };
        let items = self.items.unwrap_or_default();
        if items.is_empty() {
            return defaults.question().map(Asked::One).map_err(Into::into);
        }
        if items.len() > MAX_EVALUATIONS {
            return Err(Problem::malformed(format!(
                "Ask at most {MAX_EVALUATIONS} questions at once."
            )));
        }
        let semantic = self.options.and_then(|options| options.0.semantic);
        let questions = items.into_iter().map(|item| question(item, &defaults));
        Ok(Asked::Many(
            questions.collect(),
            semantic.unwrap_or_default(),
        ))
    }
}

/// Each item is read by itself, so that a bad one does not spoil the others.
fn question(item: Value, defaults: &Evaluation) -> Result<Question, ItemError> {
    let Object(item) = serde_json::from_value::<Object<Evaluation>>(item).map_err(|_| SHAPE)?;
    let merged = Evaluation {
        subject: item.subject.or_else(|| defaults.subject.clone()),
        action: item.action.or_else(|| defaults.action.clone()),
        resource: item.resource.or_else(|| defaults.resource.clone()),
        context: None,
    };
    merged.question()
}

impl From<ItemError> for Problem {
    fn from(error: ItemError) -> Self {
        Self::malformed(error.message)
    }
}
