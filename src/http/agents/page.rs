//! Pages of a search (AuthZEN section 8): where to go on stands in an opaque token.
//!
//! The token is good for the same agent and the same request only, all of it but `page`. It needs no memory here: the
//! place and a keyed hash (HMAC's construction, RFC 2104, with SHA-256) over place, agent and request, under a key that
//! every replica has. An empty place is the beginning.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::problem::Problem;
use crate::app::App;
use crate::domain::agent::Agent;

const MAC: usize = 16;

/// What a token is bound to.
pub struct Binding {
    key: [u8; 32],
    to: [u8; 32],
}

impl Binding {
    /// To `agent`, the kind of search and its whole request except the page.
    ///
    /// # Errors
    /// When the body is no JSON: it has been read before.
    pub fn new(app: &App, agent: &Agent, search: &str, body: &[u8]) -> Result<Self, Problem> {
        let mut request: Value = serde_json::from_slice(body).map_err(|_| Problem::internal())?;
        if let Some(fields) = request.as_object_mut() {
            fields.remove("page");
        }
        // Names come in alphabetical order here, so that the order in which they were sent does not matter.
        let mut hash = Sha256::new();
        for part in [agent.name.as_str(), search, &request.to_string()] {
            hash.update(part.len().to_be_bytes());
            hash.update(part.as_bytes());
        }
        Ok(Self {
            key: app.page_key(),
            to: hash.finalize().into(),
        })
    }

    /// The token that goes on after `place`.
    pub fn token(&self, place: &str) -> String {
        URL_SAFE_NO_PAD.encode([&self.mac(place.as_bytes())[..], place.as_bytes()].concat())
    }

    /// The place in a token; `None` when it is of another request, or none of ours.
    pub fn place(&self, token: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (mac, place) = bytes.split_at_checked(MAC)?;
        let expected = self.mac(place);
        let difference = mac
            .iter()
            .zip(expected)
            .fold(0, |sum, (a, b)| sum | (a ^ b));
        (difference == 0).then(|| String::from_utf8(place.to_vec()).ok())?
    }

    fn mac(&self, place: &[u8]) -> [u8; MAC] {
        let pad = |byte: u8| -> Vec<u8> {
            let mut block = [byte; 64];
            block
                .iter_mut()
                .zip(self.key)
                .for_each(|(pad, key)| *pad ^= key);
            block.to_vec()
        };
        let inner = Sha256::digest([&pad(0x36)[..], &self.to, place].concat());
        let outer: [u8; 32] = Sha256::digest([&pad(0x5c)[..], &inner].concat()).into();
        let mut mac = [0; MAC];
        mac.copy_from_slice(&outer[..MAC]);
        mac
    }
}
