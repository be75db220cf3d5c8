//! What the browser's memory of the ledger may have to say, on every page: words in templates, for `RememberedLedger`.
//!
//! The banner for a contradiction cannot be missed and does not go by itself. The evidence file is written here too, so
//! that all words stay on the server; the island fills in what was found.

use leptos::prelude::*;

use super::marks::{Mark, mark};
use crate::islands::RememberedLedger;

/// The place for a banner, and what may stand in it. `vkey` is the ledger's key, as this portal shows it.
#[component]
pub fn Memory(vkey: String) -> impl IntoView {
    view! {
        <RememberedLedger>
            <div id="ledger-words"></div>
            <span id="ledger-key" hidden>{vkey}</span>
            <template id="ledger-alarm">
                <Alarm />
            </template>
            <template id="ledger-successor">
                <Successor />
            </template>
        </RememberedLedger>
    }
    .into_any()
}

#[component]
fn Alarm() -> impl IntoView {
    let reason = |why: &'static str, words: &'static str| {
        view! {
            <p data-why=why hidden>
                {words}
            </p>
        }
    };
    view! {
        <div class="banner" data-kind="alarm" role="alert">
            <h2>{mark(Mark::Alert)} " This ledger is not the one that your browser remembers"</h2>
            {reason("key", "It is signed with another key than the one this browser saw first.")}
            {reason(
                "root",
                "It has as many entries as the state this browser saw last, but they are not the same entries: one was changed, left out or added.",
            )}
            {reason(
                "proof",
                "It has grown since this browser saw it last, but not from what stood there: an earlier entry was changed, left out or added.",
            )}
            {reason(
                "back",
                "It has fewer entries than when this browser saw it last, and does not prove that it ever had them.",
            )}
            <p>
                "Your browser keeps both signed states, and does not forget the first. Download them, keep the file outside the company, and show it to your representatives and to the privacy office. Nothing of yours was changed by looking at this page."
            </p>
            <p class="row">
                <button class="button" type="button" data-evidence="download">
                    "Download the evidence"
                </button>
                <button class="button" type="button" data-evidence="afresh">
                    "Start afresh"
                </button>
            </p>
            <p class="hint">
                "Start afresh only when you know why this happened and hold the file: your browser then forgets both states."
            </p>
            <details>
                <summary>"What is in the file"</summary>
                <Evidence />
            </details>
        </div>
    }
    .into_any()
}

/// The file. Parts between the lines of dashes are files of their own, unchanged.
#[component]
fn Evidence() -> impl IntoView {
    let slot = |id: &'static str| view! { <span id=id></span> };
    view! {
        <pre class="hash evidence" id="evidence">
            "Two signed states of one ledger that contradict each other\n\n"
            "Portal: "
            {slot("ev-portal")}
            "\nFound: "
            {slot("ev-found")}
            ", by the browser of an employee\nWhat: "
            {slot("ev-what")}
            "\nRemembered state last seen: "
            {slot("ev-seen")}
            "\n\nWhat stands between two lines of dashes is a file of its own, to be saved unchanged: the key as log.vkey, the states as old.checkpoint and new.checkpoint. \n\nsayso verify --vkey log.vkey old.checkpoint new.checkpoint\n    says who signed both states, on any computer and without a network.\nsayso verify --vkey log.vkey --log "
            {slot("ev-ledger")}
            "/ledger old.checkpoint\n    says where the ledger parts from the remembered state.\n\nThey are signed notes (c2sp.org/signed-note, c2sp.org/tlog-checkpoint), which other people’s software checks too.\n"
            "\n----- log.vkey: the key that this browser saw first\n"
            {slot("ev-key")}
            "\n----- old.checkpoint: the state that this browser remembered\n"
            {slot("ev-old")}
            "----- new.checkpoint: the state that the ledger showed when this was found\n"
            {slot("ev-new")}
            "----- the key that the portal showed then\n"
            {slot("ev-shown")}
            "\n----- the proof of consistency that the ledger gave then, if any, one hash a line\n"
            {slot("ev-proof")}
            "----- end\n"
        </pre>
    }
    .into_any()
}

#[component]
fn Successor() -> impl IntoView {
    view! {
        <div class="banner" role="status">
            <h2>{mark(Mark::Alert)} " Another ledger stands in the place of the one you know"</h2>
            <p>
                "It has another name, so your browser cannot compare the two. That is as it should be after a restore that was announced; its first entry then names the last state of the old one. "
                <a href="/ledger">"About the ledger"</a>
                ". Your browser has kept the last signed state of the old one."
            </p>
            <p class="row">
                <button class="button" type="button" data-evidence="download">
                    "Download what was kept"
                </button>
                <button class="button" type="button" data-evidence="read">
                    "I have read this"
                </button>
            </p>
            <pre id="evidence" hidden></pre>
        </div>
    }
    .into_any()
}
