//! `cut`: parts of lines.

use guest::{Arg, Failed, Long, Opts, bytes, input, order, out, quote};
use std::ffi::OsString;
use std::io;

const LONG: &[Long] = &[
    Long("bytes", Arg::Yes, 'b'),
    Long("characters", Arg::Yes, 'c'),
    Long("complement", Arg::No, '!'),
    Long("delimiter", Arg::Yes, 'd'),
    Long("fields", Arg::Yes, 'f'),
    Long("only-delimited", Arg::No, 's'),
    Long("output-delimiter", Arg::Yes, 'o'),
    Long("zero-terminated", Arg::No, 'z'),
];

struct Cut {
    fields: bool,
    /// First and last, from 1, in order and apart from each other.
    ranges: Vec<(usize, usize)>,
    delimiter: u8,
    output: Option<Vec<u8>>,
    only_delimited: bool,
    end: u8,
}

/// Runs `cut`.
pub fn run(args: Vec<OsString>) -> i32 {
    let (mut list, mut delimiter, mut output): (Option<(bool, String)>, Option<Vec<u8>>, _) =
        (None, None, None);
    let (mut complement, mut only_delimited, mut end) = (false, false, b'\n');
    let mut opts = Opts::new(args, "b:c:d:f:nsz", LONG, "OPTION... [FILE]...");
    for opt in opts.by_ref() {
        match opt.code {
            'b' | 'c' | 'f' => {
                if list.is_some() {
                    wrong("only one list may be specified");
                }
                list = Some((opt.code == 'f', opt.text()));
            }
            'd' => delimiter = Some(bytes(&opt.value()).to_vec()),
            's' => only_delimited = true,
            'z' => end = 0,
            '!' => complement = true,
            'o' => output = opt.value.map(|text| bytes(&text).to_vec()),
            _ => {}
        }
    }
    let Some((fields, list)) = list else {
        wrong("you must specify a list of bytes, characters, or fields");
    };
    if delimiter.as_ref().is_some_and(|text| text.len() > 1) {
        wrong("the delimiter must be a single character");
    }
    if delimiter.is_some() && !fields {
        wrong("an input delimiter may be specified only when operating on fields");
    }
    if only_delimited && !fields {
        wrong("suppressing non-delimited lines makes sense\n\tonly when operating on fields");
    }
    let mut ranges = parse(&list, fields);
    if complement {
        ranges = rest_of(&ranges);
    }
    let cut = Cut {
        fields,
        ranges,
        delimiter: match delimiter.as_deref() {
            None => b'\t',
            Some([c]) => *c,
            Some(_) => 0,
        },
        output,
        only_delimited,
        end,
    };
    let mut files = opts.operands();
    if files.is_empty() {
        files.push("-".into());
    }
    let mut failed = Failed::default();
    for file in &files {
        if let Err(error) = cut.file(file) {
            failed.path(file, &error);
        }
    }
    failed.status()
}

fn wrong(message: &str) -> ! {
    guest::warn(message);
    guest::try_help()
}

fn parse(list: &str, fields: bool) -> Vec<(usize, usize)> {
    let mut ranges = Vec::new();
    for part in list.split([',', ' ', '\t']) {
        let number = |text: &str| -> usize {
            match text.parse::<usize>() {
                Ok(0) => wrong(if fields {
                    "fields are numbered from 1"
                } else {
                    "byte/character positions are numbered from 1"
                }),
                Ok(number) => number,
                Err(_) if !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit()) => {
                    wrong(&format!(
                        "{} {} is too large",
                        if fields { "field number" } else { "byte/character offset" },
                        quote::locale(text)
                    ))
                }
                Err(_) => {
                    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
                    if fields {
                        wrong(&format!("invalid field value {}", quote::locale(rest)))
                    } else {
                        wrong(&format!("invalid byte/character position {}", quote::locale(rest)))
                    }
                }
            }
        };
        let range = match part.split_once('-') {
            None if part.is_empty() => wrong(if fields {
                "fields are numbered from 1"
            } else {
                "byte/character positions are numbered from 1"
            }),
            None => (number(part), number(part)),
            Some(("", "")) => wrong("invalid range with no endpoint: -"),
            Some(("", last)) => (1, number(last)),
            Some((first, "")) => (number(first), usize::MAX),
            Some((first, last)) => (number(first), number(last)),
        };
        if range.0 > range.1 {
            wrong("invalid decreasing range");
        }
        ranges.push(range);
    }
    order::sort(&mut ranges, Ord::cmp);
    let mut merged: Vec<(usize, usize)> = Vec::new();
    for (first, last) in ranges {
        match merged.last_mut() {
            Some(before) if first <= before.1 => before.1 = before.1.max(last),
            _ => merged.push((first, last)),
        }
    }
    merged
}

fn rest_of(ranges: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut rest = Vec::new();
    let mut next = 1;
    for (first, last) in ranges {
        if *first > next {
            rest.push((next, first - 1));
        }
        next = last.saturating_add(1);
    }
    if next < usize::MAX {
        rest.push((next, usize::MAX));
    }
    rest
}

impl Cut {
    fn file(&self, file: &OsString) -> io::Result<()> {
        let mut source = input::open(file)?;
        let mut line = Vec::new();
        while input::read_line(&mut source, self.end, &mut line)? {
            if line.last() == Some(&self.end) {
                line.pop();
            }
            if self.fields {
                self.fields(&line);
            } else {
                self.bytes(&line);
            }
        }
        Ok(())
    }

    fn bytes(&self, line: &[u8]) {
        let mut first = true;
        for (from, to) in &self.ranges {
            let piece = line.get(from - 1..(*to).min(line.len())).unwrap_or_default();
            if piece.is_empty() {
                continue;
            }
            if !first && let Some(output) = &self.output {
                out::put(output);
            }
            first = false;
            out::put(piece);
        }
        out::put([self.end]);
    }

    fn fields(&self, line: &[u8]) {
        if !line.contains(&self.delimiter) {
            if !self.only_delimited {
                out::put(line);
                out::put([self.end]);
            }
            return;
        }
        let mut first = true;
        let mut ranges = self.ranges.iter().peekable();
        for (index, field) in line.split(|c| *c == self.delimiter).enumerate() {
            let number = index + 1;
            while ranges.next_if(|range| range.1 < number).is_some() {}
            if ranges.peek().is_some_and(|range| range.0 <= number) {
                if !first {
                    match &self.output {
                        Some(output) => out::put(output),
                        None => out::put([self.delimiter]),
                    }
                }
                first = false;
                out::put(field);
            }
        }
        out::put([self.end]);
    }
}
