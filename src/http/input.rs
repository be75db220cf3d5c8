//! What arrives, parsed into types at the edge. Anything that a page of ours would not send is refused here, before a
//! handler runs.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::str::FromStr;

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::header::{ACCEPT, HOST};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderValue, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use super::failure::Failure;
use super::state::AppState;

/// A posted form. Take it last, so that authority is judged first.
pub struct Posted<T>(pub T);

impl<T: DeserializeOwned> FromRequest<AppState> for Posted<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Failure> {
        match Form::<T>::from_request(request, state).await {
            Ok(Form(form)) => Ok(Self(form)),
            Err(FormRejection::BytesRejection(rejection))
                if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE =>
            {
                Err(Failure::TooLarge)
            }
            Err(_) => Err(Failure::Malformed),
        }
    }
}

/// What an address names. What cannot be a name of ours names nothing.
pub struct At<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<AppState> for At<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        path.map(|Path(path)| Self(path))
            .map_err(|_| Failure::NotFound)
    }
}

/// What stands behind the question mark.
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<AppState> for Asked<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query
            .map(|Query(query)| Self(query))
            .map_err(|_| Failure::Malformed)
    }
}

/// The portal's address as the asking browser knows it, without a last slash: for what leaves the page on paper. Empty
/// where the browser does not say.
pub struct Home(pub String);

impl FromRequestParts<AppState> for Home {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let said = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
        let host = said.or_else(|| parts.uri.authority().map(Authority::as_str));
        let plain = |host: &&str| {
            host.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte))
        };
        let scheme = if state.secure() { "https" } else { "http" };
        let home = host.filter(plain).filter(|host| !host.is_empty());
        Ok(Self(home.map_or_else(String::new, |host| {
            format!("{scheme}://{host}")
        })))
    }
}

/// What the answer to a form should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The way back to a page: what browsers ask for.
    Page,
    /// `application/json`: the pieces of the page that changed, for an island.
    Pieces,
    /// `text/plain`: the receipt, for a program.
    Receipt,
}

impl FromRequestParts<AppState> for Wanted {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Infallible> {
        let accept = parts.headers.get(ACCEPT).map(HeaderValue::as_bytes);
        Ok(match accept {
            Some(b"application/json") => Self::Pieces,
            Some(b"text/plain") => Self::Receipt,
            _ => Self::Page,
        })
    }
}

/// The caller's network address, for limits on guessing.
pub struct Client(pub String);

impl FromRequestParts<AppState> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Infallible> {
        let address = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self(
            address.map_or_else(String::new, |ConnectInfo(address)| address.ip().to_string()),
        ))
    }
}

/// For fields whose type reads from text: `#[serde(deserialize_with = "text")]`.
pub fn text<'de, D: Deserializer<'de>, T: FromStr>(deserializer: D) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse()
        .map_err(|_| serde::de::Error::custom("not one of the values"))
}

/// An address on this portal, or nothing: never a way to another site.
pub fn local(address: &str) -> Option<&str> {
    let path = address.strip_prefix('/')?;
    let fits = !path.starts_with(['/', '\\']) && address.len() <= 1000;
    let plain = address
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    (fits && plain).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn only_addresses_of_this_portal_are_followed() {
        for good in [
            "/",
            "/choices",
            "/activity?from=2026-11-02&to=2026-11-18",
            "/notices/mci/3?lang=de",
        ] {
            assert_eq!(local(good), Some(good));
        }
        for bad in [
            "",
            "choices",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\nb",
            "/a b",
            "/\t/evil.example",
            "/a\\b",
        ] {
            assert_eq!(local(bad), None, "{bad:?}");
        }
    }
}
