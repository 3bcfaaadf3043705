//! `unset`.

use std::rc::Rc;

use crate::shell::{Run, Shell};
use crate::syntax::lexer::is_name;

pub(super) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let (mut functions, mut variables, mut reference) = (false, false, false);
    let mut rest = &args[1..];
    while let Some(letters) = rest.first().and_then(|arg| arg.strip_prefix(b"-")) {
        rest = &rest[1..];
        if letters == b"-" {
            break;
        }
        for &letter in letters {
            match letter {
                b'f' => functions = true,
                b'v' => variables = true,
                b'n' if shell.is_bash() => reference = true,
                _ => {
                    return super::bad_option(
                        shell,
                        &args[0],
                        letter,
                        "unset [-f] [-v] [-n] [name ...]",
                    );
                }
            }
        }
    }
    let mut status = 0;
    for arg in rest {
        let text = crate::text::decode(arg).into_owned();
        if functions {
            Rc::make_mut(&mut shell.state.functions).remove(&text);
            continue;
        }
        let (name, index) = match text.split_once('[') {
            Some((name, index)) if shell.is_bash() && index.ends_with(']') => {
                (name.to_owned(), Some(index.as_bytes()[..index.len() - 1].to_vec()))
            }
            _ => (text.clone(), None),
        };
        if !is_name(&name) {
            if shell.is_bash() {
                if variables {
                    status = super::export::bad_name(shell, &args[0], arg, &text)?;
                }
                continue;
            }
            return super::export::bad_name(shell, &args[0], arg, &text);
        }
        if reference {
            shell.state.vars.remove(&name);
            continue;
        }
        let known = shell.state.vars.get(&name).is_some();
        if !shell.unset_variable(&name, index.as_deref())? {
            let message = if shell.is_bash() {
                format!("{name}: cannot unset: readonly variable")
            } else {
                format!("{name}: is read only")
            };
            status = shell.fail(&args[0], message, 1)?;
        } else if !known && shell.is_bash() && !variables {
            Rc::make_mut(&mut shell.state.functions).remove(&text);
        }
    }
    Ok(status)
}
