//! `test` and `[`: conditions.

use guest::{Stat, bytes, quote};
use std::ffi::OsString;

type Answer = Result<bool, String>;

/// Runs `test`.
pub fn run(args: Vec<OsString>) -> i32 {
    answer(&args)
}

/// Runs `[`.
pub fn bracket(mut args: Vec<OsString>) -> i32 {
    guest::set_name("[");
    match args.pop() {
        Some(last) if last == "]" => answer(&args),
        _ => {
            guest::warn("missing ‘]’");
            2
        }
    }
}

fn answer(args: &[OsString]) -> i32 {
    let words: Vec<&[u8]> = args.iter().map(bytes).collect();
    match evaluate(&words) {
        Ok(true) => 0,
        Ok(false) => 1,
        Err(message) => {
            guest::warn(message);
            2
        }
    }
}

fn shown(word: &[u8]) -> String {
    quote::locale(&guest::os(word))
}

/// POSIX decides by the number of arguments; longer ones are an expression.
fn evaluate(words: &[&[u8]]) -> Answer {
    match words {
        [] => Ok(false),
        [one] => Ok(!one.is_empty()),
        [b"!", one] => Ok(one.is_empty()),
        [op, operand] => match unary(op, operand) {
            Some(answer) => answer,
            None if op.starts_with(b"-") => Err(format!("{}: unary operator expected", shown(op))),
            None => Err(format!("missing argument after {}", shown(operand))),
        },
        [a, op, b] if is_binary(op) => binary(a, op, b),
        [b"!", rest @ ..] if words.len() <= 4 => Ok(!evaluate(rest)?),
        [b"(", inner @ .., b")"] if words.len() <= 4 => evaluate(inner),
        [_, op @ (b"-a" | b"-o"), _] => {
            let (a, b) = (!words[0].is_empty(), !words[2].is_empty());
            Ok(if *op == b"-a" { a && b } else { a || b })
        }
        [_, op, _] => Err(format!("{}: binary operator expected", shown(op))),
        _ => {
            let mut expression = Expression { words, at: 0 };
            let answer = expression.or()?;
            match words.get(expression.at) {
                Some(extra) => Err(format!("extra argument {}", shown(extra))),
                None => Ok(answer),
            }
        }
    }
}

struct Expression<'a> {
    words: &'a [&'a [u8]],
    at: usize,
}

impl Expression<'_> {
    fn or(&mut self) -> Answer {
        let mut answer = self.and()?;
        while self.words.get(self.at) == Some(&b"-o".as_slice()) {
            self.at += 1;
            answer |= self.and()?;
        }
        Ok(answer)
    }

    fn and(&mut self) -> Answer {
        let mut answer = self.term()?;
        while self.words.get(self.at) == Some(&b"-a".as_slice()) {
            self.at += 1;
            answer &= self.term()?;
        }
        Ok(answer)
    }

    fn term(&mut self) -> Answer {
        let rest = &self.words[self.at..];
        match rest {
            [] => {
                let last = self.words.last().copied().unwrap_or_default();
                Err(format!("missing argument after {}", shown(last)))
            }
            [a, op, b, ..] if is_binary(op) => {
                self.at += 3;
                binary(a, op, b)
            }
            [b"!", ..] => {
                self.at += 1;
                Ok(!self.term()?)
            }
            [b"(", ..] => {
                self.at += 1;
                let answer = self.or()?;
                match self.words.get(self.at).copied() {
                    Some(b")") => {
                        self.at += 1;
                        Ok(answer)
                    }
                    Some(found) => {
                        Err(format!("‘)’ expected, found {}", quote::shell(&guest::os(found))))
                    }
                    None => Err("‘)’ expected".into()),
                }
            }
            [op, operand, ..] if let Some(answer) = unary(op, operand) => {
                self.at += 2;
                answer
            }
            [word, ..] => {
                self.at += 1;
                Ok(!word.is_empty())
            }
        }
    }
}

fn is_binary(op: &[u8]) -> bool {
    matches!(
        op,
        b"=" | b"=="
            | b"!="
            | b"-eq"
            | b"-ne"
            | b"-lt"
            | b"-le"
            | b"-gt"
            | b"-ge"
            | b"-nt"
            | b"-ot"
            | b"-ef"
    )
}

fn binary(a: &[u8], op: &[u8], b: &[u8]) -> Answer {
    let numbers = || Ok::<_, String>((integer(a)?, integer(b)?));
    let stat = |path: &[u8]| guest::stat(guest::os(path), true).ok();
    let time = |path: &[u8]| stat(path).map(|stat| stat.mtime);
    Ok(match op {
        b"=" | b"==" => a == b,
        b"!=" => a != b,

        b"-eq" => numbers().map(|(a, b)| a == b)?,
        b"-ne" => numbers().map(|(a, b)| a != b)?,
        b"-lt" => numbers().map(|(a, b)| a < b)?,
        b"-le" => numbers().map(|(a, b)| a <= b)?,
        b"-gt" => numbers().map(|(a, b)| a > b)?,
        b"-ge" => numbers().map(|(a, b)| a >= b)?,
        b"-nt" => time(a) > time(b),
        b"-ot" => time(a) < time(b),
        _ => match (stat(a), stat(b)) {
            (Some(a), Some(b)) => a.same_file(&b),
            _ => false,
        },
    })
}

fn integer(word: &[u8]) -> Result<i128, String> {
    let text = String::from_utf8_lossy(word);
    text.trim().parse().map_err(|_| format!("invalid integer {}", shown(word)))
}

/// `None` if it is no unary operator.
fn unary(op: &[u8], operand: &[u8]) -> Option<Answer> {
    let [b'-', letter] = op else { return None };
    let path = guest::os(operand);
    let stat = |follow| guest::stat(&path, follow);
    let is = |holds: fn(&Stat) -> bool| stat(true).is_ok_and(|stat| holds(&stat));
    let kind = |bits: u32| stat(true).is_ok_and(|stat| stat.mode & 0o170000 == bits);
    Some(Ok(match letter {
        b'n' => !operand.is_empty(),
        b'z' => operand.is_empty(),
        b'e' => stat(true).is_ok(),
        b'f' => is(Stat::is_file),
        b'd' => is(Stat::is_dir),
        b'h' | b'L' => stat(false).is_ok_and(|stat| stat.is_symlink()),
        b's' => is(|stat| stat.size > 0),
        b'b' => kind(0o060000),
        b'c' => kind(0o020000),
        b'p' => kind(0o010000),
        b'S' => kind(0o140000),
        b'u' => is(|stat| stat.mode & 0o4000 != 0),
        b'g' => is(|stat| stat.mode & 0o2000 != 0),
        b'k' => is(|stat| stat.mode & 0o1000 != 0),
        b'r' => is(|stat| allowed(stat, 4)),
        b'w' => is(|stat| allowed(stat, 2)),
        b'x' => is(|stat| allowed(stat, 1)),
        b'O' => is(|stat| stat.uid == guest::getuid()),
        b'G' => is(|stat| stat.gid == guest::getgid()),
        b'N' => is(|stat| stat.mtime > stat.atime),
        b't' => match integer(operand) {
            Ok(fd) => u32::try_from(fd).is_ok_and(guest::isatty),
            Err(message) => return Some(Err(message)),
        },
        _ => return None,
    }))
}

/// What the permission bits allow this process: root may do all but run what nobody may run.
fn allowed(stat: &Stat, bit: u32) -> bool {
    let uid = guest::getuid();
    if uid == 0 {
        return bit != 1 || stat.is_dir() || stat.mode & 0o111 != 0;
    }
    let shift = if stat.uid == uid {
        6
    } else if stat.gid == guest::getgid() || guest::getgroups().contains(&stat.gid) {
        3
    } else {
        0
    };
    stat.mode >> shift & bit != 0
}
