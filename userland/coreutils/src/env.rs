//! `env`: the environment, and programs run in a changed one.

use guest::{Arg, Long, Opts, bytes, os, out, quote};
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::PathBuf;

const LONG: &[Long] = &[
    Long("chdir", Arg::Yes, 'C'),
    Long("debug", Arg::No, 'v'),
    Long("ignore-environment", Arg::No, 'i'),
    Long("null", Arg::No, '0'),
    Long("split-string", Arg::Yes, 'S'),
    Long("unset", Arg::Yes, 'u'),
];

/// Runs `env`.
pub fn run(args: Vec<OsString>) -> i32 {
    guest::set_failure_status(125);
    let args = split_strings(args);
    let mut environment: Vec<(OsString, OsString)> = std::env::vars_os().collect();
    let (mut end, mut dir) = ("\n", None);
    let mut opts =
        Opts::new(args, "+C:iu:v0", LONG, "[OPTION]... [-] [NAME=VALUE]... [COMMAND [ARG]...]");
    for opt in opts.by_ref() {
        match opt.code {
            'C' => dir = opt.value.map(PathBuf::from),
            'i' => environment.clear(),
            'u' => {
                let name = opt.value();
                if name.is_empty() || bytes(&name).contains(&b'=') {
                    guest::fail(format!("cannot unset {}: Invalid argument", quote::locale(&name)));
                }
                environment.retain(|(known, _)| *known != name);
            }
            '0' => end = "\0",
            _ => {}
        }
    }
    let operands = opts.operands();
    let mut rest = operands.as_slice();
    if let [first, tail @ ..] = rest
        && first == "-"
    {
        environment.clear();
        rest = tail;
    }
    while let [first, tail @ ..] = rest {
        let text = bytes(first);
        let Some(at) = text.iter().position(|&c| c == b'=') else { break };
        let (name, value) = (os(&text[..at]), os(&text[at + 1..]));
        match environment.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => environment.push((name, value)),
        }
        rest = tail;
    }
    if let [program, ..] = rest {
        if end == "\0" {
            guest::warn("cannot specify --null (-0) with command");
            guest::try_help();
        }
        return match guest::spawn(rest, &environment, dir.as_deref()) {
            Ok(status) => status as i32,
            Err(error) => {
                if let Some(dir) = dir.filter(|dir| guest::stat(dir, true).is_err()) {
                    guest::fail(format!(
                        "cannot change directory to {}: {}",
                        quote::always(&dir),
                        guest::strerror(&error)
                    ));
                }
                guest::warn(format!("{}: {}", quote::locale(program), guest::strerror(&error)));
                let missing = error.kind() == ErrorKind::NotFound;
                if missing && bytes(program).contains(&b' ') {
                    guest::warn("use -[v]S to pass options in shebang lines");
                }
                if missing { 127 } else { 126 }
            }
        };
    }
    if dir.is_some() {
        guest::warn("must specify command with --chdir (-C)");
        guest::try_help();
    }
    for (name, value) in &environment {
        out::put(bytes(name));
        out::put("=");
        out::put(bytes(value));
        out::put(end);
    }
    0
}

/// Replaces a leading `-S TEXT` or `-STEXT` by the words of the text.
fn split_strings(args: Vec<OsString>) -> Vec<OsString> {
    let Some(first) = args.first() else { return args };
    let (text, used) = match bytes(first) {
        b"-S" if args.len() > 1 => (bytes(&args[1]).to_vec(), 2),
        [b'-', b'S', text @ ..] if !text.is_empty() => (text.to_vec(), 1),
        text if text.starts_with(b"--split-string=") => (text[15..].to_vec(), 1),
        _ => return args,
    };
    let mut words = Vec::new();
    let mut word: Option<Vec<u8>> = None;
    let mut quoted = 0;
    let mut chars = text.into_iter().peekable();
    while let Some(c) = chars.next() {
        match c {
            b'$' if quoted != b'\'' => {
                let rest: Vec<u8> = chars.clone().collect();
                let name =
                    rest.strip_prefix(b"{").and_then(|rest| rest.split(|c| *c == b'}').next());
                let Some(name) = name.filter(|name| name.len() + 1 < rest.len()) else {
                    guest::fail(format!(
                        "only ${{VARNAME}} expansion is supported, error at: ${}",
                        String::from_utf8_lossy(&rest)
                    ));
                };
                if let Some(value) = std::env::var_os(os(name)) {
                    word.get_or_insert_default().extend(bytes(&value));
                }
                chars.nth(name.len() + 1);
            }
            b'\'' | b'"' if quoted == 0 => {
                quoted = c;
                word.get_or_insert_default();
            }
            c if c == quoted => quoted = 0,
            b' ' | b'\t' | b'\n' if quoted == 0 => words.extend(word.take()),
            b'\\' if quoted != b'\'' => {
                let c = chars.next().unwrap_or(b'\\');
                word.get_or_insert_default().push(match c {
                    b'n' => b'\n',
                    b't' => b'\t',
                    b'_' => b' ',
                    c => c,
                });
            }
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    let mut all: Vec<OsString> = words.into_iter().map(os).collect();
    all.extend(args.into_iter().skip(used));
    all
}
