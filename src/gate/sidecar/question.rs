//! AuthZEN 1.0 questions (OpenID Authorization API 1.0, sections 5 to 7), in our words.
//!
//! Unknown fields are ignored everywhere, wrong types are refused; the server does the same with the same words.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::client::watch::Ask;
use crate::client::watch::condition::properties;
use crate::domain::strict::{self, Object};

/// Most questions in one call.
pub const MAX_QUESTIONS: usize = 1000;

const LACKS: &str = "Give subject (type, id), action (name) and resource (type, id).";
const SHAPE: &str = "The question is not in the documented shape.";

/// May it be collected? What is of another vocabulary is empty, and names nobody and nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    employee: String,
    program: String,
    category: String,
    app: Option<String>,
    action: Map<String, Value>,
    /// A position that the answer must not be older than.
    pub min_seq: Option<u64>,
}

impl Question {
    /// Asks it.
    pub fn put<T>(&self, ask: impl FnOnce(&Ask) -> T) -> T {
        let said = properties(&self.action);
        ask(&Ask {
            app: self.app.as_deref(),
            action: &said,
            ..Ask::new(&self.employee, &self.program, &self.category)
        })
    }
}

/// What a call asks.
#[derive(Debug)]
pub enum Asked {
    /// One question.
    One(Question),
    /// Many; those that could not be read with what is wrong with them.
    Many(Vec<Result<Question, &'static str>>, Semantic),
}

/// After which answer to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
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

#[derive(Debug, Clone, Default, Deserialize)]
struct Entities {
    subject: Option<Object<Subject>>,
    action: Option<Object<Action>>,
    resource: Option<Object<Resource>>,
    context: Option<Object<Context>>,
}

#[derive(Debug, Clone, Deserialize)]
struct Context {
    min_seq: Option<u64>,
}

#[derive(Debug, Clone, Deserialize)]
struct Subject {
    #[serde(rename = "type")]
    kind: String,
    id: String,
    #[expect(dead_code, reason = "read for its type")]
    properties: Option<Map<String, Value>>,
}

#[derive(Debug, Clone, Deserialize)]
struct Action {
    name: String,
    properties: Option<Map<String, Value>>,
}

#[derive(Debug, Clone, Deserialize)]
struct Resource {
    #[serde(rename = "type")]
    kind: String,
    id: String,
    properties: Option<Object<ResourceProperties>>,
}

#[derive(Debug, Clone, Deserialize)]
struct ResourceProperties {
    app: Option<String>,
}

#[derive(Deserialize)]
struct Batch {
    #[serde(flatten)]
    defaults: Entities,
    evaluations: Option<Vec<Value>>,
    options: Option<Object<Options>>,
}

#[derive(Deserialize)]
struct Options {
    evaluations_semantic: Option<Semantic>,
}

/// Reads the body of `evaluation`, or of `evaluations` if `many`.
///
/// # Errors
/// What to do about it.
pub fn read(body: &[u8], many: bool) -> Result<Asked, &'static str> {
    if !many {
        let entities: Entities = strict::from_slice(body).map_err(|_| SHAPE)?;
        return entities.question().map(Asked::One);
    }
    let batch: Batch = strict::from_slice(body).map_err(|_| SHAPE)?;
    let items = batch.evaluations.unwrap_or_default();
    if items.is_empty() {
        return batch.defaults.question().map(Asked::One);
    }
    if items.len() > MAX_QUESTIONS {
        return Err("Ask at most 1000 questions at once.");
    }
    let semantic = batch
        .options
        .and_then(|options| options.0.evaluations_semantic);
    let questions = items.into_iter().map(|item| {
        let Object(item) = serde_json::from_value::<Object<Entities>>(item).map_err(|_| SHAPE)?;
        let defaults = batch.defaults.clone();
        let merged = Entities {
            subject: item.subject.or(defaults.subject),
            action: item.action.or(defaults.action),
            resource: item.resource.or(defaults.resource),
            context: item.context.or(defaults.context),
        };
        merged.question()
    });
    Ok(Asked::Many(
        questions.collect(),
        semantic.unwrap_or_default(),
    ))
}

impl Entities {
    fn question(self) -> Result<Question, &'static str> {
        let (Some(Object(subject)), Some(Object(action)), Some(Object(resource))) =
            (self.subject, self.action, self.resource)
        else {
            return Err(LACKS);
        };
        let known = |known: bool, text: String| if known { text } else { String::new() };
        let action_properties = action.properties.unwrap_or_default();
        let program = match action_properties.get("program") {
            None | Some(Value::Null) => None,
            Some(Value::String(program)) => Some(program.clone()),
            Some(_) => return Err(SHAPE),
        };
        Ok(Question {
            employee: known(subject.kind == "employee", subject.id),
            program: known(action.name == "collect", program.unwrap_or_default()),
            category: known(resource.kind == "data_category", resource.id),
            app: resource.properties.and_then(|properties| properties.0.app),
            action: action_properties,
            min_seq: self.context.and_then(|context| context.0.min_seq),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn question() -> Value {
        json!({
            "subject": {"type": "employee", "id": "E1", "more": 1},
            "action": {"name": "collect", "properties": {"program": "mci"}},
            "resource": {"type": "data_category", "id": "keystrokes", "properties": {"app": "mail"}},
            "context": {"anything": 1, "min_seq": 7},
        })
    }

    fn one(value: &Value) -> Result<Question, &'static str> {
        match read(value.to_string().as_bytes(), false)? {
            Asked::One(question) => Ok(question),
            Asked::Many(..) => panic!("{value}"),
        }
    }

    #[test]
    fn a_question_is_read_in_authzen_words() {
        let read = one(&question()).unwrap();
        let names = |ask: &Ask| {
            [
                ask.employee,
                ask.program,
                ask.category,
                ask.app.unwrap_or_default(),
            ]
            .join(" ")
        };
        assert_eq!(read.put(names), "E1 mci keystrokes mail");
        assert_eq!(read.min_seq, Some(7));
        for (pointer, other) in [
            ("/subject/type", "user"),
            ("/action/name", "read"),
            ("/resource/type", "record"),
        ] {
            let mut foreign = question();
            *foreign.pointer_mut(pointer).unwrap() = other.into();
            let read = one(&foreign).unwrap();
            assert!([read.employee, read.program, read.category].contains(&String::new()));
        }
    }

    #[test]
    fn every_wrong_shape_is_refused() {
        for (pointer, wrong) in [
            ("/subject", json!("E1")),
            ("/subject", json!(["employee", "E1"])),
            ("/subject", json!(null)),
            ("/subject/id", json!(7)),
            ("/subject/id", json!(null)),
            ("/action/name", json!(123)),
            ("/action/properties", json!([])),
            ("/resource/properties/app", json!(1)),
            ("/context", json!("x")),
            ("/context/min_seq", json!("7")),
            ("/action/properties/program", json!(7)),
        ] {
            let mut bad = question();
            *bad.pointer_mut(pointer).unwrap() = wrong;
            assert!(one(&bad).is_err(), "{bad}");
        }
        for bad in ["", "[]", "{}", "null", "{\"subject\":{},\"subject\":{}}"] {
            assert!(read(bad.as_bytes(), false).is_err(), "{bad}");
            assert!(read(bad.as_bytes(), true).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_batch_fills_in_whole_entities_and_one_bad_item_is_its_own_error() {
        let mut batch = question();
        batch["evaluations"] = json!([{}, {"subject": {"type": "employee", "id": "E2"}}, {"subject": 7}, {"resource": {"type": "data_category", "id": "x"}}]);
        batch["options"] = json!({"evaluations_semantic": "deny_on_first_deny", "more": 1});
        let Asked::Many(items, semantic) = read(batch.to_string().as_bytes(), true).unwrap() else {
            panic!("{batch}")
        };
        assert_eq!(semantic, Semantic::DenyOnFirstDeny);
        assert_eq!(items[1].as_ref().unwrap().employee, "E2");
        assert!(items[2].is_err());
        assert_eq!(items[3].as_ref().unwrap().app, None, "no merging of parts");
        batch["options"] = json!({"evaluations_semantic": "some"});
        assert!(read(batch.to_string().as_bytes(), true).is_err());
        batch["options"] = Value::Null;
        batch["evaluations"] = json!([]);
        assert!(matches!(
            read(batch.to_string().as_bytes(), true),
            Ok(Asked::One(_))
        ));
    }
}
