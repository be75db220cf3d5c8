//! SQL for the contract of reading the log in bulk; compiled once for each database.

use async_trait::async_trait;

use super::super::error::{Error, count, int};
use super::super::log::{LinkRow, LogRow, LogRows, Stray};
use super::ledger::LOG;
use super::{Adapter, Db};

#[async_trait]
impl LogRows for Adapter {
    async fn log_row(&self) -> Result<Option<LogRow>, Error> {
        let row: Option<(String, i64, Vec<u8>, Vec<u8>, String)> = sqlx::query_as::<Db, _>(
            "select origin, size, root, frontier, checkpoint from log where id = $1",
        )
        .bind(LOG)
        .fetch_optional(&self.read)
        .await?;
        let log = |(origin, size, root, frontier, checkpoint)| {
            Ok(LogRow {
                origin,
                size: count(size)?,
                root,
                frontier,
                checkpoint,
            })
        };
        row.map(log).transpose()
    }

    async fn entry_rows(&self, from: u64, to: u64) -> Result<Vec<(u64, Vec<u8>)>, Error> {
        let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as::<Db, _>(
            "select idx, bytes from entry where log = $1 and idx >= $2 and idx < $3 order by idx",
        )
        .bind(LOG)
        .bind(int(from))
        .bind(int(to))
        .fetch_all(&self.read)
        .await?;
        let entry = |(index, bytes)| Ok((count(index)?, bytes));
        rows.into_iter().map(entry).collect()
    }

    async fn link_rows(&self, from: u64, to: u64) -> Result<Vec<LinkRow>, Error> {
        let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as::<Db, _>(
            "select entry, leaf from event where log = $1 and entry >= $2 and entry < $3 order by entry",
        )
        .bind(LOG)
        .bind(int(from))
        .bind(int(to))
        .fetch_all(&self.read)
        .await?;
        let link = |(index, leaf)| {
            Ok(LinkRow {
                index: count(index)?,
                leaf,
            })
        };
        rows.into_iter().map(link).collect()
    }

    async fn document_row(&self, index: u64) -> Result<Option<String>, Error> {
        let row: Option<(String,)> =
            sqlx::query_as::<Db, _>("select body from document where log = $1 and entry = $2")
                .bind(LOG)
                .bind(int(index))
                .fetch_optional(&self.read)
                .await?;
        Ok(row.map(|(body,)| body))
    }

    async fn stray(&self) -> Result<Option<Stray>, Error> {
        let event: Option<(i64,)> = sqlx::query_as::<Db, _>(
            "select entry from event where log = $1 and not exists (select 1 from entry where entry.log = event.log and entry.idx = event.entry) order by entry limit 1",
        )
        .bind(LOG)
        .fetch_optional(&self.read)
        .await?;
        let sealed: Option<(i64,)> = sqlx::query_as::<Db, _>(
            "select entry from sealed where log = $1 and not exists (select 1 from event where event.log = sealed.log and event.entry = sealed.entry and event.subject = sealed.subject) order by entry limit 1",
        )
        .bind(LOG)
        .fetch_optional(&self.read)
        .await?;
        let document: Option<(i64,)> = sqlx::query_as::<Db, _>(
            "select entry from document where log = $1 and not exists (select 1 from entry where entry.log = document.log and entry.idx = document.entry) order by entry limit 1",
        )
        .bind(LOG)
        .fetch_optional(&self.read)
        .await?;
        let first = [("event", event), ("sealed", sealed), ("document", document)]
            .into_iter()
            .find_map(|(table, row)| row.map(|(entry,)| (table, entry)));
        let stray = |(table, entry)| {
            let entry = count(entry)?;
            Ok(Stray { table, entry })
        };
        first.map(stray).transpose()
    }

    async fn needless_tile(&self, size: u64) -> Result<Option<(u8, u64)>, Error> {
        let mut below = size;
        for level in 0..64_u8 {
            let row: Option<(i64,)> = sqlx::query_as::<Db, _>(
                "select n from tile where log = $1 and level = $2 and n >= $3 order by n limit 1",
            )
            .bind(LOG)
            .bind(i64::from(level))
            .bind(int(below.div_ceil(256)))
            .fetch_optional(&self.read)
            .await?;
            if let Some((n,)) = row {
                return Ok(Some((level, count(n)?)));
            }
            below /= 256;
        }
        Ok(None)
    }
}
