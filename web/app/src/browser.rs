//! The few things that only a browser can do.

pub mod editor;
pub mod page;
pub mod storage;
pub mod terminal;
