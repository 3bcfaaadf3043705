//! Patterns of file names, as `fnmatch(3)` has them.

/// Whether a name fits a pattern of `*`, `?`, `[..]` and backslashes.
pub fn matches(pattern: &[u8], name: &[u8]) -> bool {
    match pattern {
        [] => name.is_empty(),
        [b'*', rest @ ..] => (0..=name.len()).any(|at| matches(rest, &name[at..])),
        [b'?', rest @ ..] => !name.is_empty() && matches(rest, &name[1..]),
        [b'[', rest @ ..] if !name.is_empty() => {
            let start = usize::from(matches!(rest.first(), Some(b'!' | b'^')));
            let Some(close) = rest.iter().skip(start + 1).position(|c| *c == b']') else {
                return name[0] == b'[' && matches(rest, &name[1..]);
            };
            let close = close + start + 1;
            let (mut set, mut found) = (&rest[start..close], false);
            while let [first, tail @ ..] = set {
                if let [b'-', last, tail @ ..] = tail {
                    found |= (*first..=*last).contains(&name[0]);
                    set = tail;
                } else {
                    found |= *first == name[0];
                    set = tail;
                }
            }
            found != (start == 1) && matches(&rest[close + 1..], &name[1..])
        }
        [b'\\', c, rest @ ..] | [c, rest @ ..] => {
            name.first() == Some(c) && matches(rest, &name[1..])
        }
    }
}
