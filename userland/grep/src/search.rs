//! One file after another, line by line.

use crate::options::{Binary, Options, Print};
use crate::pattern::Patterns;
use guest::{input, out};
use std::collections::VecDeque;
use std::io::{self, BufRead};
use std::path::Path;

/// How far a NUL is looked for at the start of a file, as grep's buffer reaches.
const LOOK: usize = 32 * 1024;

/// The search through all files.
pub struct Search<'a> {
    options: &'a Options,
    patterns: &'a Patterns,
    /// Whether a line was selected.
    pub matched: bool,
    /// Whether something could not be read.
    pub failed: bool,
    /// Whether the answer is known (`-q`).
    pub done: bool,
    /// Whether any group of lines was printed, so that the next needs a separator.
    printed: bool,
    output: Option<guest::Stat>,
}

/// Where the search is within a file.
#[derive(Default)]
struct Position {
    number: u64,
    offset: usize,
}

impl<'a> Search<'a> {
    /// A search that has not found anything.
    pub fn new(options: &'a Options, patterns: &'a Patterns) -> Search<'a> {
        let output = guest::fstat(1).ok().filter(guest::Stat::is_file);
        Search {
            options,
            patterns,
            matched: false,
            failed: false,
            done: false,
            printed: false,
            output,
        }
    }

    /// Says that a file cannot be read.
    pub fn complain(&mut self, path: &Path, error: &io::Error) {
        self.failed = true;
        if !self.options.no_messages {
            guest::warn(format!("{}: {}", path.display(), guest::strerror(error)));
        }
    }

    /// Searches one file.
    pub fn file(&mut self, path: &Path, name: &[u8]) {
        if let Err(error) = self.search(path, name) {
            self.complain(path, &error);
        }
    }

    fn search(&mut self, path: &Path, name: &[u8]) -> io::Result<()> {
        let options = self.options;
        let mut source = input::open(path)?;
        let only_answer = options.quiet || matches!(options.print, Print::With | Print::Without);
        if let Some(output) = &self.output
            && !only_answer
            && options.print != Print::Count
            && path != Path::new("-")
            && guest::stat(path, true).is_ok_and(|stat| stat.same_file(output))
        {
            self.failed = true;
            if !options.no_messages {
                guest::warn(format!("{}: input file is also the output", path.display()));
            }
            return Ok(());
        }
        let head = source.fill_buf()?;
        let mut binary = options.binary != Binary::Text
            && options.end != 0
            && head[..head.len().min(LOOK)].contains(&0);
        if binary && options.binary == Binary::Skip {
            return self.finish(name, 0);
        }
        let mut line = Vec::new();
        let mut here = Position::default();
        let mut held: VecDeque<(u64, usize, Vec<u8>)> = VecDeque::new();
        let (mut count, mut trailing, mut last_printed) = (0, 0, None);
        let mut undecodable = false;
        while count < options.most || trailing > 0 {
            if !input::read_line(&mut source, options.end, &mut line)? {
                break;
            }
            let offset = here.offset;
            here.number += 1;
            here.offset += line.len();
            if line.last() == Some(&options.end) {
                line.pop();
            }
            let selected = count < options.most && self.selects(&line);
            if selected {
                count += 1;
                self.matched = true;
                if only_answer {
                    break;
                }
                if options.print == Print::Count {
                    continue;
                }
                if options.binary != Binary::Text {
                    if binary || (options.end != 0 && line.contains(&0)) {
                        binary = true;
                        break;
                    }
                    if guest::utf8_locale() && std::str::from_utf8(&line).is_err() {
                        undecodable = true;
                        continue;
                    }
                }
                let first = held.front().map_or(here.number, |held| held.0);
                self.separate(last_printed, first);
                for (number, offset, text) in held.drain(..) {
                    self.line(name, number, offset, &text, false);
                }
                self.line(name, here.number, offset, &line, true);
                last_printed = Some(here.number);
                trailing = options.after;
            } else if trailing > 0 {
                trailing -= 1;
                self.line(name, here.number, offset, &line, false);
                last_printed = Some(here.number);
            } else if options.before > 0 {
                if held.len() == options.before {
                    held.pop_front();
                }
                held.push_back((here.number, offset, std::mem::take(&mut line)));
            }
        }
        if (binary || undecodable) && count > 0 && !only_answer && options.print != Print::Count {
            if options.binary == Binary::Mention {
                guest::warn(format!("{}: binary file matches", String::from_utf8_lossy(name)));
            }
            return Ok(());
        }
        self.finish(name, count)
    }

    fn selects(&mut self, line: &[u8]) -> bool {
        match self.patterns.matches(line) {
            Ok(matches) => matches != self.options.invert,
            Err(error) => guest::fail(error.to_string()),
        }
    }

    /// What is printed about a file as a whole.
    fn finish(&mut self, name: &[u8], count: u64) -> io::Result<()> {
        if self.options.quiet {
            self.done = self.matched;
            return Ok(());
        }
        match self.options.print {
            Print::Count => {
                self.name(name, b':');
                out::line(count.to_string());
            }
            Print::With if count > 0 => self.listed(name),
            Print::Without if count == 0 => self.listed(name),
            _ => {}
        }
        Ok(())
    }

    fn listed(&self, name: &[u8]) {
        self.colored("35", name);
        out::put(if self.options.null_after_name { b"\0" } else { b"\n" });
    }

    fn separate(&mut self, last: Option<u64>, next: u64) {
        let context = self.options.before > 0 || self.options.after > 0;
        let touches = last.is_some_and(|last| last + 1 == next);
        if self.printed
            && context
            && !touches
            && let Some(separator) = &self.options.separator
        {
            self.colored("36", separator.as_bytes());
            out::put("\n");
        }
        self.printed = true;
    }

    fn name(&self, name: &[u8], separator: u8) {
        if self.options.names {
            self.colored("35", name);
            if self.options.null_after_name {
                out::put("\0");
            } else {
                self.colored("36", &[separator]);
            }
        }
    }

    fn prefix(&self, name: &[u8], number: u64, offset: usize, separator: u8) {
        self.name(name, separator);

        if self.options.numbers {
            self.colored("32", format!("{number}").as_bytes());
            self.colored("36", &[separator]);
        }
        if self.options.offsets {
            self.colored("32", format!("{offset}").as_bytes());
            self.colored("36", &[separator]);
        }
        if self.options.tab && (self.options.names || self.options.numbers || self.options.offsets)
        {
            out::put("\t");
        }
    }

    fn colored(&self, code: &str, text: &[u8]) {
        if self.options.color {
            out::put(format!("\x1b[{code}m\x1b[K"));
            out::put(text);
            out::put("\x1b[m\x1b[K");
        } else {
            out::put(text);
        }
    }

    fn line(&self, name: &[u8], number: u64, offset: usize, line: &[u8], selected: bool) {
        let separator = if selected { b':' } else { b'-' };
        let only = self.options.print == Print::Matches;
        if only && (!selected || self.options.invert) {
            return;
        }
        if !only {
            self.prefix(name, number, offset, separator);
        }
        if only || (self.options.color && selected && !self.options.invert) {
            self.matches(name, number, offset, line, only);
        } else {
            out::put(line);
        }
        if !only {
            out::put([self.options.end]);
        }
        if self.options.line_buffered {
            out::flush();
        }
    }

    /// The parts of a line that match: alone, or coloured within it.
    fn matches(&self, name: &[u8], number: u64, offset: usize, line: &[u8], only: bool) {
        let mut at = 0;
        let mut shown = 0;
        while at <= line.len() {
            let (from, to) = match self.patterns.find(line, at) {
                Ok(Some(found)) => found,
                Ok(None) => break,
                Err(error) => guest::fail(error.to_string()),
            };
            if from == to {
                at = to + 1;
                continue;
            }
            if only {
                self.prefix(name, number, offset + from, b':');
                self.colored("01;31", &line[from..to]);
                out::put([self.options.end]);
            } else {
                out::put(&line[shown..from]);
                self.colored("01;31", &line[from..to]);
            }
            shown = to;
            at = to;
        }
        if !only {
            out::put(&line[shown..]);
        }
    }
}
