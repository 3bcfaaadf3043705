//! Names and nodes without content of their own: `mkfifo mknod link unlink tty sync`.

use guest::{Arg, Failed, Long, Opts, bytes, out, quote};
use std::ffi::OsString;

const LONG: &[Long] = &[Long("mode", Arg::Yes, 'm')];

fn permissions(text: Option<String>) -> u32 {
    let umask = guest::set_umask(0);
    guest::set_umask(umask);
    match text {
        None => 0o666 & !umask,
        Some(text) => match guest::mode::parse(&text) {
            Some(change) => change.apply(0o666, false, umask),
            None => guest::fail("invalid mode"),
        },
    }
}

fn make(path: &OsString, kind: u32, mode: u32, rdev: u64, failed: &mut Failed) {
    match guest::mknod(path, kind | mode, rdev).and_then(|()| guest::chmod(path, mode)) {
        Ok(()) => {}
        Err(error) if guest::name().ends_with("mkfifo") => {
            failed.cannot("cannot create fifo", path, &error);
        }
        Err(error) => failed.path(path, &error),
    }
}

/// Runs `mkfifo`.
pub fn mkfifo(args: Vec<OsString>) -> i32 {
    let mut mode = None;
    let mut opts = Opts::new(args, "m:Z", LONG, "[OPTION]... NAME...");
    for opt in opts.by_ref() {
        mode = Some(opt.text());
    }
    let names = opts.operands();
    if names.is_empty() {
        guest::missing_operand();
    }
    let mode = permissions(mode);
    let mut failed = Failed::default();
    names.iter().for_each(|name| make(name, 0o010_000, mode, 0, &mut failed));
    failed.status()
}

/// Runs `mknod`.
pub fn mknod(args: Vec<OsString>) -> i32 {
    let mut mode = None;
    let mut opts = Opts::new(args, "m:Z", LONG, "[OPTION]... NAME TYPE [MAJOR MINOR]");
    for opt in opts.by_ref() {
        mode = Some(opt.text());
    }
    let operands = opts.operands();
    let [name, kind, numbers @ ..] = operands.as_slice() else { guest::missing_operand() };
    let mode = permissions(mode);
    let number = |at: usize| -> u64 {
        let text = numbers.get(at).map(|text| text.to_string_lossy().into_owned());
        match text.as_deref().map(str::parse) {
            Some(Ok(number)) => number,
            Some(Err(_)) => {
                guest::fail(format!("invalid device number {}", quote::locale(&numbers[at])))
            }
            None => {
                guest::warn(format!(
                    "missing operand after {}",
                    quote::locale(&operands[operands.len() - 1])
                ));
                eprintln!("Special files require major and minor device numbers.");
                guest::try_help()
            }
        }
    };
    let (bits, rdev) = match bytes(kind) {
        b"p" => (0o010_000, 0),
        b"c" | b"u" => (0o020_000, number(0) << 32 | number(1)),
        b"b" => (0o060_000, number(0) << 32 | number(1)),
        _ => {
            guest::warn(format!("invalid device type {}", quote::locale(kind)));
            guest::try_help()
        }
    };
    let mut failed = Failed::default();
    make(name, bits, mode, rdev, &mut failed);
    failed.status()
}

/// Runs `link`.
pub fn link(args: Vec<OsString>) -> i32 {
    let operands = Opts::new(args, "", &[], "FILE1 FILE2").operands();
    match operands.as_slice() {
        [] => guest::missing_operand(),
        [one] => {
            guest::warn(format!("missing operand after {}", quote::locale(one)));
            guest::try_help()
        }
        [one, two] => match std::fs::hard_link(one, two) {
            Ok(()) => 0,
            Err(error) => guest::fail(format!(
                "cannot create link {} to {}: {}",
                quote::always(two),
                quote::always(one),
                guest::strerror(&error)
            )),
        },
        [_, _, extra, ..] => guest::extra_operand(extra),
    }
}

/// Runs `unlink`.
pub fn unlink(args: Vec<OsString>) -> i32 {
    let operands = Opts::new(args, "", &[], "FILE").operands();
    match operands.as_slice() {
        [] => guest::missing_operand(),
        [one] => match std::fs::remove_file(one) {
            Ok(()) => 0,
            Err(error) => guest::fail(format!(
                "cannot unlink {}: {}",
                quote::always(one),
                guest::strerror(&error)
            )),
        },
        [_, extra, ..] => guest::extra_operand(extra),
    }
}

/// Runs `tty`.
pub fn tty(args: Vec<OsString>) -> i32 {
    guest::set_failure_status(2);
    const LONG: &[Long] = &[Long("quiet", Arg::No, 's'), Long("silent", Arg::No, 's')];
    let mut silent = false;
    for _ in Opts::new(args, "s", LONG, "[OPTION]...").by_ref() {
        silent = true;
    }
    let terminal = guest::isatty(0);
    if !silent {
        out::line(if terminal { "/dev/pts/0" } else { "not a tty" });
    }
    i32::from(!terminal)
}

/// Runs `sync`: the filesystem has nothing that waits to be written.
pub fn sync(args: Vec<OsString>) -> i32 {
    let files = Opts::new(args, "df", &[], "[OPTION] [FILE]...").operands();
    let mut failed = Failed::default();
    for file in &files {
        if let Err(error) = guest::stat(file, true) {
            failed.say(format!(
                "error opening {}: {}",
                quote::always(file),
                guest::strerror(&error)
            ));
        }
    }
    failed.status()
}
