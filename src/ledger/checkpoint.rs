//! Checkpoints (C2SP tlog-checkpoint v1.0.0): the signed statement "the log has this size and this root".
//!
//! The origin is the log's name, and the name of the key that must have signed. A witness alone does not make a
//! checkpoint: it only adds that it saw the log grow.

use super::hash::Hash;
use super::key::{Algorithm, SignerKey, VerifierKey};
use super::note::{Note, NoteError};
use super::signature::KeyId;

/// Size and root of a log at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name: its URL prefix without scheme.
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// Root of the tree.
    pub root: Hash,
}

/// A checkpoint that the log signed, and who else did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// What was signed.
    pub checkpoint: Checkpoint,
    /// Names of all known keys whose good signatures it has, in its order.
    pub signed_by: Vec<String>,
    /// Cosignatures of known witnesses, each witness once.
    pub witnesses: Vec<Witnessed>,
}

/// A witness vouches that the log only grew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witnessed {
    /// Name of the witness's key.
    pub name: String,
    /// What tells the key from others of that name.
    pub key: KeyId,
    /// When it signed, in POSIX seconds by its own clock.
    pub time: u64,
}

/// How far a receipt reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Level {
    /// The log's own signature: it can no longer deny the entry to whoever holds the receipt.
    Logged,
    /// Enough independent witnesses, by the policy of the house, saw the log with the entry in it: nobody can be
    /// shown another one.
    Witnessed {
        /// Who, and when.
        by: Vec<Witnessed>,
    },
}

/// Why a checkpoint is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The text is not a checkpoint's.
    #[error("the checkpoint is malformed: {0}")]
    Malformed(&'static str),
    /// The note around it is malformed, or its signatures do not hold.
    #[error("the checkpoint is not properly signed: {0}")]
    Note(#[from] NoteError),
    /// Good signatures, but none by the log itself.
    #[error("the checkpoint of {origin} is not signed by a known Ed25519 key of that name")]
    NotByLog {
        /// Whose checkpoint it says it is.
        origin: String,
    },
}

impl Checkpoint {
    /// The text that is signed.
    pub fn to_text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root)
    }

    /// Reads the text of a checkpoint. Extension lines are allowed and dropped: they are signed, but say nothing here.
    ///
    /// # Errors
    /// When it is not exactly in the form of the specification.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let malformed = CheckpointError::Malformed;
        let lines = text.strip_suffix('\n').ok_or(malformed("no last line"))?;
        let mut lines = lines.split('\n');
        let mut line = || lines.next().filter(|line| !line.is_empty());
        let origin = line().ok_or(malformed("no origin"))?.to_owned();
        let size = line().and_then(decimal).ok_or(malformed("no size"))?;
        let root = line().and_then(|line| line.parse().ok());
        let root = root.ok_or(malformed("no root"))?;
        if lines.any(str::is_empty) {
            return Err(malformed("an empty extension line"));
        }
        Ok(Self { origin, size, root })
    }

    /// The signed note of this checkpoint.
    ///
    /// # Errors
    /// When the key has another name than the log: nobody could open the note.
    pub fn sign(&self, signer: &SignerKey) -> Result<String, CheckpointError> {
        if signer.name() != self.origin {
            let origin = self.origin.clone();
            return Err(CheckpointError::NotByLog { origin });
        }
        Ok(signer.sign(&self.to_text()))
    }

    /// Opens a signed note: the log, as one of `keys`, must have signed; every other signature by one of `keys` must
    /// be good as well.
    ///
    /// # Errors
    /// When the note is malformed or not so signed.
    pub fn open(note: &str, keys: &[VerifierKey]) -> Result<Signed, CheckpointError> {
        let note = Note::parse(note)?;
        let good = note.verify(keys)?;
        let checkpoint = Self::parse(note.text())?;
        let mut by_log = false;
        let (mut signed_by, mut witnesses) = (Vec::new(), Vec::<Witnessed>::new());
        for signature in good {
            let (name, key) = (signature.key.name(), signature.key.id());
            signed_by.push(name.to_owned());
            by_log |= signature.key.algorithm() == Algorithm::Ed25519 && name == checkpoint.origin;
            if let Some(time) = signature.time
                && witnesses
                    .iter()
                    .all(|w| (w.name.as_str(), w.key) != (name, key))
            {
                let name = name.to_owned();
                witnesses.push(Witnessed { name, key, time });
            }
        }
        if !by_log {
            let origin = checkpoint.origin;
            return Err(CheckpointError::NotByLog { origin });
        }
        Ok(Signed {
            checkpoint,
            signed_by,
            witnesses,
        })
    }
}

/// A number in the one spelling that these formats allow: decimal digits without leading zeros.
pub(super) fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::sample;

    #[test]
    fn the_sample_opens_with_the_logs_key_and_shows_its_witness() {
        let (log, witness) = (sample::log_key(), sample::witness_key());
        let signed = Checkpoint::open(sample::CHECKPOINT, core::slice::from_ref(&log)).unwrap();
        assert_eq!(signed.checkpoint.origin, "sayso.example/ledger");
        assert_eq!(signed.checkpoint.size, 3);
        assert_eq!(signed.checkpoint.root, sample::root(3));
        assert_eq!(signed.signed_by, ["sayso.example/ledger"]);
        assert_eq!(signed.witnesses, []);

        let seen = Checkpoint::open(sample::CHECKPOINT, &[witness.clone(), log]).unwrap();
        assert_eq!(seen.checkpoint, signed.checkpoint);
        let [witnessed] = seen.witnesses.as_slice() else {
            panic!("one witness")
        };
        assert_eq!(witnessed.name, "council.example/witness");
        assert_eq!(witnessed.time, 1_795_000_000);

        assert_eq!(
            Checkpoint::open(sample::CHECKPOINT, &[witness]),
            Err(CheckpointError::NotByLog {
                origin: "sayso.example/ledger".into()
            })
        );
    }

    #[test]
    fn signing_gives_the_samples_own_line() {
        let signed = Checkpoint::open(sample::CHECKPOINT, &[sample::log_key()]).unwrap();
        let note = signed.checkpoint.sign(&sample::log_signer()).unwrap();
        assert!(sample::CHECKPOINT.starts_with(&note));
        assert_eq!(note.lines().count(), 5);
    }

    #[test]
    fn a_key_of_another_name_neither_signs_nor_opens() {
        let other = SignerKey::new("else.example", [7; 32]).unwrap();
        let checkpoint = Checkpoint {
            origin: "sayso.example/ledger".into(),
            size: 3,
            root: sample::root(3),
        };
        assert!(checkpoint.sign(&other).is_err());
        let note = other.sign(&checkpoint.to_text());
        assert!(matches!(
            Checkpoint::open(&note, &[other.verifier()]),
            Err(CheckpointError::NotByLog { .. })
        ));
    }

    #[test]
    fn only_the_exact_text_is_read() {
        let root = sample::root(3);
        let good = format!("o\n3\n{root}\n");
        assert_eq!(Checkpoint::parse(&good).unwrap().to_text(), good);
        let extended = format!("o\n3\n{root}\nmore\nand more\n");
        assert_eq!(Checkpoint::parse(&extended).unwrap().to_text(), good);
        for bad in [
            String::new(),
            "\n".into(),
            "o\n3\n".into(),
            format!("o\n3\n{root}"),
            format!("\n3\n{root}\n"),
            format!("o\n03\n{root}\n"),
            format!("o\n+3\n{root}\n"),
            format!("o\n-3\n{root}\n"),
            format!("o\n 3\n{root}\n"),
            format!("o\n18446744073709551616\n{root}\n"),
            format!("o\n3\n{root} \n"),
            format!("o\n3\n{root}\n\n"),
            format!("o\n3\n{root}\n\nmore\n"),
            "o\n3\nAAAA\n".into(),
        ] {
            assert!(Checkpoint::parse(&bad).is_err(), "{bad:?}");
        }
    }
}
