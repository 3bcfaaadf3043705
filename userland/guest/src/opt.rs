//! Options as GNU's `getopt_long` reads them.

use crate::{bytes, os, out, say};
use std::collections::VecDeque;
use std::ffi::OsString;

/// Whether an option takes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arg {
    /// None.
    No,
    /// Always.
    Yes,
    /// Only attached: `--color=auto`.
    Maybe,
}

/// A long option: its name, whether it takes a value, and the code it is reported as.
#[derive(Clone, Copy, Debug)]
pub struct Long(pub &'static str, pub Arg, pub char);

/// An option that was found.
#[derive(Clone, Debug)]
pub struct Opt {
    /// The short letter, or the code of the long option.
    pub code: char,
    /// Its value, always present for options that require one.
    pub value: Option<OsString>,
}

impl Opt {
    /// The value, or an empty one.
    pub fn value(&self) -> OsString {
        self.value.clone().unwrap_or_default()
    }

    /// The value as text; bytes that are no UTF-8 become U+FFFD.
    pub fn text(&self) -> String {
        self.value().to_string_lossy().into_owned()
    }
}

/// Takes options from a command line; operands may stand between them.
#[derive(Debug)]
pub struct Opts {
    rest: VecDeque<OsString>,
    cluster: Vec<u8>,
    operands: Vec<OsString>,
    short: &'static str,
    long: &'static [Long],
    usage: &'static str,
    misuse: fn() -> !,
}

impl Opts {
    /// `short` is as for `getopt`: `a` takes no value, `b:` takes one, `c::` may have one attached;
    /// with a leading `+` the first operand ends the options.
    /// `usage` is what `--help` prints after `Usage: NAME `.
    pub fn new(
        args: Vec<OsString>,
        short: &'static str,
        long: &'static [Long],
        usage: &'static str,
    ) -> Opts {
        Opts {
            rest: args.into(),
            cluster: Vec::new(),
            operands: Vec::new(),
            short,
            long,
            usage,
            misuse: say::try_help,
        }
    }

    /// What ends the program after a wrong option, instead of a pointer to `--help`.
    pub fn on_misuse(&mut self, end: fn() -> !) {
        self.misuse = end;
    }

    /// What is left when the options are through.
    pub fn operands(&mut self) -> Vec<OsString> {
        while self.next().is_some() {}
        std::mem::take(&mut self.operands)
    }

    fn short_option(&mut self) -> Opt {
        let letter = self.cluster.remove(0);
        let spec = self.short.as_bytes();
        let Some(at) = spec.iter().position(|&c| c == letter && c != b':' && c != b'+') else {
            let text = String::from_utf8_lossy(&[letter]).into_owned();
            say::warn(format!("invalid option -- '{text}'"));
            (self.misuse)();
        };
        let code = letter as char;
        let value = match (spec.get(at + 1), spec.get(at + 2)) {
            (Some(b':'), Some(b':')) if self.cluster.is_empty() => None,
            (Some(b':'), _) if !self.cluster.is_empty() => {
                Some(os(std::mem::take(&mut self.cluster)))
            }
            (Some(b':'), _) => match self.rest.pop_front() {
                Some(value) => Some(value),
                None => {
                    say::warn(format!("option requires an argument -- '{code}'"));
                    (self.misuse)();
                }
            },
            _ => None,
        };
        Opt { code, value }
    }

    fn long_option(&mut self, text: &[u8]) -> Opt {
        let (name, value) = match text.iter().position(|&c| c == b'=') {
            Some(at) => (&text[..at], Some(os(&text[at + 1..]))),
            None => (text, None),
        };
        let shown = String::from_utf8_lossy(text);
        let standard = [Long("help", Arg::No, HELP), Long("version", Arg::No, VERSION)];
        let known = || self.long.iter().chain(&standard);
        let exact = known().find(|long| long.0.as_bytes() == name);
        let found = exact.copied().or_else(|| {
            let alike: Vec<Long> =
                known().filter(|long| long.0.as_bytes().starts_with(name)).copied().collect();
            let first = *alike.first()?;
            if alike.iter().all(|long| long.2 == first.2 && long.1 == first.1) {
                return Some(first);
            }
            let names: String = alike.iter().map(|long| format!(" '--{}'", long.0)).collect();
            say::warn(format!("option '--{shown}' is ambiguous; possibilities:{names}"));
            (self.misuse)();
        });
        let Some(Long(full, arg, code)) = found else {
            say::warn(format!("unrecognized option '--{}'", String::from_utf8_lossy(text)));
            (self.misuse)();
        };
        let value = match (arg, value) {
            (Arg::No, Some(_)) => {
                say::warn(format!("option '--{full}' doesn't allow an argument"));
                (self.misuse)();
            }
            (Arg::Yes, None) => match self.rest.pop_front() {
                Some(value) => Some(value),
                None => {
                    say::warn(format!("option '--{full}' requires an argument"));
                    (self.misuse)();
                }
            },
            (_, value) => value,
        };
        match code {
            HELP => {
                out::line(format!("Usage: {} {}", say::name(), self.usage));
                say::exit(0)
            }
            VERSION => {
                let name = say::name();
                let base = name.rsplit('/').next().unwrap_or_default();
                out::line(format!("{base} (Layerlab {})", env!("CARGO_PKG_VERSION")));
                say::exit(0)
            }
            code => Opt { code, value },
        }
    }
}

const HELP: char = '\u{e000}';
const VERSION: char = '\u{e001}';

impl Iterator for Opts {
    type Item = Opt;

    fn next(&mut self) -> Option<Opt> {
        if !self.cluster.is_empty() {
            return Some(self.short_option());
        }
        loop {
            let arg = self.rest.pop_front()?;
            match bytes(&arg) {
                b"--" => {
                    self.operands.extend(self.rest.drain(..));
                    return None;
                }
                [b'-', b'-', name @ ..] => return Some(self.long_option(name)),
                [b'-', cluster @ ..] if !cluster.is_empty() => {
                    self.cluster = cluster.to_vec();
                    return Some(self.short_option());
                }
                _ => {
                    self.operands.push(arg);
                    if self.short.starts_with('+') {
                        self.operands.extend(self.rest.drain(..));
                        return None;
                    }
                }
            }
        }
    }
}
