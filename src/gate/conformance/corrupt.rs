//! Spoils an answer that says yes, so that only a careless reader still finds the yes in it.

use super::case::Corruption;
use super::reply::Reply;

/// Text in a clean answer, and what stands in its place: a text, a number, and twice.
const PLACES: [(&str, [&str; 3]); 3] = [
    // A check.
    (
        "\"decision\":true",
        [
            "\"decision\":\"true\"",
            "\"decision\":1",
            "\"decision\":false,\"decision\":true",
        ],
    ),
    // A snapshot's permit.
    (
        "\"conditions\":[]",
        [
            "\"conditions\":\"none\"",
            "\"conditions\":0",
            "\"conditions\":[{}],\"conditions\":[]",
        ],
    ),
    // A long poll's answer.
    (
        "\"resync\":false",
        [
            "\"resync\":\"false\"",
            "\"resync\":0",
            "\"resync\":true,\"resync\":false",
        ],
    ),
];

/// Spoils `reply` in one way.
pub fn corrupt(mut reply: Reply, how: Corruption) -> Reply {
    let column = match how {
        Corruption::Truncated => {
            reply.body.pop();
            return reply;
        }
        Corruption::ContentType => {
            reply.content_type = "text/plain";
            return reply;
        }
        Corruption::Text => 0,
        Corruption::Number => 1,
        Corruption::Duplicate => 2,
    };
    for (clean, spoilt) in PLACES {
        reply.body = reply.body.replace(clean, spoilt[column]);
    }
    reply
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_way_leaves_a_yes_that_may_not_be_believed() {
        let answers = [
            json!({ "decision": true, "context": { "seq": 1 } }),
            json!({ "evaluations": [{ "decision": true }] }),
            json!({ "permits": [{ "employee": "E", "conditions": [] }] }),
            json!({ "seq": 1, "resync": false, "changes": [] }),
        ];
        for answer in answers {
            let clean = Reply::json(&answer);
            for how in [
                Corruption::Truncated,
                Corruption::Text,
                Corruption::Number,
                Corruption::ContentType,
                Corruption::Duplicate,
            ] {
                let spoilt = corrupt(clean.clone(), how);
                assert_ne!(spoilt, clean, "{how:?}");
                assert_eq!(spoilt.status, 200);
                let truncated = serde_json::from_str::<serde_json::Value>(&spoilt.body).is_err();
                assert_eq!(truncated, how == Corruption::Truncated, "{}", spoilt.body);
            }
        }
    }
}
