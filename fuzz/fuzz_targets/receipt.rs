//! Runs the body in `src/receipt.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sayso_fuzz::receipt::run(data));
