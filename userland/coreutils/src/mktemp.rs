//! `mktemp`: files and directories with a name nobody has.

use guest::{Arg, Long, Opts, bytes, out, quote};
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::ErrorKind;

const LONG: &[Long] = &[
    Long("directory", Arg::No, 'd'),
    Long("dry-run", Arg::No, 'u'),
    Long("quiet", Arg::No, 'q'),
    Long("suffix", Arg::Yes, 's'),
    Long("tmpdir", Arg::Maybe, 'p'),
];

const LETTERS: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// Runs `mktemp`.
pub fn run(args: Vec<OsString>) -> i32 {
    let (mut directory, mut dry, mut quiet, mut below_tmp) = (false, false, false, false);
    let (mut suffix, mut place) = (None, None);
    let mut opts = Opts::new(args, "dp:qtuV", LONG, "[OPTION]... [TEMPLATE]");
    for opt in opts.by_ref() {
        match opt.code {
            'd' => directory = true,
            'u' => dry = true,
            'q' => quiet = true,
            's' => suffix = opt.value,
            'p' => (below_tmp, place) = (true, opt.value.filter(|dir| !dir.is_empty())),
            't' => below_tmp = true,
            _ => {}
        }
    }
    let operands = opts.operands();
    if operands.len() > 1 {
        guest::warn("too many templates");
        guest::try_help();
    }
    let template = match operands.first() {
        Some(template) => template.clone(),
        None => {
            below_tmp = true;
            "tmp.XXXXXXXXXX".into()
        }
    };
    let text = bytes(&template);
    let (stem, tail) = match &suffix {
        Some(suffix) if text.ends_with(b"X") => (text, bytes(suffix)),
        Some(_) => guest::fail(format!(
            "with --suffix, template {} must end in X",
            quote::locale(&template)
        )),
        None => {
            let end = text.iter().rposition(|c| *c == b'X').map_or(0, |at| at + 1);
            text.split_at(end)
        }
    };
    let count = stem.iter().rev().take_while(|c| **c == b'X').count();
    if count < 3 {
        guest::fail(format!("too few X's in template {}", quote::locale(&template)));
    }
    if tail.contains(&b'/') {
        guest::fail(format!(
            "invalid suffix {}, contains directory separator",
            quote::locale(&guest::os(tail))
        ));
    }
    let mut path = Vec::new();
    if below_tmp {
        if stem.starts_with(b"/") {
            guest::fail(format!(
                "invalid template, {}; with --tmpdir, it may not be absolute",
                quote::locale(&template)
            ));
        }
        let dir = place.or_else(|| guest::env("TMPDIR")).unwrap_or_else(|| "/tmp".into());
        path.extend(bytes(&dir));
        path.push(b'/');
    }
    path.extend(&stem[..stem.len() - count]);
    let shown = [&path, &stem[stem.len() - count..], tail].concat();
    for attempt in 0u64..100 {
        let mut hasher = RandomState::new().build_hasher();
        hasher.write_u64(attempt);
        let mut random = u128::from(hasher.finish()) << 64;
        hasher.write_u64(!attempt);
        random |= u128::from(hasher.finish());
        let mut name = path.clone();
        for _ in 0..count {
            name.push(LETTERS[(random % 62) as usize]);
            random = (random / 62).rotate_left(1) ^ 0x9e37_79b9_7f4a_7c15;
        }
        name.extend(tail);
        let name = guest::os(name);
        let made = if dry {
            match guest::stat(&name, false) {
                Ok(_) => continue,
                Err(_) => Ok(()),
            }
        } else if directory {
            fs::create_dir(&name).and_then(|()| guest::chmod(&name, 0o700))
        } else {
            let created = OpenOptions::new().write(true).create_new(true).open(&name);
            created.and_then(|_| guest::chmod(&name, 0o600))
        };
        match made {
            Ok(()) => {
                out::line(bytes(&name));
                return 0;
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(_) if quiet => return 1,
            Err(error) => {
                let kind = if directory { "directory" } else { "file" };
                guest::fail(format!(
                    "failed to create {kind} via template {}: {}",
                    quote::locale(&guest::os(shown)),
                    guest::strerror(&error)
                ));
            }
        }
    }
    guest::fail(format!(
        "failed to create file via template {}: File exists",
        quote::locale(&guest::os(shown))
    ))
}
