//! `getopts`.

use crate::Personality;
use crate::shell::{Run, Shell};
use crate::syntax::lexer::is_name;

pub(super) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let rest = if args.get(1).is_some_and(|arg| arg == b"--") { &args[2..] } else { &args[1..] };
    let [options, name, words @ ..] = rest else {
        return match shell.state.personality {
            Personality::Dash => shell.fail(&args[0], "Usage: getopts optstring var [arg...]", 2),
            Personality::Ash => shell.fail(&args[0], "usage: getopts optstring var [arg]", 2),
            Personality::Bash => {
                shell.write_error(b"getopts: usage: getopts optstring name [arg ...]\n");
                Ok(2)
            }
        };
    };
    let words = if words.is_empty() { shell.state.positional.to_vec() } else { words.to_vec() };
    let name = crate::text::decode(name).into_owned();
    if !is_name(&name) {
        let arg = name.clone().into_bytes();
        return super::export::bad_name(shell, &args[0], &arg, &name);
    }
    let silent = options.starts_with(b":");
    let options: Vec<u8> = options.strip_prefix(b":").unwrap_or(options).to_vec();
    let index =
        shell.state.vars.value("OPTIND").and_then(super::number).unwrap_or(1).max(1) as usize;
    let (last_index, mut at) = shell.state.getopts;
    if last_index != index {
        at = 0;
    }
    let mut index = index;
    if at > 0 && !shell.is_bash() {
        // dash and ash name the word after the one they are in.
        index -= 1;
    }
    let finish = |shell: &mut Shell<'_>, index: usize, at: usize| -> Run<()> {
        let index = if at > 0 && !shell.is_bash() { index + 1 } else { index };
        shell.assign("OPTIND", index.to_string().into_bytes())?;
        shell.state.getopts = (index, at);
        Ok(())
    };
    if at == 0 {
        let word = words.get(index - 1).map(Vec::as_slice).unwrap_or_default();
        if word.len() < 2 || word[0] != b'-' || word == b"--" {
            if word == b"--" {
                index += 1;
            }
            finish(shell, index, 0)?;
            shell.assign(&name, b"?".to_vec())?;
            unset_optarg(shell)?;
            return Ok(1);
        }
        at = 1;
    }
    let word = words.get(index - 1).cloned().unwrap_or_default();
    let letter = word.get(at).copied().unwrap_or(b'?');
    at += 1;
    let spec = options.iter().position(|o| *o == letter).filter(|_| letter != b':');
    let takes_argument = spec.is_some_and(|i| options.get(i + 1) == Some(&b':'));
    let mut argument = None;
    if takes_argument {
        if at < word.len() {
            argument = Some(word[at..].to_vec());
        } else {
            index += 1;
            argument = words.get(index - 1).cloned();
        }
        index += 1;
        at = 0;
    } else if at >= word.len() {
        index += 1;
        at = 0;
    }
    let missing = takes_argument && argument.is_none();
    if missing {
        index -= 1;
    }
    finish(shell, index, at)?;
    let shown = char::from(letter);
    if spec.is_none() || missing {
        let quiet = silent || shell.state.vars.value("OPTERR") == Some(b"0");
        if silent {
            shell.assign("OPTARG", vec![letter])?;
        } else {
            unset_optarg(shell)?;
        }
        shell.assign(&name, if silent && missing { b":".to_vec() } else { b"?".to_vec() })?;
        if !quiet {
            let text = match (shell.state.personality, missing) {
                (Personality::Dash, false) => format!("Illegal option -{shown}\n"),
                (Personality::Dash, true) => format!("No arg for -{shown} option\n"),
                (Personality::Ash, false) => format!("Illegal option -{shown}\n"),
                (Personality::Ash, true) => format!("No arg for -{shown} option\n"),
                (Personality::Bash, false) => {
                    format!(
                        "{}: illegal option -- {shown}\n",
                        crate::text::lossy(&shell.state.name)
                    )
                }
                (Personality::Bash, true) => format!(
                    "{}: option requires an argument -- {shown}\n",
                    crate::text::lossy(&shell.state.name)
                ),
            };
            shell.write_error(text.as_bytes());
        }
        return Ok(0);
    }
    match argument {
        Some(argument) => shell.assign("OPTARG", argument)?,
        None if shell.is_bash() => unset_optarg(shell)?,
        None => shell.assign("OPTARG", Vec::new())?,
    }
    shell.assign(&name, vec![letter])?;
    Ok(0)
}

fn unset_optarg(shell: &mut Shell<'_>) -> Run<()> {
    shell.unset_variable("OPTARG", None).map(|_| ())
}
