//! What `RememberedLedger` does: compare the ledger's head with the one this browser saw last, and remember the new one.
//!
//! Silence is not an alarm: where nothing answers, nothing is claimed and the old head is kept. Another key,
//! or another root of one size, counts at once; any other contradiction is looked at three times, because another tab may
//! have been faster and a replica may lag. Then the page says so, both heads
//! are kept as evidence (`evidence.rs`), and the remembered one is never overwritten. `localStorage` may be full,
//! blocked or tampered with: what cannot be read back, signed head and all, is forgotten.

use leptos::web_sys::{Storage, window};
use wasm_bindgen_futures::spawn_local;

use super::dom::{Fetched, fetch, pause, read, show_only};
use super::evidence::{self, Found};
use crate::ledger::memory::{Fork, Memory, Next};

/// Where the memory is kept.
const MEMORY: &str = "sayso-ledger";
/// Where the memory of logs is kept that this one says it succeeds.
pub const BEFORE: &str = "sayso-ledger-before";
/// How often a contradiction must show before it is believed, and the milliseconds between.
const LOOKS: usize = 3;
const PAUSE: i32 = 1_500;

/// What one look came to.
enum Look {
    /// The head continues what is remembered.
    Whole,
    /// No answer, or none that says anything.
    Silent,
    /// The ledger answers, and gives no proof.
    Unproven,
    /// Another log stands in its place.
    Successor,
    /// Two heads that cannot both be.
    Fork(Box<Found>),
}

/// Looks once per page.
pub fn wake() {
    spawn_local(async {
        let storage = window().and_then(|window| window.local_storage().ok().flatten());
        let Some(storage) = storage else { return };
        evidence::wake(&storage);
        if evidence::show_kept(&storage) {
            return;
        }
        let mut found = look(&storage).await;
        for _ in 1..LOOKS {
            match &found {
                Look::Whole | Look::Silent | Look::Successor => break,
                // Neither a slow replica nor another tab makes another key or another root of one size.
                Look::Fork(found) if matches!(found.why, Fork::Key | Fork::Root) => break,
                Look::Fork(_) | Look::Unproven => {}
            }
            pause(PAUSE).await;
            found = look(&storage).await;
        }
        match found {
            Look::Whole => show_only("ledger", "whole"),
            Look::Unproven => show_only("ledger", "unproven"),
            Look::Fork(found) => evidence::keep(&storage, &found),
            Look::Silent | Look::Successor => {}
        }
        evidence::show_successor(&storage);
    });
}

async fn look(storage: &Storage) -> Look {
    let Fetched::Text(note) = fetch("/ledger/checkpoint").await else {
        return Look::Silent;
    };
    // Read again at each look: another tab may have gone on.
    let kept = storage.get_item(MEMORY).ok().flatten();
    let Some(memory) = kept.as_deref().and_then(Memory::parse) else {
        remember(storage, None, &note);
        // Nothing to compare with, so nothing is claimed.
        return Look::Silent;
    };
    let fork = |why, proof: &str| {
        Look::Fork(Box::new(Found {
            why,
            memory: memory.clone(),
            note: note.clone(),
            proof: proof.to_owned(),
        }))
    };
    let (small, large) = match memory.meet(&note) {
        Next::Same => return Look::Whole,
        Next::Nothing => return Look::Silent,
        Next::Fork(why) => return fork(why, ""),
        Next::Successor { .. } => {
            let before = storage.get_item(BEFORE).ok().flatten().unwrap_or_default();
            let before = [before, memory.to_text()].concat();
            // The old head goes to its place before a new one takes its own.
            if storage.set_item(BEFORE, &before).is_ok() {
                remember(storage, None, &note);
            }
            return Look::Successor;
        }
        Next::Grown { old, new } => (old, new),
        Next::Shrunk { old, new } => (new, old),
    };
    let shrunk = large == memory.size();
    let (small, large) = (small.to_string(), large.to_string());
    let address = ["/ledger/proof/consistency?old=", &small, "&new=", &large].concat();
    match fetch(&address).await {
        Fetched::Text(proof) => match memory.continues(&note, &proof) {
            Ok(true) if shrunk => Look::Whole,
            Ok(true) => remember(storage, Some(memory), &note),
            Ok(false) => Look::Unproven,
            Err(_) => fork(if shrunk { Fork::Back } else { Fork::Proof }, &proof),
        },
        // It does not know the size that it has signed.
        Fetched::Refused(400) if shrunk => fork(Fork::Back, ""),
        Fetched::Refused(_) => Look::Unproven,
        Fetched::Nothing => Look::Silent,
    }
}

/// Remembers a head under the key that was seen first, or under the portal's when there is none yet.
fn remember(storage: &Storage, memory: Option<Memory>, note: &str) -> Look {
    let key = match memory {
        Some(memory) => Some(memory.key),
        None => read("ledger-key").parse().ok(),
    };
    let Some(memory) = key.and_then(|key| Memory::of(key, note, &evidence::time())) else {
        return Look::Silent;
    };
    // Full or read-only: then the older head stays, and serves as well.
    let _ = storage.set_item(MEMORY, &memory.to_text());
    Look::Whole
}

/// Forgets everything, evidence too: what `Start afresh` does.
pub fn forget(storage: &Storage) {
    for item in [MEMORY, BEFORE, evidence::KEPT, evidence::READ] {
        let _ = storage.remove_item(item);
    }
}
