//! `printf`: arguments in a format.

use crate::escape::{self, Style};
use guest::float::Directive;
use guest::{Failed, bytes, out, quote};
use std::ffi::OsString;
use std::io::Write;

struct Printf<'a> {
    args: std::slice::Iter<'a, OsString>,
    failed: Failed,
}

/// Runs `printf`.
pub fn run(args: Vec<OsString>) -> i32 {
    let mut rest = args.as_slice();
    match rest.first().map(bytes) {
        Some(b"--help") if rest.len() == 1 => {
            out::line("Usage: printf FORMAT [ARGUMENT]...\n  or:  printf OPTION");
            return 0;
        }
        Some(b"--") => rest = &rest[1..],
        _ => {}
    }
    let [format, rest @ ..] = rest else { guest::missing_operand() };
    let mut printf = Printf { args: rest.iter(), failed: Failed::default() };
    loop {
        let before = printf.args.len();
        if printf.pass(bytes(format)) {
            return printf.failed.status();
        }
        if printf.args.len() == 0 {
            break;
        }
        if printf.args.len() == before {
            if let Some(extra) = printf.args.next() {
                guest::warn(format!(
                    "warning: ignoring excess arguments, starting with {}",
                    quote::locale(extra)
                ));
            }
            break;
        }
    }
    printf.failed.status()
}

impl Printf<'_> {
    /// Goes through the format once; true if output has to stop.
    fn pass(&mut self, format: &[u8]) -> bool {
        let mut rest = format;
        while let [c, tail @ ..] = rest {
            rest = tail;
            match c {
                b'\\' => match escape::one(tail, Style::Format) {
                    Some((text, used)) => {
                        out::put(text);
                        rest = &tail[used..];
                    }
                    None => return true,
                },
                b'%' if tail.first() == Some(&b'%') => {
                    out::put("%");
                    rest = &tail[1..];
                }
                b'%' => match self.directive(tail) {
                    Some(used) => rest = &tail[used..],
                    None => return true,
                },
                c => out::put([*c]),
            }
        }
        false
    }

    /// Writes one conversion; the answer is its length, or `None` if output has to stop.
    fn directive(&mut self, text: &[u8]) -> Option<usize> {
        let mut directive = Directive::default();
        let mut at = 0;
        while let Some(c) = text.get(at).filter(|c| b"-0+ #'".contains(c)) {
            directive.flag(char::from(*c));
            at += 1;
        }
        if text.get(at) == Some(&b'*') {
            at += 1;
            let width = self.integer_argument();
            directive.left |= width < 0;
            directive.width = width.unsigned_abs().min(1 << 20) as usize;
        } else {
            directive.width = number(text, &mut at);
        }
        if text.get(at) == Some(&b'.') {
            at += 1;
            if text.get(at) == Some(&b'*') {
                at += 1;
                directive.precision = usize::try_from(self.integer_argument()).ok();
            } else {
                directive.precision = Some(number(text, &mut at));
            }
        }
        while text.get(at).is_some_and(|c| b"hlLjzt".contains(c)) {
            at += 1;
        }
        let Some(letter) = text.get(at) else {
            let shown = String::from_utf8_lossy(&text[..at]).into_owned();
            out::flush();
            guest::fail(format!("%{shown}: invalid conversion specification"));
        };
        directive.letter = char::from(*letter);
        at += 1;
        match letter {
            b's' => {
                let argument = self.args.next().map(bytes).unwrap_or_default();
                self.text(&directive, argument);
            }
            b'c' => {
                let argument = self.args.next().map(bytes).unwrap_or_default();
                self.text(&directive, &argument[..argument.len().min(1)]);
            }
            b'b' => {
                let argument = self.args.next().map(bytes).unwrap_or_default();
                let mut expanded = Vec::new();
                let stop = escape::expand(argument, Style::Echo, &mut expanded);
                self.text(&directive, &expanded);
                if stop {
                    return None;
                }
            }
            b'q' => {
                let argument = self.args.next().cloned().unwrap_or_default();
                self.text(&directive, quote::shell(&argument).as_bytes());
            }
            b'd' | b'i' => {
                let value = self.integer_argument();
                self.integer(&directive, value < 0, value.unsigned_abs());
            }
            b'u' | b'o' | b'x' | b'X' => {
                let value = self.integer_argument();
                self.integer(&directive, false, value as u64 as u128);
            }
            b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => {
                let value = self.float_argument();
                out::put(directive.format(value));
            }
            _ => {
                let shown = String::from_utf8_lossy(&text[..at]).into_owned();
                guest::fail(format!("%{shown}: invalid conversion specification"));
            }
        }
        Some(at)
    }

    fn text(&self, directive: &Directive, text: &[u8]) {
        let text = &text[..directive.precision.unwrap_or(text.len()).min(text.len())];
        let missing = directive.width.saturating_sub(text.len());
        let mut output = out::Out;
        if !directive.left {
            out::put(" ".repeat(missing));
        }
        let _ = output.write_all(text);
        if directive.left {
            out::put(" ".repeat(missing));
        }
    }

    fn integer(&self, directive: &Directive, negative: bool, size: u128) {
        let mut digits = match directive.letter {
            'o' => format!("{size:o}"),
            'x' => format!("{size:x}"),
            'X' => format!("{size:X}"),
            _ => size.to_string(),
        };
        if let Some(precision) = directive.precision {
            digits = match (precision, size) {
                (0, 0) => String::new(),
                _ => format!("{digits:0>precision$}"),
            };
        }
        let prefix = match directive.letter {
            'x' if directive.alternate && size > 0 => "0x",
            'X' if directive.alternate && size > 0 => "0X",
            'o' if directive.alternate && !digits.starts_with('0') => "0",
            _ => "",
        };
        let unsigned = matches!(directive.letter, 'o' | 'x' | 'X' | 'u');
        let plain = Directive { plus: false, blank: false, ..directive.clone() };
        let directive = if unsigned { &plain } else { directive };
        let zero = directive.zero && directive.precision.is_none();
        out::put(directive.pad(negative, prefix, &digits, zero));
    }

    fn complain(&mut self, text: &str, what: &str) {
        self.failed.say(format!("{}: {what}", quote::locale(text)));
    }

    /// The next argument as an integer; `'c` is the code of c.
    fn integer_argument(&mut self) -> i128 {
        let Some(argument) = self.args.next() else { return 0 };
        let text = argument.to_string_lossy().into_owned();
        if let Some(code) = self.character(&text) {
            return code;
        }
        let trimmed = text.trim_start();
        let (negative, digits) = match trimmed.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, trimmed.strip_prefix('+').unwrap_or(trimmed)),
        };
        let (radix, digits) = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"))
        {
            Some(digits) => (16, digits),
            None if digits.starts_with('0') => (8, digits),
            None => (10, digits),
        };
        let len = digits.bytes().take_while(|c| char::from(*c).is_digit(radix)).count();
        let value = i128::from_str_radix(&digits[..len], radix).unwrap_or(0);
        if text.is_empty() {
            return 0;
        }
        if len == 0 {
            self.complain(&text, "expected a numeric value");
        } else if len < digits.len() {
            self.complain(&text, "value not completely converted");
        }
        let value = if negative { -value } else { value };
        if value > i128::from(u64::MAX) || value < i128::from(i64::MIN) {
            self.complain(&text, "Numerical result out of range");
            return value.clamp(i64::MIN.into(), i64::MAX.into());
        }
        value
    }

    fn float_argument(&mut self) -> f64 {
        let Some(argument) = self.args.next() else { return 0.0 };
        let text = argument.to_string_lossy().into_owned();
        if let Some(code) = self.character(&text) {
            return code as f64;
        }
        let trimmed = text.trim_start();
        let found = (1..=trimmed.len())
            .rev()
            .find_map(|len| Some((len, trimmed.get(..len)?.parse::<f64>().ok()?)));
        match found {
            Some((len, value)) => {
                if len < trimmed.len() {
                    self.complain(&text, "value not completely converted");
                }
                value
            }
            None => {
                self.complain(&text, "expected a numeric value");
                0.0
            }
        }
    }

    fn character(&mut self, text: &str) -> Option<i128> {
        let mut chars = text.strip_prefix(['\'', '"'])?.chars();
        let c = chars.next()?;
        let rest = chars.as_str();
        if !rest.is_empty() {
            guest::warn(format!(
                "warning: {rest}: character(s) following character constant have been ignored"
            ));
        }
        Some(u32::from(c).into())
    }
}

fn number(text: &[u8], at: &mut usize) -> usize {
    let mut value = 0usize;
    while let Some(digit) = text.get(*at).filter(|c| c.is_ascii_digit()) {
        value = (value * 10 + usize::from(digit - b'0')).min(1 << 20);
        *at += 1;
    }
    value
}
