//! Conditions: what narrows a yes. "Only if it is masked", "only in these apps", "only in these hours".
//!
//! A condition belongs to the choice and to its statement in the ledger. It holds only where that is known: what nobody
//! says, what is said in two ways, and what cannot be read does not hold. So what a caller sends can only narrow, and
//! what is stored here wins. To add a kind: a variant, its arms below, and a word for the clients, which treat a
//! condition that they do not know as a no.

use core::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::attribute::Attribute;
use super::hours::Hours;
use super::invalid::Invalid;
use super::line::is_plain;
use super::property::{Given, Literal, Value};
use super::standing::Reason;

/// One narrowing condition. In JSON an object with one name: `{"only_if":{"attribute":"action.masked","equals":true}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Only in these apps, at least one; a case that names no app is none of them.
    Apps(Vec<String>),
    /// Only in these hours of the week.
    Hours(Hours),
    /// Not if anybody says that the attribute has this value.
    NotIf(Test),
    /// Only if somebody says that the attribute has this value, and nobody says another.
    OnlyIf(Test),
}

/// A comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Test {
    // In alphabetical order, as in the ledger's `wire.rs`.
    /// What is compared.
    pub attribute: Attribute,
    /// With what.
    pub equals: Literal,
}

/// The conditions of one choice, all of which have to hold. None: the yes is a whole one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<Condition>", into = "Vec<Condition>")]
pub struct Conditions(Vec<Condition>);

/// The yes is a whole one.
pub static WHOLE: Conditions = Conditions::NONE;

/// The case that is judged.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    /// In which app.
    pub app: Option<&'a str>,
    /// What the caller says.
    pub caller: Given<'a>,
    /// What is stored here.
    pub stored: Given<'a>,
}

impl<'a> Circumstances<'a> {
    /// Of which nothing but the app is known.
    pub const fn in_app(app: Option<&'a str>) -> Self {
        Self {
            app,
            caller: Given::NOTHING,
            stored: Given::NOTHING,
        }
    }
}

impl Conditions {
    /// The yes is a whole one.
    pub const NONE: Self = Self(Vec::new());
    /// Most conditions on one choice.
    pub const MAX: usize = 16;
    /// Most apps in one condition.
    pub const MAX_APPS: usize = 50;

    /// The conditions.
    pub fn as_slice(&self) -> &[Condition] {
        &self.0
    }

    /// Whether the yes is a whole one.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of them changes with the time of day.
    pub fn depend_on_time(&self) -> bool {
        self.0
            .iter()
            .any(|condition| matches!(condition, Condition::Hours(_)))
    }

    /// Judges them in `around` at `at`: since when the hour has been right, where that matters.
    ///
    /// # Errors
    /// Why it does not hold: `app_excluded` for apps. The contract has no reason of its own for the others; they say
    /// `no_choice`, because in that case nothing was said yes to.
    pub fn judge(
        &self,
        around: &Circumstances<'_>,
        at: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, Reason> {
        let mut since = None;
        for condition in &self.0 {
            match condition {
                Condition::Apps(apps) => {
                    let named = around
                        .app
                        .is_some_and(|app| apps.iter().any(|known| known == app));
                    named.then_some(()).ok_or(Reason::AppExcluded)?;
                }
                Condition::Hours(hours) => {
                    let began = hours.since(at).ok_or(Reason::NoChoice)?;
                    since = since.max(Some(began));
                }
                Condition::OnlyIf(test) => {
                    test.only_if(around).then_some(()).ok_or(Reason::NoChoice)?;
                }
                Condition::NotIf(test) => {
                    test.not_if(around).then_some(()).ok_or(Reason::NoChoice)?;
                }
            }
        }
        Ok(since)
    }
}

impl Test {
    fn only_if(&self, around: &Circumstances<'_>) -> bool {
        let equals = self.equals.said();
        let mut said = self.said(around).peekable();
        said.peek().is_some() && said.all(|value| *value == equals)
    }

    fn not_if(&self, around: &Circumstances<'_>) -> bool {
        let equals = self.equals.said();
        self.said(around)
            .all(|value| *value != equals && *value != Value::Other)
    }

    fn said<'a>(&'a self, around: &'a Circumstances<'a>) -> impl Iterator<Item = &'a Value<'a>> {
        let stored = self.attribute.of(&around.stored);
        stored.into_iter().chain(self.attribute.of(&around.caller))
    }
}

impl TryFrom<Vec<Condition>> for Conditions {
    type Error = Invalid;

    fn try_from(conditions: Vec<Condition>) -> Result<Self, Invalid> {
        let invalid = |message| Invalid::new("conditions", message);
        if conditions.len() > Self::MAX {
            return Err(invalid("Use at most 16 conditions."));
        }
        for condition in &conditions {
            match condition {
                Condition::Apps(apps) => {
                    let good = |app: &String| (1..=100).contains(&app.len()) && is_plain(app);
                    if !(1..=Self::MAX_APPS).contains(&apps.len()) || !apps.iter().all(good) {
                        return Err(invalid("Name 1 to 50 apps, each in 1 to 100 characters."));
                    }
                }
                Condition::Hours(_) => {}
                Condition::OnlyIf(test) | Condition::NotIf(test) => test.equals.check()?,
            }
        }
        Ok(Self(conditions))
    }
}

impl From<Conditions> for Vec<Condition> {
    fn from(conditions: Conditions) -> Self {
        conditions.0
    }
}

/// In words, to go on after a yes: "only if action.masked is true".
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Apps(apps) => write!(f, "only in {}", apps.join(", ")),
            Self::Hours(hours) => write!(f, "only {hours}"),
            Self::OnlyIf(test) => write!(f, "only if {} is {}", test.attribute, test.equals),
            Self::NotIf(test) => write!(f, "not if {} is {}", test.attribute, test.equals),
        }
    }
}

impl fmt::Display for Conditions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, condition) in self.0.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { "; " })?;
            write!(f, "{condition}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "condition_tests.rs"]
mod tests;
