//! Runs the body in `src/policy.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sayso_fuzz::policy::run(data));
