//! The demo's history as a list of steps: who did what when. Pure: the seed and the last moment decide everything.
//!
//! Nobody chooses between 9:00 and 17:35: collectors ask in the morning and deliver in the evening, so that a history
//! in days needs no second. What depends on an earlier step comes three days after it or later: days that fall on a
//! weekend move to the Friday before. To add an event: a variant of [`Act`], its time here, its verb in `history.rs`.

use chrono::{DateTime, NaiveDate, Utc};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::calendar::{Calendar, at};
use super::company::{Person, SUPPORT, Temper};
use super::notices::{Edition, HOURS_1, MCI_1, MCI_2, MCI_3, SUPPORT_1};
use super::programmes::{MCI, MCI_CATEGORIES, SUPPORT_CATEGORIES, SUPPORT_REVIEW};
use super::script;
use crate::domain::choice::Answer;

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Act {
    /// The privacy officer declares that the AI-training programme keeps less, and a copy.
    Amend,
    /// HR publishes a version, to count from that day or at once.
    Publish(&'static Edition, Option<NaiveDate>),
    /// Somebody is sent an invitation and does not open it.
    Invite { person: usize },
    /// Somebody says yes or no.
    Choose { person: usize, said: Said },
    /// Somebody has read a version.
    Acknowledge {
        person: usize,
        notice: &'static str,
        version: u32,
    },
    /// Every collector asks about everybody, and captures for the rest of the day where it may.
    Morning,
    /// Every collector delivers what it captured.
    Evening,
    /// A collector that had not heard of a no delivers what it captured after it.
    Late {
        person: usize,
        program: &'static str,
        category: &'static str,
        from: DateTime<Utc>,
    },
    /// Somebody asks for deletion of a category, in days.
    Ask {
        person: usize,
        program: &'static str,
        category: Option<&'static str>,
        from: Option<NaiveDate>,
        to: Option<NaiveDate>,
    },
    /// A store answers for what it still owes to somebody; with a reason where it keeps the data.
    Answer {
        person: usize,
        store: &'static str,
        keeps: Option<&'static str>,
    },
}

/// What a choice says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) program: &'static str,
    pub(super) category: &'static str,
    pub(super) answer: Answer,
    pub(super) version: u32,
}

/// An act and its moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) at: DateTime<Utc>,
    pub(super) act: Act,
}

/// Minutes after midnight at which collectors ask and deliver.
pub(super) const MORNING: i64 = 9 * 60;
pub(super) const EVENING: i64 = 17 * 60 + 35;

/// The history that ends at the calendar's start, in order of time.
pub(super) fn plan(people: &[Person], calendar: &Calendar, seed: u64) -> Vec<Step> {
    let rng = StdRng::seed_from_u64(seed.wrapping_mul(31).wrapping_add(7));
    let mut plan = Plan {
        calendar: *calendar,
        rng,
        steps: Vec::new(),
    };
    plan.publications();
    plan.captures();
    for (index, person) in people.iter().enumerate() {
        plan.person(index, person);
    }
    script::marit(&mut plan);
    script::teodor(&mut plan);
    script::wavering(&mut plan, people);
    let Plan { mut steps, .. } = plan;
    steps.retain(|step| step.at < calendar.start);
    steps.sort_by_key(|step| step.at);
    steps
}

/// A history that is being written.
pub(super) struct Plan {
    pub(super) calendar: Calendar,
    rng: StdRng,
    steps: Vec<Step>,
}

impl Plan {
    pub(super) fn push(&mut self, at: DateTime<Utc>, act: Act) {
        self.steps.push(Step { at, act });
    }

    /// One sitting in front of the portal: a choice every seven seconds.
    pub(super) fn sitting(&mut self, person: usize, from: DateTime<Utc>, said: &[Said]) {
        for (said, seconds) in said.iter().zip((0..).step_by(7)) {
            let at = from + chrono::TimeDelta::seconds(seconds);
            self.push(
                at,
                Act::Choose {
                    person,
                    said: *said,
                },
            );
        }
    }

    pub(super) fn reads(&mut self, person: usize, at: DateTime<Utc>, edition: &Edition) {
        let (notice, version) = (edition.notice, edition.version);
        let at = at - chrono::TimeDelta::minutes(2);
        self.push(
            at,
            Act::Acknowledge {
                person,
                notice,
                version,
            },
        );
    }

    fn publications(&mut self) {
        let calendar = self.calendar;
        let (first, support) = (calendar.ago(70), calendar.ago(45));
        let second = calendar.ago(28);
        self.push(at(first, 605), Act::Publish(&MCI_1, None));
        self.push(at(support, 565), Act::Publish(&SUPPORT_1, None));
        self.push(
            at(calendar.ago(35), 605),
            Act::Publish(&MCI_2, Some(second)),
        );
        self.push(at(second, 5), Act::Amend);
        self.push(at(calendar.ago(20), 660), Act::Publish(&HOURS_1, None));
        let third = calendar.ahead(7);
        self.push(at(calendar.ago(7), 605), Act::Publish(&MCI_3, Some(third)));
    }

    fn captures(&mut self) {
        let days: Vec<NaiveDate> = self.calendar.working_days(self.calendar.ago(42)).collect();
        let last = self.calendar.start - chrono::TimeDelta::minutes(1);
        for day in days {
            self.push(at(day, MORNING), Act::Morning);
            // A day that is not over delivers what it has.
            self.push(at(day, EVENING).min(last), Act::Evening);
        }
    }

    fn person(&mut self, index: usize, person: &Person) {
        if !person.signs_in && self.rng.random_bool(0.15) {
            let at = at(self.calendar.ago(3), 640) + chrono::TimeDelta::seconds(self.within(600));
            self.push(at, Act::Invite { person: index });
        }
        if person.temper == Temper::Scripted {
            return;
        }
        let first = self.moment(50, 66);
        if person.temper == Temper::Silent {
            if self.rng.random_bool(0.3) {
                self.reads(index, first, &MCI_1);
            }
            return;
        }
        if self.rng.random_bool(0.7) {
            self.reads(index, first, &MCI_1);
        }
        let said = answers(person.temper, MCI, &MCI_CATEGORIES, 1);
        self.sitting(index, first, &said);
        self.renewals(index, person.temper, &said);
        if person.unit == SUPPORT {
            let at = self.moment(35, 41);
            let said = answers(person.temper, SUPPORT_REVIEW, &SUPPORT_CATEGORIES, 1);
            self.sitting(index, at, &said);
        }
    }

    /// What those who said yes make of the second and the third version.
    fn renewals(&mut self, index: usize, temper: Temper, said: &[Said]) {
        let again = |version| -> Vec<Said> {
            let yes = said.iter().filter(|said| said.answer == Answer::Give);
            yes.map(|said| Said { version, ..*said }).collect()
        };
        if again(2).is_empty() {
            return;
        }
        let renews = temper == Temper::Wavers || self.rng.random_bool(0.75);
        let (second, third) = (self.moment(23, 27), self.moment(1, 4));
        if renews {
            self.reads(index, second, &MCI_2);
            self.sitting(index, second, &again(2));
            if temper != Temper::Wavers && self.rng.random_bool(0.2) {
                self.reads(index, third, &MCI_3);
                self.sitting(index, third, &again(3));
            }
        }
    }

    /// Some moment before or after the collectors' day, between `earliest` and `latest` days ago.
    pub(super) fn moment(&mut self, latest: i64, earliest: i64) -> DateTime<Utc> {
        let day = self.calendar.ago(self.rng.random_range(latest..=earliest));
        let minute = if self.rng.random_bool(0.5) {
            485 + self.within(45)
        } else {
            1065 + self.within(60)
        };
        at(day, minute) + chrono::TimeDelta::seconds(self.within(60))
    }

    fn within(&mut self, bound: i64) -> i64 {
        self.rng.random_range(0..bound)
    }
}

fn answers(
    temper: Temper,
    program: &'static str,
    categories: &[&'static str],
    version: u32,
) -> Vec<Said> {
    let said = |category: &&'static str| {
        let pointer = matches!(*category, "mouse_movement" | "click_location");
        let yes = match temper {
            Temper::Open => true,
            Temper::PointerOnly => pointer,
            Temper::Wavers => *category != "screen_content",
            Temper::Silent | Temper::Refuses | Temper::Scripted => false,
        };
        Said {
            program,
            category,
            answer: if yes { Answer::Give } else { Answer::Refuse },
            version,
        }
    };
    categories.iter().map(said).collect()
}

#[cfg(test)]
mod tests {
    use super::super::company::people;
    use super::*;

    fn steps(seed: u64, start: &str) -> Vec<Step> {
        let calendar = Calendar::new(start.parse().unwrap());
        plan(&people(seed).unwrap(), &calendar, seed)
    }

    #[test]
    fn a_history_ends_before_it_is_looked_at_and_the_seed_decides_it() {
        for start in [
            "2026-11-18T07:43:00Z",
            "2026-11-22T23:00:00Z",
            "2027-03-29T00:10:00Z",
        ] {
            let one = steps(1, start);
            assert!(
                one.iter()
                    .all(|step| step.at < start.parse::<DateTime<Utc>>().unwrap())
            );
            assert!(one.is_sorted_by_key(|step| step.at));
            assert_eq!(one, steps(1, start));
            assert_ne!(one, steps(2, start));
        }
    }

    #[test]
    fn nobody_chooses_while_collectors_rely_on_the_morning() {
        for step in steps(3, "2026-11-18T11:00:00Z") {
            if matches!(step.act, Act::Choose { .. }) {
                let day = step
                    .at
                    .with_timezone(&super::super::calendar::ZONE)
                    .date_naive();
                let relied_on = at(day, MORNING)..at(day, EVENING);
                assert!(!relied_on.contains(&step.at), "{step:?}");
            }
        }
    }
}
