//! Entry bundles: what 256 leaves hold, in one blob (C2SP tlog-tiles v0.1.0).
//!
//! A bundle is `u16 length ‖ entry`, repeated; its number and width are those of the tile of leaf hashes that lies over
//! it. It is built from the entries when it is asked for and cut like a tile, so it has no stored form of its own.

use core::num::NonZeroU8;

use super::entry::MAX_ENTRY;
use super::tile::{WIDTH, number_path, parse_number};

/// Longest bundle, in bytes: 256 entries of the greatest length.
pub const MAX_BUNDLE: usize = WIDTH * (2 + MAX_ENTRY);

/// Why bytes are not the bundle that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// It ends too early.
    #[error("the bundle ends within its entry {entry}, where {needed} entries are needed")]
    Short {
        /// Which entry, counted within the bundle from 0.
        entry: usize,
        /// How many there should be.
        needed: usize,
    },
    /// There is more than the entries.
    #[error("the bundle has {more} bytes after its {needed} entries")]
    Long {
        /// Bytes too many.
        more: usize,
        /// How many entries there should be.
        needed: usize,
    },
}

/// The bundle of `entries`, which are one after the other in the log. `None` when one of them is longer than
/// [`MAX_ENTRY`], or there are more of them than a bundle holds: no log has such.
pub fn encode<B: AsRef<[u8]>>(entries: &[B]) -> Option<Vec<u8>> {
    if entries.len() > WIDTH {
        return None;
    }
    let mut bundle = Vec::with_capacity(entries.len() * 96);
    for entry in entries.iter().map(AsRef::as_ref) {
        let length = u16::try_from(entry.len()).ok()?;
        bundle.extend_from_slice(&length.to_be_bytes());
        bundle.extend_from_slice(entry);
    }
    Some(bundle)
}

/// The `count` entries of a bundle, which holds exactly those.
///
/// # Errors
/// When it holds fewer or more.
pub fn parse(bundle: &[u8], count: usize) -> Result<Vec<&[u8]>, BundleError> {
    let (mut entries, mut rest) = (Vec::with_capacity(count.min(WIDTH)), bundle);
    for entry in 0..count {
        let short = BundleError::Short {
            entry,
            needed: count,
        };
        let (length, after) = rest.split_first_chunk().ok_or(short)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (bytes, after) = after.split_at_checked(length).ok_or(short)?;
        entries.push(bytes);
        rest = after;
    }
    if rest.is_empty() {
        Ok(entries)
    } else {
        Err(BundleError::Long {
            more: rest.len(),
            needed: count,
        })
    }
}

/// Path of bundle `n` below the log's prefix: `tile/entries/<N>`, for a partial one with `.p/<width>` at its end.
pub fn path(n: u64, width: Option<NonZeroU8>) -> String {
    format!("tile/entries/{}", number_path(n, width))
}

/// Reads a bundle's path in its one valid spelling; `None` (answer 404) for any other.
pub fn parse_path(path: &str) -> Option<(u64, Option<NonZeroU8>)> {
    parse_number(path.strip_prefix("tile/entries/")?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ledger::sample;

    #[test]
    fn a_bundle_has_the_bytes_of_the_specification() {
        let bundle = encode(&[&b"ab"[..], b"", b"c"]).unwrap();
        assert_eq!(bundle, b"\0\x02ab\0\0\0\x01c");
        assert_eq!(parse(&bundle, 3).unwrap(), [&b"ab"[..], b"", b"c"]);
        let entries = sample::ENTRIES.map(|(entry, _)| entry);
        let bundle = encode(&entries).unwrap();
        assert_eq!(bundle[..2], [0, 79]);
        assert_eq!(parse(&bundle, 3).unwrap(), entries.map(str::as_bytes));
        assert_eq!(encode::<&[u8]>(&[]).unwrap(), b"");
        assert_eq!(parse(b"", 0), Ok(vec![]));
    }

    #[test]
    fn what_no_log_has_is_not_encoded() {
        assert_eq!(encode(&[vec![0; MAX_ENTRY]]).unwrap().len(), 2 + MAX_ENTRY);
        assert_eq!(encode(&[vec![0; MAX_ENTRY + 1]]), None);
        assert!(encode(&[b"x"; 256]).is_some());
        assert_eq!(encode(&[b"x"; 257]), None);
    }

    #[test]
    fn only_exactly_the_entries_that_are_asked_for_are_read() {
        let bundle = encode(&[&b"ab"[..], b"c"]).unwrap();
        for length in 0..bundle.len() {
            assert!(parse(&bundle[..length], 2).is_err(), "{length} bytes");
        }
        let short = |entry, needed| Err(BundleError::Short { entry, needed });
        assert_eq!(parse(&bundle[..4], 2), short(1, 2));
        assert_eq!(parse(&bundle, 3), short(2, 3));
        assert_eq!(
            parse(&bundle, 1),
            Err(BundleError::Long { more: 3, needed: 1 })
        );
        assert_eq!(parse(&[0xff, 0xff, 0], 1), short(0, 1));
    }

    #[test]
    fn paths_are_those_of_the_leaves_tiles() {
        for (n, width, path) in [
            (0, None, "tile/entries/000"),
            (273, NonZeroU8::new(112), "tile/entries/273.p/112"),
            (1_234_067, None, "tile/entries/x001/x234/067"),
        ] {
            assert_eq!(super::path(n, width), path);
            assert_eq!(parse_path(path), Some((n, width)));
        }
        let others = "tile/entries|tile/entries/|tile/entries/0|tile/entries/x000/000|tile/entries/000.p/0|\
            tile/entries/000.p/256|tile/entries/000.p/01|tile/entries//000|tile/entries/000/|tile/0/000|\
            /tile/entries/000|tile/entries/1000|tile/entries/+00|tile/entries/000.p/|tile/entries/000.p";
        for other in others.split('|') {
            assert_eq!(parse_path(other), None, "{other:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_read_has_one_spelling(bytes in any::<Vec<u8>>(), count in 0..8_usize, path in "tile/entries/.*") {
            if let Ok(entries) = parse(&bytes, count) {
                prop_assert_eq!(encode(&entries), Some(bytes));
            }
            if let Some((n, width)) = parse_path(&path) {
                prop_assert_eq!(super::path(n, width), path);
            }
        }
    }
}
