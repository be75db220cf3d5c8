//! How entries get into the log inside the writer's transaction: rows, tiles, root, signed checkpoint. They are gathered
//! first and written together.

use sqlx::Transaction;

use super::super::error::{Error, count, int};
use super::super::write::Snapshot;
use super::rows::{CHUNK, Rows};
use super::script::Script;
use super::{Db, LOAD_LOG};
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::entry::{Entry, PublicType};
use crate::ledger::hash::{Hash, leaf_hash};
use crate::ledger::key::SignerKey;
use crate::ledger::tile::{self, TileId};
use crate::ledger::tree::Frontier;

type Tx = Transaction<'static, Db>;

/// Tiles that an ordinary batch changes: statements for more are not kept prepared.
const KEPT_TILES: usize = 8;

/// The log as one transaction sees it, with what it adds.
pub(super) struct Log {
    id: i64,
    base: u64,
    origin: String,
    stored: u64,
    frontier: Frontier,
    checkpoint: String,
    epoch: Option<(i64, Vec<u8>)>,
    entries: Vec<Vec<u8>>,
    leaves: Vec<Hash>,
    /// The tiles that are not full yet, where they need not be read.
    edge: Option<Vec<(TileId, Vec<u8>)>>,
}

impl Log {
    /// A new, empty log.
    pub(super) async fn create(
        tx: &mut Tx,
        id: i64,
        base: u64,
        origin: &str,
    ) -> Result<Self, Error> {
        let frontier = Frontier::default();
        sqlx::query::<Db>("insert into log (id, base, origin, size, root, frontier, checkpoint) values ($1, $2, $3, 0, $4, $5, '')")
            .bind(id)
            .bind(int(base))
            .bind(origin)
            .bind(frontier.root().0.to_vec())
            .bind(frontier.to_bytes())
            .execute(&mut **tx)
            .await?;
        Ok(Self {
            id,
            base,
            origin: origin.to_owned(),
            stored: 0,
            frontier,
            checkpoint: String::new(),
            epoch: None,
            entries: Vec::new(),
            leaves: Vec::new(),
            edge: None,
        })
    }

    /// The newest log as it stands, locked until the transaction ends.
    pub(super) async fn load(tx: &mut Tx) -> Result<Self, Error> {
        type Row = (
            i64,
            i64,
            String,
            i64,
            Vec<u8>,
            Vec<u8>,
            String,
            Option<i64>,
            Option<Vec<u8>>,
        );
        let load = sqlx::query_as::<Db, _>(LOAD_LOG);
        let row: Option<Row> = load.fetch_optional(&mut **tx).await?;
        let (id, base, origin, size, root, frontier, checkpoint, epoch, key_check) =
            row.ok_or_else(|| Error::Ledger("the log is not open".into()))?;
        let frontier = Frontier::from_bytes(&frontier).ok_or(Error::Corrupt("frontier"))?;
        let stored = count(size)?;
        if frontier.size() != stored || frontier.root().0.as_slice() != root {
            return Err(Error::Ledger(format!(
                "size or root of the log do not fit its frontier at size {stored}"
            )));
        }
        Ok(Self {
            id,
            base: count(base)?,
            origin,
            stored,
            frontier,
            checkpoint,
            epoch: epoch.zip(key_check),
            entries: Vec::new(),
            leaves: Vec::new(),
            edge: None,
        })
    }

    /// The position after the last entry before this transaction.
    pub(super) const fn before(&self) -> u64 {
        self.base + self.stored
    }

    /// Number of the log.
    pub(super) const fn id(&self) -> i64 {
        self.id
    }

    /// The epoch that counts, as its number and key check; none before the first.
    pub(super) fn epoch(&self) -> Option<(i64, Vec<u8>)> {
        self.epoch.clone()
    }

    /// Number, size and root of the log.
    pub(super) fn state(&self) -> (i64, u64, Hash) {
        (self.id, self.frontier.size(), self.frontier.root())
    }

    /// The tiles that are not full yet, from the batch before.
    pub(super) fn recall(&mut self, edge: Vec<(TileId, Vec<u8>)>) {
        self.edge = Some(edge);
    }

    /// Takes an entry whose leaf hash was computed when it was made; its position.
    pub(super) fn push(&mut self, entry: &Entry, leaf: Hash) -> u64 {
        let position = self.base + self.frontier.size();
        self.frontier.append(leaf);
        self.leaves.push(leaf);
        self.entries.push(entry.to_bytes());
        position
    }

    /// Writes entries, tiles and the newly signed head. Signs nothing when nothing was added.
    pub(super) async fn finish(
        mut self,
        tx: &mut Tx,
        rows: Rows,
        signer: &SignerKey,
    ) -> Result<(Snapshot, (i64, u64, Hash)), Error> {
        let (size, state) = (self.frontier.size(), self.state());
        if self.leaves.is_empty() {
            // Whatever has rows has an entry.
            let snapshot = Snapshot {
                base: self.base,
                size,
                checkpoint: self.checkpoint,
                tiles: self.edge.unwrap_or_default(),
            };
            return Ok((snapshot, state));
        }
        self.write_entries(tx, rows).await?;
        let edge = match self.edge.take() {
            Some(edge) => edge,
            None => self.read_edge(tx).await?,
        };
        let mut tiles = tile::append(self.stored, &self.leaves, edge.clone())
            .map_err(|error| Error::Ledger(error.to_string()))?;
        let mut script = Script::new(tiles.len() <= KEPT_TILES);
        self.write_tiles(&mut script, &tiles);
        let checkpoint = Checkpoint {
            origin: self.origin,
            size,
            root: self.frontier.root(),
        };
        let signed = checkpoint
            .sign(signer)
            .map_err(|error| Error::Ledger(error.to_string()))?;
        let update = script.statement("update log set size = ");
        update.push_bind(int(size)).push(", root = ");
        update
            .push_bind(checkpoint.root.0.to_vec())
            .push(", frontier = ");
        update
            .push_bind(self.frontier.to_bytes())
            .push(", checkpoint = ");
        update.push_bind(signed.clone()).push(" where id = ");
        update.push_bind(self.id);
        script.run(tx).await?;
        let untouched = edge
            .into_iter()
            .filter(|(id, _)| tiles.iter().all(|(changed, _)| changed != id));
        let untouched: Vec<_> = untouched.collect();
        tiles.extend(untouched);
        let snapshot = Snapshot {
            base: self.base,
            size,
            checkpoint: signed,
            tiles,
        };
        Ok((snapshot, state))
    }

    /// Writes the batch's rows with its entries. Each entry is hashed again from what the database took: a bit that flips
    /// on the way must not be signed.
    async fn write_entries(&mut self, tx: &mut Tx, rows: Rows) -> Result<(), Error> {
        let (id, first) = (self.id, self.stored);
        let entries: Vec<_> = (first..).zip(self.entries.drain(..)).collect();
        let mut script = Script::new(entries.len() <= CHUNK);
        rows.write(&mut script);
        for chunk in entries.chunks(CHUNK) {
            let insert = script.statement("insert into entry (log, idx, bytes) ");
            insert.push_values(chunk, |mut row, (index, bytes)| {
                row.push_bind(id)
                    .push_bind(int(*index))
                    .push_bind(bytes.clone());
            });
            insert.push(" returning idx, bytes");
        }
        let taken = script.run(tx).await?;
        for (index, bytes) in &taken {
            let index = count(*index)?;
            let made = index
                .checked_sub(first)
                .and_then(|n| usize::try_from(n).ok());
            let made = made.and_then(|n| self.leaves.get(n));
            if made != Some(&leaf_hash(bytes)) {
                return Err(Error::Ledger(format!(
                    "entry {index} was not stored as it was hashed when it was made"
                )));
            }
        }
        if taken.len() != entries.len() {
            return Err(Error::Ledger("not every entry was stored".into()));
        }
        Ok(())
    }

    /// The tiles that are not full yet, in one query.
    async fn read_edge(&self, tx: &mut Tx) -> Result<Vec<(TileId, Vec<u8>)>, Error> {
        let wanted = tile::right_edge(self.stored);
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let mut numbers = [-1; 8];
        for id in &wanted {
            if let Some(number) = numbers.get_mut(usize::from(id.level)) {
                *number = int(id.n);
            }
        }
        let mut read = sqlx::query_as::<Db, (i64, i64, Vec<u8>)>(
            "select level, n, blob from tile where log = $1 and (
                 (level = 0 and n = $2) or (level = 1 and n = $3) or (level = 2 and n = $4) or (level = 3 and n = $5) or
                 (level = 4 and n = $6) or (level = 5 and n = $7) or (level = 6 and n = $8) or (level = 7 and n = $9))",
        )
        .bind(self.id);
        for number in numbers {
            read = read.bind(number);
        }
        let rows = read.fetch_all(&mut **tx).await?;
        let tile = |(level, n, blob): (i64, i64, Vec<u8>)| {
            let level = u8::try_from(level).map_err(|_| Error::Corrupt("tile"))?;
            let n = count(n)?;
            Ok((TileId { level, n }, blob))
        };
        rows.into_iter().map(tile).collect()
    }

    fn write_tiles(&self, script: &mut Script, tiles: &[(TileId, Vec<u8>)]) {
        for chunk in tiles.chunks(CHUNK) {
            let upsert = script.statement("insert into tile (log, level, n, blob) ");
            upsert.push_values(chunk, |mut row, (id, blob)| {
                row.push_bind(self.id)
                    .push_bind(i64::from(id.level))
                    .push_bind(int(id.n))
                    .push_bind(blob.clone());
            });
            upsert.push(" on conflict (log, level, n) do update set blob = excluded.blob");
        }
    }
}

/// Adds a public entry with its document; its position.
pub(super) async fn public_entry(
    tx: &mut Tx,
    log: &mut Log,
    kind: PublicType,
    document: &str,
) -> Result<u64, Error> {
    let entry = Entry::public(kind, document.as_bytes());
    let position = log.push(&entry, entry.leaf_hash());
    sqlx::query::<Db>("insert into document (log, entry, body) values ($1, $2, $3)")
        .bind(log.id)
        .bind(int(position))
        .bind(document)
        .execute(&mut **tx)
        .await?;
    Ok(position)
}
