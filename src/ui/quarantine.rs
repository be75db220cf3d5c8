//! Why a record was outside the person's choices, in words.

use super::format::Calendar;
use crate::domain::choice::ChoiceEvent;
use crate::domain::standing::Reason;

/// Why a record was outside the person's choices, in a sentence. `said` is the event that held when it was captured.
pub fn quarantine(reason: Reason, said: Option<&ChoiceEvent>, calendar: Calendar) -> String {
    let on = said.map_or_else(String::new, |event| {
        format!(" on {}", calendar.since(event.at))
    });
    match reason {
        Reason::NoChoice => "You had not said yes, and no answer means no.".to_owned(),
        Reason::Refused => format!("You had said no{on}."),
        Reason::Withdrawn => format!("You had turned it off{on}."),
        Reason::Objected => "You had objected.".to_owned(),
        Reason::Expired => "Your yes had run out.".to_owned(),
        Reason::NoticeOutdated => {
            "Your yes had ended: it was to an earlier version of the notice.".to_owned()
        }
        Reason::PrivateTime => "You had taken private time.".to_owned(),
        Reason::AppExcluded => "The programme does not cover this app.".to_owned(),
        Reason::ProgramPaused => "The programme was paused for everyone.".to_owned(),
        Reason::ProgramEnded => "The programme had ended.".to_owned(),
        Reason::AgentNotRegistered => "This collector is not registered for it.".to_owned(),
        Reason::ConsentGiven | Reason::ProjectionStale | Reason::ReplicaBehind => {
            "It could not be matched with a yes.".to_owned()
        }
    }
}
