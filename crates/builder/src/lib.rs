//! Builds images from Dockerfiles, as BuildKit does.
//!
//! [`build()`] takes the text and the build context and tells its caller, as [`Event`]s, how each
//! step fares; what comes of it is a [`Build`]. The file is first converted into a graph of
//! operations, then those that the target needs are carried out. Which of them run is decided by
//! [`KeyInputs`] against a [`Cache`]; every miss carries its cause ([`Miss`]). Commands run behind
//! [`Executor`], base images come from [`Images`], downloads from [`Network`]: this crate knows no
//! shell, no WebAssembly and no clock.

mod build;
mod cache;
pub mod classic;
mod content_hash;
mod convert;
mod executor;
mod files;
mod glob;
mod graph;
mod ignored;
mod miss;
mod points;
mod request;
mod solve;
mod step;
mod users;

pub use build::{Build, BuildError, Event, Plan, PlanError, StepOutcome, build, plan};
pub use cache::Cache;
pub use content_hash::{ContentHashError, Selector, content_hash};
pub use convert::ConvertError;
pub use executor::{
    BaseImage, Command, CommitPoint, CommitPoints, Download, Executor, Images, LayerInfo, Mount,
    Network, NoNetwork, Output, Ran, RunError,
};
pub use files::{ChangeMode, FileError};
pub use glob::BadPattern;
pub use graph::{Described, VertexKind};
pub use ignored::without_ignored;
pub use miss::{FileChange, FileState, Files, Key, KeyInputs, Miss};
pub use points::{PointId, PointState};
pub use request::{NamedContext, NoCache, Outside, Request};
pub use step::{Failure, LayerSummary, Step, StepKind, StepResult, StepState};
pub use users::{group_name, owner_ids, user_name};
