//! `touch`: makes files and sets their times.

use crate::when;
use guest::{Arg, Failed, Long, Opts, civil, quote};
use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::ErrorKind;

const LONG: &[Long] = &[
    Long("date", Arg::Yes, 'd'),
    Long("no-create", Arg::No, 'c'),
    Long("no-dereference", Arg::No, 'h'),
    Long("reference", Arg::Yes, 'r'),
    Long("time", Arg::Yes, 'T'),
];

/// Runs `touch`.
pub fn run(args: Vec<OsString>) -> i32 {
    let (mut access, mut modify, mut create, mut follow) = (false, false, true, true);
    let (mut date, mut reference, mut stamp) = (None, None, None);
    let now = civil::now();
    let mut opts = Opts::new(args, "acd:fhmr:t:", LONG, "[OPTION]... FILE...");
    for opt in opts.by_ref() {
        match opt.code {
            'a' => access = true,
            'm' => modify = true,
            'c' => create = false,
            'd' => date = Some(opt.text()),
            'h' => follow = false,
            'r' => reference = opt.value,
            't' => stamp = Some(opt.text()),
            'T' => {
                let table: &[(&[&str], bool)] =
                    &[(&["atime", "access", "use"], true), (&["mtime", "modify"], false)];
                if guest::choose(&opt.text(), "--time", table) {
                    access = true;
                } else {
                    modify = true;
                }
            }
            _ => {}
        }
    }
    if !access && !modify {
        (access, modify) = (true, true);
    }
    let (mut atime, mut mtime) = (now, now);
    if stamp.is_some() && (date.is_some() || reference.is_some()) {
        guest::warn("cannot specify times from more than one source");
        guest::try_help();
    }
    if let Some(reference) = &reference {
        match guest::stat(reference, follow) {
            Ok(stat) => (atime, mtime) = (stat.atime, stat.mtime),
            Err(error) => guest::fail(format!(
                "failed to get attributes of {}: {}",
                quote::always(reference),
                guest::strerror(&error)
            )),
        }
    }
    if let Some(date) = date {
        let read = |base: i64| match when::parse(&date, base) {
            Some(time) => time,
            None => guest::fail(format!("invalid date format {}", quote::locale(&date))),
        };
        (atime, mtime) = (read(atime), read(mtime));
    }
    if let Some(stamp) = stamp {
        match when::stamp(&stamp, now) {
            Some(time) => (atime, mtime) = (time, time),
            None => guest::fail(format!("invalid date format {}", quote::locale(&stamp))),
        }
    }
    let files = opts.operands();
    if files.is_empty() {
        guest::warn("missing file operand");
        guest::try_help();
    }
    let mut failed = Failed::default();
    for file in &files {
        if file == "-" {
            continue;
        }
        let times = |stat_follow| {
            guest::utimes(file, stat_follow, access.then_some(atime), modify.then_some(mtime))
        };
        let result = match times(follow) {
            Err(error) if error.kind() == ErrorKind::NotFound && !create => continue,
            Err(error) if error.kind() == ErrorKind::NotFound && follow => {
                let made = OpenOptions::new().write(true).create(true).truncate(false).open(file);
                if let Err(error) = made {
                    failed.cannot("cannot touch", file, &error);
                    continue;
                }
                times(follow)
            }
            other => other,
        };
        if let Err(error) = result {
            if error.kind() == ErrorKind::NotFound {
                failed.cannot("cannot touch", file, &error);
            } else {
                failed.cannot("setting times of", file, &error);
            }
        }
    }
    failed.status()
}
