//! The people who are there whatever the seed: two employees and one holder of each role.
//!
//! To give somebody a part: one more member here, and a story in `script.rs` if the temper is `Scripted`.

use super::company::{Temper, UNITS};
use crate::domain::account::Role;
use crate::domain::employee::Locale;

/// Somebody who is always there.
pub(super) struct Part {
    pub(super) id: &'static str,
    pub(super) given: &'static str,
    pub(super) family: &'static str,
    pub(super) unit: &'static str,
    pub(super) locale: Locale,
    pub(super) role: Option<Role>,
    pub(super) temper: Temper,
}

/// Position of Marit Osterkamp among the people: the main employee.
pub(super) const MARIT: usize = 0;
/// Position of Teodor Halvard: the second employee, in Customer Support, who reads German.
pub(super) const TEODOR: usize = 1;

pub(super) const CAST: [Part; 7] = [
    Part {
        id: "BW-1042",
        given: "Marit",
        family: "Osterkamp",
        unit: UNITS[0],
        locale: Locale::En,
        role: None,
        temper: Temper::Scripted,
    },
    Part {
        id: "BW-1107",
        given: "Teodor",
        family: "Halvard",
        unit: UNITS[3],
        locale: Locale::De,
        role: None,
        temper: Temper::Scripted,
    },
    Part {
        id: "BW-1013",
        given: "Henrike",
        family: "Vossbeck",
        unit: UNITS[5],
        locale: Locale::De,
        role: Some(Role::Publisher),
        temper: Temper::PointerOnly,
    },
    Part {
        id: "BW-1009",
        given: "Aldo",
        family: "Brennecke",
        unit: UNITS[5],
        locale: Locale::En,
        role: Some(Role::PrivacyOfficer),
        temper: Temper::Refuses,
    },
    Part {
        id: "BW-1031",
        given: "Solveig",
        family: "Karstaad",
        unit: UNITS[1],
        locale: Locale::En,
        role: Some(Role::Representative),
        temper: Temper::Refuses,
    },
    Part {
        id: "BW-1058",
        given: "Clémence",
        family: "Arbogaste",
        unit: UNITS[5],
        locale: Locale::Fr,
        role: Some(Role::Auditor),
        temper: Temper::Silent,
    },
    Part {
        id: "BW-1076",
        given: "Mihail",
        family: "Dragostin",
        unit: UNITS[4],
        locale: Locale::En,
        role: Some(Role::Operator),
        temper: Temper::Open,
    },
];
