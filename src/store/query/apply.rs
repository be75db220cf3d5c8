//! What each kind of change does to the rows. `check.rs` has refused what must not happen; rights requests stand in
//! `rights.rs`.

use chrono::{DateTime, Utc};
use sqlx::Transaction;

use super::super::error::{Error, int, micros};
use super::super::ledger::{Change, ChoiceDraft, Forge, Write};
use super::Db;
use super::append::{Log, public_entry};
use super::personal::{Personal, personal_entry};
use super::rights::{attested, request_filed};
use crate::domain::id::SubjectId;
use crate::domain::notice::NoticeVersion;
use crate::ledger::entry::PublicType;
use crate::ledger::hash::Hash;
use crate::ledger::payload::{ChoiceStatement, Statement};

type Tx = Transaction<'static, Db>;

/// Does a checked write; the indices of its entries.
pub(super) async fn apply(
    tx: &mut Tx,
    log: &mut Log,
    forge: &Forge<'_>,
    write: &Write,
) -> Result<Vec<u64>, Error> {
    let mut entries = Vec::new();
    if let Some(once) = write.once {
        sqlx::query::<Db>("insert into form_post (once, at) values ($1, $2)")
            .bind(once.to_string())
            .bind(micros(write.at))
            .execute(&mut **tx)
            .await?;
    }
    for change in &write.changes {
        match change {
            Change::Choice(draft) => entries.push(choice(tx, log, forge, draft, write.at).await?),
            Change::Notice(version) => entries.push(notice(tx, log, version).await?),
            Change::Acknowledgement {
                subject,
                notice,
                version,
            } => {
                sqlx::query::<Db>("insert into acknowledgement (subject, notice, version, at) values ($1, $2, $3, $4) on conflict do nothing")
                    .bind(subject.to_string())
                    .bind(notice.as_str())
                    .bind(i64::from(*version))
                    .bind(micros(write.at))
                    .execute(&mut **tx)
                    .await?;
            }
            Change::Request { subject, request } => {
                entries.extend(request_filed(tx, log, forge, subject, request).await?);
            }
            Change::Attestation {
                task, attestation, ..
            } => entries.extend(attested(tx, log, forge, task, attestation, write.at).await?),
            Change::Password {
                subject,
                hash,
                invitation,
            } => password(tx, subject, hash, *invitation, write.at).await?,
        }
    }
    Ok(entries)
}

async fn choice(
    tx: &mut Tx,
    log: &mut Log,
    forge: &Forge<'_>,
    draft: &ChoiceDraft,
    at: DateTime<Utc>,
) -> Result<u64, Error> {
    let shown = draft.shown.as_ref();
    let statement = Statement::Choice(ChoiceStatement {
        program: draft.program.clone(),
        category: draft.category.clone(),
        notice: shown.map(|shown| shown.notice.clone()),
        notice_version: shown.map(|shown| shown.version),
        notice_leaf: shown.map(|shown| shown.entry),
        notice_sha256: shown.map(|shown| Hash(shown.sha256)),
        language: draft.language,
        decision: draft.state,
    });
    let (entry, at) = personal_entry(
        tx,
        log,
        forge,
        Personal {
            subject: draft.subject,
            at,
            actor: "employee",
            statement,
        },
    )
    .await?;
    sqlx::query::<Db>(
        "insert into choice (entry, subject, program, category, state, at, notice_version, language) values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(int(entry))
    .bind(draft.subject.to_string())
    .bind(draft.program.as_str())
    .bind(draft.category.as_str())
    .bind(draft.state.word())
    .bind(micros(at))
    .bind(i64::from(shown.map_or(0, |shown| shown.version)))
    .bind(draft.language.tag())
    .execute(&mut **tx)
    .await?;
    Ok(entry)
}

async fn notice(tx: &mut Tx, log: &mut Log, version: &NoticeVersion) -> Result<u64, Error> {
    use sha2::{Digest as _, Sha256};

    let document =
        serde_json_canonicalizer::to_string(version).map_err(|_| Error::Corrupt("notice"))?;
    let entry = public_entry(tx, log, PublicType::NoticePublished, &document).await?;
    sqlx::query::<Db>(
        "insert into notice_version (notice, version, material, effective_at, published_at, sha256, entry) values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(version.notice.as_str())
    .bind(i64::from(version.version))
    .bind(version.material)
    .bind(micros(version.effective_at))
    .bind(micros(version.published_at))
    .bind(Sha256::digest(document.as_bytes()).to_vec())
    .bind(int(entry))
    .execute(&mut **tx)
    .await?;
    Ok(entry)
}

async fn password(
    tx: &mut Tx,
    subject: &SubjectId,
    hash: &str,
    invitation: Option<[u8; 32]>,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query::<Db>("update account set password_hash = $2 where subject = $1")
        .bind(subject.to_string())
        .bind(hash)
        .execute(&mut **tx)
        .await?;
    if let Some(token_sha256) = invitation {
        sqlx::query::<Db>("update invitation set spent_at = $2 where token_sha256 = $1")
            .bind(token_sha256.to_vec())
            .bind(micros(at))
            .execute(&mut **tx)
            .await?;
    }
    sqlx::query::<Db>("delete from session where subject = $1")
        .bind(subject.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}
