//! What is wrong with a file, in BuildKit's words.

use std::fmt;

use crate::span::{Lines, Span};

/// The pass of BuildKit's front end that reports an error. A pass runs only where the one before found none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pass {
    /// Cutting the file into instructions.
    Parser,
    /// Understanding each instruction.
    Instructions,
    /// Looking at the file as a whole.
    Stages,
}

/// An error in a Dockerfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The pass that reports it.
    pub pass: Pass,
    /// What to underline.
    pub span: Span,
    /// The lines BuildKit points at; it has none for an empty file.
    pub lines: Option<Lines>,
    /// What is wrong, without a prefix.
    pub cause: String,
    /// The line in the prefix `dockerfile parse error on line N: `, where BuildKit writes one.
    pub prefix_line: Option<usize>,
}

impl Diagnostic {
    /// The message as BuildKit prints it.
    pub fn message(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.prefix_line {
            write!(f, "dockerfile parse error on line {line}: ")?;
        }
        f.write_str(&self.cause)
    }
}

impl std::error::Error for Diagnostic {}

/// What is wrong with one instruction, before it is known where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub cause: String,
    /// The words it is about; `None` for the whole instruction.
    pub span: Option<Span>,
}

impl Problem {
    pub fn new(cause: impl Into<String>) -> Self {
        Problem { cause: cause.into(), span: None }
    }

    pub fn at(span: Span, cause: impl Into<String>) -> Self {
        Problem { cause: cause.into(), span: Some(span) }
    }
}

impl From<String> for Problem {
    fn from(cause: String) -> Self {
        Problem::new(cause)
    }
}
