//! `strings` of binutils 2.40.

use std::ffi::OsString;

use guest::{Arg, Long, Opts, input, out};

const LONG: &[Long] = &[
    Long("all", Arg::No, 'a'),
    Long("data", Arg::No, 'd'),
    Long("bytes", Arg::Yes, 'n'),
    Long("print-file-name", Arg::No, 'f'),
    Long("radix", Arg::Yes, 't'),
    Long("include-all-whitespace", Arg::No, 'w'),
    Long("output-separator", Arg::Yes, 's'),
    Long("encoding", Arg::Yes, 'e'),
];

/// Runs `strings`.
pub fn run(args: Vec<OsString>) -> i32 {
    let (mut least, mut radix, mut names, mut spaces) = (4, None, false, false);
    let mut separator = "\n".to_owned();
    // `-8` is `-n 8`.
    let args = args.into_iter().map(|arg| {
        let text = arg.to_string_lossy().into_owned();
        match text.strip_prefix('-') {
            Some(digits) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
                format!("-n{digits}").into()
            }
            _ => arg,
        }
    });
    let mut opts = Opts::new(args.collect(), "adfn:ot:ws:e:T:U:", LONG, "[option(s)] [file(s)]");
    for opt in opts.by_ref() {
        match opt.code {
            'n' => match opt.text().parse() {
                Ok(number) if number > 0 => least = number,
                _ => guest::fail(format!("invalid minimum string length {}", opt.text())),
            },
            'o' => radix = Some('o'),
            't' => radix = opt.text().chars().next(),
            'f' => names = true,
            'w' => spaces = true,
            's' => separator = opt.text(),
            _ => {}
        }
    }
    let mut files = opts.operands();
    // `-` is `-a` here, not a file.
    files.retain(|file| file != "-");
    if files.is_empty() {
        files.push("-".into());
    }
    let mut status = 0;
    for file in &files {
        let shown = file.to_string_lossy();
        match guest::stat(file, true) {
            _ if file == "-" => {}
            Err(_) => {
                guest::warn(format!("'{shown}': No such file"));
                status = 1;
                continue;
            }
            Ok(stat) if stat.is_dir() => {
                guest::warn(format!("Warning: '{shown}' is a directory"));
                status = 1;
                continue;
            }
            Ok(_) => {}
        }
        let Ok(bytes) = input::read_all(file) else {
            status = 1;
            continue;
        };
        let label = if file == "-" { "{standard input}" } else { &shown };
        let graphic =
            |b: u8| b == b'\t' || (0x20..0x7f).contains(&b) || spaces && b.is_ascii_whitespace();
        let mut at = 0;
        while at < bytes.len() {
            let len = bytes[at..].iter().take_while(|b| graphic(**b)).count();
            if len >= least {
                if names {
                    out::put(format!("{label}: "));
                }
                match radix {
                    Some('x') => out::put(format!("{at:7x} ")),
                    Some('o') => out::put(format!("{at:7o} ")),
                    Some(_) => out::put(format!("{at:7} ")),
                    None => {}
                }
                out::put(&bytes[at..at + len]);
                out::put(&separator);
            }
            at += len.max(1);
        }
    }
    status
}
