//! What `docker` and its builders print, as text from plain data.
//!
//! The daemon, the native command and the page's worker all print through this crate, so that a
//! table or a progress line has one place where it is made. It knows neither images nor builds: its
//! types hold what is shown. Times come from its caller.

pub mod plain;
pub mod tables;
mod tabwriter;
mod template;
mod text;
pub mod tty;
mod units;

pub use tabwriter::tabulate;
pub use template::{Fields, Template, TemplateError};
pub use text::ellipsis;
pub use units::{bytes_progress, human_duration, human_size, human_size_with_precision};
