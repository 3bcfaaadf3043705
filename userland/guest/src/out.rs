//! Standard output, buffered like C's.

use crate::say;
use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Write};
use std::mem::ManuallyDrop;
use std::os::fd::FromRawFd;

const CAPACITY: usize = 32 * 1024;

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Appends to standard output.
pub fn put(text: impl AsRef<[u8]>) {
    let text = text.as_ref();
    BUFFER.with_borrow_mut(|buffer| {
        if buffer.len() + text.len() > CAPACITY {
            write_out(buffer);
            buffer.clear();
        }
        if text.len() >= CAPACITY {
            write_out(text);
        } else {
            buffer.extend_from_slice(text);
        }
    });
}

/// Appends a text and a line feed.
pub fn line(text: impl AsRef<[u8]>) {
    put(text);
    put(b"\n");
}

/// Writes what is buffered.
pub fn flush() {
    let pending = BUFFER.take();
    write_out(&pending);
}

/// Ends the program when nobody reads (as SIGPIPE would), or when there is no room.
fn write_out(text: &[u8]) {
    if text.is_empty() {
        return;
    }
    if let Err(error) = stdout().write_all(text) {
        if error.kind() == io::ErrorKind::BrokenPipe {
            std::process::exit(141);
        }
        // The buffer may be borrowed here, so that `say::warn` cannot be used: it would flush.
        eprintln!("{}: write error: {}", say::name(), crate::strerror(&error));
        std::process::exit(say::failure_status());
    }
}

fn stdout() -> ManuallyDrop<File> {
    // SAFETY: descriptor 1 belongs to the process for as long as it runs and is not closed here.
    ManuallyDrop::new(unsafe { File::from_raw_fd(1) })
}

/// Standard output as a writer, over the same buffer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Out;

impl Write for Out {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        put(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        flush();
        Ok(())
    }
}
