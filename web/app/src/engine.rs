//! The page's two conversations with the worker: it keeps the worker's idea of the project equal to
//! the page's, and asks the host machine for what the user does there.

mod host;
mod link;
mod replay;
mod session;
mod use_engine;

pub use host::{Heard, Host};
pub use replay::Replay;
pub use use_engine::use_engine;
