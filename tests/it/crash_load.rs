//! Load, and the memory of everything that was handed out under it: choices on and off by several people at once, with
//! the receipt in each answer, receipts downloaded later, and checkpoints. Only whole answers count; all else may or may not have happened.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use reqwest::StatusCode;
use sayso::domain::choice::ChoiceState;
use sayso::ledger::checkpoint::Checkpoint;
use sayso::ledger::hash::Hash;
use sayso::ledger::key::VerifierKey;
use sayso::ledger::payload::Statement;
use sayso::ledger::receipt::{Receipt, Verified};
use tokio::task::JoinSet;

use crate::crash_server::{Person, Server, Site, client, once, signed_in};

const CATEGORIES: [&str; 4] = [
    "keystrokes",
    "mouse_movement",
    "click_location",
    "screen_content",
];

/// A choice that was answered with success.
#[derive(Debug, Clone)]
pub struct Acknowledged {
    pub entry: u64,
    pub person: Person,
    pub category: String,
    pub on: bool,
}

/// A receipt that was handed out.
#[derive(Debug, Clone)]
pub struct Handed {
    pub index: u64,
    pub leaf: Hash,
    pub size: u64,
}

/// Everything that anybody outside has seen.
#[derive(Debug, Default)]
pub struct Seen {
    /// Roots by size: a second one for a size is the end of all trust.
    pub roots: BTreeMap<u64, Hash>,
    pub receipts: Vec<Handed>,
    pub acknowledged: Vec<Acknowledged>,
    /// Answers that said no, by status.
    pub refused: BTreeMap<u16, usize>,
    /// Requests that got no whole answer.
    pub unknown: usize,
}

/// Shared by all who put load on the server.
pub type Memory = Arc<Mutex<Seen>>;

impl Seen {
    /// Remembers a signed head.
    pub fn head(&mut self, head: &Checkpoint) {
        let before = self.roots.insert(head.size, head.root);
        assert!(
            before.is_none_or(|root| root == head.root),
            "two roots for size {}: {before:?} and {:?}",
            head.size,
            head.root
        );
    }

    /// Remembers a receipt, which verifies on the spot.
    pub fn receipt(&mut self, text: &str, keys: &[VerifierKey]) -> Verified {
        let receipt = Receipt::parse(text).unwrap();
        let verified = receipt.verify(keys).unwrap();
        self.head(&verified.checkpoint);
        self.receipts.push(Handed {
            index: verified.index,
            leaf: verified.leaf,
            size: verified.checkpoint.size,
        });
        verified
    }
}

/// Puts load on `server` until it is stopped or dead.
pub fn load(site: &Site, server: &Server, memory: &Memory) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    for person in site.people.clone() {
        let (url, memory, key) = (server.url.clone(), memory.clone(), site.key.clone());
        tasks.spawn(async move { one(&url, &person, &memory, &[key]).await });
    }
    tasks
}

/// One person, who changes one thing after the other.
async fn one(url: &str, person: &Person, memory: &Memory, keys: &[VerifierKey]) {
    let http = client();
    for turn in 0_usize.. {
        let category = CATEGORIES[turn % 4];
        let on = turn / 4 % 2 == 0;
        let answer = choose(&http, url, person, category, on).await;
        let mut dead = false;
        match answer {
            Ok(Ok(Some((entry, text)))) => {
                let verified = {
                    let mut seen = memory.lock().unwrap();
                    seen.acknowledged.push(Acknowledged {
                        entry,
                        person: person.clone(),
                        category: category.to_owned(),
                        on,
                    });
                    seen.receipt(&text, keys)
                };
                says(&verified, entry, category, on);
                if turn % 2 == 0 {
                    match download(&http, url, person, entry).await {
                        Ok((StatusCode::OK, text)) => {
                            let verified = memory.lock().unwrap().receipt(&text, keys);
                            says(&verified, entry, category, on);
                        }
                        Ok((status, text)) => refused(memory, status, &text),
                        Err(_) => dead = true,
                    }
                }
            }
            Ok(Ok(None)) => {}
            Ok(Err((status, text))) => refused(memory, status, &text),
            Err(_) => dead = true,
        }
        if turn % 3 == 0 && !dead {
            let head = http.get(format!("{url}/ledger/checkpoint")).send().await;
            match head {
                Ok(head) if head.status() == StatusCode::OK => {
                    if let Ok(note) = head.text().await {
                        let signed = Checkpoint::open(&note, keys).unwrap();
                        memory.lock().unwrap().head(&signed.checkpoint);
                    }
                }
                Ok(head) => refused(memory, head.status(), ""),
                Err(_) => dead = true,
            }
        }
        if dead {
            memory.lock().unwrap().unknown += 1;
            return;
        }
    }
}

/// An answer that says no must say so by its status: a failure of ours, or busy.
fn refused(memory: &Memory, status: StatusCode, text: &str) {
    assert!(matches!(status.as_u16(), 500 | 503), "{status} {text}");
    *memory
        .lock()
        .unwrap()
        .refused
        .entry(status.as_u16())
        .or_default() += 1;
}

/// The entry of a choice with its receipt; nothing where nothing was new; or the answer that said no.
type Chosen = Result<Option<(u64, String)>, (StatusCode, String)>;

/// Says yes or no, and has the receipt in the answer.
async fn choose(
    http: &reqwest::Client,
    url: &str,
    person: &Person,
    category: &str,
    on: bool,
) -> Result<Chosen, reqwest::Error> {
    let choice = if on { "give" } else { "refuse" };
    let form = format!(
        "choice={choice}&notice_version=1&language=en&once={}",
        once()
    );
    let request = http
        .post(format!("{url}/choices/mci/{category}"))
        .header("accept", "text/plain")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form);
    let answer = signed_in(request, person).send().await?;
    let (status, place) = (answer.status(), answer.headers().get("location").cloned());
    let text = answer.text().await?;
    Ok(match status {
        StatusCode::CREATED => {
            let place = place.unwrap();
            let entry = place.to_str().unwrap().strip_prefix("/receipts/").unwrap();
            Ok(Some((entry.parse().unwrap(), text)))
        }
        StatusCode::NO_CONTENT => Ok(None),
        status => Err((status, text)),
    })
}

/// Downloads a receipt.
pub async fn download(
    http: &reqwest::Client,
    url: &str,
    person: &Person,
    entry: u64,
) -> Result<(StatusCode, String), reqwest::Error> {
    let request = http.get(format!("{url}/receipts/{entry}.tlog-proof"));
    let answer = signed_in(request, person).send().await?;
    Ok((answer.status(), answer.text().await?))
}

/// The receipt says what was chosen.
pub fn says(verified: &Verified, entry: u64, category: &str, on: bool) {
    assert_eq!(verified.index, entry);
    let Some(Statement::Choice(choice)) = verified.payload.as_ref().map(|said| &said.statement)
    else {
        panic!("entry {entry} is not a choice");
    };
    assert_eq!(choice.category.as_str(), category);
    let given = matches!(choice.decision, ChoiceState::Given | ChoiceState::Renewed);
    assert_eq!(given, on, "entry {entry}");
}
