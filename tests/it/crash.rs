//! `kill -9` at random moments under load, again and again: whatever was handed out stays true.
//!
//! Eight kills by default; `SAYSO_TEST_KILLS=200` for the long version (`make test-long`), `SAYSO_TEST_SEED` for other
//! moments. The seed is printed; the machine's own timing comes on top of it.

use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::crash_check::check;
use crate::crash_load::{Memory, load};
use crate::crash_server::Site;
use crate::database::{Kind, postgres_is_wanted, variable};

/// A whole number from the environment.
pub fn setting(name: &str, default: u64) -> u64 {
    variable(name).map_or(default, |text| text.parse().unwrap())
}

async fn killed_again_and_again(kind: Kind, kills: u64) {
    let seed = setting("SAYSO_TEST_SEED", 20_261_124);
    println!("{kills} kills on {kind:?}, seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let (site, memory, begun) = (Site::new(kind).await, Memory::default(), Instant::now());
    let mut leaves = Vec::new();
    let mut server = site.start().await;
    for kill in 1..=kills {
        let mut people = load(&site, &server, &memory);
        let moment = Duration::from_millis(random.random_range(5..700));
        tokio::time::sleep(moment).await;
        server.kill().await;
        while let Some(ended) = people.join_next().await {
            ended.unwrap();
        }
        server = site.start().await;
        leaves = check(&site, &server, &memory, &leaves).await;
        if kill % 20 == 0 {
            println!("{kill} kills, {} entries", leaves.len());
        }
    }
    let seen = memory.lock().unwrap();
    println!(
        "{kills} kills in {:.0} s: {} entries, {} choices acknowledged, {} receipts and {} heads handed out, \
         {} requests without an answer, refused {:?}",
        begun.elapsed().as_secs_f64(),
        leaves.len(),
        seen.acknowledged.len(),
        seen.receipts.len(),
        seen.roots.len(),
        seen.unknown,
        seen.refused,
    );
    assert!(seen.acknowledged.len() as u64 > kills, "it was under load");
    assert!(seen.receipts.len() >= seen.acknowledged.len());
    assert!(seen.unknown as u64 > kills, "the kills came under load");
    assert!(seen.refused.is_empty(), "{:?}", seen.refused);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_kill_9_everything_ever_handed_out_is_true_on_sqlite() {
    killed_again_and_again(Kind::Sqlite, setting("SAYSO_TEST_KILLS", 8)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_kill_9_everything_ever_handed_out_is_true_on_postgres() {
    if postgres_is_wanted() {
        killed_again_and_again(Kind::Postgres, setting("SAYSO_TEST_KILLS", 8) / 2).await;
    }
}
