//! Several statements, one after the other: PostgreSQL takes one at a time where there are values.

use sqlx::{Postgres, QueryBuilder, Transaction};

use crate::store::error::Error;

/// Statements on their way.
pub(in crate::store) struct Script {
    statements: Vec<QueryBuilder<Postgres>>,
    keep: bool,
}

impl Script {
    /// An empty script; `keep` its statements prepared if their shapes will come again.
    pub(in crate::store) const fn new(keep: bool) -> Self {
        Self {
            statements: Vec::new(),
            keep,
        }
    }

    /// Begins the next statement.
    pub(in crate::store) fn statement(
        &mut self,
        begin: &'static str,
    ) -> &mut QueryBuilder<Postgres> {
        self.statements.push_mut(QueryBuilder::new(begin))
    }

    /// Executes all of it; the rows that its statements return, each a number and bytes.
    pub(in crate::store) async fn run(
        self,
        tx: &mut Transaction<'static, Postgres>,
    ) -> Result<Vec<(i64, Vec<u8>)>, Error> {
        let mut rows = Vec::new();
        for mut statement in self.statements {
            let query = statement.build_query_as().persistent(self.keep);
            rows.extend(query.fetch_all(&mut **tx).await?);
        }
        Ok(rows)
    }
}
