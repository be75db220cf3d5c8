//! `sayso notice publish FILE.md`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::Subcommand;
use serde::Deserialize;

use super::Failure;
use crate::app::notices::Draft;
use crate::app::{App, notices};
use crate::domain::employee::Locale;
use crate::domain::id::NoticeId;
use crate::domain::notice::NoticeText;

#[derive(Subcommand)]
pub(super) enum NoticeCommand {
    /// Publish Markdown files as the next version of a notice, one file per language. Each begins with a header in
    /// TOML between two lines `+++`: notice, title, summary, language; and in any of them material and `effective_on`.
    Publish {
        /// The Markdown files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    notice: NoticeId,
    title: String,
    summary: String,
    language: Locale,
    #[serde(default)]
    material: bool,
    effective_on: Option<NaiveDate>,
}

pub(super) async fn run(app: &App, command: NoticeCommand) -> Result<(), Failure> {
    let NoticeCommand::Publish { files } = command;
    let mut draft: Option<Draft> = None;
    for file in &files {
        let (header, body) = read(file)?;
        let draft = draft.get_or_insert_with(|| Draft {
            notice: header.notice.clone(),
            material: false,
            effective_on: None,
            texts: BTreeMap::new(),
        });
        if draft.notice != header.notice {
            return Err(Failure(format!(
                "{}: publish one notice at a time",
                file.display()
            )));
        }
        draft.material |= header.material;
        draft.effective_on = draft.effective_on.max(header.effective_on);
        let text = NoticeText {
            title: header.title,
            summary: header.summary,
            body,
        };
        if draft.texts.insert(header.language, text).is_some() {
            return Err(Failure(format!(
                "{}: this language stands in another file already",
                file.display()
            )));
        }
    }
    if let Some(draft) = draft {
        let published = notices::publish(app, &draft, None).await?;
        println!(
            "Published {} version {} as ledger entry {}.",
            draft.notice, published.version.version, published.entry
        );
    }
    Ok(())
}

fn read(file: &Path) -> Result<(Header, String), Failure> {
    let wrong = |problem: String| Failure(format!("{}: {problem}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
    let rest = text
        .strip_prefix("+++\n")
        .ok_or_else(|| wrong("begin with a header between two lines +++".into()))?;
    let (header, body) = rest
        .split_once("\n+++\n")
        .ok_or_else(|| wrong("end the header with a line +++".into()))?;
    let header = toml::from_str(header).map_err(|error| wrong(error.to_string()))?;
    Ok((header, body.trim().to_owned()))
}
