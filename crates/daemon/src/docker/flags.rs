//! The flags of a `docker` command, read as the original reads them (spf13/pflag, docker/cli `cli`).
//!
//! What a command is called with is data: `help.txt` holds what `docker COMMAND --help` of docker 28 and
//! buildx 0.29 print, and the flags are those that stand there. A flag that is known there and is not carried out
//! here is refused by name.

use std::collections::BTreeMap;

/// What `--help` prints, one command after another, each behind `=== COMMAND`.
const HELP: &str = include_str!("help.txt");

/// The help text of a command or group of commands; the empty name is `docker` itself.
#[must_use]
pub fn help_of(name: &str) -> Option<&'static str> {
    let heading = format!("=== {name}\n");
    let from = match HELP.strip_prefix(&heading) {
        Some(rest) => rest,
        None => HELP.split_once(&format!("\n{heading}"))?.1,
    };
    Some(from.find("\n=== ").map_or(from, |end| &from[..=end]))
}

/// A flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Its name behind `--`.
    pub long: &'static str,
    /// Its letter behind `-`; a blank for none.
    pub short: char,
    /// What its value is; empty for a switch.
    pub value: &'static str,
}

/// The flags of a command.
#[derive(Clone, Copy, Debug)]
pub struct Flags {
    /// The command, as `help.txt` names it.
    of: &'static str,
    /// Those that are carried out, or that make no difference here.
    taken: &'static [&'static str],
}

impl Flags {
    /// All that the command's help lists.
    pub fn iter(&self) -> impl Iterator<Item = Flag> + use<> {
        help_of(self.of).unwrap_or_default().lines().filter_map(flag_of)
    }

    fn takes(&self, flag: Flag) -> bool {
        self.taken.contains(&flag.long)
    }
}

/// The flag that a line of a help text is about: `  -a, --all`, `      --filter filter   What it does`.
fn flag_of(line: &'static str) -> Option<Flag> {
    let indent = line.len() - line.trim_start_matches(' ').len();
    let text = line.trim_start();
    let (short, text) = match (indent, text.strip_prefix("--")) {
        (6, Some(long)) => (' ', long),
        (2, None) => {
            let (letter, long) = text.strip_prefix('-')?.split_once(", --")?;
            (letter.chars().next()?, long)
        }
        _ => return None,
    };
    let head = text.split("   ").next().unwrap_or(text).trim_end();
    let (long, value) = head.split_once(' ').unwrap_or((head, ""));
    Some(Flag { long, short, value })
}

/// How a command is called.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// The command, as `help.txt` names it: `container run`.
    pub of: &'static str,
    /// The least number of operands.
    pub least: usize,
    /// The largest number of operands.
    pub most: usize,
    /// Its flags.
    pub flags: Flags,
    /// Flags end at the first operand: what follows is another command.
    pub command_follows: bool,
}

/// A command with so many operands that takes these flags.
pub const fn usage(
    of: &'static str,
    (least, most): (usize, usize),
    taken: &'static [&'static str],
) -> Usage {
    Usage { of, least, most, flags: Flags { of, taken }, command_follows: false }
}

/// Any number of operands.
pub const MANY: usize = usize::MAX;

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
    /// `--help`; whether it was asked for with `-h`.
    Help(bool),
    /// The flags are wrong; exit status 125.
    Flags(String),
    /// The number of operands is wrong; exit status 1.
    Operands(String),
}

impl Parsed {
    /// Whether a switch is on.
    #[must_use]
    pub fn has(&self, long: &str) -> bool {
        self.last(long).is_some_and(|value| parse_bool(value) == Some(true))
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

/// `strconv.ParseBool`
pub fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

impl Usage {
    /// The first lines of its help, called by this name: without `Usage:  `.
    fn line_as(&self, name: &str) -> String {
        let help = help_of(self.of).unwrap_or_default();
        let line = help.split("\n\n").next().unwrap_or_default();
        line.replacen(&format!("Usage:  docker {}", self.of), &format!("docker {name}"), 1)
    }

    /// The name that messages have: buildx calls its commands by its own.
    fn shown<'a>(&self, called: &'a str) -> &'a str {
        if self.is_buildx() { self.of } else { called }
    }

    fn is_buildx(&self) -> bool {
        self.of.starts_with("buildx ")
    }

    /// Reads the arguments behind the command, which was called by this name.
    ///
    /// # Errors
    /// [`FlagError`].
    pub fn parse(&self, called: &str, args: &[String]) -> Result<Parsed, FlagError> {
        let called = self.shown(called);
        let mut parsed = Parsed::default();
        let mut rest = args.iter();
        let mut help = None;
        while let Some(arg) = rest.next() {
            if arg == "--" {
                parsed.operands.extend(rest.by_ref().cloned());
            } else if arg == "--help" || arg == "-h" && !self.flags.iter().any(|f| f.short == 'h') {
                // What is wrong behind it is said first.
                help = help.or(Some(FlagError::Help(arg == "-h")));
            } else if let Some(long) = arg.strip_prefix("--") {
                self.long(called, long, &mut rest, &mut parsed)?;
            } else if let Some(letters) = arg.strip_prefix('-').filter(|rest| !rest.is_empty()) {
                self.letters(called, letters, &mut rest, &mut parsed)?;
            } else {
                parsed.operands.push(arg.clone());
                if self.command_follows {
                    parsed.operands.extend(rest.by_ref().cloned());
                }
            }
        }
        match help {
            Some(help) => Err(help),
            None => self.count(called, parsed),
        }
    }

    fn long<'a>(
        &self,
        called: &str,
        long: &str,
        rest: &mut impl Iterator<Item = &'a String>,
        parsed: &mut Parsed,
    ) -> Result<(), FlagError> {
        let (name, value) = match long.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (long, None),
        };
        let wrong = |what: String| self.flags_error(called, &what);
        let flag = self
            .flags
            .iter()
            .find(|flag| flag.long == alias(name))
            .ok_or_else(|| wrong(format!("unknown flag: --{name}")))?;
        let value = match (value, flag.value.is_empty()) {
            (Some(value), _) => value,
            (None, true) => "true".to_owned(),
            (None, false) => rest
                .next()
                .cloned()
                .ok_or_else(|| wrong(format!("flag needs an argument: --{name}")))?,
        };
        self.put(called, flag, value, parsed)
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
                    return Err(FlagError::Help(true));
                }
                let what = format!("unknown shorthand flag: '{letter}' in -{letters}");
                return Err(self.flags_error(called, &what));
            };
            let behind = &letters[at + letter.len_utf8()..];
            if flag.value.is_empty() && !behind.starts_with('=') {
                self.put(called, flag, "true".to_owned(), parsed)?;
                continue;
            }
            let value = match behind {
                "" => rest.next().cloned().ok_or_else(|| {
                    let what = format!("flag needs an argument: '{letter}' in -{letters}");
                    self.flags_error(called, &what)
                })?,
                _ => behind.strip_prefix('=').unwrap_or(behind).to_owned(),
            };
            return self.put(called, flag, value, parsed);
        }
        Ok(())
    }

    /// Keeps a value that is one for its flag.
    fn put(
        &self,
        called: &str,
        flag: Flag,
        value: String,
        parsed: &mut Parsed,
    ) -> Result<(), FlagError> {
        let what = match flag.value {
            "" if parse_bool(&value).is_none() => {
                Some(format!("strconv.ParseBool: parsing {value:?}: invalid syntax"))
            }
            "int" if value.parse::<i64>().is_err() => {
                Some(format!("strconv.ParseInt: parsing {value:?}: invalid syntax"))
            }
            "bytes" => wrong_size(&value),
            _ => None,
        };
        if let Some(what) = what {
            let name = match flag.short {
                ' ' => format!("--{}", flag.long),
                letter => format!("-{letter}, --{}", flag.long),
            };
            let what = format!("invalid argument {value:?} for {name:?} flag: {what}");
            return Err(self.flags_error(called, &what));
        }
        if !self.flags.takes(flag) {
            return Err(FlagError::Flags(format!(
                "docker {called}: not supported here: --{}, because nothing here would follow it; leave \
                 it out\n",
                flag.long
            )));
        }
        parsed.values.entry(flag.long).or_default().push(value);
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
        // "SRun" is what docker 28 prints.
        let (what, see) = match (least, most) {
            (0, 0) => ("accepts no arguments".to_owned(), "Run"),
            _ if least == most => (format!("requires {}", arguments(least)), "Run"),
            (_, MANY) => (format!("requires at least {}", arguments(least)), "See"),
            (0, _) => (format!("requires at most {}", arguments(most)), "SRun"),
            _ => (format!("requires at least {least} and at most {}", arguments(most)), "Run"),
        };
        let line = self.line_as(name);
        let error = if self.is_buildx() { "ERROR: " } else { "" };
        Err(FlagError::Operands(format!(
            "{error}docker: 'docker {name}' {what}\n\nUsage:  {line}\n\n{see} 'docker {name} --help' \
             for more information\n"
        )))
    }

    /// What `--help` prints.
    #[must_use]
    pub fn help(&self, called: &str) -> String {
        // A plugin's help is another where it is called as the client's own command.
        let alias = format!("{} as an alias", self.of);
        let is_alias = self.is_buildx() && !called.starts_with("buildx ");
        let help = Some(alias).filter(|_| is_alias).and_then(|alias| help_of(&alias));
        let help = help.or(help_of(self.of)).unwrap_or_default();
        let rest = help.split_once("\n\n").map_or("", |(_, rest)| rest);
        format!("Usage:  {}\n\n{rest}", self.line_as(self.shown(called)))
    }
}

/// Names that flags had before.
fn alias(name: &str) -> &str {
    match name {
        "net" => "network",
        "time" => "timeout",
        name => name,
    }
}

/// What go-units' `RAMInBytes` has against a size: `512m`, `1.5GiB`.
fn wrong_size(text: &str) -> Option<String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ');
    if !digits.parse::<f64>().is_ok_and(|number| number >= 0.0) {
        return Some(format!("invalid size: '{text}'"));
    }
    let suffix = text[digits.len()..].trim().to_ascii_lowercase();
    let unit = suffix.strip_suffix("ib").or(suffix.strip_suffix('b')).unwrap_or(&suffix);
    let known = matches!(unit, "" | "k" | "m" | "g" | "t" | "p");
    (!known).then(|| format!("invalid suffix: '{suffix}'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: Usage = Usage {
        command_follows: true,
        ..usage(
            "container run",
            (1, MANY),
            &["detach", "interactive", "tty", "env", "name", "memory"],
        )
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
        let size = "invalid argument \"abc\" for \"-m, --memory\" flag: invalid size: 'abc'";
        assert_eq!(parse("-m abc x").unwrap_err(), flags(size));
        let none = format!(
            "docker: 'docker run' requires at least 1 argument\n\n{usage}See 'docker run --help' for \
             more information\n"
        );
        assert_eq!(parse("").unwrap_err(), FlagError::Operands(none));
        assert_eq!(parse("--help").unwrap_err(), FlagError::Help(false));
        let FlagError::Flags(refused) = parse("--gpus all x").unwrap_err() else { panic!() };
        assert!(refused.starts_with("docker run: not supported here: --gpus"), "{refused}");
    }

    #[test]
    fn every_command_takes_flags_that_its_help_lists() {
        for command in super::super::COMMANDS.iter().flat_map(|commands| commands.iter()) {
            let Usage { of, flags, .. } = command.usage;
            assert!(help_of(of).is_some(), "{of} has a help text");
            for name in flags.taken {
                assert!(flags.iter().any(|flag| flag.long == *name), "{of} --{name}");
            }
        }
    }
}
