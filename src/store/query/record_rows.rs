//! Rows of records, many in one statement; compiled once for each database.

use std::collections::HashMap;

use sqlx::{QueryBuilder, Transaction};

use super::super::error::{Error, int, micros};
use super::Db;
use crate::domain::id::{AgentName, SubjectId};
use crate::domain::record::{Record, Verdict};

type Tx = Transaction<'static, Db>;

/// Most rows in one statement. Rows are written in powers of two up to it, so that a handful of statements stays
/// prepared, whatever the number of rows.
const PIECE: usize = 128;

/// One row to be written.
pub(super) struct Row<'a> {
    pub(super) agent: &'a AgentName,
    /// In microseconds.
    pub(super) received_at: i64,
    pub(super) subject: &'a SubjectId,
    pub(super) record: &'a Record,
    pub(super) verdict: Verdict,
}

/// What stands in the database under an agent's name and an id.
#[derive(sqlx::FromRow)]
struct Standing {
    agent: String,
    id: String,
    subject: String,
    program: String,
    category: String,
    events: i64,
    bytes: i64,
    dataset: String,
    digest: String,
    quarantined: Option<String>,
}

impl Row<'_> {
    /// Whether it is the record that stands there. Not the times: a clock that ran ahead was set back when the record
    /// first came.
    fn is(&self, standing: &Standing) -> bool {
        let record = self.record;
        standing.subject == self.subject.to_string()
            && standing.program == record.program.as_str()
            && standing.category == record.category.as_str()
            && (standing.events, standing.bytes) == (int(record.events), int(record.bytes))
            && standing.dataset == record.dataset.as_str()
            && standing.digest == record.digest
    }
}

/// Writes the rows that are not there yet. For each the verdict that now stands; `None` where its id names another record.
/// Give them in the order of agent and id: whoever writes at the same time then waits, and never for each other.
pub(super) async fn write(tx: &mut Tx, rows: &[Row<'_>]) -> Result<Vec<Option<Verdict>>, Error> {
    let mut verdicts = Vec::with_capacity(rows.len());
    for piece in pieces(rows, PIECE) {
        let written = insert(tx, piece).await?;
        if written == piece.len() as u64 {
            verdicts.extend(piece.iter().map(|row| Some(row.verdict)));
            continue;
        }
        let standing = read(tx, piece).await?;
        for row in piece {
            let name = (row.agent.to_string(), row.record.id.to_string());
            let standing = standing.get(&name).ok_or(Error::Corrupt("record"))?;
            verdicts.push(match (row.is(standing), &standing.quarantined) {
                (false, _) => None,
                (true, None) => Some(Verdict::Accepted),
                (true, Some(reason)) => Some(Verdict::Quarantined(reason.parse()?)),
            });
        }
    }
    Ok(verdicts)
}

/// Cuts a slice into pieces whose lengths are powers of two, at most `most`.
pub(super) fn pieces<T>(mut rest: &[T], most: usize) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = 1 << rest.len().checked_ilog2()?;
        let (piece, others) = rest.split_at(size.min(most));
        rest = others;
        Some(piece)
    })
}

async fn insert(tx: &mut Tx, piece: &[Row<'_>]) -> Result<u64, Error> {
    let mut insert = QueryBuilder::<Db>::new(
        "insert into record (agent, id, subject, program, category, app, device, from_at, to_at, events, bytes, dataset, digest, received_at, quarantined) ",
    );
    insert.push_values(piece, |mut values, row| {
        let record = row.record;
        let quarantined = match row.verdict {
            Verdict::Accepted => None,
            Verdict::Quarantined(reason) => Some(reason.word()),
        };
        values
            .push_bind(row.agent.to_string())
            .push_bind(record.id.to_string())
            .push_bind(row.subject.to_string())
            .push_bind(record.program.to_string())
            .push_bind(record.category.to_string())
            .push_bind(record.app.clone())
            .push_bind(record.device.clone())
            .push_bind(micros(record.from))
            .push_bind(micros(record.to))
            .push_bind(int(record.events))
            .push_bind(int(record.bytes))
            .push_bind(record.dataset.to_string())
            .push_bind(record.digest.clone())
            .push_bind(row.received_at)
            .push_bind(quarantined);
    });
    insert.push(" on conflict do nothing");
    Ok(insert.build().execute(&mut **tx).await?.rows_affected())
}

async fn read(
    tx: &mut Tx,
    piece: &[Row<'_>],
) -> Result<HashMap<(String, String), Standing>, Error> {
    let mut ask = QueryBuilder::<Db>::new("with asked (agent, id) as (");
    ask.push_values(piece, |mut values, row| {
        values
            .push_bind(row.agent.to_string())
            .push_bind(row.record.id.to_string());
    });
    ask.push(
        ") select record.agent, record.id, subject, program, category, events, bytes, dataset, digest, quarantined
         from asked join record on record.agent = asked.agent and record.id = asked.id",
    );
    let rows: Vec<Standing> = ask.build_query_as().fetch_all(&mut **tx).await?;
    let named = |row: Standing| ((row.agent.clone(), row.id.clone()), row);
    Ok(rows.into_iter().map(named).collect())
}
