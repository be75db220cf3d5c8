//! Envoy's `ext_authz` in HTTP mode: the question stands in headers, the answer is 200 or 403.
//!
//! Any method and any path below `/ext_authz`: Envoy sends those of the request that it asks about. The answer is for
//! that one request, so nothing is handed out that could be relied on later.

use hyper::StatusCode;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::json;

use crate::client::watch::Ask;

use super::Sidecar;
use super::serve::{self, Answer};

const EMPLOYEE: &str = "x-sayso-employee";
const PROGRAM: &str = "x-sayso-program";
const CATEGORY: &str = "x-sayso-category";
const APP: &str = "x-sayso-app";
const REASON: HeaderName = HeaderName::from_static("x-sayso-reason");
const SEQ: HeaderName = HeaderName::from_static("x-sayso-seq");
/// The reason when the question cannot be read.
const MALFORMED: &str = "malformed";

/// Answers the question in these headers.
pub(super) fn answer(sidecar: &Sidecar, headers: &HeaderMap) -> Answer {
    let (allowed, reason, seq) = match ask(headers) {
        None => (false, MALFORMED, None),
        Some(ask) => match sidecar.decide(&ask) {
            Ok(permit) if permit.holds() => (true, "consent_given", Some(permit.seq())),
            Ok(_) => (false, "projection_stale", None),
            Err(reason) => (false, reason.word(), None),
        },
    };
    let status = if allowed {
        StatusCode::OK
    } else {
        StatusCode::FORBIDDEN
    };
    let mut answer = serve::json(status, &json!({"decision": allowed, "reason": reason}));
    let headers = answer.headers_mut();
    headers.insert(REASON, HeaderValue::from_static(reason));
    headers.extend(seq.map(|seq| (SEQ, HeaderValue::from(seq))));
    answer
}

/// `None` when something is missing, or stands there twice: two readers could read two things.
fn ask(headers: &HeaderMap) -> Option<Ask<'_>> {
    let text = |name| {
        let mut values = headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(value), None) => value.to_str().map(Some).map_err(|_| ()),
            (Some(_), Some(_)) => Err(()),
        }
    };
    let ask = Ask::new(
        text(EMPLOYEE).ok()??,
        text(PROGRAM).ok()??,
        text(CATEGORY).ok()??,
    );
    Some(Ask {
        app: text(APP).ok()?,
        ..ask
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_read_only_if_it_can_be_read_in_one_way() {
        let headers = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.append(*name, HeaderValue::from_static(value));
            }
            headers
        };
        let whole = [(EMPLOYEE, "E1"), (PROGRAM, "mci"), (CATEGORY, "keystrokes")];
        let read = headers(&whole);
        assert_eq!(ask(&read), Some(Ask::new("E1", "mci", "keystrokes")));
        for missing in 0..3 {
            let mut less = whole.to_vec();
            less.remove(missing);
            assert_eq!(ask(&headers(&less)), None);
        }
        for more in [(EMPLOYEE, "E2"), (EMPLOYEE, "E1")] {
            let twice = headers(&[whole[0], whole[1], whole[2], more]);
            assert_eq!(ask(&twice), None);
        }
        let within = headers(&[whole[0], whole[1], whole[2], (APP, "mail")]);
        assert_eq!(ask(&within).unwrap().app, Some("mail"));
    }
}
