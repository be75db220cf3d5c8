//! Agents: software with a key. A collector captures, a store keeps; one agent may be both.

use core::fmt;
use core::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::dialect::Dialect;
use super::id::{AgentName, CategoryId, ProgramId};
use super::invalid::Invalid;
use super::words::words;

/// What an agent does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentKind {
    /// Captures; asks before it does.
    Collector,
    /// Keeps records; answers tasks.
    Store,
    /// Does both.
    Both,
}

words!(
    AgentKind,
    "kind",
    Collector = "collector",
    Store = "store",
    Both = "both"
);

impl AgentKind {
    /// Whether it may ask and send records.
    pub const fn collects(self) -> bool {
        matches!(self, Self::Collector | Self::Both)
    }

    /// Whether it gets tasks.
    pub const fn stores(self) -> bool {
        matches!(self, Self::Store | Self::Both)
    }
}

/// A registered agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Its name, unique.
    pub name: AgentName,
    /// What it does.
    pub kind: AgentKind,
    /// The programmes it is registered for.
    pub programs: Vec<ProgramId>,
    /// The categories it is registered for; empty means all of its programmes' categories.
    pub categories: Vec<CategoryId>,
    /// The units of the company whose people it may ask about; empty means everybody.
    pub units: Vec<String>,
    /// The words in which it asks.
    pub dialect: Dialect,
    /// Where it runs, in words; shown to people.
    pub runs_on: String,
    /// Since when it is registered.
    pub registered_at: DateTime<Utc>,
    /// When it was revoked; a revoked agent is told no everywhere.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl Agent {
    /// Whether it is registered to collect `category` for `program`.
    pub fn covers(&self, program: &ProgramId, category: &CategoryId) -> bool {
        self.covers_named(program.as_str(), category.as_str())
    }

    /// The same, by names that need not be anybody's.
    pub fn covers_named(&self, program: &str, category: &str) -> bool {
        let mut categories = self.categories.iter();
        let category_fits =
            self.categories.is_empty() || categories.any(|own| own.as_str() == category);
        self.revoked_at.is_none()
            && self.kind.collects()
            && self.programs.iter().any(|own| own.as_str() == program)
            && category_fits
    }
}

/// An agent's key, `sayso_agent_<id>_<secret>_<crc32>`: the prefix serves secret scanners, the checksum catches
/// typing errors without a look-up, the id finds the row. Only the secret's SHA-256 is ever stored.
#[derive(Clone, PartialEq, Eq)]
pub struct AgentKey {
    id: String,
    secret: String,
}

impl AgentKey {
    /// Bytes of randomness in an id.
    pub const ID_BYTES: usize = 6;
    /// Bytes of randomness in a secret: 192 bits.
    pub const SECRET_BYTES: usize = 24;
    const PREFIX: &'static str = "sayso_agent_";

    /// A fresh key from random bytes.
    pub fn from_random(id: [u8; Self::ID_BYTES], secret: [u8; Self::SECRET_BYTES]) -> Self {
        Self {
            id: hex(&id),
            secret: hex(&secret),
        }
    }

    /// The public half: finds the key's row, may stand in logs.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The secret half, to be hashed and compared in constant time.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// The whole key as the agent gets it: shown once, never stored.
    pub fn expose(&self) -> String {
        let body = format!("{}{}_{}", Self::PREFIX, self.id, self.secret);
        let checksum = crc32fast::hash(body.as_bytes());
        format!("{body}_{checksum:08x}")
    }
}

impl FromStr for AgentKey {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = || {
            Invalid::new(
                "key",
                "Use the whole key as it was shown: sayso_agent_<id>_<secret>_<checksum>.",
            )
        };
        let rest = text.strip_prefix(Self::PREFIX).ok_or_else(invalid)?;
        let parts: Vec<&str> = rest.split('_').collect();
        let &[id, secret, _] = parts.as_slice() else {
            return Err(invalid());
        };
        if !is_hex(id, Self::ID_BYTES) || !is_hex(secret, Self::SECRET_BYTES) {
            return Err(invalid());
        }
        let key = Self {
            id: id.to_owned(),
            secret: secret.to_owned(),
        };
        if key.expose() == text {
            Ok(key)
        } else {
            Err(invalid())
        }
    }
}

impl fmt::Debug for AgentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AgentKey({}, ..)", self.id)
    }
}

fn is_hex(text: &str, bytes: usize) -> bool {
    text.len() == bytes * 2
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> AgentKey {
        AgentKey::from_random([1; 6], [2; 24])
    }

    #[test]
    fn a_key_reads_back_and_any_changed_character_is_refused() {
        let text = key().expose();
        assert_eq!(text.parse::<AgentKey>().unwrap(), key());
        for index in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[index] = if bytes[index] == b'7' { b'8' } else { b'7' };
            assert!(
                String::from_utf8(bytes)
                    .unwrap()
                    .parse::<AgentKey>()
                    .is_err(),
                "at {index}"
            );
        }
        for bad in [
            "",
            "sayso_agent_",
            &text[..text.len() - 1],
            &format!("{text}0"),
            &text.to_uppercase(),
        ] {
            assert!(bad.parse::<AgentKey>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_key_never_shows_its_secret_in_debug_output() {
        assert!(!format!("{:?}", key()).contains(key().secret()));
    }

    #[test]
    fn an_agent_covers_only_what_it_is_registered_for() {
        let mut agent = Agent {
            name: "desk".parse().unwrap(),
            kind: AgentKind::Collector,
            programs: vec!["mci".parse().unwrap()],
            categories: vec!["keystrokes".parse().unwrap()],
            units: Vec::new(),
            dialect: Dialect::default(),
            runs_on: "Desks".into(),
            registered_at: DateTime::from_timestamp(0, 0).unwrap(),
            revoked_at: None,
        };
        let covers = |agent: &Agent, program: &str, category: &str| {
            agent.covers(&program.parse().unwrap(), &category.parse().unwrap())
        };
        assert!(covers(&agent, "mci", "keystrokes"));
        assert!(!covers(&agent, "mci", "screen_content"));
        assert!(!covers(&agent, "other", "keystrokes"));
        agent.categories.clear();
        assert!(covers(&agent, "mci", "screen_content"));
        agent.kind = AgentKind::Store;
        assert!(!covers(&agent, "mci", "keystrokes"));
        agent.kind = AgentKind::Both;
        agent.revoked_at = Some(agent.registered_at);
        assert!(!covers(&agent, "mci", "keystrokes"));
    }
}
