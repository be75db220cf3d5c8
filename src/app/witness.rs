//! What a witness does: it cosigns checkpoints of the logs that it follows, each only if it continues the one before.
//!
//! A witness is no part of an installation of Sayso: whoever wants to hold an employer to its ledger runs one of their
//! own, with a key and a memory of their own. It needs nothing of [`super::App`] but the clock.

use std::sync::Arc;

use super::clock::Clock;
use super::error::Error;
use crate::ledger::hash::Hash;
use crate::ledger::key::{CosignerKey, VerifierKey};
use crate::ledger::submission::{Refusal, Seen, Submission};
use crate::store::witness::{Kept, Memory};

/// A witness. Cheap to clone.
#[derive(Clone)]
pub struct Witness(Arc<Parts>);

struct Parts {
    memory: Memory,
    key: CosignerKey,
    logs: Vec<VerifierKey>,
    clock: Arc<dyn Clock>,
}

impl Witness {
    /// Follows `logs`, by their keys; a log may have several.
    pub fn new(
        memory: Memory,
        key: CosignerKey,
        logs: Vec<VerifierKey>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self(Arc::new(Parts {
            memory,
            key,
            logs,
            clock,
        }))
    }

    /// The key that its cosignatures verify with.
    pub fn vkey(&self) -> String {
        self.0.key.verifier().to_string()
    }

    /// The logs that it follows.
    pub fn logs(&self) -> &[VerifierKey] {
        &self.0.logs
    }

    /// Judges the body of an `add-checkpoint` request; the signature line. It was remembered before this returns.
    ///
    /// # Errors
    /// `Internal` when the memory fails: nothing was signed. The inner error is the refusal to answer with.
    pub async fn cosign(&self, request: &str) -> Result<Result<String, Refusal>, Error> {
        let parts = &self.0;
        let judged = Submission::parse(request)
            .and_then(|submission| Ok((submission.vouched(&parts.logs)?, submission)));
        let (vouched, submission) = match judged {
            Ok(judged) => judged,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let (checkpoint, now) = (&vouched.checkpoint, parts.clock.now());
        let time = u64::try_from(now.timestamp())
            .map_err(|_| Error::Internal("the clock stands before 1970".into()))?;
        let mut line = String::new();
        let decide = |seen: Seen| {
            submission.judge(checkpoint, seen)?;
            let signature = parts.key.cosign(&vouched.text, time);
            line = signature.to_string();
            Ok(Kept {
                seen: Seen {
                    size: checkpoint.size,
                    root: checkpoint.root,
                },
                note: vouched.cosigned(&signature),
            })
        };
        let origin = &checkpoint.origin;
        let decided = parts.memory.advance(origin, now, decide).await?;
        let Err(refusal) = decided else {
            tracing::debug!(%origin, size = checkpoint.size, "cosigned");
            return Ok(Ok(line));
        };
        if let Refusal::Inconsistent { seen, .. } = &refusal {
            let head = Seen {
                size: checkpoint.size,
                root: checkpoint.root,
            };
            tracing::error!(%origin, size = head.size, %refusal, "REFUSED");
            // The head that was cosigned, with a bad proof, says something of its sender and nothing of the log.
            if head != *seen {
                let (reason, fork) = (refusal.to_string(), head.size == seen.size);
                let note = vouched.by_log_alone();
                let kept = parts
                    .memory
                    .keep_evidence(origin, (head, fork), &note, &reason, now);
                kept.await?;
            }
        }
        Ok(Err(refusal))
    }

    /// The checkpoint that was cosigned last for the log whose origin has this SHA-256.
    ///
    /// # Errors
    /// When the memory fails.
    pub async fn checkpoint(&self, origin_sha256: &Hash) -> Result<Option<String>, Error> {
        Ok(self.0.memory.note(origin_sha256).await?)
    }
}
