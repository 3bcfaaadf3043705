//! `pwd`: the working directory.

use guest::{Arg, Long, Opts, bytes, out};
use std::ffi::OsString;
use std::path::{Component, Path};

const LONG: &[Long] = &[Long("logical", Arg::No, 'L'), Long("physical", Arg::No, 'P')];

/// Runs `pwd`.
pub fn run(args: Vec<OsString>) -> i32 {
    let mut logical = guest::env("POSIXLY_CORRECT").is_some();
    let mut opts = Opts::new(args, "LP", LONG, "[OPTION]...");
    for opt in opts.by_ref() {
        logical = opt.code == 'L';
    }
    if !opts.operands().is_empty() {
        guest::warn("ignoring non-option arguments");
    }
    if logical && let Some(dir) = guest::env("PWD").filter(|dir| is_here(Path::new(dir))) {
        out::line(bytes(&dir));
        return 0;
    }
    match guest::getcwd() {
        Ok(dir) => out::line(bytes(&dir)),
        Err(error) => {
            guest::fail(format!("error retrieving current directory: {}", guest::strerror(&error)))
        }
    }
    0
}

fn is_here(dir: &Path) -> bool {
    let plain = dir.is_absolute() && !dir.components().any(|part| part == Component::ParentDir);
    plain
        && match (guest::stat(dir, true), guest::stat(".", true)) {
            (Ok(there), Ok(here)) => there.same_file(&here),
            _ => false,
        }
}
