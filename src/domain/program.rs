//! A programme: one declared monitoring activity.
//!
//! In code it is a `Program`; in words for people a programme.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::attribute::{self, Attributes};
use super::consent::Disclosure;
use super::id::{AgentName, CategoryId, DatasetId, NoticeId, ProgramId};
use super::invalid::Invalid;
use super::words::words;

/// How people are asked. Whatever the mechanism, only an explicit yes permits capture (invariant 1);
/// the mechanism says what the programme declares, not what the ledger lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mechanism {
    /// Nothing happens before a yes.
    OptIn,
    /// Declared as running until a no.
    OptOut,
    /// Declared as running after a notice.
    NoticeOnly,
}

/// The legal basis in Art. 6(1) GDPR, by its letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LegalBasis {
    /// Art. 6(1)(a)
    Consent,
    /// Art. 6(1)(b)
    Contract,
    /// Art. 6(1)(c)
    LegalObligation,
    /// Art. 6(1)(f)
    LegitimateInterest,
}

/// Whether a programme may capture at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProgramStatus {
    /// Runs, within everybody's choices.
    Active,
    /// Stopped for everyone; choices untouched.
    Paused,
    /// Over for good.
    Ended,
}

/// One kind of data that a programme wants, in the programme's own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramCategory {
    /// The kind, for example `keystrokes`.
    pub id: CategoryId,
    /// Its name for people, for example "Keystrokes".
    pub name: String,
    /// One sentence on what exactly is captured.
    pub what: String,
    /// What is known of it beyond that, for conditions of choices to compare (`resource.status`).
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    pub attributes: Attributes,
}

/// Where a programme's records live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dataset {
    /// Its name.
    pub id: DatasetId,
    /// What it is called for people.
    pub name: String,
    /// The store (an agent) that keeps it and answers for erasure.
    pub store: AgentName,
    /// Categories that may go into it.
    pub categories: Vec<CategoryId>,
    /// Who may read it, in words.
    pub audience: String,
}

/// A declared programme: what an employer says it does. Read from a declaration file (TOML) and public inside
/// the company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declaration {
    /// Short name in URLs, keys and the API.
    pub id: ProgramId,
    /// Name for people.
    pub name: String,
    /// What it is for, in a sentence.
    pub purpose: String,
    /// Who is responsible (GDPR Art. 4(7)).
    pub controller: String,
    /// Legal basis.
    pub legal_basis: LegalBasis,
    /// How people are asked.
    pub mechanism: Mechanism,
    /// What is captured. At least one.
    pub categories: Vec<ProgramCategory>,
    /// Apps in which capture may happen; empty means any.
    #[serde(default)]
    pub apps: Vec<String>,
    /// Days for which records are kept.
    pub retention_days: u32,
    /// Who receives the data.
    #[serde(default)]
    pub recipients: Vec<String>,
    /// Where records live.
    #[serde(default)]
    pub datasets: Vec<Dataset>,
    /// The agreement with the employees' representatives, if there is one.
    #[serde(default)]
    pub agreement_ref: Option<String>,
    /// What records in the formats of others need beyond that.
    #[serde(default)]
    pub disclosure: Disclosure,
    /// The notice whose text counts for this programme.
    pub notice: NoticeId,
}

/// One change of status; the first one is the declaration itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusChange {
    /// The status from then on.
    pub status: ProgramStatus,
    /// When.
    pub at: DateTime<Utc>,
}

/// A programme with its status over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// What was declared.
    pub declaration: Declaration,
    /// Status changes, oldest first; never empty.
    pub statuses: Vec<StatusChange>,
}

impl Declaration {
    /// Checks what types alone cannot: that it names something, and that its parts fit together.
    ///
    /// # Errors
    /// The first rule that the declaration breaks.
    pub fn check(&self) -> Result<(), Invalid> {
        for (field, text) in [
            ("name", &self.name),
            ("purpose", &self.purpose),
            ("controller", &self.controller),
        ] {
            if text.trim().is_empty() || text.len() > 1000 {
                return Err(Invalid::new(field, "Say it in 1 to 1000 characters."));
            }
        }
        if self.categories.is_empty() {
            return Err(Invalid::new("categories", "Name at least one category."));
        }
        if !(1..=3650).contains(&self.retention_days) {
            return Err(Invalid::new(
                "retention_days",
                "Keep records for 1 to 3650 days.",
            ));
        }
        for (index, category) in self.categories.iter().enumerate() {
            if self.categories[..index]
                .iter()
                .any(|earlier| earlier.id == category.id)
            {
                return Err(Invalid::new("categories", "Name each category once."));
            }
            attribute::check(&category.attributes)?;
        }
        for (index, dataset) in self.datasets.iter().enumerate() {
            if self.datasets[..index]
                .iter()
                .any(|earlier| earlier.id == dataset.id)
            {
                return Err(Invalid::new("datasets", "Name each dataset once."));
            }
            if dataset.categories.is_empty()
                || dataset
                    .categories
                    .iter()
                    .any(|category| self.category(category).is_none())
            {
                return Err(Invalid::new(
                    "datasets",
                    "Give each dataset categories that the programme declares.",
                ));
            }
        }
        Ok(())
    }

    /// The declared category of that name.
    pub fn category(&self, id: &CategoryId) -> Option<&ProgramCategory> {
        self.categories.iter().find(|category| &category.id == id)
    }

    /// The declared dataset of that name.
    pub fn dataset(&self, id: &DatasetId) -> Option<&Dataset> {
        self.datasets.iter().find(|dataset| &dataset.id == id)
    }
}

impl Program {
    /// The status for a decision at `now`: a stop counts whatever the clock says, which may be another server's or set back.
    pub fn status_now(&self, now: DateTime<Utc>) -> Option<StatusChange> {
        match self.statuses.last() {
            Some(last) if last.status != ProgramStatus::Active => Some(*last),
            _ => self.status_at(now),
        }
    }

    /// The status at `at`; `None` before the declaration.
    pub fn status_at(&self, at: DateTime<Utc>) -> Option<StatusChange> {
        let mut latest = self.statuses.iter().rev();
        latest.find(|change| change.at <= at).copied()
    }
}

words!(
    Mechanism,
    "mechanism",
    OptIn = "opt_in",
    OptOut = "opt_out",
    NoticeOnly = "notice_only"
);
words!(
    ProgramStatus,
    "status",
    Active = "active",
    Paused = "paused",
    Ended = "ended"
);
words!(
    LegalBasis,
    "legal_basis",
    Consent = "consent",
    Contract = "contract",
    LegalObligation = "legal_obligation",
    LegitimateInterest = "legitimate_interest"
);

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn declaration() -> Declaration {
        Declaration {
            id: "mci".parse().unwrap(),
            name: "Model Capability Initiative".into(),
            purpose: "Trains software to operate a computer.".into(),
            controller: "Brackwater Instruments".into(),
            legal_basis: LegalBasis::Consent,
            mechanism: Mechanism::OptIn,
            categories: ["keystrokes", "mouse_movement"]
                .map(|id| ProgramCategory {
                    id: id.parse().unwrap(),
                    name: id.into(),
                    what: "What it is.".into(),
                    attributes: Attributes::new(),
                })
                .to_vec(),
            apps: vec!["browser".into()],
            retention_days: 180,
            recipients: vec!["Research".into()],
            datasets: vec![Dataset {
                id: "mci-keys".parse().unwrap(),
                name: "Keys".into(),
                store: "lake".parse().unwrap(),
                categories: vec!["keystrokes".parse().unwrap()],
                audience: "Seven people".into(),
            }],
            agreement_ref: None,
            disclosure: Disclosure::default(),
            notice: "mci".parse().unwrap(),
        }
    }

    #[test]
    fn a_declaration_must_hold_together() {
        assert!(declaration().check().is_ok());
        let broken: [fn(&mut Declaration); 7] = [
            |d| d.categories.clear(),
            |d| d.categories.push(d.categories[0].clone()),
            |d| d.retention_days = 0,
            |d| d.name = "  ".into(),
            |d| d.datasets[0].categories = vec!["screen_content".parse().unwrap()],
            |d| d.datasets[0].categories.clear(),
            |d| d.datasets.push(d.datasets[0].clone()),
        ];
        for change in broken {
            let mut changed = declaration();
            change(&mut changed);
            assert!(changed.check().is_err(), "{changed:?}");
        }
    }
}
