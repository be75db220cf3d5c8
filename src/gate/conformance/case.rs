//! The script: what goes wrong, by name. A new case is a row of [`CASES`], and a kind of [`Trouble`] if it is new.

/// One case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    /// Its name in `--only` and in the report.
    pub name: &'static str,
    /// What happens, in words.
    pub what: &'static str,
    /// What happens.
    pub trouble: Trouble,
}

/// What goes wrong at the stop. Before it, all is well and the capture permitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Nobody has said yes at first. This case and the next begin with the no.
    BeforeYes,
    /// The server answers nothing at first.
    BeforeAnswer,
    /// The person says no, and the server tells it by all its ways.
    Withdrawal,
    /// The programme is paused; the choice stays.
    Pause,
    /// The programme ends.
    End,
    /// A material notice takes effect half a second after it was announced.
    Notice,
    /// The yes comes with a condition that no collector knows.
    Obligations,
    /// Every answer has this status, though its body says yes.
    Status(u16),
    /// Requests are read and never answered; streams stay open without a byte.
    Silence,
    /// Answers that say yes arrive byte by byte, and are complete when their lease is long over.
    SlowBody,
    /// Answers that say yes, but not in a way that may be believed.
    Corrupt(Corruption),
    /// A page with status 200, as a hotel's network serves it.
    Html,
    /// Every answer redirects to where everything is permitted.
    Redirect,
    /// Streams stay open without a byte, and a long poll is not answered; checks work.
    StalledStream,
    /// The server goes on from an older position.
    HeartbeatBack,
    /// The server's time jumps an hour ahead; then there is silence.
    ClockJump,
    /// The key is no longer valid.
    Rotated,
    /// The server has forgotten what was sent, and its snapshot fails.
    Resync,
    /// Nobody listens any more.
    Refused,
}

/// How an answer that says yes is spoilt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Corruption {
    /// Its last byte is missing.
    Truncated,
    /// `"true"`, a text.
    Text,
    /// `1`, a number.
    Number,
    /// `text/plain`.
    ContentType,
    /// No first, then yes, under the same name.
    Duplicate,
}

const fn case(name: &'static str, trouble: Trouble, what: &'static str) -> Case {
    Case {
        name,
        what,
        trouble,
    }
}

/// All cases, in the order in which they are reported.
pub const CASES: [Case; 26] = [
    case(
        "before-yes",
        Trouble::BeforeYes,
        "nobody has said yes yet; later somebody does",
    ),
    case(
        "before-answer",
        Trouble::BeforeAnswer,
        "the server answers nothing yet; later it says yes",
    ),
    case("withdrawal", Trouble::Withdrawal, "the person says no"),
    case("pause", Trouble::Pause, "the programme is paused"),
    case("end", Trouble::End, "the programme ends"),
    case(
        "notice",
        Trouble::Notice,
        "a material notice takes effect half a second after it was announced",
    ),
    case(
        "unknown-obligation",
        Trouble::Obligations,
        "the yes comes with a condition that nobody knows",
    ),
    case(
        "500",
        Trouble::Status(500),
        "every answer has status 500, with a yes in its body",
    ),
    case(
        "503",
        Trouble::Status(503),
        "every answer has status 503, with a yes in its body",
    ),
    case(
        "404",
        Trouble::Status(404),
        "every answer has status 404, with a yes in its body",
    ),
    case(
        "429",
        Trouble::Status(429),
        "every answer has status 429, with a yes in its body",
    ),
    case(
        "timeout",
        Trouble::Silence,
        "nothing is answered, open streams fall silent",
    ),
    case(
        "slow-body",
        Trouble::SlowBody,
        "a yes arrives byte by byte and is complete after its lease",
    ),
    case(
        "truncated-json",
        Trouble::Corrupt(Corruption::Truncated),
        "a yes without its last byte",
    ),
    case(
        "text-true",
        Trouble::Corrupt(Corruption::Text),
        "\"decision\":\"true\" and the like",
    ),
    case(
        "number-true",
        Trouble::Corrupt(Corruption::Number),
        "\"decision\":1 and the like",
    ),
    case(
        "wrong-content-type",
        Trouble::Corrupt(Corruption::ContentType),
        "a yes as text/plain",
    ),
    case(
        "duplicate-keys",
        Trouble::Corrupt(Corruption::Duplicate),
        "\"decision\":false,\"decision\":true and the like",
    ),
    case("html", Trouble::Html, "a web page with status 200"),
    case(
        "redirect",
        Trouble::Redirect,
        "a redirect to where everything is permitted",
    ),
    case(
        "stalled-stream",
        Trouble::StalledStream,
        "the stream stays open without a byte; the person says no",
    ),
    case(
        "heartbeat-back",
        Trouble::HeartbeatBack,
        "the server goes on from an older position",
    ),
    case(
        "clock-jump",
        Trouble::ClockJump,
        "the server's time jumps an hour ahead, then silence",
    ),
    case(
        "rotated-key",
        Trouble::Rotated,
        "401: the key is no longer valid",
    ),
    case(
        "resync",
        Trouble::Resync,
        "the server has lost its place, and its snapshot fails",
    ),
    case(
        "refused",
        Trouble::Refused,
        "connections are cut and refused",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_case_has_a_name_of_its_own_that_fits_a_command_line() {
        for (index, case) in CASES.iter().enumerate() {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(case.name.chars().all(plain), "{}", case.name);
            assert!(
                CASES[..index]
                    .iter()
                    .all(|earlier| earlier.name != case.name)
            );
        }
    }
}
