//! Programs that start others or look for them: `timeout nohup nice which`.

use guest::{Arg, Long, Opts, bytes, os, out, quote};
use std::ffi::OsString;
use std::io::ErrorKind;

fn start(words: &[OsString]) -> i32 {
    let env: Vec<_> = std::env::vars_os().collect();
    out::flush();
    match guest::spawn(words, &env, None) {
        Ok(status) => status as i32,
        Err(error) => {
            let name = quote::locale(&words[0]);
            guest::warn(format!("failed to run command {name}: {}", guest::strerror(&error)));
            if error.kind() == ErrorKind::NotFound { 127 } else { 126 }
        }
    }
}

const TIMEOUT: &[Long] = &[
    Long("foreground", Arg::No, 'f'),
    Long("kill-after", Arg::Yes, 'k'),
    Long("preserve-status", Arg::No, 'p'),
    Long("signal", Arg::Yes, 's'),
    Long("verbose", Arg::No, 'v'),
];

/// Runs `timeout`: the clock is virtual, so a command that only sleeps too long has run out of it
/// when it ends, and one that does not end reaches the container's own limits.
pub fn timeout(args: Vec<OsString>) -> i32 {
    guest::set_failure_status(125);
    let (mut preserve, mut signal) = (false, 15);
    let mut opts = Opts::new(args, "+k:s:v", TIMEOUT, "[OPTION] DURATION COMMAND [ARG]...");
    for opt in opts.by_ref() {
        match opt.code {
            'p' => preserve = true,
            's' => {
                let text = opt.text();
                let name = text.strip_prefix("SIG").unwrap_or(&text).to_ascii_uppercase();
                signal = match name.as_str() {
                    "HUP" => 1,
                    "INT" => 2,
                    "QUIT" => 3,
                    "KILL" => 9,
                    "TERM" => 15,
                    number => number.parse().unwrap_or_else(|_| {
                        guest::warn(format!("{}: invalid signal", quote::locale(&text)));
                        guest::try_help()
                    }),
                };
            }
            _ => {}
        }
    }
    let operands = opts.operands();
    let [duration, words @ ..] = operands.as_slice() else { guest::missing_operand() };
    let text = duration.to_string_lossy().into_owned();
    let (digits, factor) = match text.chars().last() {
        Some('s') => (&text[..text.len() - 1], 1.0),
        Some('m') => (&text[..text.len() - 1], 60.0),
        Some('h') => (&text[..text.len() - 1], 3600.0),
        Some('d') => (&text[..text.len() - 1], 86_400.0),
        _ => (text.as_str(), 1.0),
    };
    let Some(seconds) = digits.parse::<f64>().ok().filter(|seconds| *seconds >= 0.0) else {
        guest::warn(format!("invalid time interval {}", quote::locale(duration)));
        guest::try_help()
    };
    if words.is_empty() {
        guest::missing_operand();
    }
    let began = guest::civil::now();
    let status = start(words);
    let took = (guest::civil::now() - began) as f64 / 1e9;
    let limit = seconds * factor;
    if limit > 0.0 && took > limit {
        return if preserve || signal == 9 { 128 + signal } else { 124 };
    }
    status
}

/// Runs `nohup`: there is no terminal that could hang up.
pub fn nohup(args: Vec<OsString>) -> i32 {
    guest::set_failure_status(125);
    let words = Opts::new(args, "+", &[], "COMMAND [ARG]...").operands();
    if words.is_empty() {
        guest::missing_operand();
    }
    start(&words)
}

/// Runs `nice`: every program runs by itself, so there is no priority to change.
pub fn nice(args: Vec<OsString>) -> i32 {
    guest::set_failure_status(125);
    const LONG: &[Long] = &[Long("adjustment", Arg::Yes, 'n')];
    let words = Opts::new(args, "+n:", LONG, "[OPTION] [COMMAND [ARG]...]").operands();
    if words.is_empty() {
        out::line("0");
        return 0;
    }
    start(&words)
}

/// Runs `which`, debianutils' own.
pub fn which(args: Vec<OsString>) -> i32 {
    let mut all = false;
    let mut opts = Opts::new(args, "as", &[], "[-as] args");
    for opt in opts.by_ref() {
        all |= opt.code == 'a';
    }
    let names = opts.operands();
    let mut status = i32::from(names.is_empty());
    let path = std::env::var_os("PATH").unwrap_or_default();
    for name in &names {
        let mut found = false;
        let text = bytes(name);
        let candidates: Vec<OsString> = if text.contains(&b'/') {
            vec![name.clone()]
        } else {
            let dirs = bytes(&path).split(|c| *c == b':');
            dirs.map(|dir| os([if dir.is_empty() { b"." } else { dir }, b"/", text].concat()))
                .collect()
        };
        for candidate in candidates {
            let runs = guest::stat(&candidate, true)
                .is_ok_and(|stat| stat.is_file() && stat.mode & 0o111 != 0);
            if runs && (all || !found) {
                found = true;
                out::line(bytes(&candidate));
            }
        }
        if !found {
            status = 1;
        }
    }
    status
}
