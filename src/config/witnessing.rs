//! The ledger's witnesses and trust policy, as settings say them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{ConfigError, LedgerSettings, failed};
use crate::app::settings::{Peer, Witnessing};
use crate::client::witness::prefix;
use crate::ledger::key::{Algorithm, VerifierKey};
use crate::ledger::policy::Policy;

/// A witness, in the settings.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WitnessAddress {
    /// Its submission prefix: `https://witness.council.example`.
    pub url: String,
    /// Its verifier key, as `sayso witness key` prints it.
    pub vkey: String,
    /// Its monitoring prefix, if that is another one.
    #[serde(default)]
    pub monitoring_url: Option<String>,
}

/// What the application is told about witnesses.
pub(super) fn witnessing(settings: &LedgerSettings) -> Result<Witnessing, ConfigError> {
    let refuse = |why: String| ConfigError::Settings(why);
    if !(1..=86_400).contains(&settings.witness_every_s) {
        return Err(refuse("ledger.witness_every_s must be 1 to 86400".into()));
    }
    let mut peers = Vec::new();
    for witness in &settings.witnesses {
        peers.push(peer(witness)?);
    }
    let policy = match &settings.policy {
        Some(given) => Some(policy(given)?),
        None => all(&peers)?,
    };
    // Witnesses that the policy gives an address for are asked too.
    for listed in policy.iter().flat_map(Policy::witnesses) {
        let known = peers.iter().any(|peer: &Peer| peer.key == listed.key);
        if let Some(url) = listed
            .url
            .as_ref()
            .filter(|_| !known && listed.key.is_read())
        {
            prefix(url).map_err(|error| refuse(format!("ledger.policy: {error}")))?;
            peers.push(Peer {
                key: listed.key.clone(),
                url: url.clone(),
                monitoring: url.clone(),
            });
        }
    }
    Ok(Witnessing {
        peers,
        // Without any witness, nothing is witnessed.
        policy: policy.filter(|policy| !policy.is_none()),
        every: Duration::from_secs(settings.witness_every_s),
    })
}

fn peer(witness: &WitnessAddress) -> Result<Peer, ConfigError> {
    let refuse = |why: String| ConfigError::Settings(format!("ledger.witnesses: {why}"));
    let key: VerifierKey = witness
        .vkey
        .trim()
        .parse()
        .map_err(|error| refuse(format!("{}: {error}", witness.vkey)))?;
    if key.algorithm() != Algorithm::Cosignature {
        return Err(refuse(format!("{} is not a witness's key", key.name())));
    }
    let monitoring = witness.monitoring_url.as_ref().unwrap_or(&witness.url);
    for url in [&witness.url, monitoring] {
        prefix(url).map_err(|error| refuse(error.to_string()))?;
    }
    Ok(Peer {
        key,
        url: witness.url.clone(),
        monitoring: monitoring.clone(),
    })
}

/// A policy as text, or from a file: no file has a line feed or a space and a quorum in its name.
fn policy(given: &str) -> Result<Policy, ConfigError> {
    let text = if given.contains("quorum ") {
        given.to_owned()
    } else {
        let path = PathBuf::from(given.trim());
        fs::read_to_string(&path).map_err(|error| failed(Path::new(&path), error))?
    };
    let policy = Policy::parse(&text);
    policy.map_err(|error| ConfigError::Settings(format!("ledger.policy: {error}")))
}

/// Every witness: the most that "witnessed" can mean.
fn all(peers: &[Peer]) -> Result<Option<Policy>, ConfigError> {
    if peers.is_empty() {
        return Ok(None);
    }
    let mut text = String::new();
    let mut names = String::new();
    for (i, peer) in peers.iter().enumerate() {
        text += &format!("witness w{i} {}\n", peer.key);
        names += &format!(" w{i}");
    }
    text += &format!("group all-of-them all{names}\nquorum all-of-them\n");
    let policy = Policy::parse(&text);
    policy
        .map(Some)
        .map_err(|error| ConfigError::Settings(format!("ledger.witnesses: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::key::CosignerKey;

    fn vkey(i: u8) -> String {
        let key = CosignerKey::new(&format!("w{i}"), [i; 32]).unwrap();
        key.verifier().to_string()
    }

    fn address(i: u8) -> WitnessAddress {
        WitnessAddress {
            url: format!("http://127.0.0.1:{i}"),
            vkey: vkey(i),
            monitoring_url: None,
        }
    }

    fn settings(witnesses: Vec<WitnessAddress>, policy: Option<String>) -> LedgerSettings {
        LedgerSettings {
            witnesses,
            policy,
            ..LedgerSettings::default()
        }
    }

    #[test]
    fn without_a_policy_every_witness_must_have_cosigned_and_without_witnesses_nothing_counts() {
        assert!(
            witnessing(&settings(vec![], None))
                .unwrap()
                .policy
                .is_none()
        );
        let both = witnessing(&settings(vec![address(1), address(2)], None)).unwrap();
        assert_eq!(
            (both.peers.len(), both.policy.unwrap().witnesses().count()),
            (2, 2)
        );
        let none = witnessing(&settings(vec![address(1)], Some("quorum none\n".into())));
        assert!(
            none.unwrap().policy.is_none(),
            "nobody's word is no witness"
        );
    }

    #[test]
    fn a_policy_is_text_or_a_file_and_its_addresses_are_asked_too() {
        let text = format!(
            "witness a {} http://127.0.0.1:1\nwitness b {} http://127.0.0.1:2/\ngroup g any a b\nquorum g\n",
            vkey(1),
            vkey(2)
        );
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("trust.policy");
        fs::write(&file, &text).unwrap();
        for given in [text, file.display().to_string()] {
            let read = witnessing(&settings(vec![address(1)], Some(given))).unwrap();
            assert_eq!(read.peers.len(), 2);
        }
    }

    #[test]
    fn what_cannot_be_used_is_refused_before_anything_starts() {
        let log = "sayso.example/ledger+c2e40faf+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
        let with = |change: fn(&mut WitnessAddress)| {
            let mut one = address(1);
            change(&mut one);
            witnessing(&settings(vec![one], None))
        };
        assert!(with(|_| ()).is_ok());
        assert!(with(|one| one.url = "witness.example".into()).is_err());
        assert!(with(|one| one.url = "ftp://witness.example".into()).is_err());
        assert!(with(|one| one.vkey = "w+00000000+AAAA".into()).is_err());
        let mut of_log = address(1);
        of_log.vkey = log.into();
        assert!(witnessing(&settings(vec![of_log], None)).is_err());
        assert!(witnessing(&settings(vec![address(1), address(1)], None)).is_err());
        assert!(witnessing(&settings(vec![], Some("/nonexistent".into()))).is_err());
        assert!(witnessing(&settings(vec![], Some("quorum x".into()))).is_err());
    }
}
