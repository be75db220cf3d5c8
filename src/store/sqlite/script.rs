//! Several statements in one go. SQLite takes them as one text with one list of values, which saves a way to the
//! connection's thread and back for each.

use sqlx::{QueryBuilder, Sqlite, Transaction};

use crate::store::error::Error;

/// Statements on their way.
pub(in crate::store) struct Script {
    text: QueryBuilder<Sqlite>,
    keep: bool,
}

impl Script {
    /// An empty script; `keep` it prepared if its shape will come again.
    pub(in crate::store) fn new(keep: bool) -> Self {
        Self {
            text: QueryBuilder::new(""),
            keep,
        }
    }

    /// Begins the next statement.
    pub(in crate::store) fn statement(&mut self, begin: &'static str) -> &mut QueryBuilder<Sqlite> {
        if !self.text.sql().as_str().is_empty() {
            self.text.push("; ");
        }
        self.text.push(begin);
        &mut self.text
    }

    /// Executes all of it; the rows that its statements return, each a number and bytes.
    pub(in crate::store) async fn run(
        mut self,
        tx: &mut Transaction<'static, Sqlite>,
    ) -> Result<Vec<(i64, Vec<u8>)>, Error> {
        if self.text.sql().as_str().is_empty() {
            return Ok(Vec::new());
        }
        let query = self.text.build_query_as().persistent(self.keep);
        Ok(query.fetch_all(&mut **tx).await?)
    }
}
