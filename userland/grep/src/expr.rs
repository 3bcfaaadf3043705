//! `expr`: arithmetic, comparisons and patterns. It lives here for the sake of its patterns.

use guest::{bytes, out, quote};
use regex_posix::{Regex, Syntax};
use std::ffi::OsString;

/// Runs `expr`.
pub fn run(args: Vec<OsString>) -> i32 {
    guest::set_failure_status(2);
    let words: Vec<Vec<u8>> = args
        .iter()
        .enumerate()
        .filter(|(index, word)| *index > 0 || *word != "--")
        .map(|(_, word)| bytes(word).to_vec())
        .collect();
    if words.is_empty() {
        guest::missing_operand();
    }
    let mut expression = Expression { words, at: 0 };
    let value = expression.or(true);
    if let Some(extra) = expression.words.get(expression.at) {
        guest::fail(format!(
            "syntax error: unexpected argument {}",
            quote::locale(&guest::os(extra.as_slice()))
        ));
    }
    out::line(&value);
    is_null(&value).into()
}

/// Empty, or zero.
fn is_null(value: &[u8]) -> bool {
    let digits = value.strip_prefix(b"-").unwrap_or(value);
    value.is_empty() || (!digits.is_empty() && digits.iter().all(|c| *c == b'0'))
}

fn integer(value: &[u8]) -> Option<i128> {
    let digits = value.strip_prefix(b"-").unwrap_or(value);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(value).ok()?.parse().ok()
}

struct Expression {
    words: Vec<Vec<u8>>,
    at: usize,
}

impl Expression {
    /// Takes one of the operators, if it is next.
    fn operator(&mut self, known: &[&str]) -> Option<String> {
        let word = self.words.get(self.at)?;
        let found = known.iter().find(|known| known.as_bytes() == word.as_slice())?;
        self.at += 1;
        Some((*found).into())
    }

    /// `evaluate` is false where the value is not needed: errors in it do not count.
    fn or(&mut self, evaluate: bool) -> Vec<u8> {
        let mut left = self.and(evaluate);
        while self.operator(&["|"]).is_some() {
            let right = self.and(evaluate && is_null(&left));
            if is_null(&left) {
                left = if is_null(&right) { b"0".to_vec() } else { right };
            }
        }
        left
    }

    fn and(&mut self, evaluate: bool) -> Vec<u8> {
        let mut left = self.comparison(evaluate);
        while self.operator(&["&"]).is_some() {
            let right = self.comparison(evaluate && !is_null(&left));
            if is_null(&left) || is_null(&right) {
                left = b"0".to_vec();
            }
        }
        left
    }

    fn comparison(&mut self, evaluate: bool) -> Vec<u8> {
        let mut left = self.sum(evaluate);
        while let Some(op) = self.operator(&["<", "<=", "=", "==", "!=", ">=", ">"]) {
            let right = self.sum(evaluate);
            let order = match (integer(&left), integer(&right)) {
                (Some(a), Some(b)) => a.cmp(&b),
                _ => left.cmp(&right),
            };
            let holds = match op.as_str() {
                "<" => order.is_lt(),
                "<=" => order.is_le(),
                "!=" => order.is_ne(),
                ">=" => order.is_ge(),
                ">" => order.is_gt(),
                _ => order.is_eq(),
            };
            left = i32::from(holds).to_string().into_bytes();
        }
        left
    }

    fn sum(&mut self, evaluate: bool) -> Vec<u8> {
        let mut left = self.product(evaluate);
        while let Some(op) = self.operator(&["+", "-"]) {
            let right = self.product(evaluate);
            left = arithmetic(&left, &op, &right, evaluate);
        }
        left
    }

    fn product(&mut self, evaluate: bool) -> Vec<u8> {
        let mut left = self.matching(evaluate);
        while let Some(op) = self.operator(&["*", "/", "%"]) {
            let right = self.matching(evaluate);
            left = arithmetic(&left, &op, &right, evaluate);
        }
        left
    }

    fn matching(&mut self, evaluate: bool) -> Vec<u8> {
        let mut left = self.function(evaluate);
        while self.operator(&[":"]).is_some() {
            let pattern = self.function(evaluate);
            if evaluate {
                left = matched(&left, &pattern);
            }
        }
        left
    }

    fn function(&mut self, evaluate: bool) -> Vec<u8> {
        let character = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
        match self.operator(&["match", "substr", "index", "length", "+"]).as_deref() {
            Some("+") => self.next_word(),
            Some("length") => {
                let text = self.function(evaluate);
                character(&text).chars().count().to_string().into_bytes()
            }
            Some("match") => {
                let text = self.function(evaluate);
                let pattern = self.function(evaluate);
                if evaluate { matched(&text, &pattern) } else { text }
            }
            Some("index") => {
                let text = character(&self.function(evaluate));
                let set = character(&self.function(evaluate));
                let found = text.chars().position(|c| set.contains(c));
                found.map_or(0, |at| at + 1).to_string().into_bytes()
            }
            Some(_) => {
                let text = character(&self.function(evaluate));
                let (from, len) = (self.function(evaluate), self.function(evaluate));
                match (integer(&from), integer(&len)) {
                    (Some(from @ 1..), Some(len @ 1..)) => text
                        .chars()
                        .skip(from as usize - 1)
                        .take(len as usize)
                        .collect::<String>()
                        .into_bytes(),
                    _ => Vec::new(),
                }
            }
            None => self.primary(evaluate),
        }
    }

    fn next_word(&mut self) -> Vec<u8> {
        let Some(word) = self.words.get(self.at) else {
            let before = self.words.last().map(Vec::as_slice).unwrap_or_default();
            guest::fail(format!(
                "syntax error: missing argument after {}",
                quote::locale(&guest::os(before))
            ));
        };
        self.at += 1;
        word.clone()
    }

    fn primary(&mut self, evaluate: bool) -> Vec<u8> {
        let word = self.next_word();
        match word.as_slice() {
            b"(" => {
                let value = self.or(evaluate);
                match self.words.get(self.at).map(Vec::as_slice) {
                    Some(b")") => self.at += 1,
                    Some(found) => guest::fail(format!(
                        "syntax error: expecting ')' instead of {}",
                        quote::locale(&guest::os(found))
                    )),
                    None => guest::fail(format!(
                        "syntax error: expecting ')' after {}",
                        quote::locale(&guest::os(
                            self.words.last().map(Vec::as_slice).unwrap_or_default()
                        ))
                    )),
                }
                value
            }
            b")" => guest::fail("syntax error: unexpected ')'"),
            _ => word,
        }
    }
}

fn arithmetic(left: &[u8], op: &str, right: &[u8], evaluate: bool) -> Vec<u8> {
    if !evaluate {
        return b"0".to_vec();
    }
    let (Some(a), Some(b)) = (integer(left), integer(right)) else {
        guest::fail("non-integer argument");
    };
    let value = match op {
        "+" => a.checked_add(b),
        "-" => a.checked_sub(b),
        "*" => a.checked_mul(b),
        _ if b == 0 => guest::fail("division by zero"),
        "/" => a.checked_div(b),
        _ => a.checked_rem(b),
    };
    match value {
        Some(value) => value.to_string().into_bytes(),
        None => guest::fail("integer result too large"),
    }
}

/// What the first group matched, or how many characters the pattern did.
fn matched(text: &[u8], pattern: &[u8]) -> Vec<u8> {
    let syntax = Syntax { utf8: guest::utf8_locale(), ..Syntax::default() };
    let found =
        Regex::new(pattern, syntax).and_then(|regex| Ok((regex.prefix(text)?, regex.groups())));
    let (found, groups) = match found {
        Ok(found) => found,
        Err(error) => guest::fail(error.to_string()),
    };
    let piece =
        |group: Option<(usize, usize)>| group.map_or(b"".as_slice(), |(from, to)| &text[from..to]);
    match (groups > 0, found) {
        (true, Some(found)) => piece(found.get(1).copied().flatten()).to_vec(),
        (true, None) => Vec::new(),
        (false, Some(found)) => {
            let matched = String::from_utf8_lossy(piece(found[0])).into_owned();
            matched.chars().count().to_string().into_bytes()
        }
        (false, None) => b"0".to_vec(),
    }
}
