//! Runs the body in `src/cosignature.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sayso_fuzz::cosignature::run(data));
