//! The sh and bash interpreter that runs RUN lines over a [`vfs::Fs`].
//!
//! [`run`] interprets a script, [`main`] reads an argument vector as `sh` and `bash` do.
//! One interpreter speaks three dialects ([`Personality`]): Debian's dash, BusyBox's ash and bash
//! differ in what they accept, in what they print and in their exit statuses.
//!
//! External commands are the embedder's: the interpreter finds them in `PATH` and hands them to
//! [`Programs`].
//! It is synchronous and has no threads, so the stages of a pipeline run one after another over
//! bounded pipes; a stage that overran the bound and whose reader wants more is run again from a
//! checkpoint of the filesystem (`exec/pipeline.rs`).
//!
//! Scripts go through four steps, each with its own types: text, tokens (`syntax/lexer.rs`),
//! brush-parser's tree, and our own program (`syntax/ir.rs`), in which every word is parsed down
//! to its expansions, so that a loop's body is parsed once.

mod api;
mod builtins;
mod exec;
mod expand;
mod interactive;
mod invoke;
mod jobs;
mod options;
mod shell;
mod signals;
mod syntax;
mod text;
mod vars;

pub use api::{
    Ended, ExecError, ExitStatus, Limit, Personality, Process, Programs, Script, Start, Stop,
};
pub use interactive::{Completion, Interactive, Typed, Words, word_at};
pub use invoke::{arguments, main, run};
