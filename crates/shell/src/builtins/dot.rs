//! `.` and `source`.

use std::rc::Rc;

use vfs::{Errno, FileType, ResolveFlags};

use crate::Personality;
use crate::shell::{Flow, Run, Shell};

pub(super) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let rest = if args.get(1).is_some_and(|arg| arg == b"--") { &args[2..] } else { &args[1..] };
    let Some(name) = rest.first() else {
        return match shell.state.personality {
            Personality::Bash => {
                shell.complain_as(&args[0], "filename argument required");
                let usage =
                    [&args[0], b": usage: ".as_slice(), &args[0], b" filename [arguments]\n"];
                shell.write_error(&usage.concat());
                Ok(2)
            }
            Personality::Ash => shell.fail(&args[0], "filename argument required", 2),
            Personality::Dash => Ok(2),
        };
    };
    let content = match find(shell, name) {
        Ok(path) => shell.read_path(&path)?,
        Err(errno) => Err(errno),
    };
    let content = match content {
        Ok(content) => content,
        Err(errno) => return cannot_open(shell, &args[0], name, errno),
    };
    if rest.len() == 1 || shell.is_dash() {
        return shell.source_text(name, &content);
    }
    let old = std::mem::replace(&mut shell.state.positional, Rc::new(rest[1..].to_vec()));
    let out = shell.source_text(name, &content);
    shell.state.positional = old;
    out
}

/// The file itself if the name has a slash, otherwise the one in `PATH`; bash and ash look in the
/// working directory after that.
fn find(shell: &Shell<'_>, name: &[u8]) -> Result<Vec<u8>, Errno> {
    if name.contains(&b'/') {
        return Ok(name.to_vec());
    }
    let caller = &shell.state.caller;
    for dir in shell.state.vars.value("PATH").unwrap_or_default().split(|b| *b == b':') {
        let file = if dir.is_empty() { name.to_vec() } else { [dir, b"/", name].concat() };
        let found = shell.fs.stat(caller, caller.cwd, &file, ResolveFlags::FOLLOW);
        if found.is_ok_and(|stat| stat.file_type == FileType::File) {
            return Ok(file);
        }
    }
    if shell.is_dash() { Err(Errno::ENOENT) } else { Ok(name.to_vec()) }
}

fn cannot_open(shell: &mut Shell<'_>, builtin: &[u8], name: &[u8], errno: Errno) -> Run {
    let shown = crate::text::lossy(name).into_owned();
    let slash = name.contains(&b'/');
    match shell.state.personality {
        Personality::Bash if errno == Errno::EISDIR => {
            shell.complain_as(builtin, format!("{shown}: is a directory"));
            Ok(1)
        }
        // They open it, and what they then cannot read is empty.
        _ if errno == Errno::EISDIR => Ok(0),
        Personality::Bash => {
            shell.complain(format!("{shown}: {errno}"));
            Ok(1)
        }
        Personality::Dash => {
            let text = match errno {
                Errno::ENOENT | Errno::ENOTDIR if slash => {
                    format!("cannot open {shown}: No such file")
                }
                Errno::ENOENT => format!("{shown}: not found"),
                _ => format!("cannot open {shown}: {errno}"),
            };
            shell.complain_as(builtin, text);
            Err(Flow::Error(2))
        }
        Personality::Ash => {
            let text = if slash {
                format!("can't open '{shown}': {errno}")
            } else {
                format!("{shown}: not found")
            };
            shell.complain_as(builtin, text);
            Err(Flow::Error(2))
        }
    }
}
