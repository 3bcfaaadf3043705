//! Names in messages, as GNU's quotearg writes them.

use crate::bytes;
use std::ffi::OsStr;

/// Quoted for a shell only where a shell would need it: `a`, `'a b'`.
pub fn shell<S: AsRef<OsStr> + ?Sized>(name: &S) -> String {
    let name = bytes(name);
    if needs_quotes(name) { always_bytes(name) } else { String::from_utf8_lossy(name).into() }
}

/// Like [`shell`], and a name with a colon is quoted too, since a colon follows it.
pub fn colon<S: AsRef<OsStr> + ?Sized>(name: &S) -> String {
    if bytes(name).contains(&b':') { always(name) } else { shell(name) }
}

/// Quoted for a shell in any case: `'a'`.
pub fn always<S: AsRef<OsStr> + ?Sized>(name: &S) -> String {
    always_bytes(bytes(name))
}

/// In the quotes of the locale, `‘a’` or `'a'`, with escapes as in C.
pub fn locale<S: AsRef<OsStr> + ?Sized>(name: &S) -> String {
    let (open, close) = if crate::utf8_locale() { ("‘", "’") } else { ("'", "'") };
    let mut text = String::from(open);
    for chunk in bytes(name).utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\\' => text.push_str("\\\\"),
                '\'' if close == "'" => text.push_str("\\'"),
                '’' if close == "’" => text.push_str("\\’"),
                c if c.is_control() => push_escape(&mut text, c as u32),
                c => text.push(c),
            }
        }
        for &byte in chunk.invalid() {
            push_escape(&mut text, byte.into());
        }
    }
    text + close
}

fn push_escape(text: &mut String, code: u32) {
    match code {
        7 => text.push_str("\\a"),
        8 => text.push_str("\\b"),
        9 => text.push_str("\\t"),
        10 => text.push_str("\\n"),
        11 => text.push_str("\\v"),
        12 => text.push_str("\\f"),
        13 => text.push_str("\\r"),
        code => {
            let mut utf8 = [0; 4];
            let encoded = match char::from_u32(code) {
                Some(c) if code >= 0x80 && c.is_control() => c.encode_utf8(&mut utf8).as_bytes(),
                _ => {
                    utf8[0] = code as u8;
                    &utf8[..1]
                }
            };
            for byte in encoded {
                text.push_str(&format!("\\{byte:03o}"));
            }
        }
    }
}

fn needs_quotes(name: &[u8]) -> bool {
    const SPECIAL: &[u8] = b" !\"$&'()*;<=>?[\\^`|\t\n\r";
    let Ok(text) = std::str::from_utf8(name) else { return true };
    match name {
        [] | [b'{'] | [b'}'] => return true,
        [b'#' | b'~', ..] => return true,
        _ => {}
    }
    name.iter().any(|byte| SPECIAL.contains(byte)) || text.chars().any(char::is_control)
}

/// Shell quoting with `$'..'` for what cannot be printed.
fn always_bytes(name: &[u8]) -> String {
    let plain = std::str::from_utf8(name).is_ok_and(|text| !text.chars().any(char::is_control));
    if plain && name.contains(&b'\'') && !name.iter().any(|byte| b"\"$`\\!".contains(byte)) {
        return format!("\"{}\"", String::from_utf8_lossy(name));
    }
    let mut text = String::from("'");
    let mut escaped = false;
    let mut toggle = |text: &mut String, on: bool| {
        if on != escaped {
            text.push_str(if on { "'$'" } else { "''" });
            escaped = on;
        }
    };
    for chunk in name.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c.is_control() {
                toggle(&mut text, true);
                push_escape(&mut text, c as u32);
            } else if c == '\'' {
                toggle(&mut text, false);
                text.push_str("'\\''");
            } else {
                toggle(&mut text, false);
                text.push(c);
            }
        }
        for &byte in chunk.invalid() {
            toggle(&mut text, true);
            push_escape(&mut text, byte.into());
        }
    }
    text + "'"
}
