//! `command` and `builtin`.

use crate::builtins;
use crate::exec::Lookup;
use crate::shell::{Flow, Run, Shell};

const DEFAULT_PATH: &[u8] = b"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

pub(super) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let (mut brief, mut verbose, mut default_path) = (false, false, false);
    let mut rest = &args[1..];
    while let Some(arg) = rest.first() {
        if arg == b"--" {
            rest = &rest[1..];
            break;
        }
        let Some(letters) = arg.strip_prefix(b"-").filter(|letters| !letters.is_empty()) else {
            break;
        };
        for &letter in letters {
            match letter {
                b'v' => brief = true,
                b'V' => verbose = true,
                b'p' => default_path = true,
                _ => {
                    let usage = "command [-pVv] command [arg ...]";
                    return super::bad_option(shell, &args[0], letter, usage);
                }
            }
        }
        rest = &rest[1..];
    }
    let Some(name) = rest.first().cloned() else { return Ok(0) };
    if brief || verbose {
        // dash and ash look at the first name only; bash is content with one that it finds.
        let names = if shell.is_bash() { rest } else { &rest[..1] };
        let mut status = 127;
        for name in names {
            status = status.min(super::type_::describe(shell, &args[0], name, verbose)?);
        }
        return Ok(status);
    }
    let found = builtins::find(&name, shell.state.personality);
    let old = default_path.then(|| shell.state.vars.get("PATH").cloned());
    if default_path {
        shell.state.vars.force("PATH", DEFAULT_PATH);
    }
    let out = match found {
        // An error of a special builtin does not end the script when `command` runs it.
        Some(builtin) => match shell.call_builtin(builtin, rest, &[]) {
            Err(Flow::Error(status)) => Ok(status),
            out => out,
        },
        None => shell.run_program(rest),
    };
    if let Some(old) = old {
        shell.state.vars.put("PATH", old);
    }
    out
}

pub(super) fn builtin(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let Some(name) = args.get(1) else { return Ok(0) };
    match builtins::find(name, shell.state.personality).map(Lookup::Builtin) {
        Some(Lookup::Builtin(builtin)) => shell.call_builtin(builtin, &args[1..], &[]),
        _ => {
            let text = [name, b": not a shell builtin".as_slice()].concat();
            shell.complain_as(&args[0], text);
            Ok(1)
        }
    }
}
