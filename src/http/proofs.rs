//! `/ledger/proof/…`: proofs for whoever would rather not make them from tiles. One base64 hash a line.

use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};

use super::ledger::{failed, plain};
use crate::app::App;
use crate::app::error::Error;
use crate::app::ledger;
use crate::domain::invalid::Invalid;
use crate::ledger::hash::Hash;

/// Names and values, as they came.
type Pairs = Query<Vec<(String, String)>>;

/// `GET /ledger/proof/inclusion?index=&size=`: that the entry stands in the log of that size (RFC 6962 section 2.1.1).
pub async fn inclusion(State(app): State<App>, Query(pairs): Pairs) -> Response {
    answer(match numbers(&pairs, ["index", "size"]) {
        Ok([index, size]) => ledger::inclusion(&app, index, size).await,
        Err(invalid) => Err(invalid.into()),
    })
}

/// `GET /ledger/proof/consistency?old=&new=`: that the log only grew between the sizes (RFC 6962 section 2.1.2).
pub async fn consistency(State(app): State<App>, Query(pairs): Pairs) -> Response {
    answer(match numbers(&pairs, ["old", "new"]) {
        Ok([old, new]) => ledger::consistency(&app, old, new).await,
        Err(invalid) => Err(invalid.into()),
    })
}

fn answer(proof: Result<Vec<Hash>, Error>) -> Response {
    match proof {
        Ok(path) => {
            let lines: String = path.iter().map(|hash| format!("{hash}\n")).collect();
            plain(lines, "public, max-age=31536000, immutable").into_response()
        }
        Err(error) => failed(error),
    }
}

/// Exactly these two numbers, each once and in the one spelling that it has elsewhere.
fn numbers(pairs: &[(String, String)], names: [&'static str; 2]) -> Result<[u64; 2], Invalid> {
    let number = |name: &'static str| {
        let mut values = pairs.iter().filter(|(found, _)| found == name);
        let only = values.next().filter(|_| values.next().is_none());
        let number = only.and_then(|(_, text)| {
            let number = text.parse::<u64>().ok()?;
            (number.to_string() == *text).then_some(number)
        });
        number.ok_or_else(|| Invalid::new(name, "Give it once, as a decimal number."))
    };
    let [first, second] = names;
    Ok([number(first)?, number(second)?])
}
