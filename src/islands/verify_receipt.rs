//! A receipt's page: its heading, whether it checks out, and what that proves.
//!
//! Without this island the page says that the browser has not checked anything, and how to check by hand. With it the
//! browser recomputes the proof itself, from the same file that can be downloaded and with the same code as
//! `sayso verify`, and says how long that took. What stands between heading and proof comes from the server.

use leptos::prelude::*;

use super::mark::{Mark, mark};

/// What the browser has found out.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(
        dead_code,
        reason = "only browsers check here; the server leaves it open"
    )
)]
enum Check {
    /// Nothing yet, or there is no JavaScript.
    Open,
    /// It checks out.
    Good {
        /// Milliseconds it took.
        took: f64,
        /// The statement, as the browser read it out of the receipt.
        sealed: String,
    },
    /// It does not, because.
    Bad(String),
}

/// Heading and proof of one receipt, around what is in it.
#[island]
pub fn VerifyReceipt(
    /// The receipt's file.
    file: String,
    /// The key that verifies the log.
    vkey: String,
    /// What the receipt is about, in a sentence.
    heading: String,
    /// `Receipt 48,214`
    name: String,
    /// `48,214 of 48,219`
    position: String,
    /// The ledger's name.
    origin: String,
    children: Children,
) -> impl IntoView {
    let check = RwSignal::new(Check::Open);
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| check.set(verify(&file, &vkey)));
    #[cfg(not(feature = "hydrate"))]
    let _ = (file, vkey);

    let title = move || match check.get() {
        Check::Bad(_) => "This receipt does not check out.".to_owned(),
        Check::Open | Check::Good { .. } => heading.clone(),
    };
    let lead = move || match check.get() {
        Check::Open => format!("{name}. Your browser has not checked this."),
        Check::Good { .. } => format!("{name}. Your browser has just checked it, by itself."),
        Check::Bad(_) => format!("{name}. Your browser has just tried to check it."),
    };
    let took = move || match check.get() {
        Check::Open => view! {
            "Your browser has not checked this. Download it and run "
            <code>"sayso verify"</code>
            "."
        }
        .into_any(),
        Check::Good { took, .. } => {
            format!("Checked in your browser. Took {took:.1} milliseconds.").into_any()
        }
        Check::Bad(_) => "Checked in your browser, and refused.".into_any(),
    };
    let proofs = move || {
        let (drawn, sealed) = match check.get() {
            Check::Open => (Mark::Off, "This is what checking it shows.".to_owned()),
            Check::Good { sealed, .. } => {
                (Mark::Check, format!("Your browser reads in it: {sealed}"))
            }
            Check::Bad(_) => (Mark::Cross, "This could not be shown.".to_owned()),
        };
        let (position, origin) = (position.clone(), origin.clone());
        view! {
            <ul class="proofs">
                <li>
                    {mark(drawn)}
                    <div>
                        <strong>"It is your statement, unchanged."</strong>
                        <p>"One changed letter would show. " {sealed}</p>
                    </div>
                </li>
                <li>
                    {mark(drawn)}
                    <div>
                        <strong>"It stands in the ledger."</strong>
                        <p>{format!("Entry {position}. Taking it out would show in every later state of the ledger.")}</p>
                    </div>
                </li>
                <li>
                    {mark(drawn)}
                    <div>
                        <strong>"The ledger has signed for it."</strong>
                        <p>{format!("With the key of {origin}. Whoever signed cannot deny it later, because you hold the file.")}</p>
                    </div>
                </li>
            </ul>
        }
    };
    let alarm = move || match check.get() {
        Check::Bad(why) => Some(view! {
            <div class="banner" data-kind="alarm" role="alert">
                <h2>{mark(Mark::Alert)} " This receipt does not check out"</h2>
                <p>
                    {format!("{why}. Download the file and keep it. Show it to your representatives and to the privacy office: either this page was damaged on its way, or somebody changed what you said.")}
                </p>
            </div>
        }),
        Check::Open | Check::Good { .. } => None,
    };
    view! {
        {alarm}
        <p class="steps-back">
            <a href="/receipts">"All receipts"</a>
        </p>
        <div class="opening">
            <div class="opening__text">
                <h1>{title}</h1>
                <p class="lead">{lead}</p>
            </div>
        </div>
        {children()}
        <section class="part" aria-labelledby="pv">
            <div class="part__head">
                <h2 id="pv">"What it proves"</h2>
                <p aria-live="polite">{took}</p>
            </div>
            <div class="part__body">{proofs}</div>
        </section>
    }
}

#[cfg(feature = "hydrate")]
fn verify(file: &str, vkey: &str) -> Check {
    use crate::ledger::note::VerifierKey;
    use crate::ledger::receipt::Receipt;

    let clock = leptos::web_sys::window().and_then(|window| window.performance());
    let begun = clock
        .as_ref()
        .map_or(0.0, leptos::web_sys::Performance::now);
    let key: Result<VerifierKey, _> = vkey.parse();
    let verified = Receipt::parse(file).and_then(|receipt| receipt.verify(&[key?]));
    let took = clock.map_or(0.0, |clock| clock.now()) - begun;
    match verified {
        Ok(verified) => Check::Good {
            took,
            sealed: verified
                .payload
                .map_or_else(String::new, |payload| sealed(&payload)),
        },
        Err(why) => Check::Bad(why.to_string()),
    }
}

/// A statement in the ledger's own words.
#[cfg(feature = "hydrate")]
fn sealed(payload: &crate::ledger::payload::Payload) -> String {
    use crate::ledger::payload::Statement;

    let at = payload.at.to_rfc3339();
    match &payload.statement {
        Statement::Choice(choice) => {
            format!(
                "{}, {}, {}, at {at}.",
                choice.decision, choice.category, choice.program
            )
        }
        Statement::Request(request) => format!(
            "request for {}, {}, at {at}.",
            request.kind, request.request
        ),
        Statement::Completion(completion) => {
            format!(
                "{} answers to request {}, at {at}.",
                completion.results.len(),
                completion.request
            )
        }
    }
}
