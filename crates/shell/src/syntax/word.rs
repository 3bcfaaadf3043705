//! A word's text down to its expansions.
//!
//! brush-parser has a parser for words too; this one stands in its place because that one panics
//! on `{1..99999999999999999999}` and `~99999999999999999999`, ends `${x:-"}"}` at the wrong brace,
//! and leaves the words inside `${...}` as text to be parsed again at every expansion.

use std::rc::Rc;

use super::error::{SyntaxError, SyntaxErrorKind};
use super::ir::{
    CaseChange, Index, Op, Param, ParamName, Part, ProcessSubst, ReplaceKind, Source, Word,
};
use super::lexer::{Dialect, is_name};
use super::scan::Scan;
use crate::text;

type Result<T> = std::result::Result<T, SyntaxError>;

/// Where a word stands, which decides what is special in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Context {
    /// A command's word: a tilde at its beginning.
    Plain,
    /// The right side of an assignment: a tilde after each colon as well.
    Assignment,
    /// An array's subscript: quotes quote, a tilde is nothing special.
    Subscript,
    /// The text of a here-document, or an arithmetic expression: as in double quotes, but those
    /// are ordinary characters.
    Text,
}

/// Parses the text of a word that begins on `line`.
pub(crate) fn parse(text: &str, line: u32, dialect: Dialect, context: Context) -> Result<Word> {
    parse_at_depth(text, line, dialect, context, 0)
}

/// As [`parse`], within `depth` substitutions.
pub(crate) fn parse_nested(
    text: &str,
    line: u32,
    dialect: Dialect,
    context: Context,
    depth: u32,
) -> Result<Word> {
    parse_at_depth(text, line, dialect, context, depth)
}

fn parse_at_depth(
    text: &str,
    line: u32,
    dialect: Dialect,
    context: Context,
    depth: u32,
) -> Result<Word> {
    let scan = Scan { text, first_line: line, dialect, depth };
    let mut parser = WordParser { scan, pos: 0, end: text.len(), parts: Vec::new() };
    match context {
        Context::Text => parser.quoted(false)?,
        Context::Subscript => parser.unquoted_rest(false)?,
        Context::Plain | Context::Assignment => parser.unquoted(context == Context::Assignment)?,
    }
    Ok(Word { parts: parser.parts, assignment: false })
}

/// The text without its quotes, for a here-document's delimiter.
pub(crate) fn remove_quotes(text: &str, dialect: Dialect) -> String {
    let scan = Scan { text, first_line: 1, dialect, depth: 0 };
    let (mut out, mut at) = (String::new(), 0);
    while at < text.len() {
        let Ok(next) = scan.piece(at) else { break };
        let piece = &text[at..next];
        match piece.as_bytes() {
            [b'\\', rest @ ..] if !rest.is_empty() => out.push_str(&piece[1..]),
            [b'\'', .., b'\''] => out.push_str(&piece[1..piece.len() - 1]),
            [b'"', .., b'"'] => {
                let inside = &piece[1..piece.len() - 1];
                out.push_str(&inside.replace("\\\\", "\\").replace("\\\"", "\""));
            }
            _ => out.push_str(piece),
        }
        at = next;
    }
    out
}

struct WordParser<'a> {
    scan: Scan<'a>,
    pos: usize,
    end: usize,
    parts: Vec<Part>,
}

impl<'a> WordParser<'a> {
    fn byte(&self, at: usize) -> u8 {
        if at < self.end { self.scan.text.as_bytes()[at] } else { 0 }
    }

    fn line(&self) -> u32 {
        self.scan.line_at(self.pos)
    }

    /// A parser of a part of the same text.
    fn inner(&self, pos: usize, end: usize) -> WordParser<'a> {
        let scan = Scan { depth: self.scan.depth + 1, ..self.scan };
        WordParser { scan, pos, end, parts: Vec::new() }
    }

    fn literal(&mut self, c: char) {
        match self.parts.last_mut() {
            Some(Part::Literal(bytes)) => text::push(bytes, c),
            _ => {
                let mut bytes = Vec::new();
                text::push(&mut bytes, c);
                self.parts.push(Part::Literal(bytes));
            }
        }
    }

    fn quote(&mut self, text: &str) {
        let more = text::encode(text);
        match self.parts.last_mut() {
            Some(Part::Quoted(bytes)) => bytes.extend(more),
            _ => self.parts.push(Part::Quoted(more)),
        }
    }

    fn next_char(&mut self) -> Option<char> {
        let c = self.scan.text.get(self.pos..self.end)?.chars().next()?;
        self.pos += c.len_utf8();
        Some(c)
    }

    /// Parses to the end, quotes being special.
    fn unquoted(&mut self, assignment: bool) -> Result<()> {
        self.tilde(assignment);
        self.unquoted_rest(assignment)
    }

    fn unquoted_rest(&mut self, assignment: bool) -> Result<()> {
        while self.pos < self.end {
            let at = self.pos;
            match self.byte(at) {
                b'\\' => {
                    self.pos += 1;
                    match self.next_char() {
                        Some('\n') => {}
                        Some(c) => self.quote(c.encode_utf8(&mut [0; 4])),
                        None => self.quote("\\"),
                    }
                }
                b'\'' => {
                    let end = self.scan.single(at)?;
                    self.quote(&self.scan.text[at + 1..end - 1]);
                    self.pos = end;
                }
                b'"' => {
                    let end = self.scan.double(at)?;
                    self.double(at + 1, end)?;
                }
                b'`' => self.backquote(false)?,
                b'$' => self.dollar(false)?,
                b'<' | b'>' if self.byte(at + 1) == b'(' && self.scan.dialect.is_bash() => {
                    self.process()?;
                }
                _ => {
                    let Some(c) = self.next_char() else { break };
                    self.literal(c);
                    if assignment && c == ':' {
                        self.tilde(true);
                    }
                }
            }
        }
        Ok(())
    }

    fn double(&mut self, from: usize, end: usize) -> Result<()> {
        let mut inner = self.inner(from, end - 1);
        inner.quoted(true)?;
        self.parts.push(Part::Double(inner.parts));
        self.pos = end;
        Ok(())
    }

    /// Parses to the end as inside double quotes; `escape_quote`: `\"` is a quote.
    fn quoted(&mut self, escape_quote: bool) -> Result<()> {
        while self.pos < self.end {
            match self.byte(self.pos) {
                b'\\' => {
                    let next = self.byte(self.pos + 1);
                    match next {
                        b'\n' => self.pos += 2,
                        b'$' | b'`' | b'\\' => {
                            self.quote((next as char).encode_utf8(&mut [0; 4]));
                            self.pos += 2;
                        }
                        b'"' if escape_quote => {
                            self.quote("\"");
                            self.pos += 2;
                        }
                        _ => {
                            self.quote("\\");
                            self.pos += 1;
                        }
                    }
                }
                b'`' => self.backquote(true)?,
                b'$' => self.dollar(true)?,
                _ => {
                    let rest = &self.scan.text[self.pos..self.end];
                    let len = rest.find(['\\', '`', '$']).unwrap_or(rest.len());
                    self.quote(&rest[..len]);
                    self.pos += len;
                }
            }
        }
        Ok(())
    }

    /// As [`Self::quoted`], for the word in `"${x:-word}"`, where double quotes quote again.
    fn quoted_default(&mut self) -> Result<()> {
        while self.pos < self.end {
            let at = self.pos;
            match self.byte(at) {
                b'"' => {
                    let end = self.scan.double(at)?;
                    self.double(at + 1, end)?;
                }
                b'\\' if self.byte(at + 1) == b'}' => {
                    self.quote("}");
                    self.pos += 2;
                }
                _ => {
                    let rest = &self.scan.text[at + 1..self.end];
                    // Up to the next double quote or backslash that is not within an expansion.
                    let piece = match self.byte(at) {
                        b'$' => self.scan.dollar(at, true)?,
                        b'`' => self.scan.backquote(at)?,
                        b'\\' => self.scan.after_char(at + 1),
                        _ => at + 1 + rest.find(['"', '\\', '$', '`']).unwrap_or(rest.len()),
                    };
                    let mut inner = self.inner(at, piece.min(self.end));
                    inner.quoted(true)?;
                    self.parts.append(&mut inner.parts);
                    self.pos = piece;
                }
            }
        }
        Ok(())
    }

    fn tilde(&mut self, assignment: bool) {
        if self.byte(self.pos) != b'~' {
            return;
        }
        let rest = &self.scan.text[self.pos + 1..self.end];
        let end = rest.find(|c| c == '/' || (assignment && c == ':')).unwrap_or(rest.len());
        let name = &rest[..end];
        if name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._+-".contains(&b)) {
            self.parts.push(Part::Tilde(name.as_bytes().to_vec()));
            self.pos += 1 + end;
        }
    }

    fn backquote(&mut self, quoted: bool) -> Result<()> {
        let (at, line) = (self.pos, self.line());
        let end = self.scan.backquote(at)?;
        let mut inside = String::new();
        let mut chars = self.scan.text[at + 1..end - 1].chars().peekable();
        while let Some(c) = chars.next() {
            let escaped = |c: &char| matches!(c, '$' | '`' | '\\') || (quoted && *c == '"');
            match chars.next_if(|next| c == '\\' && escaped(next)) {
                Some(next) => inside.push(next),
                None => inside.push(c),
            }
        }
        self.pos = end;
        self.command(&inside, line)
    }

    fn command(&mut self, inside: &str, line: u32) -> Result<()> {
        let list = super::parse::nested(inside, line, self.scan.dialect, self.scan.depth)?;
        self.parts.push(Part::Command(Rc::new(Source { list })));
        Ok(())
    }

    fn process(&mut self) -> Result<()> {
        let (at, line) = (self.pos, self.line());
        let end = self.scan.command(at)?;
        let inside = &self.scan.text[at + 2..end - 1];
        let list = super::parse::nested(inside, line, self.scan.dialect, self.scan.depth)?;
        let read = self.byte(at) == b'<';
        self.parts.push(Part::Process(ProcessSubst { read, list: Rc::new(Source { list }) }));
        self.pos = end;
        Ok(())
    }

    fn dollar(&mut self, quoted: bool) -> Result<()> {
        let (at, line) = (self.pos, self.line());
        let end = self.scan.dollar(at, quoted)?;
        let text = &self.scan.text[at..end.min(self.end)];
        self.pos = end;
        let dialect = self.scan.dialect;
        match text.as_bytes() {
            [b'$'] => self.dollar_sign(quoted),
            [b'$', b'\'', ..] => {
                let bytes = super::ansi::decode(&text[2..text.len() - 1]);
                self.parts.push(Part::Quoted(bytes));
            }
            [b'$', b'"', ..] => self.double(at + 2, end)?,
            [b'$', b'(', b'(', .., b')', b')'] if self.scan.arith(at + 3)? == Some(end) => {
                let inside = &text[3..text.len() - 2];
                let depth = self.scan.depth + 1;
                let word = parse_at_depth(inside, line, dialect, Context::Text, depth)?;
                self.parts.push(Part::Arith(Box::new(word)));
            }
            [b'$', b'(', ..] => self.command(&text[2..text.len() - 1], line)?,
            [b'$', b'{', ..] => {
                let param = self.brace(at, end, quoted)?;
                self.parts.push(Part::Param(Box::new(param)));
            }
            _ => {
                let name = param_name(&text[1..]);
                let (index, op, indirect) = (None, Op::None, false);
                let source = text[1..].to_owned();
                self.parts.push(Part::Param(Box::new(Param { name, index, indirect, op, source })));
            }
        }
        Ok(())
    }

    fn dollar_sign(&mut self, quoted: bool) {
        if quoted {
            self.quote("$");
        } else {
            self.literal('$');
        }
    }

    /// `${...}` from `at` to `end`.
    fn brace(&self, at: usize, end: usize, quoted: bool) -> Result<Param> {
        let source = self.scan.text[at + 2..end - 1].to_owned();
        let bad = |source: &str| Param {
            name: ParamName::Special(b'?'),
            index: None,
            indirect: false,
            op: Op::Bad,
            source: source.to_owned(),
        };
        let mut inner = self.inner(at + 2, end - 1);
        Ok(inner
            .param(quoted)?
            .map_or_else(|| bad(&source), |param| Param { source: source.clone(), ..param }))
    }

    /// The inside of `${...}`; none if no shell of this kind knows it.
    fn param(&mut self, quoted: bool) -> Result<Option<Param>> {
        let extended = !self.scan.dialect.is_dash();
        let bash = self.scan.dialect.is_bash();
        let mut param = Param {
            name: ParamName::Special(b'?'),
            index: None,
            indirect: false,
            op: Op::None,
            source: String::new(),
        };
        let inside = &self.scan.text[self.pos..self.end];
        let mut length = false;
        if let Some(rest) = inside.strip_prefix('#') {
            // `${#}`, `${#-x}`, `${##p}`, `${#%p}` are about `$#`.
            let about_count = rest.is_empty()
                || (rest.len() > 1 && rest.starts_with(['-', '=', '+', '%', ':']))
                || (rest.len() > 1 && rest.starts_with(['#', '?']));
            if !about_count {
                length = true;
                self.pos += 1;
            }
        } else if bash
            && inside.starts_with('!')
            && inside.len() > 1
            && inside[1..]
                .starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || "@*#".contains(c))
        {
            param.indirect = true;
            self.pos += 1;
        }
        let Some(name) = self.name() else { return Ok(None) };
        param.name = name;
        if bash && self.byte(self.pos) == b'[' && matches!(param.name, ParamName::Var(_)) {
            let Some(close) = self.matching_bracket()? else { return Ok(None) };
            let index = &self.scan.text[self.pos + 1..close];
            param.index = Some(match index {
                "@" => Index::At,
                "*" => Index::Star,
                _ => Index::Expr(self.sub_word(self.pos + 1, close, Context::Subscript)?),
            });
            self.pos = close + 1;
        }
        if length {
            param.op = Op::Length;
            return Ok((self.pos == self.end).then_some(param));
        }
        let rest = &self.scan.text[self.pos..self.end];
        if param.indirect {
            match (rest, &param.index) {
                ("", Some(Index::At | Index::Star)) => {
                    param.op = Op::Keys { star: matches!(param.index, Some(Index::Star)) };
                    param.indirect = false;
                    return Ok(Some(param));
                }
                ("*" | "@", None) if matches!(param.name, ParamName::Var(_)) => {
                    param.op = Op::Names { star: rest == "*" };
                    param.indirect = false;
                    return Ok(Some(param));
                }
                _ => {}
            }
        }
        let Some(op) = self.operation(quoted, extended, bash)? else { return Ok(None) };
        param.op = op;
        Ok(Some(param))
    }

    fn name(&mut self) -> Option<ParamName> {
        let rest = &self.scan.text[self.pos..self.end];
        let first = rest.bytes().next()?;
        let len = match first {
            b'0'..=b'9' => rest.bytes().take_while(u8::is_ascii_digit).count(),
            b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!' => 1,
            _ => {
                let word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
                rest.bytes().take_while(word).count()
            }
        };
        if len == 0 {
            return None;
        }
        self.pos += len;
        Some(param_name(&rest[..len]))
    }

    fn matching_bracket(&self) -> Result<Option<usize>> {
        let (mut at, mut open) = (self.pos, 0_u32);
        while at < self.end {
            match self.byte(at) {
                b'[' => open += 1,
                b']' if open == 1 => return Ok(Some(at)),
                b']' => open -= 1,
                _ => {}
            }
            at = self.scan.piece(at)?;
        }
        Ok(None)
    }

    /// What follows the name; none if it is not known.
    fn operation(&mut self, quoted: bool, extended: bool, bash: bool) -> Result<Option<Op>> {
        let rest = &self.scan.text[self.pos..self.end];
        let bytes = rest.as_bytes();
        let at = |n: usize| bytes.get(n).copied().unwrap_or(0);
        let op = match (at(0), at(1)) {
            (0, _) => Op::None,
            (b':', kind @ (b'-' | b'=' | b'?' | b'+')) => {
                Op::Test { kind, colon: true, word: self.default_word(2, quoted)? }
            }
            (kind @ (b'-' | b'=' | b'?' | b'+'), _) => {
                Op::Test { kind, colon: false, word: self.default_word(1, quoted)? }
            }
            (b'#', b'#') => Op::TrimPrefix { longest: true, pattern: self.pattern_word(2)? },
            (b'#', _) => Op::TrimPrefix { longest: false, pattern: self.pattern_word(1)? },
            (b'%', b'%') => Op::TrimSuffix { longest: true, pattern: self.pattern_word(2)? },
            (b'%', _) => Op::TrimSuffix { longest: false, pattern: self.pattern_word(1)? },
            (b'/', next) if extended => {
                let (kind, skip) = match next {
                    b'/' => (ReplaceKind::All, 2),
                    b'#' => (ReplaceKind::Prefix, 2),
                    b'%' => (ReplaceKind::Suffix, 2),
                    _ => (ReplaceKind::First, 1),
                };
                let from = self.pos + skip;
                // A slash at once is the pattern's first character, but after `/#` and `/%` its end.
                let anchored = matches!(kind, ReplaceKind::Prefix | ReplaceKind::Suffix);
                let slash = if anchored && self.scan.text[from..].starts_with('/') {
                    from
                } else {
                    self.scan.brace_word(from, quoted, b"/")?.min(self.end)
                };
                let pattern = self.sub_word(from, slash, Context::Plain)?;
                let with = self.sub_word((slash + 1).min(self.end), self.end, Context::Plain)?;
                Op::Replace { kind, pattern, with }
            }
            (b':', _) if extended => {
                let from = self.pos + 1;
                let colon = self.substring_colon(from)?;
                let offset = self.sub_word(from, colon, Context::Text)?;
                let length = if colon < self.end {
                    Some(self.sub_word(colon + 1, self.end, Context::Text)?)
                } else {
                    None
                };
                Op::Substring { offset, length }
            }
            (c @ (b'^' | b',' | b'~'), next) if bash => {
                let all = next == c;
                let from = self.pos + 1 + usize::from(all);
                let pattern = if from < self.end {
                    Some(self.sub_word(from, self.end, Context::Plain)?)
                } else {
                    None
                };
                let change = match c {
                    b'^' => CaseChange::Upper,
                    b',' => CaseChange::Lower,
                    _ => CaseChange::Toggle,
                };
                Op::Case { change, all, pattern }
            }
            (b'@', op) if bash && bytes.len() == 2 && b"UuLQEPAKak".contains(&op) => {
                Op::Transform(op)
            }
            _ => return Ok(None),
        };
        Ok(Some(op))
    }

    fn default_word(&self, skip: usize, quoted: bool) -> Result<Word> {
        let mut inner = self.inner(self.pos + skip, self.end);
        if quoted {
            inner.quoted_default()?;
        } else {
            inner.unquoted(false)?;
        }
        Ok(Word { parts: inner.parts, assignment: false })
    }

    fn pattern_word(&self, skip: usize) -> Result<Word> {
        self.sub_word(self.pos + skip, self.end, Context::Plain)
    }

    fn sub_word(&self, from: usize, to: usize, context: Context) -> Result<Word> {
        let mut inner = self.inner(from, to);
        match context {
            Context::Text => inner.quoted(false)?,
            Context::Subscript => inner.unquoted_rest(false)?,
            _ => inner.unquoted(false)?,
        }
        Ok(Word { parts: inner.parts, assignment: false })
    }

    /// The colon between offset and length: not one within `( ? : )` or an expansion.
    fn substring_colon(&self, from: usize) -> Result<usize> {
        let (mut at, mut open, mut questions) = (from, 0_u32, 0_u32);
        while at < self.end {
            match self.byte(at) {
                b'(' | b'[' => open += 1,
                b')' | b']' => open = open.saturating_sub(1),
                b'?' => questions += 1,
                b':' if questions > 0 => questions -= 1,
                b':' if open == 0 => return Ok(at),
                _ => {}
            }
            at = self.scan.piece(at)?;
        }
        Ok(self.end)
    }
}

fn param_name(text: &str) -> ParamName {
    if is_name(text) {
        return ParamName::Var(text.to_owned());
    }
    match text.parse::<usize>() {
        Ok(0) if text == "0" => ParamName::Special(b'0'),
        Ok(n) => ParamName::Positional(n),
        Err(_) if text.bytes().all(|b| b.is_ascii_digit()) => ParamName::Positional(usize::MAX),
        Err(_) => ParamName::Special(text.as_bytes().first().copied().unwrap_or(b'?')),
    }
}

/// The error for a construct that is fine but not where it stands.
pub(crate) fn error(kind: SyntaxErrorKind, line: u32) -> SyntaxError {
    SyntaxError { kind, line, start_line: line }
}
