//! The agents of the company: what captures and what keeps.
//!
//! To add one: an entry in [`AGENTS`]. A collector then runs by itself; a store answers tasks for its datasets.

use super::programmes::{
    ARCHIVE, DESK, LAKE, MCI, MCI_CATEGORIES, SUPPORT_CATEGORIES, SUPPORT_REVIEW, ids,
};
use crate::app::agents::NewAgent;
use crate::cli::Failure;
use crate::domain::agent::AgentKind;
use crate::domain::dialect::Dialect;
use crate::domain::invalid::Invalid;

/// An agent of the company.
pub(super) struct Agent {
    pub(super) name: &'static str,
    pub(super) kind: AgentKind,
    pub(super) program: &'static str,
    /// Empty: all of the programme's.
    pub(super) categories: &'static [&'static str],
    pub(super) runs_on: &'static str,
}

/// Every agent. The first one is run by nobody: its key is for whoever wants to try the API.
pub(super) const AGENTS: [Agent; 8] = [
    Agent {
        name: "test-collector",
        kind: AgentKind::Collector,
        program: MCI,
        categories: &[],
        runs_on: "A test machine of the IT department, switched on by hand",
    },
    Agent {
        name: "desk-pointer",
        kind: AgentKind::Collector,
        program: MCI,
        categories: &["mouse_movement", "click_location"],
        runs_on: "Work computers, as the pointer service",
    },
    Agent {
        name: "desk-keyboard",
        kind: AgentKind::Collector,
        program: MCI,
        categories: &["keystrokes"],
        runs_on: "Work computers, as the keyboard service",
    },
    Agent {
        name: "desk-screen",
        kind: AgentKind::Collector,
        program: MCI,
        categories: &["screen_content"],
        runs_on: "Work computers, as the screen service",
    },
    Agent {
        name: "call-recorder",
        kind: AgentKind::Collector,
        program: SUPPORT_REVIEW,
        categories: &[],
        runs_on: "The support desk's computers, while a call is open",
    },
    Agent {
        name: LAKE,
        kind: AgentKind::Store,
        program: MCI,
        categories: &[],
        runs_on: "The research department's servers in building C",
    },
    Agent {
        name: ARCHIVE,
        kind: AgentKind::Store,
        program: MCI,
        categories: &[],
        runs_on: "The tape library in the basement of building A",
    },
    Agent {
        name: DESK,
        kind: AgentKind::Store,
        program: SUPPORT_REVIEW,
        categories: &[],
        runs_on: "The support team's own server",
    },
];

impl Agent {
    /// As the verb takes it.
    pub(super) fn new_agent(&self) -> Result<NewAgent, Failure> {
        let categories = ids(self.categories);
        let parsed = || -> Result<NewAgent, Invalid> {
            Ok(NewAgent {
                name: self.name.parse()?,
                kind: self.kind,
                programs: vec![self.program.parse()?],
                categories: categories?,
                units: Vec::new(),
                dialect: Dialect::default(),
                runs_on: self.runs_on.to_owned(),
            })
        };
        parsed().map_err(|invalid| Failure(invalid.to_string()))
    }

    /// The categories that it captures, the programme's where it names none itself.
    pub(super) fn captures(&self) -> &'static [&'static str] {
        match (self.categories.is_empty(), self.program) {
            (false, _) => self.categories,
            (true, MCI) => &MCI_CATEGORIES,
            (true, _) => &SUPPORT_CATEGORIES,
        }
    }
}
