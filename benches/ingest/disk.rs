//! The disk's own speed, which stands beside every round.

use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::Instant;

use crate::report::median;

/// p50 of an fdatasync after writing 8 KiB, in microseconds.
pub fn fsync(dir: &Path) -> f64 {
    let mut file = std::fs::File::create(dir.join("fsync")).expect("a file can be made");
    let mut times = Vec::new();
    for turn in 0..100_u64 {
        file.seek(SeekFrom::Start(8192 * (turn % 64)))
            .expect("seek");
        file.write_all(&[7; 8192]).expect("write");
        let begun = Instant::now();
        file.sync_data().expect("fdatasync");
        times.push(begun.elapsed().as_secs_f64() * 1e6);
    }
    median(times)
}
