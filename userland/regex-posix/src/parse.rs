//! From the text of a pattern to its tree.

use crate::bracket::{self, Set, decode};
use crate::{Error, Syntax};
use std::fmt;

/// The largest count between braces (RE_DUP_MAX).
const MAX_COUNT: u32 = 32767;

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// One byte, exactly.
    Byte(u8),
    /// One character of a set.
    Set(Box<Set>),
    /// A place, without text.
    Assert(Assert),
    /// One after another.
    Concat(Vec<Node>),
    /// One of them.
    Alternate(Vec<Node>),
    /// At least, and at most, so many times.
    Repeat(Box<Node>, u32, Option<u32>),
    /// A numbered group.
    Group(usize, Box<Node>),
    /// What the group matched.
    Reference(usize),
}

/// What a place has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assert {
    /// `^`
    LineStart,
    /// `$`
    LineEnd,
    /// `` \` ``
    TextStart,
    /// `\'`
    TextEnd,
    /// `\b`
    WordBoundary,
    /// `\B`
    NotWordBoundary,
    /// `\<`
    WordStart,
    /// `\>`
    WordEnd,
}

/// What is suspicious about a pattern that can be used all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// A repetition at the start of an expression.
    StartRepeat(&'static str),
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::StartRepeat(what) => write!(f, "{what} at start of expression"),
        }
    }
}

/// The tree of a pattern.
#[derive(Debug)]
pub struct Parsed {
    /// Its root.
    pub node: Node,
    /// How many groups it has.
    pub groups: usize,
    /// Whether it refers back to groups.
    pub has_references: bool,
    /// What to tell about it.
    pub warnings: Vec<Warning>,
}

/// Reads a pattern.
pub fn parse(pattern: &[u8], syntax: Syntax) -> Result<Parsed, Error> {
    let mut parser = Parser {
        text: pattern,
        at: 0,
        syntax,
        groups: 0,
        complete: Vec::new(),
        has_references: false,
        warnings: Vec::new(),
        depth: 0,
    };
    let node = parser.alternation()?;
    if parser.at < pattern.len() {
        return Err(Error::UnmatchedClose);
    }
    Ok(Parsed {
        node,
        groups: parser.groups,
        has_references: parser.has_references,
        warnings: parser.warnings,
    })
}

struct Parser<'p> {
    text: &'p [u8],
    at: usize,
    syntax: Syntax,
    groups: usize,
    complete: Vec<usize>,
    has_references: bool,
    warnings: Vec<Warning>,
    depth: usize,
}

/// How deep groups may be nested.
const MAX_DEPTH: usize = 250;

impl Parser<'_> {
    fn rest(&self) -> &[u8] {
        &self.text[self.at..]
    }

    /// Whether the text goes on with an operator: `c` extended, `\c` basic.
    fn operator(&self, c: u8) -> bool {
        if self.syntax.extended {
            self.rest().first() == Some(&c)
        } else {
            self.rest().starts_with(&[b'\\', c])
        }
    }

    fn skip_operator(&mut self) {
        self.at += if self.syntax.extended { 1 } else { 2 };
    }

    fn alternation(&mut self) -> Result<Node, Error> {
        let mut branches = vec![self.branch()?];
        while self.operator(b'|') {
            self.skip_operator();
            branches.push(self.branch()?);
        }
        Ok(if branches.len() == 1 { branches.remove(0) } else { Node::Alternate(branches) })
    }

    fn branch(&mut self) -> Result<Node, Error> {
        let mut parts = Vec::new();
        let start = self.at;
        loop {
            if self.at == self.text.len() || self.operator(b'|') {
                break;
            }
            let alone = self.depth == 0 && self.syntax.extended && self.syntax.grep;
            if self.operator(b')') && !alone {
                break;
            }
            let atom = self.atom(start, &parts)?;
            match atom {
                // In basic syntax a star after the anchor is itself.
                Some(atom @ Node::Assert(Assert::LineStart)) if !self.syntax.extended => {
                    parts.push(atom);
                }
                Some(atom) => {
                    let atom = self.repetitions(atom)?;
                    parts.push(atom);
                }
                None => {}
            }
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Node::Concat(parts) })
    }

    fn repetitions(&mut self, mut atom: Node) -> Result<Node, Error> {
        loop {
            let (min, max) = match self.rest() {
                [b'*', ..] => {
                    self.at += 1;
                    (0, None)
                }
                _ if self.operator(b'+') => {
                    self.skip_operator();
                    (1, None)
                }
                _ if self.operator(b'?') => {
                    self.skip_operator();
                    (0, Some(1))
                }
                _ if self.operator(b'{') => match self.braces()? {
                    Some(counts) => counts,
                    None => return Ok(atom),
                },
                _ => return Ok(atom),
            };
            atom = Node::Repeat(Box::new(atom), min, max);
        }
    }

    /// `{n,m}`; `None` if an extended pattern has a brace that is itself.
    fn braces(&mut self) -> Result<Option<(u32, Option<u32>)>, Error> {
        let saved = self.at;
        self.skip_operator();
        let number = |parser: &mut Self| {
            let digits = parser.rest().iter().take_while(|c| c.is_ascii_digit()).count();
            let text = std::str::from_utf8(&parser.rest()[..digits]).unwrap_or_default();
            let value = text.parse::<u32>().unwrap_or(u32::MAX);
            parser.at += digits;
            (digits > 0).then_some(value)
        };
        let min = number(self);
        let (max, comma) = match self.rest().first() {
            Some(b',') => {
                self.at += 1;
                (number(self), true)
            }
            _ => (min, false),
        };
        let closed = self.operator(b'}');
        let well_formed = closed && (min.is_some() || comma);
        if !well_formed {
            if self.syntax.extended && self.syntax.grep {
                self.at = saved;
                return Ok(None);
            }
            let ended = self.at >= self.text.len() || !self.rest().windows(2).any(|p| p == b"\\}");
            return Err(if ended { Error::UnmatchedBrace } else { Error::BadBrace });
        }
        let min = min.unwrap_or(0);
        if max.is_some_and(|max| max < min) {
            return Err(Error::BadBrace);
        }
        if min > MAX_COUNT || max.is_some_and(|max| max > MAX_COUNT) {
            return Err(Error::TooBig);
        }
        self.skip_operator();
        Ok(Some((min, max)))
    }

    fn atom(&mut self, start: usize, parts: &[Node]) -> Result<Option<Node>, Error> {
        let first = self.text[self.at];
        let extended = self.syntax.extended;
        let at_start = self.at == start
            || parts.iter().all(|part| matches!(part, Node::Assert(Assert::LineStart)));
        let node = match first {
            b'\\' => return self.escape(at_start),
            b'[' => {
                self.at += 1;
                if matches!(self.rest(), [mark @ (b':' | b'.' | b'='), .., last, b']']
                    if mark == last && self.rest().len() > 3)
                    && self.syntax.grep
                    && self.rest().iter().filter(|c| **c == b']').count() == 1
                {
                    return Err(Error::ClassSyntax);
                }
                let (set, used) = bracket::parse(self.rest(), self.syntax)?;
                self.at += used;
                return Ok(Some(Node::Set(Box::new(set))));
            }
            b'.' => Node::Set(Box::new(Set::any())),
            b'^' if extended || self.at == start => Node::Assert(Assert::LineStart),
            b'$' if extended || self.ends_branch() => Node::Assert(Assert::LineEnd),
            b'(' if extended => {
                self.at += 1;
                return self.group().map(Some);
            }
            b'*' if at_start && !extended => Node::Byte(b'*'),
            b'*' | b'+' | b'?' if extended && at_start => {
                // glibc lets a repetition without anything before it match nothing.
                self.at += 1;
                if self.syntax.grep {
                    self.warnings.push(Warning::StartRepeat(match first {
                        b'*' => "*",
                        b'+' => "+",
                        _ => "?",
                    }));
                } else if first != b'*' {
                    return Err(Error::NothingToRepeat);
                }
                return Ok(None);
            }
            b'{' if extended && at_start => {
                if self.braces()?.is_some() {
                    if !self.syntax.grep {
                        return Err(Error::NothingToRepeat);
                    }
                    self.warnings.push(Warning::StartRepeat("{...}"));
                    return Ok(None);
                }
                Node::Byte(b'{')
            }
            _ => return Ok(Some(self.literal())),
        };
        self.at += 1;
        Ok(Some(node))
    }

    /// Whether a `$` here is at the end of a basic expression.
    fn ends_branch(&self) -> bool {
        matches!(&self.text[self.at + 1..], [] | [b'\\', b')' | b'|', ..])
    }

    fn literal(&mut self) -> Node {
        let (c, used) = match decode(self.rest(), self.syntax.utf8) {
            Some(found) => found,
            None => {
                let byte = self.text[self.at];
                self.at += 1;
                return Node::Byte(byte);
            }
        };
        let bytes = &self.text[self.at..self.at + used];
        self.at += used;
        if self.syntax.ignore_case && bracket::other_cases(c).any(|other| other != c) {
            return Node::Set(Box::new(Set::letter(c)));
        }
        match bytes {
            [byte] => Node::Byte(*byte),
            // A repetition after a character repeats all of its bytes.
            bytes => Node::Concat(bytes.iter().map(|byte| Node::Byte(*byte)).collect()),
        }
    }

    fn group(&mut self) -> Result<Node, Error> {
        if self.depth >= MAX_DEPTH {
            return Err(Error::TooComplex);
        }
        self.groups += 1;
        let number = self.groups;
        self.depth += 1;
        let inner = self.alternation()?;
        self.depth -= 1;
        if !self.operator(b')') {
            return Err(Error::UnmatchedOpen);
        }
        self.skip_operator();
        self.complete.push(number);
        Ok(Node::Group(number, Box::new(inner)))
    }

    fn escape(&mut self, at_start: bool) -> Result<Option<Node>, Error> {
        let Some(&c) = self.text.get(self.at + 1) else { return Err(Error::TrailingBackslash) };
        self.at += 2;
        let set = |set| Ok(Some(Node::Set(Box::new(set))));
        let place = |place| Ok(Some(Node::Assert(place)));
        let extended = self.syntax.extended;
        match c {
            b'(' if !extended => return self.group().map(Some),
            b'{' if !extended && at_start => return Err(Error::NothingToRepeat),
            b'+' | b'?' if !extended && at_start => return Ok(Some(Node::Byte(c))),
            b'1'..=b'9' => {
                let number = usize::from(c - b'0');
                if !self.complete.contains(&number) {
                    return Err(Error::BadReference);
                }
                self.has_references = true;
                return Ok(Some(Node::Reference(number)));
            }
            b'w' => return set(Set::word(false)),
            b'W' => return set(Set::word(true)),
            b's' => return set(Set::space(false)),
            b'S' => return set(Set::space(true)),
            b'b' => return place(Assert::WordBoundary),
            b'B' => return place(Assert::NotWordBoundary),
            b'<' => return place(Assert::WordStart),
            b'>' => return place(Assert::WordEnd),
            b'`' => return place(Assert::TextStart),
            b'\'' => return place(Assert::TextEnd),
            b'n' if self.syntax.escapes => return Ok(Some(Node::Byte(b'\n'))),
            b't' if self.syntax.escapes => return Ok(Some(Node::Byte(b'\t'))),
            b'f' if self.syntax.escapes => return Ok(Some(Node::Byte(12))),
            b'v' if self.syntax.escapes => return Ok(Some(Node::Byte(11))),
            b'r' if self.syntax.escapes => return Ok(Some(Node::Byte(b'\r'))),
            b'a' if self.syntax.escapes => return Ok(Some(Node::Byte(7))),
            _ => {}
        }
        self.at -= 1;
        Ok(Some(self.literal()))
    }
}
