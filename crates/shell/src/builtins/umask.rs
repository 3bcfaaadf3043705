//! `umask`.

use crate::Personality;
use crate::shell::{Run, Shell};

pub(super) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let symbolic = args.iter().any(|arg| arg == b"-S");
    let print = args.iter().any(|arg| arg == b"-p");
    if print && !shell.is_bash() {
        return super::bad_option(shell, &args[0], b'p', "");
    }
    let mask = shell.state.caller.umask;
    let Some(arg) = args[1..].iter().find(|arg| arg.as_slice() != b"-S" && arg.as_slice() != b"-p")
    else {
        let text = if symbolic {
            let class = |shift: u32| {
                let bits = !mask >> shift;
                [(4, 'r'), (2, 'w'), (1, 'x')]
                    .iter()
                    .filter(|(bit, _)| bits & bit != 0)
                    .map(|(_, c)| *c)
                    .collect::<String>()
            };
            format!("u={},g={},o={}\n", class(6), class(3), class(0))
        } else if print {
            format!("umask {mask:04o}\n")
        } else {
            format!("{mask:04o}\n")
        };
        return shell.print(&args[0], text.as_bytes());
    };
    let new = if arg.first().is_some_and(u8::is_ascii_digit) {
        let octal =
            std::str::from_utf8(arg).ok().and_then(|text| u32::from_str_radix(text, 8).ok());
        octal.filter(|mask| *mask <= 0o777).ok_or_else(|| {
            let shown = crate::text::lossy(arg).into_owned();
            match shell.state.personality {
                Personality::Bash => format!("{shown}: octal number out of range"),
                Personality::Dash => format!("Illegal number: {shown}"),
                Personality::Ash => format!("illegal mode: {shown}"),
            }
        })
    } else {
        symbolic_mask(arg, mask).ok_or_else(|| {
            let shown = crate::text::lossy(arg).into_owned();
            match shell.state.personality {
                Personality::Bash => {
                    format!(
                        "`{}': invalid symbolic mode operator",
                        shown.chars().next().unwrap_or(' ')
                    )
                }
                Personality::Dash => format!("Illegal mode: {shown}"),
                Personality::Ash => format!("illegal mode: {shown}"),
            }
        })
    };
    match new {
        Ok(mask) => {
            shell.state.caller.umask = mask;
            Ok(0)
        }
        Err(message) => shell.fail(&args[0], message, 1),
    }
}

/// `u=rwx,g-w,o=`: what is allowed, in the complement of the mask.
fn symbolic_mask(text: &[u8], mask: u32) -> Option<u32> {
    let mut allowed = !mask & 0o777;
    for clause in text.split(|b| *b == b',') {
        let at = clause.iter().position(|b| matches!(b, b'+' | b'-' | b'='))?;
        let mut who = 0;
        for class in &clause[..at] {
            who |= match class {
                b'u' => 0o700,
                b'g' => 0o070,
                b'o' => 0o007,
                b'a' => 0o777,
                _ => return None,
            };
        }
        if at == 0 {
            who = 0o777;
        }
        let mut bits = 0;
        for permission in &clause[at + 1..] {
            bits |= match permission {
                b'r' => 0o444,
                b'w' => 0o222,
                b'x' | b'X' => 0o111,
                b's' | b't' => 0,
                _ => return None,
            };
        }
        match clause[at] {
            b'+' => allowed |= who & bits,
            b'-' => allowed &= !(who & bits),
            _ => allowed = (allowed & !who) | (who & bits),
        }
    }
    Some(!allowed & 0o777)
}
