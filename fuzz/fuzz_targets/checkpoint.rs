//! Runs the body in `src/checkpoint.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sayso_fuzz::checkpoint::run(data));
