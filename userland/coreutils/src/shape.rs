//! Text in another shape: `expand unexpand split shuf tsort factor`.

use guest::{Arg, Failed, Long, Opts, bytes, input, number, out, quote};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{Read as _, Write as _};

fn files_of(mut opts: Opts) -> Vec<OsString> {
    let mut files = opts.operands();
    if files.is_empty() {
        files.push("-".into());
    }
    files
}

fn tab_stops(text: &str) -> Vec<usize> {
    let parts = text.split([',', ' ', '\t']).filter(|part| !part.is_empty());
    let stops: Vec<usize> = parts
        .map(|part| match part.parse() {
            Ok(0) => guest::fail("tab size cannot be 0"),
            Ok(stop) => stop,
            Err(_) => guest::fail(format!(
                "tab size contains invalid character(s): {}",
                quote::locale(part)
            )),
        })
        .collect();
    if stops.windows(2).any(|pair| pair[0] >= pair[1]) {
        guest::fail("tab sizes must be ascending");
    }
    stops
}

/// The column of the next stop after `column`; none behind the last of several.
fn next_stop(stops: &[usize], column: usize) -> Option<usize> {
    match stops {
        [] => Some((column / 8 + 1) * 8),
        [every] => Some((column / every + 1) * every),
        stops => stops.iter().copied().find(|stop| *stop > column),
    }
}

/// Runs `expand`.
pub fn expand(args: Vec<OsString>) -> i32 {
    const LONG: &[Long] = &[Long("initial", Arg::No, 'i'), Long("tabs", Arg::Yes, 't')];
    let (mut initial, mut stops) = (false, Vec::new());
    let args = old_tabs(args);
    let mut opts = Opts::new(args, "it:", LONG, "[OPTION]... [FILE]...");
    for opt in opts.by_ref() {
        match opt.code {
            'i' => initial = true,
            _ => stops = tab_stops(&opt.text()),
        }
    }
    let mut failed = Failed::default();
    for file in files_of(opts) {
        let text = match input::read_all(&file) {
            Ok(text) => text,
            Err(error) => {
                failed.path(&file, &error);
                continue;
            }
        };
        let (mut column, mut leading) = (0, true);
        for &c in &text {
            match c {
                b'\t' if leading || !initial => {
                    let to = next_stop(&stops, column).unwrap_or(column + 1);
                    out::put(" ".repeat(to - column));
                    column = to;
                    continue;
                }
                b'\n' => (column, leading) = (0, true),
                8 => column = column.saturating_sub(1),
                c => {
                    leading &= c == b' ' || c == b'\t';
                    // The bytes of a character after its first take no column.
                    column += usize::from(c & 0xc0 != 0x80);
                }
            }
            out::put([c]);
        }
    }
    failed.status()
}

/// `-4` is `-t 4`.
fn old_tabs(args: Vec<OsString>) -> Vec<OsString> {
    let old = |arg: &OsString| {
        bytes(arg)
            .strip_prefix(b"-")
            .is_some_and(|rest| rest.first().is_some_and(u8::is_ascii_digit))
    };
    args.into_iter()
        .map(|arg| if old(&arg) { guest::os([b"-t", &bytes(&arg)[1..]].concat()) } else { arg })
        .collect()
}

/// Runs `unexpand`.
pub fn unexpand(args: Vec<OsString>) -> i32 {
    const LONG: &[Long] =
        &[Long("all", Arg::No, 'a'), Long("first-only", Arg::No, 'f'), Long("tabs", Arg::Yes, 't')];
    let (mut all, mut first_only, mut stops) = (false, false, Vec::new());
    let mut opts = Opts::new(old_tabs(args), "at:", LONG, "[OPTION]... [FILE]...");
    for opt in opts.by_ref() {
        match opt.code {
            'a' => all = true,
            'f' => first_only = true,
            _ => (all, stops) = (true, tab_stops(&opt.text())),
        }
    }
    let all = all && !first_only;
    let mut failed = Failed::default();
    for file in files_of(opts) {
        let text = match input::read_all(&file) {
            Ok(text) => text,
            Err(error) => {
                failed.path(&file, &error);
                continue;
            }
        };
        for line in text.split_inclusive(|c| *c == b'\n') {
            unexpand_line(line, &stops, all);
        }
    }
    failed.status()
}

fn unexpand_line(line: &[u8], stops: &[usize], all: bool) {
    let (mut column, mut blanks_from, mut leading) = (0usize, None::<usize>, true);
    // Blanks since the last stop, as they came.
    let mut pending: Vec<u8> = Vec::new();
    for &c in line {
        if (c == b' ' || c == b'\t') && (leading || all) {
            let stop = next_stop(stops, column);
            blanks_from.get_or_insert(column);
            if c == b'\t' {
                let Some(stop) = stop else {
                    pending.push(c);
                    column += 1;
                    continue;
                };
                column = stop;
                pending.clear();
                out::put("\t");
                continue;
            }
            column += 1;
            pending.push(b' ');
            if stop == Some(column) {
                // One blank before a stop stays one, unless it is among others.
                let single = pending.len() == 1 && blanks_from == Some(column - 1) && !leading;
                if !single {
                    pending.clear();
                    out::put("\t");
                }
            }
            continue;
        }
        out::put(&pending);
        pending.clear();
        blanks_from = None;
        leading = false;
        column += usize::from(c & 0xc0 != 0x80);
        out::put([c]);
    }
    out::put(&pending);
}

/// Runs `split`.
pub fn split(args: Vec<OsString>) -> i32 {
    const LONG: &[Long] = &[
        Long("additional-suffix", Arg::Yes, 'A'),
        Long("bytes", Arg::Yes, 'b'),
        Long("lines", Arg::Yes, 'l'),
        Long("line-bytes", Arg::Yes, 'C'),
        Long("number", Arg::Yes, 'n'),
        Long("numeric-suffixes", Arg::Maybe, 'd'),
        Long("suffix-length", Arg::Yes, 'a'),
        Long("verbose", Arg::No, 'v'),
    ];
    let (mut by_bytes, mut count, mut length, mut digits) = (false, 1000usize, 2usize, false);
    let (mut suffix, mut chunks) = (Vec::new(), None::<usize>);
    let mut opts = Opts::new(args, "a:b:C:dl:n:", LONG, "[OPTION]... [FILE [PREFIX]]");
    for opt in opts.by_ref() {
        let text = opt.text();
        let size = |what: &str| match number::with_suffix(&text, true) {
            Ok(size) if size > 0 => size as usize,
            _ => guest::fail(format!("invalid number of {what}: {}", quote::locale(&text))),
        };
        match opt.code {
            'a' => length = size("suffix length"),
            'b' | 'C' => (by_bytes, count) = (true, size("bytes")),
            'l' => (by_bytes, count) = (false, size("lines")),
            'n' => chunks = Some(size("chunks")),
            'd' => digits = true,
            'A' => suffix = text.clone().into_bytes(),
            _ => {}
        }
    }
    let operands = opts.operands();
    let (file, prefix) = match operands.as_slice() {
        [] => ("-".into(), b"x".to_vec()),
        [file] => (file.clone(), b"x".to_vec()),
        [file, prefix] => (file.clone(), bytes(prefix).to_vec()),
        [_, _, extra, ..] => guest::extra_operand(extra),
    };
    let text = match input::read_all(&file) {
        Ok(text) => text,
        Err(error) => guest::fail(format!(
            "cannot open {} for reading: {}",
            quote::always(&file),
            guest::strerror(&error)
        )),
    };
    let pieces: Vec<&[u8]> = if let Some(chunks) = chunks {
        let size = text.len().div_ceil(chunks).max(1);
        let size = if text.len() % chunks == 0 { size } else { text.len() / chunks };
        (0..chunks)
            .map(|at| {
                let end = if at + 1 == chunks { text.len() } else { (at + 1) * size };
                &text[(at * size).min(text.len())..end.min(text.len())]
            })
            .collect()
    } else if by_bytes {
        text.chunks(count).collect()
    } else {
        let mut pieces = Vec::new();
        let (mut start, mut lines) = (0, 0);
        for (at, c) in text.iter().enumerate() {
            lines += usize::from(*c == b'\n');
            if lines == count {
                pieces.push(&text[start..=at]);
                (start, lines) = (at + 1, 0);
            }
        }
        if start < text.len() {
            pieces.push(&text[start..]);
        }
        pieces
    };
    let base = if digits { 10 } else { 26 };
    let first = if digits { b'0' } else { b'a' };
    for (at, piece) in pieces.iter().enumerate() {
        let mut name = Vec::new();
        let mut rest = at;
        for _ in 0..length {
            name.insert(0, first + (rest % base) as u8);
            rest /= base;
        }
        if rest > 0 {
            guest::fail("output file suffixes exhausted");
        }
        let path = guest::os([&prefix, name.as_slice(), &suffix].concat());
        let written = std::fs::File::create(&path).and_then(|mut file| file.write_all(piece));
        if let Err(error) = written {
            guest::fail(format!("{}: {}", quote::colon(&path), guest::strerror(&error)));
        }
    }
    0
}

/// Runs `shuf`.
pub fn shuf(args: Vec<OsString>) -> i32 {
    const LONG: &[Long] = &[
        Long("echo", Arg::No, 'e'),
        Long("head-count", Arg::Yes, 'n'),
        Long("input-range", Arg::Yes, 'i'),
        Long("output", Arg::Yes, 'o'),
        Long("random-source", Arg::Yes, 'R'),
        Long("repeat", Arg::No, 'r'),
        Long("zero-terminated", Arg::No, 'z'),
    ];
    let (mut echo, mut count, mut range, mut repeat, mut end) = (false, None, None, false, b'\n');
    let mut output = None;
    let mut opts = Opts::new(args, "ei:n:o:rz", LONG, "[OPTION]... [FILE]");
    for opt in opts.by_ref() {
        let text = opt.text();
        match opt.code {
            'e' => echo = true,
            'n' => match text.parse::<usize>() {
                Ok(number) => count = Some(number),
                Err(_) => guest::fail(format!("invalid line count: {}", quote::locale(&text))),
            },
            'i' => {
                let parts = text.split_once('-');
                let parsed =
                    parts.and_then(|(a, b)| Some((a.parse::<u64>().ok()?, b.parse::<u64>().ok()?)));
                match parsed {
                    Some((first, last)) if first <= last + 1 => range = Some((first, last)),
                    _ => {
                        let wrong = parts
                            .filter(|(first, _)| first.parse::<u64>().is_ok())
                            .map_or(text.as_str(), |parts| parts.1);
                        guest::fail(format!("invalid input range: {}", quote::locale(wrong)))
                    }
                }
            }
            'o' => output = opt.value.clone(),
            'r' => repeat = true,
            'z' => end = 0,
            _ => {}
        }
    }
    let operands = opts.operands();
    let mut lines: Vec<Vec<u8>> = if let Some((first, last)) = range {
        (first..=last).map(|number| number.to_string().into_bytes()).collect()
    } else if echo {
        operands.iter().map(|word| bytes(word).to_vec()).collect()
    } else {
        let file = operands.first().cloned().unwrap_or_else(|| "-".into());
        match input::read_all(&file) {
            Ok(text) => {
                let text = text.strip_suffix(&[end]).unwrap_or(&text).to_vec();
                if text.is_empty() {
                    Vec::new()
                } else {
                    text.split(|c| *c == end).map(<[u8]>::to_vec).collect()
                }
            }
            Err(error) => {
                guest::fail(format!("{}: {}", quote::colon(&file), guest::strerror(&error)))
            }
        }
    };
    let mut random = Random::new();
    let mut text = Vec::new();
    let mut put = |line: &[u8]| {
        text.extend(line);
        text.push(end);
    };
    if repeat && !lines.is_empty() {
        for _ in 0..count.unwrap_or(0) {
            put(&lines[random.below(lines.len())]);
        }
    } else {
        for at in (1..lines.len()).rev() {
            let other = random.below(at + 1);
            lines.swap(at, other);
        }
        lines.iter().take(count.unwrap_or(usize::MAX)).for_each(|line| put(line));
    }
    match output {
        None => out::put(text),
        Some(path) => {
            if let Err(error) = std::fs::write(&path, text) {
                guest::fail(format!("{}: {}", quote::colon(&path), guest::strerror(&error)));
            }
        }
    }
    0
}

/// Numbers from `/dev/urandom`, which the container's seed determines.
struct Random(u64);

impl Random {
    fn new() -> Random {
        let mut seed = [0; 8];
        let read =
            std::fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut seed));
        Random(if read.is_ok() { u64::from_le_bytes(seed) } else { 1 })
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((u128::from(self.0 ^ self.0 >> 32) * limit as u128) >> 64) as usize
    }
}

/// Runs `tsort`.
pub fn tsort(args: Vec<OsString>) -> i32 {
    let files = files_of(Opts::new(args, "", &[], "[OPTION] [FILE]"));
    let text = match input::read_all(&files[0]) {
        Ok(text) => text,
        Err(error) => {
            guest::fail(format!("{}: {}", quote::colon(&files[0]), guest::strerror(&error)))
        }
    };
    let words: Vec<&[u8]> =
        text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).collect();
    if words.len() % 2 == 1 {
        let name = files[0].to_string_lossy().into_owned();
        guest::fail(format!("{name}: input contains an odd number of tokens"));
    }
    // What comes after each word, and how many come before it.
    let mut after: BTreeMap<&[u8], Vec<&[u8]>> = BTreeMap::new();
    let mut before: BTreeMap<&[u8], usize> = BTreeMap::new();
    for pair in words.chunks(2) {
        before.entry(pair[0]).or_default();
        before.entry(pair[1]).or_default();
        if pair[0] != pair[1] {
            after.entry(pair[0]).or_default().insert(0, pair[1]);
            *before.entry(pair[1]).or_default() += 1;
        }
    }
    let mut ready: std::collections::VecDeque<&[u8]> =
        before.iter().filter(|(_, count)| **count == 0).map(|(word, _)| *word).collect();
    let mut left = before.len();
    while let Some(word) = ready.pop_front() {
        out::line(word);
        left -= 1;
        for next in after.remove(word).unwrap_or_default() {
            if let Some(count) = before.get_mut(next) {
                *count -= 1;
                if *count == 0 {
                    ready.push_back(next);
                }
            }
        }
    }
    if left > 0 {
        guest::warn(format!("{}: input contains a loop:", files[0].to_string_lossy()));
        return 1;
    }
    0
}

/// Runs `factor`.
pub fn factor(args: Vec<OsString>) -> i32 {
    let operands = Opts::new(args, "", &[], "[NUMBER]...").operands();
    let mut failed = Failed::default();
    let mut words: Vec<String> =
        operands.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    if words.is_empty()
        && let Ok(text) = input::read_all("-")
    {
        words = String::from_utf8_lossy(&text).split_whitespace().map(str::to_owned).collect();
    }
    for word in words {
        let Ok(number) = word.trim_start_matches('+').parse::<u64>() else {
            failed.say(format!("{} is not a valid positive integer", quote::locale(&word)));
            continue;
        };
        let mut line = format!("{number}:");
        let (mut rest, mut divisor) = (number, 2);
        while divisor <= rest / divisor.max(1) {
            while rest % divisor == 0 && rest > 1 {
                line.push_str(&format!(" {divisor}"));
                rest /= divisor;
            }
            divisor += if divisor == 2 { 1 } else { 2 };
        }
        if rest > 1 {
            line.push_str(&format!(" {rest}"));
        }
        out::line(line);
    }
    failed.status()
}
