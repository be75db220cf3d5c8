//! Dialects: the words in which an agent asks. AuthZEN leaves types and action names to the parties; an enforcement
//! point that speaks other words than ours works unchanged if its words are registered with it.

use serde::{Deserialize, Serialize};

use super::invalid::Invalid;

/// An agent's words. Read from a file (TOML) when it is registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Dialect {
    /// The subject type that means an employee.
    pub subject: String,
    /// The resource type that means a kind of data.
    pub resource: String,
    /// The action's name; the programme stands in its property `program`. `None`: the action's name is the programme.
    pub action: Option<String>,
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            subject: "employee".to_owned(),
            resource: "data_category".to_owned(),
            action: Some("collect".to_owned()),
        }
    }
}

/// A vocabulary as its file has it: `subject = "user"`, `resource = "record"`, and `action = "capture"` or
/// `action_is_program = true`. What is left out is ours.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vocabulary {
    subject: Option<String>,
    resource: Option<String>,
    action: Option<String>,
    #[serde(default)]
    action_is_program: bool,
}

impl Dialect {
    /// From a vocabulary.
    ///
    /// # Errors
    /// When a word is empty or too long, or the action is named in two ways.
    pub fn of(file: Vocabulary) -> Result<Self, Invalid> {
        let hint = "Write subject, resource and action as words of 1 to 100 characters, or action_is_program = true.";
        let invalid = || Invalid::new("vocabulary", hint);
        let ours = Self::default();
        let dialect = Self {
            subject: file.subject.unwrap_or(ours.subject),
            resource: file.resource.unwrap_or(ours.resource),
            action: match (file.action, file.action_is_program) {
                (None, true) => None,
                (Some(_), true) => return Err(invalid()),
                (action, false) => action.or(ours.action),
            },
        };
        let words = [
            Some(&dialect.subject),
            Some(&dialect.resource),
            dialect.action.as_ref(),
        ];
        let good = |word: &&String| (1..=100).contains(&word.len());
        let all = words.iter().flatten().all(good);
        all.then_some(dialect).ok_or_else(invalid)
    }

    /// The programme that an action of this name and property is for; an empty word, which is no programme, where it
    /// is none.
    pub fn program<'a>(&self, name: &'a str, property: Option<&'a str>) -> &'a str {
        match &self.action {
            None => name,
            Some(action) if action == name => property.unwrap_or_default(),
            Some(_) => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<Dialect> {
        Dialect::of(serde_json::from_str(json).ok()?).ok()
    }

    #[test]
    fn what_is_left_out_is_ours() {
        assert_eq!(read("{}").unwrap(), Dialect::default());
        let theirs = read(r#"{"subject":"user","resource":"record","action_is_program":true}"#);
        let theirs = theirs.unwrap();
        assert_eq!(theirs.program("read", Some("mci")), "read");
        assert_eq!(
            (theirs.subject.as_str(), theirs.resource.as_str()),
            ("user", "record")
        );
        let renamed = read(r#"{"action":"capture"}"#).unwrap();
        assert_eq!(renamed.program("capture", Some("mci")), "mci");
        assert_eq!(renamed.program("collect", Some("mci")), "");
    }

    #[test]
    fn what_is_no_vocabulary_is_refused() {
        for bad in [
            r#"{"subject":""}"#,
            r#"{"subject":7}"#,
            r#"{"who":"user"}"#,
            r#"{"action":"capture","action_is_program":true}"#,
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
