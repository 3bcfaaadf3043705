//! `printf`.

use super::echo::unescape;
use crate::Personality;
use crate::expand::quote;
use crate::shell::{Run, Shell};
use crate::syntax::ansi::{Escape, escape};

pub(super) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let mut rest = &args[1..];
    let mut variable = None;
    if shell.is_bash() && rest.first().is_some_and(|arg| arg == b"-v") && rest.len() > 2 {
        variable = Some(crate::text::decode(&rest[1]).into_owned());
        rest = &rest[2..];
    }
    if rest.first().is_some_and(|arg| arg == b"--") {
        rest = &rest[1..];
    } else if shell.is_dash()
        && let Some([b'-', letter, ..]) = rest.first().map(Vec::as_slice)
    {
        return super::bad_option(shell, &args[0], *letter, "");
    }
    let Some((format, values)) = rest.split_first() else {
        let usage: &[u8] = match shell.state.personality {
            Personality::Bash => b"printf: usage: printf [-v var] format [arguments]\n",
            Personality::Ash => b"ash: usage: printf FORMAT [ARGUMENT...]\n",
            Personality::Dash => {
                shell.complain_as(&args[0], "usage: printf format [arg ...]");
                return Ok(2);
            }
        };
        shell.write_error(usage);
        return Ok(2);
    };
    let mut printf =
        Printf { shell, name: &args[0], values, at: 0, out: Vec::new(), status: 0, ended: false };
    loop {
        let before = printf.at;
        printf.format(format)?;
        // The format is used again while there are arguments and it takes some.
        if printf.ended || printf.at >= values.len() || printf.at == before {
            break;
        }
    }
    let (out, status) = (printf.out, printf.status);
    if let Some(variable) = variable {
        match variable.split_once('[') {
            Some((name, index)) => {
                let index = index.trim_end_matches(']').as_bytes().to_vec();
                shell.assign_element(name, &index, out, false)?;
            }
            None => shell.assign(&variable, out)?,
        }
        return Ok(status);
    }
    Ok(shell.print(&args[0], &out)?.max(status))
}

struct Printf<'p, 's, 'a> {
    shell: &'s mut Shell<'a>,
    name: &'p [u8],
    values: &'p [Vec<u8>],
    at: usize,
    out: Vec<u8>,
    status: u8,
    /// `\c` in a `%b`.
    ended: bool,
}

/// Flags, width and precision of a conversion.
#[derive(Default)]
struct Spec {
    left: bool,
    plus: bool,
    space: bool,
    zero: bool,
    alternate: bool,
    width: usize,
    precision: Option<usize>,
}

impl Printf<'_, '_, '_> {
    fn next(&mut self) -> Option<Vec<u8>> {
        let value = self.values.get(self.at).cloned();
        self.at += 1;
        value
    }

    fn format(&mut self, format: &[u8]) -> Run<()> {
        let mut i = 0;
        while i < format.len() && !self.ended {
            match format[i] {
                b'\\' if i + 1 < format.len() => i += 1 + self.escape(&format[i + 1..]),
                b'%' if format.get(i + 1) == Some(&b'%') => {
                    self.out.push(b'%');
                    i += 2;
                }
                b'%' => i = self.conversion(format, i + 1)?,
                byte => {
                    self.out.push(byte);
                    i += 1;
                }
            }
        }
        Ok(())
    }

    fn escape(&mut self, rest: &[u8]) -> usize {
        if rest[0] == b'c' && !self.shell.is_bash() {
            self.ended = true;
            return 1;
        }
        match escape(rest, !self.shell.is_dash()) {
            Some((Escape::Byte(byte), len)) => {
                self.out.push(byte);
                len
            }
            Some((Escape::Char(c), len)) => {
                self.out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                len
            }
            None if rest[0] == b'"' || rest[0] == b'\'' => {
                self.out.push(rest[0]);
                1
            }
            None => {
                self.out.push(b'\\');
                0
            }
        }
    }

    fn conversion(&mut self, format: &[u8], mut i: usize) -> Run<usize> {
        let start = i;
        let mut spec = Spec::default();
        while let Some(flag) = format.get(i) {
            match flag {
                b'-' => spec.left = true,
                b'+' => spec.plus = true,
                b' ' => spec.space = true,
                b'0' => spec.zero = true,
                b'#' => spec.alternate = true,
                _ => break,
            }
            i += 1;
        }
        let (width, next) = self.size(format, i)?;
        i = next;
        if let Some(width) = width {
            spec.left |= width < 0;
            spec.width = width.unsigned_abs().min(1 << 20) as usize;
        }
        if format.get(i) == Some(&b'.') {
            let (precision, next) = self.size(format, i + 1)?;
            i = next;
            spec.precision = match precision.unwrap_or(0) {
                n if n < 0 => None,
                n => Some(n.min(1 << 20) as usize),
            };
        }
        // dash knows no sizes of numbers.
        while !self.shell.is_dash()
            && matches!(format.get(i), Some(b'h' | b'l' | b'L' | b'j' | b't' | b'z'))
        {
            i += 1;
        }
        let Some(&kind) = format.get(i) else {
            let shown = crate::text::lossy(&format[start..]).into_owned();
            let text = match self.shell.state.personality {
                Personality::Bash => format!("`%{shown}': missing format character"),
                _ => "missing format character".to_owned(),
            };
            self.shell.complain_as(self.name, text);
            (self.status, self.ended) = (if self.shell.is_dash() { 2 } else { 1 }, true);
            return Ok(i);
        };
        if kind == b'('
            && self.shell.is_bash()
            && let Some(end) = format[i..].windows(2).position(|end| end == b")T")
        {
            self.time(&format[i + 1..i + end], &spec)?;
            return Ok(i + end + 2);
        }
        self.convert(kind, spec)?;
        Ok(i + 1)
    }

    /// `%(format)T`: -1 is the present, -2 when the shell began.
    fn time(&mut self, format: &[u8], spec: &Spec) -> Run<()> {
        let seconds = match self.next() {
            Some(value) => self.integer(&value)?,
            None => -1,
        };
        let seconds = match seconds {
            -1 => self.shell.fs.now().secs(),
            -2 => self.shell.state.started,
            seconds => seconds,
        };
        let format = crate::text::lossy(format);
        let format = if format.is_empty() { "%X".into() } else { format };
        let text = super::calendar::format(&format, seconds);
        self.text(text.as_bytes(), spec);
        Ok(())
    }

    fn size(&mut self, format: &[u8], mut i: usize) -> Run<(Option<i64>, usize)> {
        if format.get(i) == Some(&b'*') {
            let value = self.next().unwrap_or_default();
            return Ok((Some(self.integer(&value)?), i + 1));
        }
        let start = i;
        while format.get(i).is_some_and(u8::is_ascii_digit) {
            i += 1;
        }
        Ok((super::number(&format[start..i]), i))
    }

    fn convert(&mut self, kind: u8, spec: Spec) -> Run<()> {
        match kind {
            b's' => {
                let value = self.next().unwrap_or_default();
                self.text(&value, &spec);
            }
            b'b' => {
                let value = self.next().unwrap_or_default();
                let (text, ended) = unescape_b(&value, !self.shell.is_dash());
                self.text(&text, &spec);
                self.ended = ended;
            }
            b'q' if self.shell.is_bash() => {
                let value = self.next().unwrap_or_default();
                self.text(&quote::backslash(&value), &spec);
            }
            b'c' => {
                let value = self.next().unwrap_or_default();
                // An empty argument has its terminating NUL byte as the first one.
                let first = vec![value.first().copied().unwrap_or(0)];
                self.text(&first, &spec);
            }
            b'd' | b'i' => {
                let value = self.next().unwrap_or_default();
                let n = self.integer(&value)?;
                let sign = match (n < 0, spec.plus, spec.space) {
                    (true, ..) => "-",
                    (_, true, _) => "+",
                    (_, _, true) => " ",
                    _ => "",
                };
                self.number(&n.unsigned_abs().to_string(), sign, &spec);
            }
            b'u' | b'o' | b'x' | b'X' => {
                let value = self.next().unwrap_or_default();
                let n = self.integer(&value)? as u64;
                let (digits, prefix) = match kind {
                    b'u' => (n.to_string(), ""),
                    b'o' => (format!("{n:o}"), if spec.alternate { "0" } else { "" }),
                    b'x' => (format!("{n:x}"), if spec.alternate && n != 0 { "0x" } else { "" }),
                    _ => (format!("{n:X}"), if spec.alternate && n != 0 { "0X" } else { "" }),
                };
                self.number(&digits, prefix, &spec);
            }
            b'f' | b'F' | b'e' | b'E' | b'g' | b'G' | b'a' | b'A' => {
                let value = self.next().unwrap_or_default();
                let n = self.float(&value);
                let (sign, digits) = float_text(n, kind, &spec);
                let spec = Spec { precision: None, ..spec };
                self.number(&digits, sign, &spec);
            }
            _ => {
                let letter = char::from(kind);
                let text = match self.shell.state.personality {
                    Personality::Bash => format!("`{letter}': invalid format character"),
                    Personality::Dash => format!("%{letter}: invalid directive"),
                    Personality::Ash => format!("%{letter}: invalid format"),
                };
                self.shell.complain_as(self.name, text);
                let status = if self.shell.is_dash() { 2 } else { 1 };
                (self.status, self.ended) = (status, true);
            }
        }
        Ok(())
    }

    fn text(&mut self, text: &[u8], spec: &Spec) {
        let text = &text[..spec.precision.unwrap_or(text.len()).min(text.len())];
        let pad = spec.width.saturating_sub(text.len());
        if !spec.left {
            self.out.extend(std::iter::repeat_n(b' ', pad));
        }
        self.out.extend_from_slice(text);
        if spec.left {
            self.out.extend(std::iter::repeat_n(b' ', pad));
        }
    }

    fn number(&mut self, digits: &str, sign: &str, spec: &Spec) {
        let mut digits = digits.to_owned();
        if let Some(precision) = spec.precision {
            if precision == 0 && digits == "0" {
                digits.clear();
            }
            digits = format!("{}{digits}", "0".repeat(precision.saturating_sub(digits.len())));
        }
        let len = sign.len() + digits.len();
        let pad = spec.width.saturating_sub(len);
        if spec.zero && !spec.left && spec.precision.is_none() {
            self.out.extend(format!("{sign}{}{digits}", "0".repeat(pad)).bytes());
        } else {
            self.text(
                format!("{sign}{digits}").as_bytes(),
                &Spec { precision: None, left: spec.left, width: spec.width, ..Spec::default() },
            );
        }
    }

    /// A number as C's `strtoll` reads it, or the code of the character after a quote.
    fn integer(&mut self, text: &[u8]) -> Run<i64> {
        if let [b'\'' | b'"', rest @ ..] = text {
            let shown = String::from_utf8_lossy(rest);
            return Ok(match (rest.first(), self.shell.is_utf8()) {
                (None, _) => 0,
                (Some(_), true) => shown.chars().next().map_or(0, |c| i64::from(u32::from(c))),
                (Some(byte), false) => i64::from(*byte),
            });
        }
        if text.is_empty() {
            return Ok(0);
        }
        let trimmed = text.trim_ascii_start();
        let (negative, digits) = match trimmed {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            rest => (false, rest),
        };
        let (radix, digits) = match digits {
            [b'0', b'x' | b'X', rest @ ..] => (16, rest),
            [b'0', rest @ ..] if !rest.is_empty() => (8, rest),
            rest => (10, rest),
        };
        let len = digits.iter().take_while(|b| char::from(**b).is_digit(radix)).count();
        let mut value: i128 = 0;
        for &b in &digits[..len] {
            let digit = char::from(b).to_digit(radix).unwrap_or(0);
            value = (value * i128::from(radix) + i128::from(digit)).min(i128::from(u64::MAX));
        }
        if negative {
            value = -value;
        }
        if len < digits.len() || (len == 0 && radix != 8) {
            self.bad_number(text, len > 0);
        }
        let clamped = value.clamp(i128::from(i64::MIN), i128::from(i64::MAX));
        if clamped != value {
            let shown = crate::text::lossy(text).into_owned();
            let message = match self.shell.state.personality {
                Personality::Bash => format!("warning: {shown}: Numerical result out of range"),
                _ => format!("{shown}: Numerical result out of range"),
            };
            self.shell.complain_as(self.name, message);
            self.status = u8::from(!self.shell.is_bash());
        }
        Ok(clamped as i64)
    }

    fn bad_number(&mut self, text: &[u8], partly: bool) {
        let shown = crate::text::lossy(text).into_owned();
        match self.shell.state.personality {
            Personality::Bash => {
                self.shell.complain_as(self.name, format!("{shown}: invalid number"))
            }
            Personality::Dash => {
                let why =
                    if partly { "not completely converted" } else { "expected numeric value" };
                self.shell.complain_as(self.name, format!("{shown}: {why}"));
            }
            Personality::Ash => self.shell.complain(format!("invalid number '{shown}'")),
        }
        self.status = 1;
    }

    fn float(&mut self, text: &[u8]) -> f64 {
        if text.is_empty() {
            return 0.0;
        }
        let shown = String::from_utf8_lossy(text).trim().to_owned();
        if let Some(hex) = shown.strip_prefix("0x") {
            return i64::from_str_radix(hex, 16).map_or(0.0, |n| n as f64);
        }
        match shown.parse::<f64>() {
            Ok(n) => n,
            Err(_) => {
                let best = (0..=shown.len())
                    .rev()
                    .filter(|len| shown.is_char_boundary(*len))
                    .find_map(|len| shown[..len].parse::<f64>().ok());
                self.bad_number(text, best.is_some());
                best.unwrap_or(0.0)
            }
        }
    }
}

/// `%b`: as `echo`, but octal without the leading 0 as well.
fn unescape_b(text: &[u8], extended: bool) -> (Vec<u8>, bool) {
    let mut prepared = Vec::with_capacity(text.len());
    let mut i = 0;
    while i < text.len() {
        if text[i] == b'\\' && matches!(text.get(i + 1), Some(b'1'..=b'7')) {
            prepared.extend(b"\\0");
            i += 1;
            continue;
        }
        if text[i] == b'\\' && i + 1 < text.len() {
            prepared.extend(&text[i..i + 2]);
            i += 2;
            continue;
        }
        prepared.push(text[i]);
        i += 1;
    }
    unescape(&prepared, extended)
}

/// Sign and digits of a floating point number as C prints them.
fn float_text(n: f64, kind: u8, spec: &Spec) -> (&'static str, String) {
    let sign = match (n.is_sign_negative(), spec.plus, spec.space) {
        (true, ..) => "-",
        (_, true, _) => "+",
        (_, _, true) => " ",
        _ => "",
    };
    let n = n.abs();
    if !n.is_finite() {
        return (sign, if n.is_nan() { "nan".to_owned() } else { "inf".to_owned() });
    }
    let precision = spec.precision.unwrap_or(6);
    let text = match kind.to_ascii_lowercase() {
        b'e' => exponent(n, precision),
        b'g' => {
            let precision = precision.max(1);
            let scientific = exponent(n, precision - 1);
            let power: i32 =
                scientific.split_once('e').and_then(|(_, p)| p.parse().ok()).unwrap_or(0);

            if power < -4 || power >= precision as i32 {
                let (digits, power) = scientific.split_once('e').unwrap_or((&scientific, "+00"));
                format!("{}e{power}", trim_zeros(digits, spec.alternate))
            } else {
                let decimals = (precision as i32 - 1 - power).max(0) as usize;
                trim_zeros(&format!("{n:.decimals$}"), spec.alternate).to_owned()
            }
        }
        _ => format!("{n:.precision$}"),
    };
    (sign, if kind.is_ascii_uppercase() { text.to_uppercase() } else { text })
}

fn exponent(n: f64, precision: usize) -> String {
    let text = format!("{n:.precision$e}");
    let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
    let power: i32 = power.parse().unwrap_or(0);
    format!("{digits}e{}{:02}", if power < 0 { '-' } else { '+' }, power.abs())
}

fn trim_zeros(text: &str, keep: bool) -> &str {
    if keep || !text.contains('.') {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.')
}
