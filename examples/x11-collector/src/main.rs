//! A collector for X11 that counts pointer movements, clicks and keys per application: how many, never which, never what.
//!
//! It counts only what the person has said yes to, only while that yes is fresh, and only while its indicator can be
//! seen. It writes nothing to disk. [`consent`] is the one file that speaks with Sayso: take it as a model. Another kind
//! of data is a value of [`kind::Kind`] and an event in [`desk`].

mod args;
mod consent;
mod counts;
mod desk;
mod indicator;
mod kind;
mod listener;

use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use clap::Parser as _;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio::time::{interval, timeout};

use args::Args;
use consent::Consent;
use counts::Counts;
use indicator::Indicator;

/// Whatever kept it from going on.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How long the last report may take.
const LAST_REPORT: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let args = Args::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(run(args)),
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("x11-collector: {error}");
            ExitCode::from(2)
        }
    }
}

async fn run(args: Args) -> Result<(), Failure> {
    let counts = Arc::new(Mutex::new(Counts::new(args.filing())));
    let consent = Arc::new(Consent::follow(&args, counts.clone())?);
    let indicator = Arc::new(Indicator::default());
    let (failed, mut failures) = mpsc::unbounded_channel();

    let (shown, asked, program) = (indicator.clone(), consent.clone(), args.program.to_string());
    let tell = failed.clone();
    thread::spawn(move || {
        let outcome = indicator::run(&shown, &asked, &program);
        shown.hide();
        let _ = tell.send(outcome);
    });
    let (asked, counted, print) = (consent.clone(), counts.clone(), args.print);
    thread::spawn(move || {
        let _ = failed.send(listener::run(&asked, &counted, &indicator, print));
    });

    let mut report = interval(Duration::from_secs(args.report_every));
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let outcome = loop {
        tokio::select! {
            _ = report.tick() => send(&consent, &counts).await,
            _ = terminate.recv() => break Ok(()),
            _ = interrupt.recv() => break Ok(()),
            failure = failures.recv() => break failure.unwrap_or(Ok(())),
        }
    };
    let _ = timeout(LAST_REPORT, send(&consent, &counts)).await;
    outcome
}

/// Reports what has been counted; what does not arrive stays for the next time.
async fn send(consent: &Consent, counts: &Mutex<Counts>) {
    let records = lock(counts).records();
    if records.is_empty() {
        return;
    }
    match consent.report(&records).await {
        Ok(()) => lock(counts).settle(&records),
        Err(error) => eprintln!("x11-collector: cannot report: {error}"),
    }
}

/// The counts are whole whatever happened to another thread.
fn lock(counts: &Mutex<Counts>) -> std::sync::MutexGuard<'_, Counts> {
    counts.lock().unwrap_or_else(PoisonError::into_inner)
}
