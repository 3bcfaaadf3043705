//! `declare`, `typeset`, and bash's `local`.

use std::collections::BTreeMap;

use crate::expand::quote;
use crate::shell::{Run, Shell};
use crate::syntax::lexer::is_name;
use crate::vars::{Assoc, Value, Var};

const USAGE: &str =
    "declare [-aAfFgiIlnrtux] [name[=value] ...] or declare -p [-aAfFilnrtux] [name ...]";

pub(super) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let (mut on, mut off) = (Vec::new(), Vec::new());
    let mut rest = &args[1..];
    while let Some(arg) = rest.first() {
        let target = match arg.first() {
            Some(b'-') if arg.len() > 1 => &mut on,
            Some(b'+') if arg.len() > 1 => &mut off,
            _ => break,
        };
        rest = &rest[1..];
        if arg == b"--" {
            break;
        }
        for &letter in &arg[1..] {
            if !b"aAfFgiIlnrtuxp".contains(&letter) {
                return super::bad_option(shell, &args[0], letter, USAGE);
            }
            target.push(letter);
        }
    }
    let has = |letter: u8| on.contains(&letter);
    if has(b'f') || has(b'F') {
        return functions(shell, &args[0], rest, has(b'F'));
    }
    if has(b'p') || rest.is_empty() {
        return print(shell, &args[0], rest, &on);
    }
    let local = shell.state.vars.in_function() && !has(b'g');
    let mut status = 0;
    for arg in rest {
        let (name, value) = match arg.iter().position(|b| *b == b'=') {
            Some(at) => (&arg[..at], Some(arg[at + 1..].to_vec())),
            None => (arg.as_slice(), None),
        };
        let (name, append) = match name.strip_suffix(b"+") {
            Some(name) if value.is_some() => (name, true),
            _ => (name, false),
        };
        let (name, index) = match name.iter().position(|b| *b == b'[') {
            Some(at) if name.ends_with(b"]") => (&name[..at], Some(&name[at + 1..name.len() - 1])),
            _ => (name, None),
        };
        let text = crate::text::decode(name).into_owned();
        if !is_name(&text) {
            status = super::export::bad_name(shell, &args[0], arg, &text)?;
            continue;
        }
        if local
            && !shell.state.vars.is_local(&text)
            && shell.state.vars.get(&text).is_some_and(|var| var.readonly)
        {
            shell.complain_as(&args[0], format!("{text}: readonly variable"));
            status = 1;
            continue;
        }
        if local && shell.state.vars.make_local(&text) {
            // A new local is unset, but keeps being exported.
            let exported = shell.state.vars.get(&text).is_some_and(|var| var.exported);
            let var = Var { exported, ..Var::unset() };
            shell.state.vars.put(&text, Some(var));
        }
        if shell.state.vars.get(&text).is_some_and(|var| var.readonly) && value.is_some() {
            shell.complain_as(&args[0], format!("{text}: readonly variable"));
            status = 1;
            continue;
        }
        let nameref = on.contains(&b'n');
        set_attributes(shell.state.vars.entry(&text), &on, &off);
        if let Some(value) = value {
            match index {
                Some(index) => shell.assign_element(&text, index, value, append)?,
                None if nameref => shell.state.vars.force(&text, value),
                None => {
                    let old = if append {
                        shell.state.vars.value(&text).unwrap_or_default()
                    } else {
                        b""
                    };
                    let value = [old, &value].concat();
                    shell.assign(&text, value)?;
                }
            }
        }
        // Readonly comes last: the value given with it is still assigned.
        if on.contains(&b'r') {
            shell.state.vars.entry(&text).readonly = true;
        }
    }
    Ok(status)
}

fn set_attributes(var: &mut Var, on: &[u8], off: &[u8]) {
    for (letters, state) in [(on, true), (off, false)] {
        for letter in letters {
            match letter {
                b'x' => var.exported = state,
                b'i' => var.integer = state,
                b'u' => (var.upper, var.lower) = (state, false),
                b'l' => (var.lower, var.upper) = (state, false),
                b'n' => var.nameref = state,
                b'a' if state && !matches!(var.value, Value::Indexed(_)) => {
                    let mut map = BTreeMap::new();
                    if let Value::Scalar(value) = std::mem::replace(&mut var.value, Value::Unset) {
                        map.insert(0, value);
                    }
                    var.value = Value::Indexed(map);
                }
                b'A' if state && !matches!(var.value, Value::Assoc(_)) => {
                    var.value = Value::Assoc(Assoc::default());
                }
                _ => {}
            }
        }
    }
}

/// The letters of a variable's attributes, as `declare -p` and `${x@a}` show them.
pub(crate) fn attribute_letters(var: &Var) -> String {
    let mut out = String::new();
    let array = match var.value {
        Value::Indexed(_) => "a",
        Value::Assoc(_) => "A",
        _ => "",
    };
    out.push_str(array);
    for (on, letter) in [
        (var.integer, 'i'),
        (var.lower, 'l'),
        (var.nameref, 'n'),
        (var.readonly, 'r'),
        (var.upper, 'u'),
        (var.exported, 'x'),
    ] {
        if on {
            out.push(letter);
        }
    }
    out
}

/// A line of `declare -p`.
pub(crate) fn line(name: &str, var: &Var) -> Vec<u8> {
    let letters = attribute_letters(var);
    let letters = if letters.is_empty() { "-".to_owned() } else { letters };
    let mut out = format!("declare -{letters} {name}").into_bytes();
    match &var.value {
        Value::Unset => {}
        Value::Scalar(value) => {
            out.push(b'=');
            out.extend(quote::double(value));
        }
        Value::Indexed(map) => {
            let items: Vec<Vec<u8>> = map
                .iter()
                .map(|(i, value)| [format!("[{i}]=").as_bytes(), &quote::double(value)].concat())
                .collect();
            out.extend(b"=(");
            out.extend(items.join(b" ".as_slice()));
            out.push(b')');
        }
        Value::Assoc(map) => {
            out.extend(b"=(");
            for (key, value) in map.iter() {
                out.push(b'[');
                let plain = quote::if_needed(key).as_slice() == key.as_slice();
                out.extend(if plain { key.clone() } else { quote::double(key) });
                out.extend(b"]=");
                out.extend(quote::double(value));
                out.push(b' ');
            }
            out.push(b')');
        }
    }
    out.push(b'\n');
    out
}

fn print(shell: &mut Shell<'_>, builtin: &[u8], names: &[Vec<u8>], on: &[u8]) -> Run {
    let mut out = Vec::new();
    let mut status = 0;
    if names.is_empty() {
        let wanted: Vec<u8> = on.iter().copied().filter(|l| b"aAilnrux".contains(l)).collect();
        for (name, var) in shell.state.vars.iter() {
            let letters = attribute_letters(var);
            if !wanted.iter().all(|l| letters.contains(char::from(*l))) {
                continue;
            }
            if on.is_empty() {
                if let Some(value) = var.get() {
                    out.extend([name.as_bytes(), b"=", &quote::if_needed(value), b"\n"].concat());
                }
            } else {
                out.extend(line(name, var));
            }
        }
    }
    for name in names {
        let text = crate::text::decode(name).into_owned();
        match shell.state.vars.get(&text) {
            Some(var) => out.extend(line(&text, var)),
            None => {
                shell.complain_as(builtin, format!("{text}: not found"));
                status = 1;
            }
        }
    }
    Ok(shell.print(builtin, &out)?.max(status))
}

fn functions(shell: &mut Shell<'_>, builtin: &[u8], names: &[Vec<u8>], brief: bool) -> Run {
    let mut out = String::new();
    let mut status = 0;
    let all: Vec<String> = if names.is_empty() {
        shell.state.functions.keys().cloned().collect()
    } else {
        names.iter().map(|name| crate::text::decode(name).into_owned()).collect()
    };
    for name in all {
        match shell.state.functions.get(&name) {
            Some(_) if brief && names.is_empty() => {
                let x = if shell.state.exported_functions.contains(&name) { "x" } else { "" };
                out.push_str(&format!("declare -f{x} {name}\n"));
            }
            Some(_) if brief => out.push_str(&format!("{name}\n")),
            Some(function) => out.push_str(&super::type_::function_text(&name, function)),
            None => status = 1,
        }
    }
    Ok(shell.print(builtin, out.as_bytes())?.max(status))
}
