//! `break`, `continue`, `return`, `caller`.

use crate::shell::{Flow, Run, Shell};

pub(super) fn break_(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    match levels(shell, args)? {
        Ok(n) => Err(Flow::Break(n)),
        Err(status) => Ok(status),
    }
}

pub(super) fn continue_(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    match levels(shell, args)? {
        Ok(n) => Err(Flow::Continue(n)),
        Err(status) => Ok(status),
    }
}

/// How many loops, or the status when it stays without effect.
fn levels(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run<Result<u32, u8>> {
    let loops = shell.state.loops;
    let n = match args.get(1) {
        None => 1,
        Some(arg) => match super::number(arg) {
            Some(n) if n > 0 => u32::try_from(n).unwrap_or(u32::MAX),
            Some(_) if shell.is_bash() => {
                let text = [arg, b": loop count out of range".as_slice()].concat();
                shell.complain_as(&args[0], text);
                return Err(Flow::Break(u32::MAX));
            }
            _ => {
                let status = super::illegal_number(shell, &args[0], arg, 128)?;
                return Err(Flow::Exit(status));
            }
        },
    };
    if loops == 0 {
        if shell.is_bash() {
            shell.complain_as(&args[0], "only meaningful in a `for', `while', or `until' loop");
        }
        return Ok(Err(0));
    }
    Ok(Ok(n.min(loops)))
}

pub(super) fn return_(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let status = match args.get(1) {
        None => shell.state.status,
        Some(arg) => match super::number(arg) {
            Some(n) if n >= 0 || shell.is_bash() => n as u8,
            _ => {
                let status = super::illegal_number(shell, &args[0], arg, 2)?;
                if outside(shell) {
                    shell.complain_as(
                        &args[0],
                        "can only `return' from a function or sourced script",
                    );
                    return Ok(status);
                }
                return Err(Flow::Return(status));
            }
        },
    };
    if outside(shell) && shell.is_bash() {
        shell.complain_as(&args[0], "can only `return' from a function or sourced script");
        return Ok(2);
    }
    Err(Flow::Return(status))
}

fn outside(shell: &Shell<'_>) -> bool {
    !shell.state.vars.in_function() && shell.state.sourcing == 0
}

pub(super) fn caller(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let names = &shell.state.functions_running;
    if names.is_empty() {
        // Outside a function only a number is too much.
        return if args.len() > 1 { Ok(1) } else { shell.print(&args[0], b"0 NULL\n") };
    }
    let source = crate::text::lossy(&shell.state.source).into_owned();
    let lines = &shell.state.call_lines;
    let level = args.get(1).and_then(|arg| super::number(arg));
    let text = match level {
        None => format!("{} {source}\n", lines.last().unwrap_or(&0)),
        Some(level) => {
            let at =
                usize::try_from(level).ok().and_then(|level| lines.len().checked_sub(level + 1));
            let Some(at) = at.filter(|at| *at > 0 || !shell.state.is_command) else {
                return Ok(1);
            };
            let function = if at == 0 { "main" } else { &names[at - 1] };
            format!("{} {function} {source}\n", lines[at])
        }
    };
    shell.print(&args[0], text.as_bytes())
}
