//! Statements, against another implementation of canonical JSON (RFC 8785).

use sayso::ledger::payload::Payload;

/// See the module.
///
/// # Panics
/// When something is wrong.
pub fn run(data: &[u8]) {
    if Payload::parse(data).is_ok() {
        let value: serde_json::Value = serde_json::from_slice(data).expect("JSON");
        let canonical = serde_json_canonicalizer::to_vec(&value).expect("canonical JSON");
        assert_eq!(canonical, data);
    }
}
