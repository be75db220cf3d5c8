//! HR's desk: what is published, notice by notice.

use leptos::prelude::*;

use super::format::{Calendar, number};
use super::notice::english_name;
use crate::domain::employee::Locale;
use crate::domain::id::NoticeId;
use crate::domain::notice::PublishedNotice;

/// A notice of a programme with its versions, newest first.
#[derive(Debug, Clone)]
pub struct Shelf {
    /// The notice.
    pub notice: NoticeId,
    /// Name of the programme, if it is about one.
    pub program: Option<String>,
    /// What was published.
    pub versions: Vec<PublishedNotice>,
}

/// What is published.
#[component]
pub fn Published(shelves: Vec<Shelf>, calendar: Calendar) -> impl IntoView {
    let part = |shelf: Shelf| {
        let id = format!("n-{}", shelf.notice);
        let labelled = id.clone();
        let title = shelf
            .program
            .clone()
            .unwrap_or_else(|| shelf.notice.to_string());
        let row = |published: &PublishedNotice| {
            let version = &published.version;
            let title = version
                .text(Locale::En)
                .map_or_else(String::new, |(_, text)| text.title.clone());
            let languages: Vec<&str> = version
                .texts
                .keys()
                .map(|locale| english_name(*locale))
                .collect();
            view! {
                <tr>
                    <td class="num">{version.version}</td>
                    <td>
                        <a href=format!("/notices/{}/{}", version.notice, version.version)>{title}</a>
                    </td>
                    <td class="keep">{calendar.date(version.effective_at)}</td>
                    <td>{if version.material { "Material" } else { "Not material" }}</td>
                    <td>{languages.join(", ")}</td>
                    <td class="num">{number(published.entry)}</td>
                </tr>
            }
        };
        let versions = if shelf.versions.is_empty() {
            view! {
                <div class="empty">
                    <h3>"Nothing is published."</h3>
                    <p>"Without a notice in force nobody can turn anything on."</p>
                </div>
            }
            .into_any()
        } else {
            view! {
                <div class="scroll" role="region" tabindex="0" aria-label=format!("Versions of {title}")>
                    <table class="table">
                        <thead>
                            <tr>
                                <th scope="col" class="num">
                                    "Version"
                                </th>
                                <th scope="col">"Title"</th>
                                <th scope="col">"Applies from"</th>
                                <th scope="col">"Change"</th>
                                <th scope="col">"Languages"</th>
                                <th scope="col" class="num">
                                    "Ledger entry"
                                </th>
                            </tr>
                        </thead>
                        <tbody>{shelf.versions.iter().map(row).collect_view()}</tbody>
                    </table>
                </div>
            }
            .into_any()
        };
        view! {
            <section class="part" aria-labelledby=labelled>
                <div class="part__head">
                    <h2 id=id>{title.clone()}</h2>
                    <p>
                        <a href=format!("/manage/notices/new?notice={}", shelf.notice)>"Write the next version"</a>
                    </p>
                </div>
                <div class="part__body">{versions}</div>
            </section>
        }
    };
    view! {
        <div class="opening">
            <div class="opening__text">
                <h1>"Notices"</h1>
                <p class="lead">"What is published stays published: it stands in the ledger, and a new version replaces it from its day on."</p>
            </div>
        </div>
        {shelves.into_iter().map(part).collect_view()}
    }
    .into_any()
}
