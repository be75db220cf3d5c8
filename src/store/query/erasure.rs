//! SQL for erasing what one person said; compiled once for each database.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::Transaction;

use super::super::erasure::{Erased, Erasure, Holdings};
use super::super::error::{Error, count};
use super::super::pulse::Counter;
use super::append::{Log, public_entry};
use super::pulse::bump;
use super::rows::Rows;
use super::{Adapter, Db};
use crate::domain::id::SubjectId;
use crate::ledger::entry::PublicType;
use crate::ledger::key::SignerKey;

/// What goes, in an order that foreign keys allow. Requests that wait for an answer stay with their tasks: they order
/// stores to delete what was captured, and that order must not get lost.
const ERASE: [&str; 7] = [
    "delete from sealed where (log, entry) in (select log, entry from event where subject = $1)",
    "delete from choice where entry in (select entry from event where subject = $1)",
    "delete from dek where subject = $1",
    "delete from event where subject = $1",
    "delete from acknowledgement where subject = $1",
    "delete from task where request in (select id from request where subject = $1 and completed_at is not null)",
    "delete from request where subject = $1 and completed_at is not null",
];

/// The public count is rounded up to a multiple of this, so that it does not tell how much one person had said.
const BLUR: u64 = 10;

#[async_trait]
impl Erasure for Adapter {
    async fn holdings(&self, subject: &SubjectId) -> Result<Holdings, Error> {
        let mut tx = self.read.begin().await?;
        holdings(&mut tx, subject).await
    }

    async fn erase(
        &self,
        subject: &SubjectId,
        signer: &SignerKey,
        at: DateTime<Utc>,
    ) -> Result<Erased, Error> {
        let mut tx = self.begin().await?;
        let mut log = Log::load(&mut tx).await?;
        let gone = holdings(&mut tx, subject).await?;
        for sql in ERASE {
            sqlx::query::<Db>(sql)
                .bind(subject.to_string())
                .execute(&mut *tx)
                .await?;
        }
        bump(&mut tx, Counter::Erasures).await?;
        let mut entry = None;
        if gone.openings > 0 {
            let document = document(gone.openings, at);
            entry =
                Some(public_entry(&mut tx, &mut log, PublicType::ErasureCount, &document).await?);
            log.finish(&mut tx, Rows::default(), signer).await?;
        }
        tx.commit().await?;
        Ok(Erased { gone, entry })
    }

    async fn settle(&self) -> Result<bool, Error> {
        self.settle_files().await
    }
}

/// The public document: how many openings at most, and on which day. Nothing about the person.
fn document(openings: u64, at: DateTime<Utc>) -> String {
    serde_json::json!({
        "day": at.date_naive().to_string(),
        "openings_at_most": openings.next_multiple_of(BLUR),
    })
    .to_string()
}

async fn holdings(
    tx: &mut Transaction<'static, Db>,
    subject: &SubjectId,
) -> Result<Holdings, Error> {
    let (openings, acknowledgements, answered, open): (i64, i64, i64, i64) =
        sqlx::query_as::<Db, _>(
            "select (select count(*) from event join sealed on sealed.log = event.log and sealed.entry = event.entry where event.subject = $1),
                    (select count(*) from acknowledgement where subject = $1),
                    (select count(*) from request where subject = $1 and completed_at is not null),
                    (select count(*) from request where subject = $1 and completed_at is null)",
        )
        .bind(subject.to_string())
        .fetch_one(&mut **tx)
        .await?;
    Ok(Holdings {
        openings: count(openings)?,
        acknowledgements: count(acknowledgements)?,
        answered_requests: count(answered)?,
        open_requests: count(open)?,
    })
}
