//! `shopt`.

use crate::options::Shopt;
use crate::shell::{Run, Shell};

pub(super) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let (mut set, mut quiet, mut print, mut named) = (None, false, false, false);
    let mut rest = &args[1..];
    while let Some(letters) = rest.first().and_then(|arg| arg.strip_prefix(b"-")) {
        rest = &rest[1..];
        for &letter in letters {
            match letter {
                b's' => set = Some(true),
                b'u' => set = Some(false),
                b'q' => quiet = true,
                b'p' => print = true,
                b'o' => named = true,
                _ => {
                    let usage = "shopt [-pqsu] [-o] [optname ...]";
                    return super::bad_option(shell, &args[0], letter, usage);
                }
            }
        }
    }
    let mut status = 0;
    let mut out = String::new();
    let names: Vec<String> = if rest.is_empty() {
        let mut all: Vec<String> = Shopt::NAMES.iter().map(|name| (*name).to_owned()).collect();
        all.extend(Shopt::INERT.iter().map(|(name, _)| (*name).to_owned()));
        all.sort();
        all
    } else {
        rest.iter().map(|name| crate::text::lossy(name).into_owned()).collect()
    };
    for name in names {
        let state = if named {
            let all = shell.state.options.named(shell.state.personality);
            all.iter().find(|(option, _)| *option == name).map(|(_, on)| *on)
        } else {
            match shell.state.options.shopt.slot(&name) {
                Some(slot) => Some(*slot),
                None => Shopt::INERT.iter().find(|(inert, _)| *inert == name).map(|(_, on)| *on),
            }
        };
        let Some(state) = state else {
            shell.complain_as(&args[0], format!("{name}: invalid shell option name"));
            status = 1;
            continue;
        };
        match set {
            Some(on) if !rest.is_empty() => {
                if named {
                    shell.state.options.set(shell.state.personality, &name, on);
                } else if let Some(slot) = shell.state.options.shopt.slot(&name) {
                    *slot = on;
                }
            }
            Some(on) if on != state => {}
            _ => {
                if !rest.is_empty() && !state {
                    status = 1;
                }
                if quiet {
                    continue;
                }
                out.push_str(&if print {
                    format!("shopt -{} {name}\n", if state { 's' } else { 'u' })
                } else {
                    format!("{name:<15}\t{}\n", if state { "on" } else { "off" })
                });
            }
        }
    }
    Ok(shell.print(&args[0], out.as_bytes())?.max(status))
}
