//! Values: numbers, texts, and texts that came from outside and look like numbers.

use crate::format;
use crate::lex::number_len;
use std::cmp::Ordering;
use std::rc::Rc;

/// A value.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// Of a variable nothing was assigned to: 0 and the empty text.
    #[default]
    Unset,
    /// A number.
    Number(f64),
    /// A text.
    Text(Rc<[u8]>),
    /// A text of the input that is a number too.
    Input(Rc<[u8]>, f64),
}

impl Value {
    /// A text.
    pub fn text(text: impl AsRef<[u8]>) -> Value {
        Value::Text(text.as_ref().into())
    }

    /// A truth value.
    pub fn bool(truth: bool) -> Value {
        Value::Number(f64::from(u8::from(truth)))
    }

    /// A text of the input, which is compared as a number if it looks like one.
    pub fn input(text: &[u8]) -> Value {
        let trimmed = text.trim_ascii();
        let sign = usize::from(matches!(trimmed.first(), Some(b'+' | b'-')));
        let digits = &trimmed[sign..];
        let len = match hex(digits) {
            Some((len, _)) => len,
            None => number_len(digits),
        };
        if len > 0 && sign + len == trimmed.len() {
            Value::Input(text.into(), to_number(trimmed))
        } else {
            Value::text(text)
        }
    }

    /// As a number.
    pub fn number(&self) -> f64 {
        match self {
            Value::Unset => 0.0,
            Value::Number(number) | Value::Input(_, number) => *number,
            Value::Text(text) => to_number(text),
        }
    }

    /// As a text; numbers with a fraction are written in `format`.
    pub fn to_text(&self, format: &[u8]) -> Rc<[u8]> {
        match self {
            Value::Unset => Rc::from([]),
            Value::Number(number) => number_text(*number, format).into(),
            Value::Text(text) | Value::Input(text, _) => text.clone(),
        }
    }

    /// As a condition.
    pub fn truth(&self) -> bool {
        match self {
            Value::Unset => false,
            Value::Number(number) | Value::Input(_, number) => *number != 0.0,
            Value::Text(text) => !text.is_empty(),
        }
    }

    /// Two values in order: as numbers if both are or may be, else as texts.
    pub fn compare(&self, other: &Value, format: &[u8]) -> Option<Ordering> {
        let text = |value: &Value| matches!(value, Value::Text(_));
        if text(self) || text(other) {
            Some(self.to_text(format).cmp(&other.to_text(format)))
        } else {
            self.number().partial_cmp(&other.number())
        }
    }
}

/// The number a text begins with, or 0.
fn to_number(text: &[u8]) -> f64 {
    let trimmed = text.trim_ascii_start();
    let (negative, digits) = match trimmed {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] | digits => (false, digits),
    };
    let lower = digits.get(..3).map(<[u8]>::to_ascii_lowercase);
    let size = match lower.as_deref() {
        Some(b"inf") => f64::INFINITY,
        Some(b"nan") => f64::NAN,
        _ if hex(digits).is_some() => hex(digits).map_or(0.0, |found| found.1),
        _ => {
            let number = &digits[..number_len(digits)];
            std::str::from_utf8(number).ok().and_then(|text| text.parse().ok()).unwrap_or(0.0)
        }
    };
    if negative { -size } else { size }
}

/// Length and value of a number like `0x1F`.
fn hex(text: &[u8]) -> Option<(usize, f64)> {
    let [b'0', b'x' | b'X', digits @ ..] = text else { return None };
    let len = digits.iter().take_while(|c| c.is_ascii_hexdigit()).count();
    let value = digits[..len].iter().filter_map(|c| char::from(*c).to_digit(16));
    (len > 0).then(|| (len + 2, value.fold(0.0, |sum, digit| sum * 16.0 + f64::from(digit))))
}

/// mawk writes whole numbers without a fraction up to here.
const MAX_WHOLE: f64 = 2_147_483_647.0;

/// A number as a text: whole ones without a point, others in `format`.
fn number_text(number: f64, format: &[u8]) -> Vec<u8> {
    if number == number.trunc() && number.abs() <= MAX_WHOLE {
        return format!("{}", number as i64).into_bytes();
    }
    format::sprintf(format, &[Value::Number(number)]).unwrap_or_default()
}
