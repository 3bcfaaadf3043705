//! `set`.

use std::rc::Rc;

use crate::Personality;
use crate::expand::quote;
use crate::shell::{Run, Shell};
use crate::vars::Value;

pub(super) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    if args.len() == 1 {
        return list_variables(shell, &args[0]);
    }
    let personality = shell.state.personality;
    let mut at = 1;
    while let Some(arg) = args.get(at) {
        let on = match arg.first() {
            Some(b'-') => true,
            Some(b'+') if arg.len() > 1 => false,
            _ => break,
        };
        at += 1;
        if arg == b"--" {
            shell.state.positional = Rc::new(args[at..].to_vec());
            return Ok(0);
        }
        if arg == b"-" {
            (shell.state.options.xtrace, shell.state.options.verbose) = (false, false);
            if at < args.len() {
                shell.state.positional = Rc::new(args[at..].to_vec());
            }
            return Ok(0);
        }
        for &letter in &arg[1..] {
            if letter == b'o' {
                let Some(name) = args.get(at) else {
                    return list_options(shell, &args[0], on);
                };
                at += 1;
                let text = crate::text::lossy(name).into_owned();
                if !shell.state.options.set(personality, &text, on) {
                    return unknown(shell, &args[0], &text, on);
                }
            } else if !shell.state.options.set_letter(personality, letter, on) {
                let sign = if on { '-' } else { '+' };
                let letter = char::from(letter);
                if shell.is_bash() {
                    shell.complain_as(&args[0], format!("{sign}{letter}: invalid option"));
                    shell.write_error(
                        b"set: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]\n",
                    );
                    return Ok(2);
                }
                let word = if shell.is_dash() { "Illegal" } else { "illegal" };
                return shell.fail(&args[0], format!("{word} option {sign}{letter}"), 2);
            }
        }
    }
    if at < args.len() {
        shell.state.positional = Rc::new(args[at..].to_vec());
    }
    Ok(0)
}

fn unknown(shell: &mut Shell<'_>, builtin: &[u8], name: &str, on: bool) -> Run {
    let sign = if on { '-' } else { '+' };
    let text = match shell.state.personality {
        Personality::Bash => format!("{name}: invalid option name"),
        Personality::Dash => format!("Illegal option {sign}o {name}"),
        Personality::Ash => format!("illegal option {sign}o {name}"),
    };
    shell.fail(builtin, text, 2)
}

fn list_options(shell: &mut Shell<'_>, builtin: &[u8], on: bool) -> Run {
    let mut out = String::new();
    let named = shell.state.options.named(shell.state.personality);
    if on && shell.is_dash() {
        out.push_str("Current option settings\n");
    }
    for (name, state) in named {
        out.push_str(&match (on, shell.is_bash()) {
            (true, true) => format!("{name:<15}\t{}\n", if state { "on" } else { "off" }),
            (true, false) => format!("{name:<16}{}\n", if state { "on" } else { "off" }),
            _ => format!("set {}o {name}\n", if state { '-' } else { '+' }),
        });
    }
    shell.print(builtin, out.as_bytes())
}

fn list_variables(shell: &mut Shell<'_>, builtin: &[u8]) -> Run {
    let mut out = Vec::new();
    for (name, var) in shell.state.vars.iter() {
        match &var.value {
            Value::Unset => continue,
            Value::Scalar(value) => {
                out.extend([name.as_bytes(), b"="].concat());
                out.extend(if shell.is_bash() && value.is_empty() {
                    Vec::new()
                } else if shell.is_bash() {
                    quote::if_needed(value)
                } else {
                    quote::single_plain(value)
                });
                out.push(b'\n');
            }
            _ => {
                let line = super::declare::line(name, var);
                let text = line.splitn(3, |b| *b == b' ').nth(2).unwrap_or_default();
                out.extend(text);
            }
        }
    }
    shell.print(builtin, &out)
}
