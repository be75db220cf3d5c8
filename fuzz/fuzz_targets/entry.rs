//! Runs the body in `src/entry.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sayso_fuzz::entry::run(data));
