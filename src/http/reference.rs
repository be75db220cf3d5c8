//! `/docs/api`: the agent API as a page, made from the same description as `/openapi.json`.

use axum::http::StatusCode;
use leptos::prelude::*;
use serde_json::Value;

use super::agents::openapi::description;
use super::failure::Failure;
use super::visitor::{Answer, Visitor};
use crate::ui::reference::{Answered, Call, Field, Group, Kind, Reference, ReferencePage, Shape};
use crate::ui::shell::Section;

/// `GET /docs/api`
pub async fn show(visitor: Visitor) -> Answer {
    let document = serde_json::to_value(description());
    let document = document.map_err(|error| Failure::internal(&error))?;
    let reference = read(&document);
    let body = move || view! { <ReferencePage reference /> }.into_any();
    visitor
        .page(Section::Nowhere, StatusCode::OK, "Agent API", body)
        .await
}

fn read(document: &Value) -> Reference {
    let calls = calls(&document["paths"]);
    let tags = document["tags"].as_array().into_iter().flatten();
    let groups = tags.map(|tag| {
        let name = text(&tag["name"]);
        let own = calls.iter().filter(|(of, _)| *of == name);
        Group {
            calls: own.map(|(_, call)| call.clone()).collect(),
            about: text(&tag["description"]),
            name,
        }
    });
    let shapes = entries(&document["components"]["schemas"]).map(|(name, schema)| Shape {
        name: name.clone(),
        about: text(&schema["description"]),
        fields: fields(schema),
    });
    Reference {
        about: text(&document["info"]["description"]),
        groups: groups.collect(),
        shapes: shapes.collect(),
    }
}

/// Every call with its subject.
fn calls(paths: &Value) -> Vec<(String, Call)> {
    let mut calls = Vec::new();
    for (path, methods) in entries(paths) {
        for (method, call) in entries(methods) {
            let parameters = call["parameters"].as_array().into_iter().flatten();
            let answers = entries(&call["responses"]).map(|(status, answer)| Answered {
                status: status.clone(),
                meaning: text(&answer["description"]),
                body: content(&answer["content"]),
            });
            let line = format!("{} {path}", method.to_uppercase());
            calls.push((
                text(&call["tags"][0]),
                Call {
                    id: line
                        .to_lowercase()
                        .replace(|other: char| !other.is_ascii_alphanumeric(), "-"),
                    line,
                    summary: text(&call["summary"]),
                    about: text(&call["description"]),
                    key: call["security"].is_array(),
                    parameters: parameters.map(parameter).collect(),
                    body: content(&call["requestBody"]["content"]),
                    answers: answers.collect(),
                },
            ));
        }
    }
    calls
}

fn parameter(parameter: &Value) -> Field {
    let place = match parameter["in"].as_str() {
        Some("header") => " in a header",
        Some("query") => " in the query",
        _ => " in the path",
    };
    let mut kind = kind(&parameter["schema"]);
    kind.after += place;
    Field {
        name: text(&parameter["name"]),
        kind,
        required: parameter["required"] == true,
        about: text(&parameter["description"]),
        examples: Vec::new(),
    }
}

fn fields(schema: &Value) -> Vec<Field> {
    let required = schema["required"].as_array();
    let field = |(name, schema): (&String, &Value)| {
        let named = schema["description"].as_str();
        // Where a field may be left out, its description stands at the shape that it may have.
        let mut inner = schema["oneOf"].as_array().into_iter().flatten();
        let inner = inner.find_map(|one| one["description"].as_str());
        let examples = schema["examples"].as_array().into_iter().flatten();
        Field {
            name: name.clone(),
            kind: kind(schema),
            required: required.is_some_and(|required| required.iter().any(|one| one == name)),
            about: named.or(inner).unwrap_or_default().to_owned(),
            examples: examples.map(ToString::to_string).collect(),
        }
    };
    entries(&schema["properties"]).map(field).collect()
}

/// What is in a body, by the first of its media types.
fn content(content: &Value) -> Option<Kind> {
    let (_, body) = entries(content).next()?;
    Some(kind(&body["schema"]))
}

/// What a value is, in words.
fn kind(schema: &Value) -> Kind {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().map(str::to_owned);
        return Kind {
            shape: name,
            ..Kind::default()
        };
    }
    let choices = ["oneOf", "anyOf", "allOf"].map(|name| schema[name].as_array());
    if let Some(choices) = choices.into_iter().flatten().next() {
        let mut kinds = choices
            .iter()
            .map(kind)
            .filter(|kind| *kind != words("null"));
        return kinds.next().unwrap_or_default();
    }
    let types = match &schema["type"] {
        Value::Array(types) => types.as_slice(),
        one => std::slice::from_ref(one),
    };
    let given = types.iter().filter_map(Value::as_str);
    match given.into_iter().find(|name| *name != "null") {
        Some("array") => {
            let of = kind(&schema["items"]);
            Kind {
                before: format!("list of {}", of.before),
                ..of
            }
        }
        Some("string") if schema["format"] == "date-time" => words("a time as in RFC 3339"),
        Some("string") => words("text"),
        Some("integer") => words("whole number"),
        Some("number") => words("number"),
        Some("boolean") => words("true or false"),
        Some("object") => words("object"),
        _ if types.iter().any(|name| name == "null") => words("null"),
        _ => words("anything"),
    }
}

fn words(words: &str) -> Kind {
    Kind {
        before: words.to_owned(),
        ..Kind::default()
    }
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_and_shape_of_the_description_is_on_the_page_and_says_what_it_is() {
        let document = serde_json::to_value(description()).unwrap();
        let reference = read(&document);
        let shown: usize = reference.groups.iter().map(|group| group.calls.len()).sum();
        let described: usize = entries(&document["paths"])
            .map(|(_, methods)| entries(methods).count())
            .sum();
        assert_eq!(shown, described, "each call has a tag that is described");
        let shapes = &reference.shapes;
        for shape in shapes {
            assert!(!shape.about.is_empty(), "{}", shape.name);
            for field in &shape.fields {
                assert!(!field.about.is_empty(), "{} {}", shape.name, field.name);
                assert_ne!(field.kind, words("null"), "{} {}", shape.name, field.name);
            }
        }
        for call in reference.groups.iter().flat_map(|group| &group.calls) {
            assert!(!call.summary.is_empty(), "{}", call.line);
            let bodies = call
                .answers
                .iter()
                .filter_map(|answer| answer.body.as_ref());
            for kind in bodies.chain(&call.body) {
                let known = |name: &String| shapes.iter().any(|shape| shape.name == *name);
                assert!(kind.shape.as_ref().is_none_or(known), "{kind:?}");
            }
        }
    }
}
