//! `sayso-gate`: what runs beside an agent. Wiring only: arguments, clocks, randomness, signals, exit codes.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use chrono::DateTime;
use clap::Parser as _;
use sayso::client::address::Transport;
use sayso::client::decision::Question;
use sayso::client::error::Error;
use sayso::client::moment::{Clock, Moment};
use sayso::client::watch::Settings;
use sayso::client::{Client, Timeouts};
use sayso::gate::args::{Args, Check, Command, Filter, Server, Sidecar, Status};
use sayso::gate::batch::{Batches, Datasets};
use sayso::gate::conformance::args::Conformance;
use sayso::gate::event::Defaults;
use sayso::gate::output::Output;
use sayso::gate::{Random, check, conformance, filter, say, sidecar};
use sayso::verify;
use tokio::sync::watch;

/// Exit code for "cannot tell"; the same as clap's for wrong arguments.
const CANNOT_TELL: u8 = 2;

fn main() -> ExitCode {
    let args = Args::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            say(&format!("cannot start: {error}"));
            return ExitCode::from(CANNOT_TELL);
        }
    };
    let code = runtime.block_on(async {
        match args.command {
            Command::Check(args) => run_check(args).await,
            Command::Filter(args) => run_filter(args).await,
            Command::Conformance(args) => run_conformance(args).await,
            Command::Sidecar(args) => run_sidecar(args).await,
            Command::Status(args) => run_status(&args).await,
            Command::Verify(args) => {
                verify::run(&args, &mut std::io::stdout(), &mut std::io::stderr()).await
            }
        }
    });
    // A read of standard input cannot be cancelled: do not wait for it.
    runtime.shutdown_background();
    ExitCode::from(code)
}

async fn run_check(args: Check) -> u8 {
    let question = Question {
        employee: args.employee,
        program: args.program,
        category: args.category,
        app: args.app,
    };
    let clock = system_clock();
    let client = match connect(&args.server, &clock) {
        Ok(client) => client,
        Err(error) => {
            say(&error.to_string());
            return CANNOT_TELL;
        }
    };
    let answer = check::run(&client, &question, &clock).await;
    let line = if args.json {
        serde_json::to_string(&answer).unwrap_or_default()
    } else {
        answer.line()
    };
    // The exit code counts, whether or not anybody reads the line.
    let _ = writeln!(std::io::stdout(), "{line}");
    answer.exit_code()
}

async fn run_filter(args: Filter) -> u8 {
    let clock = system_clock();
    let random = system_random();
    let prepared = connect(&args.server, &clock).map_err(|error| error.to_string());
    let prepared = prepared.and_then(|client| {
        let output = raw_stdout().map_err(|error| format!("cannot open the output: {error}"))?;
        let signals = signals().map_err(|error| format!("cannot listen to signals: {error}"))?;
        Ok((client, output, signals))
    });
    let (client, output, signals) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => {
            say(&error);
            return CANNOT_TELL;
        }
    };
    let mut datasets = Datasets::default();
    for (category, dataset) in args.dataset {
        match category {
            Some(category) => drop(datasets.named.insert(category, dataset)),
            None => datasets.other = Some(dataset),
        }
    }
    let settings = filter::Settings {
        defaults: Defaults {
            employee: args.employee,
            program: args.program,
            category: args.category,
            app: args.app,
        },
        report_every: Duration::from_secs(args.report_every),
        linger: Duration::from_millis(args.linger_ms),
    };
    let batches = Batches::new(datasets, args.device.or_else(host_name), random.clone());
    let input = tokio::io::stdin();
    let wiring = filter::Wiring {
        client,
        clock,
        random,
        output: Output::new(output),
        stop: signals,
    };
    let summary = filter::run(wiring, settings, batches, input).await;
    if args.json {
        let line = serde_json::to_string(&summary.tally).unwrap_or_default();
        let _ = writeln!(std::io::stderr(), "{line}");
    } else {
        say(&summary.tally.to_string());
    }
    if summary.complete { 0 } else { CANNOT_TELL }
}

async fn run_conformance(args: Conformance) -> u8 {
    let (clock, random) = (system_clock(), system_random());
    let mut out = std::io::stdout();
    tokio::select! {
        code = conformance::run(args, &clock, &random, &mut out) => code,
        // Dropping the run ends every collector that it started.
        _ = tokio::signal::ctrl_c() => CANNOT_TELL,
    }
}

async fn run_sidecar(args: Sidecar) -> u8 {
    let clock = system_clock();
    let prepared = connect(&args.server, &clock).map_err(|error| error.to_string());
    let prepared = prepared.and_then(|client| {
        let signals = signals().map_err(|error| format!("cannot listen to signals: {error}"))?;
        Ok((client, signals))
    });
    let settings = Settings {
        employees: args.employee,
        max_stale: Duration::from_secs(args.max_stale),
    };
    let doors = sidecar::Doors {
        socket: args.socket,
        listen: args.listen,
    };
    let ended = match prepared {
        Ok((client, stop)) => {
            sidecar::run(client, clock, system_random(), settings, doors, stop).await
        }
        Err(error) => Err(error),
    };
    match ended {
        Ok(()) => 0,
        Err(error) => {
            say(&error);
            CANNOT_TELL
        }
    }
}

#[cfg(unix)]
async fn run_status(args: &Status) -> u8 {
    match sidecar::status::ask(&args.socket).await {
        Ok((status, fresh)) => {
            let _ = writeln!(std::io::stdout(), "{status}");
            u8::from(!fresh)
        }
        Err(error) => {
            say(&error);
            CANNOT_TELL
        }
    }
}

#[cfg(not(unix))]
async fn run_status(_: &Status) -> u8 {
    say("this system has no Unix sockets: ask the loopback address for /status");
    CANNOT_TELL
}

fn connect(server: &Server, clock: &Clock) -> Result<Client, Error> {
    // Not parsed by clap: its message would print the key.
    let key = server.key.trim().parse();
    let key = key
        .map_err(|invalid: sayso::domain::invalid::Invalid| Error::Refused(invalid.to_string()))?;
    let transport = if server.insecure_http {
        Transport::Unprotected
    } else {
        Transport::Protected
    };
    Client::new(
        &server.server,
        &key,
        Timeouts::default(),
        transport,
        clock.clone(),
    )
}

fn system_clock() -> Clock {
    Arc::new(|| {
        #[expect(
            clippy::disallowed_methods,
            reason = "the gate's one look at the system's wall clock"
        )]
        let now = std::time::SystemTime::now();
        let wall = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let seconds = i64::try_from(wall.as_secs()).unwrap_or_default();
        Moment::at(DateTime::from_timestamp(seconds, wall.subsec_nanos()).unwrap_or_default())
    })
}

fn system_random() -> Random {
    Arc::new(rand::random::<[u8; 16]>)
}

fn host_name() -> Option<String> {
    let files = ["/proc/sys/kernel/hostname", "/etc/hostname"];
    let text = files
        .iter()
        .find_map(|file| std::fs::read_to_string(file).ok())?;
    let name = text.trim();
    (!name.is_empty() && name.len() <= 100).then(|| name.to_owned())
}

/// Standard output without the standard library's line buffer, so that "written" means written.
#[cfg(unix)]
fn raw_stdout() -> std::io::Result<std::fs::File> {
    use std::os::fd::AsFd as _;
    let descriptor = std::io::stdout().as_fd().try_clone_to_owned()?;
    Ok(std::fs::File::from(descriptor))
}

#[cfg(windows)]
fn raw_stdout() -> std::io::Result<std::fs::File> {
    use std::os::windows::io::AsHandle as _;
    let handle = std::io::stdout().as_handle().try_clone_to_owned()?;
    Ok(std::fs::File::from(handle))
}

/// Counts requests to stop.
fn signals() -> std::io::Result<watch::Receiver<u8>> {
    let (count, signals) = watch::channel(0_u8);
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                count.send_modify(|count| *count = count.saturating_add(1));
            }
        });
    }
    #[cfg(not(unix))]
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            count.send_modify(|count| *count = count.saturating_add(1));
        }
    });
    Ok(signals)
}
