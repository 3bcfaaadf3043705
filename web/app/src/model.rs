//! What the page knows, as plain data: the project, its build, and what can be read from them.

pub mod build;
pub mod compare;
pub mod content;
pub mod difference;
pub mod example;
pub mod figures;
pub mod hex;
pub mod language;
pub mod link;
pub mod origin;
pub mod path;
pub mod project;
pub mod sample;
pub mod shelf;
pub mod spans;
pub mod strata;
pub mod tree;
pub mod why;
