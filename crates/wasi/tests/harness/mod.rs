//! Runs the cases of `tests/suite/*.txt`; `tests/suite/README.md` says how they are written.
//!
//! `tests/suite.rs` runs them natively, `examples/suite_js.rs` in a JavaScript engine.

pub mod case;
pub mod check;
pub mod generate;
pub mod names;
#[cfg(not(target_family = "wasm"))]
pub mod node;
pub mod render;
pub mod setup;
pub mod token;
