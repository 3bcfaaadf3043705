//! What dash, ash and bash have built in, one file per builtin or family.

mod alias;
mod calendar;
mod cd;
mod command;
mod compgen;
mod control;
mod declare;
mod dot;
mod echo;
mod enable;
mod eval;
mod exec;
mod exit;
mod export;
pub(crate) mod file_test;
mod getopts;
mod hash;
mod jobs;
mod kill;
mod let_;
mod local;
mod mapfile;
mod printf;
mod pwd;
mod read;
mod set;
mod shift;
mod shopt;
mod test;
mod times;
mod trap;
mod true_;
mod type_;
mod ulimit;
mod umask;
mod unset;
mod wait;

pub(crate) use declare::{attribute_letters, line as declaration};
pub(crate) use read::run as read_line;

use crate::Personality;
use crate::shell::{Run, Shell};

/// A builtin command.
#[derive(Clone, Copy)]
pub(crate) struct Builtin {
    pub name: &'static str,
    /// POSIX's special builtins: outside bash their errors end the script and assignments before
    /// them stay.
    pub special: bool,
    shells: u8,
    pub run: fn(&mut Shell<'_>, &[Vec<u8>]) -> Run,
}

const DASH: u8 = 1;
const ASH: u8 = 2;
const BASH: u8 = 4;
const ALL: u8 = DASH | ASH | BASH;

const fn special(name: &'static str, run: fn(&mut Shell<'_>, &[Vec<u8>]) -> Run) -> Builtin {
    Builtin { name, special: true, shells: ALL, run }
}

const fn plain(
    name: &'static str,
    shells: u8,
    run: fn(&mut Shell<'_>, &[Vec<u8>]) -> Run,
) -> Builtin {
    Builtin { name, special: false, shells, run }
}

/// By name.
const TABLE: [Builtin; 61] = [
    special(".", dot::run),
    special(":", true_::succeed),
    plain("[", ALL, test::bracket),
    plain("alias", ALL, alias::alias),
    plain("bg", ALL, jobs::fg_bg),
    special("break", control::break_),
    plain("builtin", BASH, command::builtin),
    plain("cd", ALL, cd::run),
    plain("chdir", DASH | ASH, cd::run),
    plain("command", ALL, command::run),
    special("continue", control::continue_),
    plain("declare", BASH, declare::run),
    plain("echo", ALL, echo::run),
    special("eval", eval::run),
    special("exec", exec::run),
    special("exit", exit::run),
    special("export", export::export),
    plain("false", ALL, true_::fail),
    plain("fg", ALL, jobs::fg_bg),
    plain("getopts", ALL, getopts::run),
    plain("hash", ALL, hash::run),
    plain("jobs", ALL, jobs::run),
    plain("kill", ALL, kill::run),
    plain("let", ASH | BASH, let_::run),
    plain("local", ALL, local::run),
    plain("mapfile", BASH, mapfile::run),
    plain("printf", ALL, printf::run),
    plain("pwd", ALL, pwd::run),
    plain("read", ALL, read::run),
    plain("readarray", BASH, mapfile::run),
    special("readonly", export::readonly),
    special("return", control::return_),
    special("set", set::run),
    special("shift", shift::run),
    plain("shopt", BASH, shopt::run),
    plain("source", ASH | BASH, dot::run),
    plain("test", ALL, test::run),
    special("times", times::run),
    special("trap", trap::run),
    plain("true", ALL, true_::succeed),
    plain("type", ALL, type_::run),
    plain("typeset", BASH, declare::run),
    plain("ulimit", ALL, ulimit::run),
    plain("umask", ALL, umask::run),
    plain("unalias", ALL, alias::unalias),
    special("unset", unset::run),
    plain("wait", ALL, wait::run),
    plain("bind", BASH, true_::succeed),
    plain("caller", BASH, control::caller),
    plain("complete", BASH, true_::succeed),
    plain("compopt", BASH, true_::succeed),
    plain("disown", BASH, jobs::disown),
    plain("enable", BASH, enable::run),
    plain("compgen", BASH, compgen::run),
    plain("history", BASH, true_::succeed),
    plain("logout", BASH, exit::logout),
    plain("suspend", BASH, true_::succeed),
    plain("dirs", BASH, cd::dirs),
    plain("popd", BASH, cd::popd),
    plain("pushd", BASH, cd::pushd),
    plain("fc", BASH, true_::succeed),
];

/// The builtin of that name, if the shell has it.
pub(crate) fn find(name: &[u8], personality: Personality) -> Option<Builtin> {
    let shell = match personality {
        Personality::Dash => DASH,
        Personality::Ash => ASH,
        Personality::Bash => BASH,
    };
    TABLE.iter().find(|b| b.name.as_bytes() == name && b.shells & shell != 0).copied()
}

/// The names of a shell's builtins.
pub(crate) fn names(personality: Personality) -> impl Iterator<Item = &'static str> {
    let has = move |name: &&'static str| find(name.as_bytes(), personality).is_some();
    TABLE.iter().map(|builtin| builtin.name).filter(has)
}

/// An option letter that the builtin does not have, in the shell's words.
fn bad_option(shell: &mut Shell<'_>, name: &[u8], letter: u8, usage: &str) -> Run {
    let letter = char::from(letter);
    if shell.is_bash() {
        shell.complain_as(name, format!("-{letter}: invalid option"));
        let usage = format!("{}: usage: {usage}\n", crate::text::lossy(name));
        shell.write_error(usage.as_bytes());
        return Ok(2);
    }
    let text = if shell.is_dash() {
        format!("Illegal option -{letter}")
    } else {
        format!("illegal option -{letter}")
    };
    shell.fail(name, text, 2)
}

/// A number argument as dash and ash read it: digits only.
fn number(text: &[u8]) -> Option<i64> {
    std::str::from_utf8(text).ok()?.trim().parse().ok()
}

/// An argument that has to be a number and is none.
fn illegal_number(shell: &mut Shell<'_>, name: &[u8], text: &[u8], status: u8) -> Run {
    let shown = crate::text::lossy(text).into_owned();
    if shell.is_bash() {
        shell.complain_as(name, format!("{shown}: numeric argument required"));
        return Ok(status);
    }
    shell.fail(name, format!("Illegal number: {shown}"), status)
}
