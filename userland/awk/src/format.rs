//! `printf`

use crate::value::Value;
use guest::float::Directive;

/// Writes values in a format; none if there are too few of them.
pub fn sprintf(format: &[u8], values: &[Value]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut values = values.iter();
    let mut at = 0;
    while let Some(&c) = format.get(at) {
        at += 1;
        if c != b'%' {
            out.push(c);
            continue;
        }
        if format.get(at) == Some(&b'%') {
            out.push(b'%');
            at += 1;
            continue;
        }
        let start = at;
        let mut directive = Directive::default();
        while let Some(c) = format.get(at).filter(|c| b"-0+ #".contains(c)) {
            directive.flag(char::from(*c));
            at += 1;
        }
        if format.get(at) == Some(&b'*') {
            at += 1;
            let width = values.next()?.number();
            directive.left |= width < 0.0;
            directive.width = width.abs().min(100_000.0) as usize;
        } else {
            directive.width = digits(format, &mut at);
        }
        if format.get(at) == Some(&b'.') {
            at += 1;
            directive.precision = if format.get(at) == Some(&b'*') {
                at += 1;
                let precision = values.next()?.number();
                (precision >= 0.0).then_some(precision.min(100_000.0) as usize)
            } else {
                Some(digits(format, &mut at))
            };
        }
        while format.get(at).is_some_and(|c| b"hlLqjzt".contains(c)) {
            at += 1;
        }
        let Some(&letter) = format.get(at) else {
            out.push(b'%');
            out.extend(&format[start..]);
            break;
        };
        at += 1;
        directive.letter = char::from(letter);
        match letter {
            b'd' | b'i' => out.extend(integer(&directive, values.next()?.number()).bytes()),
            b'o' | b'x' | b'X' | b'u' => {
                let number = values.next()?.number();
                // mawk's integers have 32 bits; what does not fit is the nearest that does.
                out.extend(unsigned(&directive, number as u32).bytes());
            }
            b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => {
                out.extend(directive.format(values.next()?.number()).bytes());
            }
            b'c' => {
                let text = match values.next()? {
                    Value::Number(number) | Value::Input(_, number) => vec![*number as i64 as u8],
                    value => value.to_text(b"%.6g").iter().take(1).copied().collect(),
                };
                pad(&directive, &text, &mut out);
            }
            b's' => {
                let text = values.next()?.to_text(b"%.6g");
                let len = directive.precision.unwrap_or(text.len()).min(text.len());
                pad(&directive, &text[..len], &mut out);
            }
            _ => {
                out.push(b'%');
                out.extend(&format[start..at]);
            }
        }
    }
    Some(out)
}

fn digits(format: &[u8], at: &mut usize) -> usize {
    let mut value = 0usize;
    while let Some(digit) = format.get(*at).filter(|c| c.is_ascii_digit()) {
        value = (value * 10 + usize::from(digit - b'0')).min(100_000);
        *at += 1;
    }
    value
}

fn pad(directive: &Directive, text: &[u8], out: &mut Vec<u8>) {
    let missing = directive.width.saturating_sub(text.len());
    if !directive.left {
        out.extend(std::iter::repeat_n(b' ', missing));
    }
    out.extend(text);
    if directive.left {
        out.extend(std::iter::repeat_n(b' ', missing));
    }
}

fn integer(directive: &Directive, number: f64) -> String {
    if !number.is_finite() {
        return Directive { letter: 'f', zero: false, ..directive.clone() }.format(number);
    }
    let number = (number as i32).max(-i32::MAX);
    let mut digits = number.unsigned_abs().to_string();
    if let Some(precision) = directive.precision {
        digits = format!("{digits:0>precision$}");
    }
    let zero = directive.zero && directive.precision.is_none();
    directive.pad(number < 0, "", &digits, zero)
}

fn unsigned(directive: &Directive, number: u32) -> String {
    let mut digits = match directive.letter {
        'o' => format!("{number:o}"),
        'x' => format!("{number:x}"),
        'X' => format!("{number:X}"),
        _ => number.to_string(),
    };
    if let Some(precision) = directive.precision {
        digits = format!("{digits:0>precision$}");
    }
    let prefix = match directive.letter {
        'x' if directive.alternate && number > 0 => "0x",
        'X' if directive.alternate && number > 0 => "0X",
        'o' if directive.alternate && !digits.starts_with('0') => "0",
        _ => "",
    };
    let zero = directive.zero && directive.precision.is_none();
    let plain = Directive { plus: false, blank: false, ..directive.clone() };
    plain.pad(false, prefix, &digits, zero)
}
