//! `kill`.

use crate::Personality;
use crate::shell::{Run, Shell};
use crate::signals;

pub(super) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let mut rest = &args[1..];
    let mut signal = 15;
    match rest.first().map(Vec::as_slice) {
        Some(b"-l" | b"-L") => return list(shell, &args[0], &rest[1..]),
        Some(b"-s" | b"-n") if rest.len() > 1 => {
            let Some(number) = signals::number(&rest[1]) else {
                return invalid_signal(shell, &args[0], &rest[1].clone());
            };
            signal = number;
            rest = &rest[2..];
        }
        Some(b"--") => rest = &rest[1..],
        Some(arg) if arg.len() > 1 && arg[0] == b'-' => {
            let Some(number) = signals::number(&arg[1..]) else {
                let name = arg[1..].to_vec();
                return invalid_signal(shell, &args[0], &name);
            };
            signal = number;
            rest = &rest[1..];
        }
        _ => {}
    }
    if rest.first().is_some_and(|arg| arg == b"--") {
        rest = &rest[1..];
    }
    let mut status = 0;
    if rest.is_empty() {
        let usage: &[u8] = match shell.state.personality {
            Personality::Dash => {
                let text = "Usage: kill [-s sigspec | -signum | -sigspec] [pid | job]... or\nkill -l [exitstatus]";
                return shell.fail(&args[0], text, 2);
            }
            Personality::Bash => {
                b"kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n"
            }
            Personality::Ash => b"Usage: kill [-s sigspec | -signum | -sigspec] [pid | job]... or\nkill -l [exitstatus]\n",
        };
        shell.write_error(usage);
        return Ok(2);
    }
    for arg in rest {
        let pid = match arg.strip_prefix(b"%") {
            Some(_) => {
                let shown = crate::text::lossy(arg).into_owned();
                let text = match shell.state.personality {
                    Personality::Bash => format!("{shown}: no such job"),
                    _ => format!("No such job: {shown}"),
                };
                status = shell.fail(&args[0], text, 1)?;
                continue;
            }
            None => super::number(arg),
        };
        let Some(pid) = pid else {
            let shown = crate::text::lossy(arg).into_owned();
            let text = match shell.state.personality {
                Personality::Bash => format!("{shown}: arguments must be process or job IDs"),
                Personality::Ash => format!("invalid number '{shown}'"),
                Personality::Dash => format!("Illegal number: {shown}"),
            };
            status = shell.fail(&args[0], text, 1)?;
            continue;
        };
        if pid == i64::from(shell.state.pid) || pid == 0 {
            if signal != 0 && shell.state.subshell > 0 {
                shell.for_main.push(signal);
            } else if signal != 0 {
                shell.state.pending.push(signal);
            }
        } else if !shell.state.jobs.0.iter().any(|job| i64::from(job.pid) == pid) {
            // A job that has ended is still there until it is waited for.
            let text = match shell.state.personality {
                Personality::Bash => format!("({pid}) - No such process"),
                Personality::Ash => format!("can't kill pid {pid}: No such process"),
                Personality::Dash => "No such process\n".to_owned(),
            };
            if shell.state.personality == Personality::Ash {
                shell.complain(text);
            } else {
                shell.complain_as(&args[0], text);
            }
            status = 1;
        }
    }
    Ok(status)
}

fn invalid_signal(shell: &mut Shell<'_>, builtin: &[u8], name: &[u8]) -> Run {
    let shown = crate::text::lossy(name).into_owned();
    match shell.state.personality {
        Personality::Bash => {
            shell.complain_as(builtin, format!("{shown}: invalid signal specification"));
            Ok(1)
        }
        Personality::Ash => shell.fail(builtin, format!("bad signal name '{shown}'"), 1),
        Personality::Dash => {
            let letter = shown.chars().next().unwrap_or(' ');
            shell.fail(builtin, format!("Illegal option -{letter}"), 1)
        }
    }
}

fn list(shell: &mut Shell<'_>, builtin: &[u8], names: &[Vec<u8>]) -> Run {
    let mut out = String::new();
    if names.is_empty() {
        for number in 1..=31 {
            let Some(name) = signals::name(number) else { continue };
            if shell.is_bash() {
                let end = if number % 5 == 0 { "\n" } else { "\t" };
                out.push_str(&format!("{number:2}) SIG{name}{end}"));
            } else {
                out.push_str(name);
                out.push('\n');
            }
        }
        if shell.is_bash() {
            out.push('\n');
        }
    }
    for arg in names {
        match super::number(arg) {
            Some(n) => {
                let n = if n > 128 { n - 128 } else { n };
                match u8::try_from(n).ok().and_then(signals::name) {
                    Some(name) => out.push_str(&format!("{name}\n")),
                    None => return invalid_signal(shell, builtin, arg),
                }
            }
            None if shell.is_dash() => return super::illegal_number(shell, builtin, arg, 2),
            None => match signals::number(arg) {
                Some(number) => out.push_str(&format!("{number}\n")),
                None => return invalid_signal(shell, builtin, arg),
            },
        }
    }
    shell.print(builtin, out.as_bytes())
}
