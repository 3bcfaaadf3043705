//! Any text is parsed, printed, checked, formatted and asked about at several places.

#![no_main]

#[path = "../../crates/dockerfile/tests/properties/mod.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|text: &str| {
    // Eight places, spread over the text.
    let places = (0..8).map(|part| text.len() * part / 7);
    properties::check_file(text, places);
});
