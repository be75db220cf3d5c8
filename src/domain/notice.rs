//! A notice: a versioned text that HR publishes, and which of its versions counts when.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::employee::Locale;
use super::id::NoticeId;
use super::invalid::Invalid;
use super::line::is_plain;

/// The text of one version in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeText {
    /// Headline.
    pub title: String,
    /// What changes, in a sentence or two.
    pub summary: String,
    /// The text, in Markdown.
    pub body: String,
}

/// One version as it is published. Its canonical JSON is the document whose SHA-256 stands in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeVersion {
    /// Which notice.
    pub notice: NoticeId,
    /// Counts from 1 without gaps.
    pub version: u32,
    /// Whether older choices end on the effective date.
    pub material: bool,
    /// From when it counts.
    pub effective_at: DateTime<Utc>,
    /// When it was published; never after `effective_at`.
    pub published_at: DateTime<Utc>,
    /// At least one language.
    pub texts: BTreeMap<Locale, NoticeText>,
}

/// A published version and its place in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedNotice {
    /// What was published.
    pub version: NoticeVersion,
    /// Index of its public entry in the ledger.
    pub entry: u64,
    /// SHA-256 of the published document.
    pub sha256: [u8; 32],
}

impl NoticeVersion {
    /// Longest body, in bytes.
    pub const MAX_BODY: usize = 100_000;

    /// Checks a version that is about to be published.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check(&self) -> Result<(), Invalid> {
        if self.texts.is_empty() {
            return Err(Invalid::new(
                "body",
                "Write the notice in at least one language.",
            ));
        }
        for text in self.texts.values() {
            if text.title.trim().is_empty()
                || text.title.chars().count() > 200
                || !is_plain(&text.title)
            {
                return Err(Invalid::new(
                    "title",
                    "Give it a title of 1 to 200 characters on one line.",
                ));
            }
            if text.summary.trim().is_empty() || text.summary.chars().count() > 1000 {
                return Err(Invalid::new(
                    "summary",
                    "Say in 1 to 1000 characters what it means for the reader.",
                ));
            }
            if text.body.trim().is_empty() || text.body.len() > Self::MAX_BODY {
                return Err(Invalid::new(
                    "body",
                    "Write the text; at most 100,000 characters.",
                ));
            }
        }
        if self.effective_at < self.published_at {
            return Err(Invalid::new(
                "effective_on",
                "Choose today or a later day: a notice cannot count before it was published.",
            ));
        }
        Ok(())
    }

    /// The text in `wanted`, else in English, else in whatever language there is.
    pub fn text(&self, wanted: Locale) -> Option<(Locale, &NoticeText)> {
        let found = [wanted, Locale::En]
            .into_iter()
            .find(|locale| self.texts.contains_key(locale));
        let locale = found.or_else(|| self.texts.keys().next().copied())?;
        self.texts.get(&locale).map(|text| (locale, text))
    }
}

/// The version that counts at `at`: the highest one whose effective date has come.
pub fn in_force(versions: &[PublishedNotice], at: DateTime<Utc>) -> Option<&PublishedNotice> {
    versions
        .iter()
        .filter(|published| published.version.effective_at <= at)
        .max_by_key(|published| published.version.version)
}

/// The newest version that was published but does not count yet at `at`.
pub fn upcoming(versions: &[PublishedNotice], at: DateTime<Utc>) -> Option<&PublishedNotice> {
    versions
        .iter()
        .filter(|published| published.version.effective_at > at)
        .max_by_key(|published| published.version.version)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: u32) -> DateTime<Utc> {
        format!("2026-11-{day:02}T00:00:00Z").parse().unwrap()
    }

    fn version(number: u32, published: u32, effective: u32) -> PublishedNotice {
        let text = NoticeText {
            title: "T".into(),
            summary: "S".into(),
            body: "B".into(),
        };
        let version = NoticeVersion {
            notice: "mci".parse().unwrap(),
            version: number,
            material: true,
            effective_at: at(effective),
            published_at: at(published),
            texts: BTreeMap::from([(Locale::De, text)]),
        };
        PublishedNotice {
            version,
            entry: 0,
            sha256: [0; 32],
        }
    }

    #[test]
    fn a_version_counts_from_its_effective_date() {
        let versions = [version(1, 1, 1), version(2, 5, 10)];
        assert_eq!(in_force(&versions, at(9)).unwrap().version.version, 1);
        assert_eq!(upcoming(&versions, at(9)).unwrap().version.version, 2);
        assert_eq!(in_force(&versions, at(10)).unwrap().version.version, 2);
        assert!(upcoming(&versions, at(10)).is_none());
        assert!(in_force(&[], at(10)).is_none());
    }

    #[test]
    fn a_reader_gets_the_own_language_if_there_is_one() {
        let only_german = version(1, 1, 1).version;
        assert_eq!(only_german.text(Locale::Fr).unwrap().0, Locale::De);
        let mut both = only_german.clone();
        both.texts
            .insert(Locale::En, both.texts[&Locale::De].clone());
        assert_eq!(both.text(Locale::Fr).unwrap().0, Locale::En);
        assert_eq!(both.text(Locale::De).unwrap().0, Locale::De);
    }

    #[test]
    fn a_notice_cannot_count_before_it_was_published() {
        assert!(version(1, 5, 5).version.check().is_ok());
        assert_eq!(
            version(1, 5, 4).version.check().unwrap_err().field,
            "effective_on"
        );
        let mut empty = version(1, 5, 5).version;
        empty.texts.clear();
        assert!(empty.check().is_err());
    }
}
