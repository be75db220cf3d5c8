//! What the simulated stores hold.
//!
//! There is no content in the demo. A store takes as its own what was reported for its datasets. It counts once, when
//! it first sees a task, and keeps that number in `stores.json`: by the time the archive answers, the answer of the
//! lake may already have taken the server's own records along.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::app::error::Error;
use crate::cli::Failure;
use crate::domain::employee::ExternalId;
use crate::domain::id::{DatasetId, TaskId};
use crate::domain::request::{Attestation, Outcome, Scope};
use crate::store::Store;

/// The file's name in the data folder.
pub(super) const FILE: &str = "stores.json";

/// Counts by task, in memory and in the file.
#[derive(Debug)]
pub(super) struct Holdings {
    file: PathBuf,
    counts: Mutex<BTreeMap<TaskId, u64>>,
}

/// A task, in what it takes to count for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) task: TaskId,
    pub(super) dataset: &'a DatasetId,
    pub(super) employee: &'a ExternalId,
    pub(super) scope: &'a Scope,
}

impl Holdings {
    /// What was counted in `dir` so far.
    pub(super) fn open(dir: &Path) -> Result<Self, Failure> {
        let file = dir.join(FILE);
        let counts = match std::fs::read(&file) {
            Ok(text) => serde_json::from_slice(&text)
                .map_err(|error| Failure(format!("{}: {error}", file.display())))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(Failure(format!("{}: {error}", file.display()))),
        };
        Ok(Self {
            file,
            counts: Mutex::new(counts),
        })
    }

    /// How many records the store held when it first saw the task; counts now if this is the first time.
    pub(super) async fn count(
        &self,
        store: &dyn Store,
        wanted: Wanted<'_>,
    ) -> Result<u64, Failure> {
        let known = self.lock().get(&wanted.task).copied();
        if let Some(count) = known {
            return Ok(count);
        }
        let count = reported(store, &wanted).await.map_err(Error::from)?;
        let text = {
            let mut counts = self.lock();
            counts.insert(wanted.task, count);
            serde_json::to_vec(&*counts).map_err(|error| Failure(error.to_string()))?
        };
        std::fs::write(&self.file, text)?;
        Ok(count)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<TaskId, u64>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The answer of a store that deletes what it holds.
pub(super) fn erased(count: u64) -> Attestation {
    let outcome = if count == 0 {
        Outcome::NoMatch
    } else {
        Outcome::Erased
    };
    Attestation {
        outcome,
        count,
        reason: None,
    }
}

async fn reported(
    store: &dyn Store,
    wanted: &Wanted<'_>,
) -> Result<u64, crate::store::error::Error> {
    let Some(employee) = store.employee_by_external_id(wanted.employee).await? else {
        return Ok(0);
    };
    let mut total = 0;
    for program in store.programs().await? {
        let declaration = program.declaration;
        let Some(dataset) = declaration.dataset(wanted.dataset) else {
            continue;
        };
        let asked = wanted.scope.category.as_ref();
        for category in &dataset.categories {
            if asked.is_none_or(|asked| asked == category) {
                let scope = Scope {
                    program: Some(declaration.id.clone()),
                    category: Some(category.clone()),
                    ..wanted.scope.clone()
                };
                total += store.count_in_scope(&employee.subject, &scope).await?;
            }
        }
    }
    Ok(total)
}
