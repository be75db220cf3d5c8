//! From an event to a count: the only place that takes anything.

use std::io::Write as _;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use chrono::SecondsFormat;

use crate::consent::Consent;
use crate::counts::Counts;
use crate::desk::Desk;
use crate::indicator::Indicator;
use crate::kind::Kind;
use crate::{Failure, lock};

/// For how long a moving pointer is taken to be in the same application.
const SAME_APP: Duration = Duration::from_millis(20);

/// Counts until the X server is gone.
///
/// # Errors
/// When it is, or was never there.
pub fn run(
    consent: &Consent,
    counts: &Mutex<Counts>,
    indicator: &Indicator,
    print: bool,
) -> Result<(), Failure> {
    let desk = Desk::open()?;
    desk.listen()?;
    let mut looked: Option<Instant> = None;
    let mut app = None;
    loop {
        let kind = desk.next()?;
        let recently = looked.is_some_and(|looked| looked.elapsed() < SAME_APP);
        if kind != Kind::Movement || !recently {
            app = desk.focused_app()?;
            looked = Some(Instant::now());
        }
        // What cannot be seen is not taken.
        let Some(app) = app.as_deref().filter(|_| indicator.is_shown()) else {
            continue;
        };
        let Some(since) = consent.since(kind, app) else {
            continue;
        };
        let at = consent.now();
        let counted = lock(counts).add(kind, app, since, at);
        if counted && print {
            let line = json_line(kind, app, &at.to_rfc3339_opts(SecondsFormat::Millis, true));
            writeln!(std::io::stdout(), "{line}")?;
        }
    }
}

/// One line of JSON. Application names have no control characters; quotes and backslashes are escaped.
fn json_line(kind: Kind, app: &str, at: &str) -> String {
    let app = app.replace('\\', "\\\\").replace('"', "\\\"");
    format!(
        "{{\"category\":\"{}\",\"app\":\"{app}\",\"at\":\"{at}\"}}",
        kind.category()
    )
}
