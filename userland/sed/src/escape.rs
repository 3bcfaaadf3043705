//! Backslashes and what they stand for.

/// A pattern with `\x41`, `\o101`, `\d065` and `\cA` replaced by what they stand for.
pub fn numeric_escapes(text: &[u8]) -> Vec<u8> {
    let mut result = Vec::new();
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        rest = tail;
        result.push(*first);
        let (b'\\', [c, tail @ ..]) = (first, tail) else { continue };
        let (byte, used) = if b"xodc".contains(c) { escape(*c, tail) } else { (0, 0) };
        if used > 0 {
            result.pop();
            result.push(byte);
        } else {
            result.push(*c);
        }
        rest = &tail[used..];
    }
    result
}

/// What a backslash and `c` stand for, and how many bytes after `c` belong to it.
pub fn escape(c: u8, rest: &[u8]) -> (u8, usize) {
    let digits = |radix: u32, most: usize| {
        let mut value = 0u32;
        let mut used = 0;
        while used < most
            && let Some(digit) = rest.get(used).and_then(|c| char::from(*c).to_digit(radix))
        {
            value = value * radix + digit;
            used += 1;
        }
        (value as u8, used)
    };
    let numeric = match c {
        b'd' => digits(10, 3),
        b'o' => digits(8, 3),
        b'x' => digits(16, 2),
        _ => (0, 0),
    };
    if numeric.1 > 0 {
        return numeric;
    }
    let byte = match c {
        b'n' => b'\n',
        b't' => b'\t',
        b'a' => 7,
        b'f' => 12,
        b'v' => 11,
        b'r' => b'\r',
        b'c' if !rest.is_empty() => return (rest[0].to_ascii_uppercase() ^ 0x40, 1),
        c => c,
    };
    (byte, 0)
}

/// The characters of one side of `y`.
pub fn characters(text: &[u8]) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        if *first == b'\\'
            && let [c, tail @ ..] = tail
        {
            let (byte, used) = escape(*c, tail);
            if byte == *c && *c != b'\\' {
                all.push(vec![b'\\']);
                rest = &rest[1..];
            } else {
                all.push(vec![byte]);
                rest = &tail[used..];
            }
            continue;
        }
        let len = if guest::utf8_locale() {
            rest.utf8_chunks()
                .next()
                .and_then(|chunk| chunk.valid().chars().next())
                .map_or(1, char::len_utf8)
        } else {
            1
        };
        all.push(rest[..len].to_vec());
        rest = &rest[len..];
    }
    all
}
