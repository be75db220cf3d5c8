//! Properties: what is said about the person, the deed or the kind of data in a question, beyond their names. A caller
//! sends them with a check; some are stored here. Conditions read them (`condition.rs`).

use core::str::FromStr;
use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::invalid::Invalid;
use super::line::is_plain;

/// A value that can be compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Literal {
    /// `true` or `false`.
    Flag(bool),
    /// A whole number that every JSON reader keeps exactly.
    Number(i64),
    /// 1 to 100 characters on one line.
    Text(String),
}

/// A value as somebody says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// `true` or `false`.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// A text.
    Text(Cow<'a, str>),
    /// A list, an object, a fraction, a number without end: equal to nothing.
    Other,
}

/// Named values of one thing. A name stands once; `null` is not said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Properties<'a>(pub Vec<(Cow<'a, str>, Value<'a>)>);

/// What one source says about person, deed and kind of data.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// About the person.
    pub subject: &'a Properties<'a>,
    /// About what is to be done.
    pub action: &'a Properties<'a>,
    /// About the kind of data.
    pub resource: &'a Properties<'a>,
}

/// Nothing is said.
pub static NOTHING: Properties<'static> = Properties(Vec::new());

impl Given<'_> {
    /// Says nothing.
    pub const NOTHING: Given<'static> = Given {
        subject: &NOTHING,
        action: &NOTHING,
        resource: &NOTHING,
    };
}

impl<'a> Properties<'a> {
    /// What is said under `name`.
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        let mut found = self.0.iter().filter(|(known, _)| known == name);
        found.next().map(|(_, value)| value)
    }
}

impl Literal {
    const MAX_NUMBER: i64 = (1 << 53) - 1;
    const MAX_TEXT: usize = 100;

    /// Whether this is a value that can be kept.
    ///
    /// # Errors
    /// When it is too large, too long or more than a line.
    pub fn check(&self) -> Result<(), Invalid> {
        let good = match self {
            Self::Flag(_) => true,
            Self::Number(number) => number.unsigned_abs() <= Self::MAX_NUMBER.unsigned_abs(),
            Self::Text(text) => {
                (1..=Self::MAX_TEXT).contains(&text.chars().count()) && is_plain(text)
            }
        };
        let hint = "Use true, false, a whole number, or 1 to 100 characters on one line.";
        good.then_some(())
            .ok_or_else(|| Invalid::new("value", hint))
    }

    /// The same, as something said.
    pub fn said(&self) -> Value<'_> {
        match self {
            Self::Flag(flag) => Value::Flag(*flag),
            Self::Number(number) => Value::Number(*number),
            Self::Text(text) => Value::Text(Cow::Borrowed(text)),
        }
    }
}

/// As it is typed: `true`, `false` and whole numbers are themselves, everything else is a text.
impl FromStr for Literal {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let literal = match text {
            "true" => Self::Flag(true),
            "false" => Self::Flag(false),
            _ => match text.parse() {
                Ok(number) => Self::Number(number),
                Err(_) => Self::Text(text.to_owned()),
            },
        };
        literal.check()?;
        Ok(literal)
    }
}

impl From<Literal> for Value<'_> {
    fn from(literal: Literal) -> Self {
        match literal {
            Literal::Flag(flag) => Self::Flag(flag),
            Literal::Number(number) => Self::Number(number),
            Literal::Text(text) => Self::Text(Cow::Owned(text)),
        }
    }
}

impl core::fmt::Display for Literal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}
