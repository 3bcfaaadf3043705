//! Sets of characters: `.`, `[...]`, `\w`, and letters whose case does not matter.

use crate::{Error, Syntax};

/// A set of characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Set {
    ranges: Vec<(char, char)>,
    classes: Vec<Class>,
    /// Single bytes that are no UTF-8.
    bytes: Vec<u8>,
    /// Everything but those.
    pub negated: bool,
    /// Which of ASCII are listed, a bit each.
    ascii: u128,
}

/// The classes of POSIX.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// `[:alpha:]`
    Alpha,
    /// `[:digit:]`
    Digit,
    /// `[:alnum:]`
    Alnum,
    /// `[:upper:]`
    Upper,
    /// `[:lower:]`
    Lower,
    /// `[:space:]`
    Space,
    /// `[:blank:]`
    Blank,
    /// `[:punct:]`
    Punct,
    /// `[:print:]`
    Print,
    /// `[:graph:]`
    Graph,
    /// `[:cntrl:]`
    Cntrl,
    /// `[:xdigit:]`
    Xdigit,
}

impl Class {
    fn named(name: &[u8]) -> Option<Class> {
        Some(match name {
            b"alpha" => Class::Alpha,
            b"digit" => Class::Digit,
            b"alnum" => Class::Alnum,
            b"upper" => Class::Upper,
            b"lower" => Class::Lower,
            b"space" => Class::Space,
            b"blank" => Class::Blank,
            b"punct" => Class::Punct,
            b"print" => Class::Print,
            b"graph" => Class::Graph,
            b"cntrl" => Class::Cntrl,
            b"xdigit" => Class::Xdigit,
            _ => return None,
        })
    }

    fn contains(self, c: char) -> bool {
        match self {
            Class::Alpha => c.is_alphabetic(),
            Class::Digit => c.is_ascii_digit(),
            Class::Alnum => c.is_alphanumeric(),
            Class::Upper => c.is_uppercase(),
            Class::Lower => c.is_lowercase(),
            Class::Space => c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}'),
            Class::Blank => c == ' ' || c == '\t',
            Class::Punct if c.is_ascii() => c.is_ascii_punctuation(),
            Class::Punct => !c.is_alphanumeric() && !c.is_whitespace() && !c.is_control(),
            Class::Print => !c.is_control(),
            Class::Graph => !c.is_control() && !c.is_whitespace(),
            Class::Cntrl => c.is_control(),
            Class::Xdigit => c.is_ascii_hexdigit(),
        }
    }
}

/// A letter of a word, as `\w` has it.
pub fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// The character before or after, in the other case.
pub fn other_cases(c: char) -> impl Iterator<Item = char> {
    let (lower, upper) = (c.to_lowercase(), c.to_uppercase());
    let single = |mut all: Box<dyn Iterator<Item = char>>| match (all.next(), all.next()) {
        (Some(one), None) => Some(one),
        _ => None,
    };
    single(Box::new(lower)).into_iter().chain(single(Box::new(upper)))
}

impl Set {
    /// Every character.
    pub fn any() -> Set {
        Set { negated: true, ..Set::default() }.finish(false)
    }

    /// One character and its other case.
    pub fn letter(c: char) -> Set {
        Set { ranges: vec![(c, c)], ..Set::default() }.finish(true)
    }

    /// `\w` or `\W`.
    pub fn word(negated: bool) -> Set {
        let ranges = vec![('_', '_')];
        Set { ranges, classes: vec![Class::Alnum], negated, ..Set::default() }.finish(false)
    }

    /// `\s` or `\S`.
    pub fn space(negated: bool) -> Set {
        Set { classes: vec![Class::Space], negated, ..Set::default() }.finish(false)
    }

    fn finish(mut self, ignore_case: bool) -> Set {
        if ignore_case {
            let mut more = Vec::new();
            for (first, last) in &self.ranges {
                // A range that holds no letters is large and has no other case.
                if *last as u32 - *first as u32 <= 1024 {
                    more.extend((*first..=*last).flat_map(other_cases).map(|c| (c, c)));
                }
            }
            self.ranges.extend(more);
            if self.classes.iter().any(|class| matches!(class, Class::Upper | Class::Lower)) {
                self.classes.extend([Class::Upper, Class::Lower]);
            }
        }
        for code in 0..128u8 {
            self.ascii |= u128::from(self.listed(code.into())) << code;
        }
        self
    }

    fn listed(&self, c: char) -> bool {
        self.ranges.iter().any(|(first, last)| (*first..=*last).contains(&c))
            || self.classes.iter().any(|class| class.contains(c))
    }

    /// Whether a character is in the set.
    pub fn contains(&self, c: char) -> bool {
        let listed = match c as u32 {
            code @ 0..128 => self.ascii >> code & 1 == 1,
            _ => self.listed(c),
        };
        listed != self.negated
    }

    /// Whether a byte that is no part of a character is in the set.
    pub fn contains_byte(&self, byte: u8) -> bool {
        !self.negated && self.bytes.contains(&byte)
    }
}

/// Reads what follows `[`; the answer is the set and the number of bytes used, with `]`.
pub fn parse(text: &[u8], syntax: Syntax) -> Result<(Set, usize), Error> {
    let mut set = Set::default();
    let mut at = 0;
    if text.first() == Some(&b'^') {
        set.negated = true;
        at = 1;
    }
    let start = at;
    loop {
        match text.get(at) {
            None => return Err(Error::UnmatchedBracket),
            Some(b']') if at > start => break,
            _ => {}
        }
        if text[at..].starts_with(b"[:") {
            let end = closing(&text[at + 2..], b":]")?;
            let name = &text[at + 2..at + 2 + end];
            set.classes.push(Class::named(name).ok_or(Error::BadClass)?);
            at += end + 4;
            continue;
        }
        let (first, used) = element(&text[at..], syntax)?;
        at += used;
        let Element::Char(first) = first else {
            if let Element::Byte(byte) = first {
                set.bytes.push(byte);
            }
            continue;
        };
        let range = text.get(at) == Some(&b'-') && !matches!(text.get(at + 1), Some(b']') | None);
        if !range {
            set.ranges.push((first, first));
            continue;
        }
        if text[at + 1..].starts_with(b"[:") {
            return Err(Error::BadRange);
        }
        let (last, used) = element(&text[at + 1..], syntax)?;
        at += 1 + used;
        match last {
            Element::Char(last) if first <= last => set.ranges.push((first, last)),
            _ => return Err(Error::BadRange),
        }
    }
    // Outside of sed a set that excludes something still does not match what ends the line;
    // lines are matched without their ends, so nothing has to be done for it.
    Ok((set.finish(syntax.ignore_case), at + 1))
}

enum Element {
    Char(char),
    Byte(u8),
}

fn closing(text: &[u8], mark: &[u8]) -> Result<usize, Error> {
    text.windows(2).position(|pair| pair == mark).ok_or(Error::UnmatchedBracket)
}

fn element(text: &[u8], syntax: Syntax) -> Result<(Element, usize), Error> {
    for mark in [b'.', b'='] {
        if text.starts_with(&[b'[', mark]) {
            let end = closing(&text[2..], &[mark, b']'])?;
            let name = std::str::from_utf8(&text[2..2 + end]).unwrap_or_default();
            let mut chars = name.chars();
            return match (chars.next(), chars.next()) {
                (Some(c), None) => Ok((Element::Char(c), end + 4)),
                _ => Err(Error::BadCollation),
            };
        }
    }
    if syntax.escapes && text[0] == b'\\' {
        let c = match text.get(1) {
            Some(b'n') => Some('\n'),
            Some(b't') => Some('\t'),
            Some(b'f') => Some('\x0c'),
            Some(b'v') => Some('\x0b'),
            Some(b'r') => Some('\r'),
            Some(b'a') => Some('\x07'),
            _ => None,
        };
        if let Some(c) = c {
            return Ok((Element::Char(c), 2));
        }
    }
    match decode(text, syntax.utf8) {
        Some((c, used)) => Ok((Element::Char(c), used)),
        None if syntax.utf8 => Ok((Element::Byte(text[0]), 1)),
        None => Ok((Element::Char(char::from(text[0])), 1)),
    }
}

/// The first character of `text` and its length; `None` if its bytes are no character.
/// Without UTF-8 every byte is a character.
pub fn decode(text: &[u8], utf8: bool) -> Option<(char, usize)> {
    let first = *text.first()?;
    if first < 128 || !utf8 {
        return Some((char::from(first), 1));
    }
    let len = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let c = std::str::from_utf8(text.get(..len)?).ok()?.chars().next()?;
    Some((c, len))
}

/// The character that ends where `text` ends.
pub fn decode_last(text: &[u8], utf8: bool) -> Option<char> {
    let last = *text.last()?;
    if last < 128 || !utf8 {
        return Some(char::from(last));
    }
    (2..=4.min(text.len())).find_map(|len| {
        let tail = &text[text.len() - len..];
        decode(tail, true).filter(|(_, used)| *used == len).map(|(c, _)| c)
    })
}
