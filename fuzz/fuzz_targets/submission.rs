//! Runs the body in `src/submission.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sayso_fuzz::submission::run(data));
