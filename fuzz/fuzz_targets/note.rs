//! Runs the body in `src/note.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sayso_fuzz::note::run(data));
