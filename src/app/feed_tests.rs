//! Who reads the feed from where, and what is lost when it is too late.

use super::*;
use crate::domain::change::What;
use crate::domain::program::ProgramStatus;
use crate::domain::standing::Reason;

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).unwrap()
}

fn withdrawn(seq: u64) -> Change {
    Change {
        seq,
        at: at(0),
        what: What::Choice {
            employee: "E1".parse().unwrap(),
            program: "mci".parse().unwrap(),
            category: "keystrokes".parse().unwrap(),
            reason: Reason::Withdrawn,
            permit: None,
        },
    }
}

fn paused(seq: u64) -> Change {
    Change {
        seq,
        at: at(0),
        what: What::Status {
            program: "mci".parse().unwrap(),
            status: ProgramStatus::Paused,
        },
    }
}

fn declared(seq: u64) -> Change {
    Change {
        seq,
        at: at(0),
        what: What::Declared {
            program: "mci".parse().unwrap(),
        },
    }
}

/// The positions of everything from a place on.
fn rest(feed: &Feed, mut place: Place) -> Vec<u64> {
    let mut seqs = Vec::new();
    while let Found::Change(published) = feed.next(&mut place, u64::MAX) {
        seqs.push(published.change.seq);
    }
    seqs
}

#[test]
fn whoever_subscribes_gets_what_comes_and_whoever_resumes_what_was_missed() {
    let feed = Feed::default();
    assert_eq!(feed.subscribe(), None, "nothing is known yet");
    feed.confirmed(7, at(0));
    feed.publish(vec![withdrawn(8)]);
    let (place, seq) = feed.subscribe().unwrap();
    assert_eq!(seq, 8);
    feed.publish(vec![withdrawn(9), withdrawn(10)]);
    assert_eq!(rest(&feed, place), [9, 10]);
    assert_eq!(rest(&feed, feed.since(7).unwrap()), [8, 9, 10]);
    assert_eq!(rest(&feed, feed.since(9).unwrap()), [10]);
    assert_eq!(rest(&feed, feed.since(10).unwrap()), [0; 0]);
}

#[test]
fn what_lies_before_the_feed_or_ahead_of_it_is_no_place_to_go_on_from() {
    let feed = Feed::default();
    feed.confirmed(7, at(0));
    assert_eq!(feed.since(6), None);
    assert!(feed.since(7).is_some());
    assert_eq!(feed.since(8), None);
}

#[test]
fn a_change_without_an_entry_of_its_own_comes_again_rather_than_being_missed() {
    let feed = Feed::default();
    feed.publish(vec![withdrawn(8), declared(8), withdrawn(9), paused(9)]);
    assert_eq!(rest(&feed, feed.since(8).unwrap()), [8, 9, 9]);
    assert_eq!(rest(&feed, feed.since(9).unwrap()), [9], "the pause");
}

#[test]
fn only_so_many_are_kept_and_a_slow_reader_is_told_that_it_lost_the_thread() {
    let feed = Feed::with_room_for(2);
    feed.confirmed(0, at(0));
    let (mut place, _) = feed.subscribe().unwrap();
    feed.publish(vec![withdrawn(1), withdrawn(2), withdrawn(3)]);
    assert_eq!(feed.since(0), None);
    assert_eq!(rest(&feed, feed.since(1).unwrap()), [2, 3]);
    assert!(matches!(feed.next(&mut place, u64::MAX), Found::Lost));
    assert_eq!(rest(&feed, place), [0; 0], "it stands at the end now");
}

#[test]
fn a_dropped_change_without_an_entry_takes_its_position_along() {
    let feed = Feed::with_room_for(1);
    feed.publish(vec![declared(5), withdrawn(6)]);
    assert_eq!(feed.since(5), None, "the declaration at 5 would be missed");
    assert!(feed.since(6).is_some());
}

#[test]
fn nothing_beyond_the_asked_for_position_is_handed_out() {
    let feed = Feed::default();
    feed.publish(vec![withdrawn(8), withdrawn(9)]);
    let mut place = feed.since(7).unwrap();
    assert!(matches!(feed.next(&mut place, 8), Found::Change(_)));
    assert!(matches!(feed.next(&mut place, 8), Found::Nothing));
    assert!(matches!(feed.next(&mut place, 9), Found::Change(_)));
}

#[test]
fn an_old_confirmation_is_worth_nothing() {
    let feed = Feed::default();
    assert_eq!(feed.fresh(at(0)), None);
    feed.confirmed(7, at(10));
    assert_eq!(feed.fresh(at(11)), Some(7));
    assert_eq!(feed.fresh(at(12)), None);
    feed.confirmed(6, at(11));
    assert_eq!(feed.fresh(at(11)), Some(7), "the position does not go back");
    assert_eq!(
        feed.fresh(at(5)),
        None,
        "nor is it fresh when the clock was set back"
    );
    feed.confirmed(7, at(5));
    assert_eq!(feed.fresh(at(5)), Some(7));
}

#[test]
fn a_change_is_written_for_sending_once() {
    let feed = Feed::default();
    feed.publish(vec![withdrawn(1)]);
    let Found::Change(published) = feed.next(&mut feed.since(0).unwrap(), 1) else {
        unreachable!("it was just published")
    };
    assert_eq!(published.written(), None);
    assert_eq!(published.wire(|_| "first".into()), "first");
    assert_eq!(published.wire(|_| "second".into()), "first");
}

#[tokio::test]
async fn whoever_waits_is_woken() {
    let feed = Feed::default();
    feed.confirmed(0, at(0));
    let (mut place, _) = feed.subscribe().unwrap();
    let waiter = feed.clone();
    let mut moved = Box::pin(waiter.moved().notified());
    moved.as_mut().enable();
    assert!(matches!(feed.next(&mut place, 9), Found::Nothing));
    feed.publish(vec![withdrawn(1)]);
    moved.await;
    assert!(matches!(feed.next(&mut place, 9), Found::Change(_)));
}
