//! `/ledger/…`: the log as a C2SP tlog-tiles log, for anybody inside the company and without a session.
//!
//! Static-shaped: what a tile or a bundle holds never changes, so a cache or plain files (`sayso ledger export`) can
//! serve the same. Every other spelling of an address is 404, and nothing redirects. Proofs stand in `proofs`.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use tower::ServiceBuilder;
use tower_http::compression::CompressionLayer;

use super::state::AppState;
use crate::app::App;
use crate::app::error::Error;
use crate::app::{ledger, witnessed};
use crate::ledger::bundle;
use crate::ledger::hash::sha256;
use crate::ledger::tile::TileId;

/// For what never changes under its address.
const FOREVER: &str = "public, max-age=31536000, immutable";

type Plain = ([(HeaderName, HeaderValue); 2], String);

/// A plain text, and how long caches may keep it.
pub(super) fn plain(text: String, cache: &'static str) -> Plain {
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    let cache = HeaderValue::from_static(cache);
    (
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache)],
        text,
    )
}

/// What a failure looks like to a machine.
pub(super) fn failed(error: Error) -> Response {
    let (status, words) = match error {
        Error::NotFound => (StatusCode::NOT_FOUND, "not found\n".to_owned()),
        Error::Invalid(problems) => {
            let lines = problems.iter().map(|problem| format!("{problem}\n"));
            (StatusCode::BAD_REQUEST, lines.collect())
        }
        error => {
            tracing::error!(%error, "ledger");
            let words = "The ledger cannot be read now.\n".to_owned();
            (StatusCode::SERVICE_UNAVAILABLE, words)
        }
    };
    (status, plain(words, "no-store")).into_response()
}

/// `GET /ledger/checkpoint`: the newest signed state (c2sp.org/tlog-checkpoint).
pub async fn checkpoint(State(app): State<App>) -> Response {
    match ledger::checkpoint(&app).await {
        Ok(checkpoint) => plain(checkpoint, "public, max-age=1").into_response(),
        Err(error) => failed(error),
    }
}

/// `GET /ledger/checkpoint/witnessed`: the newest one that enough witnesses have cosigned; 404 before there is one.
pub async fn witnessed(State(app): State<App>) -> Response {
    match witnessed::checkpoint(&app).await {
        Ok(checkpoint) => plain(checkpoint, "public, max-age=1").into_response(),
        Err(error) => failed(error),
    }
}

/// `GET /ledger/log.vkey`: the key that verifies it. For convenience: pin a copy that came by another way.
pub async fn vkey(State(app): State<App>) -> Plain {
    plain(
        format!("{}\n", ledger::log_vkey(&app)),
        "public, max-age=300",
    )
}

/// `GET /ledger/tile/…`: tiles and entry bundles, whole or cut to a width (c2sp.org/tlog-tiles). Bundles are packed
/// for whoever takes gzip; hashes do not get smaller.
pub fn tiles() -> MethodRouter<AppState> {
    let packed = |_, _, _: &HeaderMap, extensions: &axum::http::Extensions| {
        extensions.get::<Packable>().is_some()
    };
    get(tile).layer(
        ServiceBuilder::new()
            .map_response(tag_packed)
            .layer(CompressionLayer::new().compress_when(packed)),
    )
}

/// The address below the log's prefix, letter by letter as it came: nothing decoded, no query.
fn spelled(uri: &Uri) -> &str {
    let path = uri.path().strip_prefix("/ledger/");
    path.filter(|_| uri.query().is_none()).unwrap_or_default()
}

/// Marks an answer that gets smaller by packing.
#[derive(Clone, Copy)]
struct Packable;

async fn tile(State(app): State<App>, uri: Uri, asked: HeaderMap) -> Response {
    let path = spelled(&uri);
    if let Some((n, width)) = bundle::parse_path(path) {
        return match ledger::bundle(&app, n, width).await {
            Ok(bytes) => {
                let mut response = forever("application/octet-stream", bytes, &asked);
                response.extensions_mut().insert(Packable);
                response
            }
            Err(error) => failed(error),
        };
    }
    let Some((id, width)) = TileId::parse_path(path) else {
        return failed(Error::NotFound);
    };
    match ledger::tile(&app, id, width).await {
        Ok(bytes) => forever("application/octet-stream", bytes, &asked),
        Err(error) => failed(error),
    }
}

/// `GET /ledger/documents/{index}`: what a public entry is about, in clear; the entry holds its SHA-256.
pub async fn document(State(app): State<App>, uri: Uri, asked: HeaderMap) -> Response {
    let text = spelled(&uri).strip_prefix("documents/").unwrap_or_default();
    let index = text.parse::<u64>().ok();
    let Some(index) = index.filter(|index| index.to_string() == text) else {
        return failed(Error::NotFound);
    };
    match ledger::document(&app, index).await {
        Ok(document) => forever("application/json", document.into_bytes(), &asked),
        Err(error) => failed(error),
    }
}

/// An answer that holds for ever, with a tag of its bytes; 304 for those who have it.
fn forever(kind: &'static str, bytes: Vec<u8>, asked: &HeaderMap) -> Response {
    let digest = &sha256(&bytes).to_hex()[..32];
    let cache = [
        (header::CACHE_CONTROL, FOREVER.to_owned()),
        (header::ETAG, format!("\"{digest}\"")),
    ];
    let known = asked.get_all(header::IF_NONE_MATCH).iter();
    let mut known = known
        .filter_map(|tags| tags.to_str().ok())
        .flat_map(|tags| tags.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/").trim_matches('"'));
    if known.any(|tag| tag == "*" || tag.strip_suffix(PACKED).unwrap_or(tag) == digest) {
        return (StatusCode::NOT_MODIFIED, cache).into_response();
    }
    let kind = [(header::CONTENT_TYPE, kind)];
    (cache, kind, bytes).into_response()
}

/// How the tag of a packed answer ends: a strong tag stands for one sequence of bytes.
const PACKED: &str = "-gzip";

fn tag_packed<B>(mut response: axum::http::Response<B>) -> axum::http::Response<B> {
    let headers = response.headers_mut();
    if headers.contains_key(header::CONTENT_ENCODING)
        && let Some(tag) = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok())
        && let Ok(tag) = HeaderValue::try_from(format!("\"{}{PACKED}\"", tag.trim_matches('"')))
    {
        headers.insert(header::ETAG, tag);
    }
    response
}
