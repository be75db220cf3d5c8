//! The company's notices: each version in English and German, as Markdown files that `sayso notice publish` would take
//! as they are.
//!
//! To add a version: a file per language under `texts/`, one more [`Edition`], and its day in `plan.rs`.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;

use super::programmes::{MCI, SUPPORT_REVIEW};
use crate::app::notices::Draft;
use crate::cli::Failure;
use crate::domain::employee::Locale;
use crate::domain::notice::NoticeText;

/// A notice without a programme.
pub(super) const HOURS: &str = "works-council-hours";

/// The languages in which everything is published.
pub(super) const LANGUAGES: [Locale; 2] = [Locale::En, Locale::De];

/// One version of a notice.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Edition {
    pub(super) notice: &'static str,
    pub(super) version: u32,
    pub(super) material: bool,
    /// In the order of [`LANGUAGES`].
    texts: [&'static str; 2],
}

pub(super) const MCI_1: Edition = Edition {
    notice: MCI,
    version: 1,
    material: false,
    texts: [
        include_str!("texts/mci-1.en.md"),
        include_str!("texts/mci-1.de.md"),
    ],
};

pub(super) const MCI_2: Edition = Edition {
    notice: MCI,
    version: 2,
    material: true,
    texts: [
        include_str!("texts/mci-2.en.md"),
        include_str!("texts/mci-2.de.md"),
    ],
};

pub(super) const MCI_3: Edition = Edition {
    notice: MCI,
    version: 3,
    material: true,
    texts: [
        include_str!("texts/mci-3.en.md"),
        include_str!("texts/mci-3.de.md"),
    ],
};

pub(super) const SUPPORT_1: Edition = Edition {
    notice: SUPPORT_REVIEW,
    version: 1,
    material: false,
    texts: [
        include_str!("texts/support-review-1.en.md"),
        include_str!("texts/support-review-1.de.md"),
    ],
};

pub(super) const HOURS_1: Edition = Edition {
    notice: HOURS,
    version: 1,
    material: false,
    texts: [
        include_str!("texts/works-council-hours-1.en.md"),
        include_str!("texts/works-council-hours-1.de.md"),
    ],
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    notice: String,
    title: String,
    summary: String,
    language: Locale,
}

impl Edition {
    /// As the verb takes it, to count from `effective_on` or at once.
    pub(super) fn draft(&self, effective_on: Option<NaiveDate>) -> Result<Draft, Failure> {
        let mut texts = BTreeMap::new();
        for text in self.texts {
            let (header, text) = parse(text)?;
            if header.notice != self.notice {
                return Err(Failure(format!("a text of {} is not one", self.notice)));
            }
            texts.insert(header.language, text);
        }
        let notice = self.notice.parse();
        Ok(Draft {
            notice: notice.map_err(|invalid| Failure(format!("{invalid}")))?,
            material: self.material,
            effective_on,
            texts,
        })
    }
}

/// The language in which somebody is shown a notice of the company.
pub(super) fn shown_in(locale: Locale) -> Locale {
    if LANGUAGES.contains(&locale) {
        locale
    } else {
        Locale::En
    }
}

fn parse(text: &str) -> Result<(Header, NoticeText), Failure> {
    let rest = text.strip_prefix("+++\n");
    let parts = rest.and_then(|rest| rest.split_once("\n+++\n"));
    let (header, body) = parts.ok_or_else(|| Failure("a notice without a header".into()))?;
    let header: Header = toml::from_str(header).map_err(|error| Failure(error.to_string()))?;
    let text = NoticeText {
        title: header.title.clone(),
        summary: header.summary.clone(),
        body: body.trim().to_owned(),
    };
    Ok((header, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_edition_reads_in_both_languages_and_names_its_own_notice() {
        for edition in [MCI_1, MCI_2, MCI_3, SUPPORT_1, HOURS_1] {
            for (text, language) in edition.texts.into_iter().zip(LANGUAGES) {
                let (header, text) = parse(text).unwrap();
                assert_eq!(
                    (header.notice.as_str(), header.language),
                    (edition.notice, language)
                );
                assert!(text.body.split("\n\n").count() >= 4, "{}", text.title);
            }
            assert_eq!(edition.draft(None).unwrap().texts.len(), 2);
        }
    }
}
