//! Runs a script over the input.

use crate::Options;
use crate::command::*;
use crate::input::{Input, Read};
use crate::output::Output;
use crate::replace;
use crate::script::panic;
use guest::input;
use regex_posix::Regex;

use std::ffi::OsString;
use std::fs;
use std::io::BufReader;
use std::path::Path;
use std::rc::Rc;

/// What stands behind the lines of a cycle.
enum Queued {
    Text(Vec<u8>),
    File(Vec<u8>),
    /// A line read by `R`.
    Line(Vec<u8>),
}

/// Whether a range is being followed.
#[derive(Clone, Copy, PartialEq)]
enum Range {
    Waiting,
    /// Until this line, if it is known.
    Active(Option<u64>),
    Closed,
}

/// How a cycle ends.
enum Cycle {
    /// The pattern space is printed and the next line read.
    Next,
    /// The next line is read.
    Silent,
    /// The script starts again with what is left.
    Again,
    /// The program ends, with or without printing.
    Quit(i32, bool),
}

/// The state of a run.
pub struct Machine<'a> {
    options: &'a Options,
    program: &'a Program,
    input: Input,
    output: Output,
    files: Vec<Output>,
    /// Files of `R`: not opened yet, opened, or missing.
    readers: Vec<Option<Option<BufReader<input::Source>>>>,
    space: Vec<u8>,
    hold: Vec<u8>,
    /// Whether the line in hand had an end.
    ended: bool,
    queue: Vec<Queued>,
    ranges: Vec<Range>,
    substituted: bool,
    last_regex: Option<Rc<Regex>>,
}

impl<'a> Machine<'a> {
    /// Opens what the script writes to.
    pub fn new(options: &'a Options, program: &'a Program, files: Vec<OsString>) -> Machine<'a> {
        let outputs = program.outputs.iter().map(|name| match Output::create(name) {
            Ok(output) => output,
            Err(error) => panic(format!(
                "couldn't open file {}: {}",
                String::from_utf8_lossy(name),
                guest::strerror(&error)
            )),
        });
        let output = if options.in_place.is_some() { Output::memory() } else { Output::standard() };
        Machine {
            options,
            program,
            input: Input::new(options, files),
            output,
            files: outputs.collect(),
            readers: program.inputs.iter().map(|_| None).collect(),
            space: Vec::new(),
            hold: Vec::new(),
            ended: true,
            queue: Vec::new(),
            ranges: vec![Range::Waiting; program.commands.len()],
            substituted: false,
            last_regex: None,
        }
    }

    /// Runs until the input or the script ends; the answer is the exit status.
    pub fn run(mut self) -> i32 {
        let mut status = 0;
        let mut again = false;
        while again || self.read(false) {
            again = false;
            match self.cycle() {
                Cycle::Next => self.finish(!self.options.quiet),
                Cycle::Silent => self.finish(false),
                Cycle::Again => {
                    self.finish(false);
                    again = true;
                }
                Cycle::Quit(code, print) => {
                    self.finish(print && !self.options.quiet);
                    if self.options.in_place.is_some() {
                        self.replace_file();
                    }
                    status = code;
                    break;
                }
            }
        }
        if status == 0 && self.input.failed { 2 } else { status }
    }

    /// Reads the next line; with `append` it is added to the pattern space.
    fn read(&mut self, append: bool) -> bool {
        loop {
            match self.input.next() {
                Read::Line(line, ended) => {
                    if append {
                        self.space.push(self.options.end);
                        self.space.extend(line);
                    } else {
                        self.space = line;
                    }
                    self.ended = ended;
                    return true;
                }
                Read::FileEnd => self.replace_file(),
                Read::End => return false,
            }
        }
    }

    /// Ends a cycle: prints the pattern space and what was queued.
    fn finish(&mut self, print: bool) {
        if print {
            self.print();
        }
        self.flush_queue();
        if self.options.unbuffered {
            guest::out::flush();
        }
    }

    fn print(&mut self) {
        self.output.line(&self.space, self.options.end, self.ended);
    }

    fn flush_queue(&mut self) {
        for item in std::mem::take(&mut self.queue) {
            match item {
                Queued::Text(text) => self.output.text(&text, self.options.end),
                Queued::Line(line) => self.output.line(&line, self.options.end, true),
                Queued::File(name) => {
                    let path = if name == b"/dev/stdin" { b"-".to_vec() } else { name };
                    if let Ok(text) = input::read_all(guest::os(path)) {
                        self.output.text(&text, self.options.end);
                    }
                }
            }
        }
    }

    /// The edited text takes the place of the file.
    fn replace_file(&mut self) {
        let text = std::mem::replace(&mut self.output, Output::memory()).into_memory();
        let mut path = Path::new(&self.input.name).to_owned();
        if self.options.follow
            && let Ok(real) = fs::canonicalize(&path)
        {
            path = real;
        }
        let dir = path.parent().unwrap_or(Path::new(""));
        let temporary = dir.join(format!("sed{:06}", guest::getpid() % 1_000_000));
        let done = fs::write(&temporary, text).and_then(|()| {
            if let Some(stat) = self.input.stat {
                let _ = guest::chown(&temporary, true, Some(stat.uid), Some(stat.gid));
                guest::chmod(&temporary, stat.perm())?;
            }
            if let Some(suffix) = self.options.in_place.as_ref().filter(|text| !text.is_empty()) {
                fs::rename(&path, backup(&path, suffix))?;
            }
            fs::rename(&temporary, &path)
        });
        if let Err(error) = done {
            panic(format!(
                "couldn't open temporary file {}: {}",
                temporary.display(),
                guest::strerror(&error)
            ));
        }
    }

    fn cycle(&mut self) -> Cycle {
        let program = self.program;
        let mut at = 0;
        while let Some(command) = program.commands.get(at) {
            let index = at;
            at += 1;
            if self.selects(index, command) == command.negated {
                if let Action::Block(after) = command.action {
                    at = after;
                }
                continue;
            }
            match &command.action {
                Action::Block(_) | Action::Nothing => {}
                Action::Branch(when, to) => {
                    let taken = match when {
                        When::Always => true,
                        When::Substituted => std::mem::take(&mut self.substituted),
                        When::NotSubstituted => !std::mem::take(&mut self.substituted),
                    };
                    if taken {
                        at = *to;
                    }
                }
                Action::Number => {
                    let number = format!("{}\n", self.input.number);
                    self.output.text(number.as_bytes(), self.options.end);
                }
                Action::Append(text) => self.queue.push(Queued::Text(text.clone())),
                Action::Insert(text) => self.output.text(text, self.options.end),
                Action::Change(text) => {
                    let inside = matches!(self.ranges[index], Range::Active(_));
                    if command.negated || command.end.is_none() || !inside {
                        self.output.text(text, self.options.end);
                    }
                    return Cycle::Silent;
                }
                Action::Delete => return Cycle::Silent,
                Action::DeleteFirst => {
                    let Some(end) = self.first_end() else { return Cycle::Silent };
                    self.space.drain(..=end);
                    return Cycle::Again;
                }
                Action::FileName => {
                    let name = self.input.shown_name().to_vec();
                    self.output.line(&name, b'\n', true);
                }
                Action::Get(Hold::Replace) => self.space.clone_from(&self.hold),
                Action::Get(Hold::Append) => {
                    self.space.push(self.options.end);
                    self.space.extend_from_slice(&self.hold);
                }
                Action::Hold(Hold::Replace) => self.hold.clone_from(&self.space),
                Action::Hold(Hold::Append) => {
                    self.hold.push(self.options.end);
                    self.hold.extend_from_slice(&self.space);
                }
                Action::Exchange => std::mem::swap(&mut self.space, &mut self.hold),
                Action::List(length) => {
                    let text = list(&self.space, length.unwrap_or(self.options.line_length));
                    self.output.text(&text, self.options.end);
                }
                Action::Next => {
                    if self.input.is_last() {
                        let print = !self.options.posix;
                        return Cycle::Quit(0, print);
                    }
                    self.finish(!self.options.quiet);
                    if !self.read(false) {
                        return Cycle::Quit(0, false);
                    }
                }
                Action::NextAppend => {
                    if self.input.is_last() {
                        return Cycle::Quit(0, !self.options.posix);
                    }
                    self.flush_queue();
                    if !self.read(true) {
                        return Cycle::Quit(0, true);
                    }
                }
                Action::Print => self.print(),
                Action::PrintFirst => match self.first_end() {
                    Some(end) => {
                        self.output.line(&self.space[..end], self.options.end, true);
                    }
                    None => self.print(),
                },
                Action::Quit(status) => return Cycle::Quit(*status, true),
                Action::QuitSilently(status) => {
                    self.queue.clear();
                    return Cycle::Quit(*status, false);
                }
                Action::ReadFile(name) => self.queue.push(Queued::File(name.clone())),
                Action::ReadLine(number) => self.read_line(*number),
                Action::Substitute(substitute) => self.substitute(substitute),
                Action::Write(number) => self.write(*number, self.space.len()),
                Action::WriteFirst(number) => {
                    let end = self.first_end().unwrap_or(self.space.len());
                    self.write(*number, end);
                }
                Action::Translate(pairs) => self.space = translate(&self.space, pairs),
                Action::Zap => self.space.clear(),
            }
        }
        Cycle::Next
    }

    fn first_end(&self) -> Option<usize> {
        self.space.iter().position(|c| *c == self.options.end)
    }

    fn write(&mut self, number: usize, len: usize) {
        let (text, end) = (&self.space[..len], self.options.end);
        let ended = self.ended || len < self.space.len();
        match self.files.get_mut(number) {
            Some(file) if file.is_standard() && self.options.in_place.is_none() => {
                self.output.line(text, end, ended);
            }
            Some(file) => file.line(text, end, ended),
            None => {}
        }
    }

    fn read_line(&mut self, number: usize) {
        let (Some(name), Some(slot)) =
            (self.program.inputs.get(number), self.readers.get_mut(number))
        else {
            return;
        };
        let reader = slot.get_or_insert_with(|| {
            let path = if name == b"/dev/stdin" { b"-".as_slice() } else { name };
            input::open(guest::os(path)).ok()
        });
        let Some(reader) = reader else { return };
        let mut line = Vec::new();
        if let Ok(true) = input::read_line(reader, self.options.end, &mut line) {
            if line.last() == Some(&self.options.end) {
                line.pop();
            }
            self.queue.push(Queued::Line(line));
        }
    }

    fn regex(&mut self, pattern: &Pattern) -> Rc<Regex> {
        let regex = pattern.clone().or_else(|| self.last_regex.clone());
        let Some(regex) = regex else {
            guest::fail("-e expression #1, char 0: no previous regular expression");
        };
        self.last_regex = Some(regex.clone());
        regex
    }

    fn is_match(&mut self, pattern: &Pattern) -> bool {
        match self.regex(pattern).is_match(&self.space) {
            Ok(found) => found,
            Err(error) => guest::fail(format!("regex: {error}")),
        }
    }

    fn substitute(&mut self, command: &Substitute) {
        let regex = self.regex(&command.pattern);
        let highest = command.parts.iter().filter_map(|part| match part {
            Part::Group(group) => Some(*group),
            _ => None,
        });
        if let Some(highest) = highest.max().filter(|highest| *highest > regex.groups()) {
            guest::fail(format!(
                "-e expression #1, char 0: invalid reference \\{highest} on `s' command's RHS"
            ));
        }
        match replace::substitute(&regex, command, &self.space) {
            Ok(None) => {}
            Ok(Some(text)) => {
                self.space = text;
                self.substituted = true;
                if command.print {
                    self.print();
                }
                if let Some(number) = command.write {
                    self.write(number, self.space.len());
                }
            }
            Err(error) => guest::fail(format!("regex: {error}")),
        }
    }

    fn selects(&mut self, index: usize, command: &Command) -> bool {
        let Some(start) = &command.start else { return true };
        let Some(end) = &command.end else { return self.starts(start) };
        let line = self.input.number;
        match self.ranges[index] {
            Range::Active(Some(last)) => {
                // A line number that was passed, as after `n`, closes the range at once.
                if line >= last {
                    self.ranges[index] = Range::Closed;
                }
                if line > last {
                    return self.opens(index, start, end);
                }
                true
            }
            Range::Active(None) => {
                let closes = match end {
                    End::Last => self.input.is_last(),
                    End::Match(pattern) => self.is_match(pattern),
                    _ => false,
                };
                if closes {
                    self.ranges[index] = Range::Closed;
                }
                true
            }
            _ => self.opens(index, start, end),
        }
    }

    /// Whether a range begins here; it may end at once.
    fn opens(&mut self, index: usize, start: &Address, end: &End) -> bool {
        let line = self.input.number;
        if let Address::Zero = start {
            // `0,/re/` is open before the first line, once.
            if self.ranges[index] == Range::Closed
                || line > 1 && self.ranges[index] == Range::Waiting
            {
                return false;
            }
            self.ranges[index] = Range::Active(None);
            if let End::Match(pattern) = end
                && self.is_match(pattern)
            {
                self.ranges[index] = Range::Closed;
            }
            return true;
        }
        if !self.starts(start) {
            return false;
        }
        self.ranges[index] = match end {
            End::Line(last) if *last > line => Range::Active(Some(*last)),
            End::Line(_) => Range::Closed,
            End::More(0) => Range::Closed,
            End::More(more) => Range::Active(Some(line + more)),
            End::Multiple(step) if *step == 0 || line.is_multiple_of(*step) => Range::Closed,
            End::Multiple(step) => Range::Active(Some(line.div_ceil(*step) * step)),
            End::Last if self.input.is_last() => Range::Closed,
            End::Last | End::Match(_) => Range::Active(None),
        };
        true
    }

    fn starts(&mut self, address: &Address) -> bool {
        let line = self.input.number;
        match address {
            Address::Line(number) => line == *number,
            Address::Step(first, 0) => line == *first,
            Address::Step(first, step) => line >= *first && (line - first).is_multiple_of(*step),
            Address::Last => self.input.is_last(),
            Address::Match(pattern) => self.is_match(pattern),
            Address::Zero => false,
        }
    }
}

/// Where the former content is kept: `*` in the ending stands for the name.
fn backup(path: &Path, suffix: &str) -> std::path::PathBuf {
    let name = path.file_name().unwrap_or_default();
    let new = if suffix.contains('*') {
        suffix.replace('*', &name.to_string_lossy())
    } else {
        format!("{}{suffix}", name.to_string_lossy())
    };
    if new.contains('/') {
        return new.into();
    }
    path.with_file_name(new)
}

fn translate(text: &[u8], pairs: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let mut result = Vec::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        match pairs.iter().find(|(from, _)| rest.starts_with(from)) {
            Some((from, to)) => {
                result.extend(to);
                rest = &rest[from.len()..];
            }
            None => {
                result.push(rest[0]);
                rest = &rest[1..];
            }
        }
    }
    result
}

/// The pattern space as `l` shows it.
fn list(text: &[u8], length: usize) -> Vec<u8> {
    let width = if length == 0 { usize::MAX } else { length - 1 };
    let mut result = Vec::new();
    let mut column = 0;
    for &c in text {
        let piece = match c {
            b'\\' => "\\\\".into(),
            7 => "\\a".into(),
            8 => "\\b".into(),
            12 => "\\f".into(),
            b'\n' => "\\n".into(),
            b'\r' => "\\r".into(),
            b'\t' => "\\t".into(),
            11 => "\\v".into(),
            32..127 => char::from(c).to_string(),
            c => format!("\\{c:03o}"),
        };
        if column + piece.len() > width {
            result.extend(b"\\\n");
            column = 0;
        }
        column += piece.len();
        result.extend(piece.bytes());
    }
    result.extend(b"$\n");
    result
}
