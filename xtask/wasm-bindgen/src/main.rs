//! The wasm-bindgen command at the version that Cargo.lock pins.

fn main() {}
