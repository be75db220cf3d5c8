//! Runs the body in `src/tile_path.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sayso_fuzz::tile_path::run(data));
