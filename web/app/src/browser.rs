//! The few things that only a browser can do.

pub mod archive;
pub mod editor;
pub mod library;
pub mod page;
pub mod storage;
pub mod terminal;

mod files;
