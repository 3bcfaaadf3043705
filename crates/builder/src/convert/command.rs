//! `RUN`: the command line, and what it leaves.

use dockerfile::{CommandLine, chomp, heredoc_word};

/// The arguments of a command in exec form: the shell form goes behind the words of `SHELL`, and
/// here-documents become part of the script (`dispatchRun` in `dockerfile2llb/convert_runcommand.go`).
///
/// # Errors
/// A sentence, for a command that a here-document cannot belong to.
pub(crate) fn command_args(command: &CommandLine, shell: &[String]) -> Result<Vec<String>, String> {
    let mut args = command.args.clone();
    if let [first, ..] = command.files.as_slice() {
        let [line] = args.as_slice() else {
            return Err(format!("parsing produced an invalid run command: {args:?}"));
        };
        if heredoc_word(line).is_ok_and(|word| word.is_some()) {
            args = vec![if first.chomp { chomp(&first.data) } else { first.data.clone() }];
        } else {
            let bodies = command.files.iter().map(|file| format!("\n{}{}", file.data, file.name));
            args = vec![line.clone() + &bodies.collect::<String>()];
        }
    }
    Ok(with_shell(args, command.shell, shell))
}

/// A command line in exec form.
pub(crate) fn with_shell(args: Vec<String>, shell_form: bool, shell: &[String]) -> Vec<String> {
    if shell_form {
        shell.iter().cloned().chain(std::iter::once(args.join(" "))).collect()
    } else {
        args
    }
}

/// The history's text of a `RUN` (`runCommandString` in `dockerfile2llb/convert.go`).
pub(crate) fn history_text(args: &[String], build_args: &[String]) -> String {
    let mut words = vec!["RUN".to_owned()];
    if !build_args.is_empty() {
        words.push(format!("|{}", build_args.len()));
        words.extend(build_args.iter().cloned());
    }
    words.extend(args.iter().cloned());
    words.push("# buildkit".to_owned());
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use dockerfile::{Kind, parse};

    fn args(run: &str) -> Vec<String> {
        let parse = parse(&format!("FROM scratch\n{run}"));
        let Kind::Run(run) = &parse.instructions[1].kind else { panic!("no RUN: {parse:?}") };
        command_args(&run.command, &["/bin/sh".into(), "-c".into()]).unwrap()
    }

    #[test]
    fn forms_become_arguments() {
        assert_eq!(args("RUN echo  a && b"), ["/bin/sh", "-c", "echo  a && b"]);
        assert_eq!(args(r#"RUN ["echo", "a b"]"#), ["echo", "a b"]);
        assert_eq!(
            args("RUN <<EOF\nmake\n\tinstall\nEOF\n"),
            ["/bin/sh", "-c", "make\n\tinstall\n"]
        );
        assert_eq!(args("RUN <<-EOF\n\tmake\nEOF\n"), ["/bin/sh", "-c", "make\n"]);
        assert_eq!(args("RUN cat <<EOF >x\nhi\nEOF\n"), ["/bin/sh", "-c", "cat <<EOF >x\nhi\nEOF"]);
    }

    #[test]
    fn history_lists_build_arguments() {
        let run = args("RUN true");
        assert_eq!(history_text(&run, &[]), "RUN /bin/sh -c true # buildkit");
        assert_eq!(
            history_text(&run, &["a=1".into(), "b=2".into()]),
            "RUN |2 a=1 b=2 /bin/sh -c true # buildkit"
        );
    }
}
