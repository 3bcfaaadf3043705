//! Any bytes are read as an image configuration.

#![no_main]

#[path = "../../crates/image/tests/properties/mod.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| properties::check_config(bytes));
