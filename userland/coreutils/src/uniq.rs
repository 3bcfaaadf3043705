//! `uniq`: lines that are the same as the one before.

use guest::{Arg, Long, Opts, input, out, quote};
use std::ffi::OsString;
use std::fs::File;
use std::io::Write;

const LONG: &[Long] = &[
    Long("all-repeated", Arg::Maybe, 'D'),
    Long("check-chars", Arg::Yes, 'w'),
    Long("count", Arg::No, 'c'),
    Long("group", Arg::Maybe, 'G'),
    Long("ignore-case", Arg::No, 'i'),
    Long("repeated", Arg::No, 'd'),
    Long("skip-chars", Arg::Yes, 's'),
    Long("skip-fields", Arg::Yes, 'f'),
    Long("unique", Arg::No, 'u'),
    Long("zero-terminated", Arg::No, 'z'),
];

/// Where empty lines stand between groups.
#[derive(Clone, Copy, PartialEq)]
enum Gap {
    None,
    Before,
    Between,
    After,
    Both,
}

#[derive(Default)]
struct Uniq {
    count: bool,
    repeated: bool,
    unique: bool,
    ignore_case: bool,
    fields: usize,
    skip: usize,
    most: Option<usize>,
    end: u8,
    all: Option<Gap>,
    group: Option<Gap>,
}

/// Runs `uniq`.
pub fn run(args: Vec<OsString>) -> i32 {
    let mut uniq = Uniq { end: b'\n', ..Uniq::default() };
    let mut opts = Opts::new(args, "cdDf:is:uw:z", LONG, "[OPTION]... [INPUT [OUTPUT]]");
    for opt in opts.by_ref() {
        let number = |what: &str| match opt.text().parse::<usize>() {
            Ok(number) => number,
            Err(_) => guest::fail(format!("{}: invalid number of {what}", opt.text())),
        };
        match opt.code {
            'c' => uniq.count = true,
            'd' => uniq.repeated = true,
            'u' => uniq.unique = true,
            'i' => uniq.ignore_case = true,
            'f' => uniq.fields = number("fields to skip"),
            's' => uniq.skip = number("bytes to skip"),
            'w' => uniq.most = Some(number("bytes to compare")),
            'z' => uniq.end = 0,
            'D' => {
                let how = opt.text();
                uniq.all = Some(guest::choose(
                    if opt.value.is_some() { &how } else { "none" },
                    "--all-repeated",
                    &[
                        (&["none"], Gap::None),
                        (&["prepend"], Gap::Before),
                        (&["separate"], Gap::Between),
                    ],
                ));
            }
            _ => {
                let how = opt.text();
                uniq.group = Some(guest::choose(
                    if opt.value.is_some() { &how } else { "separate" },
                    "--group",
                    &[
                        (&["prepend"], Gap::Before),
                        (&["append"], Gap::After),
                        (&["separate"], Gap::Between),
                        (&["both"], Gap::Both),
                    ],
                ));
            }
        }
    }
    let operands = opts.operands();
    if let Some(extra) = operands.get(2) {
        guest::extra_operand(extra);
    }
    if uniq.group.is_some() && (uniq.count || uniq.repeated || uniq.unique || uniq.all.is_some()) {
        guest::warn("--group is mutually exclusive with -c/-d/-D/-u");
        guest::try_help();
    }
    if uniq.all.is_some() && uniq.count {
        guest::warn("printing all duplicated lines and repeat counts is meaningless");
        guest::try_help();
    }
    let from = operands.first().cloned().unwrap_or_else(|| "-".into());
    let text = input::read_all(&from).unwrap_or_else(|error| {
        guest::fail(format!("{}: {}", quote::colon(&from), guest::strerror(&error)))
    });
    let result = uniq.run(&text);
    match operands.get(1).filter(|to| *to != "-") {
        None => out::put(result),
        Some(to) => {
            let written = File::create(to).and_then(|mut file| file.write_all(&result));
            if let Err(error) = written {
                guest::fail(format!("{}: {}", quote::colon(to), guest::strerror(&error)));
            }
        }
    }
    0
}

impl Uniq {
    fn key<'l>(&self, line: &'l [u8]) -> &'l [u8] {
        let mut at = 0;
        let blank = |at: usize| line.get(at).is_some_and(|c| matches!(c, b' ' | b'\t'));
        for _ in 0..self.fields {
            while blank(at) {
                at += 1;
            }
            while at < line.len() && !blank(at) {
                at += 1;
            }
        }
        let rest = &line[(at + self.skip).min(line.len())..];
        &rest[..self.most.unwrap_or(rest.len()).min(rest.len())]
    }

    fn run(&self, text: &[u8]) -> Vec<u8> {
        let text = text.strip_suffix(&[self.end]).unwrap_or(text);
        let lines: Vec<&[u8]> = match text {
            [] => Vec::new(),
            text => text.split(|c| *c == self.end).collect(),
        };
        let same = |a: &&[u8], b: &&[u8]| {
            let (a, b) = (self.key(a), self.key(b));
            if self.ignore_case { a.eq_ignore_ascii_case(b) } else { a == b }
        };
        let mut result = Vec::new();
        let mut first = true;
        for group in lines.chunk_by(same) {
            let shown: &[&[u8]] = match (&self.all, &self.group) {
                (Some(_), _) if group.len() == 1 => &[],
                (Some(_), _) if self.unique => &[],
                (Some(_), _) | (_, Some(_)) => group,
                _ if self.repeated && self.unique => &[],
                _ if self.repeated && group.len() == 1 => &[],
                _ if self.unique && group.len() > 1 => &[],
                _ => &group[..1],
            };
            let gap = self.all.or(self.group);
            if !shown.is_empty()
                && (matches!(gap, Some(Gap::Before | Gap::Both))
                    || gap == Some(Gap::Between) && !first)
                && (gap != Some(Gap::Both) || first)
            {
                result.push(self.end);
            }
            for line in shown {
                first = false;
                if self.count {
                    result.extend(format!("{:7} ", group.len()).bytes());
                }
                result.extend(*line);
                result.push(self.end);
            }
            if !shown.is_empty() && matches!(gap, Some(Gap::After | Gap::Both)) {
                result.push(self.end);
            }
        }
        result
    }
}
