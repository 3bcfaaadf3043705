//! Shell patterns: `*`, `?`, `[...]`, and bash's `@(...)`.

/// How patterns are matched.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct MatchOptions {
    /// `?` is a character and not a byte.
    pub utf8: bool,
    pub no_case: bool,
    /// `?(...) *(...) +(...) @(...) !(...)`.
    pub extended: bool,
    /// `[^a]` is `[!a]`; not so in dash.
    pub caret: bool,
}

/// Whether the whole text matches. A backslash takes the character after it as it is.
pub(crate) fn matches(pattern: &[u8], text: &[u8], options: MatchOptions) -> bool {
    at(pattern, text, options, &mut |rest| rest.is_empty())
}

/// The length of the longest beginning that matches.
pub(crate) fn longest_match(pattern: &[u8], text: &[u8], options: MatchOptions) -> Option<usize> {
    let mut longest = None;
    at(pattern, text, options, &mut |rest| {
        let len = text.len() - rest.len();
        longest = longest.max(Some(len));
        len == text.len()
    });
    longest
}

/// `${x#pattern}`.
pub(crate) fn trim_prefix(
    pattern: &[u8],
    text: &[u8],
    longest: bool,
    options: MatchOptions,
) -> Vec<u8> {
    let len = if longest {
        longest_match(pattern, text, options)
    } else {
        let mut shortest: Option<usize> = None;
        at(pattern, text, options, &mut |rest| {
            let len = text.len() - rest.len();
            shortest = Some(shortest.map_or(len, |old| old.min(len)));
            len == 0
        });
        shortest
    };
    text[len.unwrap_or(0)..].to_vec()
}

/// `${x%pattern}`.
pub(crate) fn trim_suffix(
    pattern: &[u8],
    text: &[u8],
    longest: bool,
    options: MatchOptions,
) -> Vec<u8> {
    let boundary = |i: &usize| !options.utf8 || *i == text.len() || text[*i] & 0xC0 != 0x80;
    let fits = |i: &usize| matches(pattern, &text[*i..], options);
    let mut starts = (0..=text.len()).filter(boundary);
    let at = if longest { starts.find(fits) } else { starts.rev().find(fits) };
    text[..at.unwrap_or(text.len())].to_vec()
}

/// Matches the pattern at the beginning of the text; `accept` judges what is left and may refuse,
/// upon which other ways are tried.
fn at(
    pattern: &[u8],
    text: &[u8],
    options: MatchOptions,
    accept: &mut dyn FnMut(&[u8]) -> bool,
) -> bool {
    let (mut p, mut t) = (pattern, text);
    loop {
        let Some(&first) = p.first() else { return accept(t) };
        if options.extended
            && p.get(1) == Some(&b'(')
            && matches!(first, b'?' | b'*' | b'+' | b'@' | b'!')
            && let Some(group) = Group::parse(p)
        {
            return group.at(t, options, accept);
        }
        match first {
            b'*' => {
                let rest = p.iter().position(|b| *b != b'*').map_or(&p[p.len()..], |i| &p[i..]);
                // A `*(` after stars is a group, its star does not belong to them.
                let rest = if options.extended && rest.first() == Some(&b'(') {
                    &p[p.len() - rest.len() - 1..]
                } else {
                    rest
                };
                if rest.is_empty() {
                    // Longest first, so that greedy callers stop early.
                    return (0..=t.len()).rev().any(|i| accept(&t[i..]));
                }
                let literal = match rest[0] {
                    b'?' | b'[' | b'\\' | b'*' | b'+' | b'@' | b'!' => None,
                    byte if options.no_case || byte >= 0x80 => None,
                    byte => Some(byte),
                };
                return (0..=t.len()).any(|i| {
                    literal.is_none_or(|byte| t.get(i) == Some(&byte))
                        && at(rest, &t[i..], options, accept)
                });
            }
            b'?' => {
                if t.is_empty() {
                    return false;
                }
                (p, t) = (&p[1..], &t[char_len(t, options.utf8)..]);
            }
            b'[' => match bracket(p, t, options) {
                Some((hit, len)) => {
                    if !hit || t.is_empty() {
                        return false;
                    }
                    (p, t) = (&p[len..], &t[char_len(t, options.utf8)..]);
                }
                None => {
                    if t.first() != Some(&b'[') {
                        return false;
                    }
                    (p, t) = (&p[1..], &t[1..]);
                }
            },
            b'\\' if p.len() > 1 => {
                if !same(t.first().copied(), p[1], options) {
                    return false;
                }
                (p, t) = (&p[2..], &t[1..]);
            }
            byte => {
                if !same(t.first().copied(), byte, options) {
                    return false;
                }
                (p, t) = (&p[1..], &t[1..]);
            }
        }
    }
}

fn same(byte: Option<u8>, wanted: u8, options: MatchOptions) -> bool {
    match byte {
        Some(byte) if options.no_case => byte.eq_ignore_ascii_case(&wanted),
        Some(byte) => byte == wanted,
        None => false,
    }
}

fn char_len(text: &[u8], utf8: bool) -> usize {
    if !utf8 {
        return 1;
    }
    let len = match text[0] {
        0xC0..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF7 => 4,
        _ => 1,
    };
    if text.len() >= len && std::str::from_utf8(&text[..len]).is_ok() { len } else { 1 }
}

fn first_char(text: &[u8], utf8: bool) -> u32 {
    let len = char_len(text, utf8);
    match std::str::from_utf8(&text[..len]) {
        Ok(text) if utf8 => text.chars().next().map_or(0, u32::from),
        _ => u32::from(text[0]),
    }
}

/// Whether the bracket expression takes the text's first character, and how long it is; none if it
/// is not one.
fn bracket(p: &[u8], text: &[u8], options: MatchOptions) -> Option<(bool, usize)> {
    let mut i = 1;
    let negated = p.get(i) == Some(&b'!') || (options.caret && p.get(i) == Some(&b'^'));
    if negated {
        i += 1;
    }
    let c = if text.is_empty() { 0 } else { first_char(text, options.utf8) };
    let mut hit = false;
    let mut first = true;
    loop {
        match *p.get(i)? {
            b']' if !first => break,
            b'[' if p.get(i + 1) == Some(&b':') => {
                let end = p[i + 2..].windows(2).position(|w| w == b":]");
                match end {
                    Some(len) => {
                        hit |= class(&p[i + 2..i + 2 + len], c);
                        i += len + 4;
                    }
                    None => {
                        hit |= c == u32::from(b'[');
                        i += 1;
                    }
                }
            }
            _ => {
                let (low, next) = element(p, i, options.utf8)?;
                i = next;
                if p.get(i) == Some(&b'-') && p.get(i + 1).is_some_and(|b| *b != b']') {
                    let (high, next) = element(p, i + 1, options.utf8)?;
                    i = next;
                    hit |= (low..=high).contains(&c);
                    if options.no_case {
                        let swapped = swap_case(c);
                        hit |= (low..=high).contains(&swapped);
                    }
                } else {
                    hit |= low == c || (options.no_case && low == swap_case(c));
                }
            }
        }
        first = false;
    }
    Some((hit != negated, i + 1))
}

fn swap_case(c: u32) -> u32 {
    match u8::try_from(c) {
        Ok(byte) if byte.is_ascii_alphabetic() => u32::from(byte ^ 0x20),
        _ => c,
    }
}

/// A character of a bracket expression, perhaps escaped, and where the next one begins.
fn element(p: &[u8], at: usize, utf8: bool) -> Option<(u32, usize)> {
    let at = if p.get(at) == Some(&b'\\') && at + 1 < p.len() { at + 1 } else { at };
    if p.get(at) == Some(&b'[') && matches!(p.get(at + 1), Some(b'.' | b'=')) {
        let kind = p[at + 1];
        let end = p[at + 2..].windows(2).position(|w| w == [kind, b']'])?;
        return Some((first_char(&p[at + 2..], utf8), at + 2 + end + 2));
    }
    let rest = p.get(at..).filter(|rest| !rest.is_empty())?;
    Some((first_char(rest, utf8), at + char_len(rest, utf8)))
}

fn class(name: &[u8], c: u32) -> bool {
    let Some(c) = char::from_u32(c) else { return false };
    match name {
        b"alnum" => c.is_alphanumeric(),
        b"alpha" => c.is_alphabetic(),
        b"blank" => c == ' ' || c == '\t',
        b"cntrl" => c.is_control(),
        b"digit" => c.is_ascii_digit(),
        b"graph" => !c.is_whitespace() && !c.is_control(),
        b"lower" => c.is_lowercase(),
        b"print" => !c.is_control(),
        b"punct" => c.is_ascii_punctuation(),
        b"space" => c.is_ascii_whitespace() || c == '\u{b}',
        b"upper" => c.is_uppercase(),
        b"xdigit" => c.is_ascii_hexdigit(),
        b"word" => c.is_alphanumeric() || c == '_',
        _ => false,
    }
}

/// `@(a|b)` and its kind, with what follows it.
struct Group<'a> {
    kind: u8,
    alternatives: Vec<&'a [u8]>,
    rest: &'a [u8],
}

impl<'a> Group<'a> {
    fn parse(p: &'a [u8]) -> Option<Self> {
        let (mut i, mut open, mut start) = (2, 1_u32, 2);
        let mut alternatives = Vec::new();
        while i < p.len() {
            match p[i] {
                b'\\' => i += 1,
                b'[' => {
                    if let Some((_, len)) = bracket(&p[i..], b"", MatchOptions::default()) {
                        i += len - 1;
                    }
                }
                b'(' => open += 1,
                b')' if open == 1 => {
                    alternatives.push(&p[start..i]);
                    return Some(Self { kind: p[0], alternatives, rest: &p[i + 1..] });
                }
                b')' => open -= 1,
                b'|' if open == 1 => {
                    alternatives.push(&p[start..i]);
                    start = i + 1;
                }
                _ => {}
            }
            i += 1;
        }
        None
    }

    fn at(
        &self,
        text: &[u8],
        options: MatchOptions,
        accept: &mut dyn FnMut(&[u8]) -> bool,
    ) -> bool {
        let one = |part: &[u8]| self.alternatives.iter().any(|a| matches(a, part, options));
        let mut after = |rest: &[u8]| at(self.rest, rest, options, accept);
        match self.kind {
            b'!' => (0..=text.len()).rev().any(|i| !one(&text[..i]) && after(&text[i..])),
            b'@' => (0..=text.len()).rev().any(|i| one(&text[..i]) && after(&text[i..])),
            b'?' => {
                (0..=text.len()).rev().any(|i| (i == 0 || one(&text[..i])) && after(&text[i..]))
            }
            kind => {
                // Which lengths any number of repetitions may take.
                let mut reachable = vec![false; text.len() + 1];
                let mut ends = vec![false; text.len() + 1];
                reachable[0] = true;
                ends[0] = kind == b'*' || one(b"");
                for from in 0..=text.len() {
                    if !reachable[from] {
                        continue;
                    }
                    for to in from + 1..=text.len() {
                        if one(&text[from..to]) {
                            reachable[to] = true;
                            ends[to] = true;
                        }
                    }
                }
                (0..=text.len()).rev().any(|i| ends[i] && after(&text[i..]))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let options = MatchOptions { extended: true, utf8: true, no_case: false, caret: true };
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a?c", "aéc", true),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[]a]", "]", true),
            ("[[:digit:]]*", "1x", true),
            ("a\\*", "a*", true),
            ("a\\*", "ab", false),
            ("[", "[", true),
            ("*.tar.*", "x.tar.gz", true),
            ("@(a|b)c", "bc", true),
            ("!(a)", "b", true),
            ("!(a)", "a", false),
            ("+(ab)", "ababab", true),
            ("*(ab)c", "c", true),
            ("?(x)y", "y", true),
        ] {
            let found = matches(pattern.as_bytes(), text.as_bytes(), options);
            assert_eq!(found, expected, "{pattern} {text}");
        }
    }
}
