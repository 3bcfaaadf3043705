//! The patterns of `${name#pattern}` and `${name/pattern/text}`: `*`, `?` and `\`, nothing else.

use thiserror::Error;

/// A pattern that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("invalid escape '\\{0}'")]
pub struct PatternError(pub char);

/// One part of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `*`: any number of characters but a newline.
    Any,
    /// `?`: one character but a newline.
    One,
    /// The character itself.
    Literal(char),
}

/// A pattern, ready to match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShellPattern {
    parts: Vec<Part>,
}

impl ShellPattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// Only `*`, `?`, `\`, `}` and `/` may be escaped.
    pub fn new(pattern: &str) -> Result<Self, PatternError> {
        let mut parts = Vec::new();
        let mut chars = pattern.chars();
        while let Some(c) = chars.next() {
            parts.push(match c {
                '*' => Part::Any,
                '?' => Part::One,
                '\\' => match chars.next() {
                    Some(escaped @ ('*' | '?' | '\\' | '}' | '/')) => Part::Literal(escaped),
                    other => return Err(PatternError(other.unwrap_or('\u{fffd}'))),
                },
                c => Part::Literal(c),
            });
        }
        Ok(ShellPattern { parts })
    }

    /// The parts, in order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Where a match at the start of `text` ends; `longest` lets `*` take as much as it can.
    pub fn match_prefix(&self, text: &str, longest: bool) -> Option<usize> {
        self.match_at(text, 0, longest, &mut Tried::new(self.parts.len(), text.len()))
    }

    /// Replaces the first match.
    pub fn replace_first(&self, text: &str, replacement: &str) -> String {
        match self.find(text, 0, &mut Tried::new(self.parts.len(), text.len())) {
            Some((start, end)) => format!("{}{replacement}{}", &text[..start], &text[end..]),
            None => text.to_owned(),
        }
    }

    /// Replaces every match. The replacement is a template as in Go's `regexp`: `$0` is the match, other
    /// names are empty, `$$` is a dollar.
    pub fn replace_all(&self, text: &str, replacement: &str) -> String {
        self.replace_all_within(text, replacement, usize::MAX).unwrap_or_default()
    }

    /// Like [`ShellPattern::replace_all`]; none where the outcome is longer than `max_len`.
    pub(crate) fn replace_all_within(
        &self,
        text: &str,
        replacement: &str,
        max_len: usize,
    ) -> Option<String> {
        let mut out = String::new();
        let mut copied = 0;
        let mut from = 0;
        let mut tried = Tried::new(self.parts.len(), text.len());
        while let Some((start, end)) = self.find(text, from, &mut tried) {
            // Of the places that were tried, those before the end are not come to again.
            tried.forget(end);
            out.push_str(&text[copied..start]);
            // An empty match directly behind the previous one does not count.
            if end > copied || start == 0 {
                expand_template(&mut out, replacement, &text[start..end]);
            }
            if out.len() > max_len {
                return None;
            }
            copied = end;
            let width = text[from..].chars().next().map_or(1, char::len_utf8);
            from = end.max(from + width);
            if from > text.len() {
                break;
            }
        }
        out.push_str(&text[copied..]);
        (out.len() <= max_len).then_some(out)
    }

    fn find(&self, text: &str, from: usize, tried: &mut Tried) -> Option<(usize, usize)> {
        let starts = text[from..].char_indices().map(|(at, _)| from + at).chain([text.len()]);
        for start in starts {
            if let Some(end) = self.match_at(text, start, true, tried) {
                return Some((start, end));
            }
        }
        None
    }

    /// Backtracks through the choices of `*`. What failed once fails always, so it is noted and not tried
    /// again: the work is bounded by pattern length times text length.
    fn match_at(
        &self,
        text: &str,
        start: usize,
        longest: bool,
        tried: &mut Tried,
    ) -> Option<usize> {
        let mut choices = vec![(0, start)];
        while let Some((part, at)) = choices.pop() {
            let Some(current) = self.parts.get(part) else { return Some(at) };
            if !tried.insert(part, at) {
                continue;
            }
            let next = text[at..].chars().next();
            let after = |c: char| at + c.len_utf8();
            match (current, next) {
                (Part::Any, Some(c)) if c != '\n' => {
                    // The choice pushed last is tried first.
                    let (stop, go_on) = ((part + 1, at), (part, after(c)));
                    choices.extend(if longest { [stop, go_on] } else { [go_on, stop] });
                }
                (Part::Any, _) => choices.push((part + 1, at)),
                (Part::One, Some(c)) if c != '\n' => choices.push((part + 1, after(c))),
                (Part::Literal(wanted), Some(c)) if *wanted == c => {
                    choices.push((part + 1, after(c)))
                }
                _ => {}
            }
        }
        None
    }
}

/// Which parts were tried at which offsets, a bit for each.
struct Tried {
    parts: usize,
    bits: Vec<u64>,
}

impl Tried {
    fn new(parts: usize, len: usize) -> Tried {
        Tried { parts, bits: vec![0; (parts * (len + 1)).div_ceil(64)] }
    }

    /// Notes a part at an offset; false where it was noted before.
    fn insert(&mut self, part: usize, at: usize) -> bool {
        let bit = at * self.parts + part;
        let word = &mut self.bits[bit / 64];
        let is_new = *word & (1 << (bit % 64)) == 0;
        *word |= 1 << (bit % 64);
        is_new
    }

    /// Makes the parts at an offset new again.
    fn forget(&mut self, at: usize) {
        for bit in at * self.parts..(at + 1) * self.parts {
            self.bits[bit / 64] &= !(1 << (bit % 64));
        }
    }
}

/// `text` backwards, character by character.
pub fn reverse(text: &str) -> String {
    text.chars().rev().collect()
}

/// A pattern backwards, with every escape kept before what it escapes.
pub fn reverse_pattern(pattern: &str) -> String {
    let chars: Vec<char> = pattern.chars().collect();
    let mut out = Vec::with_capacity(chars.len());
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        match chars.get(at + 1) {
            Some(&escaped) if c == '\\' => {
                out.extend([escaped, c]);
                at += 2;
            }
            _ => {
                out.push(c);
                at += 1;
            }
        }
    }
    out.into_iter().rev().collect()
}

/// Writes a replacement template of Go's `regexp.Expand`, for a pattern without groups.
fn expand_template(out: &mut String, template: &str, matched: &str) {
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
            continue;
        }
        let braced = rest.starts_with('{');
        let name_start = usize::from(braced);
        let body = &rest[name_start..];
        let len = body.find(|c| !super::is_name_char(c)).unwrap_or(body.len());
        let closed = !braced || body[len..].starts_with('}');
        if len == 0 || !closed {
            out.push('$');
            continue;
        }
        if &body[..len] == "0" {
            out.push_str(matched);
        }
        rest = &body[len + usize::from(braced)..];
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(pattern: &str, text: &str, replacement: &str) -> String {
        ShellPattern::new(pattern).unwrap().replace_all(text, replacement)
    }

    #[test]
    fn replaces_as_go_does() {
        assert_eq!(all("", "ab", "-"), "-a-b-");
        assert_eq!(all("a", "banana", "[$0]"), "b[a]n[a]n[a]");
        assert_eq!(all("*", "ab\ncd", "x"), "x\nx");
        assert_eq!(all("a", "a", "$x$$$"), "$$");
        assert_eq!(all("é", "éaé", "${0}!"), "é!aé!");
    }

    #[test]
    fn shortest_and_longest_prefix() {
        let pattern = ShellPattern::new("*x").unwrap();
        assert_eq!(pattern.match_prefix("axbxc", false), Some(2));
        assert_eq!(pattern.match_prefix("axbxc", true), Some(4));
        assert_eq!(pattern.match_prefix("abc", true), None);
    }

    #[test]
    fn hostile_stars_end_soon() {
        let pattern = ShellPattern::new(&"*a".repeat(30)).unwrap();
        assert_eq!(pattern.match_prefix(&format!("{}b", "a".repeat(29)), true), None);
    }
}
