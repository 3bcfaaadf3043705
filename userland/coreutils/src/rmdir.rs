//! `rmdir`: removes empty directories.

use guest::{Arg, Failed, Long, Opts, out, quote};
use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

const LONG: &[Long] = &[
    Long("ignore-fail-on-non-empty", Arg::No, 'i'),
    Long("parents", Arg::No, 'p'),
    Long("verbose", Arg::No, 'v'),
];

/// Runs `rmdir`.
pub fn run(args: Vec<OsString>) -> i32 {
    let (mut ignore, mut parents, mut verbose) = (false, false, false);
    let mut opts = Opts::new(args, "pv", LONG, "[OPTION]... DIRECTORY...");
    for opt in opts.by_ref() {
        match opt.code {
            'p' => parents = true,
            'v' => verbose = true,
            _ => ignore = true,
        }
    }
    let dirs = opts.operands();
    if dirs.is_empty() {
        guest::missing_operand();
    }
    let mut failed = Failed::default();
    for dir in &dirs {
        let mut dir = Path::new(dir);
        let mut above = false;
        loop {
            if verbose {
                out::line(format!("{}: removing directory, {}", guest::name(), quote::always(dir)));
            }
            if let Err(error) = fs::remove_dir(dir) {
                if !(ignore && error.kind() == ErrorKind::DirectoryNotEmpty) {
                    let link = guest::bytes(dir).strip_suffix(b"/").is_some_and(|name| {
                        guest::stat(guest::os(name), false).is_ok_and(|stat| stat.is_symlink())
                    });
                    if link {
                        let shown = quote::always(dir);
                        failed.say(format!("failed to remove {shown}: Symbolic link not followed"));
                        break;
                    }
                    let what =
                        if above { "failed to remove directory" } else { "failed to remove" };
                    failed.cannot(what, dir, &error);
                }
                break;
            }
            match dir.parent() {
                Some(parent) if parents && !parent.as_os_str().is_empty() => dir = parent,
                _ => break,
            }
            above = true;
        }
    }
    failed.status()
}
