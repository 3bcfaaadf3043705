//! `xxd` of vim 9.0.

use std::ffi::OsString;
use std::fs;

use guest::{bytes, input, out};

#[derive(Default)]
struct Options {
    plain: bool,
    reverse: bool,
    include: bool,
    bits: bool,
    upper: bool,
    little: bool,
    autoskip: bool,
    decimal: bool,
    columns: Option<usize>,
    group: Option<usize>,
    len: Option<u64>,
    seek: i64,
    offset: u64,
    name: Option<String>,
}

/// Runs `xxd`.
pub fn run(args: Vec<OsString>) -> i32 {
    let mut options = Options::default();
    let mut files: Vec<OsString> = Vec::new();
    let mut args = args.into_iter();
    let mut only_files = false;
    while let Some(arg) = args.next() {
        let text = arg.to_string_lossy().into_owned();
        let letters = text.strip_prefix('-').filter(|rest| !rest.is_empty() && !only_files);
        let Some(letters) = letters else {
            files.push(arg);
            continue;
        };
        if letters == "-" {
            only_files = true;
            continue;
        }
        let name = letters.strip_prefix('-').unwrap_or(letters);
        let mut value = || -> String {
            let attached = &name[1..];
            if attached.starts_with(|c: char| c.is_ascii_digit() || "+-".contains(c)) {
                return attached.to_owned();
            }
            args.next().map(|arg| arg.to_string_lossy().into_owned()).unwrap_or_default()
        };
        match name {
            "ps" | "p" | "postscript" | "plain" => options.plain = true,
            _ if name.starts_with('c') => options.columns = Some(number(&value()) as usize),
            _ if name.starts_with('g') => options.group = Some(number(&value()) as usize),
            _ if name.starts_with('l') => options.len = Some(number(&value()) as u64),
            _ if name.starts_with('s') => options.seek = number(&value()),
            _ if name.starts_with('o') => options.offset = number(&value()) as u64,
            _ if name.starts_with('n') => options.name = Some(value()),
            _ if name.starts_with('r') => options.reverse = true,
            _ if name.starts_with('i') => options.include = true,
            _ if name.starts_with('b') => options.bits = true,
            _ if name.starts_with('u') => options.upper = true,
            _ if name.starts_with('e') => options.little = true,
            _ if name.starts_with('a') => options.autoskip = true,
            _ if name.starts_with('d') => options.decimal = true,
            _ => {
                out::flush();
                eprintln!("Usage:\n       xxd [options] [infile [outfile]]");
                return 1;
            }
        }
        if matches!(name, "rp" | "pr") {
            options.plain = true;
            options.reverse = true;
        }
    }
    let source = files.first().cloned().unwrap_or_else(|| "-".into());
    let data = match input::read_all(&source) {
        Ok(data) => data,
        Err(error) => {
            guest::warn(format!("{}: {}", source.to_string_lossy(), guest::strerror(&error)));
            return 2;
        }
    };
    let result =
        if options.reverse { restore(&data, &options) } else { dump(&data, &source, &options) };
    match files.get(1) {
        None => out::put(result),
        Some(target) => {
            if let Err(error) = fs::write(target, result) {
                guest::warn(format!("{}: {}", target.to_string_lossy(), guest::strerror(&error)));
                return 3;
            }
        }
    }
    0
}

/// A number as C writes them: `0x10`, `010`, `10`.
fn number(text: &str) -> i64 {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let value = if let Some(hex) = digits.strip_prefix("0x") {
        i64::from_str_radix(hex, 16)
    } else if digits.len() > 1 && digits.starts_with('0') {
        i64::from_str_radix(digits, 8)
    } else {
        digits.parse()
    };
    sign * value.unwrap_or(0)
}

fn dump(data: &[u8], source: &OsString, options: &Options) -> Vec<u8> {
    let start = if options.seek < 0 {
        data.len().saturating_sub(options.seek.unsigned_abs() as usize)
    } else {
        (options.seek as usize).min(data.len())
    };
    let mut part = &data[start..];
    if let Some(len) = options.len {
        part = &part[..part.len().min(len as usize)];
    }
    let digit =
        |byte: u8| if options.upper { format!("{byte:02X}") } else { format!("{byte:02x}") };
    let mut text = String::new();
    if options.plain {
        let columns = options.columns.unwrap_or(30);
        for line in part.chunks(if columns == 0 { part.len().max(1) } else { columns }) {
            text.extend(line.iter().map(|byte| digit(*byte)));
            text.push('\n');
        }
        return text.into_bytes();
    }
    if options.include {
        return include(part, source, options).into_bytes();
    }
    let columns =
        options.columns.filter(|columns| *columns > 0).unwrap_or(if options.bits { 6 } else { 16 });
    let group = options.group.unwrap_or(if options.bits {
        1
    } else if options.little {
        4
    } else {
        2
    });
    let group = if group == 0 { columns } else { group };
    let cell = if options.bits { 8 } else { 2 };
    let width = columns * cell + columns.div_ceil(group) - 1;
    let mut zeros = 0;
    let lines: Vec<&[u8]> = part.chunks(columns).collect();
    for (number, line) in lines.iter().enumerate() {
        let last = number + 1 == lines.len();
        if options.autoskip && !last && line.iter().all(|byte| *byte == 0) {
            zeros += 1;
            if zeros == 2 {
                text.push_str("*\n");
            }
            if zeros > 1 {
                continue;
            }
        } else {
            zeros = 0;
        }
        let at = (start + number * columns) as u64 + options.offset;
        text.push_str(&if options.decimal { format!("{at:08}: ") } else { format!("{at:08x}: ") });
        let mut cells = String::new();
        for (index, chunk) in line.chunks(group).enumerate() {
            if index > 0 {
                cells.push(' ');
            }
            let mut bytes: Vec<u8> = chunk.to_vec();
            if options.little {
                cells.push_str(&" ".repeat((group - chunk.len()) * cell));
                bytes.reverse();
            }
            for byte in bytes {
                cells.push_str(&if options.bits { format!("{byte:08b}") } else { digit(byte) });
            }
        }
        text.push_str(&format!("{cells:<width$}  "));
        text.extend(
            line.iter().map(
                |byte| {
                    if (0x20..0x7f).contains(byte) { char::from(*byte) } else { '.' }
                },
            ),
        );
        text.push('\n');
    }
    text.into_bytes()
}

/// A C array.
fn include(part: &[u8], source: &OsString, options: &Options) -> String {
    let name = options
        .name
        .clone()
        .or_else(|| (source != "-").then(|| String::from_utf8_lossy(bytes(source)).into_owned()));
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let name: Option<String> = name.map(|name| {
        let name: String = name.chars().map(plain).collect();
        if name.starts_with(|c: char| c.is_ascii_digit()) { format!("__{name}") } else { name }
    });
    let columns = options.columns.filter(|columns| *columns > 0).unwrap_or(12);
    let rows: Vec<String> = part
        .chunks(columns)
        .map(|row| {
            let cells = row.iter().map(|byte| {
                if options.upper { format!("0X{byte:02X}") } else { format!("0x{byte:02x}") }
            });
            format!("  {}", cells.collect::<Vec<_>>().join(", "))
        })
        .collect();
    let body = rows.join(",\n");
    match name {
        Some(name) => format!(
            "unsigned char {name}[] = {{\n{body}\n}};\nunsigned int {name}_len = {};\n",
            part.len()
        ),
        None => format!("{body}\n"),
    }
}

/// Bytes from a dump.
fn restore(text: &[u8], options: &Options) -> Vec<u8> {
    let hex = |b: u8| char::from(b).to_digit(16).map(|digit| digit as u8);
    let mut result = Vec::new();
    if options.plain {
        let mut half = None;
        for digit in text.iter().filter_map(|b| hex(*b)) {
            match half.take() {
                Some(high) => result.push(high << 4 | digit),
                None => half = Some(digit),
            }
        }
        return result;
    }
    let columns = options.columns.filter(|columns| *columns > 0).unwrap_or(16);
    for line in text.split(|b| *b == b'\n') {
        let Some(colon) = line.iter().position(|b| *b == b':') else { continue };
        let place = String::from_utf8_lossy(&line[..colon]).trim().to_owned();
        let Ok(at) = usize::from_str_radix(&place, 16) else { continue };
        let rest = &line[colon + 1..];
        let rest = rest.strip_prefix(b" ").unwrap_or(rest);
        let mut found = Vec::new();
        let (mut half, mut blanks) = (None, 0);
        for byte in rest {
            if *byte == b' ' {
                blanks += 1;
                if blanks == 2 {
                    break;
                }
                continue;
            }
            blanks = 0;
            let Some(digit) = hex(*byte) else { break };
            match half.take() {
                Some(high) => found.push(high << 4 | digit),
                None => half = Some(digit),
            }
            if found.len() == columns {
                break;
            }
        }
        if result.len() < at {
            result.resize(at, 0);
        }
        result.truncate(at);
        result.extend(found);
    }
    result
}
