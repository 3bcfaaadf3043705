//! `tr`: other characters for characters.

use guest::{Arg, Long, Opts, bytes, out, quote};
use std::ffi::OsString;
use std::io::{self, Read};

const LONG: &[Long] = &[
    Long("complement", Arg::No, 'c'),
    Long("delete", Arg::No, 'd'),
    Long("squeeze-repeats", Arg::No, 's'),
    Long("truncate-set1", Arg::No, 't'),
];

/// Runs `tr`.
pub fn run(args: Vec<OsString>) -> i32 {
    let (mut complement, mut delete, mut squeeze, mut truncate) = (false, false, false, false);
    let mut opts = Opts::new(args, "+cCdst", LONG, "[OPTION]... STRING1 [STRING2]");
    for opt in opts.by_ref() {
        match opt.code {
            'c' | 'C' => complement = true,
            'd' => delete = true,
            's' => squeeze = true,
            _ => truncate = true,
        }
    }
    let sets = opts.operands();
    let needed = if delete == squeeze { 2 } else { 1 };
    let most = if delete && !squeeze { 1 } else { 2 };
    if sets.is_empty() {
        guest::missing_operand();
    }
    if sets.len() < needed {
        guest::warn(format!("missing operand after {}", quote::locale(&sets[0])));
        out::flush();
        eprintln!(
            "{}",
            if squeeze {
                "Two strings must be given when both deleting and squeezing repeats."
            } else {
                "Two strings must be given when translating."
            }
        );
        guest::try_help();
    }
    if let Some(extra) = sets.get(most) {
        guest::warn(format!("extra operand {}", quote::locale(extra)));
        if most == 1 {
            out::flush();
            eprintln!("Only one string may be given when deleting without squeezing repeats.");
        }
        guest::try_help();
    }
    let mut first = expand(bytes(&sets[0]), None);
    if complement {
        first = (0..=255).filter(|c| !first.contains(c)).collect();
    }
    let translate = sets.len() == 2 && !delete;
    let mut second = match sets.get(1) {
        Some(set) => expand(bytes(set), translate.then_some(first.len())),
        None => Vec::new(),
    };
    let mut map: [u8; 256] = std::array::from_fn(|c| c as u8);
    if translate {
        if truncate {
            first.truncate(second.len());
        }
        match second.last() {
            Some(last) => {
                let last = *last;
                let class = bytes(&sets[1]);
                if second.len() < first.len() && class.ends_with(b":]") && !is_case(class) {
                    guest::fail(
                        "when translating with string1 longer than string2,\nthe latter string \
                         must not end with a character class",
                    );
                }
                second.resize(first.len().max(second.len()), last);
            }
            None if !first.is_empty() => {
                guest::fail("when not truncating set1, string2 must be non-empty");
            }
            None => {}
        }
        for (from, to) in first.iter().zip(&second) {
            map[usize::from(*from)] = *to;
        }
    }
    let mut dropped = [false; 256];
    if delete {
        first.iter().for_each(|c| dropped[usize::from(*c)] = true);
    }
    let mut squeezed = [false; 256];
    if squeeze {
        let set = if sets.len() == 2 { &second } else { &first };
        set.iter().for_each(|c| squeezed[usize::from(*c)] = true);
    }
    let mut buffer = vec![0; 32 * 1024];
    let mut last = None;
    let mut stdin = io::stdin().lock();
    loop {
        let len = match stdin.read(&mut buffer) {
            Ok(0) => return 0,
            Ok(len) => len,
            Err(error) => guest::fail(format!("read error: {}", guest::strerror(&error))),
        };
        let mut text = Vec::with_capacity(len);
        for c in &buffer[..len] {
            if dropped[usize::from(*c)] {
                continue;
            }
            let c = map[usize::from(*c)];
            if squeezed[usize::from(c)] && last == Some(c) {
                continue;
            }
            last = Some(c);
            text.push(c);
        }
        out::put(text);
    }
}

fn is_case(set: &[u8]) -> bool {
    set.ends_with(b"[:upper:]") || set.ends_with(b"[:lower:]")
}

/// The bytes of a set in their order; `fill` is how many there should be, for `[c*]`.
fn expand(text: &[u8], fill: Option<usize>) -> Vec<u8> {
    let mut set = Vec::new();
    let mut rest = text;
    let mut filler = None;
    while !rest.is_empty() {
        if let Some((members, used)) = class(rest) {
            set.extend(members);
            rest = &rest[used..];
            continue;
        }
        if let [b'[', inner @ ..] = rest {
            let (c, used) = single(inner);
            if let Some(tail) = inner.get(used..).and_then(|tail| tail.strip_prefix(b"*"))
                && let Some(close) = tail.iter().position(|c| *c == b']')
            {
                let digits = String::from_utf8_lossy(&tail[..close]).into_owned();
                let radix = if digits.starts_with('0') { 8 } else { 10 };
                let count = match digits.as_str() {
                    "" => Some(0),
                    digits => usize::from_str_radix(digits, radix).ok(),
                };
                if let Some(count) = count {
                    if count == 0 {
                        filler = Some((set.len(), c));
                    } else {
                        set.extend(std::iter::repeat_n(c, count));
                    }
                    rest = &tail[close + 1..];
                    continue;
                }
                guest::fail(format!(
                    "invalid repeat count {} in [c*n] construct",
                    quote::locale(&digits)
                ));
            }
        }
        let (first, used) = single(rest);
        rest = &rest[used..];
        if let [b'-', tail @ ..] = rest
            && !tail.is_empty()
        {
            let (last, used) = single(tail);
            if last < first {
                guest::fail(format!(
                    "range-endpoints of '{}-{}' are in reverse collating sequence order",
                    char::from(first),
                    char::from(last)
                ));
            }
            set.extend(first..=last);
            rest = &tail[used..];
        } else {
            set.push(first);
        }
    }
    if let (Some((at, c)), Some(wanted)) = (filler, fill) {
        let missing = wanted.saturating_sub(set.len());
        set.splice(at..at, std::iter::repeat_n(c, missing));
    }
    set
}

/// One byte or an escape, and how many bytes it takes.
fn single(text: &[u8]) -> (u8, usize) {
    let [b'\\', rest @ ..] = text else { return (text[0], 1) };
    let Some(c) = rest.first() else {
        guest::warn("warning: an unescaped backslash at end of string is not portable");
        return (b'\\', 1);
    };
    let byte = match c {
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'0'..=b'7' => {
            let (mut value, mut used) = (0u32, 0);
            while used < 3
                && let Some(digit @ b'0'..=b'7') = rest.get(used)
                && value * 8 + u32::from(digit - b'0') < 256
            {
                value = value * 8 + u32::from(digit - b'0');
                used += 1;
            }
            return (value as u8, 1 + used);
        }
        c => *c,
    };
    (byte, 2)
}

/// `[:class:]` and `[=c=]`.
fn class(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let inner = text.strip_prefix(b"[")?;
    if let [b'=', c, b'=', b']', ..] = inner {
        return Some((vec![*c], 5));
    }
    let inner = inner.strip_prefix(b":")?;
    let end = inner.windows(2).position(|pair| pair == b":]")?;
    let name = std::str::from_utf8(&inner[..end]).ok()?;
    let fits: fn(&u8) -> bool = match name {
        "alnum" => u8::is_ascii_alphanumeric,
        "alpha" => u8::is_ascii_alphabetic,
        "blank" => |c| matches!(c, b' ' | b'\t'),
        "cntrl" => u8::is_ascii_control,
        "digit" => u8::is_ascii_digit,
        "graph" => u8::is_ascii_graphic,
        "lower" => u8::is_ascii_lowercase,
        "print" => |c| (32..127).contains(c),
        "punct" => u8::is_ascii_punctuation,
        "space" => |c| matches!(c, b' ' | 9..=13),
        "upper" => u8::is_ascii_uppercase,
        "xdigit" => u8::is_ascii_hexdigit,
        _ => guest::fail(format!("invalid character class {}", quote::locale(name))),
    };
    Some(((0..=255).filter(fits).collect(), end + 4))
}
