//! `nl`, `tac`, `rev`, `paste` and `fold`: lines in other shapes.

use guest::{Arg, Failed, Long, Opts, bytes, input, out, quote};
use std::ffi::OsString;
use std::io::BufRead;

fn or_stdin(mut files: Vec<OsString>) -> Vec<OsString> {
    if files.is_empty() {
        files.push("-".into());
    }
    files
}

/// Runs `nl`.
pub fn nl(args: Vec<OsString>) -> i32 {
    const LONG: &[Long] = &[
        Long("body-numbering", Arg::Yes, 'b'),
        Long("footer-numbering", Arg::Yes, 'f'),
        Long("header-numbering", Arg::Yes, 'h'),
        Long("join-blank-lines", Arg::Yes, 'l'),
        Long("line-increment", Arg::Yes, 'i'),
        Long("no-renumber", Arg::No, 'p'),
        Long("number-format", Arg::Yes, 'n'),
        Long("number-separator", Arg::Yes, 's'),
        Long("number-width", Arg::Yes, 'w'),
        Long("section-delimiter", Arg::Yes, 'd'),
        Long("starting-line-number", Arg::Yes, 'v'),
    ];
    let (mut styles, mut step, mut start, mut width) = (['n', 't', 'n'], 1i64, 1i64, 6usize);
    let (mut separator, mut format, mut renumber) = ("\t".to_owned(), "rn".to_owned(), true);
    let mut opts = Opts::new(args, "b:d:f:h:i:l:n:ps:v:w:", LONG, "[OPTION]... [FILE]...");
    for opt in opts.by_ref() {
        let text = opt.text();
        let number = |what: &str| match text.parse::<i64>() {
            Ok(number) => number,
            Err(_) => guest::fail(format!("invalid {what}: {}", quote::locale(&text))),
        };
        match opt.code {
            'h' | 'b' | 'f' => {
                let (at, what) = match opt.code {
                    'h' => (0, "header"),
                    'b' => (1, "body"),
                    _ => (2, "footer"),
                };
                styles[at] = match text.as_str() {
                    "a" => 'a',
                    "t" => 't',
                    "n" => 'n',
                    _ if text.starts_with('p') => guest::fail(
                        "not supported here: numbering by a pattern, use grep -n instead",
                    ),
                    _ => {
                        guest::warn(format!(
                            "invalid {what} numbering style: {}",
                            quote::locale(&text)
                        ));
                        guest::try_help();
                    }
                };
            }
            'i' => step = number("line number increment"),
            'v' => start = number("starting line number"),
            'w' => match number("line number field width") {
                width_given @ 1.. => width = width_given as usize,
                _ => guest::fail(format!(
                    "invalid line number field width: {}: Numerical result out of range",
                    quote::locale(&text)
                )),
            },
            'n' if matches!(text.as_str(), "ln" | "rn" | "rz") => format = text,
            'n' => {
                guest::warn(format!("invalid line numbering format: {}", quote::locale(&text)));
                guest::try_help();
            }
            'p' => renumber = false,
            's' => separator = text,
            _ => {}
        }
    }
    let mut failed = Failed::default();
    let (mut number, mut section) = (start, 1);
    for file in or_stdin(opts.operands()) {
        let text = match input::read_all(&file) {
            Ok(text) => text,
            Err(error) => {
                failed.path(&file, &error);
                continue;
            }
        };
        let body = text.strip_suffix(b"\n").unwrap_or(&text);
        if text.is_empty() {
            continue;
        }
        for line in body.split(|c| *c == b'\n') {
            let next = match line {
                b"\\:\\:\\:" => Some(0),
                b"\\:\\:" => Some(1),
                b"\\:" => Some(2),
                _ => None,
            };
            if let Some(next) = next {
                section = next;
                if renumber {
                    number = start;
                }
                out::put("\n");
                continue;
            }
            let counted = match styles[section] {
                'a' => true,
                't' => !line.is_empty(),
                _ => false,
            };
            if counted {
                out::put(match format.as_str() {
                    "ln" => format!("{number:<width$}"),
                    "rz" => format!("{number:0width$}"),
                    _ => format!("{number:width$}"),
                });
                out::put(&separator);
                number += step;
            } else {
                out::put(" ".repeat(width + separator.len()));
            }
            out::line(line);
        }
    }
    failed.status()
}

/// Runs `tac`.
pub fn tac(args: Vec<OsString>) -> i32 {
    const LONG: &[Long] = &[
        Long("before", Arg::No, 'b'),
        Long("regex", Arg::No, 'r'),
        Long("separator", Arg::Yes, 's'),
    ];
    let (mut before, mut separator) = (false, b"\n".to_vec());
    let mut opts = Opts::new(args, "brs:", LONG, "[OPTION]... [FILE]...");
    for opt in opts.by_ref() {
        match opt.code {
            'b' => before = true,
            's' => separator = bytes(&opt.value()).to_vec(),
            _ => guest::fail("not supported here: -r, because tac has no regular expressions"),
        }
    }
    if separator.is_empty() {
        separator.push(0);
    }
    let mut failed = Failed::default();
    for file in or_stdin(opts.operands()) {
        let text = match input::read_all(&file) {
            Ok(text) => text,
            Err(error) => {
                failed.say(format!(
                    "failed to open {} for reading: {}",
                    quote::always(&file),
                    guest::strerror(&error)
                ));
                continue;
            }
        };
        let ends: Vec<usize> = (0..text.len())
            .filter(|at| text[*at..].starts_with(&separator))
            .map(|at| if before { at } else { at + separator.len() })
            .collect();
        let mut last = text.len();
        for end in ends.into_iter().rev() {
            out::put(&text[end..last]);
            last = end;
        }
        out::put(&text[..last]);
    }
    failed.status()
}

/// Runs `rev`.
pub fn rev(args: Vec<OsString>) -> i32 {
    let mut failed = Failed::default();
    for file in or_stdin(Opts::new(args, "", &[], "[FILE]...").operands()) {
        match input::read_all(&file) {
            Ok(text) => {
                let text = String::from_utf8_lossy(&text);
                for line in text.split_inclusive('\n') {
                    let (body, end) = match line.strip_suffix('\n') {
                        Some(body) => (body, "\n"),
                        None => (line, ""),
                    };
                    out::put(body.chars().rev().collect::<String>());
                    out::put(end);
                }
            }
            Err(error) => failed.say(format!(
                "cannot open {}: {}",
                file.to_string_lossy(),
                guest::strerror(&error)
            )),
        }
    }
    failed.status()
}

/// Runs `paste`.
pub fn paste(args: Vec<OsString>) -> i32 {
    const LONG: &[Long] = &[
        Long("delimiters", Arg::Yes, 'd'),
        Long("serial", Arg::No, 's'),
        Long("zero-terminated", Arg::No, 'z'),
    ];
    let (mut delimiters, mut serial, mut end) = ("\t".to_owned(), false, b'\n');
    let mut opts = Opts::new(args, "d:sz", LONG, "[OPTION]... [FILE]...");
    for opt in opts.by_ref() {
        match opt.code {
            'd' => delimiters = opt.text(),
            's' => serial = true,
            _ => end = 0,
        }
    }
    let mut marks: Vec<Vec<u8>> = Vec::new();
    let mut chars = delimiters.chars();
    while let Some(c) = chars.next() {
        marks.push(match c {
            '\\' => match chars.next() {
                Some('n') => b"\n".to_vec(),
                Some('t') => b"\t".to_vec(),
                Some('0') => Vec::new(),
                Some(c) => c.to_string().into_bytes(),
                None => guest::fail(format!(
                    "delimiter list ends with an unescaped backslash: {delimiters}"
                )),
            },
            c => c.to_string().into_bytes(),
        });
    }
    if marks.is_empty() {
        marks.push(Vec::new());
    }
    let mut failed = Failed::default();
    let mut sources = Vec::new();
    // Standard input named twice is one source, whose lines are dealt out.
    let (mut columns, mut stdin) = (Vec::new(), None);
    for file in or_stdin(opts.operands()) {
        if file == "-"
            && let Some(known) = stdin
        {
            columns.push(known);
            continue;
        }
        match input::open(&file) {
            Ok(source) => {
                if file == "-" {
                    stdin = Some(sources.len());
                }
                columns.push(sources.len());
                sources.push(source);
            }
            Err(error) => failed.path(&file, &error),
        }
    }
    if failed.0 && !serial {
        return 1;
    }
    let mut line = Vec::new();
    let mut read = |source: &mut std::io::BufReader<input::Source>| -> Option<Vec<u8>> {
        match input::read_line(source, end, &mut line) {
            Ok(true) => Some(line.strip_suffix(&[end]).unwrap_or(&line).to_vec()),
            _ => None,
        }
    };
    if serial {
        for column in columns {
            let mut index = 0;
            while let Some(line) = read(&mut sources[column]) {
                if index > 0 {
                    out::put(&marks[(index - 1) % marks.len()]);
                }
                out::put(line);
                index += 1;
            }
            out::put([end]);
        }
        return failed.status();
    }
    loop {
        let row: Vec<Option<Vec<u8>>> =
            columns.iter().map(|column| read(&mut sources[*column])).collect();
        if row.iter().all(Option::is_none) {
            return failed.status();
        }
        for (index, cell) in row.iter().enumerate() {
            if index > 0 {
                out::put(&marks[(index - 1) % marks.len()]);
            }
            out::put(cell.as_deref().unwrap_or_default());
        }
        out::put([end]);
    }
}

/// Runs `fold`.
pub fn fold(args: Vec<OsString>) -> i32 {
    const LONG: &[Long] =
        &[Long("bytes", Arg::No, 'b'), Long("spaces", Arg::No, 's'), Long("width", Arg::Yes, 'w')];
    let (mut spaces, mut by_bytes, mut width) = (false, false, 80usize);
    let mut opts = Opts::new(args, "bsw:", LONG, "[OPTION]... [FILE]...");
    for opt in opts.by_ref() {
        match opt.code {
            'b' => by_bytes = true,
            's' => spaces = true,
            _ => match opt.text().parse() {
                Ok(columns @ 1..) => width = columns,
                other => guest::fail(format!(
                    "invalid number of columns: {}{}",
                    quote::locale(&opt.text()),
                    if other.is_ok() { ": Numerical result out of range" } else { "" }
                )),
            },
        }
    }
    let mut failed = Failed::default();
    for file in or_stdin(opts.operands()) {
        let mut source = match input::open(&file) {
            Ok(source) => source,
            Err(error) => {
                failed.path(&file, &error);
                continue;
            }
        };
        let mut line = Vec::new();
        loop {
            line.clear();
            match source.read_until(b'\n', &mut line) {
                Ok(0) => break,
                Ok(_) => fold_line(&line, width, spaces, by_bytes),
                Err(error) => {
                    failed.path(&file, &error);
                    break;
                }
            }
        }
    }
    failed.status()
}

fn fold_line(line: &[u8], width: usize, spaces: bool, by_bytes: bool) {
    let advance = |column: usize, c: u8| match c {
        b'\t' if !by_bytes => column + 8 - column % 8,
        8 if !by_bytes => column.saturating_sub(1),
        b'\r' if !by_bytes => 0,
        _ => column + 1,
    };
    let (mut start, mut column, mut at) = (0, 0, 0);
    while at < line.len() {
        let c = line[at];
        if c == b'\n' {
            break;
        }
        let next = advance(column, c);
        if next > width && at > start {
            let blank = line[start..at].iter().rposition(|c| matches!(c, b' ' | b'\t'));
            let end = match blank {
                Some(blank) if spaces => start + blank + 1,
                _ => at,
            };
            out::line(&line[start..end]);
            start = end;
            column = line[start..at].iter().fold(0, |column, c| advance(column, *c));
            continue;
        }
        column = next;
        at += 1;
    }
    out::put(&line[start..]);
}
