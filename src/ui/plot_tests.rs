//! The chart's arithmetic, and that names cannot break out of it.

use chrono_tz::Tz;

use super::*;

#[test]
fn grid_lines_are_round_and_few() {
    assert_eq!(
        [0, 1, 4, 5, 154, 400, 401].map(step),
        [1, 1, 1, 2, 50, 100, 200]
    );
}

#[test]
fn bars_are_as_high_as_the_counts_say_and_names_cannot_break_out() {
    let id: CategoryId = "keystrokes".parse().unwrap();
    let day: NaiveDate = "2026-11-18".parse().unwrap();
    let plot = Plot {
        from: day,
        to: day,
        counts: vec![DayCount {
            day,
            category: id.clone(),
            records: 4,
        }],
        kinds: vec![Kind {
            id,
            name: "Keys <b>&".into(),
        }],
        notes: vec![],
    };
    let calendar = Calendar::new(Tz::UTC, "2026-11-18T12:00:00Z".parse().unwrap());
    let svg = drawing(&plot, &looks(&plot.kinds), calendar);
    assert!(
        svg.contains(r#"y="45.0" width="70.00%" height="246.0""#),
        "{svg}"
    );
    assert!(
        svg.contains("Keys &lt;b>&amp;: last on 18 November."),
        "{svg}"
    );
}

#[test]
fn kinds_look_different_from_each_other() {
    let kinds: Vec<Kind> = ["keystrokes", "calls", "mouse_movement", "mail"]
        .map(|id| Kind {
            id: id.parse().unwrap(),
            name: id.into(),
        })
        .to_vec();
    let mut looks = looks(&kinds);
    looks.sort_unstable();
    looks.dedup();
    assert_eq!(looks.len(), 4);
}
