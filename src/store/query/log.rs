//! SQL for the contract of reading the log in bulk; compiled once for each database.

use async_trait::async_trait;
use sqlx::QueryBuilder;

use super::super::error::{Error, count, int};
use super::super::log::{LinkRow, LogRow, LogRows, Stray};
use super::{Adapter, Db};
use crate::ledger::tile::TileId;

#[async_trait]
impl LogRows for Adapter {
    async fn log_row(&self) -> Result<Option<LogRow>, Error> {
        type Row = (i64, i64, String, i64, Vec<u8>, Vec<u8>, String);
        let row: Option<Row> = sqlx::query_as::<Db, _>(
            "select id, base, origin, size, root, frontier, checkpoint from log order by id desc limit 1",
        )
        .fetch_optional(&self.read)
        .await?;
        let log = |(id, base, origin, size, root, frontier, checkpoint): Row| {
            Ok(LogRow {
                id,
                base: count(base)?,
                origin,
                size: count(size)?,
                root,
                frontier,
                checkpoint,
            })
        };
        row.map(log).transpose()
    }

    async fn entry_rows(&self, log: i64, from: u64, to: u64) -> Result<Vec<(u64, Vec<u8>)>, Error> {
        let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as::<Db, _>(
            "select idx, bytes from entry where log = $1 and idx >= $2 and idx < $3 order by idx",
        )
        .bind(log)
        .bind(int(from))
        .bind(int(to))
        .fetch_all(&self.read)
        .await?;
        let entry = |(index, bytes)| Ok((count(index)?, bytes));
        rows.into_iter().map(entry).collect()
    }

    async fn tiles(&self, log: i64, ids: &[TileId]) -> Result<Vec<(TileId, Vec<u8>)>, Error> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut select = QueryBuilder::<Db>::new("select level, n, blob from tile where log = ");
        select.push_bind(log).push(" and (");
        let mut either = select.separated(" or ");
        for id in ids {
            either.push("(level = ");
            either.push_bind_unseparated(i64::from(id.level));
            either.push_unseparated(" and n = ");
            either.push_bind_unseparated(int(id.n));
            either.push_unseparated(")");
        }
        select.push(")");
        let rows: Vec<(i64, i64, Vec<u8>)> = select.build_query_as().fetch_all(&self.read).await?;
        let tile = |(level, n, blob)| {
            let level = u8::try_from(level).map_err(|_| Error::Corrupt("tile"))?;
            let n = count(n)?;
            Ok((TileId { level, n }, blob))
        };
        rows.into_iter().map(tile).collect()
    }

    async fn link_rows(&self, log: i64, from: u64, to: u64) -> Result<Vec<LinkRow>, Error> {
        let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as::<Db, _>(
            "select entry, leaf from event where log = $1 and entry >= $2 and entry < $3 order by entry",
        )
        .bind(log)
        .bind(int(from))
        .bind(int(to))
        .fetch_all(&self.read)
        .await?;
        let link = |(entry, leaf)| {
            Ok(LinkRow {
                entry: count(entry)?,
                leaf,
            })
        };
        rows.into_iter().map(link).collect()
    }

    async fn document_at(&self, log: i64, position: u64) -> Result<Option<String>, Error> {
        let row: Option<(String,)> =
            sqlx::query_as::<Db, _>("select body from document where log = $1 and entry = $2")
                .bind(log)
                .bind(int(position))
                .fetch_optional(&self.read)
                .await?;
        Ok(row.map(|(body,)| body))
    }

    async fn stray(&self, log: &LogRow) -> Result<Option<Stray>, Error> {
        let queries = [
            (
                "entry",
                "select idx + $2 from entry where log = $1 and idx >= $3 - $2 order by idx limit 1",
            ),
            (
                "event",
                "select entry from event where log = $1 and (entry < $2 or entry >= $3) order by entry limit 1",
            ),
            (
                "document",
                "select entry from document where log = $1 and (entry < $2 or entry >= $3) order by entry limit 1",
            ),
            (
                "sealed",
                "select entry from sealed where log = $1 and (entry < $2 or entry >= $3 or not exists (select 1 from event where event.log = sealed.log and event.entry = sealed.entry and event.subject = sealed.subject)) order by entry limit 1",
            ),
        ];
        for (table, query) in queries {
            let row: Option<(i64,)> = sqlx::query_as::<Db, _>(query)
                .bind(log.id)
                .bind(int(log.base))
                .bind(int(log.base.saturating_add(log.size)))
                .fetch_optional(&self.read)
                .await?;
            if let Some((entry,)) = row {
                let entry = count(entry)?;
                return Ok(Some(Stray { table, entry }));
            }
        }
        Ok(None)
    }

    async fn needless_tile(&self, log: &LogRow) -> Result<Option<(u8, u64)>, Error> {
        let mut hashes = log.size;
        for level in 0..64_u8 {
            let row: Option<(i64,)> = sqlx::query_as::<Db, _>(
                "select n from tile where log = $1 and level = $2 and n >= $3 order by n limit 1",
            )
            .bind(log.id)
            .bind(i64::from(level))
            .bind(int(hashes.div_ceil(256)))
            .fetch_optional(&self.read)
            .await?;
            if let Some((n,)) = row {
                return Ok(Some((level, count(n)?)));
            }
            hashes /= 256;
        }
        Ok(None)
    }
}
