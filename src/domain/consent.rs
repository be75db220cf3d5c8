//! Everything about one choice that the formats of others ask for, gathered in one place. `dpv.rs` and `kantara.rs`
//! write it down; to add a format, write another file beside them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::choice::ChoiceState;
use super::country::Country;
use super::employee::Locale;
use super::id::{CategoryId, NoticeId};
use super::program::{Declaration, ProgramCategory};

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Street and number.
    pub street: String,
    /// Postal code.
    pub postal_code: String,
    /// Town.
    pub city: String,
    /// Country.
    pub country: Country,
}

impl Address {
    /// On one line.
    pub fn line(&self) -> String {
        let Self {
            street,
            postal_code,
            city,
            country,
        } = self;
        format!("{street}, {postal_code} {city}, {country}")
    }
}

/// Somebody outside the company: an authority, or a third party that receives data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// Name.
    pub name: String,
    /// Postal address, on one line.
    pub address: String,
    /// How it is reached: an e-mail address, a page, a telephone number.
    pub contact: String,
}

/// What a programme declares beyond what people are asked about: needed for records in the formats of others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Disclosure {
    /// Countries in which records are stored.
    pub storage_locations: Vec<Country>,
    /// Recipients outside the company. Those inside are the programme's `recipients`.
    pub third_parties: Vec<Party>,
    /// Whether the data train an AI model.
    pub ai_training: bool,
    /// Categories that are sensitive, in the employer's own judgement.
    pub sensitive: Vec<CategoryId>,
}

/// The company.
#[derive(Debug, Clone)]
pub struct Controller {
    /// The controller's name, as the programme declares it.
    pub name: String,
    /// Postal address.
    pub address: Address,
    /// E-mail address of the privacy office.
    pub email: String,
    /// Telephone number, where one is known.
    pub phone: Option<String>,
}

/// The version of the notice that was shown.
#[derive(Debug, Clone)]
pub struct ShownNotice {
    /// Which notice.
    pub notice: NoticeId,
    /// Which version.
    pub version: u32,
    /// When it was published.
    pub issued: DateTime<Utc>,
    /// SHA-256 of the published document, in hexadecimal.
    pub sha256: String,
    /// The language in which it was shown.
    pub language: Locale,
}

/// One thing that was said about the same programme and category.
#[derive(Debug, Clone, Copy)]
pub struct Said {
    /// What.
    pub state: ChoiceState,
    /// When.
    pub at: DateTime<Utc>,
    /// Its position in the ledger.
    pub position: u64,
}

/// Where the statement stands in the ledger.
#[derive(Debug, Clone)]
pub struct Ledger {
    /// The log's name.
    pub origin: String,
    /// Position of the entry over all logs of this installation.
    pub position: u64,
    /// Index of the leaf in its log.
    pub index: u64,
    /// Leaf hash, in hexadecimal.
    pub leaf: String,
    /// Number in the person's own chain.
    pub seq: u64,
    /// The signed checkpoint.
    pub checkpoint: String,
    /// The log's key.
    pub vkey: String,
}

/// One choice with everything around it.
#[derive(Debug, Clone)]
pub struct Consent {
    /// The portal's address, without a trailing slash.
    pub url: String,
    /// When this is written.
    pub written_at: DateTime<Utc>,
    /// The person's pseudonymous id.
    pub subject: String,
    /// The programme's declaration as it stands when this is written.
    pub program: Declaration,
    /// The kind of data.
    pub category: ProgramCategory,
    /// Who is responsible.
    pub controller: Controller,
    /// Whose law applies.
    pub jurisdiction: Country,
    /// The authority to complain to.
    pub authority: Option<Party>,
    /// What was shown.
    pub notice: ShownNotice,
    /// All that was said, oldest first; the last one is this choice.
    pub earlier: Vec<Said>,
    /// This choice.
    pub said: Said,
    /// Its place in the ledger.
    pub ledger: Ledger,
}

impl Consent {
    /// Names this choice among all of all companies.
    pub fn identifier(&self) -> String {
        format!("{}/{}", self.ledger.origin, self.ledger.position)
    }

    /// How long records are kept (ISO 8601).
    pub fn retention(&self) -> String {
        format!("P{}D", self.program.retention_days)
    }

    /// Whether the employer holds the category to be sensitive.
    pub fn is_sensitive(&self) -> bool {
        self.program
            .disclosure
            .sensitive
            .contains(&self.category.id)
    }

    /// How it was said, in words.
    pub fn method(&self) -> String {
        let ShownNotice {
            notice,
            version,
            language,
            ..
        } = &self.notice;
        format!(
            "On or Off in the portal; notice {notice}, version {version}, shown in {}",
            language.tag()
        )
    }
}
