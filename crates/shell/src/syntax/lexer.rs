//! From text to the tokens of brush-parser's grammar.
//!
//! brush-parser has a tokenizer of its own, but three things keep us from it: it gives blanks
//! inside nested expansions back as one blank, it cannot stop after a line (so a syntax error in
//! line 9 would keep lines 1 to 8 from running), and it knows neither dash's tokens nor aliases.

use std::collections::HashMap;
use std::sync::Arc;

use brush_parser::{SourcePosition, SourceSpan, Token};

use super::error::{Found, SyntaxError, SyntaxErrorKind};
use super::scan::Scan;
use crate::Personality;

/// What is a token depends on the shell and on `shopt -s extglob`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dialect {
    pub personality: Personality,
    pub extglob: bool,
}

impl Dialect {
    pub fn is_bash(self) -> bool {
        self.personality == Personality::Bash
    }

    pub fn is_dash(self) -> bool {
        self.personality == Personality::Dash
    }

    pub fn has_ansi_quotes(self) -> bool {
        !self.is_dash()
    }

    /// The operators that are longer than one character, longest first.
    fn operators(self) -> &'static [&'static str] {
        match self.personality {
            Personality::Dash => &["<<-", "&&", "||", ";;", "<<", "<&", "<>", ">>", ">&", ">|"],
            Personality::Ash => {
                &["<<-", "&>>", "&&", "||", ";;", "<<", "<&", "<>", ">>", ">&", ">|", "&>"]
            }
            Personality::Bash => &[
                ";;&", "<<-", "<<<", "&>>", "&&", "||", ";;", ";&", "<<", "<&", "<>", ">>", ">&",
                ">|", "&>", "|&",
            ],
        }
    }
}

/// Stands for the words of `for x in; do`, which the grammar would take for `for x; do`.
pub(super) const NO_WORDS: &str = "\u{10FF00}";

/// Precedes the name in a `for` that was written as `select`, which the grammar has not.
pub(super) const SELECT: char = '\u{10FE00}';

/// What `{name}>` is to the grammar: this number and those after it.
pub(super) const FIRST_NAMED_FD: u32 = 900_000_000;

/// Aliases by name.
pub(crate) type Aliases = HashMap<Vec<u8>, Vec<u8>>;

type Result<T> = std::result::Result<T, SyntaxError>;

/// Reads tokens, a line at a time.
pub(crate) struct Lexer<'a> {
    scan: Scan<'a>,
    pos: usize,
    line: u32,
    /// What has been read.
    pub tokens: Vec<Token>,
    here_docs: Vec<HereDoc>,
    /// A here-document's operator was read, its delimiter was not; whether tabs are removed.
    here_tag: Option<bool>,
    /// Here-documents that the end of the text ended: (line, delimiter).
    pub unfinished_here_docs: Vec<(u32, String)>,
    command_position: bool,
    redirect_target: bool,
    in_test: bool,
    in_array: bool,
    previous: Previous,
    /// Open parentheses (`(`) and case clauses (`c`) of a nested substitution.
    nest: Vec<u8>,
    aliases: Option<&'a Aliases>,
    alias_trail: Vec<Vec<u8>>,
    /// A token that only this shell refuses.
    refused: Option<SyntaxError>,
    /// The names in `{name}>`, which the grammar has not: it sees a number from
    /// [`FIRST_NAMED_FD`] on.
    pub fd_names: Vec<String>,
    /// The `for` that was read last is a `select`.
    selects: bool,
}

struct HereDoc {
    /// Where in `tokens` its text goes.
    token: usize,
    strip_tabs: bool,
    quoted: bool,
    delimiter: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Previous {
    Other,
    For,
    /// The variable of `for`, then its `in`.
    ForName,
    ForIn,
    /// `==` and its kind within `[[ ]]`.
    TestPattern,
    /// `=~`
    TestRegex,
}

impl<'a> Lexer<'a> {
    pub fn new(text: &'a str, first_line: u32, dialect: Dialect) -> Self {
        Self::at(Scan { text, first_line, dialect, depth: 0 }, 0, first_line)
    }

    /// For what is inside a substitution that begins at `pos`.
    pub fn nested(scan: &Scan<'a>, pos: usize) -> Self {
        Self::at(*scan, pos, scan.line_at(pos))
    }

    fn at(scan: Scan<'a>, pos: usize, line: u32) -> Self {
        Self {
            scan,
            pos,
            line,
            tokens: Vec::new(),
            here_docs: Vec::new(),
            here_tag: None,
            unfinished_here_docs: Vec::new(),
            command_position: true,
            redirect_target: false,
            in_test: false,
            in_array: false,
            previous: Previous::Other,
            nest: Vec::new(),
            aliases: None,
            alias_trail: Vec::new(),
            refused: None,
            fd_names: Vec::new(),
            selects: false,
        }
    }

    pub fn with_aliases(mut self, aliases: &'a Aliases) -> Self {
        self.aliases = Some(aliases).filter(|aliases| !aliases.is_empty());
        self
    }

    pub fn pos(&self) -> usize {
        self.pos
    }

    pub fn line(&self) -> u32 {
        self.line
    }

    /// Reads tokens up to the end of a line, its newline included; false at the end of the text.
    pub fn read_line(&mut self) -> Result<bool> {
        loop {
            if !self.step()? {
                return Ok(false);
            }
            if let Some(error) = self.refused.take() {
                return Err(error);
            }
            if matches!(self.tokens.last(), Some(Token::Operator(op, _)) if op == "\n") {
                return Ok(true);
            }
        }
    }

    /// The offset after the parenthesis that ends the substitution this lexer reads.
    pub fn skip_to_closing_paren(&mut self) -> Result<Option<usize>> {
        loop {
            let (seen, command_position) = (self.tokens.len(), self.command_position);
            if !self.step()? {
                return Ok(None);
            }
            for token in self.tokens.drain(seen..).collect::<Vec<_>>() {
                match &token {
                    Token::Operator(op, _) if op == "(" => self.nest.push(b'('),
                    Token::Operator(op, _) if op == ")" => match self.nest.last() {
                        None => return Ok(Some(self.pos)),
                        Some(b'(') => {
                            self.nest.pop();
                        }
                        Some(_) => {}
                    },
                    Token::Word(word, _) if word == "case" && command_position => {
                        self.nest.push(b'c');
                    }
                    Token::Word(word, _) if word == "in" && self.nest.last() == Some(&b'c') => {
                        self.command_position = true;
                    }
                    Token::Word(word, _)
                        if word == "esac"
                            && command_position
                            && self.nest.last() == Some(&b'c') =>
                    {
                        self.nest.pop();
                    }
                    _ => {}
                }
            }
        }
    }

    fn byte(&self, at: usize) -> u8 {
        self.scan.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    fn skip_blanks(&mut self) {
        loop {
            match self.byte(self.pos) {
                b' ' | b'\t' => self.pos += 1,
                b'\\' if self.byte(self.pos + 1) == b'\n' => {
                    self.pos += 2;
                    self.line += 1;
                }
                b'#' => {
                    let rest = &self.scan.text[self.pos..];
                    self.pos += rest.find('\n').unwrap_or(rest.len());
                }
                _ => return,
            }
        }
    }

    /// Reads one token, or several that belong together; false at the end of the text.
    fn step(&mut self) -> Result<bool> {
        self.skip_blanks();
        if self.pos >= self.scan.text.len() {
            self.read_here_docs();
            return Ok(false);
        }
        let byte = self.byte(self.pos);
        if self.previous == Previous::ForIn && matches!(byte, b'\n' | b';') {
            let span = self.span(self.pos, self.pos, self.line);
            self.tokens.push(Token::Word(NO_WORDS.to_owned(), span));
            self.previous = Previous::Other;
        }
        if byte == b'\n' {
            self.push_operator("\n", 1);
            self.line += 1;
            self.read_here_docs();
            return Ok(true);
        }
        if byte == b'(' && self.byte(self.pos + 1) == b'(' && self.arith_tokens()? {
            return Ok(true);
        }
        if self.in_test {
            self.test_token()?;
        } else if let Some(op) = self.operator() {
            let arith = self.in_array;
            self.push_operator(op, op.len());
            if op == "(" && !arith {
                self.part_parens();
            }
        } else if !self.named_fd() {
            self.word()?;
        }
        Ok(true)
    }

    /// `{name}` right before a redirection, of which the shell chooses the descriptor.
    fn named_fd(&mut self) -> bool {
        let rest = &self.scan.text[self.pos..];
        if !self.scan.dialect.is_bash() || !rest.starts_with('{') {
            return false;
        }
        let Some(end) = rest.find('}') else { return false };
        if !is_name(&rest[1..end]) || !rest[end + 1..].starts_with(['<', '>']) {
            return false;
        }
        self.fd_names.push(rest[1..end].to_owned());
        let number = FIRST_NAMED_FD + self.fd_names.len() as u32 - 1;
        let span = self.span(self.pos, self.pos + end + 1, self.line);
        self.tokens.push(Token::Word(number.to_string(), span));
        self.pos += end + 1;
        true
    }

    /// The grammar takes any two parentheses for the beginning of `((...))`; a newline between
    /// those that are not keeps them apart.
    fn part_parens(&mut self) {
        let rest = self.scan.text[self.pos..].trim_start_matches([' ', '\t']);
        if rest.starts_with('(') {
            let span = self.span(self.pos, self.pos, self.line);
            self.tokens.push(Token::Operator("\n".to_owned(), span));
        }
    }

    fn operator(&self) -> Option<&'static str> {
        let rest = &self.scan.text[self.pos..];
        let long = self.scan.dialect.operators().iter().find(|op| rest.starts_with(**op));
        let short = || [";", "&", "|", "<", ">", "(", ")"].iter().find(|op| rest.starts_with(**op));
        long.or_else(short).copied()
    }

    fn push_operator(&mut self, op: &'static str, len: usize) {
        let span = self.span(self.pos, self.pos + len, self.line);
        self.pos += len;
        self.tokens.push(Token::Operator(op.to_owned(), span));
        if !(op == "\n" && self.previous == Previous::ForName) {
            self.previous = Previous::Other;
        }
        if self.in_array {
            self.in_array = op != ")";
            return;
        }
        if op.starts_with(['<', '>']) || op.starts_with("&>") {
            self.redirect_target = true;
            match op {
                "<<" => self.here_tag = Some(false),
                "<<-" => self.here_tag = Some(true),
                _ => {}
            }
        } else {
            self.redirect_target = false;
            self.command_position = true;
        }
    }

    fn span(&self, start: usize, end: usize, line: u32) -> SourceSpan {
        let position = |index| Arc::new(SourcePosition { index, line: line as usize, column: 1 });
        SourceSpan { start: position(start), end: position(end) }
    }

    /// `((...))` at the start of a command, and the head of `for ((;;))`.
    fn arith_tokens(&mut self) -> Result<bool> {
        let is_for = self.previous == Previous::For;
        if !self.scan.dialect.is_bash() || self.in_test || self.in_array {
            return Ok(false);
        }
        if !(is_for || self.command_position) {
            return Ok(false);
        }
        let (start, line) = (self.pos + 2, self.line);
        let Ok(Some(end)) = self.scan.arith(start) else { return Ok(false) };
        let inside = &self.scan.text[start..end - 2];
        self.push_operator("(", 1);
        self.push_operator("(", 1);
        let parts: Vec<&str> = if is_for { inside.split(';').collect() } else { vec![inside] };
        let mut at = start;
        for (i, part) in parts.iter().enumerate() {
            if i > 0 {
                let span = self.span(at - 1, at, line);
                self.tokens.push(Token::Operator(";".to_owned(), span));
            }
            if !part.trim().is_empty() {
                let span = self.span(at, at + part.len(), line);
                self.tokens.push(Token::Word((*part).to_owned(), span));
            }
            at += part.len() + 1;
        }
        self.line += inside.matches('\n').count() as u32;
        self.pos = end - 2;
        self.push_operator(")", 1);
        self.push_operator(")", 1);
        Ok(true)
    }

    /// A token inside `[[ ]]`, where `<` compares and a regular expression is one word.
    fn test_token(&mut self) -> Result<()> {
        match std::mem::replace(&mut self.previous, Previous::Other) {
            Previous::TestRegex => return self.delimited_word(true),
            Previous::TestPattern => return self.delimited_word(false),
            _ => {}
        }
        let rest = &self.scan.text[self.pos..];
        let op = ["&&", "||", "(", ")", "<", ">", ";", "&", "|"]
            .iter()
            .find(|op| rest.starts_with(**op));
        if let Some(op) = op {
            self.push_operator(op, op.len());
            (self.redirect_target, self.here_tag) = (false, None);
            return Ok(());
        }
        self.word()?;
        let Some(Token::Word(word, _)) = self.tokens.last() else { return Ok(()) };
        match word.as_str() {
            "]]" => self.in_test = false,
            "==" | "=" | "!=" => self.previous = Previous::TestPattern,
            "=~" => self.previous = Previous::TestRegex,
            _ => {}
        }
        Ok(())
    }

    /// The right side of `==` or `=~`: parentheses and bars belong to it.
    fn delimited_word(&mut self, regex: bool) -> Result<()> {
        let (start, line) = (self.pos, self.line);
        let (mut at, mut open, mut bracket) = (start, 0_u32, false);
        while at < self.scan.text.len() {
            match self.byte(at) {
                b' ' | b'\t' | b'\n' if open == 0 && !bracket => break,
                b'(' if regex
                    || matches!(
                        self.byte(at.wrapping_sub(1)),
                        b'?' | b'*' | b'+' | b'@' | b'!'
                    ) =>
                {
                    open += 1;
                }
                b')' if open > 0 => open -= 1,
                b')' | b'&' | b'|' | b';' if open == 0 && !(regex && self.byte(at) == b'|') => {
                    break;
                }
                b'[' if regex && !bracket && self.scan.text[at..].contains(']') => bracket = true,
                b']' => bracket = false,
                _ => {}
            }
            at = self.scan.piece(at)?;
        }
        self.push_word(start, at, line);
        Ok(())
    }

    fn word(&mut self) -> Result<()> {
        let (start, line) = (self.pos, self.line);
        let dialect = self.scan.dialect;
        let mut at = start;
        while at < self.scan.text.len() {
            let byte = self.byte(at);
            match byte {
                b'(' if at > start
                    && (dialect.extglob)
                    && matches!(self.byte(at - 1), b'?' | b'*' | b'+' | b'@' | b'!') =>
                {
                    at = self.balanced(at)?;
                    continue;
                }
                b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')' => break,
                b'[' if dialect.is_bash() && self.command_position && at > start => {
                    if let Some(end) = self.subscript(start, at) {
                        at = end;
                        continue;
                    }
                }
                _ => {}
            }
            at = self.scan.piece(at)?;
        }
        self.push_word(start, at, line);
        Ok(())
    }

    /// After the parenthesis that closes the one at `at`.
    fn balanced(&self, at: usize) -> Result<usize> {
        let (mut i, mut open) = (at, 0_u32);
        while i < self.scan.text.len() {
            match self.byte(i) {
                b'(' => open += 1,
                b')' => open -= 1,
                _ => {}
            }
            i = self.scan.piece(i)?;
            if open == 0 {
                return Ok(i);
            }
        }
        Ok(i)
    }

    /// After `[...]` of an assignment to an array's element, in which blanks do not end the word.
    fn subscript(&self, start: usize, at: usize) -> Option<usize> {
        if !is_name(&self.scan.text[start..at]) {
            return None;
        }
        let (mut i, mut open) = (at, 0_u32);
        while i < self.scan.text.len() {
            match self.byte(i) {
                b'[' => open += 1,
                b']' => open -= 1,
                b'\n' => return None,
                _ => {}
            }
            i = self.scan.piece(i).ok()?;
            if open == 0 {
                let rest = &self.scan.text[i..];
                return (rest.starts_with('=') || rest.starts_with("+=")).then_some(i);
            }
        }
        None
    }

    fn push_word(&mut self, start: usize, end: usize, line: u32) {
        let raw = &self.scan.text[start..end];
        let text = self.without_continuations(start, end);
        self.line += raw.matches('\n').count() as u32;
        self.pos = end;
        let mut span = self.span(start, end, line);
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        if digits && text.len() > if self.scan.dialect.is_bash() { 9 } else { 1 } {
            // Too long for a descriptor: to the grammar it must not touch the operator after it.
            span = self.span(start, usize::MAX, line);
        }
        if let Some(strip_tabs) = self.here_tag.take() {
            self.push_here_tag(&text, span, strip_tabs);
            self.redirect_target = false;
            return;
        }
        if std::mem::take(&mut self.redirect_target) || self.in_array {
            self.tokens.push(Token::Word(text, span));
            return;
        }
        if self.command_position && self.expand_alias(&text, line) {
            return;
        }
        let text = self.select_as_for(text);
        let escaped = self.scan.dialect.is_dash() && self.command_position && text == "function";
        self.note_word(&text);
        // To dash it is a word like any other, to the grammar always a keyword.
        let text = if escaped { "\\function".to_owned() } else { text };
        let opens_array = self.scan.dialect.is_bash()
            && self.byte(self.pos) == b'('
            && text.strip_suffix('=').is_some_and(is_assignable);
        self.tokens.push(Token::Word(text, span));
        if opens_array {
            self.push_operator("(", 1);
            self.in_array = true;
            self.command_position = false;
        }
    }

    /// `select` becomes `for`, with a mark before the name that follows.
    fn select_as_for(&mut self, text: String) -> String {
        if self.scan.dialect.is_bash() && self.command_position && text == "select" {
            self.selects = true;
            return "for".to_owned();
        }
        if self.previous == Previous::For && std::mem::take(&mut self.selects) {
            return format!("{SELECT}{text}");
        }
        text
    }

    /// What a word means for the one after it.
    fn note_word(&mut self, word: &str) {
        let previous = std::mem::replace(&mut self.previous, Previous::Other);
        match previous {
            Previous::For => self.previous = Previous::ForName,
            Previous::ForName if word == "in" => self.previous = Previous::ForIn,
            _ => {}
        }
        if !self.command_position {
            return;
        }
        let doubled = matches!(self.tokens.last(), Some(Token::Word(before, _)) if before == "!");
        if word == "!" && doubled && !self.scan.dialect.is_bash() {
            let token = Found::Reserved("!".to_owned());
            let kind = SyntaxErrorKind::Unexpected { token, expecting: None };
            self.refused = Some(SyntaxError { kind, line: self.line, start_line: self.line });
        }
        let bash = self.scan.dialect.is_bash();
        self.command_position = match word {
            "if" | "then" | "else" | "elif" | "do" | "while" | "until" | "!" | "{" => true,
            "time" if bash => true,
            "for" => {
                self.previous = Previous::For;
                false
            }
            "[[" if !self.scan.dialect.is_dash() => {
                self.in_test = true;
                false
            }
            _ => {
                let name = word.split_once('=').map(|(name, _)| name);
                name.is_some_and(|name| is_assignable(name.strip_suffix('+').unwrap_or(name)))
            }
        };
    }

    fn without_continuations(&self, start: usize, end: usize) -> String {
        let raw = &self.scan.text[start..end];
        if !raw.contains("\\\n") {
            return raw.to_owned();
        }
        let mut out = String::with_capacity(raw.len());
        let mut at = start;
        while at < end {
            let next = self.scan.piece(at).unwrap_or(end).min(end);
            if &self.scan.text[at..next] != "\\\n" {
                out.push_str(&self.scan.text[at..next]);
            }
            at = next.max(at + 1);
        }
        out
    }

    fn push_here_tag(&mut self, text: &str, span: SourceSpan, strip_tabs: bool) {
        let quoted = text.contains(['\'', '"', '\\']);
        let delimiter = super::word::remove_quotes(text, self.scan.dialect);
        let token = self.tokens.len() + 1;
        self.here_docs.push(HereDoc { token, strip_tabs, quoted, delimiter });
        self.tokens.push(Token::Word(text.to_owned(), span.clone()));
        // The grammar wants the text and the closing delimiter here; the text follows later.
        self.tokens.push(Token::Word(String::new(), span.clone()));
        self.tokens.push(Token::Word(text.to_owned(), span));
    }

    /// Reads the texts of the here-documents whose operators were on the line that has ended.
    fn read_here_docs(&mut self) {
        for doc in std::mem::take(&mut self.here_docs) {
            let (mut text, first_line, mut found) = (String::new(), self.line, false);
            while self.pos < self.scan.text.len() {
                let rest = &self.scan.text[self.pos..];
                let mut len = rest.find('\n').map_or(rest.len(), |len| len + 1);
                // A backslash before the newline joins lines unless the delimiter was quoted.
                while !doc.quoted
                    && rest[..len].ends_with("\\\n")
                    && rest[..len - 1].bytes().rev().take_while(|&b| b == b'\\').count() % 2 == 1
                    && len < rest.len()
                {
                    len += rest[len..].find('\n').map_or(rest.len() - len, |more| more + 1);
                }
                let mut line = &rest[..len];
                self.pos += len;
                self.line += line.matches('\n').count() as u32;
                if doc.strip_tabs {
                    line = line.trim_start_matches('\t');
                }
                if line.strip_suffix('\n').unwrap_or(line) == doc.delimiter {
                    found = true;
                    break;
                }
                text.push_str(line);
            }
            if !found {
                self.unfinished_here_docs.push((first_line.saturating_sub(1), doc.delimiter));
            }
            if let Some(Token::Word(body, span)) = self.tokens.get_mut(doc.token) {
                *body = text;
                let start = SourcePosition {
                    index: span.start.index,
                    line: first_line as usize,
                    column: 1,
                };
                span.start = Arc::new(start);
            }
        }
    }

    /// Replaces a command's name that is an alias; its text is read as tokens of its own.
    fn expand_alias(&mut self, word: &str, line: u32) -> bool {
        let Some(aliases) = self.aliases else { return false };
        let name = word.as_bytes().to_vec();
        let Some(value) = aliases.get(&name) else { return false };
        if self.alias_trail.contains(&name) {
            return false;
        }
        let text = crate::text::decode(value).into_owned();
        let scan = Scan { text: &text, first_line: line, ..self.scan };
        let mut inner = Lexer::at(scan, 0, line);
        inner.aliases = self.aliases;
        inner.alias_trail.clone_from(&self.alias_trail);
        inner.alias_trail.push(name);
        while let Ok(true) = inner.step() {}
        self.tokens.append(&mut inner.tokens);
        let blank = text.ends_with([' ', '\t']);
        self.command_position = inner.command_position || blank;
        self.in_test = inner.in_test;
        true
    }
}

/// How messages name a token.
pub(crate) fn found(token: Option<&Token>) -> Found {
    match token {
        None => Found::End,
        Some(Token::Operator(op, _)) if op == "\n" => Found::Newline,
        Some(Token::Operator(op, _)) if op.starts_with(['<', '>']) || op.starts_with("&>") => {
            Found::Redirection(op.clone())
        }
        Some(Token::Operator(op, _)) => Found::Operator(op.clone()),
        Some(Token::Word(word, _)) => Found::Word(word.clone()),
    }
}

pub(crate) fn too_deep(line: u32) -> SyntaxError {
    SyntaxError { kind: SyntaxErrorKind::TooDeep, line, start_line: line }
}

/// Whether it is a name: letters, digits and underscores, not beginning with a digit.
pub(crate) fn is_name(text: &str) -> bool {
    !text.is_empty()
        && !text.as_bytes()[0].is_ascii_digit()
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Whether it may stand before `=`: a name, perhaps with a subscript or a `+`.
fn is_assignable(text: &str) -> bool {
    let text = text.strip_suffix('+').unwrap_or(text);
    match text.split_once('[') {
        Some((name, rest)) => is_name(name) && rest.ends_with(']'),
        None => is_name(text),
    }
}
