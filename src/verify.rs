//! Judging receipts, checkpoints and whole logs with nothing but a trusted key: the one implementation behind
//! `sayso verify` and `sayso-gate verify`. Nothing is asked of the server that made them, unless its log is named.
//!
//! A receipt alone proves that its entry stood in the log that was signed. Against the log as it is now (`--log`) it
//! proves a rewrite: its own leaf differs, or the heads part. An earlier copy (`--earlier`) names the first leaf that
//! differs. A new kind of thing to judge gets an arm in [`judge`] and its words in [`words`].

pub mod args;
pub mod folder;
pub mod place;
pub mod trust;
pub mod words;

use std::fmt;
use std::io::{ErrorKind, Read as _, Write};
use std::path::Path;

use crate::ledger::audit;
use crate::ledger::chain;
use crate::ledger::checkpoint::{Checkpoint, Signed};
use crate::ledger::compare::View;
use crate::ledger::finding::Fault;
use crate::ledger::hash::Hash;
use crate::ledger::receipt::Receipt;
use args::Verify;
use place::LogPlace;
use trust::Trust;

/// Longest file, in bytes: tens of thousands of receipts.
const MAX_FILE: u64 = 64 * 1024 * 1024;

/// Exit code for "cannot tell"; the same as clap's for wrong arguments.
const CANNOT_TELL: u8 = 2;

/// What came of one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It verifies, and this is what it proves.
    Proven(String),
    /// It does not, and this is why.
    NotProven(String),
    /// It could not be read.
    Unreadable(String),
}

impl Verdict {
    /// 0 verifies, 1 does not, 2 cannot be read.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Proven(_) => 0,
            Self::NotProven(_) => 1,
            Self::Unreadable(_) => CANNOT_TELL,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Part of it comes from the file: nothing in it may steer a terminal.
        match self {
            Self::Proven(words) => write!(f, "verifies.\n{}", words::plain(words)),
            Self::NotProven(why) => write!(f, "DOES NOT VERIFY: {}", line(why)),
            Self::Unreadable(why) => write!(f, "cannot be read: {}", line(why)),
        }
    }
}

/// On one line, so that none of it can pass for another verdict.
fn line(why: &str) -> String {
    words::plain(why).replace('\n', "?")
}

impl<E: fmt::Display> From<Fault<E>> for Verdict {
    fn from(fault: Fault<E>) -> Self {
        match fault {
            Fault::Wrong(finding) => Self::NotProven(finding.to_string()),
            Fault::Unreadable(error) => Self::Unreadable(error.to_string()),
        }
    }
}

/// Runs the command: a verdict for each thing on `output`, what stands in the way on `messages`. Exit code 0: all of it
/// verifies; 1: something does not; 2: something cannot be read.
pub async fn run(args: &Verify, output: &mut impl Write, messages: &mut impl Write) -> u8 {
    let prepared = Trust::read(args).and_then(|trust| Ok((trust, Logs::read(args)?)));
    let (trust, logs) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => {
            // The exit code counts, whether or not anybody reads the line.
            let _ = writeln!(messages, "{}", words::plain(&error));
            return CANNOT_TELL;
        }
    };
    let (mut wrong, mut unreadable) = (false, false);
    for what in &args.what {
        let verdict = judge(what, &trust, &logs).await;
        wrong |= verdict.exit_code() == 1;
        unreadable |= verdict.exit_code() == CANNOT_TELL;
        let _ = writeln!(output, "{}: {verdict}", line(what));
    }
    match (wrong, unreadable) {
        (true, _) => 1,
        (false, true) => CANNOT_TELL,
        (false, false) => 0,
    }
}

/// The logs to judge by.
#[derive(Default)]
pub struct Logs {
    /// As it is now.
    now: Option<LogPlace>,
    /// As somebody kept it.
    earlier: Option<LogPlace>,
}

impl Logs {
    fn read(args: &Verify) -> Result<Self, String> {
        let now = args.log.as_deref().map(LogPlace::find).transpose()?;
        let earlier = args.earlier.as_deref().map(LogPlace::find).transpose()?;
        Ok(Self { now, earlier })
    }
}

/// Judges one thing: a receipt file, a checkpoint file, or a whole log.
pub async fn judge(what: &str, trust: &Trust, logs: &Logs) -> Verdict {
    if LogPlace::is_log(what) {
        return match LogPlace::find(what) {
            Ok(log) => whole(&log, trust, logs.earlier.as_ref()).await,
            Err(error) => Verdict::Unreadable(error),
        };
    }
    let mut text = String::new();
    let read = std::fs::File::open(Path::new(what))
        .and_then(|file| file.take(MAX_FILE + 1).read_to_string(&mut text));
    match read {
        Ok(_) if chain::split(&text).nth(1).is_some() => several(&text, trust, logs).await,
        Ok(_) => check(&text, trust, logs).await,
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            Verdict::NotProven("this is neither a receipt nor a checkpoint: it is not text".into())
        }
        Err(error) => Verdict::Unreadable(error.to_string()),
    }
}

/// Judges a file of receipts, one after the other: each by itself, and all of them as one person's chain.
async fn several(text: &str, trust: &Trust, logs: &Logs) -> Verdict {
    let mut number = 0_u64;
    for one in chain::split(text) {
        number += 1;
        match check(one, trust, logs).await {
            Verdict::Proven(_) => {}
            Verdict::NotProven(why) => {
                return Verdict::NotProven(format!("receipt {number} in the file: {why}"));
            }
            Verdict::Unreadable(why) => return Verdict::Unreadable(why),
        }
    }
    let read = |statement: &[u8]| chain::Place::read(statement).map_err(|error| error.to_string());
    match chain::check(chain::split(text), trust.keys(), read) {
        Ok(whole) => Verdict::Proven(format!(
            "  {} receipts, each of which verifies. Together they are one person's, from the first on: none is missing in \
             between, moved or added.",
            whole.receipts
        )),
        Err(broken) => Verdict::NotProven(format!("each receipt verifies, but {broken}")),
    }
}

/// Judges the text of a receipt or a checkpoint.
pub async fn check(text: &str, trust: &Trust, logs: &Logs) -> Verdict {
    let (words, signed, leaf) = if text.starts_with("c2sp.org/tlog-proof@") {
        match Receipt::parse(text).and_then(|receipt| receipt.verify(trust.keys())) {
            Ok(verified) => {
                let leaf = Some((verified.index, verified.leaf));
                let words = words::receipt(&verified);
                let signed = Signed {
                    checkpoint: verified.checkpoint,
                    signed_by: verified.signed_by,
                    witnesses: verified.witnesses,
                };
                (words, signed, leaf)
            }
            Err(error) => return Verdict::NotProven(error.to_string()),
        }
    } else {
        match Checkpoint::open(text, trust.keys()) {
            Ok(signed) => (words::checkpoint(&signed), signed, None),
            Err(error) => {
                let why = format!("it is no receipt, and as a checkpoint: {error}");
                return Verdict::NotProven(why);
            }
        }
    };
    if let Err(error) = trust.accept(&signed) {
        return Verdict::NotProven(error);
    }
    let Some(now) = &logs.now else {
        return Verdict::Proven(words);
    };
    match against(now, trust, &signed.checkpoint, leaf, logs.earlier.as_ref()).await {
        Ok(held) => Verdict::Proven(format!("{words}\n{held}")),
        Err(verdict) => verdict,
    }
}

/// Judges a signed head, and the leaf that it was given out with, by the log as it is now.
async fn against(
    now: &LogPlace,
    trust: &Trust,
    head: &Checkpoint,
    leaf: Option<(u64, Hash)>,
    earlier: Option<&LogPlace>,
) -> Result<String, Verdict> {
    let view = View::open(now, trust.keys()).await?;
    if view.head().origin != head.origin {
        let (one, other) = (&head.origin, &view.head().origin);
        let why = format!("it is of the log {one}, and that log is {other}");
        return Err(Verdict::NotProven(why));
    }
    let mut found = Vec::new();
    for divergence in view.divergences(head, leaf).await? {
        found.push(divergence.to_string());
    }
    if let Some(earlier) = earlier {
        found.extend(kept(&view, earlier, trust).await?);
    }
    if found.is_empty() {
        return Ok(words::held(view.head(), head.size));
    }
    let found = found.join("; ");
    Err(Verdict::NotProven(format!(
        "THE LOG WAS REWRITTEN. {found}"
    )))
}

/// Judges a whole log: everything in it, and what an earlier copy of it says.
async fn whole(log: &LogPlace, trust: &Trust, earlier: Option<&LogPlace>) -> Verdict {
    let signed: Signed = match audit::audit(log, trust.keys(), &mut |_| {}).await {
        Ok(signed) => signed,
        Err(fault) => return fault.into(),
    };
    let mut words = words::log(&signed);
    if let Some(earlier) = earlier {
        let found = match View::open(log, trust.keys()).await {
            Ok(view) => match kept(&view, earlier, trust).await {
                Ok(found) => found,
                Err(verdict) => return verdict,
            },
            Err(fault) => return fault.into(),
        };
        if !found.is_empty() {
            let found = found.join("; ");
            return Verdict::NotProven(format!("THE LOG WAS REWRITTEN. {found}"));
        }
        words += "\n  It continues the earlier copy: no entry of that was changed.";
    }
    Verdict::Proven(words)
}

/// How the log differs from an earlier copy of it: the first leaf that differs, and where the heads part.
async fn kept(
    view: &View<'_, LogPlace>,
    earlier: &LogPlace,
    trust: &Trust,
) -> Result<Vec<String>, Verdict> {
    let of_copy = |verdict| match verdict {
        Verdict::NotProven(why) => Verdict::NotProven(format!("the earlier copy: {why}")),
        Verdict::Unreadable(why) => Verdict::Unreadable(format!("the earlier copy: {why}")),
        Verdict::Proven(words) => Verdict::Proven(words),
    };
    let earlier = View::open(earlier, trust.keys()).await;
    let earlier = earlier.map_err(|fault| of_copy(fault.into()))?;
    let mut found = Vec::new();
    if let Some(first) = view.first_difference(&earlier).await? {
        found.push(format!(
            "compared with the earlier copy, the first that differs: {first}"
        ));
    }
    for divergence in view.divergences(earlier.head(), None).await? {
        found.push(divergence.to_string());
    }
    Ok(found)
}

#[cfg(test)]
#[path = "verify/tests.rs"]
mod tests;
