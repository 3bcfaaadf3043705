//! `cmp`: the first byte that differs.

use guest::{Arg, Long, Opts, input, number, out};
use std::ffi::OsString;

const LONG: &[Long] = &[
    Long("bytes", Arg::Yes, 'n'),
    Long("ignore-initial", Arg::Yes, 'i'),
    Long("print-bytes", Arg::No, 'b'),
    Long("quiet", Arg::No, 's'),
    Long("silent", Arg::No, 's'),
    Long("verbose", Arg::No, 'l'),
];

/// Runs `cmp`.
pub fn run(args: Vec<OsString>) -> i32 {
    let (mut silent, mut verbose, mut print) = (false, false, false);
    let (mut skip, mut limit) = ([0usize; 2], usize::MAX);
    let mut opts = Opts::new(args, "bi:ln:s", LONG, "[OPTION]... FILE1 [FILE2 [SKIP1 [SKIP2]]]");
    let size = |text: &str, what: &str| match number::with_suffix(text, true) {
        Ok(size) => size as usize,
        Err(_) => {
            guest::warn(format!("invalid {what} value '{text}'"));
            crate::diff::misuse()
        }
    };
    opts.on_misuse(crate::diff::misuse);
    for opt in opts.by_ref() {
        match opt.code {
            's' => silent = true,
            'l' => verbose = true,
            'b' => print = true,
            'n' => limit = size(&opt.text(), "--bytes"),
            _ => {
                let text = opt.text();
                let (one, two) = text.split_once(':').unwrap_or((&text, &text));
                skip = [size(one, "--ignore-initial"), size(two, "--ignore-initial")];
            }
        }
    }
    let operands = opts.operands();
    let (one, two) = match operands.as_slice() {
        [] => {
            let name = guest::name();
            guest::warn(format!("missing operand after '{name}'"));
            crate::diff::misuse()
        }
        [one] => (one.clone(), OsString::from("-")),
        [one, two, rest @ ..] => {
            for (slot, text) in skip.iter_mut().zip(rest) {
                *slot = size(&text.to_string_lossy(), "--ignore-initial");
            }
            (one.clone(), two.clone())
        }
    };
    let same = |a: &OsString, b: &OsString| matches!((guest::stat(a, true), guest::stat(b, true)), (Ok(a), Ok(b)) if a.same_file(&b));
    if one != "-" && skip[0] == skip[1] && same(&one, &two) {
        return 0;
    }
    let read = |path: &OsString| match input::read_all(path) {
        Ok(text) => text,
        Err(error) => {
            if silent {
                guest::exit(2);
            }
            guest::fail(format!("{}: {}", path.to_string_lossy(), guest::strerror(&error)))
        }
    };
    let (a, b) = (read(&one), read(&two));
    let cut = |text: &[u8], skip: usize| {
        let text = text.get(skip..).unwrap_or_default();
        text[..limit.min(text.len())].to_vec()
    };
    let (a, b) = (cut(&a, skip[0]), cut(&b, skip[1]));
    let (one, two) = (one.to_string_lossy(), two.to_string_lossy());
    let common = a.len().min(b.len());
    let mut status = 0;
    let width = common.to_string().len();
    for at in (0..common).filter(|at| a[*at] != b[*at]) {
        status = 1;
        if silent {
            return 1;
        }
        let line = a[..at].iter().filter(|c| **c == b'\n').count() + 1;
        let (x, y) = (a[at], b[at]);
        if verbose {
            if print {
                out::line(format!("{:>width$} {x:3o} {:<4} {y:3o} {}", at + 1, shown(x), shown(y)));
            } else {
                out::line(format!("{:>width$} {x:3o} {y:3o}", at + 1));
            }
            continue;
        }
        if print {
            out::line(format!(
                "{one} {two} differ: byte {}, line {line} is {x:3o} {} {y:3o} {}",
                at + 1,
                shown(x),
                shown(y)
            ));
        } else {
            out::line(format!("{one} {two} differ: byte {}, line {line}", at + 1));
        }
        return 1;
    }
    if a.len() == b.len() {
        return status;
    }
    if silent {
        return 1;
    }
    let (short, text) = if a.len() < b.len() { (&one, &a) } else { (&two, &b) };
    if text.is_empty() {
        guest::warn(format!("EOF on {short} which is empty"));
    } else if verbose {
        guest::warn(format!("EOF on {short} after byte {}", text.len()));
    } else {
        let lines = text.iter().filter(|c| **c == b'\n').count();
        if text.last() == Some(&b'\n') {
            guest::warn(format!("EOF on {short} after byte {}, line {lines}", text.len()));
        } else {
            guest::warn(format!("EOF on {short} after byte {}, in line {}", text.len(), lines + 1));
        }
    }
    1
}

/// A byte as `cat -v` shows it.
fn shown(byte: u8) -> String {
    let (prefix, byte) = if byte >= 128 { ("M-", byte - 128) } else { ("", byte) };
    match byte {
        0..=31 => format!("{prefix}^{}", char::from(byte + 64)),
        127 => format!("{prefix}^?"),
        byte => format!("{prefix}{}", char::from(byte)),
    }
}
