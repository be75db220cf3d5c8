//! The rules of ARCHITECTURE.md that a machine can check.

use std::fs;
use std::path::{Path, PathBuf};

/// Who may name whom, by top-level module. What is not listed may use everything (main, cli, demo).
const IMPORTS: [(&str, &[&str]); 10] = [
    ("domain", &[]),
    ("ledger", &["domain"]),
    ("client", &["domain", "ledger"]),
    ("verify", &["domain", "ledger", "client"]),
    ("gate", &["domain", "ledger", "client", "verify"]),
    ("islands", &["domain", "ledger"]),
    ("ui", &["domain", "ledger", "islands"]),
    ("store", &["domain", "ledger"]),
    ("app", &["domain", "ledger", "store", "client"]),
    (
        "http",
        &["domain", "ledger", "app", "ui", "islands", "config"],
    ),
];
const MODULES: [&str; 13] = [
    "app", "cli", "client", "config", "demo", "domain", "gate", "http", "islands", "ledger",
    "store", "ui", "verify",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The top-level module that a file belongs to.
fn module(path: &Path) -> String {
    let relative = path.strip_prefix(root().join("src")).unwrap();
    let first = relative
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_str()
        .unwrap();
    first.trim_end_matches(".rs").to_owned()
}

#[test]
fn imports_go_one_way() {
    for path in sources(&root().join("src")) {
        let own = module(&path);
        let Some((_, allowed)) = IMPORTS.iter().find(|(name, _)| *name == own) else {
            continue;
        };
        let text = fs::read_to_string(&path).unwrap();
        for other in MODULES
            .iter()
            .filter(|other| **other != own && !allowed.contains(other))
        {
            for way in [
                format!("crate::{other}::"),
                format!("crate::{other};"),
                format!("sayso::{other}"),
            ] {
                assert!(
                    !text.contains(&way),
                    "{} names {way}, which {own} may not use",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn each_foreign_library_has_its_one_place() {
    let places = [
        ("sqlx::", "store"),
        ("leptos_axum", "http/page.rs"),
        ("std::env::var", "config.rs"),
        ("reqwest::", "client"),
    ];
    for path in sources(&root().join("src")) {
        let relative = path
            .strip_prefix(root().join("src"))
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        let text = fs::read_to_string(&path).unwrap();
        for (library, place) in places {
            assert!(
                relative.starts_with(place) || !text.contains(library),
                "{relative} names {library}; only {place} may"
            );
        }
    }
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |database: &str| {
        let mut names: Vec<_> = fs::read_dir(root().join("migrations").join(database))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
    let tables = |database: &str| {
        let mut lines = Vec::new();
        for name in names(database) {
            let text = fs::read_to_string(root().join("migrations").join(database).join(&name))
                .unwrap()
                .replace("bytea", "blob");
            let ends = ["create trigger", "create function", "-- SQLite only:"];
            let end = ends.iter().filter_map(|end| text.find(end)).min();
            let tables = text[..end.unwrap_or(text.len())].trim_end().to_owned();
            lines.push((name, tables));
        }
        lines
    };
    assert_eq!(
        tables("sqlite"),
        tables("postgres"),
        "the same tables and columns, but for types and triggers"
    );
}

#[test]
fn files_stay_small_and_say_what_they_are() {
    for folder in ["src", "tests/it"] {
        for path in sources(&root().join(folder)) {
            let text = fs::read_to_string(&path).unwrap();
            assert!(
                text.lines().count() <= 300,
                "{} has {} lines: split it by noun",
                path.display(),
                text.lines().count()
            );
            assert!(
                text.starts_with("//!"),
                "{} does not open with what it is",
                path.display()
            );
        }
    }
}
