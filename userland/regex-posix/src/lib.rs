//! POSIX basic and extended regular expressions with GNU's extensions.
//!
//! A match is the leftmost, and of those the longest (POSIX.1-2017, Base Definitions 9.1).
//! Text is bytes; `.`, brackets and the classes see UTF-8 characters where [`Syntax::utf8`] is set,
//! and a byte that is no part of one matches nothing but itself.
//!
//! Patterns without back-references are matched by simulating an automaton, in time proportional
//! to pattern and text; groups are found afterwards, within the match, as glibc finds them: the
//! first way that leads to its end, repetitions taking as much as they can.
//! Back-references need a search with steps back, which is given up after a number of steps.

mod backtrack;
mod bracket;
mod parse;
mod program;
mod simulate;

pub use parse::Warning;

use parse::{Node, Parsed};
use program::Program;
use std::fmt;

/// How a pattern is written and matched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Syntax {
    /// Extended syntax (`-E`) rather than basic.
    pub extended: bool,
    /// Upper and lower case are one.
    pub ignore_case: bool,
    /// Text is UTF-8 rather than bytes.
    pub utf8: bool,
    /// `^` and `$` match at line feeds too (sed's `M`).
    pub multiline: bool,
    /// `\n`, `\t` and their like stand for control characters (sed).
    pub escapes: bool,
    /// grep's ways: a lone `)` is itself, and a repetition at the start is only warned of.
    pub grep: bool,
}

/// Why a pattern cannot be used, in the words of glibc and gnulib.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// `[` without `]`
    UnmatchedBracket,
    /// `(` without `)`
    UnmatchedOpen,
    /// `)` without `(`
    UnmatchedClose,
    /// `\{` without `\}`
    UnmatchedBrace,
    /// What is between braces is no count.
    BadBrace,
    /// A count beyond 32767.
    TooBig,
    /// A back-reference to a group that is not complete.
    BadReference,
    /// A range whose ends are in the wrong order.
    BadRange,
    /// `[:name:]` of an unknown name.
    BadClass,
    /// `[.name.]` of an unknown name.
    BadCollation,
    /// `[:space:]` without the outer brackets.
    ClassSyntax,
    /// A backslash at the end.
    TrailingBackslash,
    /// A repetition with nothing before it.
    NothingToRepeat,
    /// Too many states or steps.
    TooComplex,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Error::UnmatchedBracket => "Unmatched [, [^, [:, [., or [=",
            Error::UnmatchedOpen => "Unmatched ( or \\(",
            Error::UnmatchedClose => "Unmatched ) or \\)",
            Error::UnmatchedBrace => "Unmatched \\{",
            Error::BadBrace => "Invalid content of \\{\\}",
            Error::TooBig => "Regular expression too big",
            Error::BadReference => "Invalid back reference",
            Error::BadRange => "Invalid range end",
            Error::BadClass => "Invalid character class name",
            Error::BadCollation => "Invalid collation character",
            Error::ClassSyntax => "character class syntax is [[:space:]], not [:space:]",
            Error::TrailingBackslash => "Trailing backslash",
            Error::NothingToRepeat => "Invalid preceding regular expression",
            Error::TooComplex => "Memory exhausted",
        })
    }
}

impl std::error::Error for Error {}

/// Start and end of the match and of each group, as offsets of bytes.
pub type Groups = Vec<Option<(usize, usize)>>;

/// A compiled pattern.
#[derive(Debug)]
pub struct Regex {
    parsed: Parsed,
    program: Program,
    /// Bytes a match can begin with; `None` if it may be empty.
    first: Option<Box<[bool; 256]>>,
    /// The whole pattern, if it is nothing but these bytes.
    literal: Option<Vec<u8>>,
}

/// Where a search takes place.
#[derive(Clone, Copy, Debug)]
pub struct Input<'t> {
    /// The whole text; anchors and word boundaries look at all of it.
    pub text: &'t [u8],
    /// Where the search begins.
    pub start: usize,
}

impl Regex {
    /// Compiles a pattern.
    pub fn new(pattern: &[u8], syntax: Syntax) -> Result<Regex, Error> {
        let parsed = parse::parse(pattern, syntax)?;
        let program = Program::new(&parsed.node, syntax)?;
        let first = program.first_bytes();
        let literal = if syntax.ignore_case { None } else { literal(&parsed.node) };
        Ok(Regex { parsed, program, first, literal })
    }

    /// A pattern that is a text to be found as it is.
    pub fn fixed(text: &[u8], syntax: Syntax) -> Result<Regex, Error> {
        let mut pattern = Vec::new();
        for &byte in text {
            if byte.is_ascii_punctuation() {
                // In brackets nothing but `^` and the backslash of some syntaxes is special.
                match byte {
                    b'^' | b'\\' => pattern.extend([b'\\', byte]),
                    _ => pattern.extend([b'[', byte, b']']),
                }
            } else {
                pattern.push(byte);
            }
        }
        Regex::new(&pattern, Syntax { grep: false, ..syntax })
    }

    /// The longest match that begins where the text does, with its groups.
    pub fn prefix(&self, text: &[u8]) -> Result<Option<Groups>, Error> {
        if self.parsed.has_references {
            return backtrack::prefix(&self.program, text);
        }
        let ends = simulate::ends(&self.program, text, 0, text.len());
        Ok(ends.first().map(|end| backtrack::groups(&self.program, text, 0, *end)))
    }

    /// Every place a match that begins at `start` can end at, the longest first.
    ///
    /// With back-references only the longest is known.
    pub fn ends(&self, text: &[u8], start: usize) -> Result<Vec<usize>, Error> {
        if self.parsed.has_references {
            let found = self.find(text, start)?.filter(|found| found.0 == start);
            return Ok(found.map(|found| found.1).into_iter().collect());
        }
        Ok(simulate::ends(&self.program, text, start, text.len()))
    }

    /// How many groups the pattern has.
    pub fn groups(&self) -> usize {
        self.parsed.groups
    }

    /// What to tell about the pattern.
    pub fn warnings(&self) -> &[Warning] {
        &self.parsed.warnings
    }

    /// Start and end of the leftmost longest match at or after `start`.
    pub fn find(&self, text: &[u8], start: usize) -> Result<Option<(usize, usize)>, Error> {
        if let Some(literal) = &self.literal {
            return Ok(find_bytes(&text[start..], literal)
                .map(|at| (start + at, start + at + literal.len())));
        }
        let input = Input { text, start };
        if self.parsed.has_references {
            let found = backtrack::search(&self.program, input, self.first.as_deref())?;
            return Ok(found.and_then(|groups| groups.first().copied().flatten()));
        }
        Ok(simulate::search(&self.program, input, self.first.as_deref(), false))
    }

    /// Whether there is a match at all.
    pub fn is_match(&self, text: &[u8]) -> Result<bool, Error> {
        if self.literal.is_some() || self.parsed.has_references {
            return Ok(self.find(text, 0)?.is_some());
        }
        let input = Input { text, start: 0 };
        Ok(simulate::search(&self.program, input, self.first.as_deref(), true).is_some())
    }

    /// Like [`Regex::find`], with every group; the first is the whole match.
    pub fn captures(&self, text: &[u8], start: usize) -> Result<Option<Groups>, Error> {
        if self.parsed.has_references {
            let input = Input { text, start };
            return backtrack::search(&self.program, input, self.first.as_deref());
        }
        let Some((from, to)) = self.find(text, start)? else { return Ok(None) };
        if self.parsed.groups == 0 {
            return Ok(Some(vec![Some((from, to))]));
        }
        Ok(Some(backtrack::groups(&self.program, text, from, to)))
    }
}

/// The bytes of a pattern that is nothing but characters.
fn literal(node: &Node) -> Option<Vec<u8>> {
    match node {
        Node::Byte(byte) => Some(vec![*byte]),
        Node::Concat(parts) if !parts.is_empty() => {
            let parts: Option<Vec<Vec<u8>>> = parts.iter().map(literal).collect();
            Some(parts?.concat())
        }
        _ => None,
    }
}

/// The first place of `needle`, which is not empty.
fn find_bytes(text: &[u8], needle: &[u8]) -> Option<usize> {
    let (first, rest) = needle.split_first()?;
    let mut at = 0;
    while let Some(found) = text.get(at..)?.iter().position(|byte| byte == first) {
        at += found + 1;
        if text[at..].starts_with(rest) {
            return Some(at - 1);
        }
    }
    None
}

/// Whether the first character of `text`, or its last, is a letter of a word (`\w`).
pub fn is_word(text: &[u8], last: bool, utf8: bool) -> bool {
    let c = if last {
        bracket::decode_last(text, utf8)
    } else {
        bracket::decode(text, utf8).map(|(c, _)| c)
    };
    c.is_some_and(bracket::is_word)
}
