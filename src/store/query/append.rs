//! How entries get into the log inside the writer's transaction: rows, tiles, root, signed checkpoint.

use sqlx::Transaction;

use super::super::error::{Error, count, int};
use super::Db;
use super::ledger::LOG;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::entry::{Entry, PublicType};
use crate::ledger::hash::{Hash, leaf_hash};
use crate::ledger::key::SignerKey;
use crate::ledger::tile::{self, TileId};
use crate::ledger::tree::Frontier;

/// The log as one transaction sees it, with what it adds.
pub(super) struct Log {
    origin: String,
    stored: u64,
    frontier: Frontier,
    leaves: Vec<Hash>,
}

impl Log {
    /// A new, empty log.
    pub(super) async fn create(
        tx: &mut Transaction<'static, Db>,
        origin: &str,
    ) -> Result<Self, Error> {
        let frontier = Frontier::default();
        sqlx::query::<Db>("insert into log (id, origin, size, root, frontier, checkpoint) values ($1, $2, 0, $3, $4, '')")
            .bind(LOG)
            .bind(origin)
            .bind(frontier.root().0.to_vec())
            .bind(frontier.to_bytes())
            .execute(&mut **tx)
            .await?;
        Ok(Self {
            origin: origin.to_owned(),
            stored: 0,
            frontier,
            leaves: Vec::new(),
        })
    }

    /// The log as it stands. The caller holds the lock.
    pub(super) async fn load(tx: &mut Transaction<'static, Db>) -> Result<Self, Error> {
        let row: Option<(String, i64, Vec<u8>, Vec<u8>)> =
            sqlx::query_as::<Db, _>("select origin, size, root, frontier from log where id = $1")
                .bind(LOG)
                .fetch_optional(&mut **tx)
                .await?;
        let (origin, size, root, frontier) =
            row.ok_or_else(|| Error::Ledger("the log is not open".into()))?;
        let frontier = Frontier::from_bytes(&frontier).ok_or(Error::Corrupt("frontier"))?;
        let stored = count(size)?;
        if frontier.size() != stored || frontier.root().0.as_slice() != root {
            return Err(Error::Ledger(format!(
                "size or root of the log do not fit its frontier at size {stored}"
            )));
        }
        Ok(Self {
            origin,
            stored,
            frontier,
            leaves: Vec::new(),
        })
    }

    /// Adds an entry; its index and leaf hash.
    pub(super) async fn push(
        &mut self,
        tx: &mut Transaction<'static, Db>,
        bytes: &[u8],
    ) -> Result<(u64, Hash), Error> {
        let (index, leaf) = (self.frontier.size(), leaf_hash(bytes));
        let written: (Vec<u8>,) = sqlx::query_as::<Db, _>(
            "insert into entry (log, idx, bytes) values ($1, $2, $3) returning bytes",
        )
        .bind(LOG)
        .bind(int(index))
        .bind(bytes)
        .fetch_one(&mut **tx)
        .await?;
        // Hashed again from what the database took: a bit that flips on the way must not be signed.
        if leaf_hash(&written.0) != leaf {
            return Err(Error::Ledger(format!(
                "entry {index} was not stored as it was hashed"
            )));
        }
        self.frontier.append(leaf);
        self.leaves.push(leaf);
        Ok((index, leaf))
    }

    /// Writes the tiles and the newly signed head; the new size. Does nothing when nothing was added.
    pub(super) async fn finish(
        self,
        tx: &mut Transaction<'static, Db>,
        signer: &SignerKey,
    ) -> Result<u64, Error> {
        let size = self.frontier.size();
        if self.leaves.is_empty() {
            return Ok(size);
        }
        let mut edge = Vec::new();
        for id in tile::right_edge(self.stored) {
            edge.push((id, read_tile(tx, id).await?));
        }
        for (id, blob) in tile::append(self.stored, &self.leaves, edge)
            .map_err(|error| Error::Ledger(error.to_string()))?
        {
            sqlx::query::<Db>(
                "insert into tile (log, level, n, blob) values ($1, $2, $3, $4) on conflict (log, level, n) do update set blob = excluded.blob",
            )
            .bind(LOG)
            .bind(i64::from(id.level))
            .bind(int(id.n))
            .bind(blob)
            .execute(&mut **tx)
            .await?;
        }
        let checkpoint = Checkpoint {
            origin: self.origin,
            size,
            root: self.frontier.root(),
        };
        sqlx::query::<Db>(
            "update log set size = $2, root = $3, frontier = $4, checkpoint = $5 where id = $1",
        )
        .bind(LOG)
        .bind(int(size))
        .bind(checkpoint.root.0.to_vec())
        .bind(self.frontier.to_bytes())
        .bind(signer.sign(&checkpoint.to_text()))
        .execute(&mut **tx)
        .await?;
        Ok(size)
    }
}

/// Adds a public entry with its document; its index.
pub(super) async fn public_entry(
    tx: &mut Transaction<'static, Db>,
    log: &mut Log,
    kind: PublicType,
    document: &str,
) -> Result<u64, Error> {
    let entry = Entry::public(kind, document.as_bytes());
    let (index, _) = log.push(tx, &entry.to_bytes()).await?;
    sqlx::query::<Db>("insert into document (log, entry, body) values ($1, $2, $3)")
        .bind(LOG)
        .bind(int(index))
        .bind(document)
        .execute(&mut **tx)
        .await?;
    Ok(index)
}

async fn read_tile(tx: &mut Transaction<'static, Db>, id: TileId) -> Result<Vec<u8>, Error> {
    let row: Option<(Vec<u8>,)> =
        sqlx::query_as::<Db, _>("select blob from tile where log = $1 and level = $2 and n = $3")
            .bind(LOG)
            .bind(i64::from(id.level))
            .bind(int(id.n))
            .fetch_optional(&mut **tx)
            .await?;
    row.map(|(blob,)| blob)
        .ok_or_else(|| Error::Ledger(format!("tile {} of level {} is missing", id.n, id.level)))
}
