//! What agents have to hear of when declarations change: the difference between two catalogues.

use chrono::{DateTime, Utc};

use crate::app::catalogue::Catalogue;
use crate::domain::change::{Change, What};

/// Changes from `old` to `new`, told at position `seq`.
pub(super) fn news(old: &Catalogue, new: &Catalogue, seq: u64, now: DateTime<Utc>) -> Vec<Change> {
    let mut news = Vec::new();
    for declared in &new.programs {
        let program = &declared.program;
        let id = &program.declaration.id;
        let Some(known) = old.program(id).map(|known| &known.program) else {
            news.push((
                now,
                What::Declared {
                    program: id.clone(),
                },
            ));
            continue;
        };
        if known.declaration != program.declaration {
            news.push((
                now,
                What::Declared {
                    program: id.clone(),
                },
            ));
            if known.declaration.notice != program.declaration.notice {
                // Which choices still count is another question now.
                news.push((now, What::Resync));
            }
        }
        let later = program.statuses.get(known.statuses.len()..);
        if let Some(change) = later.and_then(<[_]>::last) {
            let what = What::Status {
                program: id.clone(),
                status: change.status,
            };
            news.push((change.at, what));
        }
    }
    for notice in new.notices.iter().rev() {
        let version = &notice.version;
        if old.notices.iter().any(|known| known.entry == notice.entry) {
            continue;
        }
        let own = new
            .programs
            .iter()
            .filter(|declared| declared.program.declaration.notice == version.notice);
        let what = What::Notice {
            notice: version.notice.clone(),
            version: version.version,
            material: version.material,
            effective_at: version.effective_at,
            programs: own
                .map(|declared| declared.program.declaration.id.clone())
                .collect(),
        };
        news.push((version.published_at, what));
    }
    news.into_iter()
        .map(|(at, what)| Change { seq, at, what })
        .collect()
}
