//! `head`: the first lines or bytes.

use guest::{Arg, Failed, Long, Opts, bytes, input, number, out, quote};
use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{self, BufRead, Read};

const LONG: &[Long] = &[
    Long("bytes", Arg::Yes, 'c'),
    Long("lines", Arg::Yes, 'n'),
    Long("quiet", Arg::No, 'q'),
    Long("silent", Arg::No, 'q'),
    Long("verbose", Arg::No, 'v'),
    Long("zero-terminated", Arg::No, 'z'),
];

struct Head {
    by_bytes: bool,
    /// All but the last `count` instead of the first.
    from_end: bool,
    count: u64,
    end: u8,
}

/// Runs `head`.
pub fn run(mut args: Vec<OsString>) -> i32 {
    let mut head = Head { by_bytes: false, from_end: false, count: 10, end: b'\n' };
    let (mut quiet, mut verbose) = (false, false);
    if let Some(modern) = args.first().and_then(|first| old_style(bytes(first))) {
        args.splice(..1, modern);
    }
    let mut opts = Opts::new(args, "c:n:qvz", LONG, "[OPTION]... [FILE]...");
    for opt in opts.by_ref() {
        match opt.code {
            'c' | 'n' => {
                head.by_bytes = opt.code == 'c';
                let text = opt.text();
                let digits = text.strip_prefix('-');
                head.from_end = digits.is_some();
                let digits = digits.unwrap_or(&text);
                head.count =
                    count(digits.strip_prefix('+').unwrap_or(digits), &text, head.by_bytes);
            }
            'q' => (quiet, verbose) = (true, false),
            'v' => (quiet, verbose) = (false, true),
            _ => head.end = 0,
        }
    }
    let mut files = opts.operands();
    if files.is_empty() {
        files.push("-".into());
    }
    let headers = verbose || (!quiet && files.len() > 1);
    let mut failed = Failed::default();
    let mut first = true;
    for file in &files {
        let mut source = match input::open(file) {
            Ok(source) => source,
            Err(error) => {
                failed.say(format!(
                    "cannot open {} for reading: {}",
                    quote::always(file),
                    guest::strerror(&error)
                ));
                continue;
            }
        };
        if headers {
            header(file, first);
        }
        first = false;
        if let Err(error) = head.copy(&mut source) {
            failed.say(format!(
                "error reading {}: {}",
                quote::always(file),
                guest::strerror(&error)
            ));
        }
    }
    failed.status()
}

/// `==> NAME <==`, after an empty line unless it is the first.
pub fn header(file: &OsString, first: bool) {
    out::put(if first { "==> " } else { "\n==> " });
    out::put(if file == "-" { b"standard input" } else { bytes(file) });
    out::put(" <==\n");
}

/// `-5`, `-5c` and the like: what they are written as today.
fn old_style(arg: &[u8]) -> Option<Vec<OsString>> {
    let [b'-', rest @ ..] = arg else { return None };
    let digits = rest.iter().take_while(|c| c.is_ascii_digit()).count();
    if digits == 0 {
        return None;
    }
    let (digits, letters) = rest.split_at(digits);
    let mut option = b"-n".to_vec();
    let mut unit = b"".as_slice();
    let mut more = Vec::new();
    for letter in letters {
        match letter {
            b'c' => option = b"-c".to_vec(),
            b'l' => option = b"-n".to_vec(),
            b'k' => (option, unit) = (b"-c".to_vec(), b"k"),
            b'm' => (option, unit) = (b"-c".to_vec(), b"m"),
            b'b' => (option, unit) = (b"-c".to_vec(), b"b"),
            b'q' => more.push("-q".into()),
            b'v' => more.push("-v".into()),
            b'z' => more.push("-z".into()),
            _ => {
                let letter = String::from_utf8_lossy(&[*letter]).into_owned();
                guest::warn(format!("invalid trailing option -- {letter}"));
                guest::try_help();
            }
        }
    }
    more.push(guest::os([&option, digits, unit].concat()));
    Some(more)
}

/// Reads a number of lines or bytes, or ends the program as `head` and `tail` do.
pub fn count(digits: &str, shown: &str, by_bytes: bool) -> u64 {
    match number::with_suffix(digits, true) {
        Ok(count) => count,
        Err(error) => {
            let what = if by_bytes { "bytes" } else { "lines" };
            let overflow = match error {
                number::NotNumber::Overflow => ": Value too large for defined data type",
                number::NotNumber::Invalid => "",
            };
            let shown = shown.strip_prefix('-').unwrap_or(shown);
            guest::fail(format!("invalid number of {what}: {}{overflow}", quote::locale(shown)))
        }
    }
}

impl Head {
    fn copy(&self, source: &mut impl BufRead) -> io::Result<()> {
        match (self.by_bytes, self.from_end) {
            (true, false) => io::copy(&mut source.take(self.count), &mut out::Out).map(drop),
            (false, false) => {
                let mut line = Vec::new();
                for _ in 0..self.count {
                    if !input::read_line(source, self.end, &mut line)? {
                        break;
                    }
                    out::put(&line);
                }
                Ok(())
            }
            (true, true) => {
                let mut text = Vec::new();
                source.read_to_end(&mut text)?;
                let keep = (text.len() as u64).saturating_sub(self.count);
                out::put(&text[..keep as usize]);
                Ok(())
            }
            (false, true) => {
                let mut held = VecDeque::new();
                let mut line = Vec::new();
                while input::read_line(source, self.end, &mut line)? {
                    held.push_back(line.clone());
                    if held.len() as u64 > self.count
                        && let Some(first) = held.pop_front()
                    {
                        out::put(first);
                    }
                }
                Ok(())
            }
        }
    }
}
