//! Builds images from Dockerfiles, as BuildKit does.
//!
//! [`build()`] takes the text and the build context and tells its caller, as [`Event`]s, how each
//! step fares; what comes of it is a [`Build`]. Which steps run is decided by [`KeyInputs`] against a
//! [`Cache`]; every miss carries its cause ([`Miss`]). Commands run behind [`Executor`], base images
//! come from [`Images`]: this crate knows no shell, no WebAssembly and no clock.

mod build;
mod cache;
mod content_hash;
mod copy;
mod executor;
mod glob;
mod miss;
mod plan;
mod run;
mod stage;
mod step;
mod transfer;
mod users;

pub use build::{Build, BuildError, Event, Outside, Request, StepOutcome, build};
pub use cache::Cache;
pub use content_hash::{ContentHashError, Selector, content_hash};
pub use copy::{ChangeMode, CopyError, CopyOptions, Selected, copy, make_dirs, select};
pub use executor::{BaseImage, Command, Executor, Images, LayerInfo, Output, Ran, RunError};
pub use glob::BadPattern;
pub use miss::{FileChange, FileState, Files, Key, KeyInputs, Miss};
pub use plan::PlanError;
pub use step::{Failure, LayerSummary, Step, StepKind, StepResult, StepState};
pub use users::{group_name, owner_ids, user_name};
