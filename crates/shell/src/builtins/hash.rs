//! `hash`: nothing is remembered, so there is nothing to list.

use crate::exec::Lookup;
use crate::shell::{Run, Shell};

pub(super) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    if args.len() == 1 && shell.is_bash() {
        return shell.print(&args[0], b"hash: hash table empty\n");
    }
    let shows = args.get(1).is_some_and(|arg| arg == b"-t");
    let mut status = 0;
    for name in args[1..].iter().filter(|arg| !arg.starts_with(b"-")) {
        let found = match shell.look_up(name) {
            Lookup::Program => shell.find_program(name).is_ok(),
            _ => true,
        };
        if found && shows {
            let path = shell.find_program(name).unwrap_or_default();
            shell.print(&args[0], &[&path, b"\n".as_slice()].concat())?;
        } else if !found {
            shell.complain_as(&args[0], [name, b": not found".as_slice()].concat());
            status = 1;
        }
    }
    Ok(status)
}
