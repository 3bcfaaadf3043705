//! `exit`.

use crate::shell::{Flow, Run, Shell};

pub(super) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let rest = if args.get(1).is_some_and(|arg| arg == b"--") { &args[2..] } else { &args[1..] };
    let status = match rest.first() {
        None => shell.state.status,
        Some(arg) => match super::number(arg) {
            Some(n) if n >= 0 || shell.is_bash() => n as u8,
            _ => {
                let status = super::illegal_number(shell, &args[0], arg, 2)?;
                return Err(Flow::Exit(status));
            }
        },
    };
    if rest.len() > 1 && shell.is_bash() {
        shell.complain_as(&args[0], "too many arguments");
        return Ok(1);
    }
    Err(Flow::Exit(status))
}

/// `logout`: no shell here is a login shell.
pub(super) fn logout(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    shell.complain_as(&args[0], "not login shell: use `exit'");
    Ok(1)
}
