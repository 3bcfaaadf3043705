//! `exec`.

use crate::Personality;
use crate::shell::{Flow, Run, Shell};
use crate::vars::Vars;
use std::rc::Rc;

pub(super) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let mut rest = args[1..].to_vec();
    let (mut name, mut clean) = (None, false);
    if shell.state.personality != Personality::Dash {
        while let Some(arg) = rest.first() {
            match arg.as_slice() {
                b"-a" if rest.len() > 1 => {
                    name = Some(rest[1].clone());
                    rest.drain(..2);
                }
                b"-c" => {
                    clean = true;
                    rest.remove(0);
                }
                b"-l" => drop(rest.remove(0)),
                b"--" => {
                    rest.remove(0);
                    break;
                }
                _ => break,
            }
        }
    }
    if rest.is_empty() {
        return Ok(0);
    }
    let path = match shell.find_program(&rest[0]) {
        Ok(path) => path,
        Err(errno) => {
            let shown = crate::text::lossy(&rest[0]).into_owned();
            let missing = matches!(errno, vfs::Errno::ENOENT | vfs::Errno::ENOTDIR);
            let text = match shell.state.personality {
                Personality::Bash if missing && rest[0].contains(&b'/') => {
                    format!("{shown}: {errno}")
                }
                Personality::Bash if missing => format!("exec: {shown}: not found"),
                Personality::Bash => format!("{shown}: {errno}"),
                _ if missing => format!("exec: {shown}: not found"),
                _ => format!("exec: {shown}: {errno}"),
            };
            if shell.state.personality == Personality::Ash {
                shell.complain_as(b"exec", &text["exec: ".len()..]);
            } else {
                shell.complain(text);
            }
            return Err(Flow::Exit(if missing { 127 } else { 126 }));
        }
    };
    if let Some(name) = name {
        rest[0] = name;
    }
    if clean {
        shell.state.vars = Vars::default();
        shell.state.exported_functions = Rc::default();
    }
    let status = shell.run_file(path, &rest)?;
    // The shell is the program now: no trap runs after it.
    Err(Flow::Killed(status))
}
