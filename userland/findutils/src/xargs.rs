//! `xargs`

use guest::{Arg, Long, Opts, bytes, os, out};
use std::ffi::OsString;
use std::io::{ErrorKind, Read as _};

const LONG: &[Long] = &[
    Long("arg-file", Arg::Yes, 'a'),
    Long("delimiter", Arg::Yes, 'd'),
    Long("eof", Arg::Maybe, 'E'),
    Long("exit", Arg::No, 'x'),
    Long("max-args", Arg::Yes, 'n'),
    Long("max-chars", Arg::Yes, 's'),
    Long("max-lines", Arg::Maybe, 'L'),
    Long("max-procs", Arg::Yes, 'P'),
    Long("no-run-if-empty", Arg::No, 'r'),
    Long("null", Arg::No, '0'),
    Long("open-tty", Arg::No, 'o'),
    Long("replace", Arg::Maybe, 'i'),
    Long("verbose", Arg::No, 't'),
];

/// Bytes of arguments that one command gets at most.
const MAX_CHARS: usize = 128 * 1024;

struct Xargs {
    delimiter: Option<u8>,
    eof: Option<Vec<u8>>,
    max_args: Option<usize>,
    max_lines: Option<usize>,
    max_chars: usize,
    replace: Option<Vec<u8>>,
    skip_empty: bool,
    verbose: bool,
    exits: bool,
}

/// Runs `xargs`.
pub fn run(args: Vec<OsString>) -> i32 {
    let mut xargs = Xargs {
        delimiter: None,
        eof: None,
        max_args: None,
        max_lines: None,
        max_chars: MAX_CHARS,
        replace: None,
        skip_empty: false,
        verbose: false,
        exits: false,
    };
    let mut file = None;
    let mut opts = Opts::new(
        args,
        "+0a:d:E:e::i::I:L:l::n:oP:prs:tx",
        LONG,
        "[OPTION]... COMMAND [INITIAL-ARGS]...",
    );
    for opt in opts.by_ref() {
        let count = |what: char| -> usize {
            let text = opt.text();
            match text.parse::<usize>() {
                Ok(0) if what != 'P' => {
                    guest::warn(format!("value {text} for -{what} option should be >= 1"));
                    guest::try_help()
                }
                Ok(count) => count,
                Err(_) => {
                    guest::warn(format!("invalid number \"{text}\" for -{what} option"));
                    guest::try_help()
                }
            }
        };
        match opt.code {
            '0' => xargs.delimiter = Some(0),
            'a' => file = opt.value.clone(),
            'd' => xargs.delimiter = Some(delimiter(&opt.text())),
            'E' | 'e' => xargs.eof = opt.value.as_ref().map(|value| bytes(value).to_vec()),
            'i' | 'I' => {
                let with = opt.value.as_ref().map_or(b"{}".to_vec(), |value| bytes(value).to_vec());
                xargs.replace = Some(with);
                if xargs.max_args.is_some() {
                    guest::warn(
                        "warning: options --max-args and --replace/-I/-i are mutually exclusive, ignoring previous --max-args value",
                    );
                }
                (xargs.max_args, xargs.max_lines) = (None, None);
            }
            'n' => {
                xargs.max_args = Some(count('n'));
                // `-n 1` does not take `-I` back.
                if xargs.max_args != Some(1) {
                    xargs.replace = None;
                }
                xargs.max_lines = None;
            }
            'L' | 'l' => {
                xargs.max_lines = Some(if opt.value.is_some() { count(opt.code) } else { 1 });
                (xargs.max_args, xargs.replace) = (None, None);
            }
            's' => xargs.max_chars = count('s'),
            'r' => xargs.skip_empty = true,
            't' => xargs.verbose = true,
            'x' => xargs.exits = true,
            'p' => guest::fail("not supported here: -p, because there is nobody to ask"),
            _ => {}
        }
    }
    let mut command = opts.operands();
    if command.is_empty() {
        command.push("echo".into());
    }
    let mut text = Vec::new();
    let read = match &file {
        None => std::io::stdin().read_to_end(&mut text).map(|_| ()),
        Some(path) => std::fs::read(path).map(|content| text = content),
    };
    if let Err(error) = read {
        let shown = file.unwrap_or_default().to_string_lossy().into_owned();
        guest::fail(format!("Cannot open input file ‘{shown}’: {}", guest::strerror(&error)));
    }
    xargs.all(&command, &text)
}

fn delimiter(text: &str) -> u8 {
    match text.as_bytes() {
        [c] => *c,
        [b'\\', c] => match c {
            b'n' => b'\n',
            b't' => b'\t',
            b'0' => 0,
            b'r' => b'\r',
            b'a' => 7,
            b'f' => 12,
            b'v' => 11,
            b'\\' => b'\\',
            _ => guest::fail(format!(
                "Invalid escape sequence {text} in input delimiter specification."
            )),
        },
        [b'\\', b'x', digits @ ..] => {
            u8::from_str_radix(&String::from_utf8_lossy(digits), 16).unwrap_or(0)
        }
        [b'\\', digits @ ..] => {
            u8::from_str_radix(&String::from_utf8_lossy(digits), 8).unwrap_or(0)
        }
        _ => guest::fail(format!(
            "Invalid input delimiter specification {text}: the delimiter must be either a single \
             character or an escape sequence starting with \\."
        )),
    }
}

impl Xargs {
    fn all(&self, command: &[OsString], text: &[u8]) -> i32 {
        let items = self.items(text);
        let mut status = 0;
        let mut waiting: Vec<Vec<u8>> = Vec::new();
        let mut lines = 0;
        let mut ran = false;
        let fixed: usize = command.iter().map(|word| bytes(word).len() + 1).sum();
        for (item, ends_line) in items {
            if let Some(with) = &self.replace {
                let words: Vec<OsString> = command
                    .iter()
                    .enumerate()
                    .map(
                        |(at, word)| {
                            if at == 0 { word.clone() } else { replaced(word, with, &item) }
                        },
                    )
                    .collect();
                ran = true;
                if let Some(end) = self.one(&words, &mut status) {
                    return end;
                }
                continue;
            }
            let len: usize = waiting.iter().map(|word| word.len() + 1).sum();
            if fixed + len + item.len() + 1 > self.max_chars {
                if waiting.is_empty() {
                    guest::warn("argument line too long");
                    return 1;
                }
                ran = true;
                if let Some(end) = self.batch(command, &mut waiting, &mut status) {
                    return end;
                }
            }
            waiting.push(item);
            lines += usize::from(ends_line);
            let full = self.max_args.is_some_and(|most| waiting.len() >= most)
                || self.max_lines.is_some_and(|most| lines >= most);
            if full {
                (lines, ran) = (0, true);
                if let Some(end) = self.batch(command, &mut waiting, &mut status) {
                    return end;
                }
            }
        }
        let runs_empty = !ran && !self.skip_empty && self.replace.is_none();
        if (!waiting.is_empty() || runs_empty)
            && let Some(end) = self.batch(command, &mut waiting, &mut status)
        {
            return end;
        }
        status
    }

    fn batch(
        &self,
        command: &[OsString],
        waiting: &mut Vec<Vec<u8>>,
        status: &mut i32,
    ) -> Option<i32> {
        let words: Vec<OsString> =
            command.iter().cloned().chain(waiting.drain(..).map(os)).collect();
        self.one(&words, status)
    }

    /// Runs one command; the answer is the status that ends everything, if one does.
    fn one(&self, words: &[OsString], status: &mut i32) -> Option<i32> {
        out::flush();
        if self.verbose {
            let shown: Vec<String> = words.iter().map(guest::quote::shell).collect();
            eprintln!("{}", shown.join(" "));
        }
        let env: Vec<_> = std::env::vars_os().collect();
        let name = words[0].to_string_lossy().into_owned();
        match guest::spawn(words, &env, None) {
            Ok(0) => None,
            Ok(255) => {
                guest::warn(format!("{name}: exited with status 255; aborting"));
                Some(124)
            }
            Ok(126..=127) => {
                *status = 123;
                None
            }
            Ok(ended) if ended > 128 => {
                guest::warn(format!("{name}: terminated by signal {}", ended - 128));
                Some(125)
            }
            Ok(_) => {
                *status = 123;
                None
            }
            Err(error) => {
                guest::warn(format!("{name}: {}", guest::strerror(&error)));
                Some(if error.kind() == ErrorKind::NotFound { 127 } else { 126 })
            }
        }
    }

    /// The arguments, each with whether it ends a line.
    fn items(&self, text: &[u8]) -> Vec<(Vec<u8>, bool)> {
        if let Some(delimiter) = self.delimiter {
            let mut parts: Vec<_> = text.split(|c| *c == delimiter).map(<[u8]>::to_vec).collect();
            if parts.last().is_some_and(Vec::is_empty) {
                parts.pop();
            }
            return parts.into_iter().map(|part| (part, true)).collect();
        }
        let mut items: Vec<(Vec<u8>, bool)> = Vec::new();
        let mut word: Option<Vec<u8>> = None;
        let mut quote = 0;
        let mut chars = text.iter().copied().peekable();
        let whole_lines = self.replace.is_some();
        let mut last = b'\n';
        while let Some(c) = chars.next() {
            let blank = matches!(c, b' ' | b'\t');
            match c {
                c if quote != 0 && c == quote => quote = 0,
                b'\n' if quote != 0 => {
                    out::flush();
                    let name = if quote == b'"' { "double" } else { "single" };
                    guest::fail(format!(
                        "unmatched {name} quote; by default quotes are special to xargs unless you use the -0 option"
                    ));
                }
                c if quote != 0 => word.get_or_insert_default().push(c),
                b'\'' | b'"' => {
                    quote = c;
                    word.get_or_insert_default();
                }
                b'\\' => word.get_or_insert_default().extend(chars.next()),
                b'\n' => {
                    // A blank at the end of a line joins it with the next (`-L`).
                    let ends = !(matches!(last, b' ' | b'\t') && self.max_lines.is_some());
                    match word.take() {
                        Some(word) => items.push((word, ends)),
                        None if ends => {
                            if let Some(item) = items.last_mut() {
                                item.1 = true;
                            }
                        }
                        None => {}
                    }
                }
                _ if blank && whole_lines => {
                    // Blanks before a line go, those in it stay.
                    if let Some(word) = &mut word {
                        word.push(c);
                    }
                }
                _ if blank => items.extend(word.take().map(|word| (word, false))),
                c => word.get_or_insert_default().push(c),
            }
            last = c;
            if let Some(eof) = &self.eof
                && items.last().is_some_and(|item| item.0 == *eof)
            {
                items.pop();
                return items;
            }
        }
        if quote != 0 {
            let name = if quote == b'"' { "double" } else { "single" };
            guest::fail(format!(
                "unmatched {name} quote; by default quotes are special to xargs unless you use the -0 option"
            ));
        }
        items.extend(word.map(|word| (word, true)));
        items
    }
}

fn replaced(word: &OsString, with: &[u8], item: &[u8]) -> OsString {
    let text = bytes(word);
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if !with.is_empty() && text[at..].starts_with(with) {
            out.extend(item);
            at += with.len();
        } else {
            out.push(text[at]);
            at += 1;
        }
    }
    os(out)
}
