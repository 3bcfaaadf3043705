//! Files and commands that a program reads and writes.
//!
//! Programs run one after another: what is printed into a command is collected in a file that the
//! command gets as its input when it is closed, and what a command prints is collected before it is
//! read.

use guest::{bytes, os, out};
use regex_posix::Regex;
use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;
use std::rc::Rc;

/// How records end.
#[derive(Clone, Debug)]
pub enum Separator {
    /// With this byte.
    Byte(u8),
    /// With empty lines.
    Paragraph,
    /// With what the pattern matches.
    Pattern(Rc<Regex>),
}

/// Something records are read from.
pub struct Reader {
    source: Box<dyn Read>,
    buffer: Vec<u8>,
    start: usize,
    at_end: bool,
}

impl Reader {
    /// A reader of anything.
    pub fn new(source: impl Read + 'static) -> Reader {
        Reader { source: Box::new(source), buffer: Vec::new(), start: 0, at_end: false }
    }

    fn fill(&mut self) -> io::Result<bool> {
        if self.at_end {
            return Ok(false);
        }
        self.buffer.drain(..self.start);
        self.start = 0;
        let len = self.buffer.len();
        self.buffer.resize(len + 16_384, 0);
        let read = self.source.read(&mut self.buffer[len..]);
        self.buffer.truncate(len + *read.as_ref().unwrap_or(&0));
        self.at_end = read? == 0;
        Ok(!self.at_end)
    }

    /// The next record.
    pub fn record(&mut self, separator: &Separator) -> io::Result<Option<Vec<u8>>> {
        if matches!(separator, Separator::Paragraph) {
            loop {
                let blank = self.rest().iter().take_while(|c| **c == b'\n').count();
                self.start += blank;
                if !self.rest().is_empty() || !self.fill()? {
                    break;
                }
            }
        }
        let mut searched = 0;
        loop {
            if let Some((end, next)) = find(self.rest(), separator, searched, self.at_end) {
                let record = self.rest()[..end].to_vec();
                self.start += next;
                return Ok(Some(record));
            }
            // A separator of one byte is not among what was looked at already.
            searched = match separator {
                Separator::Byte(_) => self.rest().len(),
                _ => 0,
            };
            if !self.fill()? {
                if let Some((end, next)) = find(self.rest(), separator, searched, true) {
                    let record = self.rest()[..end].to_vec();
                    self.start += next;
                    return Ok(Some(record));
                }
                let mut record = self.rest().to_vec();
                self.start = self.buffer.len();
                if matches!(separator, Separator::Paragraph) && record.last() == Some(&b'\n') {
                    record.pop();
                }
                return Ok((!record.is_empty()).then_some(record));
            }
        }
    }

    fn rest(&self) -> &[u8] {
        &self.buffer[self.start..]
    }
}

/// End of the first record, and where the next begins.
fn find(text: &[u8], separator: &Separator, from: usize, at_end: bool) -> Option<(usize, usize)> {
    match separator {
        Separator::Byte(byte) => {
            let at = text[from..].iter().position(|c| c == byte)? + from;
            Some((at, at + 1))
        }
        Separator::Paragraph => {
            let at = text.windows(2).position(|pair| pair == b"\n\n")?;
            let blank = text[at..].iter().take_while(|c| **c == b'\n').count();
            (at + blank < text.len() || at_end).then_some((at, at + blank))
        }
        Separator::Pattern(regex) => {
            let (start, end) = regex.find(text, 0).ok().flatten()?;
            // A longer match may come with more text.
            (end > start && (end < text.len() || at_end)).then_some((start, end))
        }
    }
}

enum Sink {
    File(File),
    Standard,
    Error,
    /// What a command will get as its input.
    Command(File),
}

/// What is open.
#[derive(Default)]
pub struct Streams {
    readers: HashMap<Vec<u8>, (Reader, i32)>,
    sinks: Vec<(Vec<u8>, Sink, Vec<u8>)>,
}

/// How a file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// `>`
    Write,
    /// `>>`
    Append,
    /// `|`
    Command,
}

impl Streams {
    /// Writes to a file or a command.
    pub fn write(&mut self, name: &[u8], mode: Mode, text: &[u8]) -> io::Result<()> {
        let at = match self.sinks.iter().position(|sink| sink.0 == name) {
            Some(at) => at,
            None => {
                let sink = match (name, mode) {
                    (b"-" | b"/dev/stdout", Mode::Write | Mode::Append) => Sink::Standard,
                    (b"/dev/stderr", Mode::Write | Mode::Append) => Sink::Error,
                    (_, Mode::Write) => Sink::File(File::create(os(name))?),
                    (_, Mode::Append) => {
                        Sink::File(OpenOptions::new().append(true).create(true).open(os(name))?)
                    }
                    (_, Mode::Command) => Sink::Command(temporary()?),
                };
                self.sinks.push((name.to_vec(), sink, Vec::new()));
                self.sinks.len() - 1
            }
        };
        let (_, sink, buffer) = &mut self.sinks[at];
        match sink {
            Sink::Standard => {
                out::put(text);
                Ok(())
            }
            Sink::Error => {
                out::flush();
                io::stderr().write_all(text)
            }
            Sink::File(file) | Sink::Command(file) => {
                buffer.extend(text);
                if buffer.len() > 16_384 {
                    file.write_all(&std::mem::take(buffer))?;
                }
                Ok(())
            }
        }
    }

    /// Writes what is buffered: all of it, or that of one name. The answer is whether there was one.
    pub fn flush(&mut self, name: Option<&[u8]>) -> bool {
        out::flush();
        let mut found = name.is_none();
        for (sink, file, buffer) in &mut self.sinks {
            if name.is_none_or(|name| name == sink.as_slice()) {
                found = true;
                if let Sink::File(file) | Sink::Command(file) = file {
                    let _ = file.write_all(&std::mem::take(buffer));
                }
            }
        }
        found
    }

    /// A record of a file; none if it cannot be opened.
    pub fn file(&mut self, name: &[u8]) -> Option<&mut Reader> {
        if !self.readers.contains_key(name) {
            let reader = match name {
                b"-" | b"/dev/stdin" => Reader::new(io::stdin()),
                _ => Reader::new(File::open(os(name)).ok()?),
            };
            self.readers.insert(name.to_vec(), (reader, 0));
        }
        self.readers.get_mut(name).map(|entry| &mut entry.0)
    }

    /// A record of what a command prints; none if it cannot be run.
    pub fn command(&mut self, command: &[u8]) -> Option<&mut Reader> {
        if !self.readers.contains_key(command) {
            self.flush(None);
            let file = temporary().ok()?;
            let status = shell(command, &[(0, 0), (1, file.as_raw_fd() as u32), (2, 2)]).ok()?;
            let reader = Reader::new(rewound(file).ok()?);
            self.readers.insert(command.to_vec(), (reader, status));
        }
        self.readers.get_mut(command).map(|entry| &mut entry.0)
    }

    /// Closes what is open under a name; the answer is a command's exit status, -1 for none.
    pub fn close(&mut self, name: &[u8]) -> i32 {
        let mut status = -1;
        if let Some((_, end)) = self.readers.remove(name) {
            status = end;
        }
        while let Some(at) = self.sinks.iter().position(|sink| sink.0 == name) {
            let (name, sink, buffer) = self.sinks.remove(at);
            status = end(&name, sink, &buffer);
        }
        status
    }

    /// Closes everything, in the order in which it was opened.
    pub fn close_all(&mut self) {
        out::flush();
        self.readers.clear();
        for (name, sink, buffer) in self.sinks.drain(..) {
            end(&name, sink, &buffer);
        }
    }

    /// Runs a command with this program's descriptors.
    pub fn system(&mut self, command: &[u8]) -> i32 {
        self.flush(None);
        shell(command, &[(0, 0), (1, 1), (2, 2)]).unwrap_or(127)
    }
}

fn end(name: &[u8], sink: Sink, buffer: &[u8]) -> i32 {
    match sink {
        Sink::File(mut file) => {
            let _ = file.write_all(buffer);
            0
        }
        Sink::Command(mut file) => {
            let _ = file.write_all(buffer);
            out::flush();
            let Ok(file) = rewound(file) else { return -1 };
            shell(name, &[(0, file.as_raw_fd() as u32), (1, 1), (2, 2)]).unwrap_or(127)
        }
        Sink::Standard | Sink::Error => 0,
    }
}

fn shell(command: &[u8], fds: &[(u32, u32)]) -> io::Result<i32> {
    let argv = [OsString::from("/bin/sh"), "-c".into(), os(command)];
    let env: Vec<_> = std::env::vars_os().collect();
    guest::spawn_with(&argv, &env, None, fds).map(|status| status as i32)
}

/// A file that has no name any more.
fn temporary() -> io::Result<File> {
    let dir = guest::env("TMPDIR").unwrap_or_else(|| "/tmp".into());
    for number in 0..10_000 {
        let name = format!("/awk.{}.{number}", guest::getpid());
        let path = os([bytes(&dir), name.as_bytes()].concat());
        match OpenOptions::new().read(true).write(true).create_new(true).open(&path) {
            Ok(file) => {
                std::fs::remove_file(&path)?;
                return Ok(file);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn rewound(mut file: File) -> io::Result<File> {
    io::Seek::rewind(&mut file)?;
    Ok(file)
}
