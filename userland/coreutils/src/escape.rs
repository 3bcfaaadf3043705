//! Backslash escapes of `echo -e`, `printf` and `printf %b`.

use std::io::Write;

/// Where octal escapes begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `\0NNN` and `\NNN`, as in `echo -e` and `%b`.
    Echo,
    /// `\NNN`, as in the format of `printf`.
    Format,
}

/// Writes `text` with its escapes expanded; true if `\c` asked to stop all output.
pub fn expand(text: &[u8], style: Style, out: &mut impl Write) -> bool {
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        if *first != b'\\' {
            let _ = out.write_all(&[*first]);
            rest = tail;
            continue;
        }
        match one(tail, style) {
            Some((bytes, used)) => {
                let _ = out.write_all(&bytes);
                rest = &tail[used..];
            }
            None => return true,
        }
    }
    false
}

/// What the escape after a backslash stands for and how many bytes it takes; `None` for `\c`.
pub fn one(tail: &[u8], style: Style) -> Option<(Vec<u8>, usize)> {
    let Some(&letter) = tail.first() else { return Some((b"\\".to_vec(), 0)) };
    let simple = match letter {
        b'\\' => b'\\',
        b'a' => 7,
        b'b' => 8,
        b'e' => 27,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'"' if style == Style::Format => b'"',
        b'c' => return None,
        b'0'..=b'7' => {
            let skip = usize::from(letter == b'0' && style == Style::Echo);
            let (value, used) = digits(&tail[skip..], 8, 3);
            return Some((vec![value as u8], skip + used));
        }
        b'x' => {
            let (value, used) = digits(&tail[1..], 16, 2);
            if used == 0 {
                return Some((b"\\x".to_vec(), 1));
            }
            return Some((vec![value as u8], 1 + used));
        }
        b'u' | b'U' if style == Style::Format || tail.len() > 1 => {
            let (value, used) = digits(&tail[1..], 16, if letter == b'u' { 4 } else { 8 });
            let Some(c) = char::from_u32(value).filter(|_| used > 0) else {
                return Some((vec![b'\\', letter], 1));
            };
            return Some((c.to_string().into_bytes(), 1 + used));
        }
        other => return Some((vec![b'\\', other], 1)),
    };
    Some((vec![simple], 1))
}

fn digits(text: &[u8], radix: u32, most: usize) -> (u32, usize) {
    let mut value = 0u32;
    let mut used = 0;
    while used < most {
        let Some(digit) = text.get(used).and_then(|c| char::from(*c).to_digit(radix)) else {
            break;
        };
        value = value.wrapping_mul(radix).wrapping_add(digit);
        used += 1;
    }
    (value, used)
}
