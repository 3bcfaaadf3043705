//! One pattern, ready to match: a plain text, a prefix, a suffix or a regular expression.

use super::regex::Regex;

/// How a pattern is matched, by moby/patternmatcher's classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchKind {
    /// The path is the pattern.
    Exact,
    /// The path starts with the pattern, which ends in `**`.
    Prefix,
    /// The path ends with the pattern, which begins with `**`.
    Suffix,
    /// Anything else.
    Regexp,
}

#[derive(Clone, Debug)]
pub(super) struct Glob {
    pattern: String,
    kind: MatchKind,
    regexp: Option<(String, Regex)>,
}

impl Glob {
    /// Reads a cleaned pattern; `None` where it is malformed.
    pub fn new(pattern: &str) -> Option<Glob> {
        if !is_well_formed(pattern) {
            return None;
        }
        let (kind, source) = translate(pattern);
        let regexp = match kind {
            MatchKind::Regexp => Some((Regex::new(&source)?, source)),
            _ => None,
        };
        Some(Glob {
            pattern: pattern.to_owned(),
            kind,
            regexp: regexp.map(|(regex, source)| (source, regex)),
        })
    }

    pub fn kind(&self) -> MatchKind {
        self.kind
    }

    pub fn regexp(&self) -> Option<&str> {
        self.regexp.as_ref().map(|(source, _)| source.as_str())
    }

    pub fn matches(&self, path: &str) -> bool {
        match self.kind {
            MatchKind::Exact => path == self.pattern,
            MatchKind::Prefix => {
                path.starts_with(self.pattern.strip_suffix("**").unwrap_or(&self.pattern))
            }
            MatchKind::Suffix => {
                let suffix = self.pattern.strip_prefix("**").unwrap_or(&self.pattern);
                path.ends_with(suffix) || suffix.strip_prefix('/') == Some(path)
            }
            MatchKind::Regexp => {
                self.regexp.as_ref().is_some_and(|(_, regex)| regex.is_match(path))
            }
        }
    }
}

/// The pattern as a regular expression, and whether something simpler will do.
///
/// Brackets and what is in them are handed on as they are, and so is an escaped character: the expression's
/// own reading of them is what counts.
fn translate(pattern: &str) -> (MatchKind, String) {
    let mut out = String::from("^");
    let mut kind = MatchKind::Exact;
    let mut chars = pattern.chars().peekable();
    let mut is_first = true;
    while let Some(c) = chars.next() {
        match c {
            '*' if chars.peek() == Some(&'*') => {
                chars.next();
                chars.next_if_eq(&'/');
                if chars.peek().is_some() {
                    out.push_str("(.*/)?");
                    kind = MatchKind::Regexp;
                } else if kind == MatchKind::Exact {
                    kind = MatchKind::Prefix;
                } else {
                    out.push_str(".*");
                    kind = MatchKind::Regexp;
                }
                if is_first {
                    kind = MatchKind::Suffix;
                }
            }
            '*' | '?' => {
                out.push_str(if c == '*' { "[^/]*" } else { "[^/]" });
                kind = MatchKind::Regexp;
            }
            // Upstream means to escape `|`, `{` and `}` too, but its table of bits has no room for them.
            '.' | '+' | '(' | ')' | '$' => out.extend(['\\', c]),
            '\\' => {
                out.push('\\');
                if let Some(escaped) = chars.next() {
                    out.push(escaped);
                    kind = MatchKind::Regexp;
                }
            }
            '[' | ']' => {
                out.push(c);
                kind = MatchKind::Regexp;
            }
            c => out.push(c),
        }
        is_first = false;
    }
    if kind == MatchKind::Regexp {
        out.push('$');
    }
    (kind, out)
}

/// What Go's `filepath.Match` takes for a pattern: brackets hold something and end, escapes escape something.
fn is_well_formed(pattern: &str) -> bool {
    let mut rest = pattern;
    while !rest.is_empty() {
        rest = rest.trim_start_matches('*');
        let (chunk, after) = rest.split_at(chunk_len(rest));
        if !is_chunk_well_formed(chunk) {
            return false;
        }
        rest = after;
    }
    true
}

/// Up to the next `*` that is not in brackets. This looks at brackets more loosely than what reads the chunk.
fn chunk_len(pattern: &str) -> usize {
    let mut in_brackets = false;
    let mut bytes = pattern.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' => {
                bytes.next();
            }
            b'[' => in_brackets = true,
            b']' => in_brackets = false,
            b'*' if !in_brackets => return at,
            _ => {}
        }
    }
    pattern.len()
}

fn is_chunk_well_formed(chunk: &str) -> bool {
    let mut rest = chunk.chars();
    while let Some(c) = rest.next() {
        let sound = match c {
            '\\' => rest.next().is_some(),
            '[' => {
                let body = rest.as_str();
                match class_end(body.strip_prefix('^').unwrap_or(body)) {
                    Some(after) => {
                        rest = after.chars();
                        true
                    }
                    None => false,
                }
            }
            _ => true,
        };
        if !sound {
            return false;
        }
    }
    true
}

/// What follows the bracket expression whose inside `body` begins with; `None` where it is malformed.
fn class_end(body: &str) -> Option<&str> {
    let mut rest = class_char(body)?;
    loop {
        if let Some(high) = rest.strip_prefix('-') {
            rest = class_char(high)?;
        }
        match rest.strip_prefix(']') {
            Some(after) => return Some(after),
            None => rest = class_char(rest)?,
        }
    }
}

/// What follows one character of a bracket expression; the expression cannot end there.
fn class_char(text: &str) -> Option<&str> {
    let mut chars = text.chars();
    match chars.next()? {
        '-' | ']' => return None,
        '\\' => {
            chars.next()?;
        }
        _ => {}
    }
    Some(chars.as_str()).filter(|rest| !rest.is_empty())
}
