//! Reads a log that is served over HTTP: C2SP tlog-tiles below a prefix. Everything that comes is judged by whoever
//! reads it, so plain HTTP will do.

use std::num::NonZeroU8;

use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, HeaderMap, HeaderValue};
use reqwest::{Url, redirect};

use super::Timeouts;
use super::address::{Transport, server_url};
use super::error::Error;
use crate::ledger::audit::{Part, Source};
use crate::ledger::bundle::{self, MAX_BUNDLE};
use crate::ledger::note::MAX_NOTE;
use crate::ledger::tile::{HASH, TileId, WIDTH};

/// Longest document that is read, in bytes.
const MAX_DOCUMENT: usize = 16 * 1024 * 1024;

/// A log behind an address.
pub struct ServedLog {
    http: reqwest::Client,
    prefix: Url,
}

impl ServedLog {
    /// The log whose checkpoint stands at `<prefix>/checkpoint`.
    ///
    /// # Errors
    /// [`Error::Refused`] when the address cannot be used.
    pub fn new(prefix: &str, timeouts: Timeouts) -> Result<Self, Error> {
        let prefix = server_url(prefix, Transport::Unprotected)?;
        // Fails only if one is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let identity = (ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let http = reqwest::Client::builder()
            .default_headers(HeaderMap::from_iter([identity]))
            // A log never redirects.
            .redirect(redirect::Policy::none())
            .referer(false)
            .connect_timeout(timeouts.connect)
            .timeout(timeouts.total)
            .build()
            .map_err(|error| Error::Refused(format!("Cannot set up TLS: {error}")))?;
        Ok(Self { http, prefix })
    }

    /// What stands at a path; `None` when nothing does.
    async fn get(&self, path: &str, longest: usize) -> Part<Error> {
        let url = self.prefix.join(path);
        let url = url.map_err(|error| Error::Refused(error.to_string()))?;
        let mut answer = self.http.get(url).send().await.map_err(Error::no_answer)?;
        match answer.status().as_u16() {
            200 => {}
            404 => return Ok(None),
            status => return Err(Error::Status(status, None)),
        }
        if answer.headers().contains_key(CONTENT_ENCODING) {
            return Err(Error::Unclear("a packed answer that was not asked for"));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(Error::no_answer)? {
            if bytes.len() + chunk.len() > longest {
                return Err(Error::Unclear("an answer that is too long"));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Some(bytes))
    }
}

impl Source for ServedLog {
    type Error = Error;

    async fn checkpoint(&self) -> Part<Error> {
        self.get("checkpoint", MAX_NOTE).await
    }

    async fn tile(&self, id: TileId, width: Option<NonZeroU8>) -> Part<Error> {
        self.get(&id.path(width), WIDTH * HASH).await
    }

    async fn bundle(&self, n: u64, width: Option<NonZeroU8>) -> Part<Error> {
        self.get(&bundle::path(n, width), MAX_BUNDLE).await
    }

    async fn document(&self, index: u64) -> Part<Error> {
        self.get(&format!("documents/{index}"), MAX_DOCUMENT).await
    }
}
