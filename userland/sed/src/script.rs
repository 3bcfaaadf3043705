//! From the text of a script to its commands.

use crate::Options;
use crate::command::*;
use crate::escape::{characters, escape, numeric_escapes};
use guest::input;
use regex_posix::{Regex, Syntax};

use std::ffi::OsString;
use std::rc::Rc;

/// The texts a script comes from, joined.
#[derive(Debug, Default)]
pub struct Source {
    text: Vec<u8>,
    /// Where each text begins, and how it is called in messages: `None` for expressions.
    parts: Vec<(usize, Option<String>)>,
}

impl Source {
    /// Adds what `-e` gives.
    pub fn expression(&mut self, text: &[u8]) {
        self.begin(None);
        self.text.extend(text);
    }

    /// Adds what a file holds.
    pub fn file(&mut self, path: &OsString) {
        let text = match input::read_all(path) {
            Ok(text) => text,
            Err(error) => panic(format!(
                "couldn't open file {}: {}",
                path.to_string_lossy(),
                guest::strerror(&error)
            )),
        };
        self.begin(Some(path.to_string_lossy().into_owned()));
        self.text.extend(text.strip_suffix(b"\n").unwrap_or(&text));
    }

    fn begin(&mut self, name: Option<String>) {
        if !self.parts.is_empty() {
            self.text.push(b'\n');
        }
        self.parts.push((self.text.len(), name));
    }

    /// Whether there is no script yet.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Where a message says the place is.
    fn place(&self, at: usize, char_zero: bool) -> String {
        let index = self.parts.iter().rposition(|part| part.0 <= at).unwrap_or(0);
        let Some((start, name)) = self.parts.get(index) else { return String::new() };
        match name {
            Some(name) => {
                let lines = self.text[*start..at].iter().filter(|c| **c == b'\n').count();
                format!("file {name} line {}", lines + 1)
            }
            None => {
                let number = self.parts[..=index].iter().filter(|part| part.1.is_none()).count();
                let char = if char_zero { 0 } else { at - start };
                format!("-e expression #{number}, char {char}")
            }
        }
    }
}

/// Ends the program with the status of GNU sed's EXIT_PANIC.
pub fn panic(message: impl AsRef<str>) -> ! {
    guest::set_failure_status(4);
    guest::fail(message)
}

/// Reads a script; the error is the message without the name of the program.
pub fn parse(source: &Source, options: &mut Options) -> Result<Program, String> {
    if source.text.starts_with(b"#n") {
        options.quiet = true;
    }
    let mut parser = Parser {
        source,
        text: &source.text,
        at: 0,
        options,
        program: Program::default(),
        blocks: Vec::new(),
        labels: Vec::new(),
        jumps: Vec::new(),
    };
    while parser.command()? {}
    if !parser.blocks.is_empty() {
        return Err(format!("{}: unmatched `{{'", source.place(0, true)));
    }
    let Parser { mut program, labels, jumps, .. } = parser;
    let end = program.commands.len();
    for (index, label) in jumps {
        let found = labels.iter().find(|(known, _)| *known == label);
        let target = match found {
            _ if label.is_empty() => end,
            Some((_, target)) => *target,
            None => {
                let label = String::from_utf8_lossy(&label);
                panic(format!("can't find label for jump to `{label}'"));
            }
        };
        if let Action::Branch(_, to) = &mut program.commands[index].action {
            *to = target;
        }
    }
    Ok(program)
}

struct Parser<'s> {
    source: &'s Source,
    text: &'s [u8],
    at: usize,
    options: &'s Options,
    program: Program,
    blocks: Vec<usize>,
    labels: Vec<(Vec<u8>, usize)>,
    jumps: Vec<(usize, Vec<u8>)>,
}

type Parse<T> = Result<T, String>;

impl Parser<'_> {
    fn error<T>(&self, what: impl AsRef<str>) -> Parse<T> {
        let at = self.at.min(self.text.len());
        Err(format!("{}: {}", self.source.place(at, false), what.as_ref()))
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    fn skip(&mut self, what: fn(u8) -> bool) {
        while self.peek().is_some_and(what) {
            self.at += 1;
        }
    }

    fn blanks(&mut self) {
        self.skip(|c| c.is_ascii_whitespace() && c != b'\n');
    }

    fn number(&mut self) -> Option<u64> {
        let start = self.at;
        self.skip(|c| c.is_ascii_digit());
        std::str::from_utf8(&self.text[start..self.at]).ok()?.parse().ok()
    }

    /// Reads one command; false at the end of the script.
    fn command(&mut self) -> Parse<bool> {
        self.skip(|c| c.is_ascii_whitespace() || c == b';');
        if self.peek().is_none() {
            return Ok(false);
        }
        let (mut start, mut end, mut negated) = (self.address()?, None, false);
        if start.is_some() {
            self.blanks();
            if self.peek() == Some(b',') {
                self.at += 1;
                self.blanks();
                end = self.end_address()?;
                if end.is_none() {
                    self.at += 1;
                    return self.error("unexpected `,'");
                }
            }
        }
        if let Some(Address::Zero) = start
            && !matches!(end, Some(End::Match(_)))
        {
            self.at += 1;
            return self.error("invalid usage of line address 0");
        }
        self.blanks();
        while self.peek() == Some(b'!') {
            self.at += 1;
            if negated {
                return self.error("multiple `!'s");
            }
            negated = true;
            self.blanks();
        }
        let Some(letter) = self.next() else { return self.error("missing command") };
        let index = self.program.commands.len();
        if start.is_some() {
            match letter {
                b'#' => return self.error("comments don't accept any addresses"),
                b':' => return self.error(": doesn't want any addresses"),
                b'}' => return self.error("} doesn't want any addresses"),
                b'q' | b'Q' if end.is_some() => {
                    return self.error("command only uses one address");
                }
                _ => {}
            }
        }
        if let Some(Address::Line(line)) = start
            && let Some(End::Line(last)) = end
            && last <= line
        {
            // The range is its first line alone.
            (start, end) = (Some(Address::Line(line)), None);
        }
        let action = match letter {
            b'#' => {
                self.skip(|c| c != b'\n');
                return Ok(true);
            }
            b':' => {
                self.blanks();
                let label = self.label(true);
                if label.is_empty() {
                    return self.error("\":\" lacks a label");
                }
                self.labels.push((label, index));
                return Ok(true);
            }
            b'{' => {
                self.blocks.push(index);
                Action::Block(0)
            }
            b'}' => {
                let Some(open) = self.blocks.pop() else { return self.error("unexpected `}'") };
                if let Action::Block(after) = &mut self.program.commands[open].action {
                    *after = index;
                }
                self.ends()?;
                return Ok(true);
            }
            b'a' => Action::Append(self.text_argument()?),
            b'i' => Action::Insert(self.text_argument()?),
            b'c' => Action::Change(self.text_argument()?),
            b'b' => self.branch(When::Always, index),
            b't' => self.branch(When::Substituted, index),
            b'T' => self.branch(When::NotSubstituted, index),
            b's' => self.substitute()?,
            b'y' => self.translate()?,
            b'r' => Action::ReadFile(self.file_name()?),
            b'R' => {
                let name = self.file_name()?;
                Action::ReadLine(number_of(&mut self.program.inputs, name))
            }
            b'w' => {
                let name = self.file_name()?;
                Action::Write(number_of(&mut self.program.outputs, name))
            }
            b'W' => {
                let name = self.file_name()?;
                Action::WriteFirst(number_of(&mut self.program.outputs, name))
            }
            b'q' => Action::Quit(self.exit_status()?),
            b'Q' => Action::QuitSilently(self.exit_status()?),
            b'l' | b'L' => {
                self.blanks();
                let length = self.number();
                self.ends()?;
                Action::List(length.map(|length| length as usize))
            }
            b'e' => {
                return self.error(
                    "not supported here: e, because sed cannot read what another program prints",
                );
            }
            b'v' => {
                self.blanks();
                let version = self.label(false);
                let newer = String::from_utf8_lossy(&version)
                    .split('.')
                    .map(|part| part.parse::<u32>().unwrap_or(0))
                    .collect::<Vec<_>>()
                    > vec![4, 9];
                if newer {
                    return self.error("expected newer version of sed");
                }
                self.ends()?;
                Action::Nothing
            }
            letter => {
                let action = match letter {
                    b'=' => Action::Number,
                    b'd' => Action::Delete,
                    b'D' => Action::DeleteFirst,
                    b'F' => Action::FileName,
                    b'g' => Action::Get(Hold::Replace),
                    b'G' => Action::Get(Hold::Append),
                    b'h' => Action::Hold(Hold::Replace),
                    b'H' => Action::Hold(Hold::Append),
                    b'n' => Action::Next,
                    b'N' => Action::NextAppend,
                    b'p' => Action::Print,
                    b'P' => Action::PrintFirst,
                    b'x' => Action::Exchange,
                    b'z' => Action::Zap,
                    b'\n' | b';' => return self.error("missing command"),
                    _ => {
                        let shown = String::from_utf8_lossy(&[letter]).into_owned();
                        return self.error(format!("unknown command: `{shown}'"));
                    }
                };
                self.ends()?;
                action
            }
        };
        self.program.commands.push(Command { start, end, negated, action });
        Ok(true)
    }

    /// After a command only another, a comment or the end may follow.
    fn ends(&mut self) -> Parse<()> {
        self.blanks();
        match self.peek() {
            None | Some(b'}' | b'#') => Ok(()),
            Some(b'\n' | b';') => {
                self.at += 1;
                Ok(())
            }
            Some(_) => {
                self.at += 1;
                self.error("extra characters after command")
            }
        }
    }

    fn address(&mut self) -> Parse<Option<Address>> {
        Ok(match self.peek() {
            Some(b'0'..=b'9') => {
                let first = self.number().unwrap_or(u64::MAX);
                if self.peek() == Some(b'~') {
                    self.at += 1;
                    return Ok(Some(Address::Step(first, self.number().unwrap_or(0))));
                }
                Some(if first == 0 { Address::Zero } else { Address::Line(first) })
            }
            Some(b'$') => {
                self.at += 1;
                Some(Address::Last)
            }
            Some(b'+' | b'~') => {
                self.at += 2;
                return self.error("invalid usage of +N or ~N as first address");
            }
            Some(b'/' | b'\\') => Some(Address::Match(self.pattern_address()?)),
            _ => None,
        })
    }

    fn end_address(&mut self) -> Parse<Option<End>> {
        Ok(match self.peek() {
            Some(b'0'..=b'9') => Some(End::Line(self.number().unwrap_or(u64::MAX))),
            Some(b'$') => {
                self.at += 1;
                Some(End::Last)
            }
            Some(mark @ (b'+' | b'~')) => {
                self.at += 1;
                let number = self.number().unwrap_or(0);
                Some(if mark == b'+' { End::More(number) } else { End::Multiple(number) })
            }
            Some(b'/' | b'\\') => Some(End::Match(self.pattern_address()?)),
            _ => None,
        })
    }

    fn pattern_address(&mut self) -> Parse<Pattern> {
        let mut mark = self.next().unwrap_or(b'/');
        if mark == b'\\' {
            match self.next() {
                Some(c) if c != b'\n' => mark = c,
                _ => return self.error("unterminated address regex"),
            }
        }
        let Some(text) = self.delimited(mark, true) else {
            return self.error("unterminated address regex");
        };
        let (mut ignore_case, mut multiline) = (false, false);
        loop {
            match self.peek() {
                Some(b'I') => ignore_case = true,
                Some(b'M') => multiline = true,
                _ => break,
            }
            self.at += 1;
        }
        self.pattern(&text, ignore_case, multiline)
    }

    fn pattern(&self, text: &[u8], ignore_case: bool, multiline: bool) -> Parse<Pattern> {
        if text.is_empty() {
            if ignore_case || multiline {
                return self.error("no previous regular expression");
            }
            return Ok(None);
        }
        let syntax = Syntax {
            extended: self.options.extended,
            ignore_case,
            multiline,
            utf8: guest::utf8_locale(),
            escapes: true,
            ..Syntax::default()
        };
        match Regex::new(&numeric_escapes(text), syntax) {
            Ok(regex) => Ok(Some(Rc::new(regex))),
            Err(error) => self.error(error.to_string()),
        }
    }

    /// Reads up to `mark`; `\mark` becomes `mark`, and in a regular expression brackets hide it.
    fn delimited(&mut self, mark: u8, is_regex: bool) -> Option<Vec<u8>> {
        let mut text = Vec::new();
        while let Some(c) = self.next() {
            if c == mark {
                return Some(text);
            }
            match c {
                b'\\' => {
                    let next = self.next()?;
                    if next == mark {
                        // Without the backslash it is what it is elsewhere in a pattern.
                        if !is_regex && mark == b'&' {
                            text.push(b'\\');
                        }
                        text.push(mark);
                    } else if is_regex && next == b'\n' {
                        text.extend(b"\\n");
                    } else {
                        text.extend([b'\\', next]);
                    }
                }
                b'\n' if is_regex => {
                    return None;
                }
                b'[' if is_regex => {
                    text.push(c);
                    self.bracket(&mut text);
                }
                c => text.push(c),
            }
        }
        None
    }

    /// Copies a bracket expression to its `]`, so that delimiters in it are nothing special.
    fn bracket(&mut self, text: &mut Vec<u8>) {
        let rest = &self.text[self.at..];
        let mut len = usize::from(rest.first() == Some(&b'^'));
        if rest.get(len) == Some(&b']') {
            len += 1;
        }
        while let Some(&c) = rest.get(len) {
            if c == b']' {
                len += 1;
                break;
            }
            if c == b'['
                && let Some(mark @ (b':' | b'.' | b'=')) = rest.get(len + 1)
                && let Some(end) = rest[len + 2..].windows(2).position(|pair| pair == [*mark, b']'])
            {
                len += end + 4;
                continue;
            }
            len += 1;
        }
        text.extend(&rest[..len]);
        self.at += len;
    }

    fn label(&mut self, defined: bool) -> Vec<u8> {
        let start = self.at;
        while let Some(c) = self.peek() {
            if c.is_ascii_whitespace() || c == b';' || (c == b'}' && !defined) {
                break;
            }
            self.at += 1;
        }
        self.text[start..self.at].to_vec()
    }

    fn branch(&mut self, when: When, index: usize) -> Action {
        self.blanks();
        let label = self.label(false);
        self.jumps.push((index, label));
        Action::Branch(when, 0)
    }

    fn exit_status(&mut self) -> Parse<i32> {
        self.blanks();
        let status = self.number().unwrap_or(0);
        self.ends()?;
        Ok(status as i32 & 0xff)
    }

    fn file_name(&mut self) -> Parse<Vec<u8>> {
        self.blanks();
        let start = self.at;
        self.skip(|c| c != b'\n');
        if start == self.at {
            return self.error("missing filename in r/R/w/W commands");
        }
        Ok(self.text[start..self.at].to_vec())
    }

    /// The text of `a`, `i` and `c`.
    fn text_argument(&mut self) -> Parse<Vec<u8>> {
        self.blanks();
        if self.peek().is_none() {
            return self.error("expected \\ after `a', `c' or `i'");
        }
        if self.peek() == Some(b'\\') {
            self.at += 1;
            let saved = self.at;
            self.blanks();
            if self.peek() == Some(b'\n') {
                self.at += 1;
            } else {
                // One line with a backslash in front keeps the blanks after it.
                self.at = saved;
            }
        }
        let mut text = Vec::new();
        while let Some(c) = self.next() {
            match c {
                b'\\' => {
                    if let Some(next) = self.next() {
                        match next {
                            b't' => text.push(b'\t'),
                            next => text.push(next),
                        }
                    }
                }
                b'\n' => break,
                c => text.push(c),
            }
        }
        if !text.is_empty() {
            text.push(b'\n');
        }
        Ok(text)
    }

    fn substitute(&mut self) -> Parse<Action> {
        let unterminated = "unterminated `s' command";
        let mark = match self.next() {
            Some(mark) if mark != b'\n' && mark != b'\\' => mark,
            _ => return self.error(unterminated),
        };
        let Some(regex) = self.delimited(mark, true) else { return self.error(unterminated) };
        let Some(replacement) = self.delimited(mark, false) else {
            return self.error(unterminated);
        };
        let mut substitute = Substitute {
            pattern: None,
            parts: Vec::new(),
            global: false,
            number: 1,
            print: false,
            write: None,
        };
        let (mut ignore_case, mut multiline, mut number) = (false, false, None);
        loop {
            match self.next() {
                Some(b'i' | b'I') => ignore_case = true,
                Some(b'm' | b'M') => multiline = true,
                Some(b'e') => {
                    return self.error(
                        "not supported here: s///e, because sed cannot read what another \
                         program prints",
                    );
                }
                Some(b'p') if substitute.print => {
                    return self.error("multiple `p' options to `s' command");
                }
                Some(b'p') => substitute.print = true,
                Some(b'g') if substitute.global => {
                    return self.error("multiple `g' options to `s' command");
                }
                Some(b'g') => substitute.global = true,
                Some(b'0'..=b'9') => {
                    self.at -= 1;
                    let value = self.number().unwrap_or(u64::MAX);
                    if number.is_some() {
                        self.at = self.at.min(self.text.len());
                        return self.error("multiple number options to `s' command");
                    }
                    if value == 0 {
                        return self.error("number option to `s' command may not be zero");
                    }
                    number = Some(value as usize);
                }
                Some(b'w') => {
                    let name = self.file_name()?;
                    substitute.write = Some(number_of(&mut self.program.outputs, name));
                    break;
                }
                Some(b'}' | b'#') => {
                    self.at -= 1;
                    break;
                }
                None | Some(b'\n' | b';') => break,
                Some(b' ' | b'\t' | b'\r') => {}
                Some(_) => return self.error("unknown option to `s'"),
            }
        }
        substitute.number = number.unwrap_or(1);
        substitute.pattern = self.pattern(&regex, ignore_case, multiline)?;
        substitute.parts = self.replacement(&replacement);
        let highest = substitute.parts.iter().filter_map(|part| match part {
            Part::Group(group) => Some(*group),
            _ => None,
        });
        let highest = highest.max().unwrap_or(0);
        if let Some(regex) = &substitute.pattern
            && highest > regex.groups()
        {
            return self.error(format!("invalid reference \\{highest} on `s' command's RHS"));
        }
        Ok(Action::Substitute(Box::new(substitute)))
    }

    fn replacement(&self, text: &[u8]) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut plain = Vec::new();
        let mut rest = text;
        while let [first, tail @ ..] = rest {
            rest = tail;
            let part = match first {
                b'&' => Part::Group(0),
                b'\\' => {
                    let Some((c, tail)) = rest.split_first() else { break };
                    rest = tail;
                    match c {
                        b'0'..=b'9' => Part::Group(usize::from(c - b'0')),
                        b'U' => Part::Case(Some(Case::Upper)),
                        b'L' => Part::Case(Some(Case::Lower)),
                        b'E' => Part::Case(None),
                        b'u' => Part::Once(Case::Upper),
                        b'l' => Part::Once(Case::Lower),
                        _ => {
                            let (byte, used) = escape(*c, rest);
                            plain.push(byte);
                            rest = &rest[used..];
                            continue;
                        }
                    }
                }
                c => {
                    plain.push(*c);
                    continue;
                }
            };
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(part);
        }
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        parts
    }

    fn translate(&mut self) -> Parse<Action> {
        let unterminated = "unterminated `y' command";
        let mark = match self.next() {
            Some(mark) if mark != b'\n' && mark != b'\\' => mark,
            _ => return self.error(unterminated),
        };
        let Some(from) = self.delimited(mark, false) else { return self.error(unterminated) };
        let Some(to) = self.delimited(mark, false) else { return self.error(unterminated) };
        let (from, to) = (characters(&from), characters(&to));
        if from.len() != to.len() {
            return self.error("strings for `y' command are different lengths");
        }
        self.ends()?;
        Ok(Action::Translate(from.into_iter().zip(to).collect()))
    }
}

/// The number of a file in a list it is put on once.
fn number_of(files: &mut Vec<Vec<u8>>, name: Vec<u8>) -> usize {
    match files.iter().position(|known| *known == name) {
        Some(number) => number,
        None => {
            files.push(name);
            files.len() - 1
        }
    }
}
