//! Static files and the style bundle, under `target/site/static`.
//!
//! `public/` is copied as it is. The style sheets become one file in layer order, so that a page
//! asks once. Each text file gets a `.gz` beside it for the server to hand out as it is.
//! A new sheet: add its name to `SHEETS` and its layer to the first line of `tokens.css`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use crate::Paths;

/// In the order of `@layer` in `tokens.css`.
const SHEETS: [&str; 5] = ["tokens", "base", "layout", "parts", "pages"];

/// Writes `target/site/static` anew.
pub fn build(paths: &Paths) -> Result<()> {
    let out = paths.site.join("static");
    if out.exists() {
        fs::remove_dir_all(&out).with_context(|| format!("clearing {}", out.display()))?;
    }
    copy(&paths.root.join("public"), &out)?;
    let css = bundle(&paths.root.join("style"))?;
    println!("web: sayso.css {} bytes", css.len());
    write_with_gzip(&out.join("sayso.css"), css.as_bytes())?;
    Ok(())
}

/// Writes a file and its compressed sibling, and returns the size of the latter.
pub fn write_with_gzip(path: &Path, bytes: &[u8]) -> Result<usize> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    let packed = encoder.finish()?;
    let mut sibling = path.as_os_str().to_owned();
    sibling.push(".gz");
    fs::write(path, bytes).with_context(|| format!("writing {}", path.display()))?;
    fs::write(&sibling, &packed).with_context(|| format!("writing {}.gz", path.display()))?;
    Ok(packed.len())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("making {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("reading {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else if target.extension().is_some_and(|ext| ext == "svg") {
            write_with_gzip(&target, &fs::read(entry.path())?)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

fn bundle(style: &Path) -> Result<String> {
    for entry in fs::read_dir(style).with_context(|| format!("reading {}", style.display()))? {
        let path = entry?.path();
        let known = SHEETS
            .iter()
            .any(|name| path == style.join(name).with_extension("css"));
        ensure!(
            known,
            "{} is in no place of the layer order: add it to SHEETS in xtask/src/site.rs",
            path.display()
        );
    }
    let mut css = String::new();
    for name in SHEETS {
        let path = style.join(name).with_extension("css");
        let sheet =
            fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        css += &without_comments(&sheet).with_context(|| format!("in {}", path.display()))?;
    }
    Ok(css)
}

/// Comments and the blank lines and indents they stand in are for us, not for browsers.
fn without_comments(css: &str) -> Result<String> {
    let mut kept = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(at) = rest.find(['"', '\'', '/']) {
        kept += &rest[..at];
        rest = &rest[at..];
        let length = if let Some(comment) = rest.strip_prefix("/*") {
            let Some(end) = comment.find("*/") else {
                bail!("a comment is not closed");
            };
            rest = &comment[end + 2..];
            continue;
        } else if rest.starts_with('/') {
            1
        } else {
            string_length(rest).context("a string is not closed")?
        };
        kept += &rest[..length];
        rest = &rest[length..];
    }
    kept += rest;
    Ok(kept
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .flat_map(|line| [line, "\n"])
        .collect())
}

/// The length of the string literal that `css` opens with, both quotes included.
fn string_length(css: &str) -> Option<usize> {
    let mut chars = css.char_indices();
    let (_, quote) = chars.next()?;
    while let Some((at, char)) = chars.next() {
        if char == '\\' {
            chars.next();
        } else if char == quote {
            return Some(at + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::without_comments;

    #[test]
    fn comments_go_and_strings_stay() {
        let css = "/* why */\n  a { b: url(\"x/*y\"); /* c */ d: 1/2; e: 'it\\'s /*'; }\n\n";
        let kept = "a { b: url(\"x/*y\");  d: 1/2; e: 'it\\'s /*'; }\n";
        assert_eq!(without_comments(css).unwrap(), kept);
    }

    #[test]
    fn an_open_comment_or_string_is_an_error() {
        assert!(without_comments("a {} /* b").is_err());
        assert!(without_comments("a { b: \"c }").is_err());
    }
}
