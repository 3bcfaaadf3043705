//! Any `.dockerignore` is asked about any path.

#![no_main]

#[path = "../../crates/dockerfile/tests/properties/mod.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|input: (&str, &str)| {
    let (path, patterns) = input;
    properties::check_ignore(patterns, path);
});
