//! Dockerfile text to spanned tree to typed instructions; word expansion; .dockerignore.
//!
//! [`parse()`] takes any text and answers with a [`Parse`]: the instructions and stages, where each part stands,
//! and what is wrong in the words of BuildKit's front end. Nothing here panics on any text.
//!
//! ```
//! let parse = dockerfile::parse("FROM ubuntu:18.04\nRUN apt-get update\n");
//! assert!(parse.first_error().is_none());
//! assert_eq!(parse.stages[0].base, "ubuntu:18.04");
//! assert_eq!(parse.body(&parse.stages[0])[0].text(), "RUN apt-get update");
//! ```

mod chmod;
mod csv;
mod diagnostic;
mod directive;
mod duration;
pub mod editor;
mod excerpt;
mod expand;
mod expose;
mod flags;
mod folded;
mod heredoc;
mod ignore;
mod instruction;
mod json;
pub mod lint;
mod mount;
mod node;
mod parse;
#[cfg(test)]
mod parse_tests;
mod platform;
mod quote;
mod reference;
mod remote;
mod scope;
mod signal;
mod span;
mod split;
mod stage;
mod suggest;
mod syntax;
mod tokens;
mod understand;

pub use chmod::{ChmodError, check_chmod};
pub use diagnostic::{Diagnostic, Pass};
pub use directive::{Detected, Directive, detect_syntax, find_directive};
pub use duration::HealthDuration;
pub use excerpt::excerpt;
pub use expand::{EnvList, Environment, ExpandError, ExpandErrorCause, Expansion, Lexer, pattern};
pub use expose::{PortError, expose_ports};
pub use flags::{FlagKind, Flags};
pub use heredoc::{Heredoc, HeredocWord, chomp, heredoc_word, heredocs_of_line};
pub use ignore::{
    DirMatches, Ignore, IgnoreError, IgnoreErrorCause, IgnorePattern, MatchKind, Trace, TraceStep,
    ignore_patterns,
};
pub use instruction::{
    AddArgs, ArgDef, CommandLine, CopyArgs, FromArgs, HealthcheckArgs, INSTRUCTIONS, InlineFile,
    Instruction, KeyValue, Kind, Network, OnbuildArgs, RunArgs, Security, Transfer,
};
pub use json::{JsonError, json_array};
pub use mount::{Device, MOUNT_KEYS, MOUNT_KINDS, Mount, MountKind, Sharing};
pub use parse::{EMPTY_CONTINUATION_DETAIL, EmptyContinuation, MAX_LINE, Parse, parse};
pub use platform::Platform;
pub use quote::{quote, quote_list};
pub use reference::{canonical_image_name, check_image_name, is_image_name};
pub use remote::{SourceKind, source_kind};
pub use scope::{PREDEFINED, Variable, VariableKind, variables_at};
pub use span::{LineIndex, Lines, Span};
pub use split::split_words;
pub use stage::Stage;
pub use suggest::with_suggestion;
pub use syntax::{Item, ItemKind, Node, Word};
pub use tokens::{Token, TokenKind};
pub use understand::{FLAGS, flags_of, interval};
