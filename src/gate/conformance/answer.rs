//! What a server that is well answers to each call of the agent API, as far as collectors use it.

use serde_json::{Map, Value, json};

use super::reply::Reply;
use super::request::Request;
use super::scene::Scene;
use super::standing::{Permit, moment};
use super::{APP, CATEGORY, EMPLOYEE, PROGRAM};

/// The answer to anything but a stream. `outdated`: as if nothing had been stopped.
pub fn answer(scene: &Scene, request: &Request, outdated: bool) -> Reply {
    match (request.method.as_str(), request.path.as_str()) {
        ("POST", "/access/v1/evaluation") => with_body(request, |body| {
            Reply::json(&decision(scene, body, outdated))
        }),
        ("POST", "/access/v1/evaluations") => {
            with_body(request, |body| evaluations(scene, body, outdated))
        }
        ("GET", "/api/v1/snapshot") => snapshot(scene, request, outdated),
        ("GET", "/api/v1/changes") => changes(scene, request, outdated),
        ("POST", "/api/v1/acks") => with_body(request, |body| match body["seq"].as_u64() {
            Some(seq) => Reply::json(&json!({ "seq": seq, "at": moment(scene.now()) })),
            None => Reply::problem(400, "seq: give a position."),
        }),
        ("POST", "/api/v1/records") => with_body(request, |body| {
            let records = body["records"].as_array().into_iter().flatten();
            let result = |(index, record): (usize, &Value)| json!({ "index": index, "id": record["id"], "result": "accepted" });
            let results: Vec<_> = records.enumerate().map(result).collect();
            Reply::json(&json!({ "results": results }))
        }),
        ("GET", "/api/v1/tasks") => Reply::json(&json!({ "tasks": [] })),
        ("GET", "/.well-known/authzen-configuration") => metadata(request),
        _ => Reply::problem(404, "There is no such call here."),
    }
}

fn with_body(request: &Request, reply: impl FnOnce(&Map<String, Value>) -> Reply) -> Reply {
    match serde_json::from_slice(&request.body) {
        Ok(Value::Object(mut body)) => {
            for name in ["seq", "records", "evaluations"] {
                body.entry(name).or_insert(Value::Null);
            }
            reply(&body)
        }
        _ => Reply::problem(400, "Send one JSON object."),
    }
}

fn evaluations(scene: &Scene, body: &Map<String, Value>, outdated: bool) -> Reply {
    let items = body["evaluations"].as_array();
    let Some(items) = items.filter(|items| !items.is_empty()) else {
        return Reply::json(&decision(scene, body, outdated));
    };
    let answers: Vec<_> = items
        .iter()
        .map(|item| {
            // Defaults are merged whole entity by whole entity.
            let mut merged = body.clone();
            if let Value::Object(item) = item {
                merged.extend(item.clone());
            }
            decision(scene, &merged, outdated)
        })
        .collect();
    Reply::json(&json!({ "evaluations": answers }))
}

fn decision(scene: &Scene, asked: &Map<String, Value>, outdated: bool) -> Value {
    let text = |entity: &str, pointer: &str| {
        asked
            .get(entity)
            .and_then(|entity| entity.pointer(pointer)?.as_str())
    };
    let known = text("subject", "/id") == Some(EMPLOYEE)
        && text("action", "/properties/program") == Some(PROGRAM)
        && text("resource", "/id") == Some(CATEGORY);
    let standing = scene.standing(outdated);
    let permit = standing
        .permit
        .as_ref()
        .filter(|_| known && standing.permits(scene.now()));
    let mut context = json!({
        "seq": scene.seq(), "as_of": scene.told_time(), "lease_ms": millis(scene),
    });
    context["reason"] = match permit {
        Some(permit) => {
            context["since"] = permit.since.clone().into();
            if permit.conditional {
                context["obligations"] = permit.told()["conditions"].clone();
            }
            "consent_given".into()
        }
        None => reason(known, standing.status, standing.permit.as_ref()).into(),
    };
    json!({ "decision": permit.is_some(), "context": context })
}

fn reason(known: bool, status: &str, permit: Option<&Permit>) -> &'static str {
    match (known, status, permit) {
        (false, ..) => "no_choice",
        (_, "paused", _) => "program_paused",
        (_, "ended", _) => "program_ended",
        (_, _, Some(_)) => "notice_outdated",
        (_, _, None) => "withdrawn",
    }
}

fn snapshot(scene: &Scene, request: &Request, outdated: bool) -> Reply {
    let seq = scene.seq();
    let tag = format!("\"conformance-{seq}-1\"");
    if scene.fault().is_none() && request.header("if-none-match") == Some(&tag) {
        return Reply {
            status: 304,
            ..Reply::json(&Value::Null)
        }
        .with("ETag", tag);
    }
    let standing = scene.standing(outdated);
    let wanted = request
        .parameter("employees")
        .is_none_or(|names| names.split(',').any(|name| name == EMPLOYEE));
    let permits: Vec<_> = standing
        .permit
        .iter()
        .filter(|_| wanted)
        .map(|permit| {
            let mut told = permit.told();
            told["employee"] = EMPLOYEE.into();
            told["program"] = PROGRAM.into();
            told["category"] = CATEGORY.into();
            told
        })
        .collect();
    let since = standing.permit.as_ref().map(|permit| permit.since.clone());
    let since = since.unwrap_or_else(|| moment(scene.now()));
    let program = json!({
        "id": PROGRAM, "status": standing.status, "since": since, "categories": [CATEGORY], "apps": [APP],
    });
    let body = json!({
        "seq": seq, "lease_ms": millis(scene), "programs": [program], "permits": permits, "next": null,
    });
    Reply::json(&body).with("ETag", tag)
}

fn changes(scene: &Scene, request: &Request, outdated: bool) -> Reply {
    let after = request.parameter("after");
    let Some(after) = after.and_then(|text| text.parse::<u64>().ok()) else {
        return Reply::problem(400, "after: give a position.");
    };
    let changes: Vec<_> = if outdated {
        Vec::new()
    } else {
        scene
            .after(after)
            .into_iter()
            .map(|(_, change)| change)
            .collect()
    };
    // An outdated answer goes on as if nothing had happened.
    let seq = if outdated { after } else { scene.seq() };
    Reply::json(&json!({
        "seq": seq, "time": scene.told_time(), "lease_ms": millis(scene), "resync": false, "changes": changes,
    }))
}

/// AuthZEN's metadata, for enforcement points that look for their endpoints.
fn metadata(request: &Request) -> Reply {
    let base = format!("http://{}", request.header("host").unwrap_or_default());
    Reply::json(&json!({
        "policy_decision_point": base,
        "access_evaluation_endpoint": format!("{base}/access/v1/evaluation"),
        "access_evaluations_endpoint": format!("{base}/access/v1/evaluations"),
    }))
}

/// The lease as answers carry it.
pub fn millis(scene: &Scene) -> u64 {
    u64::try_from(scene.lease.as_millis()).unwrap_or(u64::MAX)
}
