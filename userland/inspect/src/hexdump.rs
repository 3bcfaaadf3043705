//! `hexdump` and `hd` of util-linux 2.38.

use std::ffi::OsString;

use guest::{Arg, Long, Opts, input, out};

const LONG: &[Long] = &[
    Long("one-byte-octal", Arg::No, 'b'),
    Long("one-byte-char", Arg::No, 'c'),
    Long("canonical", Arg::No, 'C'),
    Long("two-bytes-decimal", Arg::No, 'd'),
    Long("two-bytes-octal", Arg::No, 'o'),
    Long("two-bytes-hex", Arg::No, 'x'),
    Long("format", Arg::Yes, 'e'),
    Long("length", Arg::Yes, 'n'),
    Long("skip", Arg::Yes, 's'),
    Long("no-squeezing", Arg::No, 'v'),
];

/// How lines look.
#[derive(Clone)]
enum Form {
    /// Two-byte units, each in a cell of a width, after the offset.
    Words {
        width: usize,
        digits: fn(u16) -> String,
    },
    Bytes(fn(u8) -> String),
    Canonical,
    Own(Vec<Unit>),
}

/// A unit of a format of one's own: `3/2 "%02x "`.
#[derive(Clone)]
struct Unit {
    times: usize,
    size: usize,
    format: String,
}

/// Runs `hexdump`.
pub fn run(args: Vec<OsString>, canonical: bool) -> i32 {
    let mut form = Form::Words { width: 5, digits: |word| format!("{word:04x}") };
    if canonical {
        form = Form::Canonical;
    }
    let (mut len, mut skip, mut squeeze) = (None, 0, true);
    let mut own: Vec<Unit> = Vec::new();
    let mut opts = Opts::new(args, "bcCde:f:L::n:os:vx", LONG, "[options] <file>...");
    for opt in opts.by_ref() {
        match opt.code {
            'b' => form = Form::Bytes(|byte| format!("{byte:03o}")),
            'c' => form = Form::Bytes(character),
            'C' => form = Form::Canonical,
            'd' => form = Form::Words { width: 8, digits: |word| format!("{word:05}") },
            'o' => form = Form::Words { width: 8, digits: |word| format!("{word:06o}") },
            'x' => form = Form::Words { width: 8, digits: |word| format!("{word:04x}") },
            'e' => match parse(&opt.text()) {
                Some(units) => own.extend(units),
                None => guest::fail(format!("bad format {{{}}}", opt.text())),
            },
            'n' => len = Some(number(&opt.text())),
            's' => skip = number(&opt.text()),
            'v' => squeeze = false,
            _ => {}
        }
    }
    if !own.is_empty() {
        form = Form::Own(own);
    }
    let mut files = opts.operands();
    if files.is_empty() {
        files.push("-".into());
    }
    let mut data = Vec::new();
    let mut failed = 0;
    for file in &files {
        match input::read_all(file) {
            Ok(bytes) => data.extend(bytes),
            Err(error) => {
                guest::warn(format!("{}: {}", file.to_string_lossy(), guest::strerror(&error)));
                failed += 1;
            }
        }
    }
    if failed == files.len() {
        guest::warn("all input file arguments failed");
        return 1;
    }
    let skip = skip.min(data.len());
    let end = len.map_or(data.len(), |len| (skip + len).min(data.len()));
    show(&data[skip..end], skip, &form, squeeze);
    i32::from(failed > 0)
}

fn number(text: &str) -> usize {
    match text.strip_prefix("0x") {
        Some(hex) => usize::from_str_radix(hex, 16).unwrap_or(0),
        None => guest::number::with_suffix(text, true).unwrap_or(0) as usize,
    }
}

fn character(byte: u8) -> String {
    match byte {
        0 => "\\0".into(),
        7 => "\\a".into(),
        8 => "\\b".into(),
        9 => "\\t".into(),
        10 => "\\n".into(),
        11 => "\\v".into(),
        12 => "\\f".into(),
        13 => "\\r".into(),
        0x20..0x7f => char::from(byte).into(),
        _ => format!("{byte:03o}"),
    }
}

fn show(data: &[u8], start: usize, form: &Form, squeeze: bool) {
    let block = match form {
        Form::Own(units) => units.iter().map(|unit| unit.times * unit.size).sum::<usize>().max(1),
        _ => 16,
    };
    let mut before: Option<&[u8]> = None;
    let mut starred = false;
    for (number, line) in data.chunks(block).enumerate() {
        if squeeze && before == Some(line) && line.len() == block {
            if !starred {
                out::line("*");
                starred = true;
            }
            continue;
        }
        starred = false;
        before = Some(line);
        one(line, start + number * block, form);
    }
    match form {
        Form::Own(_) => {}
        _ if data.is_empty() => {}
        Form::Canonical => out::line(format!("{:08x}", start + data.len())),
        _ => out::line(format!("{:07x}", start + data.len())),
    }
}

fn one(line: &[u8], at: usize, form: &Form) {
    match form {
        Form::Words { width, digits } => {
            let cells: String = line
                .chunks(2)
                .map(|pair| {
                    let word = u16::from_le_bytes([pair[0], pair.get(1).copied().unwrap_or(0)]);
                    format!("{:>width$}", digits(word))
                })
                .collect();
            let whole = width * 8;
            out::line(format!("{at:07x}{cells:<whole$}"));
        }
        Form::Bytes(digits) => {
            let cells: String = line.iter().map(|byte| format!("{:>4}", digits(*byte))).collect();
            out::line(format!("{at:07x}{cells:<64}"));
        }
        Form::Canonical => {
            let mut cells = String::new();
            for (index, byte) in line.iter().enumerate() {
                cells.push_str(if index % 8 == 0 { "  " } else { " " });
                cells.push_str(&format!("{byte:02x}"));
            }
            let plain =
                |byte: &u8| if (0x20..0x7f).contains(byte) { char::from(*byte) } else { '.' };
            let text: String = line.iter().map(plain).collect();
            out::line(format!("{at:08x}{cells:<50}  |{text}|"));
        }
        Form::Own(units) => {
            let mut rest = line;
            for unit in units {
                if unit.size == 0 {
                    // An address takes no bytes.
                    out::put(print(&unit.format, &[], at));
                    continue;
                }
                for time in 0..unit.times {
                    let Some((cell, behind)) = rest.split_at_checked(unit.size.min(rest.len()))
                    else {
                        break;
                    };
                    rest = behind;
                    let last = time + 1 == unit.times && unit.times > 1;
                    let mut text = print(&unit.format, cell, at);
                    if cell.is_empty() {
                        // What is missing at the end is blank.
                        text = if unit.format.contains("%_") {
                            String::new()
                        } else {
                            " ".repeat(text.chars().count())
                        };
                    }
                    // White space behind the last repetition is left out.
                    let behind = unit.format.len() - unit.format.trim_end_matches(' ').len();
                    text.truncate(text.len() - if last { behind } else { 0 });
                    out::put(text);
                }
            }
        }
    }
}

/// One application of a format.
fn print(format: &str, cell: &[u8], at: usize) -> String {
    let mut value = 0u64;
    for (index, byte) in cell.iter().enumerate() {
        value |= u64::from(*byte) << (8 * index.min(7));
    }
    let mut text = String::new();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            text.push(c);
            continue;
        }
        let mut spec = String::new();
        while let Some(c) = chars.peek().copied() {
            if c.is_ascii_digit() || "-+ #.".contains(c) {
                spec.push(c);
                chars.next();
            } else {
                break;
            }
        }
        let Some(kind) = chars.next() else { break };
        let body = match kind {
            'x' => format!("{value:x}"),
            'X' => format!("{value:X}"),
            'o' => format!("{value:o}"),
            'd' | 'i' => {
                let shift = 64 - 8 * cell.len().min(8) as u32;
                (((value << shift) as i64) >> shift).to_string()
            }
            'u' => value.to_string(),
            'c' => char::from(value as u8).to_string(),
            's' => String::from_utf8_lossy(cell).into_owned(),
            '_' => match chars.next() {
                Some('a') => {
                    let kind = chars.next();
                    match kind {
                        Some('d') => at.to_string(),
                        Some('o') => format!("{at:o}"),
                        _ => format!("{at:x}"),
                    }
                }
                Some('p') => {
                    let byte = value as u8;
                    let c = if (0x20..0x7f).contains(&byte) { char::from(byte) } else { '.' };
                    c.to_string()
                }
                Some('c') => character(value as u8),
                _ => String::new(),
            },
            '%' => "%".into(),
            _ => String::new(),
        };
        let left = spec.starts_with('-');
        let zero = spec.trim_start_matches(['-', '+', ' ', '#']).starts_with('0');
        let number = spec.trim_start_matches(['-', '+', ' ', '#']);
        let (width, precision) = number.split_once('.').unwrap_or((number, ""));
        let width: usize = width.parse().unwrap_or(0);
        let precision: usize = precision.parse().unwrap_or(0);
        let body = if matches!(kind, 'x' | 'X' | 'o' | 'd' | 'i' | 'u') && body.len() < precision {
            format!("{body:0>precision$}")
        } else {
            body
        };
        text.push_str(&match (left, zero) {
            (true, _) => format!("{body:<width$}"),
            (_, true) => format!("{body:0>width$}"),
            _ => format!("{body:>width$}"),
        });
    }
    text
}

/// Whether the only conversion is that of the address.
fn is_address(format: &str) -> bool {
    let mut conversions = format.split('%').skip(1);
    format.contains('%')
        && conversions.all(|text| {
            text.trim_start_matches(|c: char| c.is_ascii_digit() || ".-".contains(c))
                .starts_with("_a")
        })
}

/// Reads `[TIMES/][SIZE] "FORMAT"` any number of times.
fn parse(text: &str) -> Option<Vec<Unit>> {
    let mut units = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let quote = rest.find('"')?;
        let counts = rest[..quote].trim();
        let mut format = String::new();
        let mut chars = rest[quote + 1..].char_indices();
        let end = loop {
            match chars.next()? {
                (at, '"') => break quote + 1 + at + 1,
                (_, '\\') => match chars.next()?.1 {
                    'n' => format.push('\n'),
                    't' => format.push('\t'),
                    'r' => format.push('\r'),
                    '0' => format.push('\0'),
                    other => format.push(other),
                },
                (_, c) => format.push(c),
            }
        };
        let (times, size) = match counts.split_once('/') {
            Some((times, size)) => (times.trim(), size.trim()),
            None => (counts, ""),
        };
        let converts = format.replace("%%", "").contains('%');
        let byte_sized = ["%_p", "%_c", "%c", "%_u"].iter().any(|kind| format.contains(kind));
        let address_only = is_address(&format);
        let default = if !converts || address_only {
            0
        } else if byte_sized {
            1
        } else {
            4
        };
        units.push(Unit {
            times: if times.is_empty() { 1 } else { times.parse().ok()? },
            size: if size.is_empty() { default } else { size.parse().ok()? },
            format,
        });
        rest = rest[end..].trim_start();
    }
    Some(units)
}
