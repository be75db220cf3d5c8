//! Runs the body in `src/payload.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sayso_fuzz::payload::run(data));
