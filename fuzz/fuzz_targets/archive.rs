//! Any index, manifest and configuration are read as an archive.

#![no_main]

#[path = "../../crates/image/tests/properties/mod.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|input: (&[u8], &[u8], &[u8])| {
    let (index, manifest, config) = input;
    properties::check_archive(index, manifest, config);
});
