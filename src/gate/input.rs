//! Reads lines within bounds: neither a long line nor a fast writer can fill the memory.

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::sync::mpsc;

/// Longest line in bytes, its newline included.
pub const MAX_LINE: usize = 64 * 1024;
/// Bytes taken in one read.
const READ: usize = 64 * 1024;

/// A line with its newline as it was read; `None` stands for one that was too long.
pub type Line = Option<Vec<u8>>;

/// Cuts a stream of bytes into lines.
#[derive(Default)]
pub struct Splitter {
    partial: Vec<u8>,
    skipping: bool,
}

impl Splitter {
    /// The lines that `bytes` completes.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Line> {
        let mut lines = Vec::new();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let complete = piece.ends_with(b"\n");
            if !self.skipping {
                self.partial.extend_from_slice(piece);
                self.skipping = self.partial.len() > MAX_LINE;
            }
            if self.skipping {
                self.partial = Vec::new();
            }
            if complete {
                lines.push(self.line());
            }
        }
        lines
    }

    /// The last line, if the stream ended without a newline.
    pub fn finish(&mut self) -> Option<Line> {
        let rest = self.skipping || !self.partial.is_empty();
        rest.then(|| self.line())
    }

    fn line(&mut self) -> Line {
        let text = std::mem::take(&mut self.partial);
        let skipped = std::mem::take(&mut self.skipping);
        (!skipped).then_some(text)
    }
}

/// Reads `input` to its end and hands on what each read brings. Waits while `lines` is full.
///
/// # Errors
/// When the input cannot be read. What was read before has been handed on.
pub async fn read_lines(
    mut input: impl AsyncRead + Unpin,
    lines: mpsc::Sender<Vec<Line>>,
) -> std::io::Result<()> {
    let mut splitter = Splitter::default();
    let mut buffer = vec![0; READ];
    loop {
        let result = input.read(&mut buffer).await;
        let length = *result.as_ref().unwrap_or(&0);
        let mut read = splitter.push(&buffer[..length]);
        if length == 0 {
            read.extend(splitter.finish());
        }
        if !read.is_empty() && lines.send(read).await.is_err() {
            return Ok(());
        }
        if length == 0 {
            return result.map(|_| ());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(chunks: &[&[u8]]) -> Vec<Line> {
        let mut splitter = Splitter::default();
        let mut lines: Vec<_> = chunks
            .iter()
            .flat_map(|chunk| splitter.push(chunk))
            .collect();
        lines.extend(splitter.finish());
        lines
    }

    fn text(text: &str) -> Vec<u8> {
        text.into()
    }

    #[test]
    fn lines_keep_every_byte_wherever_the_reads_cut_them() {
        let whole = b"one\r\n\ntwo\nthree";
        let expected = [
            Some(text("one\r\n")),
            Some(text("\n")),
            Some(text("two\n")),
            Some(text("three")),
        ];
        for cut in 0..whole.len() {
            assert_eq!(
                lines(&[&whole[..cut], &whole[cut..]]),
                expected,
                "cut at {cut}"
            );
        }
        assert_eq!(lines(&[b""]), []);
    }

    #[test]
    fn a_line_that_is_too_long_is_skipped_to_its_end() {
        let longest = [vec![b'x'; MAX_LINE - 1], b"\n".to_vec()].concat();
        assert_eq!(lines(&[&longest]), [Some(longest.clone())]);
        let long = vec![b'x'; MAX_LINE];
        assert_eq!(lines(&[&long, b"\nnext\n"]), [None, Some(text("next\n"))]);
        assert_eq!(
            lines(&[&long, &long, &long, b"y", b"\n", b"next"]),
            [None, Some(text("next"))]
        );
        assert_eq!(lines(&[&long, b"x"]), [None]);
    }
}
