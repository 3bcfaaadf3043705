//! Runs the cases of `tests/suite/*.txt`; `tests/suite/README.md` says how they are written.

pub mod case;
pub mod generate;
pub mod names;
pub mod node;
pub mod render;
pub mod setup;
pub mod token;
