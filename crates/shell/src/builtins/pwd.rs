//! `pwd`.

use crate::shell::{Run, Shell};

pub(super) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let mut physical = shell.state.options.physical;
    for arg in &args[1..] {
        match arg.as_slice() {
            b"-P" => physical = true,
            b"-L" => physical = false,
            [b'-', letter, ..] if *letter != b'-' => {
                return super::bad_option(shell, &args[0], *letter, "pwd [-LP]");
            }
            _ => {}
        }
    }
    let path = if physical {
        match shell.fs.path_of(shell.state.caller.cwd) {
            Ok(path) => path.as_bytes().to_vec(),
            Err(errno) => return shell.fail(&args[0], errno.to_string(), 1),
        }
    } else {
        shell.state.cwd.clone()
    };
    shell.print(&args[0], &[path.as_slice(), b"\n"].concat())
}
