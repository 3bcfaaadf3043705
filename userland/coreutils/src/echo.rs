//! `echo`: its arguments, separated by blanks.

use crate::escape::{self, Style};
use guest::{bytes, out};
use std::ffi::OsString;

/// Runs `echo`.
pub fn run(args: Vec<OsString>) -> i32 {
    let (mut newline, mut escapes) = (true, false);
    let mut rest = args.as_slice();
    while let [first, tail @ ..] = rest {
        let [b'-', letters @ ..] = bytes(first) else { break };
        if letters.is_empty() || !letters.iter().all(|c| b"neE".contains(c)) {
            break;
        }
        for letter in letters {
            match letter {
                b'n' => newline = false,
                b'e' => escapes = true,
                _ => escapes = false,
            }
        }
        rest = tail;
    }
    for (index, arg) in rest.iter().enumerate() {
        if index > 0 {
            out::put(" ");
        }
        if !escapes {
            out::put(bytes(arg));
        } else if escape::expand(bytes(arg), Style::Echo, &mut out::Out) {
            return 0;
        }
    }
    if newline {
        out::put("\n");
    }
    0
}
