//! Where lines go: standard output, files of `w`, and files edited in place.

use guest::out;
use std::fs::File;
use std::io::{self, Write};

/// A place lines are written to.
#[derive(Debug)]
pub struct Output {
    file: Kind,
    /// Whether the last line had no end, so that it is added when another line follows.
    missing_end: bool,
}

#[derive(Debug)]
enum Kind {
    Standard,
    Error,
    File(File),
    /// Collected, to become the content of a file.
    Memory(Vec<u8>),
}

impl Output {
    /// Standard output.
    pub fn standard() -> Output {
        Output { file: Kind::Standard, missing_end: false }
    }

    /// Content to come of a file that is edited in place.
    pub fn memory() -> Output {
        Output { file: Kind::Memory(Vec::new()), missing_end: false }
    }

    /// The file of a `w` command.
    pub fn create(name: &[u8]) -> io::Result<Output> {
        let file = match name {
            b"/dev/stdout" => Kind::Standard,
            b"/dev/stderr" => Kind::Error,
            name => Kind::File(File::create(guest::os(name))?),
        };
        Ok(Output { file, missing_end: false })
    }

    /// Whether this is standard output under the name of a file.
    pub fn is_standard(&self) -> bool {
        matches!(self.file, Kind::Standard)
    }

    /// What was collected.
    pub fn into_memory(self) -> Vec<u8> {
        match self.file {
            Kind::Memory(text) => text,
            _ => Vec::new(),
        }
    }

    /// Writes a line; `ended` is false for a last line without an end.
    pub fn line(&mut self, text: &[u8], end: u8, ended: bool) {
        self.text(text, end);
        if ended {
            self.write(&[end]);
        } else {
            self.missing_end = true;
        }
    }

    /// Writes text as it is, after the end a line may lack.
    pub fn text(&mut self, text: &[u8], end: u8) {
        if std::mem::take(&mut self.missing_end) {
            self.write(&[end]);
        }
        self.write(text);
    }

    fn write(&mut self, text: &[u8]) {
        let written = match &mut self.file {
            Kind::Standard => {
                out::put(text);
                Ok(())
            }
            Kind::Error => {
                out::flush();
                io::stderr().write_all(text)
            }
            Kind::File(file) => file.write_all(text),
            Kind::Memory(memory) => {
                memory.extend(text);
                Ok(())
            }
        };
        if let Err(error) = written {
            guest::set_failure_status(4);
            guest::fail(format!(
                "couldn't write {} items: {}",
                text.len(),
                guest::strerror(&error)
            ));
        }
    }
}
