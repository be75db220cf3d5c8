//! Entry bundles: the first byte says how many entries are expected. No library at hand reads them, so the comparison is
//! with their one-line definition.

use sayso::ledger::bundle::{encode, parse};

/// See the module.
///
/// # Panics
/// When something is wrong.
pub fn run(data: &[u8]) {
    let Some((count, bundle)) = data.split_first() else {
        return;
    };
    let count = usize::from(*count);
    let (mut rest, mut found) = (bundle, 0);
    while let [high, low, after @ ..] = rest {
        let Some(after) = after.get(usize::from(*high) * 256 + usize::from(*low)..) else {
            break;
        };
        (rest, found) = (after, found + 1);
    }
    let whole = rest.is_empty() && found == count;
    match parse(bundle, count) {
        Ok(entries) => {
            assert!(whole);
            assert_eq!(entries.len(), count);
            assert_eq!(encode(&entries).as_deref(), Some(bundle));
        }
        Err(_) => assert!(!whole),
    }
}
