//! The lines of all files, one after another.

use crate::Options;
use crate::script::panic;
use guest::{Stat, bytes, input};
use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// The files that are read.
pub struct Input {
    rest: std::vec::IntoIter<OsString>,
    open: Option<BufReader<input::Source>>,
    /// Name of the file a line was read from last.
    pub name: OsString,
    /// Number of the last line.
    pub number: u64,
    /// Status of the file, where it is edited in place.
    pub stat: Option<Stat>,
    /// Whether a file could not be read.
    pub failed: bool,
    end: u8,
    in_place: bool,
    separate: bool,
}

/// What reading gave.
pub enum Read {
    /// A line without its end; false if it had none.
    Line(Vec<u8>, bool),
    /// The end of a file that is edited in place.
    FileEnd,
    /// The end of all files.
    End,
}

impl Input {
    /// Nothing is opened yet.
    pub fn new(options: &Options, files: Vec<OsString>) -> Input {
        Input {
            rest: files.into_iter(),
            open: None,
            name: "-".into(),
            number: 0,
            stat: None,
            failed: false,
            end: options.end,
            in_place: options.in_place.is_some(),
            separate: options.separate,
        }
    }

    /// Opens the next file that can be read; true if there is one.
    fn open_next(&mut self) -> bool {
        for name in self.rest.by_ref() {
            if self.in_place && name != "-" {
                let found = guest::stat(&name, true);
                let problem = match &found {
                    Err(error) => Some(format!(
                        "can't read {}: {}",
                        name.to_string_lossy(),
                        guest::strerror(error)
                    )),
                    Ok(stat) if !stat.is_file() => Some(format!(
                        "couldn't edit {}: not a regular file",
                        name.to_string_lossy()
                    )),
                    Ok(_) => None,
                };
                if let Some(problem) = problem {
                    guest::warn(problem);
                    self.failed = true;
                    continue;
                }
                self.stat = found.ok();
            }
            if self.in_place && name == "-" {
                guest::warn("couldn't edit -: not a regular file");
                self.failed = true;
                continue;
            }
            let is_dir = name != "-" && guest::stat(&name, true).is_ok_and(|stat| stat.is_dir());
            match input::open(Path::new(&name)) {
                Ok(_) if is_dir => {
                    panic(format!("read error on {}: Is a directory", name.to_string_lossy()))
                }
                Ok(file) => {
                    self.open = Some(file);
                    self.name = name;
                    if self.separate {
                        self.number = 0;
                    }
                    return true;
                }
                Err(error) => {
                    guest::warn(format!(
                        "can't read {}: {}",
                        name.to_string_lossy(),
                        guest::strerror(&error)
                    ));
                    self.failed = true;
                }
            }
        }
        false
    }

    /// Whether the open file has nothing more.
    fn at_file_end(&mut self) -> bool {
        match &mut self.open {
            Some(file) => file.fill_buf().map_or(true, <[u8]>::is_empty),
            None => true,
        }
    }

    /// Whether there is no further line: of this file where files are separate, else of all.
    pub fn is_last(&mut self) -> bool {
        if !self.at_file_end() {
            return false;
        }
        if self.separate {
            return true;
        }
        loop {
            let name = self.name.clone();
            if !self.open_next() {
                self.name = name;
                return true;
            }
            if !self.at_file_end() {
                // The name of the line in hand is that of the file before.
                return false;
            }
        }
    }

    /// The next line.
    pub fn next(&mut self) -> Read {
        loop {
            if self.open.is_none() && !self.open_next() {
                return Read::End;
            }
            let Some(file) = &mut self.open else { continue };
            let mut line = Vec::new();
            match input::read_line(file, self.end, &mut line) {
                Ok(true) => {
                    self.number += 1;
                    let ended = line.last() == Some(&self.end);
                    if ended {
                        line.pop();
                    }
                    return Read::Line(line, ended);
                }
                Ok(false) => {}
                Err(error) => panic(format!(
                    "read error on {}: {}",
                    self.name.to_string_lossy(),
                    guest::strerror(&error)
                )),
            }
            self.open = None;
            if self.in_place {
                return Read::FileEnd;
            }
        }
    }

    /// The name `F` prints.
    pub fn shown_name(&self) -> &[u8] {
        bytes(&self.name)
    }
}
