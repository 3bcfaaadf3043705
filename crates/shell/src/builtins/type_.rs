//! `type`, and what `command -v` says.

use crate::builtins;
use crate::exec::Lookup;
use crate::shell::{Run, Shell};
use crate::syntax::ir::Function;

const RESERVED: [&str; 16] = [
    "!", "{", "}", "case", "do", "done", "elif", "else", "esac", "fi", "for", "if", "in", "then",
    "until", "while",
];
const BASH_RESERVED: [&str; 6] = ["[[", "]]", "function", "select", "time", "coproc"];

pub(super) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let (mut kind, mut path, mut all) = (false, false, false);
    let mut rest = &args[1..];
    if shell.is_bash() {
        while let Some(letters) = rest.first().and_then(|arg| arg.strip_prefix(b"-")) {
            rest = &rest[1..];
            for &letter in letters {
                match letter {
                    b't' => kind = true,
                    b'p' | b'P' => path = true,
                    b'a' => all = true,
                    b'f' => {}
                    _ => {
                        let usage = "type [-afptP] name [name ...]";
                        return super::bad_option(shell, &args[0], letter, usage);
                    }
                }
            }
        }
    }
    let mut status = 0;
    for name in rest {
        let one = if kind {
            print_kind(shell, &args[0], name)?
        } else if path {
            match (shell.look_up(name), shell.find_program(name)) {
                (Lookup::Program, Ok(path)) => {
                    shell.print(&args[0], &[&path, b"\n".as_slice()].concat())?
                }
                (Lookup::Program, Err(_)) => 1,
                _ => 0,
            }
        } else {
            let found = describe(shell, &args[0], name, true)?;
            if all && !matches!(shell.look_up(name), Lookup::Program) {
                describe_programs(shell, &args[0], name)?;
            }
            found
        };
        status = status.max(one);
    }
    Ok(status)
}

/// Every program of a name that `PATH` has.
fn describe_programs(shell: &mut Shell<'_>, builtin: &[u8], name: &[u8]) -> Run {
    let shown = crate::text::lossy(name).into_owned();
    let path = shell.state.vars.value("PATH").unwrap_or_default().to_vec();
    let mut out = String::new();
    for dir in path.split(|b| *b == b':') {
        let file = [dir, b"/", name].concat();
        if shell.find_program(&file).is_ok() {
            out.push_str(&format!("{shown} is {}\n", crate::text::lossy(&file)));
        }
    }
    shell.print(builtin, out.as_bytes())
}

fn is_reserved(shell: &Shell<'_>, name: &[u8]) -> bool {
    let is = |words: &[&str]| words.iter().any(|word| word.as_bytes() == name);
    is(&RESERVED) || (shell.is_bash() && is(&BASH_RESERVED))
}

fn print_kind(shell: &mut Shell<'_>, builtin: &[u8], name: &[u8]) -> Run {
    let text: &[u8] =
        if shell.state.aliases.contains_key(name) && shell.state.options.shopt.expand_aliases {
            b"alias\n"
        } else if is_reserved(shell, name) {
            b"keyword\n"
        } else {
            match shell.look_up(name) {
                Lookup::Function(_) => b"function\n",
                Lookup::Builtin(_) => b"builtin\n",
                Lookup::Program if shell.find_program(name).is_ok() => b"file\n",
                Lookup::Program => return Ok(1),
            }
        };
    shell.print(builtin, text)
}

/// What a name is: in words (`type`, `command -V`) or as a command line (`command -v`).
pub(super) fn describe(shell: &mut Shell<'_>, builtin: &[u8], name: &[u8], words: bool) -> Run {
    let shown = crate::text::lossy(name).into_owned();
    let bash = shell.is_bash();
    let text = if let Some(value) = shell
        .state
        .aliases
        .get(name)
        .cloned()
        .filter(|_| !bash || shell.state.options.shopt.expand_aliases)
    {
        let value = crate::text::lossy(&value).into_owned();
        match (words, bash) {
            (true, true) => format!("{shown} is aliased to `{value}'"),
            (true, false) => format!("{shown} is an alias for {value}"),
            (false, _) => format!("alias {shown}='{value}'"),
        }
    } else if is_reserved(shell, name) {
        if words { format!("{shown} is a shell keyword") } else { shown }
    } else {
        match shell.look_up(name) {
            Lookup::Function(function) if words && bash => {
                let source = function_text(&shown, &function);
                format!("{shown} is a function\n{}", source.trim_end())
            }
            Lookup::Function(_) if words => {
                let kind = if shell.is_dash() { "a shell function" } else { "a function" };
                format!("{shown} is {kind}")
            }
            Lookup::Builtin(found) if words => {
                let special =
                    builtins::find(name, shell.state.personality).is_some_and(|b| b.special);
                if special && !bash {
                    format!("{} is a special shell builtin", found.name)
                } else {
                    format!("{} is a shell builtin", found.name)
                }
            }
            Lookup::Function(_) | Lookup::Builtin(_) => shown,
            Lookup::Program => match shell.find_program(name) {
                Ok(path) => {
                    let path = crate::text::lossy(&path).into_owned();
                    if words { format!("{shown} is {path}") } else { path }
                }
                Err(_) if words && bash => {
                    shell.complain_as(builtin, format!("{shown}: not found"));
                    return Ok(1);
                }
                Err(_) => {
                    if words {
                        shell.print(builtin, format!("{shown}: not found\n").as_bytes())?;
                    }
                    return Ok(if bash { 1 } else { 127 });
                }
            },
        }
    };
    shell.print(builtin, format!("{text}\n").as_bytes())
}

/// A function as `declare -f` shows it.
pub(super) fn function_text(name: &str, function: &Function) -> String {
    format!("{name} () \n{}\n", function.source)
}
