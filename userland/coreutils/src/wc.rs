//! `wc`: lines, words, characters and bytes.

use guest::{Arg, Failed, Long, Opts, bytes, input, out, quote};
use std::ffi::OsString;
use std::io::{self, Read};

const LONG: &[Long] = &[
    Long("bytes", Arg::No, 'c'),
    Long("chars", Arg::No, 'm'),
    Long("files0-from", Arg::Yes, '0'),
    Long("lines", Arg::No, 'l'),
    Long("max-line-length", Arg::No, 'L'),
    Long("words", Arg::No, 'w'),
];

#[derive(Clone, Copy, Default)]
struct Counts {
    lines: u64,
    words: u64,
    chars: u64,
    bytes: u64,
    longest: u64,
}

/// Runs `wc`.
pub fn run(args: Vec<OsString>) -> i32 {
    let mut asked = [false; 5];
    let mut list = None;
    let mut opts = Opts::new(args, "clLmw", LONG, "[OPTION]... [FILE]...");
    for opt in opts.by_ref() {
        match opt.code {
            'l' => asked[0] = true,
            'w' => asked[1] = true,
            'm' => asked[2] = true,
            'c' => asked[3] = true,
            'L' => asked[4] = true,
            _ => list = opt.value,
        }
    }
    if asked == [false; 5] {
        asked = [true, true, false, true, false];
    }
    let mut failed = Failed::default();
    let mut files: Vec<Option<OsString>> = opts.operands().into_iter().map(Some).collect();
    if let Some(list) = list {
        match input::read_all(&list) {
            Ok(text) => {
                let names = text.split(|&c| c == 0).filter(|name| !name.is_empty());
                files = names.map(|name| Some(guest::os(name))).collect();
            }
            Err(error) => guest::fail(format!(
                "cannot open {} for reading: {}",
                quote::always(&list),
                guest::strerror(&error)
            )),
        }
    } else if files.is_empty() {
        files.push(None);
    }
    let width = width(&files, asked);
    let mut total = Counts::default();
    for file in &files {
        let path = file.clone().unwrap_or_else(|| "-".into());
        let (counts, error) = count(&path);
        if let Some(error) = error {
            failed.path(&path, &error);
            if error.kind() != io::ErrorKind::IsADirectory {
                continue;
            }
        }
        print(&counts, asked, width, file.as_ref());
        total.lines += counts.lines;
        total.words += counts.words;
        total.chars += counts.chars;
        total.bytes += counts.bytes;
        total.longest = total.longest.max(counts.longest);
    }
    if files.len() > 1 {
        print(&total, asked, width, Some(&"total".into()));
    }
    failed.status()
}

/// As wide as the sum of all sizes; at least 7 where a size is not known beforehand.
fn width(files: &[Option<OsString>], asked: [bool; 5]) -> usize {
    if files.len() == 1 && asked.iter().filter(|asked| **asked).count() == 1 {
        return 1;
    }
    let (mut least, mut sum) = (1, 0);
    for file in files {
        let stat = match file {
            Some(path) if path != "-" => guest::stat(path, true),
            _ => guest::fstat(0),
        };
        match stat {
            Ok(stat) if stat.is_file() => sum += stat.size,
            Ok(_) => least = 7,
            Err(_) => {}
        }
    }
    sum.to_string().len().max(least)
}

fn count(path: &OsString) -> (Counts, Option<io::Error>) {
    let mut counts = Counts::default();
    let mut source = match input::open(path) {
        Ok(source) => source.into_inner(),
        Err(error) => return (counts, Some(error)),
    };
    let mut buffer = vec![0; 32 * 1024];
    let (mut in_word, mut column, mut pending) = (false, 0, Vec::new());
    loop {
        let len = match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(len) => len,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return (counts, Some(error)),
        };
        counts.bytes += len as u64;
        pending.extend_from_slice(&buffer[..len]);
        let used = scan(&pending, &mut counts, &mut in_word, &mut column);
        pending.drain(..used);
    }
    counts.words += u64::from(in_word);
    counts.longest = counts.longest.max(column);
    (counts, None)
}

/// Counts what is complete; the start of a character at the end is left for the next time.
fn scan(text: &[u8], counts: &mut Counts, in_word: &mut bool, column: &mut u64) -> usize {
    let incomplete = match std::str::from_utf8(text) {
        Err(error) if error.error_len().is_none() => text.len() - error.valid_up_to(),
        _ => match text.utf8_chunks().last().map(|chunk| chunk.invalid()) {
            Some(tail @ [0xc2..=0xf4, ..]) if tail.len() < 4 => match std::str::from_utf8(tail) {
                Err(error) if error.error_len().is_none() => tail.len(),
                _ => 0,
            },
            _ => 0,
        },
    };
    let end = text.len() - incomplete;
    for chunk in text[..end].utf8_chunks() {
        for c in chunk.valid().chars() {
            counts.chars += 1;
            match c {
                '\n' | '\r' | '\x0c' => {
                    counts.lines += u64::from(c == '\n');
                    counts.longest = counts.longest.max(*column);
                    *column = 0;
                }
                '\t' => *column += 8 - *column % 8,
                c if c.is_control() => {}
                _ => *column += 1,
            }
            if c.is_whitespace() {
                counts.words += u64::from(*in_word);
                *in_word = false;
            } else if !c.is_control() {
                *in_word = true;
            }
        }
    }
    end
}

fn print(counts: &Counts, asked: [bool; 5], width: usize, name: Option<&OsString>) {
    let values = [counts.lines, counts.words, counts.chars, counts.bytes, counts.longest];
    let mut separator = "";
    for (value, _) in values.iter().zip(asked).filter(|(_, asked)| *asked) {
        out::put(format!("{separator}{value:width$}"));
        separator = " ";
    }
    if let Some(name) = name {
        out::put(" ");
        if bytes(name).contains(&b'\n') {
            out::put(quote::always(name));
        } else {
            out::put(bytes(name));
        }
    }
    out::put("\n");
}
