//! `kill`: shells have their own; this one is what `env kill` and `xargs kill` run.

use std::ffi::OsString;

use guest::out;

const NAMES: [&str; 31] = [
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
    "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
    "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "POLL", "PWR", "SYS",
];

/// The number of a signal that is named or numbered.
fn signal(text: &str) -> Option<usize> {
    if let Ok(number) = text.parse() {
        return (number <= 64).then_some(number);
    }
    let upper = text.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    NAMES.iter().position(|known| *known == name).map(|at| at + 1)
}

/// Runs `kill`.
pub fn run(args: Vec<OsString>) -> i32 {
    let mut words = args.iter().map(|arg| arg.to_string_lossy().into_owned()).peekable();
    let mut pids = Vec::new();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-l" | "--list" | "-L" => {
                let Some(wanted) = words.peek() else {
                    out::line(NAMES[..16].join(" "));
                    out::line(NAMES[16..].join(" "));
                    return 0;
                };
                if wanted.parse::<usize>().is_err()
                    && let Some(known) = signal(wanted)
                {
                    out::line(known.to_string());
                    return 0;
                }
                let number = signal(wanted).unwrap_or(0);
                return match NAMES.get(number.wrapping_sub(1)) {
                    Some(name) => {
                        out::line(name);
                        0
                    }
                    None => {
                        guest::warn(format!("unknown signal name {wanted}"));
                        0
                    }
                };
            }
            "-s" | "--signal" => {
                let name = words.next().unwrap_or_default();
                if signal(&name).is_none() {
                    guest::warn(format!("unknown signal {name}"));
                    return 1;
                }
            }
            word if word.starts_with('-') && word.len() > 1 && pids.is_empty() => {
                if signal(&word[1..]).is_none() && word != "--" {
                    guest::warn(format!("unknown signal {}", &word[1..]));
                    return 1;
                }
            }
            word => pids.push(word.to_owned()),
        }
    }
    if pids.is_empty() {
        out::flush();
        eprintln!("\nUsage:\n {} [options] <pid> [...]", guest::name());
        return 1;
    }
    let mut status = 0;
    for pid in &pids {
        match pid.parse::<i64>() {
            // Nothing but the process itself and those that wait for it run here.
            Ok(number) if guest::stat(format!("/proc/{number}"), true).is_ok() => {}
            Ok(number) => {
                guest::warn(format!("({number}): No such process"));
                status = 1;
            }
            Err(_) => {
                guest::warn(format!("failed to parse argument: '{pid}'"));
                status = 1;
            }
        }
    }
    status
}
