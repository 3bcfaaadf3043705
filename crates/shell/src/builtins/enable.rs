//! `enable`: builtins can be taken away and given back.

use std::rc::Rc;

use crate::shell::{Run, Shell};

pub(super) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let (mut off, mut rest) = (false, &args[1..]);
    while let Some(letters) = rest.first().and_then(|arg| arg.strip_prefix(b"-")) {
        off |= letters.contains(&b'n');
        rest = &rest[1..];
    }
    let mut status = 0;
    for name in rest {
        if super::find(name, shell.state.personality).is_none() {
            shell.complain_as(&args[0], [name, b": not a shell builtin".as_slice()].concat());
            status = 1;
            continue;
        }
        let disabled = Rc::make_mut(&mut shell.state.disabled);
        if off {
            disabled.insert(name.clone());
        } else {
            disabled.remove(name);
        }
    }
    if rest.is_empty() {
        let names = super::TABLE.iter().filter(|builtin| builtin.shells & super::BASH != 0);
        let mut names: Vec<&str> = names
            .map(|builtin| builtin.name)
            .filter(|name| shell.state.disabled.contains(name.as_bytes()) == off)
            .collect();
        names.sort_unstable();
        let verb = if off { "enable -n" } else { "enable" };
        let text: String = names.iter().map(|name| format!("{verb} {name}\n")).collect();
        return shell.print(&args[0], text.as_bytes());
    }
    Ok(status)
}
