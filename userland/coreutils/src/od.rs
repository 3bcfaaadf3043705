//! `od`: bytes in octal and other forms.

use guest::{Arg, Failed, Long, Opts, bytes, input, number, out, quote};
use std::ffi::OsString;
use std::io::Read as _;

const LONG: &[Long] = &[
    Long("address-radix", Arg::Yes, 'A'),
    Long("format", Arg::Yes, 't'),
    Long("output-duplicates", Arg::No, 'v'),
    Long("read-bytes", Arg::Yes, 'N'),
    Long("skip-bytes", Arg::Yes, 'j'),
    Long("width", Arg::Maybe, 'w'),
];

/// How bytes are shown: the letter of the type, how many make a unit, and whether the text follows.
#[derive(Clone, Copy)]
struct Form {
    letter: u8,
    size: usize,
    text: bool,
}

impl Form {
    /// The columns of one unit, without the blank before it.
    fn width(self) -> usize {
        match self.letter {
            b'a' | b'c' => 3,
            b'x' => self.size * 2,
            b'o' => [0, 3, 6, 0, 11, 0, 0, 0, 22][self.size],
            b'u' => [0, 3, 5, 0, 10, 0, 0, 0, 20][self.size],
            b'f' => {
                if self.size == 4 {
                    15
                } else {
                    24
                }
            }
            _ => [0, 4, 6, 0, 11, 0, 0, 0, 20][self.size],
        }
    }

    fn unit(self, bytes: &[u8]) -> String {
        let mut word = [0; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        let value = u64::from_le_bytes(word);
        let bits = 64 - self.size as u32 * 8;
        match self.letter {
            b'a' => named(bytes[0] & 0x7f),
            b'c' => character(bytes[0]),
            b'x' => format!("{value:0width$x}", width = self.size * 2),
            b'o' => format!("{value:0width$o}", width = self.width()),
            b'u' => value.to_string(),
            b'f' if self.size == 4 => float(f64::from(f32::from_bits(value as u32)), 8),
            b'f' => float(f64::from_bits(value), 17),
            _ => ((value << bits) as i64 >> bits).to_string(),
        }
    }
}

/// A number in as many digits as tell it from its neighbours.
fn float(value: f64, digits: usize) -> String {
    let directive =
        guest::float::Directive { precision: Some(digits), letter: 'g', ..Default::default() };
    directive.format(value)
}

fn named(byte: u8) -> String {
    const NAMES: [&str; 33] = [
        "nul", "soh", "stx", "etx", "eot", "enq", "ack", "bel", "bs", "ht", "nl", "vt", "ff", "cr",
        "so", "si", "dle", "dc1", "dc2", "dc3", "dc4", "nak", "syn", "etb", "can", "em", "sub",
        "esc", "fs", "gs", "rs", "us", "sp",
    ];
    match byte {
        0x7f => "del".into(),
        byte => NAMES
            .get(usize::from(byte))
            .map_or_else(|| char::from(byte).to_string(), |n| (*n).into()),
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
        0x20..=0x7e => char::from(byte).to_string(),
        _ => format!("{byte:03o}"),
    }
}

/// Runs `od`.
pub fn run(args: Vec<OsString>) -> i32 {
    let mut forms: Vec<Form> = Vec::new();
    let (mut radix, mut all, mut width) = (b'o', false, None);
    let (mut skip, mut limit) = (0u64, None::<u64>);
    let mut opts = Opts::new(args, "A:abcdfhiloj:N:S:t:vw::xs", LONG, "[OPTION]... [FILE]...");
    for opt in opts.by_ref() {
        let size = || {
            let text = opt.text();
            let hex =
                text.strip_prefix("0x").and_then(|digits| u64::from_str_radix(digits, 16).ok());
            hex.or_else(|| number::with_suffix(&text, true).ok()).unwrap_or_else(|| {
                guest::fail(format!(
                    "invalid -{} argument {}",
                    opt.code,
                    quote::locale(&opt.value())
                ))
            })
        };
        let mut form = |letter, size| forms.push(Form { letter, size, text: false });
        match opt.code {
            'A' => match bytes(&opt.value()).first() {
                Some(letter @ (b'd' | b'o' | b'x' | b'n')) => radix = *letter,
                _ => guest::fail(format!(
                    "invalid output address radix '{}'; it must be one character from [doxn]",
                    opt.text()
                )),
            },
            'a' => form(b'a', 1),
            'b' => form(b'o', 1),
            'c' => form(b'c', 1),
            'd' => form(b'u', 2),
            'f' => form(b'f', 8),
            'h' | 'x' => form(b'x', 2),
            'i' => form(b'd', 4),
            'l' => form(b'd', 8),
            'o' => form(b'o', 2),
            's' => form(b'd', 2),
            't' => forms.extend(parse(&opt.text())),
            'j' => skip = size(),
            'N' => limit = Some(size()),
            'v' => all = true,
            'w' => width = Some(if opt.value.is_some() { size() as usize } else { 32 }),
            _ => {}
        }
    }
    if forms.is_empty() {
        forms.push(Form { letter: b'o', size: 2, text: false });
    }
    let mut files = opts.operands();
    if files.is_empty() {
        files.push("-".into());
    }
    let mut failed = Failed::default();
    let mut data = Vec::new();
    for file in &files {
        let want = limit.map_or(u64::MAX, |limit| (skip + limit).saturating_sub(data.len() as u64));
        let read = input::open(file).and_then(|source| source.take(want).read_to_end(&mut data));
        if let Err(error) = read {
            failed.path(file, &error);
        }
    }
    if skip > data.len() as u64 {
        guest::fail("cannot skip past end of combined input");
    }
    let least = forms.iter().map(|form| form.size).max().unwrap_or(1);
    let width = width.unwrap_or(16).next_multiple_of(least).max(least);
    dump(&data[skip as usize..], skip, &forms, (radix, width, all));
    failed.status()
}

fn parse(text: &str) -> Vec<Form> {
    let mut forms = Vec::new();
    let mut rest = text.as_bytes();
    while let [letter, tail @ ..] = rest {
        rest = tail;
        let digits = rest.iter().take_while(|c| c.is_ascii_digit()).count();
        let size = std::str::from_utf8(&rest[..digits]).ok().and_then(|digits| digits.parse().ok());
        rest = &rest[digits..];
        let mut size = size.unwrap_or(match letter {
            b'a' | b'c' => 1,
            b'f' => 8,
            _ => 4,
        });
        if digits == 0
            && let [unit @ (b'C' | b'S' | b'I' | b'L' | b'F' | b'D'), tail @ ..] = rest
        {
            size = match unit {
                b'C' => 1,
                b'S' => 2,
                b'I' | b'F' => 4,
                _ => 8,
            };
            rest = tail;
        }
        if !b"acdfoux".contains(letter) {
            guest::fail(format!(
                "invalid character '{}' in type string {}",
                char::from(*letter),
                quote::locale(text)
            ));
        }
        if !matches!(size, 1 | 2 | 4 | 8) {
            guest::fail(format!(
                "invalid type string {};\nthis system doesn't provide a {size}-byte integral type",
                quote::locale(text)
            ));
        }
        let mut form = Form { letter: *letter, size, text: false };
        if let [b'z', tail @ ..] = rest {
            form.text = true;
            rest = tail;
        }
        forms.push(form);
    }
    forms
}

fn address(at: u64, radix: u8) -> String {
    match radix {
        b'd' => format!("{at:07}"),
        b'x' => format!("{at:06x}"),
        b'n' => String::new(),
        _ => format!("{at:07o}"),
    }
}

fn dump(data: &[u8], skip: u64, forms: &[Form], (radix, width, all): (u8, usize, bool)) {
    let mut before: Option<&[u8]> = None;
    let mut starred = false;
    let mut at = skip;
    for chunk in data.chunks(width) {
        let same = !all && chunk.len() == width && before == Some(chunk);
        if same {
            if !starred {
                out::line("*");
                starred = true;
            }
        } else {
            starred = false;
            print(chunk, &address(at, radix), forms, width);
        }
        before = Some(chunk);
        at += chunk.len() as u64;
    }
    if radix != b'n' {
        out::line(address(at, radix));
    }
}

fn print(chunk: &[u8], address: &str, forms: &[Form], width: usize) {
    // All forms share their columns: the widest byte decides.
    let least = forms.iter().map(|form| form.size).max().unwrap_or(1);
    let columns = |form: &Form| (form.width() + 1) * (least / form.size);
    let block = forms.iter().map(columns).max().unwrap_or(4);
    for (number, form) in forms.iter().enumerate() {
        let lead = if number == 0 { address.to_owned() } else { " ".repeat(address.len()) };
        let mut line = lead;
        let per_block = least / form.size;
        let units = width / form.size;
        for unit in 0..units {
            let start = unit * form.size;
            // The room of a block is shared by its units, what is over goes first.
            let inside = unit % per_block;
            let cell = block * (inside + 1) / per_block - block * inside / per_block;
            if start >= chunk.len() {
                if form.text {
                    line.push_str(&" ".repeat(cell));
                }
                continue;
            }
            let end = (start + form.size).min(chunk.len());
            let shown = form.unit(&chunk[start..end]);
            line.push_str(&format!("{shown:>cell$}"));
        }
        if form.text {
            let text: String = chunk
                .iter()
                .map(|byte| if (0x20..0x7f).contains(byte) { char::from(*byte) } else { '.' })
                .collect();
            line.push_str(&format!("  >{text}<"));
        }
        out::line(line);
    }
}
