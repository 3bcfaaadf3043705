//! Text as a shell would read it back.

/// In single quotes: `it'\''s`.
pub(crate) fn single_always(text: &[u8]) -> Vec<u8> {
    if text.iter().any(|b| b.is_ascii_control()) {
        return ansi(text);
    }
    let mut out = vec![b'\''];
    for &byte in text {
        match byte {
            b'\'' => out.extend(b"'\\''"),
            _ => out.push(byte),
        }
    }
    out.push(b'\'');
    out
}

/// In single quotes without regard to control characters, as dash does.
pub(crate) fn single_plain(text: &[u8]) -> Vec<u8> {
    if text.is_empty() {
        return b"''".to_vec();
    }
    // dash puts runs of single quotes into double quotes.
    let mut out = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let quotes = rest.iter().take_while(|b| **b == b'\'').count();
        if quotes > 0 {
            out.push(b'"');
            out.extend(&rest[..quotes]);
            out.push(b'"');
            rest = &rest[quotes..];
            continue;
        }
        let len = rest.iter().position(|b| *b == b'\'').unwrap_or(rest.len());
        out.push(b'\'');
        out.extend(&rest[..len]);
        out.push(b'\'');
        rest = &rest[len..];
    }
    out
}

/// Only if it has to be, as bash's `set` does.
pub(crate) fn if_needed(text: &[u8]) -> Vec<u8> {
    if text.is_empty() {
        return b"''".to_vec();
    }
    if text.iter().any(|b| b.is_ascii_control()) {
        return ansi(text);
    }
    let special = |(i, b): (usize, &u8)| match b {
        b' ' | b'\'' | b'"' | b'\\' | b'|' | b'&' | b';' | b'(' | b')' | b'<' | b'>' | b'!'
        | b'{' | b'}' | b'*' | b'[' | b']' | b'?' | b'^' | b'$' | b'`' | b',' => true,
        b'~' => i == 0 || matches!(text[i - 1], b'=' | b':'),
        b'#' => i == 0,
        _ => false,
    };
    if text.iter().enumerate().any(special) { single_always(text) } else { text.to_vec() }
}

/// As bash's `set -x`: blanks and newlines do not ask for `$'...'`.
pub(crate) fn for_trace(text: &[u8]) -> Vec<u8> {
    let blank = |b: &u8| matches!(b, b'\n' | b'\t');
    if !text.iter().any(blank) {
        return if_needed(text);
    }
    let mut out = vec![b'\''];
    for &byte in text {
        match byte {
            b'\'' => out.extend(b"'\\''"),
            _ => out.push(byte),
        }
    }
    out.push(b'\'');
    out
}

/// As BusyBox ash's `set -x`.
pub(crate) fn for_ash_trace(text: &[u8]) -> Vec<u8> {
    let plain = |b: &u8| matches!(b, b'+'..=b':' | b'@'..=b'Z' | b']'..=b'_' | b'a'..=b'z');
    if text.iter().all(plain) { text.to_vec() } else { single_plain(text) }
}

/// As `printf %q` and `declare -p`'s values with control characters: `$'a\nb'`.
pub(crate) fn ansi(text: &[u8]) -> Vec<u8> {
    let mut out = b"$'".to_vec();
    for &byte in text {
        match byte {
            b'\n' => out.extend(b"\\n"),
            b'\t' => out.extend(b"\\t"),
            b'\r' => out.extend(b"\\r"),
            7 => out.extend(b"\\a"),
            8 => out.extend(b"\\b"),
            11 => out.extend(b"\\v"),
            12 => out.extend(b"\\f"),
            27 => out.extend(b"\\E"),
            b'\'' => out.extend(b"\\'"),
            b'\\' => out.extend(b"\\\\"),
            _ if byte.is_ascii_control() => out.extend(format!("\\{byte:03o}").bytes()),
            _ => out.push(byte),
        }
    }
    out.push(b'\'');
    out
}

/// With backslashes, as bash's `printf %q`.
pub(crate) fn backslash(text: &[u8]) -> Vec<u8> {
    if text.is_empty() {
        return b"''".to_vec();
    }
    if text.iter().any(|b| b.is_ascii_control()) {
        return ansi(text);
    }
    let mut out = Vec::new();
    for (i, &byte) in text.iter().enumerate() {
        let plain = byte.is_ascii_alphanumeric() || byte >= 0x80 || b"%+-./:=@_".contains(&byte);
        let plain = plain || (byte == b'~' && i > 0) || (byte == b'#' && i > 0);
        if !plain {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out
}

/// In double quotes, as `declare -p` shows values.
pub(crate) fn double(text: &[u8]) -> Vec<u8> {
    if text.iter().any(|b| b.is_ascii_control()) {
        return ansi(text);
    }
    let mut out = vec![b'"'];
    for &byte in text {
        if matches!(byte, b'"' | b'\\' | b'$' | b'`') {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out.push(b'"');
    out
}
