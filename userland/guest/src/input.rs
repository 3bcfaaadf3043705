//! Files to read, `-` being standard input.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// An open input.
#[derive(Debug)]
pub enum Source {
    /// A named file.
    File(File),
    /// Standard input.
    Stdin(io::Stdin),
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Source::File(file) => file.read(buffer).map_err(|error| as_linux(error, file)),
            Source::Stdin(stdin) => stdin.read(buffer),
        }
    }
}

/// WASI's hosts differ in what reading a directory answers; on Linux it is EISDIR.
fn as_linux(error: io::Error, file: &File) -> io::Error {
    const EISDIR: i32 = 31;
    let is_dir = || file.metadata().is_ok_and(|metadata| metadata.is_dir());
    if cfg!(target_family = "wasm") && is_dir() {
        return io::Error::from_raw_os_error(EISDIR);
    }
    error
}

/// Opens a file, or standard input for `-`.
pub fn open(path: impl AsRef<Path>) -> io::Result<BufReader<Source>> {
    let path = path.as_ref();
    let source = match path.to_str() {
        Some("-") => Source::Stdin(io::stdin()),
        _ => Source::File(File::open(path)?),
    };
    Ok(BufReader::with_capacity(16 * 1024, source))
}

/// Everything a file or standard input holds.
pub fn read_all(path: impl AsRef<Path>) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    open(path)?.read_to_end(&mut text)?;
    Ok(text)
}

/// Reads up to and with `end`; false at the end of the input.
pub fn read_line(input: &mut impl BufRead, end: u8, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    Ok(input.read_until(end, line)? > 0)
}
