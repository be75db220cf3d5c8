//! A change of epoch that is cut short: at every step it leaves everything readable, and can be finished.

use std::path::PathBuf;
use std::sync::Arc;

use sayso::app::clock::Random;
use sayso::app::epochs::{self, Turned};
use sayso::app::keyring::{EpochKeys, KeyFolder};
use sayso::app::writer::Keys;
use sayso::config::keys::KeyFiles;
use sayso::domain::choice::Answer;
use sayso::ledger::seal::EpochKey;

use crate::database::on_both;
use crate::epochs::{beside, folder, left, started, verified};
use crate::world::{World, keys};

/// Where a change of epoch is cut short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    BeforeTheKey,
    AfterTheKey,
    BeforeDestroying,
    AfterOverwriting,
    AfterDestroying,
}

/// The real folder, which stops doing its work at one point, as a process does that is killed there.
struct Failing {
    files: KeyFiles,
    dir: PathBuf,
    cut: Cut,
}

impl Failing {
    fn at(&self, cut: Cut) -> Result<(), String> {
        if self.cut == cut {
            Err("killed".into())
        } else {
            Ok(())
        }
    }
}

impl KeyFolder for Failing {
    fn load(&self) -> Result<Vec<EpochKey>, String> {
        self.files.load()
    }

    fn make(&self, epoch: u64, key: [u8; 32]) -> Result<(), String> {
        if self.cut == Cut::BeforeTheKey {
            // Half a key under the name that it does not have yet.
            std::fs::write(self.dir.join("epoch-2.1.new"), "0a0b").unwrap();
        }
        self.at(Cut::BeforeTheKey)?;
        self.files.make(epoch, key)?;
        self.at(Cut::AfterTheKey)
    }

    fn destroy(&self, epoch: u64) -> Result<(), String> {
        self.at(Cut::BeforeDestroying)?;
        if self.cut == Cut::AfterOverwriting {
            std::fs::write(self.dir.join("epoch.key"), "0".repeat(64)).unwrap();
        }
        self.at(Cut::AfterOverwriting)?;
        self.files.destroy(epoch)?;
        self.at(Cut::AfterDestroying)
    }
}

on_both!(
    a_change_that_is_cut_short_anywhere_loses_nothing_and_is_finished_later,
    |world: World| async move {
        let world = world.with_company().await;
        let dir = folder(&world);
        world
            .choose("E1", "keystrokes", Answer::Give)
            .await
            .unwrap();
        let mut answer = Answer::Refuse;
        for (said, cut) in (2..).zip([
            Cut::BeforeTheKey,
            Cut::AfterTheKey,
            Cut::BeforeDestroying,
            Cut::AfterDestroying,
        ]) {
            let before = world.store.epoch().await.unwrap().unwrap().number;
            let files = KeyFiles::open(&dir, &Random::system()).unwrap();
            let failing = Failing {
                files,
                dir: dir.clone(),
                cut,
            };
            let epochs = EpochKeys::open(Arc::new(failing)).unwrap();
            let doomed = Keys {
                signer: keys().signer,
                epochs,
            };
            let doomed = started(&world, doomed).await.unwrap();
            epochs::turn(&doomed).await.unwrap_err();
            drop(doomed);

            // The server that was running goes on, and so does one that starts now.
            world.choose("E1", "keystrokes", answer).await.unwrap();
            answer = if answer == Answer::Give {
                Answer::Refuse
            } else {
                Answer::Give
            };
            assert_eq!(verified(&world, "E1").await, said, "{cut:?}");
            let again = beside(&world).await.unwrap();
            let committed = world.store.epoch().await.unwrap().unwrap().number;
            let turned = epochs::turn(&again).await.unwrap();
            let expected = match cut {
                Cut::BeforeDestroying => {
                    assert_eq!(committed, before + 1);
                    Turned::Finished {
                        epoch: committed,
                        destroyed: 1,
                    }
                }
                // Nothing was left to finish: the next one begins, with the key that was made if there is one.
                _ => Turned::Anew {
                    epoch: committed + 1,
                    keys: 1,
                },
            };
            assert_eq!(turned, expected, "{cut:?}");
            let present = world.store.epoch().await.unwrap().unwrap().number;
            assert_eq!(left(&world), [present], "{cut:?}");
            assert!(!epochs::leftover(&again).await.unwrap());
            assert_eq!(verified(&world, "E1").await, said, "{cut:?}");
        }
    }
);

on_both!(
    a_key_that_was_overwritten_but_not_removed_is_removed_later,
    |world: World| async move {
        let world = world.with_company().await;
        world
            .choose("E1", "keystrokes", Answer::Give)
            .await
            .unwrap();
        let dir = folder(&world);
        let failing = Failing {
            files: KeyFiles::open(&dir, &Random::system()).unwrap(),
            dir,
            cut: Cut::AfterOverwriting,
        };
        let epochs = EpochKeys::open(Arc::new(failing)).unwrap();
        let doomed = Keys {
            signer: keys().signer,
            epochs,
        };
        let doomed = started(&world, doomed).await.unwrap();
        epochs::turn(&doomed).await.unwrap_err();
        assert_eq!(left(&world), [1, 2]);
        let again = beside(&world).await.unwrap();
        assert!(epochs::leftover(&again).await.unwrap());
        let turned = epochs::turn(&again).await.unwrap();
        assert_eq!(
            turned,
            Turned::Finished {
                epoch: 2,
                destroyed: 1
            }
        );
        assert_eq!((left(&world), verified(&world, "E1").await), (vec![2], 1));
    }
);
