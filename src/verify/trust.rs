//! Whom a verifier trusts: keys, or a policy that also says how many witnesses it takes.

use std::path::Path;

use super::args::Verify;
use crate::ledger::checkpoint::Signed;
use crate::ledger::key::VerifierKey;
use crate::ledger::policy::Policy;

/// Trusted keys, of logs and of witnesses, and the quorum that a policy asks for.
pub struct Trust {
    keys: Vec<VerifierKey>,
    policy: Option<Policy>,
}

impl Trust {
    /// These keys, without a quorum.
    pub const fn in_keys(keys: Vec<VerifierKey>) -> Self {
        Self { keys, policy: None }
    }

    /// What the command line names.
    pub(super) fn read(args: &Verify) -> Result<Self, String> {
        let keys = args.vkey.iter().map(|given| key(given));
        let mut keys = keys.collect::<Result<Vec<_>, String>>()?;
        let policy = args.policy.as_deref().map(policy).transpose()?;
        keys.extend(policy.iter().flat_map(Policy::keys));
        Ok(Self { keys, policy })
    }

    /// The keys.
    pub fn keys(&self) -> &[VerifierKey] {
        &self.keys
    }

    /// Whether enough witnesses signed a checkpoint that these keys opened.
    pub(super) fn accept(&self, signed: &Signed) -> Result<(), String> {
        match &self.policy {
            Some(policy) if !policy.is_met_by(signed) => {
                let names: Vec<_> = signed.witnesses.iter().map(|by| by.name.as_str()).collect();
                let by = if names.is_empty() {
                    "none".to_owned()
                } else {
                    names.join(", ")
                };
                Err(format!(
                    "too few witnesses of the policy signed the head at size {}: {by}",
                    signed.checkpoint.size
                ))
            }
            _ => Ok(()),
        }
    }
}

/// A key, given as text or as a file that holds it.
fn key(given: &str) -> Result<VerifierKey, String> {
    if let Ok(key) = given.trim().parse() {
        return Ok(key);
    }
    let text = std::fs::read_to_string(given);
    let key = text.ok().and_then(|text| text.trim().parse().ok());
    key.ok_or_else(|| {
        format!("{given} is neither a verifier key (name+hash+base64) nor a file that holds one.")
    })
}

fn policy(file: &Path) -> Result<Policy, String> {
    let text = std::fs::read_to_string(file);
    let text = text.map_err(|error| format!("{}: {error}", file.display()))?;
    Policy::parse(&text).map_err(|error| format!("{}: {error}", file.display()))
}
