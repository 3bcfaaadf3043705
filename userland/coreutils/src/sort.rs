//! `sort`: lines in order.

use crate::sort_key::{Key, Rules};
use guest::{Arg, Long, Opts, bytes, input, order, os, out, quote};
use std::cmp::Ordering;
use std::ffi::OsString;
use std::fs::File;
use std::io::Write;

const LONG: &[Long] = &[
    Long("batch-size", Arg::Yes, '#'),
    Long("buffer-size", Arg::Yes, 'S'),
    Long("check", Arg::Maybe, 'c'),
    Long("compress-program", Arg::Yes, '#'),
    Long("debug", Arg::No, '#'),
    Long("dictionary-order", Arg::No, 'd'),
    Long("field-separator", Arg::Yes, 't'),
    Long("files0-from", Arg::Yes, '0'),
    Long("general-numeric-sort", Arg::No, 'g'),
    Long("human-numeric-sort", Arg::No, 'h'),
    Long("ignore-case", Arg::No, 'f'),
    Long("ignore-leading-blanks", Arg::No, 'b'),
    Long("ignore-nonprinting", Arg::No, 'i'),
    Long("key", Arg::Yes, 'k'),
    Long("merge", Arg::No, 'm'),
    Long("month-sort", Arg::No, 'M'),
    Long("numeric-sort", Arg::No, 'n'),
    Long("output", Arg::Yes, 'o'),
    Long("parallel", Arg::Yes, '#'),
    Long("random-sort", Arg::No, 'R'),
    Long("random-source", Arg::Yes, '#'),
    Long("reverse", Arg::No, 'r'),
    Long("sort", Arg::Yes, '='),
    Long("stable", Arg::No, 's'),
    Long("temporary-directory", Arg::Yes, 'T'),
    Long("unique", Arg::No, 'u'),
    Long("version-sort", Arg::No, 'V'),
    Long("zero-terminated", Arg::No, 'z'),
];

#[derive(Default)]
struct Sort {
    rules: Rules,
    keys: Vec<Key>,
    tab: Option<u8>,
    unique: bool,
    stable: bool,
    end: u8,
}

/// Runs `sort`.
pub fn run(args: Vec<OsString>) -> i32 {
    guest::set_failure_status(2);
    let mut sort = Sort { end: b'\n', ..Sort::default() };
    let (mut check, mut quiet, mut output, mut list) = (false, false, None, None);
    let mut opts = Opts::new(args, "bcCdfghik:mMno:rRsS:t:T:uVyz", LONG, "[OPTION]... [FILE]...");
    for opt in opts.by_ref() {
        match opt.code {
            'c' => {
                check = true;
                quiet = opt.value.is_some()
                    && guest::choose(
                        &opt.text(),
                        "--check",
                        &[(&["quiet", "silent"], true), (&["diagnose-first"], false)],
                    );
            }
            'C' => (check, quiet) = (true, true),
            'k' => match Key::parse(&opt.text()) {
                Ok(key) => sort.keys.push(key),
                Err(text) if guest::utf8_locale() => guest::fail(text),
                Err(text) => guest::fail(text.replace(['‘', '’'], "'")),
            },
            'o' => output = opt.value,
            's' => sort.stable = true,
            't' => sort.tab = Some(tab(&opt.value())),
            'u' => sort.unique = true,
            'z' => sort.end = 0,
            '0' => list = opt.value,
            '=' => {
                let letter = guest::choose(
                    &opt.text(),
                    "--sort",
                    &[
                        (&["general-numeric"], 'g'),
                        (&["human-numeric"], 'h'),
                        (&["month"], 'M'),
                        (&["numeric"], 'n'),
                        (&["random"], 'R'),
                        (&["version"], 'V'),
                    ],
                );
                sort.rules.letter(letter, true, true);
            }
            letter => {
                sort.rules.letter(letter, true, true);
            }
        }
    }
    let mut files = opts.operands();
    if let Some(list) = list {
        let text = input::read_all(&list).unwrap_or_else(|error| cannot_read(&list, &error));
        files = text.split(|c| *c == 0).filter(|name| !name.is_empty()).map(os).collect();
    }
    if files.is_empty() {
        files.push("-".into());
    }
    for key in &mut sort.keys {
        if key.ordering.is_default() {
            key.ordering = sort.rules;
        }
    }
    if sort.keys.is_empty() && !(Rules { reverse: false, ..sort.rules }).is_default() {
        sort.keys.push(Key { ordering: sort.rules, ..Key::default() });
    }
    if check {
        if let [_, extra, ..] = files.as_slice() {
            guest::fail(format!("extra operand {} not allowed with -c", quote::always(extra)));
        }
        return sort.check(&files[0], quiet);
    }
    let mut text = Vec::new();
    for file in &files {
        text.extend(input::read_all(file).unwrap_or_else(|error| cannot_read(file, &error)));
        if text.last().is_some_and(|last| *last != sort.end) {
            text.push(sort.end);
        }
    }
    let mut lines = lines(&text, sort.end);
    order::sort(&mut lines, |a, b| sort.compare(a, b));
    if sort.unique {
        lines.dedup_by(|b, a| sort.compare(a, b) == Ordering::Equal);
    }
    match output {
        None => lines.iter().for_each(|line| {
            out::put(line);
            out::put([sort.end]);
        }),
        Some(path) => {
            let mut whole = Vec::with_capacity(text.len());
            for line in lines {
                whole.extend(line);
                whole.push(sort.end);
            }
            let mut file = match File::create(&path) {
                Ok(file) => file,
                Err(error) => guest::fail(format!(
                    "open failed: {}: {}",
                    quote::colon(&path),
                    guest::strerror(&error)
                )),
            };
            if let Err(error) = file.write_all(&whole) {
                guest::fail(format!(
                    "write failed: {}: {}",
                    quote::colon(&path),
                    guest::strerror(&error)
                ));
            }
        }
    }
    0
}

fn cannot_read(path: &OsString, error: &std::io::Error) -> ! {
    let what = if error.kind() == std::io::ErrorKind::IsADirectory {
        "read failed"
    } else {
        "cannot read"
    };
    guest::fail(format!("{what}: {}: {}", quote::colon(path), guest::strerror(error)))
}

fn tab(text: &OsString) -> u8 {
    match bytes(text) {
        [] => guest::fail("empty tab"),
        [c] => *c,
        b"\\0" => 0,
        _ => guest::fail(format!("multi-character tab {}", quote::locale(text))),
    }
}

fn lines(text: &[u8], end: u8) -> Vec<&[u8]> {
    match text.strip_suffix(&[end]) {
        Some(text) => text.split(|c| *c == end).collect(),
        None if text.is_empty() => Vec::new(),
        None => text.split(|c| *c == end).collect(),
    }
}

impl Sort {
    fn compare(&self, a: &[u8], b: &[u8]) -> Ordering {
        for key in &self.keys {
            match key.ordering.compare(key.of(a, self.tab), key.of(b, self.tab)) {
                Ordering::Equal => {}
                other => return other,
            }
        }
        if !self.keys.is_empty() && (self.unique || self.stable) {
            return Ordering::Equal;
        }
        let order = a.cmp(b);
        if self.rules.reverse { order.reverse() } else { order }
    }

    fn check(&self, file: &OsString, quiet: bool) -> i32 {
        let text = input::read_all(file).unwrap_or_else(|error| cannot_read(file, &error));
        let lines = lines(&text, self.end);
        for (index, pair) in lines.windows(2).enumerate() {
            let order = self.compare(pair[0], pair[1]);
            if order == Ordering::Greater || (self.unique && order == Ordering::Equal) {
                if !quiet {
                    let line = String::from_utf8_lossy(pair[1]);
                    let file = if file == "-" { "-".into() } else { quote::colon(file) };
                    guest::warn(format!("{file}:{}: disorder: {line}", index + 2));
                }
                return 1;
            }
        }
        0
    }
}
