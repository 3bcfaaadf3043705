//! Go's `path.Match`, the wildcards of `COPY` and `ADD` sources.

/// The pattern has a bracket without its end, or a `\` at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("syntax error in pattern")]
pub struct BadPattern;

/// Whether `name` matches `pattern`: `*`, `?`, `[a-z]`, `[^a-z]`, `\x`; `*` and `?` match no `/`.
///
/// # Errors
/// [`BadPattern`], where matching gets as far as the bad part.
pub fn matches(pattern: &[u8], name: &[u8]) -> Result<bool, BadPattern> {
    let Some((&first, rest)) = pattern.split_first() else { return Ok(name.is_empty()) };
    match first {
        b'*' => {
            let rest = &rest[rest.iter().take_while(|b| **b == b'*').count()..];
            let end = name.iter().position(|&b| b == b'/').unwrap_or(name.len());
            if rest.is_empty() {
                return Ok(end == name.len());
            }
            for start in 0..=end {
                if matches(rest, &name[start..])? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        b'?' => match chars(name) {
            Some((c, after)) if c != '/' => matches(rest, after),
            _ => check(rest).map(|()| false),
        },
        b'[' => {
            let (hit, after_class, after_name) = class(rest, name)?;
            if hit { matches(after_class, after_name) } else { check(after_class).map(|()| false) }
        }
        b'\\' => {
            let (&literal, rest) = rest.split_first().ok_or(BadPattern)?;
            literal_then(literal, rest, name)
        }
        literal => literal_then(literal, rest, name),
    }
}

fn literal_then(literal: u8, rest: &[u8], name: &[u8]) -> Result<bool, BadPattern> {
    match name.split_first() {
        Some((&first, after)) if first == literal => matches(rest, after),
        _ => check(rest).map(|()| false),
    }
}

/// A character class behind its `[`: (whether the first character is in it, what follows the
/// class, what follows the character).
fn class<'a>(
    mut pattern: &'a [u8],
    name: &'a [u8],
) -> Result<(bool, &'a [u8], &'a [u8]), BadPattern> {
    let negated = pattern.first() == Some(&b'^');
    if negated {
        pattern = &pattern[1..];
    }
    let character = chars(name);
    let (mut hit, mut ranges) = (false, 0);
    loop {
        if pattern.first() == Some(&b']') && ranges > 0 {
            pattern = &pattern[1..];
            break;
        }
        let (low, rest) = class_char(pattern)?;
        let (high, rest) = match rest.split_first() {
            Some((b'-', rest)) => class_char(rest)?,
            _ => (low, rest),
        };
        pattern = rest;
        ranges += 1;
        hit |= character.is_some_and(|(c, _)| (low..=high).contains(&c));
    }
    match character {
        Some((_, after)) => Ok((hit != negated, pattern, after)),
        None => Ok((false, pattern, name)),
    }
}

/// One character of a class, which may be escaped.
fn class_char(pattern: &[u8]) -> Result<(char, &[u8]), BadPattern> {
    let pattern = match pattern.first() {
        None | Some(b'-' | b']') => return Err(BadPattern),
        Some(b'\\') => &pattern[1..],
        Some(_) => pattern,
    };
    let (c, rest) = chars(pattern).ok_or(BadPattern)?;
    // A class that is not closed is bad even if the character fits.
    if rest.is_empty() { Err(BadPattern) } else { Ok((c, rest)) }
}

/// Looks for bad syntax in what was not needed for the answer.
fn check(mut pattern: &[u8]) -> Result<(), BadPattern> {
    while let Some((&first, rest)) = pattern.split_first() {
        pattern = match first {
            b'[' => class(rest, b"")?.1,
            b'\\' => rest.split_first().ok_or(BadPattern)?.1,
            _ => rest,
        };
    }
    Ok(())
}

/// The first character; a byte that is no UTF-8 counts as one.
fn chars(bytes: &[u8]) -> Option<(char, &[u8])> {
    let first = *bytes.first()?;
    let len = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    };
    match bytes.get(..len).and_then(|head| std::str::from_utf8(head).ok()?.chars().next()) {
        Some(c) => Some((c, &bytes[len..])),
        None => Some((char::REPLACEMENT_CHARACTER, &bytes[1..])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of Go's documentation of `path/filepath.Match` and of its corner cases.
    #[test]
    fn matches_as_go_does() {
        for (pattern, name, expected) in [
            ("abc", "abc", Ok(true)),
            ("*", "abc", Ok(true)),
            ("*c", "abc", Ok(true)),
            ("a*", "a", Ok(true)),
            ("a*b?c*x", "abxbbxdbxebxczzx", Ok(true)),
            ("a*b?c*x", "abxbbxdbxebxczzy", Ok(false)),
            ("ab[c]", "abc", Ok(true)),
            ("ab[b-d]", "abc", Ok(true)),
            ("ab[e-g]", "abc", Ok(false)),
            ("ab[^c]", "abc", Ok(false)),
            ("ab[^e-g]", "abc", Ok(true)),
            ("a*", "ab/c", Ok(false)),
            ("a*/b", "a/c/b", Ok(false)),
            ("a?b", "a/b", Ok(false)),
            ("a\\*b", "a*b", Ok(true)),
            ("a\\*b", "ab", Ok(false)),
            ("a?b", "a☺b", Ok(true)),
            ("a[^a]b", "a☺b", Ok(true)),
            ("[\\-x]", "-", Ok(true)),
            ("[x\\-]", "x", Ok(true)),
            ("[]a]", "]", Err(BadPattern)),
            ("[-]", "-", Err(BadPattern)),
            ("[x-]", "x", Err(BadPattern)),
            ("[a-b-c]", "a", Err(BadPattern)),
            ("[", "a", Err(BadPattern)),
            ("[^bc", "a", Err(BadPattern)),
            ("a[", "a", Err(BadPattern)),
            ("\\", "a", Err(BadPattern)),
        ] {
            assert_eq!(matches(pattern.as_bytes(), name.as_bytes()), expected, "{pattern} {name}");
        }
    }
}
