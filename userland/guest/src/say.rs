//! Messages on standard error and the ways out of a program.

use crate::{out, quote, strerror};
use std::cell::{Cell, RefCell};
use std::io::{self, Write};
use std::path::Path;

thread_local! {
    static NAME: RefCell<String> = const { RefCell::new(String::new()) };
    static FAILURE: Cell<i32> = const { Cell::new(1) };
    static USAGE: Cell<&'static str> = const { Cell::new("") };
}

/// The name messages begin with.
pub fn name() -> String {
    NAME.with_borrow(String::clone)
}

/// Sets the name messages begin with.
pub fn set_name(name: &str) {
    NAME.set(name.into());
}

/// The exit status of errors that end the program, 1 unless set.
pub fn failure_status() -> i32 {
    FAILURE.get()
}

/// Sets the exit status of errors that end the program (2 for `ls`, `sort` and `grep`).
pub fn set_failure_status(status: i32) {
    FAILURE.set(status);
}

/// Writes `NAME: MESSAGE` to standard error, after what standard output holds.
pub fn warn(message: impl AsRef<str>) {
    out::flush();
    let line = format!("{}: {}\n", name(), message.as_ref());
    let _ = io::stderr().write_all(line.as_bytes());
}

/// Like [`warn`], then ends the program with its failure status.
pub fn fail(message: impl AsRef<str>) -> ! {
    warn(message);
    std::process::exit(failure_status())
}

/// Sets what is written to standard error, before the pointer to `--help`, when options are wrong.
pub fn set_usage(text: &'static str) {
    USAGE.set(text);
}

/// Points to `--help` and ends the program with its failure status.
pub fn try_help() -> ! {
    out::flush();
    eprint!("{}", USAGE.get());
    eprintln!("Try '{} --help' for more information.", name());
    std::process::exit(failure_status())
}

/// Flushes standard output and ends the program.
pub fn exit(status: i32) -> ! {
    out::flush();
    std::process::exit(status)
}

/// Remembers that something went wrong while the program goes on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Failed(pub bool);

impl Failed {
    /// Says `NAME: PATH: ERROR`.
    pub fn path(&mut self, path: impl AsRef<Path>, error: &io::Error) {
        self.say(format!("{}: {}", quote::colon(path.as_ref()), strerror(error)));
    }

    /// Says `NAME: cannot DO 'PATH': ERROR`; `what` is for example `cannot remove`.
    pub fn cannot(&mut self, what: &str, path: impl AsRef<Path>, error: &io::Error) {
        self.say(format!("{what} {}: {}", quote::always(path.as_ref()), strerror(error)));
    }

    /// Says `NAME: MESSAGE`.
    pub fn say(&mut self, message: impl AsRef<str>) {
        warn(message);
        self.0 = true;
    }

    /// 1 if anything went wrong, else 0.
    pub fn status(self) -> i32 {
        self.0.into()
    }
}

/// Says `missing operand` and ends the program.
pub fn missing_operand() -> ! {
    warn("missing operand");
    try_help()
}

/// Says which operand is one too many and ends the program.
pub fn extra_operand(operand: impl AsRef<Path>) -> ! {
    warn(format!("extra operand {}", quote::locale(operand.as_ref())));
    try_help()
}
