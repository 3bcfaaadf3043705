//! `tail`: the last lines or bytes.

use crate::head;
use guest::{Arg, Failed, Long, Opts, bytes, input, out, quote};
use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{self, BufRead, Read};
use std::time::Duration;

const LONG: &[Long] = &[
    Long("bytes", Arg::Yes, 'c'),
    Long("follow", Arg::Maybe, 'f'),
    Long("lines", Arg::Yes, 'n'),
    Long("max-unchanged-stats", Arg::Yes, '#'),
    Long("pid", Arg::Yes, '#'),
    Long("quiet", Arg::No, 'q'),
    Long("retry", Arg::No, '#'),
    Long("silent", Arg::No, 'q'),
    Long("sleep-interval", Arg::Yes, 's'),
    Long("verbose", Arg::No, 'v'),
    Long("zero-terminated", Arg::No, 'z'),
];

struct Tail {
    by_bytes: bool,
    /// From this line or byte on, counted from 1, instead of the last ones.
    from_start: bool,
    count: u64,
    end: u8,
}

/// Runs `tail`.
pub fn run(mut args: Vec<OsString>) -> i32 {
    let mut tail = Tail { by_bytes: false, from_start: false, count: 10, end: b'\n' };
    let (mut quiet, mut verbose, mut follow) = (false, false, false);
    let mut pause = Duration::from_secs(1);
    if let Some(modern) = args.first().and_then(|first| old_style(bytes(first))) {
        args.splice(..1, modern);
    }
    let mut opts = Opts::new(args, "c:fFn:qs:vz", LONG, "[OPTION]... [FILE]...");
    for opt in opts.by_ref() {
        match opt.code {
            'c' | 'n' => {
                tail.by_bytes = opt.code == 'c';
                let text = opt.text();
                tail.from_start = text.starts_with('+');
                let digits = text.trim_start_matches(['+', '-']);
                tail.count = head::count(digits, &text, tail.by_bytes);
            }
            'f' | 'F' => follow = true,
            'q' => (quiet, verbose) = (true, false),
            's' => {
                let seconds = opt
                    .text()
                    .parse::<f64>()
                    .ok()
                    .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
                pause = seconds.unwrap_or_else(|| {
                    guest::fail(format!(
                        "invalid number of seconds: {}",
                        quote::locale(&opt.text())
                    ))
                });
            }
            'v' => (quiet, verbose) = (false, true),
            'z' => tail.end = 0,
            _ => {}
        }
    }
    let mut files = opts.operands();
    if files.is_empty() {
        files.push("-".into());
    }
    let headers = verbose || (!quiet && files.len() > 1);
    let mut failed = Failed::default();
    let mut open = Vec::new();
    let mut first = true;
    for (index, file) in files.iter().enumerate() {
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
            head::header(file, first);
        }
        first = false;
        if let Err(error) = tail.copy(&mut source) {
            failed.say(format!(
                "error reading {}: {}",
                quote::always(file),
                guest::strerror(&error)
            ));
        } else {
            open.push((index, source));
        }
    }
    if follow && open.is_empty() {
        failed.say("no files remaining");
    }
    let mut last = open.last().map(|(index, _)| *index);
    while follow && !open.is_empty() {
        for (index, source) in &mut open {
            let mut text = Vec::new();
            if source.read_to_end(&mut text).is_ok() && !text.is_empty() {
                if headers && last != Some(*index) {
                    head::header(&files[*index], false);
                    last = Some(*index);
                }
                out::put(text);
            }
        }
        out::flush();
        std::thread::sleep(pause);
    }
    failed.status()
}

/// `-5`, `+5`, `-5c` and `-5f`: what they are written as today.
fn old_style(arg: &[u8]) -> Option<Vec<OsString>> {
    let (sign, rest) = match arg {
        [b'+', rest @ ..] => ("+", rest),
        [b'-', rest @ ..] => ("", rest),
        _ => return None,
    };
    let digits = rest.iter().take_while(|c| c.is_ascii_digit()).count();
    let (digits, letters) = rest.split_at(digits);
    if digits.is_empty() {
        return None;
    }
    let (unit, follow) = match letters {
        [] | [b'l'] => ("-n", false),
        [b'c'] => ("-c", false),
        [b'f'] | [b'l', b'f'] => ("-n", true),
        [b'c', b'f'] => ("-c", true),
        _ => return None,
    };
    let mut modern = vec![guest::os([unit.as_bytes(), sign.as_bytes(), digits].concat())];
    if follow {
        modern.push("-f".into());
    }
    Some(modern)
}

impl Tail {
    fn copy(&self, source: &mut impl BufRead) -> io::Result<()> {
        let skip = self.count.saturating_sub(1);
        match (self.by_bytes, self.from_start) {
            (true, true) => {
                io::copy(&mut source.take(skip), &mut io::sink())?;
                io::copy(source, &mut out::Out).map(drop)
            }
            (false, true) => {
                let mut line = Vec::new();
                for _ in 0..skip {
                    if !input::read_line(source, self.end, &mut line)? {
                        return Ok(());
                    }
                }
                io::copy(source, &mut out::Out).map(drop)
            }
            (true, false) => {
                let mut text = Vec::new();
                source.read_to_end(&mut text)?;
                let from = (text.len() as u64).saturating_sub(self.count);
                out::put(&text[from as usize..]);
                Ok(())
            }
            (false, false) => {
                let mut held = VecDeque::new();
                let mut line = Vec::new();
                while input::read_line(source, self.end, &mut line)? {
                    held.push_back(std::mem::take(&mut line));
                    if held.len() as u64 > self.count {
                        held.pop_front();
                    }
                }
                held.iter().for_each(out::put);
                Ok(())
            }
        }
    }
}
