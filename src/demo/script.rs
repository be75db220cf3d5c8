//! The people with a story of their own: Marit, Teodor, and those who take their yes back.

use super::calendar::at;
use super::cast::{MARIT, TEODOR};
use super::company::{Person, Temper};
use super::notices::{HOURS_1, MCI_1, MCI_2, SUPPORT_1};
use super::plan::{Act, EVENING, Plan, Said};
use super::programmes::{ARCHIVE, DESK, LAKE, MCI, SUPPORT_REVIEW};
use crate::domain::choice::Answer;

/// Why the archive keeps some of what it was asked to delete.
const HELD: &str = "The tape of that week is under legal hold in a dispute with a supplier. It is not mounted, and is \
                    overwritten when the hold ends.";

/// Marit says yes to the pointer, takes keystrokes back and asks for their deletion; one store still owes an answer.
pub(super) fn marit(plan: &mut Plan) {
    let calendar = plan.calendar;
    let first = at(calendar.ago(67), 8 * 60 + 20);
    plan.reads(MARIT, first, &MCI_1);
    let said = [
        give("keystrokes", 1),
        give("mouse_movement", 1),
        give("click_location", 1),
        refuse(MCI, "screen_content", 1),
    ];
    plan.sitting(MARIT, first, &said);
    let support = at(calendar.ago(40), 18 * 60 + 4);
    plan.reads(MARIT, support, &SUPPORT_1);
    plan.sitting(
        MARIT,
        support,
        &[refuse(SUPPORT_REVIEW, "screen_content", 1)],
    );
    let second = at(calendar.ago(28), 8 * 60 + 31);
    plan.reads(MARIT, second, &MCI_2);
    let said = [
        give("keystrokes", 2),
        give("mouse_movement", 2),
        give("click_location", 2),
    ];
    plan.sitting(MARIT, second, &said);
    plan.reads(MARIT, at(calendar.ago(16), 8 * 60 + 50), &HOURS_1);

    let (from, to) = (Some(calendar.ago(26)), Some(calendar.ago(25)));
    ask(
        plan,
        18,
        MARIT,
        Asked {
            program: MCI,
            category: Some("mouse_movement"),
            from,
            to,
        },
    );
    answer(plan, 18, 18 * 60 + 2, MARIT, LAKE, None);
    answer(plan, 14, 11 * 60, MARIT, ARCHIVE, Some(HELD));

    let day = calendar.ago(11);
    let withdrawn = at(day, 8 * 60 + 44);
    plan.sitting(MARIT, withdrawn, &[refuse(MCI, "keystrokes", 2)]);
    late(plan, 11, MARIT, "keystrokes", 8 * 60 + 46);

    let to = Some(calendar.ago(21));
    ask(
        plan,
        5,
        MARIT,
        Asked {
            program: MCI,
            category: Some("keystrokes"),
            from: None,
            to,
        },
    );
    answer(plan, 5, 18 * 60 + 2, MARIT, LAKE, None);
}

/// Teodor, in support, says yes to both programmes and later no to pictures of his calls.
pub(super) fn teodor(plan: &mut Plan) {
    let calendar = plan.calendar;
    let first = at(calendar.ago(64), 17 * 60 + 50);
    plan.reads(TEODOR, first, &MCI_1);
    let said = [
        refuse(MCI, "keystrokes", 1),
        give("mouse_movement", 1),
        give("click_location", 1),
        refuse(MCI, "screen_content", 1),
    ];
    plan.sitting(TEODOR, first, &said);
    let support = at(calendar.ago(41), 8 * 60 + 12);
    plan.reads(TEODOR, support, &SUPPORT_1);
    let yes = |category| Said {
        program: SUPPORT_REVIEW,
        ..give(category, 1)
    };
    plan.sitting(
        TEODOR,
        support,
        &[yes("screen_content"), yes("mouse_movement")],
    );
    let second = at(calendar.ago(27), 8 * 60 + 9);
    plan.reads(TEODOR, second, &MCI_2);
    plan.sitting(
        TEODOR,
        second,
        &[give("mouse_movement", 2), give("click_location", 2)],
    );

    let asked = Asked {
        program: MCI,
        category: Some("click_location"),
        from: Some(calendar.ago(27)),
        to: Some(calendar.ago(22)),
    };
    ask(plan, 20, TEODOR, asked);
    answer(plan, 20, 18 * 60 + 2, TEODOR, LAKE, None);
    answer(plan, 14, 11 * 60, TEODOR, ARCHIVE, None);

    let withdrawn = at(calendar.ago(9), 17 * 60 + 52);
    plan.sitting(
        TEODOR,
        withdrawn,
        &[refuse(SUPPORT_REVIEW, "screen_content", 1)],
    );
    let asked = Asked {
        program: SUPPORT_REVIEW,
        category: Some("screen_content"),
        from: None,
        to: None,
    };
    ask(plan, 8, TEODOR, asked);
    answer(plan, 8, 18 * 60 + 1, TEODOR, DESK, None);
}

/// Those who take back a yes: what they withdraw, the collectors that heard of it late, and one deletion of everything.
pub(super) fn wavering(plan: &mut Plan, people: &[Person]) {
    let wavering = people.iter().enumerate();
    let wavering: Vec<usize> = wavering
        .filter(|(_, person)| person.temper == Temper::Wavers)
        .map(|(index, _)| index)
        .collect();
    for (turn, person) in wavering.into_iter().enumerate() {
        match turn {
            0 => {
                let day = plan.calendar.ago(17);
                plan.sitting(
                    person,
                    at(day, 8 * 60 + 38),
                    &[refuse(MCI, "keystrokes", 2)],
                );
                late(plan, 17, person, "keystrokes", 8 * 60 + 41);
                let asked = Asked {
                    program: MCI,
                    category: None,
                    from: None,
                    to: None,
                };
                ask(plan, 13, person, asked);
                answer(plan, 13, 18 * 60 + 2, person, LAKE, None);
                answer(plan, 10, 11 * 60, person, ARCHIVE, Some(HELD));
            }
            1 => {
                let day = plan.calendar.ago(9);
                let all = [
                    refuse(MCI, "keystrokes", 2),
                    refuse(MCI, "mouse_movement", 2),
                    refuse(MCI, "click_location", 2),
                ];
                plan.sitting(person, at(day, 8 * 60 + 15), &all);
                late(plan, 9, person, "click_location", 8 * 60 + 19);
            }
            _ => {
                let moment = plan.moment(2, 21);
                plan.sitting(person, moment, &[refuse(MCI, "keystrokes", 2)]);
            }
        }
    }
}

struct Asked {
    program: &'static str,
    category: Option<&'static str>,
    from: Option<chrono::NaiveDate>,
    to: Option<chrono::NaiveDate>,
}

fn ask(plan: &mut Plan, days_ago: i64, person: usize, asked: Asked) {
    let Asked {
        program,
        category,
        from,
        to,
    } = asked;
    let act = Act::Ask {
        person,
        program,
        category,
        from,
        to,
    };
    plan.push(at(plan.calendar.ago(days_ago), 18 * 60), act);
}

fn answer(
    plan: &mut Plan,
    days_ago: i64,
    minute: i64,
    person: usize,
    store: &'static str,
    keeps: Option<&'static str>,
) {
    let act = Act::Answer {
        person,
        store,
        keeps,
    };
    plan.push(at(plan.calendar.ago(days_ago), minute), act);
}

fn late(plan: &mut Plan, days_ago: i64, person: usize, category: &'static str, minute: i64) {
    let day = plan.calendar.ago(days_ago);
    let act = Act::Late {
        person,
        program: MCI,
        category,
        from: at(day, minute),
    };
    plan.push(at(day, EVENING + 5), act);
}

const fn give(category: &'static str, version: u32) -> Said {
    Said {
        program: MCI,
        category,
        answer: Answer::Give,
        version,
    }
}

const fn refuse(program: &'static str, category: &'static str, version: u32) -> Said {
    Said {
        program,
        category,
        answer: Answer::Refuse,
        version,
    }
}
