//! Runs the body in `src/bundle.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sayso_fuzz::bundle::run(data));
