//! A receipt of our server as a stranger verifies it, who has the log's key and the page that describes the format, but
//! none of our code: other people's libraries for notes and trees, and SHA-256.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ct_merkle::{InclusionProof, RootHash};
use sayso::domain::choice::Answer;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use signed_note::{Note, StandardVerifier, VerifierList};

use crate::database::on_both;
use crate::world::World;

/// What the receipt proves: its statement, and the size of the log that was signed.
fn verify(receipt: &str, vkey: &str) -> Result<(Value, u64), String> {
    let (head, note) = receipt.split_once("\n\n").ok_or("no empty line")?;
    let mut lines = head.lines();
    if lines.next() != Some("c2sp.org/tlog-proof@v1") {
        return Err("another kind of file".into());
    }
    let mut line = lines.next().ok_or("no lines")?;
    let extra = line.strip_prefix("extra ").ok_or("no opening")?;
    let opening = STANDARD.decode(extra).map_err(|_| "opening")?;
    line = lines.next().ok_or("no index")?;
    let index = line.strip_prefix("index ").ok_or("no index")?;
    let index: u64 = index.parse().map_err(|_| "index")?;
    let hash = |line: &str| tlog_tiles::Hash::parse_hash(line).map_err(|_| "hash");
    let proof: Vec<_> = lines.map(hash).collect::<Result<_, _>>()?;

    // The entry that commits to the opening.
    let mut commitment = Sha256::new();
    commitment.update(b"sayso-ledger/commit/v1\n");
    commitment.update(&opening);
    let commitment = STANDARD.encode(commitment.finalize());
    let entry = format!("sayso-ledger/v1\nsubject\n{commitment}\n");

    // The head that the log signed.
    let verifier = StandardVerifier::new(vkey).map_err(|_| "key")?;
    let known = VerifierList::new(vec![Box::new(verifier)]);
    let note = Note::from_bytes(note.as_bytes()).map_err(|_| "note")?;
    note.verify(&known).map_err(|_| "signature")?;
    let head = tlog_tiles::Checkpoint::from_bytes(note.text()).map_err(|_| "checkpoint")?;
    let origin = vkey.split('+').next();
    if origin != Some(head.origin()) {
        return Err("another log".into());
    }

    // That the entry is in the tree, by two libraries.
    let leaf = tlog_tiles::record_hash(entry.as_bytes());
    if index >= head.size() {
        return Err("no such index".into());
    }
    tlog_tiles::check_record(&proof, head.size(), *head.hash(), index, leaf)
        .map_err(|_| "not in the log")?;
    let bytes = proof.iter().flat_map(|hash| hash.0).collect();
    let path = InclusionProof::<Sha256>::try_from_bytes(bytes).map_err(|_| "proof")?;
    RootHash::<Sha256>::new(head.hash().0.into(), head.size())
        .verify_inclusion(&entry, index, &path)
        .map_err(|_| "not in the log, says the other library")?;
    let statement = opening.get(64..).ok_or("no statement")?;
    let statement = serde_json::from_slice(statement).map_err(|_| "not JSON")?;
    Ok((statement, head.size()))
}

on_both!(
    a_stranger_verifies_every_receipt_with_software_that_is_not_ours,
    |world: World| async move {
        let world = world.with_company().await;
        let mut browser = world.signed_in("E2").await;
        let vkey = browser.get("/ledger/log.vkey").await.body;
        let vkey = vkey.trim_end();
        let (mut last, mut sizes) = (String::new(), Vec::new());
        for turn in 0..14 {
            world.pass(1);
            let answer = [Answer::Give, Answer::Refuse][turn % 2];
            let event = world.choose("E2", "keystrokes", answer).await.unwrap();
            let address = format!("/receipts/{}.tlog-proof", event.entry);
            let receipt = browser.get(&address).await.body;
            let (said, size) = verify(&receipt, vkey).unwrap();
            assert_eq!(said["category"], "keystrokes");
            assert_eq!(said["decision"], ["given", "withdrawn"][turn % 2]);
            assert_eq!(said["at"], event.at.format("%FT%TZ").to_string());
            assert_eq!(said["seq"], turn);
            sizes.push(size);
            last = receipt;
        }
        assert!(sizes.is_sorted() && sizes[0] < sizes[13]);

        for (from, to) in [
            ("index 1", "index 0"),
            ("tlog-proof@v1", "tlog-proof@v2"),
            ("extra ", "extra AAAA"),
            ("ledger.brackwater.example\n", "else.example\n"),
        ] {
            let forged = last.replacen(from, to, 1);
            assert_ne!(forged, last, "{from}");
            assert!(verify(&forged, vkey).is_err(), "{from}");
        }
        for at in (0..last.len()).step_by(11) {
            let mut bytes = last.clone().into_bytes();
            bytes[at] ^= 1;
            let forged = String::from_utf8(bytes).unwrap_or_default();
            assert!(verify(&forged, vkey).is_err(), "byte {at}");
        }
    }
);
