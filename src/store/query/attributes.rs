//! SQL for attributes of employees; compiled once for each database.

use async_trait::async_trait;

use super::super::attributes::EmployeeAttributes;
use super::super::error::{Error, json, to_json};
use super::super::pulse::Counter;
use super::pulse::bump;
use super::{Adapter, Db};
use crate::domain::attribute::Attributes;
use crate::domain::employee::ExternalId;
use crate::domain::id::SubjectId;
use crate::domain::property::Literal;

#[async_trait]
impl EmployeeAttributes for Adapter {
    async fn set_attribute(
        &self,
        subject: &SubjectId,
        name: &str,
        value: Option<&Literal>,
    ) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        sqlx::query::<Db>("delete from employee_attribute where subject = $1 and name = $2")
            .bind(subject.to_string())
            .bind(name)
            .execute(&mut *tx)
            .await?;
        if let Some(value) = value {
            sqlx::query::<Db>(
                "insert into employee_attribute (subject, name, value) values ($1, $2, $3)",
            )
            .bind(subject.to_string())
            .bind(name)
            .bind(to_json(value)?)
            .execute(&mut *tx)
            .await?;
        }
        bump(&mut tx, Counter::People).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn attributes(&self, subject: &SubjectId) -> Result<Attributes, Error> {
        let rows: Vec<(String, String)> = sqlx::query_as::<Db, _>(
            "select name, value from employee_attribute where subject = $1 order by name",
        )
        .bind(subject.to_string())
        .fetch_all(&self.read)
        .await?;
        let pair = |(name, value): (String, String)| Ok((name, json(&value, "attribute")?));
        rows.into_iter().map(pair).collect()
    }

    async fn all_attributes(&self) -> Result<Vec<(ExternalId, Attributes)>, Error> {
        let rows: Vec<(String, String, String)> = sqlx::query_as::<Db, _>(
            "select external_id, employee_attribute.name, value from employee_attribute
             join employee on employee.subject = employee_attribute.subject order by external_id, name",
        )
        .fetch_all(&self.read)
        .await?;
        let mut all: Vec<(ExternalId, Attributes)> = Vec::new();
        for (employee, name, value) in rows {
            let employee: ExternalId = employee.parse()?;
            if all.last().is_none_or(|(last, _)| *last != employee) {
                all.push((employee, Attributes::new()));
            }
            if let Some((_, attributes)) = all.last_mut() {
                attributes.insert(name, json(&value, "attribute")?);
            }
        }
        Ok(all)
    }
}
