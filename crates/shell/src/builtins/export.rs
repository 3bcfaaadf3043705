//! `export` and `readonly`.

use crate::expand::quote;
use crate::shell::{Run, Shell};
use crate::syntax::lexer::is_name;
use crate::vars::Value;

pub(super) fn export(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    mark(shell, args, false)
}

pub(super) fn readonly(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    mark(shell, args, true)
}

/// `export -f name...`
fn functions(shell: &mut Shell<'_>, builtin: &[u8], names: &[Vec<u8>], remove: bool) -> Run {
    let mut status = 0;
    for name in names {
        let name = crate::text::decode(name).into_owned();
        if !shell.state.functions.contains_key(&name) {
            shell.complain_as(builtin, format!("{name}: not a function"));
            status = 1;
        } else if remove {
            std::rc::Rc::make_mut(&mut shell.state.exported_functions).remove(&name);
        } else {
            std::rc::Rc::make_mut(&mut shell.state.exported_functions).insert(name);
        }
    }
    Ok(status)
}

fn mark(shell: &mut Shell<'_>, args: &[Vec<u8>], readonly: bool) -> Run {
    let (mut print, mut remove, mut function) = (false, false, false);
    let mut rest = &args[1..];
    while let Some(letters) = rest.first().and_then(|arg| arg.strip_prefix(b"-")) {
        if letters.is_empty() {
            break;
        }
        rest = &rest[1..];
        if letters == b"-" {
            break;
        }
        for &letter in letters {
            match letter {
                b'p' => print = true,
                b'n' if shell.is_bash() && !readonly => remove = true,
                b'f' if shell.is_bash() => function = true,
                b'a' | b'A' if shell.is_bash() && readonly => {}
                _ => {
                    let usage = if readonly {
                        "readonly [-aAf] [name[=value] ...] or readonly -p"
                    } else {
                        "export [-fn] [name[=value] ...] or export -p"
                    };
                    return super::bad_option(shell, &args[0], letter, usage);
                }
            }
        }
    }
    if rest.is_empty() || (print && !shell.is_bash()) {
        return list(shell, &args[0], readonly);
    }
    if function {
        return functions(shell, &args[0], rest, remove);
    }
    let mut status = 0;
    for arg in rest {
        let (name, value) = match arg.iter().position(|b| *b == b'=') {
            Some(at) => (&arg[..at], Some(arg[at + 1..].to_vec())),
            None => (arg.as_slice(), None),
        };
        let (name, append) = match name.strip_suffix(b"+") {
            Some(name) if shell.is_bash() && value.is_some() => (name, true),
            _ => (name, false),
        };
        let text = crate::text::decode(name).into_owned();
        if !is_name(&text) {
            status = bad_name(shell, &args[0], arg, &text)?;
            continue;
        }
        if let Some(value) = value {
            let value = if append {
                [shell.state.vars.value(&text).unwrap_or_default(), &value].concat()
            } else {
                value
            };
            shell.assign(&text, value)?;
        }
        let var = shell.state.vars.entry(&text);
        if readonly {
            var.readonly = true;
        } else {
            var.exported = !remove;
        }
    }
    Ok(status)
}

/// What is said of something that is no variable's name.
pub(super) fn bad_name(shell: &mut Shell<'_>, builtin: &[u8], arg: &[u8], name: &str) -> Run {
    if shell.is_bash() {
        let text = format!("`{}': not a valid identifier", crate::text::lossy(arg));
        shell.complain_as(builtin, text);
        return Ok(1);
    }
    shell.fail(builtin, format!("{name}: bad variable name"), 1)
}

fn list(shell: &mut Shell<'_>, builtin: &[u8], readonly: bool) -> Run {
    let mut out = Vec::new();
    for (name, var) in shell.state.vars.iter() {
        if !(if readonly { var.readonly } else { var.exported }) {
            continue;
        }
        if shell.is_bash() {
            out.extend(super::declare::line(name, var));
            continue;
        }
        out.extend(builtin);
        out.push(b' ');
        out.extend(name.bytes());
        if let Value::Scalar(value) = &var.value {
            out.push(b'=');
            out.extend(quote::single_plain(value));
        }
        out.push(b'\n');
    }
    shell.print(builtin, &out)
}
