//! Browser code, under `target/site/pkg`: the islands as WASM and the JavaScript that loads them.
//!
//! cargo compiles, `wasm-bindgen` writes the glue, `wasm-opt` shrinks where it is installed.
//! cargo skips what has not changed; glue and shrinking are skipped when cargo's file has not.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::{Paths, site};

const TARGET: &str = "wasm32-unknown-unknown";
const NAME: &str = "sayso";

/// Largest size that may travel, in bytes after gzip. A phone on a slow line waits for this.
const BUDGET: usize = 90_000;

/// What rustc's WASM uses beyond the first version; older `wasm-opt`s want to be told.
const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Adds the compilation target through rustup if need be.
///
/// # Errors
/// One line for a person: what is missing, and the command that adds it.
pub fn ensure_target() -> Result<(), String> {
    if has_target() {
        return Ok(());
    }
    println!("web: adding the compilation target {TARGET}");
    let added = Command::new("rustup")
        .args(["target", "add", TARGET])
        .stdin(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if added && has_target() {
        return Ok(());
    }
    Err(format!(
        "no browser code was built, for Rust's target {TARGET} is missing: `rustup target add {TARGET}` adds it"
    ))
}

fn has_target() -> bool {
    Command::new("rustc")
        .args(["--print", "target-libdir", "--target", TARGET])
        .output()
        .ok()
        .and_then(|out| String::from_utf8(out.stdout).ok())
        .is_some_and(|dir| !dir.trim().is_empty() && Path::new(dir.trim()).is_dir())
}

/// Takes older browser code away, so that nobody serves what does not match the pages.
pub fn remove(paths: &Paths) -> Result<()> {
    let pkg = paths.site.join("pkg");
    if pkg.exists() {
        fs::remove_dir_all(&pkg).with_context(|| format!("clearing {}", pkg.display()))?;
    }
    Ok(())
}

/// Builds `target/site/pkg` and prints its sizes. `strict` makes an excess of the budget an error.
pub fn build(paths: &Paths, strict: bool) -> Result<()> {
    let compiled = compile(paths)?;
    let pkg = paths.site.join("pkg");
    let wasm = pkg.join(format!("{NAME}_bg.wasm"));
    let optimiser = find_optimiser(&paths.root);
    let stamp = paths.site.join("pkg.stamp");
    let mark = mark(&compiled, optimiser.as_deref())?;
    let fresh = wasm.exists() && fs::read_to_string(&stamp).is_ok_and(|old| old == mark);
    if !fresh {
        remove(paths)?;
        fs::create_dir_all(&pkg)?;
        Bindgen::new()
            .input_path(&compiled)
            .web(true)?
            .typescript(false)
            .out_name(NAME)
            .generate(&pkg)
            .context("writing the JavaScript for the WASM")?;
        match optimiser.as_deref().map(|tool| shrink(tool, &wasm)) {
            Some(Err(error)) if strict => return Err(error),
            Some(Err(error)) => println!("web: {error:#}; the WASM stays as it is"),
            Some(Ok(())) => {}
            None => println!("web: wasm-opt is not installed: the WASM stays larger than need be"),
        }
        for file in [&wasm, &pkg.join(format!("{NAME}.js"))] {
            site::write_with_gzip(file, &fs::read(file)?)?;
        }
        fs::write(&stamp, &mark)?;
    }
    report(&wasm, strict)
}

fn report(wasm: &Path, strict: bool) -> Result<()> {
    let raw = fs::metadata(wasm)?.len();
    let packed = usize::try_from(fs::metadata(wasm.with_extension("wasm.gz"))?.len())?;
    println!("web: {NAME}_bg.wasm {raw} bytes, {packed} after gzip; budget {BUDGET}");
    if packed > BUDGET {
        let excess = format!("the browser code is {} bytes over budget", packed - BUDGET);
        ensure!(!strict, "{excess}");
        println!("web: {excess}");
    }
    Ok(())
}

fn compile(paths: &Paths) -> Result<PathBuf> {
    println!("web: compiling the browser code");
    let status = Command::new("cargo")
        .args(["rustc", "--lib", "--crate-type", "cdylib"])
        .args(["--profile", "wasm-release", "--target", TARGET])
        .args(["--no-default-features", "--features", "hydrate"])
        .arg("--target-dir")
        .arg(&paths.target)
        .current_dir(&paths.root)
        .status()
        .context("running cargo")?;
    ensure!(status.success(), "the browser code does not compile");
    Ok(paths
        .target
        .join(TARGET)
        .join("wasm-release")
        .join(NAME)
        .with_extension("wasm"))
}

/// Says from what the output was made: cargo's file, this tool, and the optimiser.
fn mark(compiled: &Path, optimiser: Option<&Path>) -> Result<String> {
    let tool = std::env::current_exe()?;
    let mut mark = String::new();
    for path in [Some(compiled), Some(&tool), optimiser]
        .into_iter()
        .flatten()
    {
        let about = fs::metadata(path).with_context(|| format!("reading {}", path.display()))?;
        let (size, time) = (about.len(), about.modified()?);
        writeln!(mark, "{} {size} {time:?}", path.display())?;
    }
    Ok(mark)
}

#[expect(
    clippy::disallowed_methods,
    reason = "PATH is where programs are looked for"
)]
fn find_optimiser(root: &Path) -> Option<PathBuf> {
    let path: OsString = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain([root.join("node_modules/.bin")])
        .map(|dir| dir.join("wasm-opt"))
        .find(|tool| tool.is_file())
}

fn shrink(tool: &Path, wasm: &Path) -> Result<()> {
    println!("web: shrinking with {}", tool.display());
    let small = wasm.with_extension("small");
    let status = Command::new(tool)
        .arg("-Oz")
        .args(WASM_FEATURES)
        .arg(wasm)
        .arg("-o")
        .arg(&small)
        .status()
        .with_context(|| format!("running {}", tool.display()))?;
    ensure!(
        status.success(),
        "{} failed: another version of binaryen may not",
        tool.display()
    );
    fs::rename(&small, wasm)?;
    Ok(())
}
