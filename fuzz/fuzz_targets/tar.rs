//! Any bytes are read as a tar whose checksums are right.

#![no_main]

#[path = "../../crates/image/tests/properties/mod.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| properties::check_tar(bytes));
