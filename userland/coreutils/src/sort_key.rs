//! The keys of `sort`: which part of a line, and how parts compare.

use crate::version;
use std::cmp::Ordering;

/// How two keys are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// By bytes.
    #[default]
    Text,
    /// `-n`
    Numeric,
    /// `-g`
    General,
    /// `-h`
    Human,
    /// `-M`
    Month,
    /// `-V`
    Version,
    /// `-R`: by hash; equal keys stay together.
    Random,
}

/// The letters after a key, or the options for all keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// `-n`, `-h` ...
    pub order: Order,
    /// `-d`
    pub dictionary: bool,
    /// `-f`
    pub fold: bool,
    /// `-i`
    pub printing: bool,
    /// `-r`
    pub reverse: bool,
    /// `-b` for the start of a key.
    pub blanks_start: bool,
    /// `-b` for the end of a key.
    pub blanks_end: bool,
}

/// One `-k`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Key {
    /// Field and character of the start, from 0.
    pub start: (usize, usize),
    /// Field (fields to skip) and character of the end; `None` is the end of the line.
    pub end: Option<(usize, usize)>,
    /// How it compares.
    pub ordering: Rules,
}

impl Rules {
    /// Takes one letter; false if it is not one of an ordering.
    pub fn letter(&mut self, letter: char, start: bool, end: bool) -> bool {
        match letter {
            'b' => {
                self.blanks_start |= start;
                self.blanks_end |= end;
            }
            'd' => self.dictionary = true,
            'f' => self.fold = true,
            'g' => self.order = Order::General,
            'h' => self.order = Order::Human,
            'i' => self.printing = true,
            'M' => self.order = Order::Month,
            'n' => self.order = Order::Numeric,
            'r' => self.reverse = true,
            'R' => self.order = Order::Random,
            'V' => self.order = Order::Version,
            _ => return false,
        }
        true
    }

    /// Whether nothing is set, so that a key takes the options for all keys.
    pub fn is_default(&self) -> bool {
        *self == Rules::default()
    }

    /// Compares two keys.
    pub fn compare(&self, a: &[u8], b: &[u8]) -> Ordering {
        let (a, b) = if self.order == Order::Text { (a, b) } else { (skip(a), skip(b)) };
        let order = match self.order {
            Order::Numeric => numeric(a, b),
            Order::General => general(a, b),
            Order::Human => human(a, b),
            Order::Month => month(a).cmp(&month(b)),
            Order::Version => version::compare(a, b),
            Order::Random => hash(a).cmp(&hash(b)).then_with(|| a.cmp(b)),
            Order::Text if self.dictionary || self.fold || self.printing => {
                self.filtered(a).cmp(self.filtered(b))
            }
            Order::Text => a.cmp(b),
        };
        if self.reverse { order.reverse() } else { order }
    }

    fn filtered<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = u8> + 'a {
        text.iter().copied().filter_map(move |c| {
            let dropped = self.dictionary && !(c.is_ascii_alphanumeric() || is_blank(c))
                || self.printing && !(32..127).contains(&c);
            let c = if self.fold { c.to_ascii_uppercase() } else { c };
            (!dropped).then_some(c)
        })
    }
}

fn is_blank(c: u8) -> bool {
    matches!(c, b' ' | b'\t' | b'\n')
}

fn skip(text: &[u8]) -> &[u8] {
    let blanks = text.iter().take_while(|c| is_blank(**c)).count();
    &text[blanks..]
}

/// Sign, digits before and digits after the point, without zeros that do not count.
fn parts(text: &[u8]) -> (bool, &[u8], &[u8], &[u8]) {
    let (negative, text) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    let digits = |text: &[u8]| text.iter().take_while(|c| c.is_ascii_digit()).count();
    let (whole, mut rest) = text.split_at(digits(text));
    let mut fraction = b"".as_slice();
    if let [b'.', tail @ ..] = rest {
        (fraction, rest) = tail.split_at(digits(tail));
    }
    let zeros = whole.iter().take_while(|c| **c == b'0').count();
    let end = fraction.iter().rposition(|c| *c != b'0').map_or(0, |at| at + 1);
    let (whole, fraction) = (&whole[zeros..], &fraction[..end]);
    (negative && !(whole.is_empty() && fraction.is_empty()), whole, fraction, rest)
}

fn numeric(a: &[u8], b: &[u8]) -> Ordering {
    let ((minus_a, whole_a, part_a, _), (minus_b, whole_b, part_b, _)) = (parts(a), parts(b));
    let size = || {
        let whole = whole_a.len().cmp(&whole_b.len()).then_with(|| whole_a.cmp(whole_b));
        whole.then_with(|| part_a.cmp(part_b))
    };
    match (minus_a, minus_b) {
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => size(),
        (true, true) => size().reverse(),
    }
}

fn human(a: &[u8], b: &[u8]) -> Ordering {
    let unit = |text: &[u8]| {
        let (negative, whole, fraction, rest) = parts(text);
        if whole.is_empty() && fraction.is_empty() {
            return 0;
        }
        let order = match rest.first() {
            Some(b'k') => 1,
            Some(letter) => {
                b"KMGTPEZY".iter().position(|c| c == letter).map_or(0, |at| at as i32 + 1)
            }
            None => 0,
        };
        if negative { -order } else { order }
    };
    unit(a).cmp(&unit(b)).then_with(|| numeric(a, b))
}

/// No number comes first, then NaN, then numbers.
fn general(a: &[u8], b: &[u8]) -> Ordering {
    fn value(text: &[u8]) -> Option<f64> {
        let text = std::str::from_utf8(text).unwrap_or_default();
        let end = text.find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c));
        let text = &text[..end.unwrap_or(text.len())];
        (1..=text.len()).rev().find_map(|len| text.get(..len)?.parse().ok())
    }
    match (value(a), value(b)) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (Some(a), Some(b)) => a.partial_cmp(&b).unwrap_or_else(|| b.is_nan().cmp(&a.is_nan())),
    }
}

fn month(text: &[u8]) -> usize {
    let name = text.get(..3).unwrap_or_default();
    guest::civil::MONTHS
        .iter()
        .position(|month| month.as_bytes()[..3].eq_ignore_ascii_case(name))
        .map_or(0, |at| at + 1)
}

/// FNV-1a: an order that looks like none, the same in every run.
fn hash(text: &[u8]) -> u64 {
    text.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

impl Key {
    /// Reads `F[.C][OPTS][,F[.C][OPTS]]`; the error is GNU's sentence about it.
    pub fn parse(spec: &str) -> Result<Key, String> {
        let mut key = Key::default();
        let mut rest = spec;
        let invalid = |what: &str| Err(format!("{what}: invalid field specification ‘{spec}’"));
        let number = |rest: &mut &str| -> Option<usize> {
            let len = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (digits, tail) = rest.split_at(len);
            *rest = tail;
            (len > 0).then(|| digits.parse().unwrap_or(usize::MAX))
        };
        let letters = |rest: &mut &str, key: &mut Key, start: bool, end: bool| {
            while let Some(letter) = rest.chars().next() {
                if !key.ordering.letter(letter, start, end) {
                    break;
                }
                *rest = &rest[1..];
            }
        };
        let Some(field) = number(&mut rest) else {
            return Err(format!(
                "invalid number at field start: invalid count at start of ‘{rest}’"
            ));
        };
        if field == 0 {
            return invalid("field number is zero");
        }
        key.start.0 = field - 1;
        if let Some(tail) = rest.strip_prefix('.') {
            rest = tail;
            let Some(character) = number(&mut rest) else {
                return Err(format!(
                    "invalid number after '.': invalid count at start of ‘{rest}’"
                ));
            };
            if character == 0 {
                return invalid("character offset is zero");
            }
            key.start.1 = character - 1;
        }
        letters(&mut rest, &mut key, true, false);
        if let Some(tail) = rest.strip_prefix(',') {
            rest = tail;
            let Some(field) = number(&mut rest) else {
                return Err(format!(
                    "invalid number after ',': invalid count at start of ‘{rest}’"
                ));
            };
            if field == 0 {
                return invalid("field number is zero");
            }
            let mut end = (field - 1, 0);
            if let Some(tail) = rest.strip_prefix('.') {
                rest = tail;
                end.1 = number(&mut rest).unwrap_or(0);
            }
            letters(&mut rest, &mut key, false, true);
            key.end = Some(end);
        }
        if rest.is_empty() { Ok(key) } else { invalid("stray character in field spec") }
    }

    /// The part of `line` this key names.
    pub fn of<'a>(&self, line: &'a [u8], tab: Option<u8>) -> &'a [u8] {
        let start = self.begin(line, tab);
        let end = self.limit(line, tab);
        &line[start..end.max(start)]
    }

    fn begin(&self, line: &[u8], tab: Option<u8>) -> usize {
        let mut at = 0;
        for _ in 0..self.start.0 {
            if at >= line.len() {
                break;
            }
            match tab {
                Some(tab) => {
                    at = to(line, at, |c| c == tab);
                    at = (at + 1).min(line.len());
                }
                None => at = to(line, to(line, at, |c| !is_blank(c)), is_blank),
            }
        }
        if self.ordering.blanks_start {
            at = to(line, at, |c| !is_blank(c));
        }
        at.saturating_add(self.start.1).min(line.len())
    }

    fn limit(&self, line: &[u8], tab: Option<u8>) -> usize {
        let Some((fields, character)) = self.end else { return line.len() };
        let mut left = if character == 0 { fields.saturating_add(1) } else { fields };
        let mut at = 0;
        while left > 0 && at < line.len() {
            left -= 1;
            match tab {
                Some(tab) => {
                    at = to(line, at, |c| c == tab);
                    if at < line.len() && (left > 0 || character > 0) {
                        at += 1;
                    }
                }
                None => at = to(line, to(line, at, |c| !is_blank(c)), is_blank),
            }
        }
        if character > 0 {
            if self.ordering.blanks_end {
                at = to(line, at, |c| !is_blank(c));
            }
            at = at.saturating_add(character).min(line.len());
        }
        at
    }
}

/// The first place from `at` on where `stop` holds.
fn to(line: &[u8], at: usize, stop: impl Fn(u8) -> bool) -> usize {
    line[at..].iter().position(|c| stop(*c)).map_or(line.len(), |found| at + found)
}
