//! What an employer can set. `config.rs` reads it; nothing below reads the environment.

use std::time::Duration;

use chrono::TimeDelta;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::domain::consent::{Address, Party};
use crate::domain::country::Country;
use crate::ledger::key::VerifierKey;
use crate::ledger::policy::Policy;

/// Settings that verbs and pages need. Defaults are those of a fresh installation.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct House {
    /// The employer's name, in the masthead and on receipts.
    pub name: String,
    /// The time zone in which days begin and times are shown.
    pub time_zone: Tz,
    /// Where an employee reaches the privacy office, in words.
    pub privacy_office: String,
    /// The privacy office's e-mail address; none hides the link.
    pub privacy_email: Option<String>,
    /// Where an employee reaches the representatives, in words.
    pub representatives: String,
    /// The employer's postal address, for records in the formats of others.
    pub address: Option<Address>,
    /// The employer's telephone number.
    pub phone: Option<String>,
    /// The country whose law applies to the people here.
    pub jurisdiction: Option<Country>,
    /// The data protection authority to which people can complain.
    pub authority: Option<Party>,
}

impl Default for House {
    fn default() -> Self {
        Self {
            name: "Your company".into(),
            time_zone: Tz::UTC,
            privacy_office: "Your company has not yet said where its privacy office is reached."
                .into(),
            privacy_email: None,
            representatives: "Your company has not yet said where they are reached.".into(),
            address: None,
            phone: None,
            jurisdiction: None,
            authority: None,
        }
    }
}

/// How long answers, links and sessions hold.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Holds {
    /// For how long an agent may rely on an answer, in milliseconds (1,000 to 60,000).
    pub lease_ms: u64,
    /// For how long a session lives after its last use, in hours.
    pub session_hours: u32,
    /// For how long an invitation opens, in days.
    pub invitation_days: u32,
}

impl Default for Holds {
    fn default() -> Self {
        Self {
            lease_ms: 5000,
            session_hours: 12,
            invitation_days: 14,
        }
    }
}

impl Holds {
    /// The lease as a span of time.
    pub fn lease(&self) -> TimeDelta {
        TimeDelta::milliseconds(i64::try_from(self.lease_ms).unwrap_or(60_000))
    }
}

/// A witness that the log's checkpoints go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Its key.
    pub key: VerifierKey,
    /// Its submission prefix.
    pub url: String,
    /// Its monitoring prefix.
    pub monitoring: String,
}

/// Who watches the log, and how many of them it takes.
#[derive(Debug, Clone)]
pub struct Witnessing {
    /// Whom to ask.
    pub peers: Vec<Peer>,
    /// When a checkpoint counts as witnessed; `None`: never.
    pub policy: Option<Policy>,
    /// How often they are asked, while the log grows.
    pub every: Duration,
}

impl Default for Witnessing {
    fn default() -> Self {
        Self {
            peers: Vec::new(),
            policy: None,
            every: Duration::from_secs(10),
        }
    }
}

/// Everything that the application layer can be told.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Who the employer is.
    pub house: House,
    /// How long things hold.
    pub holds: Holds,
    /// The portal's address, without a trailing slash.
    pub url: Option<String>,
    /// Who watches the log.
    pub witnessing: Witnessing,
}
