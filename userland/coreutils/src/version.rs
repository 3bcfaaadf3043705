//! Order of version strings, as `sort -V` and `ls -v` have it (gnulib's filevercmp).

use std::cmp::Ordering;

/// Compares two names so that `a9` comes before `a10`.
pub fn compare(a: &[u8], b: &[u8]) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    let special = |name: &[u8]| match name {
        b"" => 0,
        b"." => 1,
        b".." => 2,
        [b'.', ..] => 3,
        _ => 4,
    };
    match special(a).cmp(&special(b)) {
        Ordering::Equal => {}
        other => return other,
    }
    let (stem_a, stem_b) = (without_suffix(a), without_suffix(b));
    match revision(stem_a, stem_b) {
        Ordering::Equal => revision(a, b),
        other => other,
    }
}

/// The name without what matches `(\.[A-Za-z~][A-Za-z0-9~]*)*$`.
fn without_suffix(name: &[u8]) -> &[u8] {
    let mut end = name.len();
    loop {
        let Some(dot) = name[..end].iter().rposition(|&c| c == b'.') else { return &name[..end] };
        let suffix = &name[dot + 1..end];
        let fits = matches!(suffix.first(), Some(c) if c.is_ascii_alphabetic() || *c == b'~')
            && suffix.iter().all(|c| c.is_ascii_alphanumeric() || *c == b'~');
        if !fits || dot == 0 {
            return &name[..end];
        }
        end = dot;
    }
}

/// dpkg's comparison: letters before other characters, `~` before the end, numbers by value.
fn revision(mut a: &[u8], mut b: &[u8]) -> Ordering {
    fn weight(c: Option<&u8>) -> i32 {
        match c {
            None => -1,
            Some(c) if c.is_ascii_digit() => 0,
            Some(c) if c.is_ascii_alphabetic() => i32::from(*c),
            Some(b'~') => -2,
            Some(c) => i32::from(*c) + 256,
        }
    }
    let is_digit = |c: Option<&u8>| c.is_some_and(u8::is_ascii_digit);
    while !a.is_empty() || !b.is_empty() {
        while (!a.is_empty() && !is_digit(a.first())) || (!b.is_empty() && !is_digit(b.first())) {
            match weight(a.first()).cmp(&weight(b.first())) {
                Ordering::Equal => {}
                other => return other,
            }
            a = a.get(1..).unwrap_or_default();
            b = b.get(1..).unwrap_or_default();
        }
        let number = |text: &mut &[u8]| {
            let len = text.iter().take_while(|c| c.is_ascii_digit()).count();
            let (digits, rest) = text.split_at(len);
            *text = rest;
            let zeros = digits.iter().take_while(|&&c| c == b'0').count();
            digits[zeros..].to_vec()
        };
        let (x, y) = (number(&mut a), number(&mut b));
        match x.len().cmp(&y.len()).then_with(|| x.cmp(&y)) {
            Ordering::Equal => {}
            other => return other,
        }
    }
    Ordering::Equal
}
