//! Who works at Brackwater Instruments: seven people who always do, and the rest drawn from the seed.

use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use rand::{RngExt as _, SeedableRng as _};

use super::cast::CAST;
use super::names::{GROUPS, in_address};
use crate::cli::Failure;
use crate::domain::account::Role;
use crate::domain::employee::{ExternalId, Locale};

/// How many people there are.
pub const SIZE: usize = 60;

/// Where they work.
pub const UNITS: [&str; 6] = [
    "Instrument Design",
    "Calibration Laboratory",
    "Production",
    "Customer Support",
    "Information Technology",
    "People and Finance",
];

/// The unit whose calls are reviewed.
pub(super) const SUPPORT: &str = UNITS[3];

/// What somebody makes of being asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Temper {
    /// Never answers.
    Silent,
    /// Says no to everything.
    Refuses,
    /// Says yes to where the pointer goes, no to what is typed and shown.
    PointerOnly,
    /// Says yes to everything.
    Open,
    /// Says yes and takes it back.
    Wavers,
    /// Has a story of their own in the plan.
    Scripted,
}

/// One person of the company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// HR number.
    pub id: ExternalId,
    /// Full name.
    pub name: String,
    /// Work address.
    pub email: String,
    /// One of [`UNITS`].
    pub unit: &'static str,
    /// Language of notices.
    pub locale: Locale,
    /// Hat on top of being an employee.
    pub role: Option<Role>,
    /// Whether the demo prints a password for this account.
    pub signs_in: bool,
    /// What they make of being asked.
    pub temper: Temper,
}

/// How the people outside the cast are spread over the tempers.
const TEMPERS: [(Temper, usize); 5] = [
    (Temper::Silent, 11),
    (Temper::Refuses, 14),
    (Temper::PointerOnly, 16),
    (Temper::Open, 7),
    (Temper::Wavers, 5),
];

/// Everybody, the cast first. The same seed gives the same people.
///
/// # Errors
/// When a name makes no address or id, which a test rules out.
pub fn people(seed: u64) -> Result<Vec<Person>, Failure> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut people = Vec::with_capacity(SIZE);
    for part in &CAST {
        people.push(Person {
            id: id(part.id)?,
            name: format!("{} {}", part.given, part.family),
            email: email(part.given, part.family),
            unit: part.unit,
            locale: part.locale,
            role: part.role,
            signs_in: true,
            temper: part.temper,
        });
    }
    let mut names = Vec::new();
    for group in &GROUPS {
        let (mut given, mut family) = (group.given, group.family);
        given.shuffle(&mut rng);
        family.shuffle(&mut rng);
        let pairs = given.into_iter().zip(family);
        names.extend(pairs.map(|(given, family)| (given, family, group.locale)));
    }
    names.shuffle(&mut rng);
    let tempers = TEMPERS.iter();
    let mut tempers: Vec<Temper> = tempers
        .flat_map(|(temper, count)| std::iter::repeat_n(*temper, *count))
        .collect();
    tempers.shuffle(&mut rng);
    let mut number = 1110;
    for (index, ((given, family, locale), temper)) in names.into_iter().zip(tempers).enumerate() {
        number += rng.random_range(1..=9);
        people.push(Person {
            id: id(&format!("BW-{number}"))?,
            name: format!("{given} {family}"),
            email: email(given, family),
            unit: UNITS[index % UNITS.len()],
            locale,
            role: None,
            signs_in: false,
            temper,
        });
    }
    Ok(people)
}

/// The directory as the import takes it.
///
/// # Errors
/// When it cannot be written, which memory does not do.
pub(super) fn csv(people: &[Person]) -> Result<Vec<u8>, Failure> {
    let failed = |error: csv::Error| Failure(error.to_string());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = ["external_id", "name", "email", "unit", "locale"];
    writer.write_record(header).map_err(failed)?;
    for person in people {
        let Person {
            id,
            name,
            email,
            unit,
            locale,
            ..
        } = person;
        let row = [id.as_str(), name, email, unit, locale.tag()];
        writer.write_record(row).map_err(failed)?;
    }
    let written = writer.into_inner();
    written.map_err(|error| Failure(error.to_string()))
}

/// The one password of all accounts that the demo prints: three words and a number, readable aloud.
pub(super) fn password(seed: u64) -> String {
    const WORDS: [&str; 16] = [
        "anchor", "barley", "copper", "dune", "estuary", "ferry", "gauge", "harbour", "island",
        "jetty", "lantern", "marsh", "pebble", "rudder", "sextant", "tide",
    ];
    let mut rng = StdRng::seed_from_u64(!seed);
    let mut words = WORDS;
    words.shuffle(&mut rng);
    let number = rng.random_range(10..100);
    format!("{}-{}-{}-{number}", words[0], words[1], words[2])
}

fn id(text: &str) -> Result<ExternalId, Failure> {
    text.parse()
        .map_err(|invalid| Failure(format!("{invalid}")))
}

fn email(given: &str, family: &str) -> String {
    let (given, family) = (in_address(given), in_address(family));
    format!("{given}.{family}@brackwater.example")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::cast::{MARIT, TEODOR};
    use super::*;
    use crate::domain::account::NewPassword;
    use crate::domain::employee::Email;

    #[test]
    fn sixty_different_people_in_six_units_with_every_role() {
        for seed in 0..20 {
            let people = people(seed).unwrap();
            assert_eq!(people.len(), SIZE);
            let count =
                |key: fn(&Person) -> String| people.iter().map(key).collect::<HashSet<_>>().len();
            assert_eq!(count(|person| person.id.to_string()), SIZE);
            assert_eq!(count(|person| person.name.clone()), SIZE);
            assert_eq!(count(|person| person.email.clone()), SIZE);
            assert_eq!(count(|person| person.unit.to_owned()), UNITS.len());
            assert_eq!(count(|person| person.locale.tag().to_owned()), 4);
            for role in Role::ALL {
                assert!(people.iter().any(|person| person.role == Some(role)));
            }
            assert!(
                people
                    .iter()
                    .all(|person| person.email.parse::<Email>().is_ok())
            );
        }
    }

    #[test]
    fn the_seed_decides_who_they_are_and_the_cast_stays() {
        assert_eq!(people(1).unwrap(), people(1).unwrap());
        let (one, two) = (people(1).unwrap(), people(2).unwrap());
        assert_eq!(one[MARIT], two[MARIT]);
        assert_eq!(one[TEODOR].unit, SUPPORT);
        assert_ne!(one[CAST.len()..], two[CAST.len()..]);
    }

    #[test]
    fn the_password_may_be_set() {
        assert!((0..200).all(|seed| password(seed).parse::<NewPassword>().is_ok()));
        assert_ne!(password(1), password(2));
    }
}
