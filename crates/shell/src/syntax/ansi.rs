//! Backslash escapes: `$'...'`, `printf`, `echo`.

/// The bytes of the inside of `$'...'`.
pub(crate) fn decode(text: &str) -> Vec<u8> {
    let bytes = crate::text::encode(text);
    let (mut out, mut i) = (Vec::with_capacity(bytes.len()), 0);
    while i < bytes.len() {
        if bytes[i] != b'\\' || i + 1 >= bytes.len() {
            out.push(bytes[i]);
            i += 1;
            continue;
        }
        match escape(&bytes[i + 1..], true) {
            // A NUL ends the string.
            Some((Escape::Byte(0), _)) => break,
            Some((Escape::Byte(byte), len)) => {
                out.push(byte);
                i += 1 + len;
            }
            Some((Escape::Char(c), len)) => {
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                i += 1 + len;
            }
            None => match bytes[i + 1] {
                b'c' if i + 2 < bytes.len() => {
                    out.push(bytes[i + 2].to_ascii_uppercase() ^ 0x40);
                    i += 3;
                }
                c @ (b'\'' | b'"' | b'?') => {
                    out.push(c);
                    i += 2;
                }
                c => {
                    out.extend([b'\\', c]);
                    i += 2;
                }
            },
        }
    }
    out
}

/// What an escape stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Escape {
    Byte(u8),
    Char(char),
}

/// The escape after a backslash, and its length: `a b e f n r t v \`, octal, and (`extended`) `x u U E`.
pub(crate) fn escape(rest: &[u8], extended: bool) -> Option<(Escape, usize)> {
    let simple = |byte| Some((Escape::Byte(byte), 1));
    match *rest.first()? {
        b'a' => simple(7),
        b'b' => simple(8),
        b'f' => simple(12),
        b'n' => simple(b'\n'),
        b'r' => simple(b'\r'),
        b't' => simple(b'\t'),
        b'v' => simple(11),
        b'\\' => simple(b'\\'),
        b'e' | b'E' if extended => simple(27),
        b'0'..=b'7' => {
            let (value, len) = digits(rest, 8, 3);
            Some((Escape::Byte(value as u8), len))
        }
        b'x' if extended => {
            let (value, len) = digits(&rest[1..], 16, 2);
            (len > 0).then_some((Escape::Byte(value as u8), len + 1))
        }
        kind @ (b'u' | b'U') if extended => {
            let (value, len) = digits(&rest[1..], 16, if kind == b'u' { 4 } else { 8 });
            let c = char::from_u32(value)?;
            (len > 0).then_some((Escape::Char(c), len + 1))
        }
        _ => None,
    }
}

/// Up to `max` digits of a number, and how many there were.
pub(crate) fn digits(rest: &[u8], radix: u32, max: usize) -> (u32, usize) {
    let (mut value, mut len) = (0_u32, 0);
    while let Some(digit) = rest.get(len).and_then(|&b| (b as char).to_digit(radix)) {
        if len == max {
            break;
        }
        value = value.wrapping_mul(radix).wrapping_add(digit);
        len += 1;
    }
    (value, len)
}
