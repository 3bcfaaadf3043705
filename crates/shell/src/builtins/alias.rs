//! `alias` and `unalias`.

use std::rc::Rc;

use crate::expand::quote;
use crate::shell::{Run, Shell};

pub(super) fn alias(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let mut status = 0;
    let mut out = Vec::new();
    let names: Vec<Vec<u8>> =
        args[1..].iter().filter(|arg| arg.as_slice() != b"-p").cloned().collect();
    if names.is_empty() {
        let mut all: Vec<Vec<u8>> = shell.state.aliases.keys().cloned().collect();
        all.sort();
        for name in all {
            show(shell, &name, &mut out);
        }
    }
    for arg in &names {
        match arg.iter().skip(1).position(|b| *b == b'=') {
            Some(at) => {
                let (name, value) = (arg[..=at].to_vec(), arg[at + 2..].to_vec());
                Rc::make_mut(&mut shell.state.aliases).insert(name, value);
            }
            None if shell.state.aliases.contains_key(arg) => show(shell, arg, &mut out),
            None => {
                not_found(shell, &args[0], arg);
                status = 1;
            }
        }
    }
    Ok(shell.print(&args[0], &out)?.max(status))
}

fn show(shell: &Shell<'_>, name: &[u8], out: &mut Vec<u8>) {
    let Some(value) = shell.state.aliases.get(name) else { return };
    if shell.is_bash() {
        out.extend(b"alias ");
    }
    out.extend(name);
    out.push(b'=');
    out.extend(if shell.is_bash() {
        quote::single_always(value)
    } else {
        quote::single_plain(value)
    });
    out.push(b'\n');
}

fn not_found(shell: &mut Shell<'_>, builtin: &[u8], name: &[u8]) {
    if shell.is_bash() {
        shell.complain_as(builtin, [name, b": not found"].concat());
    } else {
        shell.write_error(&[builtin, b": ", name, b" not found\n"].concat());
    }
}

pub(super) fn unalias(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let mut status = 0;
    for arg in &args[1..] {
        if arg == b"-a" {
            shell.state.aliases = Rc::default();
        } else if Rc::make_mut(&mut shell.state.aliases).remove(arg).is_none() {
            not_found(shell, &args[0], arg);
            status = 1;
        }
    }
    Ok(status)
}
