//! What is wrong with a script's text, before any shell's words for it.

/// A syntax error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    pub kind: SyntaxErrorKind,
    /// Where the reader was when it gave up, counted from 1.
    pub line: u32,
    /// Where the unfinished construct began.
    pub start_line: u32,
}

impl SyntaxError {
    /// Whether more text could make it right.
    pub fn at_end(&self) -> bool {
        matches!(self.kind, SyntaxErrorKind::Unexpected { token: Found::End, .. })
    }

    /// As [`SyntaxError::at_end`], at a terminal, where an open quote goes on in the next line.
    pub fn wants_more(&self) -> bool {
        use SyntaxErrorKind as K;
        self.at_end() || matches!(self.kind, K::Quote(_) | K::Brace | K::Arith | K::Substitution)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SyntaxErrorKind {
    /// The text ended inside this kind of quote.
    Quote(char),
    /// `${` without `}`.
    Brace,
    /// `$((` without `))`.
    Arith,
    /// `$(` without `)`.
    Substitution,
    /// A token that does not belong there.
    Unexpected { token: Found, expecting: Option<&'static str> },
    /// `for 1x`, with the name.
    ForVariable,
    /// `f-x()`, with dash.
    BadFunctionName,
    /// Something the shell has and this one has not.
    Unsupported(&'static str),
    /// Deeper than the parser's stack allows.
    TooDeep,
}

/// A token as messages name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Word(String),
    /// A reserved word where one is recognised.
    Reserved(String),
    Operator(String),
    Redirection(String),
    Newline,
    End,
}
