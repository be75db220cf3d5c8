//! The directory: everybody from one CSV file, all or nothing.

use std::collections::HashMap;

use serde::Deserialize;

use super::App;
use super::error::Error;
use crate::domain::attribute;
use crate::domain::employee::{Email, Employee, ExternalId, parse_label};
use crate::domain::id::SubjectId;
use crate::domain::invalid::Invalid;
use crate::domain::property::Literal;
use crate::store::people::Imported;

/// A row that cannot be taken. Lines count from 1; the header is line 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct RowError {
    /// Where.
    pub line: u64,
    /// What to do.
    pub problem: Invalid,
}

/// What an import can answer instead of importing.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Rows are bad; nothing of the file was imported.
    #[error("{} bad rows", .0.len())]
    Rows(Vec<RowError>),
    /// The database failed.
    #[error(transparent)]
    App(#[from] Error),
}

#[derive(Deserialize)]
struct Row {
    external_id: String,
    name: String,
    email: String,
    unit: String,
    locale: String,
}

/// Imports `external_id,name,email,unit,locale` (in any order, with a header). People who are known by their external
/// id are brought up to date; nobody is removed.
///
/// # Errors
/// Every bad row with its line; then nothing of the file is imported.
pub async fn import(app: &App, csv: &[u8]) -> Result<Imported, ImportError> {
    let people = parse(csv, || SubjectId::from_random(app.random())).map_err(ImportError::Rows)?;
    let clashes = clashes(app, &people).await?;
    if !clashes.is_empty() {
        return Err(ImportError::Rows(clashes));
    }
    let people: Vec<Employee> = people.into_iter().map(|(_, person)| person).collect();
    let imported = app.store.import(&people, app.now()).await;
    let imported = imported.map_err(Error::from)?;
    app.noticed().await?;
    Ok(imported)
}

/// Sets what is known of a person beyond the directory, for conditions of choices to compare, or takes it away.
///
/// # Errors
/// `NotFound` when there is no such person; `Invalid` when name or value cannot be kept.
pub async fn set_attribute(
    app: &App,
    employee: &ExternalId,
    name: &str,
    value: Option<Literal>,
) -> Result<(), Error> {
    let told = value.clone().map(|value| (name.to_owned(), value));
    attribute::check(&told.into_iter().collect())?;
    let known = app.store.employee_by_external_id(employee).await?;
    let subject = known.ok_or(Error::NotFound)?.subject;
    app.store
        .set_attribute(&subject, name, value.as_ref())
        .await?;
    app.standings().catch_up().await
}

fn parse(
    csv: &[u8],
    mut subject: impl FnMut() -> SubjectId,
) -> Result<Vec<(u64, Employee)>, Vec<RowError>> {
    let csv = csv.strip_prefix(b"\xef\xbb\xbf").unwrap_or(csv);
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(csv);
    let mut errors = Vec::new();
    let headers = reader.headers().cloned().unwrap_or_default();
    for column in ["external_id", "name", "email", "unit", "locale"] {
        if headers.iter().filter(|header| *header == column).count() != 1 {
            let problem = Invalid::new(
                "header",
                format!("The first line must name the column {column} once."),
            );
            errors.push(RowError { line: 1, problem });
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let (mut ids, mut emails) = (HashMap::new(), HashMap::new());
    let mut people = Vec::new();
    let mut record = csv::StringRecord::new();
    loop {
        let line = reader.position().line();
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(error) => {
                let line = error.position().map_or(line, csv::Position::line);
                let problem = Invalid::new(
                    "row",
                    "Give this row as many columns as the header has, in UTF-8.",
                );
                errors.push(RowError { line, problem });
                continue;
            }
        }
        let line = record.position().map_or(line, csv::Position::line);
        let parsed = record
            .deserialize(Some(&headers))
            .map_err(|_| Invalid::new("row", "This row cannot be read."));
        match parsed.and_then(|row| person(row, subject())) {
            Ok(person) => {
                if let Some(first) = ids.insert(person.external_id.clone(), line) {
                    let problem = Invalid::new(
                        "external_id",
                        format!("Line {first} has the same external id."),
                    );
                    errors.push(RowError { line, problem });
                } else if let Some(first) = emails.insert(person.email.clone(), line) {
                    let problem =
                        Invalid::new("email", format!("Line {first} has the same address."));
                    errors.push(RowError { line, problem });
                }
                people.push((line, person));
            }
            Err(problem) => errors.push(RowError { line, problem }),
        }
    }
    if errors.is_empty() {
        Ok(people)
    } else {
        Err(errors)
    }
}

fn person(row: Row, subject: SubjectId) -> Result<Employee, Invalid> {
    Ok(Employee {
        subject,
        external_id: row.external_id.parse::<ExternalId>()?,
        name: parse_label("name", &row.name)?,
        email: row.email.parse::<Email>()?,
        unit: parse_label("unit", &row.unit)?,
        locale: row.locale.parse()?,
    })
}

/// Addresses that belong to somebody else who is already known and not in this file under a new address.
async fn clashes(app: &App, people: &[(u64, Employee)]) -> Result<Vec<RowError>, Error> {
    let known = app.store.employees().await?;
    let owners: HashMap<&Email, &ExternalId> = known
        .iter()
        .map(|person| (&person.email, &person.external_id))
        .collect();
    let clash = people.iter().filter(|(_, person)| {
        owners
            .get(&person.email)
            .is_some_and(|owner| **owner != person.external_id)
    });
    let problem = || {
        Invalid::new(
            "email",
            "This address belongs to somebody with another external id.",
        )
    };
    Ok(clash
        .map(|(line, _)| RowError {
            line: *line,
            problem: problem(),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "external_id,name,email,unit,locale\n";

    fn import(rows: &str) -> Result<Vec<(u64, Employee)>, Vec<RowError>> {
        parse(format!("{HEADER}{rows}").as_bytes(), || {
            SubjectId::from_random([7; 16])
        })
    }

    #[test]
    fn a_good_file_is_read_with_its_lines() {
        let people = import("E1,\"Osterkamp, Marit\",marit@b.example,Design,de\nE2,R. Brandt,r@b.example,Design,en\n").unwrap();
        assert_eq!(people.len(), 2);
        assert_eq!(people[0].1.name, "Osterkamp, Marit");
        assert_eq!(people[1].0, 3);
    }

    #[test]
    fn every_bad_row_is_named_with_its_line() {
        let errors = import("E1,A,a@b.example,U,en\n,B,b@b.example,U,en\nE3,C,nope,U,en\nE4,D,d@b.example,U,it\nE5,E\nE1,F,f@b.example,U,en\nE7,G,a@b.example,U,en\n").unwrap_err();
        let found: Vec<_> = errors
            .iter()
            .map(|error| (error.line, error.problem.field))
            .collect();
        assert_eq!(
            found,
            [
                (3, "external_id"),
                (4, "email"),
                (5, "locale"),
                (6, "row"),
                (7, "external_id"),
                (8, "email")
            ]
        );
    }

    #[test]
    fn a_missing_or_doubled_column_is_named() {
        let errors = parse(b"external_id,name,email,unit\nE1,A,a@b.example,U\n", || {
            SubjectId::from_random([0; 16])
        })
        .unwrap_err();
        assert_eq!(errors[0].line, 1);
        assert!(errors[0].problem.message.contains("locale"));
        assert!(parse(b"", || SubjectId::from_random([0; 16])).is_err());
        assert!(
            parse(b"external_id,name,email,unit,locale,name\n", || {
                SubjectId::from_random([0; 16])
            })
            .is_err()
        );
    }

    #[test]
    fn quotes_over_lines_keep_the_count() {
        let errors = import("E1,\"A\nB\",a@b.example,U,en\nE2,C,nope,U,en\n").unwrap_err();
        assert_eq!(
            errors.iter().map(|error| error.line).collect::<Vec<_>>(),
            [2, 4]
        );
    }
}
