//! What is left to find: searches files for bytes, and tries every key that is left on what a backup holds.

use std::fs;
use std::path::{Path, PathBuf};

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305};
use sayso::app::receipts;
use sayso::domain::id::SubjectId;
use sayso::ledger::commitment::Opening;
use sayso::ledger::receipt::Receipt;
use sayso::ledger::seal::{self, EpochKey};

use crate::world::World;

/// What the database keeps of one person, as a backup or a write-ahead log would still have it.
pub struct Rows {
    pub subject: SubjectId,
    pub epoch: u64,
    pub wrapped: Vec<u8>,
    pub sealed: Vec<(u64, Vec<u8>)>,
}

/// What must be nowhere.
pub struct Secrets {
    /// Statements, each with its randomness.
    pub openings: Vec<Opening>,
    /// The person's key, unwrapped.
    pub dek: [u8; 32],
}

/// Reads the rows of a person.
pub async fn rows(world: &World, id: &str) -> Rows {
    let subject = world.subject(id).await;
    let (epoch, wrapped) = world.store.dek(&subject).await.unwrap().unwrap();
    let mut sealed = Vec::new();
    for event in world.store.events(&subject).await.unwrap() {
        let bytes = world.store.sealed(&subject, event.entry).await.unwrap();
        sealed.push((event.entry, bytes.unwrap()));
    }
    Rows {
        subject,
        epoch,
        wrapped,
        sealed,
    }
}

/// Every receipt of a person as a downloaded file.
pub async fn downloads(world: &World, id: &str) -> Vec<String> {
    let subject = world.subject(id).await;
    let mut files = Vec::new();
    for card in receipts::receipts(&world.app, &subject).await.unwrap() {
        files.push(
            receipts::receipt(&world.app, &subject, card.entry)
                .await
                .unwrap()
                .1,
        );
    }
    files
}

/// Reads a person's rows with each key in the folder: what somebody with the database and the keys gets.
pub fn read(keys: &Path, rows: &Rows) -> Option<Secrets> {
    key_files(keys).into_iter().find_map(|(number, key)| {
        let epoch = EpochKey::new(number, key);
        let dek = seal::unwrap(&epoch, &rows.subject, rows.epoch, &rows.wrapped).ok()?;
        let openings = rows
            .sealed
            .iter()
            .map(|(entry, bytes)| seal::open(&dek, *entry, bytes).unwrap())
            .collect();
        Some(Secrets {
            openings,
            dek: raw_dek(&key, rows),
        })
    })
}

/// The same as `seal::unwrap`, but with the bytes in hand.
fn raw_dek(key: &[u8; 32], rows: &Rows) -> [u8; 32] {
    let aad = [
        rows.subject.as_bytes().as_slice(),
        &rows.epoch.to_be_bytes(),
    ]
    .concat();
    let (nonce, msg) = rows.wrapped.split_first_chunk::<24>().unwrap();
    XChaCha20Poly1305::new(key.into())
        .decrypt(&(*nonce).into(), Payload { msg, aad: &aad })
        .unwrap()
        .try_into()
        .unwrap()
}

/// Every epoch key in the folder.
pub fn key_files(keys: &Path) -> Vec<(u64, [u8; 32])> {
    let mut found = Vec::new();
    for file in files(keys) {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let Some(number) = name
            .strip_prefix("epoch")
            .and_then(|rest| rest.strip_suffix(".key"))
        else {
            continue;
        };
        let number = number.strip_prefix('-').unwrap_or("1").parse().unwrap();
        let text = fs::read_to_string(&file).unwrap();
        let text = text.trim();
        let byte = |index| u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).unwrap();
        found.push((number, std::array::from_fn(byte)));
    }
    found.sort_unstable();
    found
}

impl Secrets {
    /// Statements, randomness and key, each with a name.
    pub fn needles(&self) -> Vec<(&'static str, Vec<u8>)> {
        let mut needles = vec![("the person's key", self.dek.to_vec())];
        for opening in &self.openings {
            needles.push(("a statement", opening.payload.clone()));
            needles.push(("its randomness", opening.r.to_vec()));
        }
        needles
    }
}

/// The opening in a downloaded receipt.
pub fn opening(file: &str) -> Opening {
    Receipt::parse(file).unwrap().opening.unwrap()
}

/// Files below `folder` that hold `needle`, as it is or in hexadecimal.
pub fn holding(folder: &Path, needle: &[u8]) -> Vec<PathBuf> {
    let hex: String = needle.iter().map(|byte| format!("{byte:02x}")).collect();
    files(folder)
        .into_iter()
        .filter(|file| {
            let bytes = fs::read(file).unwrap_or_default();
            contains(&bytes, needle) || contains(&bytes, hex.as_bytes())
        })
        .collect()
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    let (first, rest) = needle.split_first().unwrap();
    let mut from = 0;
    while let Some(found) = bytes[from..].iter().position(|byte| byte == first) {
        let at = from + found + 1;
        if bytes[at..].starts_with(rest) {
            return true;
        }
        from = at;
    }
    false
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// Folders in which the database keeps its bytes: PostgreSQL's too, write-ahead log included.
pub fn folders(world: &World) -> Vec<PathBuf> {
    let mut folders = vec![world.dir.path().to_owned()];
    if let Some((_, host)) = world.url.split_once("host=") {
        let data = Path::new(host).join("data");
        folders.extend([data.join("pg_wal"), data.join("base")]);
    }
    folders
}
