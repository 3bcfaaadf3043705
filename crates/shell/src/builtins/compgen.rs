//! `compgen`, as far as scripts use it: words, functions, builtins, variables.

use crate::shell::{Run, Shell};

pub(super) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let mut found: Vec<Vec<u8>> = Vec::new();
    let mut prefix: &[u8] = b"";
    let mut rest = args[1..].iter();
    while let Some(arg) = rest.next() {
        let action = match arg.as_slice() {
            b"-A" => rest.next().cloned().unwrap_or_default(),
            b"-W" => {
                let words = rest.next().cloned().unwrap_or_default();
                let ifs = shell.ifs();
                let words = words.split(|b| ifs.contains(b)).filter(|word| !word.is_empty());
                found.extend(words.map(<[u8]>::to_vec));
                continue;
            }
            b"-b" => b"builtin".to_vec(),
            b"-v" => b"variable".to_vec(),
            b"--" => continue,
            word if word.starts_with(b"-") => {
                let text = [b"not supported here: ".as_slice(), word].concat();
                shell.complain_as(&args[0], text);
                return Ok(2);
            }
            word => {
                prefix = word;
                continue;
            }
        };
        match action.as_slice() {
            b"function" => {
                let names = shell.state.functions.keys();
                found.extend(names.map(|name| crate::text::encode(name)));
            }
            b"builtin" => {
                let all = super::TABLE.iter().filter(|builtin| builtin.shells & super::BASH != 0);
                let mut names: Vec<_> =
                    all.map(|builtin| builtin.name.as_bytes().to_vec()).collect();
                names.sort();
                found.extend(names);
            }
            b"variable" => {
                found.extend(shell.state.vars.iter().map(|(name, _)| name.as_bytes().to_vec()));
            }
            _ => {
                let text = [b"not supported here: -A ".as_slice(), &action].concat();
                shell.complain_as(&args[0], text);
                return Ok(2);
            }
        }
    }
    found.retain(|word| word.starts_with(prefix));
    let text: Vec<u8> = found.iter().flat_map(|word| [word.as_slice(), b"\n"].concat()).collect();
    shell.print(&args[0], &text)?;
    Ok(u8::from(found.is_empty()))
}
