//! Builds what the server hands to browsers: `target/site`.
//!
//! A tool of its own instead of an installed one: the glue generator cannot drift from the pinned
//! `wasm-bindgen`, and a fresh machine needs nothing but cargo. Run it through `scripts/web`.
//!
//! Static files and styles are in `site.rs`, the WASM in `wasm.rs`. Another step of the web build
//! is another function there, called from `main`.

mod site;
mod wasm;

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
usage: scripts/web [--no-wasm | --require-wasm]

Writes target/site: static/ (style, fonts, marks) and pkg/ (browser code).

  --no-wasm       style and static files only; the browser code stays as it is
  --require-wasm  fail when the browser code cannot be built or is over its size budget";

/// What to do about the browser code.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Browser {
    /// Build it where the machine can; say so where it cannot.
    WhereItCan,
    /// Leave it alone.
    Skip,
    /// No browser code, or too much of it, is a failure.
    Require,
}

/// The folders of one build.
struct Paths {
    /// The repository.
    root: PathBuf,
    /// Cargo's target folder for the package.
    target: PathBuf,
    /// The result, which the server serves.
    site: PathBuf,
}

impl Paths {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the environment"
    )]
    fn find() -> Result<Self> {
        let Some(root) = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .map(PathBuf::from)
        else {
            bail!("xtask has no parent folder");
        };
        // As cargo does: a relative folder counts from where the command was given.
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(dir) if !dir.is_empty() => env::current_dir()?.join(dir),
            _ => root.join("target"),
        };
        let site = target.join("site");
        Ok(Self { root, target, site })
    }
}

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let browser = match args[..] {
        ["web"] => Browser::WhereItCan,
        ["web", "--no-wasm"] => Browser::Skip,
        ["web", "--require-wasm"] => Browser::Require,
        ["--help" | "-h"] | ["web", "--help" | "-h"] => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match web(browser) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("web: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn web(browser: Browser) -> Result<()> {
    let paths = Paths::find()?;
    site::build(&paths)?;
    if browser == Browser::Skip {
        return Ok(());
    }
    let strict = browser == Browser::Require;
    if let Err(reason) = wasm::ensure_target() {
        wasm::remove(&paths)?;
        if strict {
            bail!("{reason}");
        }
        println!("web: {reason}; the portal works without it, every act then loads a page");
        return Ok(());
    }
    wasm::build(&paths, strict)
}
