//! `tar`: what is to be done.

use guest::{Arg, Failed, Long, Opts, bytes, glob, os};
use std::ffi::OsString;
use std::io::Read as _;

use crate::{create, extract, gzip};

const LONG: &[Long] = &[
    Long("append", Arg::No, 'r'),
    Long("auto-compress", Arg::No, 'a'),
    Long("concatenate", Arg::No, 'A'),
    Long("create", Arg::No, 'c'),
    Long("directory", Arg::Yes, 'C'),
    Long("dereference", Arg::No, 'h'),
    Long("exclude", Arg::Yes, 'e'),
    Long("exclude-from", Arg::Yes, 'X'),
    Long("extract", Arg::No, 'x'),
    Long("file", Arg::Yes, 'f'),
    Long("files-from", Arg::Yes, 'T'),
    Long("format", Arg::Yes, 'H'),
    Long("get", Arg::No, 'x'),
    Long("group", Arg::Yes, 'G'),
    Long("gunzip", Arg::No, 'z'),
    Long("gzip", Arg::No, 'z'),
    Long("keep-old-files", Arg::No, 'k'),
    Long("list", Arg::No, 't'),
    Long("mode", Arg::Yes, 'M'),
    Long("mtime", Arg::Yes, 'Y'),
    Long("no-recursion", Arg::No, 'n'),
    Long("no-same-owner", Arg::No, 'o'),
    Long("no-same-permissions", Arg::No, '!'),
    Long("null", Arg::No, '0'),
    Long("numeric-owner", Arg::No, 'u'),
    Long("one-file-system", Arg::No, '1'),
    Long("owner", Arg::Yes, 'O'),
    Long("overwrite", Arg::No, '1'),
    Long("preserve-permissions", Arg::No, 'p'),
    Long("same-owner", Arg::No, 's'),
    Long("same-permissions", Arg::No, 'p'),
    Long("sort", Arg::Yes, 'S'),
    Long("strip-components", Arg::Yes, 'N'),
    Long("to-stdout", Arg::No, 'E'),
    Long("touch", Arg::No, 'm'),
    Long("transform", Arg::Yes, 'R'),
    Long("totals", Arg::No, '1'),
    Long("ungzip", Arg::No, 'z'),
    Long("verbose", Arg::No, 'v'),
    Long("wildcards", Arg::No, 'w'),
    Long("xform", Arg::Yes, 'R'),
];

/// What was asked for.
#[derive(Default)]
pub struct Job {
    /// The archive; standard input or output if none.
    pub file: Option<OsString>,
    /// Whether it is compressed with gzip.
    pub gzip: bool,
    /// `-v`, once or more often.
    pub verbose: u32,
    /// Shell patterns of names to leave out.
    pub exclude: Vec<Vec<u8>>,
    /// Where what follows is found, as the operand it stands before.
    pub dirs: Vec<(usize, OsString)>,
    /// Members or files.
    pub names: Vec<OsString>,
    /// `-h`
    pub dereference: bool,
    /// `-k`
    pub keep_old: bool,
    /// `-m`
    pub touch: bool,
    /// `-p`, root's default.
    pub permissions: bool,
    /// Owners are set, root's default.
    pub owners: bool,
    /// `-O`
    pub to_stdout: bool,
    /// `--strip-components`
    pub strip: usize,
    /// `--no-recursion`
    pub flat: bool,
    /// `--numeric-owner`
    pub numeric: bool,
    /// `--owner` and `--group`
    pub owner: Option<String>,
    /// See `owner`.
    pub group: Option<String>,
    /// `--mtime`
    pub mtime: Option<i64>,
    /// `--mode`
    pub mode: Option<String>,
    /// `--wildcards`
    pub wildcards: bool,
}

impl Job {
    /// Whether a name is to be left out: a pattern fits it, or its end after a slash.
    pub fn excluded(&self, name: &[u8]) -> bool {
        let name = name.strip_suffix(b"/").unwrap_or(name);
        let starts = std::iter::once(0)
            .chain(name.iter().enumerate().filter(|(_, c)| **c == b'/').map(|(at, _)| at + 1));
        let tails: Vec<&[u8]> = starts.map(|at| &name[at..]).collect();
        self.exclude.iter().any(|pattern| tails.iter().any(|tail| glob::matches(pattern, tail)))
    }
}

/// Runs `tar`.
pub fn run(args: Vec<OsString>) -> i32 {
    guest::set_failure_status(2);
    let mut job =
        Job { permissions: guest::getuid() == 0, owners: guest::getuid() == 0, ..Job::default() };
    let (mut what, mut auto, mut lists, mut null) = (None, false, Vec::new(), false);
    let mut names: Vec<OsString> = Vec::new();
    let mut rest = old_style(args);
    // `-C` stands for what comes after it, so that operands have to be taken one by one.
    while !rest.is_empty() {
        let mut opts =
            Opts::new(rest, "+AcC:xtrf:zjJvhkmpoOaT:X:wlSPH:", LONG, "[OPTION...] [FILE]...");
        for opt in opts.by_ref() {
            match opt.code {
                'c' | 'x' | 't' | 'r' | 'A' => {
                    if what.is_some_and(|what| what != opt.code) {
                        guest::warn(
                            "You may not specify more than one '-Acdtrux', '--delete' or  '--test-label' option",
                        );
                        misuse();
                    }
                    what = Some(opt.code);
                }
                'f' => job.file = opt.value.clone().filter(|file| file != "-"),
                'z' => job.gzip = true,
                'j' | 'J' => guest::fail(format!(
                    "not supported here: -{}, because only gzip is there; without it the archive is not compressed",
                    opt.code
                )),
                'a' => auto = true,
                'v' => job.verbose += 1,
                'C' => job.dirs.push((names.len(), opt.value())),
                'e' => job.exclude.push(bytes(&opt.value()).to_vec()),
                'X' => {
                    let text = std::fs::read(opt.value()).unwrap_or_else(|error| {
                        guest::fail(format!("{}: {}", opt.text(), guest::strerror(&error)))
                    });
                    let lines = text.split(|c| *c == b'\n').filter(|line| !line.is_empty());
                    job.exclude.extend(lines.map(<[u8]>::to_vec));
                }
                'T' => lists.push(opt.value()),
                '0' => null = true,
                'h' => job.dereference = true,
                'k' => job.keep_old = true,
                'm' => job.touch = true,
                'p' => job.permissions = true,
                '!' => job.permissions = false,
                'o' => job.owners = false,
                's' => job.owners = true,
                // With one dash `-O` is the output, the long option of that code the owner.
                'O' if opt.value.is_some() => job.owner = Some(opt.text()),
                'O' | 'E' => job.to_stdout = true,
                'G' => job.group = Some(opt.text()),
                'M' => job.mode = Some(opt.text()),
                'Y' => job.mtime = Some(time(&opt.text())),
                'n' => job.flat = true,
                'u' => job.numeric = true,
                'N' => match opt.text().parse() {
                    Ok(count) => job.strip = count,
                    Err(_) => guest::fail(format!("{}: Invalid number of elements", opt.text())),
                },
                'w' => job.wildcards = true,
                'R' => guest::fail(
                    "not supported here: --transform, because names are kept as they are",
                ),
                _ => {}
            }
        }
        let mut operands = opts.operands().into_iter();
        names.extend(operands.next());
        rest = operands.collect();
    }
    for list in lists {
        let mut text = Vec::new();
        let read = if list == "-" {
            std::io::stdin().read_to_end(&mut text).map(|_| ())
        } else {
            std::fs::read(&list).map(|content| text = content)
        };
        if let Err(error) = read {
            guest::fail(format!("{}: {}", list.to_string_lossy(), guest::strerror(&error)));
        }
        let end = if null { 0 } else { b'\n' };
        names.extend(text.split(|c| *c == end).filter(|name| !name.is_empty()).map(os));
    }
    job.names = names;
    if auto && job.file.as_ref().is_some_and(|file| bytes(file).ends_with(b"gz")) {
        job.gzip = true;
    }
    let mut failed = Failed::default();
    match what {
        Some('c' | 'r') => create::run(&job, what == Some('r'), &mut failed),
        Some('x') => extract::extract(&job, &mut failed),
        Some('t') => extract::list(&job, &mut failed),
        Some(_) => guest::fail("not supported here: --concatenate"),
        None => {
            guest::warn(
                "You must specify one of the '-Acdtrux', '--delete' or '--test-label' options",
            );
            misuse()
        }
    }
    if failed.0 {
        guest::warn("Exiting with failure status due to previous errors");
        return 2;
    }
    0
}

fn misuse() -> ! {
    eprintln!("Try 'tar --help' or 'tar --usage' for more information.");
    std::process::exit(2)
}

/// `tar czf a.tgz x`: the letters of the first word take their values from the words after it.
fn old_style(mut args: Vec<OsString>) -> Vec<OsString> {
    let Some(first) = args.first().map(|first| bytes(first).to_vec()) else { return args };
    if first.is_empty() || first[0] == b'-' {
        return args;
    }
    let mut values = args.drain(..).skip(1).collect::<std::collections::VecDeque<_>>();
    let mut out = Vec::new();
    for letter in first {
        out.push(os([b'-', letter]));
        if b"fCTXH".contains(&letter) {
            match values.pop_front() {
                Some(value) => out.push(value),
                None => {
                    guest::warn(format!(
                        "Old option '{}' requires an argument.",
                        char::from(letter)
                    ));
                    misuse()
                }
            }
        }
    }
    out.extend(values);
    out
}

/// `@SECONDS`, or a date.
fn time(text: &str) -> i64 {
    let seconds = text.strip_prefix('@').and_then(|digits| digits.parse::<i64>().ok());
    let parts: Vec<i64> =
        text.split(['-', ' ', 'T', ':', 'Z']).filter_map(|part| part.parse().ok()).collect();
    match (seconds, parts.as_slice()) {
        (Some(seconds), _) => seconds,
        (None, [year, month, day, clock @ ..]) => {
            let days = guest::civil::days_from_civil(*year, *month as u32, *day as u32);
            let part = |at: usize| clock.get(at).copied().unwrap_or(0);
            days * 86_400 + part(0) * 3600 + part(1) * 60 + part(2)
        }
        _ => guest::fail(format!(
            "Substituting -9223372036854775807 for unknown date format '{text}'"
        )),
    }
}

/// The bytes of the archive.
pub fn read(job: &Job) -> Vec<u8> {
    let mut data = Vec::new();
    let read = match &job.file {
        None => std::io::stdin().read_to_end(&mut data).map(|_| ()),
        Some(path) => std::fs::read(path).map(|content| data = content),
    };
    if let Err(error) = read {
        let name = job.file.clone().unwrap_or_else(|| "-".into());
        guest::warn(format!(
            "{}: Cannot open: {}",
            name.to_string_lossy(),
            guest::strerror(&error)
        ));
        guest::warn("Error is not recoverable: exiting now");
        std::process::exit(2);
    }
    if data.starts_with(&[0x1f, 0x8b]) {
        return gzip::decompress(&data).unwrap_or_else(|_| {
            eprintln!("\ngzip: stdin: unexpected end of file");
            guest::warn("Child returned status 1");
            guest::warn("Error is not recoverable: exiting now");
            std::process::exit(2)
        });
    }
    if job.gzip {
        eprintln!("\ngzip: stdin: not in gzip format");
        guest::warn("Child returned status 1");
        guest::warn("Error is not recoverable: exiting now");
        std::process::exit(2);
    }
    data
}
