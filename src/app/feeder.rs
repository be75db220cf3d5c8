//! Feeds witnesses: at a fixed pace while the log grows, and once a day when it does not.
//!
//! The pace is the house's, not the log's, so that the times of checkpoints do not tell how busy people are. A witness
//! that does not answer delays the second level of receipts and nothing else. Several replicas may feed the same
//! witnesses: what one has submitted, the others find in the database.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::join_all;

use super::error::Error;
use super::ledger::head;
use super::settings::Peer;
use super::{App, guard, ledger, witnessed};
use crate::client::witness::{Reply, Witness};
use crate::ledger::submission::{Submission, cosignature};
use crate::store::cosignatures::{Cosignature, Published, Trouble, WitnessState};

/// How long a witness may take for one answer.
const TIMEOUT: Duration = Duration::from_secs(5);
/// A witness vouches anew for a log that stands still after this time, so that a stale head can be told from a quiet one.
const HEARTBEAT: TimeDelta = TimeDelta::days(1);
/// Checkpoints that are counted again at the start, when the policy may have changed.
const RECOUNT: u32 = 256;

/// What feeds the witnesses.
pub struct Feeder {
    app: App,
    peers: Vec<(Peer, Witness)>,
}

impl Feeder {
    /// For the witnesses in the settings; `None` when there are none.
    ///
    /// # Errors
    /// When an address cannot be one.
    pub fn new(app: &App) -> Result<Option<Self>, Error> {
        let mut peers = Vec::new();
        for peer in &app.settings().witnessing.peers {
            peers.push((peer.clone(), connect(peer, TIMEOUT)?));
        }
        let app = app.clone();
        Ok((!peers.is_empty()).then_some(Self { app, peers }))
    }

    /// Feeds them until it is dropped.
    pub async fn run(self) {
        if let Err(error) = self.recount().await {
            tracing::error!(%error, "witnesses");
        }
        let mut pace = tokio::time::interval(self.app.settings().witnessing.every);
        pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            pace.tick().await;
            if let Err(error) = self.round().await {
                tracing::error!(%error, "witnesses");
            }
        }
    }

    /// Counts again what was counted under another policy.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recount(&self) -> Result<(), Error> {
        let head = head(&self.app).await?;
        for published in self.app.store.published(head.log, RECOUNT).await? {
            witnessed::count(&self.app, &head.origin, &published).await?;
        }
        Ok(())
    }

    /// One round: publishes the head if the log grew and it is time, and asks every witness that has not cosigned it.
    ///
    /// # Errors
    /// When the database fails. What witnesses do wrong is noted, not an error.
    pub async fn round(&self) -> Result<(), Error> {
        let (app, head) = (&self.app, head(&self.app).await?);
        let now = app.now();
        let latest = app.store.published(head.log, 1).await?.pop();
        // Half a period of grace: a tick that comes a little early is still one, another replica's is not.
        let grace = TimeDelta::from_std(app.settings().witnessing.every / 2).unwrap_or_default();
        let due = latest
            .as_ref()
            .is_none_or(|latest| latest.size < head.size && (now - latest.at).abs() >= grace);
        if due {
            let store = &app.store;
            store
                .publish(head.log, head.size, &head.checkpoint, now)
                .await?;
        }
        let Some(published) = app.store.published(head.log, 1).await?.pop() else {
            return Ok(());
        };
        let have = app.store.cosignatures(head.log, published.size).await?;
        let states = app.store.witness_states(head.log).await?;
        let waiting = self.peers.iter().filter(|(peer, _)| {
            let vkey = peer.key.to_string();
            let mut own = have
                .iter()
                .filter(|cosignature| cosignature.witness == vkey);
            !own.any(|cosignature| now - cosignature.at < HEARTBEAT)
        });
        let asked = waiting.map(|(peer, witness)| {
            let vkey = peer.key.to_string();
            let state = states.iter().find(|state| state.witness == vkey);
            self.ask(peer, witness, &published, state)
        });
        for asked in join_all(asked).await {
            asked?;
        }
        witnessed::count(app, &head.origin, &published).await
    }

    /// Asks one witness to cosign, and notes what it says.
    async fn ask(
        &self,
        peer: &Peer,
        witness: &Witness,
        published: &Published,
        state: Option<&WitnessState>,
    ) -> Result<(), Error> {
        let (app, vkey) = (&self.app, peer.key.to_string());
        let known = state.and_then(|state| state.cosigned).map(|(size, _)| size);
        let said = match self.submit(peer, witness, published, known).await? {
            Said::Cosigned(line, at) => {
                let witness = vkey.clone();
                let cosignature = Cosignature { witness, line, at };
                let Published { log, size, .. } = published;
                app.store.cosign(*log, *size, &cosignature).await?;
                Ok((*size, at))
            }
            Said::Overtaken => return Ok(()),
            Said::Trouble(trouble, words) => Err((trouble, words)),
        };
        let before = state.and_then(|state| state.trouble.as_ref());
        if let Err((trouble, words)) = &said {
            complain(
                peer.key.name(),
                *trouble,
                words,
                before.map(|(known, _)| *known),
            );
            if matches!(trouble, Trouble::Ahead | Trouble::Contradicts) {
                self.judge().await?;
            }
        } else if before.is_some() {
            tracing::info!(witness = peer.key.name(), "the witness cosigns again");
        }
        let state = WitnessState {
            witness: vkey,
            cosigned: said.as_ref().ok().copied(),
            trouble: said.err(),
            at: app.now(),
        };
        Ok(app.store.heard(published.log, &state).await?)
    }

    /// A witness says that this is not the log it knows. Its word alone stops nothing; what the log itself has signed does.
    async fn judge(&self) -> Result<(), Error> {
        let app = &self.app;
        let key = app.keys.signer.verifier();
        let why = guard::contradiction(&*app.store, &key, &app.settings().witnessing).await?;
        if let Some(why) = why {
            app.halt(why);
        }
        Ok(())
    }

    async fn submit(
        &self,
        peer: &Peer,
        witness: &Witness,
        published: &Published,
        known: Option<u64>,
    ) -> Result<Said, Error> {
        let size = published.size;
        let mut old = known.unwrap_or(0).min(size);
        // The second time from where the witness says it stands.
        for _ in 0..2 {
            let submission = Submission {
                old,
                proof: ledger::consistency(&self.app, old, size).await?,
                checkpoint: published.checkpoint.clone(),
            };
            match witness.add_checkpoint(&submission).await {
                Ok(Reply::Cosigned(answer)) => {
                    return Ok(
                        match cosignature(&published.checkpoint, &answer, &peer.key) {
                            Ok((line, time)) => Said::Cosigned(line.to_string(), moment(time)),
                            Err(why) => Said::Trouble(Trouble::Silent, why.to_owned()),
                        },
                    );
                }
                Ok(Reply::Stale(at)) if at <= size && at != old => old = at,
                Ok(Reply::Stale(at)) if at > size => {
                    let held = head(&self.app).await?.size;
                    return Ok(if at <= held {
                        Said::Overtaken
                    } else {
                        let words = format!("it has cosigned {at} entries, and here are {held}");
                        Said::Trouble(Trouble::Ahead, words)
                    });
                }
                Ok(Reply::Stale(at)) => {
                    let words = format!("it stands at {at} and refuses a proof from there");
                    return Ok(Said::Trouble(Trouble::Refuses, words));
                }
                Ok(Reply::Refused(status, words)) => {
                    let trouble = match status {
                        409 | 422 => Trouble::Contradicts,
                        _ => Trouble::Refuses,
                    };
                    return Ok(Said::Trouble(trouble, format!("status {status}: {words}")));
                }
                Err(error) => return Ok(Said::Trouble(Trouble::Silent, error.to_string())),
            }
        }
        let words = "it was fed by somebody else at the same time".to_owned();
        Ok(Said::Trouble(Trouble::Silent, words))
    }
}

/// What came of a submission.
enum Said {
    Cosigned(String, DateTime<Utc>),
    /// Another replica has submitted a later head meanwhile.
    Overtaken,
    Trouble(Trouble, String),
}

/// A connection to a witness.
pub(super) fn connect(peer: &Peer, timeout: Duration) -> Result<Witness, Error> {
    let witness = Witness::new(&peer.url, &peer.monitoring, timeout);
    witness.map_err(|error| Error::Internal(format!("witness {}: {error}", peer.key.name())))
}

/// A witness's time; one that no calendar has counts as the beginning of time, so that it is asked again.
fn moment(seconds: u64) -> DateTime<Utc> {
    let seconds = i64::try_from(seconds).ok();
    let at = seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    at.filter(|at| at.timestamp() < 1 << 40).unwrap_or_default()
}

/// A witness that is down is a warning, once; one that refuses is loud every time.
fn complain(witness: &str, trouble: Trouble, words: &str, before: Option<Trouble>) {
    match trouble {
        Trouble::Silent if before == Some(Trouble::Silent) => {
            tracing::debug!(witness, words, "the witness still does not answer");
        }
        Trouble::Silent => tracing::warn!(witness, words, "the witness does not answer"),
        Trouble::Refuses => tracing::error!(witness, words, "THE WITNESS REFUSES THIS LOG"),
        Trouble::Contradicts => {
            tracing::error!(
                witness,
                words,
                "THIS LOG CONTRADICTS WHAT THE WITNESS HAS COSIGNED"
            );
        }
        Trouble::Ahead => tracing::error!(
            witness,
            words,
            "THE WITNESS IS AHEAD: this database is an older copy, or another server writes to the same log"
        ),
    }
}
