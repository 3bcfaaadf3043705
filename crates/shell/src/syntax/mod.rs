//! From a script's text to the program that runs.

pub(crate) mod ansi;
mod brace;
mod diagnose;
pub(crate) mod error;
pub(crate) mod ir;
pub(crate) mod lexer;
mod lower;
pub(crate) mod parse;
mod scan;
pub(crate) mod word;
