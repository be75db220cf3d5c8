//! Only what is clearly an event is one.

use super::*;

fn message(event: &str, id: u64, data: &str) -> Message {
    Message {
        id: Some(id.to_string()),
        event: Some(event.into()),
        data: data.into(),
    }
}

fn read(event: &str, id: u64, data: &str) -> Result<Event, Error> {
    Event::of(&message(event, id, data))
}

const GIVEN: &str = r#"{"type":"choice.changed","seq":125,"at":"2026-11-23T08:00:00Z","employee":"E-1001","program":"mci","category":"keystrokes","permit":{"since":"2026-11-23T08:00:00Z","until":null,"conditions":[]},"reason":"consent_given"}"#;
const BEAT: &str = r#"{"type":"heartbeat","seq":7,"time":"2026-11-23T08:00:00Z","lease_ms":5000}"#;

#[test]
fn every_documented_event_is_read() {
    let change = |event: &str, data: &str| match read(event, 125, data).unwrap().what {
        What::Change(change) => change,
        other => panic!("{other:?}"),
    };
    let mci: ProgramId = "mci".parse().unwrap();
    let Change::Choice(given) = change("choice.changed", GIVEN) else {
        panic!("{GIVEN}")
    };
    assert_eq!(given.employee.as_str(), "E-1001");
    assert_eq!(given.permit.unwrap().0.until, None);
    for (word, status) in [
        ("paused", ProgramStatus::Paused),
        ("resumed", ProgramStatus::Active),
        ("ended", ProgramStatus::Ended),
    ] {
        let kind = format!("program.{word}");
        let data =
            format!(r#"{{"type":"{kind}","seq":125,"at":"2026-11-23T08:00:00Z","program":"mci"}}"#);
        assert_eq!(
            change(&kind, &data),
            Change::Status(mci.clone(), status, "2026-11-23T08:00:00Z".parse().unwrap())
        );
    }
    let data = r#"{"type":"program.changed","seq":125,"at":"x","program":{"id":"mci","status":"active","since":"2026-11-23T08:00:00Z","categories":["keystrokes"],"apps":["browser"]}}"#;
    let Change::Program(program) = change("program.changed", data) else {
        panic!("{data}")
    };
    assert_eq!(program.apps, ["browser"]);
    let notice = |material: bool| {
        format!(
            r#"{{"type":"notice.changed","seq":125,"at":"x","notice":"mci","version":4,"material":{material},"effective_at":"2026-12-01T00:00:00Z","programs":["mci"]}}"#
        )
    };
    let day = "2026-12-01T00:00:00Z".parse().unwrap();
    assert_eq!(
        change("notice.changed", &notice(true)),
        Change::Notice(day, vec![mci])
    );
    assert_eq!(change("notice.changed", &notice(false)), Change::Nothing);
    assert_eq!(
        read("heartbeat", 7, BEAT).unwrap().what,
        What::Heartbeat(Beat {
            time: "2026-11-23T08:00:00Z".parse().unwrap(),
            lease: Duration::from_secs(5)
        })
    );
    for (kind, what) in [
        ("snapshot", What::Snapshot),
        ("resync", What::Resync),
        ("more", What::Unknown),
    ] {
        let data = format!(r#"{{"type":"{kind}","seq":9}}"#);
        assert_eq!(read(kind, 9, &data).unwrap(), Event { seq: 9, what });
    }
}

#[test]
fn what_could_be_understood_in_two_ways_is_no_event() {
    for (event, id, data) in [
        ("heartbeat", 8, BEAT.to_owned()),
        ("resync", 7, BEAT.to_owned()),
        (
            "heartbeat",
            7,
            BEAT.replace("\"seq\":7", "\"seq\":7,\"seq\":7"),
        ),
        ("heartbeat", 7, BEAT.replace("\"seq\":7", "\"seq\":\"7\"")),
        ("heartbeat", 7, BEAT.replace("\"seq\":7", "\"seq\":-7")),
        ("heartbeat", 7, BEAT.replace("5000", "\"5000\"")),
        ("heartbeat", 7, BEAT.replace(",\"lease_ms\":5000", "")),
        ("heartbeat", 7, BEAT.replace("2026-11-23T08:00:00Z", "noon")),
        ("heartbeat", 7, BEAT[..BEAT.len() - 1].to_owned()),
        ("heartbeat", 7, format!("[{BEAT}]")),
        (
            "choice.changed",
            125,
            GIVEN.replace("\"conditions\":[]", "\"conditions\":null"),
        ),
        (
            "choice.changed",
            125,
            GIVEN.replace(",\"conditions\":[]", ""),
        ),
        (
            "choice.changed",
            125,
            GIVEN.replace("\"conditions\":[]", "\"conditions\":[7]"),
        ),
        (
            "choice.changed",
            125,
            GIVEN.replace("\"until\":null", "\"until\":7"),
        ),
        ("choice.changed", 125, GIVEN.replace("\"E-1001\"", "1001")),
        (
            "choice.changed",
            125,
            GIVEN.replace("{\"since\"", "true,\"x\":{\"since\""),
        ),
    ] {
        assert!(read(event, id, &data).is_err(), "{event} {data}");
    }
}

#[test]
fn a_long_poll_is_read_as_a_whole_or_not_at_all() {
    let text = format!(
        r#"{{"seq":130,"time":"2026-11-23T08:00:00Z","lease_ms":5000,"resync":false,"changes":[{GIVEN}]}}"#
    );
    let changes = Changes::read(text.as_bytes()).unwrap();
    assert_eq!(
        (changes.seq, changes.resync, changes.events.len()),
        (130, false, 1)
    );
    for bad in [
        text.replace("false", "\"false\""),
        text.replace(",\"resync\":false", ""),
        text.replace(
            "\"employee\":\"E-1001\"",
            "\"employee\":\"E-1001\",\"employee\":\"E-1002\"",
        ),
        text.replace("\"category\":\"keystrokes\"", "\"category\":7"),
        text.replace("\"seq\":125", "\"seq\":null"),
    ] {
        assert!(Changes::read(bad.as_bytes()).is_err(), "{bad}");
    }
}

#[test]
fn a_page_of_the_snapshot_lists_what_is_permitted_and_nothing_by_accident() {
    let text = r#"{"seq":124,"lease_ms":5000,"programs":[{"id":"mci","status":"paused","since":"2026-11-23T08:00:00Z","categories":["keystrokes"],"apps":[]}],"permits":[{"employee":"E-1001","program":"mci","category":"keystrokes","since":"2026-11-23T08:00:00Z","until":"2026-12-01T00:00:00Z","conditions":[]}],"next":null}"#;
    let page = |text: &str| strict::from_slice::<Page>(text.as_bytes());
    let read = page(text).unwrap();
    assert_eq!(read.programs[0].0.status, ProgramStatus::Paused);
    assert!(read.permits[0].0.terms.until.is_some());
    for bad in [
        text.replace("\"paused\"", "\"running\""),
        text.replace("\"apps\":[]", "\"apps\":null"),
        text.replace(",\"apps\":[]", ""),
        text.replace(",\"conditions\":[]", ""),
        text.replace("\"since\":\"2026-11-23T08:00:00Z\",", ""),
        text.replace("\"lease_ms\":5000", "\"lease_ms\":true"),
        text.replace("\"next\":null", "\"next\":7"),
        text.replace("\"seq\":124", "\"seq\":124.5"),
    ] {
        assert!(page(&bad).is_err(), "{bad}");
    }
}
