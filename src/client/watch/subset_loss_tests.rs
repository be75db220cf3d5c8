//! What a subset loses: by conditions that narrow a yes, and by a new snapshot.

use serde_json::json;

use super::*;

#[test]
fn conditions_narrow_a_yes_and_new_ones_stop_it() {
    let mut subset = subset();
    let mut narrowed = terms("2026-11-20T08:00:00Z");
    narrowed["conditions"] = json!([{"apps": ["mail"]}]);
    let applied = apply(&mut subset, 11, choice(&narrowed));
    assert_eq!(
        applied.stops.len(),
        1,
        "what was captured elsewhere has to go"
    );
    assert!(applied.confirm);
    let ask = Ask::new("E1", "mci", "keystrokes");
    assert!(subset.find(&ask.within("mail"), now()).is_ok());
    for refused in [ask, ask.within("browser")] {
        assert_eq!(
            subset.find(&refused, now()).err(),
            Some(Reason::AppExcluded)
        );
    }
}

#[test]
fn a_new_snapshot_stops_whatever_it_no_longer_permits_without_a_break() {
    let old = subset();
    let since = "2026-11-20T08:00:00Z";
    let mut paused = program("hours");
    paused["since"] = "2026-11-23T09:00:00Z".into();
    let new = page(
        json!([program("mci"), paused]),
        json!([
            permit("E1", "mci", "2026-11-23T09:00:00Z"),
            permit("E2", "mci", since),
            permit("E1", "hours", since)
        ]),
    );
    let stops = new.lost_since(&old);
    assert_eq!(
        stops,
        [
            all_of("hours", Reason::ProgramPaused),
            e1_in_mci(Reason::NoChoice)
        ],
        "paused and resumed in between, withdrawn and given anew in between"
    );
    let less = page(json!([program("mci")]), json!([permit("E2", "mci", since)]));
    let stops = less.lost_since(&old);
    assert!(stops.contains(&all_of("hours", Reason::AgentNotRegistered)));
    assert!(stops.contains(&e1_in_mci(Reason::NoChoice)));
    assert_eq!(subset().lost_since(&old), []);
    assert_eq!(new.size(), (2, 3));
}
