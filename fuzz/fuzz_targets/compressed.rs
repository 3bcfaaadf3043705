//! Any bytes are read as a layer that is compressed in each way.

#![no_main]

#[path = "../../crates/image/tests/properties/mod.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|input: (u8, &[u8])| properties::check_compressed(input.0, input.1));
