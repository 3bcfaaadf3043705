//! Keeps the worker's idea of the project equal to the page's.

mod link;
mod session;
mod use_engine;

pub use use_engine::use_engine;
