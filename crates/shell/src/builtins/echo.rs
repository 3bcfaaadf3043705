//! `echo`.

use crate::Personality;
use crate::shell::{Run, Shell};
use crate::syntax::ansi::{Escape, digits, escape};

pub(super) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let mut newline = true;
    let mut escapes = shell.is_dash() || shell.state.options.shopt.xpg_echo;
    let mut rest = &args[1..];
    match shell.state.personality {
        Personality::Dash => {
            if rest.first().is_some_and(|arg| arg == b"-n") {
                newline = false;
                rest = &rest[1..];
            }
        }
        Personality::Ash | Personality::Bash => {
            while let Some(letters) = rest.first().and_then(|arg| arg.strip_prefix(b"-")) {
                if letters.is_empty() || !letters.iter().all(|b| b"neE".contains(b)) {
                    break;
                }
                for letter in letters {
                    match letter {
                        b'n' => newline = false,
                        b'e' => escapes = true,
                        _ => escapes = false,
                    }
                }
                rest = &rest[1..];
            }
        }
    }
    let text = rest.join(b" ".as_slice());
    let extended = !shell.is_dash();
    let (mut out, stopped) = if escapes { unescape(&text, extended) } else { (text, false) };
    if newline && !stopped {
        out.push(b'\n');
    }
    shell.print(&args[0], &out)
}

/// The text with its escapes replaced, and whether `\c` ended it.
pub(super) fn unescape(text: &[u8], extended: bool) -> (Vec<u8>, bool) {
    let (mut out, mut i) = (Vec::with_capacity(text.len()), 0);
    while i < text.len() {
        if text[i] != b'\\' || i + 1 == text.len() {
            out.push(text[i]);
            i += 1;
            continue;
        }
        let rest = &text[i + 1..];
        match rest[0] {
            b'c' => return (out, true),
            b'0' => {
                let (value, len) = digits(&rest[1..], 8, 3);
                out.push(value as u8);
                i += 2 + len;
            }
            b'1'..=b'7' if extended => {
                out.extend([b'\\', rest[0]]);
                i += 2;
            }
            b'e' => {
                out.push(27);
                i += 2;
            }
            _ => match escape(rest, extended) {
                Some((Escape::Byte(byte), len)) => {
                    out.push(byte);
                    i += 1 + len;
                }
                Some((Escape::Char(c), len)) => {
                    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                    i += 1 + len;
                }
                None => {
                    out.push(b'\\');
                    i += 1;
                }
            },
        }
    }
    (out, false)
}
