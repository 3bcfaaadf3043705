//! Any word is expanded in any mode, with any value in its variables.

#![no_main]

#[path = "../../crates/dockerfile/tests/properties/mod.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|input: (u8, &str, &str)| {
    let (modes, value, text) = input;
    properties::check_expansion(text, value, modes);
});
