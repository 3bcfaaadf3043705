//! `mount` and `umount`: what is mounted is listed; a container may not mount anything.

use std::ffi::OsString;

use guest::{Arg, Long, Opts, out};

/// A line of `/proc/mounts`.
pub struct Mounted {
    /// What is mounted.
    pub source: String,
    /// Where.
    pub target: String,
    /// The type of the filesystem.
    pub kind: String,
    /// Its options.
    pub options: String,
}

/// What is mounted, in order.
pub fn mounted() -> Vec<Mounted> {
    let text = crate::proc("/proc/mounts");
    let rows = text.lines().filter_map(|line| {
        let mut fields = line.split(' ').map(plain);
        let mut next = || fields.next();
        Some(Mounted { source: next()?, target: next()?, kind: next()?, options: next()? })
    });
    rows.collect()
}

/// Takes back `\040` and its like.
fn plain(field: &str) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .iter()
        .fold(field.to_owned(), |text, (code, plain)| text.replace(code, plain))
}

const LONG: &[Long] = &[
    Long("all", Arg::No, 'a'),
    Long("bind", Arg::No, 'B'),
    Long("types", Arg::Yes, 't'),
    Long("options", Arg::Yes, 'o'),
    Long("read-only", Arg::No, 'r'),
    Long("rw", Arg::No, 'w'),
    Long("verbose", Arg::No, 'v'),
    Long("no-mtab", Arg::No, 'n'),
    Long("lazy", Arg::No, 'l'),
    Long("force", Arg::No, 'f'),
    Long("recursive", Arg::No, 'R'),
];

/// Runs `mount`.
pub fn run(args: Vec<OsString>) -> i32 {
    let mut kinds = None;
    let mut all = false;
    let mut opts = Opts::new(args, "aBfilno:rRt:vwL:U:", LONG, "[-lhV]");
    for opt in opts.by_ref() {
        match opt.code {
            't' => kinds = Some(opt.text()),
            'a' => all = true,
            _ => {}
        }
    }
    let operands = opts.operands();
    match operands.as_slice() {
        [] if all => 0,
        [] => {
            let wanted = |kind: &str| {
                kinds.as_ref().is_none_or(|kinds| kinds.split(',').any(|wanted| wanted == kind))
            };
            for row in mounted().iter().filter(|row| wanted(&row.kind)) {
                let Mounted { source, target, kind, options } = row;
                out::line(format!("{source} on {target} type {kind} ({options})"));
            }
            0
        }
        [one] => {
            let one = one.to_string_lossy();
            guest::warn(format!("{one}: can't find in /etc/fstab."));
            1
        }
        [_, target, ..] => {
            let shown = target.to_string_lossy();
            let why = match guest::stat(target, true) {
                Err(_) => "mount point does not exist.",
                Ok(_) if guest::getuid() != 0 => "must be superuser to use mount.",
                Ok(_) => "permission denied.",
            };
            guest::warn(format!("{shown}: {why}"));
            eprintln!("       dmesg(1) may have more information after failed mount system call.");
            if guest::getuid() == 0 { 32 } else { 1 }
        }
    }
}

/// Runs `umount`.
pub fn unmount(args: Vec<OsString>) -> i32 {
    let mut opts = Opts::new(args, "adflnrRt:v", LONG, "[-hV]");
    let mut status = 0;
    for target in opts.operands() {
        let shown = target.to_string_lossy().into_owned();
        let is_mounted = mounted().iter().any(|row| row.target == shown);
        let why = match guest::stat(&target, true) {
            _ if is_mounted => "must be superuser to unmount.",
            Err(_) => "no mount point specified.",
            Ok(_) => "not mounted.",
        };
        guest::warn(format!("{shown}: {why}"));
        status = 32;
    }
    status
}
