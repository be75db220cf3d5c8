//! The form on which HR writes a notice, and its way into a draft and back.
//!
//! One field per language and part; another language is another line in `Locale::ALL` and `TEXT_FIELDS`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::app::App;
use crate::app::error::Error;
use crate::app::notices::{self, Draft};
use crate::domain::employee::Locale;
use crate::domain::id::FormId;
use crate::domain::invalid::Invalid;
use crate::domain::notice::{NoticeText, NoticeVersion};
use crate::ui::writing::{TEXT_FIELDS, Written};

/// What is posted.
#[derive(Deserialize)]
pub struct DraftForm {
    notice: String,
    #[serde(default)]
    material: String,
    #[serde(default)]
    effective_on: String,
    #[serde(flatten)]
    texts: BTreeMap<String, String>,
    /// Marks the form.
    pub once: FormId,
}

impl DraftForm {
    /// What stands in the fields. Line ends are those of Unix: browsers post others.
    pub fn written(&self) -> Written {
        let text = |field: &str| {
            self.texts
                .get(field)
                .map_or_else(String::new, |text| text.replace("\r\n", "\n"))
        };
        Written {
            notice: self.notice.clone(),
            material: match self.material.as_str() {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            },
            effective_on: self.effective_on.clone(),
            texts: TEXT_FIELDS.map(|fields| fields.map(text)),
        }
    }
}

/// The draft in the fields, or what is missing in them.
pub fn draft(written: &Written) -> Result<Draft, Vec<Invalid>> {
    let mut errors = Vec::new();
    let notice = written
        .notice
        .parse()
        .map_err(|_| errors.push(Invalid::new("notice", "Use 1 to 64 lower-case letters, digits, - and _, and begin with a letter or digit.")))
        .ok();
    if written.material.is_none() {
        errors.push(Invalid::new(
            "material",
            "Say whether the change is material: it decides whether choices end.",
        ));
    }
    let day = (!written.effective_on.is_empty())
        .then(|| written.effective_on.parse())
        .transpose();
    let effective_on = day.unwrap_or_else(|_| {
        errors.push(Invalid::new(
            "effective_on",
            "Give the day as year-month-day, for example 2026-12-01.",
        ));
        None
    });
    let texts: BTreeMap<Locale, NoticeText> = Locale::ALL
        .into_iter()
        .zip(&written.texts)
        .filter(|(_, parts)| parts.iter().any(|part| !part.trim().is_empty()))
        .map(|(locale, [title, summary, body])| {
            (
                locale,
                NoticeText {
                    title: title.trim().to_owned(),
                    summary: summary.trim().to_owned(),
                    body: body.clone(),
                },
            )
        })
        .collect();
    match (notice, written.material) {
        (Some(notice), Some(material)) if errors.is_empty() => Ok(Draft {
            notice,
            material,
            effective_on,
            texts,
        }),
        _ => Err(errors),
    }
}

/// The version that the draft would become, or what to mend, by field.
pub async fn check(app: &App, draft: &Draft) -> Result<Result<NoticeVersion, Vec<Invalid>>, Error> {
    let mut errors = Vec::new();
    // Language by language, so that each error finds its own field.
    for (locale, text) in &draft.texts {
        let texts = [(*locale, text.clone())].into();
        match notices::check_draft(
            app,
            &Draft {
                texts,
                ..draft.clone()
            },
        )
        .await
        {
            Ok(_) => {}
            Err(Error::Invalid(problems)) => {
                errors.extend(problems.into_iter().map(|problem| placed(problem, *locale)));
            }
            Err(error) => return Err(error),
        }
    }
    match notices::check_draft(app, draft).await {
        Ok(version) if errors.is_empty() => return Ok(Ok(version)),
        Err(Error::Invalid(problems)) if errors.is_empty() => {
            errors.extend(
                problems
                    .into_iter()
                    .map(|problem| placed(problem, Locale::En)),
            );
        }
        Ok(_) | Err(Error::Invalid(_)) => {}
        Err(error) => return Err(error),
    }
    let mut once: Vec<Invalid> = Vec::new();
    for error in errors {
        if !once.contains(&error) {
            once.push(error);
        }
    }
    Ok(Err(once))
}

/// The same problem at the field of its language.
fn placed(problem: Invalid, locale: Locale) -> Invalid {
    let language = Locale::ALL
        .iter()
        .position(|other| *other == locale)
        .unwrap_or(0);
    let part = ["title", "summary", "body"]
        .iter()
        .position(|part| *part == problem.field);
    match part {
        Some(part) => Invalid::new(TEXT_FIELDS[language][part], problem.message),
        None => problem,
    }
}
