//! No byte of a receipt can be changed, dropped or added.

use super::*;
use crate::ledger::sample::{self, STATEMENT, keys, personal};

/// Every byte of `text`, changed in several ways; only what is still UTF-8 can reach the parser.
fn changed(text: &str) -> impl Iterator<Item = (usize, String)> {
    (0..text.len())
        .flat_map(move |at| {
            let with = move |change: fn(u8) -> u8| {
                let mut bytes = text.as_bytes().to_vec();
                bytes[at] = change(bytes[at]);
                String::from_utf8(bytes).ok().map(|text| (at, text))
            };
            let ways: [fn(u8) -> u8; 6] = [
                |b| b ^ 1,
                |b| b ^ 2,
                |b| b ^ 0x20,
                |b| b ^ 0x40,
                |b| b ^ 0x80,
                |_| b'\n',
            ];
            let removed = text.is_char_boundary(at) && text.is_char_boundary(at + 1);
            let removed = removed.then(|| (at, [&text[..at], &text[at + 1..]].concat()));
            let doubled = text
                .is_char_boundary(at)
                .then(|| (at, [&text[..at], " ", &text[at..]].concat()));
            ways.into_iter()
                .filter_map(with)
                .chain(removed)
                .chain(doubled)
        })
        .filter(move |(_, changed)| changed != text)
}

#[test]
fn a_personal_receipt_with_any_byte_changed_does_not_verify() {
    let text = personal(STATEMENT).to_text();
    let mut tried = 0;
    for (at, text) in changed(&text) {
        let verified = Receipt::parse(&text).and_then(|receipt| receipt.verify(&keys()));
        assert!(verified.is_err(), "byte {at}");
        tried += 1;
    }
    assert!(tried > 4 * text.len());
}

#[test]
fn the_sample_receipt_with_any_byte_changed_does_not_verify_or_loses_its_witness() {
    let (text, entry) = (sample::receipt(), sample::ENTRIES[1].0.as_bytes());
    // The specification has lines of unknown keys ignored. So a witness's line under another name or id is no
    // longer that witness's, and the rest stands; nothing before that line can change.
    let witness = text.find("council").unwrap();
    let id_ends = text.find("6Ezeyg").unwrap() + 6;
    for (at, text) in changed(&text) {
        let verified =
            Receipt::parse(&text).and_then(|receipt| receipt.verify_entry(entry, &keys()));
        if let Ok(verified) = verified {
            assert!((witness..id_ends).contains(&at), "byte {at}");
            assert_eq!(verified.witnesses, [], "byte {at}");
            assert_eq!(verified.leaf, sample::leaf(1));
        }
    }
}

#[test]
fn a_shortened_or_lengthened_receipt_does_not_verify() {
    let entry = sample::ENTRIES[1].0.as_bytes();
    let sample = sample::receipt();
    let log_only = sample.find("— council").unwrap();
    for end in (0..sample.len()).filter(|end| sample.is_char_boundary(*end)) {
        let verified =
            Receipt::parse(&sample[..end]).and_then(|receipt| receipt.verify_entry(entry, &keys()));
        // Without the witness's line it is a whole receipt again, and says so.
        assert_eq!(
            verified.is_ok_and(|verified| verified.witnesses.is_empty()),
            end == log_only,
            "{end}"
        );
    }
    let text = personal(STATEMENT).to_text();
    for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
        assert!(Receipt::parse(&text[..end]).is_err(), "{end}");
    }
    for more in ["\n", " ", "x", "\n\n", "index 1\n", "\u{feff}"] {
        assert!(
            Receipt::parse(&format!("{text}{more}")).is_err(),
            "{more:?}"
        );
        assert!(
            Receipt::parse(&format!("{more}{text}")).is_err(),
            "{more:?}"
        );
    }
}
