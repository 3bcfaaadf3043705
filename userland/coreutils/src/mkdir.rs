//! `mkdir`: makes directories.

use guest::{Arg, Failed, Long, Opts, mode, out, quote};
use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

const LONG: &[Long] = &[
    Long("context", Arg::Maybe, 'Z'),
    Long("mode", Arg::Yes, 'm'),
    Long("parents", Arg::No, 'p'),
    Long("verbose", Arg::No, 'v'),
];

/// Runs `mkdir`.
pub fn run(args: Vec<OsString>) -> i32 {
    let (mut parents, mut verbose, mut bits) = (false, false, None);
    let mut opts = Opts::new(args, "m:pvZ", LONG, "[OPTION]... DIRECTORY...");
    for opt in opts.by_ref() {
        match opt.code {
            'm' => bits = Some(opt.text()),
            'p' => parents = true,
            'v' => verbose = true,
            _ => {}
        }
    }
    let dirs = opts.operands();
    if dirs.is_empty() {
        guest::warn("missing operand");
        guest::try_help();
    }
    let bits = bits.map(|text| match mode::parse(&text) {
        Some(change) => {
            let umask = guest::set_umask(0);
            guest::set_umask(umask);
            change.apply(0o777 & !umask, true, umask)
        }
        None => guest::fail(format!("invalid mode {}", quote::locale(&text))),
    });
    let mut failed = Failed::default();
    for dir in &dirs {
        let dir = Path::new(dir);
        let made = if parents { make_all(dir, verbose) } else { make(dir, verbose) };
        let done = made.and_then(|made| match bits {
            Some(bits) if made => guest::chmod(dir, bits).map_err(|error| (dir, error)),
            _ => Ok(()),
        });
        if let Err((dir, error)) = done {
            failed.say(format!(
                "cannot create directory {}: {}",
                quote::locale(dir),
                guest::strerror(&error)
            ));
        }
    }
    failed.status()
}

fn make(dir: &Path, verbose: bool) -> Result<bool, (&Path, io::Error)> {
    fs::create_dir(dir).map_err(|error| (dir, error))?;
    if verbose {
        out::line(format!("{}: created directory {}", guest::name(), quote::always(dir)));
    }
    Ok(true)
}

/// Makes what is missing on the way; false if the directory was there already.
fn make_all(dir: &Path, verbose: bool) -> Result<bool, (&Path, io::Error)> {
    let is_dir = |dir: &Path| guest::stat(dir, true).is_ok_and(|stat| stat.is_dir());
    match make(dir, verbose) {
        Err((_, error)) if error.kind() == ErrorKind::NotFound => {}
        Err(_) if is_dir(dir) => return Ok(false),
        Err((_, error)) if error.kind() == ErrorKind::NotADirectory => {
            // The first on the way that is there and no directory is to blame.
            let above: Vec<&Path> = dir.ancestors().skip(1).collect();
            let there = |path: &&Path| !is_dir(path) && guest::stat(path, false).is_ok();
            let culprit = above.into_iter().rev().find(there);
            return Err((culprit.unwrap_or(dir), error));
        }
        other => return other,
    }
    match dir.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => make_all(parent, verbose)?,
        _ => false,
    };
    match make(dir, verbose) {
        Err(_) if is_dir(dir) => Ok(false),
        other => other,
    }
}
