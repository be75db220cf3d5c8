//! Attributes: what a condition compares, and what is stored about an employee or a kind of data. Written with the
//! thing it belongs to: `subject.role`, `action.masked`, `resource.status`.

use core::fmt;
use core::str::FromStr;
use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::invalid::Invalid;
use super::property::{Given, Literal, Properties, Value};

/// What an attribute belongs to, in AuthZEN's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entity {
    /// The person about whom.
    Subject,
    /// What is to be done.
    Action,
    /// The kind of data.
    Resource,
}

/// A named attribute of one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Attribute {
    entity: Entity,
    name: String,
}

/// Attributes that are stored about one thing.
pub type Attributes = BTreeMap<String, Literal>;

/// Checks names and values.
///
/// # Errors
/// The first rule that one of them breaks.
pub fn check(attributes: &Attributes) -> Result<(), Invalid> {
    if !attributes.keys().all(|name| is_name(name)) {
        let hint = "Name attributes with 1 to 64 letters, digits, - and _.";
        return Err(Invalid::new("attributes", hint));
    }
    attributes.values().try_for_each(Literal::check)
}

/// The same, as something said.
pub fn said(attributes: &Attributes) -> Properties<'_> {
    let pair = |(name, value)| (Cow::Borrowed(String::as_str(name)), Literal::said(value));
    Properties(attributes.iter().map(pair).collect())
}

/// Whether `name` can name an attribute: 1 to 64 letters, digits, `-` and `_`.
pub fn is_name(name: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    (1..=64).contains(&name.len()) && name.bytes().all(letter)
}

impl Attribute {
    /// What a source says it is.
    pub fn of<'a>(&self, given: &Given<'a>) -> Option<&'a Value<'a>> {
        let properties = match self.entity {
            Entity::Subject => given.subject,
            Entity::Action => given.action,
            Entity::Resource => given.resource,
        };
        properties.get(&self.name)
    }
}

impl FromStr for Attribute {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = |message| Invalid::new("attribute", message);
        let entity = |word| match word {
            "subject" => Some(Entity::Subject),
            "action" => Some(Entity::Action),
            "resource" => Some(Entity::Resource),
            _ => None,
        };
        // They are a part of the question itself, and `apps` is the condition for the second.
        if ["action.program", "resource.app"].contains(&text) {
            return Err(invalid(
                "Programme and app are no attributes; for apps there is a condition.",
            ));
        }
        let parts = text.split_once('.').filter(|(_, name)| is_name(name));
        let found = parts.and_then(|(word, name)| Some((entity(word)?, name)));
        let hint = "Write subject., action. or resource. and a name of letters, digits, - and _.";
        found
            .map(|(entity, name)| Self {
                entity,
                name: name.to_owned(),
            })
            .ok_or_else(|| invalid(hint))
    }
}

impl TryFrom<String> for Attribute {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<Attribute> for String {
    fn from(attribute: Attribute) -> Self {
        attribute.to_string()
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entity = match self.entity {
            Entity::Subject => "subject",
            Entity::Action => "action",
            Entity::Resource => "resource",
        };
        write!(f, "{entity}.{}", self.name)
    }
}
