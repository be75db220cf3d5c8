//! What one person said last about one programme and category, in five bytes: a state, how recent the notice was, when.
//!
//! A million people with sixteen choices each have to fit into memory, so a moment is kept in quarters of a second,
//! rounded up: what has held "since" is never told to have held longer than it did. Exact times are in the database.

use chrono::{DateTime, Utc};

use crate::domain::choice::ChoiceState;
use crate::domain::standing::{Last, MaterialChange};

/// 2020-01-01T00:00:00Z in Unix milliseconds: where the quarters are counted from. They last until 2054.
const BEGINNING: i64 = 1_577_836_800_000;
/// Milliseconds in a quarter of a second.
const QUARTER: i64 = 250;
/// Says that the notice's version stands beside the table, because it has no number here.
const BESIDE: u8 = 31;

/// One choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Cell {
    /// State plus one in the three low bits, 0 for none; above it how many material versions the notice had seen.
    said: u8,
    at: [u8; 4],
}

/// A choice, and whether something about it has to be kept beside its cell.
pub(super) enum Packed {
    /// The cell says everything.
    Whole(Cell),
    /// The version has to be kept beside it.
    Beside(Cell),
}

impl Cell {
    /// Packs a choice. `material`: material versions of the notice, oldest first.
    pub(super) fn pack(last: &Last, material: &[MaterialChange]) -> Packed {
        let seen = material.partition_point(|change| change.version <= last.notice_version);
        let state = ChoiceState::ALL
            .iter()
            .position(|state| *state == last.state);
        let state = state.and_then(|state| u8::try_from(state + 1).ok());
        let millis = last.at.timestamp_micros().div_euclid(1000)
            + i64::from(last.at.timestamp_micros().rem_euclid(1000) > 0);
        let quarters = (millis - BEGINNING).max(0);
        let quarters = quarters / QUARTER + i64::from(quarters % QUARTER > 0);
        let at = u32::try_from(quarters).unwrap_or(u32::MAX).to_le_bytes();
        let cell = |seen: u8| Self {
            said: state.unwrap_or_default() | seen << 3,
            at,
        };
        match u8::try_from(seen) {
            Ok(seen) if seen < BESIDE => Packed::Whole(cell(seen)),
            _ => Packed::Beside(cell(BESIDE)),
        }
    }

    /// What was said; `None` for nothing. The version is one that stands in the same order to every material version as
    /// the one that was shown. `beside` finds the version that is kept beside the table.
    pub(super) fn last(
        self,
        material: &[MaterialChange],
        beside: impl FnOnce() -> Option<u32>,
    ) -> Option<Last> {
        let state = *ChoiceState::ALL.get(usize::from(self.said & 7).checked_sub(1)?)?;
        let notice_version = match self.said >> 3 {
            0 => 0,
            BESIDE => beside().unwrap_or_default(),
            seen => material
                .get(usize::from(seen) - 1)
                .map_or(0, |change| change.version),
        };
        Some(Last {
            state,
            at: self.at(),
            notice_version,
        })
    }

    fn at(self) -> DateTime<Utc> {
        let millis = BEGINNING + i64::from(u32::from_le_bytes(self.at)) * QUARTER;
        DateTime::from_timestamp_millis(millis).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn material(versions: &[u32]) -> Vec<MaterialChange> {
        let change = |version: &u32| MaterialChange {
            version: *version,
            effective_at: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
        };
        versions.iter().map(change).collect()
    }

    fn last(state: ChoiceState, millis: i64, notice_version: u32) -> Last {
        Last {
            state,
            at: DateTime::from_timestamp_micros(1_790_000_000_000_000 + millis * 1000).unwrap(),
            notice_version,
        }
    }

    #[test]
    fn an_empty_cell_says_nothing() {
        assert_eq!(Cell::default().last(&[], || None), None);
    }

    #[test]
    fn every_state_comes_back_and_no_moment_earlier_than_it_was() {
        for state in ChoiceState::ALL {
            for millis in [0, 1, 249, 250, 251, 999] {
                let said = last(state, millis, 0);
                let Packed::Whole(cell) = Cell::pack(&said, &[]) else {
                    panic!("nothing has to stand beside it")
                };
                let back = cell.last(&[], || None).unwrap();
                assert_eq!(back.state, state);
                assert!(back.at >= said.at && back.at - said.at < TimeDelta::milliseconds(250));
            }
        }
    }

    #[test]
    fn a_version_keeps_its_place_among_the_material_ones() {
        let known = material(&[2, 5, 9]);
        for version in 0..12 {
            let said = last(ChoiceState::Given, 0, version);
            let Packed::Whole(cell) = Cell::pack(&said, &known) else {
                panic!("three versions fit")
            };
            // More may have been published since.
            for later in [material(&[2, 5, 9]), material(&[2, 5, 9, 12, 13])] {
                let back = cell.last(&later, || None).unwrap();
                for change in &later {
                    assert_eq!(
                        change.version > back.notice_version,
                        change.version > version,
                        "{version} beside {}",
                        change.version
                    );
                }
            }
        }
    }

    #[test]
    fn a_version_beyond_thirty_material_ones_is_kept_beside() {
        let known = material(&(1..=40).collect::<Vec<_>>());
        let Packed::Beside(cell) = Cell::pack(&last(ChoiceState::Given, 0, 35), &known) else {
            panic!("35 does not fit")
        };
        let back = cell.last(&known, || Some(35)).unwrap();
        assert_eq!(back.notice_version, 35);
    }
}
