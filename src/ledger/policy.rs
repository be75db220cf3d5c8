//! Trust policies (C2SP tlog-policy): which logs and witnesses count, and how many of them it takes.
//!
//! A works council or an auditor writes such a file once and checks every receipt against it; the server judges by one
//! whether a checkpoint is *witnessed*. A key of a type that is not read here may stand in a policy, but never signs:
//! a quorum that needs it is not met, which is never an error. A new kind of line is an arm in [`Policy::parse`].

use super::checkpoint::{Signed, Witnessed, decimal};
use super::key::{Algorithm, KeyError, VerifierKey};

/// A log or witness, with where to reach it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its key; a log's has the log's origin for a name.
    pub key: VerifierKey,
    /// Its address, if the policy says one: for a witness, the submission prefix.
    pub url: Option<String>,
}

/// Whom to believe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<Listed>,
    rules: Vec<(String, Rule)>,
    /// Which rule must be met; none: any checkpoint of a listed log will do.
    quorum: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    Witness(Box<Listed>),
    /// Members are rules that stand before this one, so that there are no circles.
    Group {
        needed: usize,
        members: Vec<usize>,
    },
}

/// Why a policy is refused: the line, counted from 1, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Longer than [`Policy::MAX_BYTES`].
    #[error("the policy is longer than {max} bytes", max = Policy::MAX_BYTES)]
    TooLong,
    /// A line that cannot be used.
    #[error("line {0} of the policy: {1}")]
    Line(usize, Flaw),
    /// No quorum line, so that it is not said how many witnesses it takes.
    #[error("the policy has no quorum line; write `quorum none` if no witness is needed")]
    NoQuorum,
}

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// A control character other than tab.
    #[error("it has a control character in it")]
    Control,
    /// Not a line of these files.
    #[error("write log, witness, group or quorum with what belongs to it, or # before a comment")]
    Shape,
    /// The key cannot be used.
    #[error("{0}")]
    Key(#[from] KeyError),
    /// A witness's key for a log, or the other way round.
    #[error("this type of key is not for that: logs sign with type 01, witnesses with type 04")]
    Kind,
    /// The same public key twice, perhaps under another name.
    #[error("this key stands in the policy already")]
    KeyTwice,
    /// A name twice, or `none`, which is taken.
    #[error("this name is taken")]
    NameTaken,
    /// A name that no line before defines.
    #[error("a name in it is not defined by a line before")]
    Undefined,
    /// A member of two groups would count twice.
    #[error("a name in it is a member of a group already")]
    MemberTwice,
    /// More members needed than there are, or none.
    #[error("the number of members needed is all, any, or from 1 to how many there are")]
    Threshold,
    /// A second quorum.
    #[error("there is a quorum line already")]
    QuorumTwice,
    /// More than [`Policy::MAX_RULES`] logs, or witnesses and groups.
    #[error("the policy has too many lines of this kind")]
    TooMany,
}

impl Policy {
    /// Longest policy, in bytes: room for keys of a post-quantum kind.
    pub const MAX_BYTES: usize = 256 * 1024;
    /// Most logs, and most witnesses and groups.
    pub const MAX_RULES: usize = 128;

    /// Reads a policy.
    ///
    /// # Errors
    /// The first line that does not fit.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        if text.len() > Self::MAX_BYTES {
            return Err(PolicyError::TooLong);
        }
        let mut draft = Draft::default();
        for (at, line) in text.split('\n').enumerate() {
            let flawed = |flaw| PolicyError::Line(at + 1, flaw);
            draft.line(line).map_err(flawed)?;
        }
        let quorum = match draft.quorum.ok_or(PolicyError::NoQuorum)? {
            Quorum::None => None,
            Quorum::Rule(rule) => Some(rule),
        };
        Ok(Self {
            logs: draft.logs,
            rules: draft.rules,
            quorum,
        })
    }

    /// The logs.
    pub fn logs(&self) -> &[Listed] {
        &self.logs
    }

    /// The witnesses, whether or not the quorum needs them.
    pub fn witnesses(&self) -> impl Iterator<Item = &Listed> {
        self.rules.iter().filter_map(|(_, rule)| match rule {
            Rule::Witness(listed) => Some(&**listed),
            Rule::Group { .. } => None,
        })
    }

    /// Every key of the policy: what to open checkpoints with (`Checkpoint::open`).
    pub fn keys(&self) -> Vec<VerifierKey> {
        let listed = self.logs.iter().chain(self.witnesses());
        listed.map(|listed| listed.key.clone()).collect()
    }

    /// Whether no witness is needed at all (`quorum none`).
    pub const fn is_none(&self) -> bool {
        self.quorum.is_none()
    }

    /// Whether the witnesses of a checkpoint that was opened with [`Self::keys`] are enough.
    pub fn is_met_by(&self, signed: &Signed) -> bool {
        let Some(quorum) = self.quorum else {
            return true;
        };
        let mut met = Vec::with_capacity(self.rules.len());
        for (_, rule) in &self.rules {
            met.push(match rule {
                Rule::Witness(listed) => signed.witnesses.iter().any(|w| is_by(w, &listed.key)),
                Rule::Group { needed, members } => {
                    let count = members.iter().filter(|member| met[**member]).count();
                    count >= *needed
                }
            });
        }
        met.get(quorum).copied().unwrap_or(false)
    }
}

fn is_by(witness: &Witnessed, key: &VerifierKey) -> bool {
    witness.name == key.name() && witness.key == key.id()
}

/// A policy as far as it was read.
#[derive(Default)]
struct Draft {
    logs: Vec<Listed>,
    rules: Vec<(String, Rule)>,
    grouped: Vec<usize>,
    quorum: Option<Quorum>,
}

enum Quorum {
    None,
    Rule(usize),
}

impl Draft {
    fn line(&mut self, line: &str) -> Result<(), Flaw> {
        if line.chars().any(|c| c != '\t' && c.is_ascii_control()) {
            return Err(Flaw::Control);
        }
        // Space and tab only: other white space of Unicode is part of a name.
        let words: Vec<&str> = line.split([' ', '\t']).filter(|w| !w.is_empty()).collect();
        match words.as_slice() {
            [] => Ok(()),
            [first, ..] if first.starts_with('#') => Ok(()),
            ["log", key] => self.log(key, None),
            ["log", key, url] => self.log(key, Some(url)),
            ["witness", name, key] => self.witness(name, key, None),
            ["witness", name, key, url] => self.witness(name, key, Some(url)),
            ["group", name, needed, members @ ..] if !members.is_empty() => {
                self.group(name, needed, members)
            }
            ["quorum", name] => self.quorum(name),
            _ => Err(Flaw::Shape),
        }
    }

    fn log(&mut self, key: &str, url: Option<&&str>) -> Result<(), Flaw> {
        let key: VerifierKey = key.parse()?;
        if key.algorithm() == Algorithm::Cosignature {
            return Err(Flaw::Kind);
        }
        unseen(&key, self.logs.iter())?;
        room(self.logs.len())?;
        self.logs.push(listed(key, url));
        Ok(())
    }

    fn witness(&mut self, name: &str, key: &str, url: Option<&&str>) -> Result<(), Flaw> {
        let key: VerifierKey = key.parse()?;
        if key.algorithm() == Algorithm::Ed25519 {
            return Err(Flaw::Kind);
        }
        let known = self.rules.iter().filter_map(|(_, rule)| match rule {
            Rule::Witness(listed) => Some(&**listed),
            Rule::Group { .. } => None,
        });
        unseen(&key, known)?;
        self.define(name, Rule::Witness(Box::new(listed(key, url))))
    }

    fn group(&mut self, name: &str, needed: &str, names: &[&str]) -> Result<(), Flaw> {
        let mut members = Vec::with_capacity(names.len());
        for member in names {
            let member = self.find(member)?;
            if self.grouped.contains(&member) {
                return Err(Flaw::MemberTwice);
            }
            self.grouped.push(member);
            members.push(member);
        }
        let needed = match needed {
            "all" => members.len(),
            "any" => 1,
            number => decimal(number)
                .and_then(|number| usize::try_from(number).ok())
                .filter(|number| (1..=members.len()).contains(number))
                .ok_or(Flaw::Threshold)?,
        };
        self.define(name, Rule::Group { needed, members })
    }

    fn quorum(&mut self, name: &str) -> Result<(), Flaw> {
        if self.quorum.is_some() {
            return Err(Flaw::QuorumTwice);
        }
        self.quorum = Some(match name {
            "none" => Quorum::None,
            name => Quorum::Rule(self.find(name)?),
        });
        Ok(())
    }

    fn find(&self, name: &str) -> Result<usize, Flaw> {
        let found = self.rules.iter().position(|(known, _)| known == name);
        found.ok_or(Flaw::Undefined)
    }

    fn define(&mut self, name: &str, rule: Rule) -> Result<(), Flaw> {
        if name == "none" || self.find(name).is_ok() {
            return Err(Flaw::NameTaken);
        }
        room(self.rules.len())?;
        self.rules.push((name.to_owned(), rule));
        Ok(())
    }
}

fn listed(key: VerifierKey, url: Option<&&str>) -> Listed {
    let url = url.map(|url| (*url).to_owned());
    Listed { key, url }
}

fn unseen<'l>(key: &VerifierKey, mut known: impl Iterator<Item = &'l Listed>) -> Result<(), Flaw> {
    if known.any(|listed| listed.key.is_same_key(key)) {
        return Err(Flaw::KeyTwice);
    }
    Ok(())
}

const fn room(taken: usize) -> Result<(), Flaw> {
    if taken < Policy::MAX_RULES {
        Ok(())
    } else {
        Err(Flaw::TooMany)
    }
}

#[cfg(test)]
#[path = "policy_tests.rs"]
mod tests;
