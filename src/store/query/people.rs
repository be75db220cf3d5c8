//! SQL for people; compiled once for each database.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::super::error::{Error, micros, time};
use super::super::people::{AccountRow, Imported, InvitationRow, People};
use super::super::pulse::Counter;
use super::pulse::bump;
use super::{Adapter, Db};
use crate::domain::account::Role;
use crate::domain::employee::{Email, Employee, ExternalId};
use crate::domain::id::SubjectId;

type Row = (String, String, String, String, String, String);

fn employee((subject, external_id, name, email, unit, locale): Row) -> Result<Employee, Error> {
    Ok(Employee {
        subject: subject.parse()?,
        external_id: external_id.parse()?,
        name,
        email: email.parse()?,
        unit,
        locale: locale.parse()?,
    })
}

#[async_trait]
impl People for Adapter {
    async fn import(&self, people: &[Employee], at: DateTime<Utc>) -> Result<Imported, Error> {
        let mut tx = self.begin().await?;
        let mut imported = Imported::default();
        for person in people {
            let known: Option<(String,)> =
                sqlx::query_as::<Db, _>("select subject from employee where external_id = $1")
                    .bind(person.external_id.as_str())
                    .fetch_optional(&mut *tx)
                    .await?;
            if known.is_some() {
                sqlx::query::<Db>("update employee set name = $2, email = $3, unit = $4, locale = $5 where external_id = $1")
                    .bind(person.external_id.as_str())
                    .bind(&person.name)
                    .bind(person.email.as_str())
                    .bind(&person.unit)
                    .bind(person.locale.tag())
                    .execute(&mut *tx)
                    .await?;
                imported.updated += 1;
                continue;
            }
            sqlx::query::<Db>(
                "insert into employee (subject, external_id, name, email, unit, locale, added_at) values ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(person.subject.to_string())
            .bind(person.external_id.as_str())
            .bind(&person.name)
            .bind(person.email.as_str())
            .bind(&person.unit)
            .bind(person.locale.tag())
            .bind(micros(at))
            .execute(&mut *tx)
            .await?;
            sqlx::query::<Db>("insert into account (subject, created_at) values ($1, $2)")
                .bind(person.subject.to_string())
                .bind(micros(at))
                .execute(&mut *tx)
                .await?;
            imported.added += 1;
        }
        bump(&mut tx, Counter::People).await?;
        tx.commit().await?;
        Ok(imported)
    }

    async fn employee(&self, subject: &SubjectId) -> Result<Option<Employee>, Error> {
        let row: Option<Row> =
            sqlx::query_as::<Db, _>("select subject, external_id, name, email, unit, locale from employee where subject = $1")
                .bind(subject.to_string())
                .fetch_optional(&self.read)
                .await?;
        row.map(employee).transpose()
    }

    async fn employee_by_email(&self, email: &Email) -> Result<Option<Employee>, Error> {
        let row: Option<Row> = sqlx::query_as::<Db, _>(
            "select subject, external_id, name, email, unit, locale from employee where email = $1",
        )
        .bind(email.as_str())
        .fetch_optional(&self.read)
        .await?;
        row.map(employee).transpose()
    }

    async fn employee_by_external_id(&self, id: &ExternalId) -> Result<Option<Employee>, Error> {
        let row: Option<Row> =
            sqlx::query_as::<Db, _>("select subject, external_id, name, email, unit, locale from employee where external_id = $1")
                .bind(id.as_str())
                .fetch_optional(&self.read)
                .await?;
        row.map(employee).transpose()
    }

    async fn employees(&self) -> Result<Vec<Employee>, Error> {
        let rows: Vec<Row> =
            sqlx::query_as::<Db, _>("select subject, external_id, name, email, unit, locale from employee order by external_id")
                .fetch_all(&self.read)
                .await?;
        rows.into_iter().map(employee).collect()
    }

    async fn account(&self, subject: &SubjectId) -> Result<Option<AccountRow>, Error> {
        let rows: Vec<(Option<String>, bool, Option<String>)> = sqlx::query_as::<Db, _>(
            "select password_hash, disabled, role from account
             left join account_role on account_role.subject = account.subject
             where account.subject = $1 order by role",
        )
        .bind(subject.to_string())
        .fetch_all(&self.read)
        .await?;
        let roles = rows.iter().filter_map(|(_, _, role)| role.as_ref());
        let roles = roles
            .map(|role| Ok(role.parse()?))
            .collect::<Result<Vec<Role>, Error>>()?;
        let Some((password_hash, disabled, _)) = rows.into_iter().next() else {
            return Ok(None);
        };
        Ok(Some(AccountRow {
            password_hash,
            disabled,
            roles,
        }))
    }

    async fn set_role(
        &self,
        subject: &SubjectId,
        role: Role,
        held: bool,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        if held {
            sqlx::query::<Db>("insert into account_role (subject, role, granted_at) values ($1, $2, $3) on conflict do nothing")
                .bind(subject.to_string())
                .bind(role.word())
                .bind(micros(at))
                .execute(&self.write)
                .await?;
        } else {
            sqlx::query::<Db>("delete from account_role where subject = $1 and role = $2")
                .bind(subject.to_string())
                .bind(role.word())
                .execute(&self.write)
                .await?;
        }
        Ok(())
    }

    async fn set_disabled(&self, subject: &SubjectId, disabled: bool) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        sqlx::query::<Db>("update account set disabled = $2 where subject = $1")
            .bind(subject.to_string())
            .bind(disabled)
            .execute(&mut *tx)
            .await?;
        if disabled {
            sqlx::query::<Db>("delete from session where subject = $1")
                .bind(subject.to_string())
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    async fn invite(
        &self,
        subject: &SubjectId,
        token_sha256: [u8; 32],
        expires_at: DateTime<Utc>,
        reset: bool,
    ) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        sqlx::query::<Db>("delete from invitation where subject = $1 and spent_at is null")
            .bind(subject.to_string())
            .execute(&mut *tx)
            .await?;
        sqlx::query::<Db>(
            "insert into invitation (token_sha256, subject, expires_at) values ($1, $2, $3)",
        )
        .bind(token_sha256.to_vec())
        .bind(subject.to_string())
        .bind(micros(expires_at))
        .execute(&mut *tx)
        .await?;
        if reset {
            sqlx::query::<Db>("update account set password_hash = null where subject = $1")
                .bind(subject.to_string())
                .execute(&mut *tx)
                .await?;
            sqlx::query::<Db>("delete from session where subject = $1")
                .bind(subject.to_string())
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    async fn invitation(&self, token_sha256: [u8; 32]) -> Result<Option<InvitationRow>, Error> {
        let row: Option<(String, i64, Option<i64>)> = sqlx::query_as::<Db, _>(
            "select subject, expires_at, spent_at from invitation where token_sha256 = $1",
        )
        .bind(token_sha256.to_vec())
        .fetch_optional(&self.read)
        .await?;
        let Some((subject, expires_at, spent_at)) = row else {
            return Ok(None);
        };
        Ok(Some(InvitationRow {
            subject: subject.parse()?,
            expires_at: time(expires_at)?,
            spent: spent_at.is_some(),
        }))
    }
}
