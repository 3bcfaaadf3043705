//! The flags of a `docker` command, read as the original reads them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A flag.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    /// Its name behind `--`.
    pub long: &'static str,
    /// Its letter behind `-`; a blank for none.
    pub short: char,
    /// What its value is; empty for a switch.
    pub value: &'static str,
    /// What it does.
    pub help: &'static str,
}

/// A switch.
pub const fn switch(long: &'static str, short: char, help: &'static str) -> Flag {
    Flag { long, short, value: "", help }
}

/// A flag with a value of this kind.
pub const fn valued(
    long: &'static str,
    short: char,
    value: &'static str,
    help: &'static str,
) -> Flag {
    Flag { long, short, value, help }
}

/// How a command is called.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// Behind `docker`, with its operands: `run [OPTIONS] IMAGE [COMMAND] [ARG...]`.
    pub line: &'static str,
    /// What it does.
    pub about: &'static str,
    /// The least number of operands.
    pub least: usize,
    /// The largest number of operands.
    pub most: usize,
    /// Its flags.
    pub flags: &'static [Flag],
    /// Flags end at the first operand: what follows is another command.
    pub command_follows: bool,
}

/// What a command was called with.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    values: BTreeMap<&'static str, Vec<String>>,
    /// The operands.
    pub operands: Vec<String>,
}

/// Why a command is not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlagError {
    /// `--help`: what to print.
    Help,
    /// The flags are wrong; exit status 125.
    Flags(String),
    /// The number of operands is wrong; exit status 1.
    Operands(String),
}

impl Parsed {
    /// Whether a switch is on.
    #[must_use]
    pub fn has(&self, long: &str) -> bool {
        self.last(long).is_some_and(|value| value != "false")
    }

    /// The last value given.
    #[must_use]
    pub fn last(&self, long: &str) -> Option<&str> {
        self.values.get(long).and_then(|values| values.last()).map(String::as_str)
    }

    /// All values given.
    #[must_use]
    pub fn all(&self, long: &str) -> &[String] {
        self.values.get(long).map_or(&[], Vec::as_slice)
    }
}

impl Usage {
    /// The words of the command itself: those in lower case before its operands.
    #[must_use]
    pub fn name(&self) -> &'static str {
        let end = self.line.find(" [").into_iter().chain(first_operand(self.line)).min();
        &self.line[..end.unwrap_or(self.line.len())]
    }

    /// How it is called by another of its names.
    fn line_as(&self, name: &str) -> String {
        format!("docker {name}{}", &self.line[self.name().len()..])
    }

    /// Reads the arguments behind the command, which was called by this name.
    ///
    /// # Errors
    /// [`FlagError`].
    pub fn parse(&self, called: &str, args: &[String]) -> Result<Parsed, FlagError> {
        let mut parsed = Parsed::default();
        let mut rest = args.iter();
        while let Some(arg) = rest.next() {
            if arg == "--" {
                parsed.operands.extend(rest.by_ref().cloned());
            } else if let Some(long) = arg.strip_prefix("--") {
                let (name, value) = match long.split_once('=') {
                    Some((name, value)) => (name, Some(value.to_owned())),
                    None => (long, None),
                };
                if name == "help" {
                    return Err(FlagError::Help);
                }
                let flag =
                    self.flags.iter().find(|flag| flag.long == name).ok_or_else(|| {
                        self.flags_error(called, &format!("unknown flag: --{name}"))
                    })?;
                let value = match (value, flag.value.is_empty()) {
                    (Some(value), _) => value,
                    (None, true) => "true".to_owned(),
                    (None, false) => rest.next().cloned().ok_or_else(|| {
                        self.flags_error(called, &format!("flag needs an argument: --{name}"))
                    })?,
                };
                parsed.values.entry(flag.long).or_default().push(value);
            } else if let Some(letters) = arg.strip_prefix('-').filter(|rest| !rest.is_empty()) {
                self.letters(called, letters, &mut rest, &mut parsed)?;
            } else {
                parsed.operands.push(arg.clone());
                if self.command_follows {
                    parsed.operands.extend(rest.by_ref().cloned());
                }
            }
        }
        self.count(called, parsed)
    }

    fn letters<'a>(
        &self,
        called: &str,
        letters: &str,
        rest: &mut impl Iterator<Item = &'a String>,
        parsed: &mut Parsed,
    ) -> Result<(), FlagError> {
        for (at, letter) in letters.char_indices() {
            let found = self.flags.iter().find(|flag| flag.short == letter && letter != ' ');
            let Some(flag) = found else {
                if letter == 'h' {
                    return Err(FlagError::Help);
                }
                return Err(self.flags_error(
                    called,
                    &format!("unknown shorthand flag: '{letter}' in -{letters}"),
                ));
            };
            let values = parsed.values.entry(flag.long).or_default();
            if flag.value.is_empty() {
                values.push("true".to_owned());
                continue;
            }
            let behind = &letters[at + letter.len_utf8()..];
            let value = match behind {
                "" => rest.next().cloned().ok_or_else(|| {
                    self.flags_error(
                        called,
                        &format!("flag needs an argument: '{letter}' in -{letters}"),
                    )
                })?,
                _ => behind.strip_prefix('=').unwrap_or(behind).to_owned(),
            };
            values.push(value);
            break;
        }
        Ok(())
    }

    fn flags_error(&self, name: &str, what: &str) -> FlagError {
        let line = self.line_as(name);
        FlagError::Flags(format!(
            "{what}\n\nUsage:  {line}\n\nRun 'docker {name} --help' for more information\n"
        ))
    }

    fn count(&self, name: &str, parsed: Parsed) -> Result<Parsed, FlagError> {
        let count = parsed.operands.len();
        if (self.least..=self.most).contains(&count) {
            return Ok(parsed);
        }
        let arguments =
            |n: usize| if n == 1 { "1 argument".into() } else { format!("{n} arguments") };
        let (least, most) = (self.least, self.most);
        let (what, see) = match (least, most) {
            (0, 0) => ("accepts no arguments".to_owned(), "Run"),
            _ if least == most => (format!("requires {}", arguments(least)), "Run"),
            (_, usize::MAX) => (format!("requires at least {}", arguments(least)), "See"),
            (0, _) => (format!("requires at most {}", arguments(most)), "Run"),
            _ => (format!("requires at least {least} and at most {}", arguments(most)), "Run"),
        };
        let line = self.line_as(name);
        Err(FlagError::Operands(format!(
            "docker: 'docker {name}' {what}\n\nUsage:  {line}\n\n{see} 'docker {name} --help' \
             for more information\n"
        )))
    }

    /// What `--help` prints.
    #[must_use]
    pub fn help(&self, called: &str) -> String {
        let mut text = format!("Usage:  {}\n\n{}\n", self.line_as(called), self.about);
        if self.flags.is_empty() {
            return text;
        }
        text.push_str("\nOptions:\n");
        let names: Vec<String> = self.flags.iter().map(name_column).collect();
        let width = names.iter().map(String::len).max().unwrap_or(0) + 3;
        for (name, flag) in names.iter().zip(self.flags) {
            // A string takes what is written into it.
            let _ = writeln!(text, "{name:width$}{}", flag.help);
        }
        text
    }
}

fn name_column(flag: &Flag) -> String {
    let short = if flag.short == ' ' { "    ".to_owned() } else { format!("-{}, ", flag.short) };
    format!("  {short}--{} {}", flag.long, flag.value).trim_end().to_owned()
}

/// Where a command's operands begin: its first word that is not in lower case.
fn first_operand(line: &str) -> Option<usize> {
    line.match_indices(' ')
        .map(|(at, _)| at)
        .find(|at| line[at + 1..].starts_with(|c: char| c.is_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: Usage = Usage {
        line: "run [OPTIONS] IMAGE [COMMAND] [ARG...]",
        about: "Runs a command in a new container",
        least: 1,
        most: usize::MAX,
        flags: &[
            switch("detach", 'd', "Do not wait"),
            switch("interactive", 'i', "Take input"),
            switch("tty", 't', "As a terminal"),
            valued("env", 'e', "list", "Set a variable"),
            valued("name", ' ', "string", "Name it"),
        ],
        command_follows: true,
    };

    fn parse(line: &str) -> Result<Parsed, FlagError> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        RUN.parse("run", &words)
    }

    #[test]
    fn flags_are_read_as_docker_reads_them() {
        let parsed = parse("-it -eA=1 --env B=2 --name=x ubuntu ls -l").expect("good flags");
        assert!(parsed.has("interactive") && parsed.has("tty") && !parsed.has("detach"));
        assert_eq!(parsed.all("env"), ["A=1", "B=2"]);
        assert_eq!(parsed.last("name"), Some("x"));
        assert_eq!(parsed.operands, ["ubuntu", "ls", "-l"]);
    }

    /// As docker 28.2 answers.
    #[test]
    fn mistakes_are_answered_as_docker_answers() {
        let usage = "Usage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]\n\n";
        let run = "Run 'docker run --help' for more information\n";
        let flags = |what: &str| FlagError::Flags(format!("{what}\n\n{usage}{run}"));
        assert_eq!(parse("--bogus x").unwrap_err(), flags("unknown flag: --bogus"));
        assert_eq!(parse("-d --name").unwrap_err(), flags("flag needs an argument: --name"));
        let none = format!(
            "docker: 'docker run' requires at least 1 argument\n\n{usage}See 'docker run --help' for \
             more information\n"
        );
        assert_eq!(parse("").unwrap_err(), FlagError::Operands(none));
        assert_eq!(parse("--help").unwrap_err(), FlagError::Help);
        assert_eq!(RUN.name(), "run");
    }
}
