//! Reads the fields of a JSON object one by one, so that an error names the field, and never repeats its value.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::domain::invalid::Invalid;

/// The fields of one object.
pub struct Fields<'a>(pub &'a Map<String, Value>);

impl Fields<'_> {
    /// A text, if it is there. `null` is not there.
    ///
    /// # Errors
    /// When it is something else.
    pub fn text(&self, name: &'static str) -> Result<Option<&str>, Invalid> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Invalid::new(name, "Give a text.")),
        }
    }

    /// A text that has to be there and to be one of ours.
    ///
    /// # Errors
    /// When it is not.
    pub fn parsed<T: FromStr<Err = Invalid>>(&self, name: &'static str) -> Result<T, Invalid> {
        let text = self.text(name)?.ok_or_else(|| missing(name))?;
        // The type names itself; the field may have another name.
        text.parse()
            .map_err(|invalid: Invalid| Invalid::new(name, invalid.message))
    }

    /// A moment that has to be there.
    ///
    /// # Errors
    /// When it is not one.
    pub fn moment(&self, name: &'static str) -> Result<DateTime<Utc>, Invalid> {
        let text = self.text(name)?.ok_or_else(|| missing(name))?;
        let moment = DateTime::parse_from_rfc3339(text);
        let hint = "Give a time as in RFC 3339, for example 2026-11-23T08:00:00Z.";
        moment
            .map(|moment| moment.to_utc())
            .map_err(|_| Invalid::new(name, hint))
    }

    /// A whole number from 0, if it is there.
    ///
    /// # Errors
    /// When it is something else.
    pub fn count(&self, name: &'static str) -> Result<Option<u64>, Invalid> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => {
                let count = value.as_u64();
                count
                    .map(Some)
                    .ok_or_else(|| Invalid::new(name, "Give a whole number from 0."))
            }
        }
    }
}

/// The error for a field that has to be there.
pub fn missing(name: &'static str) -> Invalid {
    Invalid::new(name, "Give this field.")
}
