//! Words of a line: separated by blanks, except in quotes and parentheses.

/// Splits a line.
pub fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let (mut quoted, mut escaped, mut depth) = (false, false, 0);
    for c in line.chars() {
        if c.is_whitespace() && !quoted && depth == 0 {
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            continue;
        }
        match c {
            '"' if !escaped => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        escaped = quoted && c == '\\' && !escaped;
        word.push(c);
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// The bytes of `"..."` with `\n`, `\0`, `\xNN`, `\"` and `\\`; `"..."*N` repeats them.
pub fn unquote(word: &str) -> Option<Vec<u8>> {
    let inner = word.strip_prefix('"')?;
    let end = inner.rfind('"')?;
    let times = match inner[end + 1..].strip_prefix('*') {
        Some(times) => times.parse().ok()?,
        None if end + 1 == inner.len() => 1,
        None => return None,
    };
    let mut bytes = Vec::new();
    let mut rest = inner[..end].bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match (byte, byte == b'\\') {
            (_, false) => byte,
            (_, true) => match rest.next()? {
                b'n' => b'\n',
                b'0' => 0,
                b'x' => {
                    let digits = [rest.next()?, rest.next()?];
                    u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
                }
                other => other,
            },
        });
    }
    Some(bytes.repeat(times))
}

/// The reverse of [`unquote`]; long runs of one byte are written with `*N`.
pub fn quote(bytes: &[u8]) -> String {
    if bytes.len() > 16 && bytes.iter().all(|byte| *byte == bytes[0]) {
        return format!("{}*{}", quote(&bytes[..1]), bytes.len());
    }
    let mut out = String::from("\"");
    for &byte in bytes {
        match byte {
            b'"' | b'\\' => out.extend(['\\', byte as char]),
            b'\n' => out.push_str("\\n"),
            0 => out.push_str("\\0"),
            b' '..=b'~' => out.push(byte as char),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out + "\""
}
