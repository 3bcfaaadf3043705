//! `local`.

use crate::shell::{Run, Shell};
use crate::syntax::lexer::is_name;
use crate::vars::{Value, Var};

pub(super) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    if !shell.state.vars.in_function() {
        let text =
            if shell.is_bash() { "can only be used in a function" } else { "not in a function" };
        return shell.fail(&args[0], text, 1);
    }
    if shell.is_bash() {
        return super::declare::run(shell, args);
    }
    for arg in &args[1..] {
        let (name, value) = match arg.iter().position(|b| *b == b'=') {
            Some(at) => (&arg[..at], Some(arg[at + 1..].to_vec())),
            None => (arg.as_slice(), None),
        };
        if name == b"-" {
            continue;
        }
        let text = crate::text::decode(name).into_owned();
        if !is_name(&text) {
            return super::export::bad_name(shell, &args[0], arg, &text);
        }
        // A local without a value keeps the outer one in dash, in ash it is unset.
        let made = shell.state.vars.make_local(&text);
        if made && !shell.is_dash() && value.is_none() {
            shell.state.vars.put(&text, Some(Var::unset()));
        }
        if let Some(value) = value {
            shell.assign(&text, value)?;
        } else if shell.state.vars.get(&text).is_none() {
            shell.state.vars.put(&text, Some(Var { value: Value::Unset, ..Var::unset() }));
        }
    }
    Ok(0)
}
