//! Where quotes and expansions end, without looking into them further.

use super::error::{SyntaxError, SyntaxErrorKind};
use super::lexer::{Dialect, Lexer};

/// How deep quotes and expansions may be nested within each other.
const MAX_DEPTH: u32 = 40;

/// A reader's eye on a text: finds the end of what begins at an offset.
#[derive(Clone, Copy)]
pub(crate) struct Scan<'a> {
    pub text: &'a str,
    /// The line that the text's first character is on.
    pub first_line: u32,
    pub dialect: Dialect,
    pub depth: u32,
}

type Result<T> = std::result::Result<T, SyntaxError>;

impl<'a> Scan<'a> {
    fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    fn is_end(&self, at: usize) -> bool {
        at >= self.text.len()
    }

    pub fn line_at(&self, at: usize) -> u32 {
        let before = &self.text.as_bytes()[..at.min(self.text.len())];
        self.first_line + before.iter().filter(|&&b| b == b'\n').count() as u32
    }

    fn unfinished(&self, kind: SyntaxErrorKind, start: usize) -> SyntaxError {
        SyntaxError { kind, line: self.line_at(self.text.len()), start_line: self.line_at(start) }
    }

    fn deeper(&self, at: usize) -> Result<Scan<'a>> {
        if self.depth >= MAX_DEPTH {
            return Err(self.unfinished(SyntaxErrorKind::TooDeep, at));
        }
        Ok(Scan { depth: self.depth + 1, ..*self })
    }

    /// The offset after one character or one quoted or expanded piece of an unquoted word.
    pub fn piece(&self, at: usize) -> Result<usize> {
        match self.byte(at) {
            b'\\' => Ok(self.after_char(at + 1)),
            b'\'' => self.single(at),
            b'"' => self.double(at),
            b'`' => self.backquote(at),
            b'$' => self.dollar(at, false),
            _ => Ok(self.after_char(at)),
        }
    }

    /// The offset after the character at `at`, or the end.
    pub fn after_char(&self, at: usize) -> usize {
        self.text.get(at..).and_then(|rest| rest.chars().next()).map_or(at, |c| at + c.len_utf8())
    }

    /// After `'...'`.
    pub fn single(&self, at: usize) -> Result<usize> {
        match self.text[at + 1..].find('\'') {
            Some(len) => Ok(at + len + 2),
            None => Err(self.unfinished(SyntaxErrorKind::Quote('\''), at)),
        }
    }

    /// After `"..."`.
    pub fn double(&self, at: usize) -> Result<usize> {
        let scan = self.deeper(at)?;
        let mut i = at + 1;
        while !self.is_end(i) {
            i = match self.byte(i) {
                b'"' => return Ok(i + 1),
                b'\\' => self.after_char(i + 1),
                b'`' => scan.backquote(i)?,
                b'$' => scan.dollar(i, true)?,
                _ => i + 1,
            };
        }
        Err(self.unfinished(SyntaxErrorKind::Quote('"'), at))
    }

    /// After `$'...'`; `at` is that of the dollar.
    pub fn ansi(&self, at: usize) -> Result<usize> {
        let mut i = at + 2;
        while !self.is_end(i) {
            i = match self.byte(i) {
                b'\'' => return Ok(i + 1),
                b'\\' => self.after_char(i + 1),
                _ => i + 1,
            };
        }
        Err(self.unfinished(SyntaxErrorKind::Quote('\''), at))
    }

    /// After a backquoted substitution.
    pub fn backquote(&self, at: usize) -> Result<usize> {
        let mut i = at + 1;
        while !self.is_end(i) {
            i = match self.byte(i) {
                b'`' => return Ok(i + 1),
                b'\\' => self.after_char(i + 1),
                _ => i + 1,
            };
        }
        Err(self.unfinished(SyntaxErrorKind::Quote('`'), at))
    }

    /// After what a dollar begins; after the dollar, if it begins nothing.
    pub fn dollar(&self, at: usize, quoted: bool) -> Result<usize> {
        match self.byte(at + 1) {
            b'{' => self.brace(at, quoted),
            b'(' if self.byte(at + 2) == b'(' => match self.arith(at + 3)? {
                Some(end) => Ok(end),
                None if self.dialect.is_bash() => self.command(at),
                None => Err(self.unfinished(SyntaxErrorKind::Arith, at)),
            },
            b'(' => self.command(at),
            b'\'' if !quoted && self.dialect.has_ansi_quotes() => self.ansi(at),
            b'"' if !quoted && self.dialect.is_bash() => self.double(at + 1),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                let name = &self.text.as_bytes()[at + 1..];
                let len = name.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_');
                Ok(at + 1 + len.count())
            }
            b'0'..=b'9' | b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!' => Ok(at + 2),
            _ => Ok(at + 1),
        }
    }

    /// After `$(...)`.
    pub fn command(&self, at: usize) -> Result<usize> {
        let scan = self.deeper(at)?;
        let mut lexer = Lexer::nested(&scan, at + 2);
        match lexer.skip_to_closing_paren()? {
            Some(end) => Ok(end),
            None => Err(self.unfinished(SyntaxErrorKind::Substitution, at)),
        }
    }

    /// After `))`, from the first character of an arithmetic expression; none if its parentheses
    /// show that it is none.
    pub fn arith(&self, from: usize) -> Result<Option<usize>> {
        let scan = self.deeper(from)?;
        let mut open = 0_u32;
        let mut i = from;
        while !self.is_end(i) {
            i = match self.byte(i) {
                b'(' => {
                    open += 1;
                    i + 1
                }
                b')' if open > 0 => {
                    open -= 1;
                    i + 1
                }
                b')' if self.byte(i + 1) == b')' => return Ok(Some(i + 2)),
                b')' => return Ok(None),
                b'\\' | b'`' | b'$' | b'"' | b'\'' => scan.piece(i)?,
                _ => i + 1,
            };
        }
        Err(self.unfinished(SyntaxErrorKind::Arith, from))
    }

    /// After `${...}`.
    pub fn brace(&self, at: usize, quoted: bool) -> Result<usize> {
        let scan = self.deeper(at)?;
        let end = scan.brace_word(at + 2, quoted, b"}")?;
        if self.byte(end) == b'}' {
            Ok(end + 1)
        } else {
            Err(self.unfinished(SyntaxErrorKind::Brace, at))
        }
    }

    /// The offset of the first unquoted byte of `stops` in the inside of `${...}`, or the end of
    /// the text. Within double quotes a single quote is an ordinary character, except in patterns.
    pub fn brace_word(&self, from: usize, quoted: bool, stops: &[u8]) -> Result<usize> {
        let mut i = from;
        let mut pattern = false;
        let mut named = false;
        while !self.is_end(i) {
            let byte = self.byte(i);
            if stops.contains(&byte) && (i > from || byte == b'}') {
                return Ok(i);
            }
            // The first character after the name tells whether a pattern follows.
            if !named && i > from && !(byte.is_ascii_alphanumeric() || byte == b'_') {
                named = true;
                pattern = matches!(byte, b'#' | b'%' | b'/' | b'^' | b',');
            }
            i = match byte {
                b'\'' if quoted && !pattern => i + 1,
                b'$' => self.dollar(i, quoted)?,
                _ => self.piece(i)?,
            };
        }
        Ok(i)
    }
}
