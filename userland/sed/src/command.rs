//! What a script consists of.

use regex_posix::Regex;
use std::rc::Rc;

/// A regular expression of a script; `None` is the empty one: the last that was used.
pub type Pattern = Option<Rc<Regex>>;

/// Which lines a command is for.
#[derive(Debug)]
pub enum Address {
    /// The line of this number.
    Line(u64),
    /// `first~step`
    Step(u64, u64),
    /// `$`
    Last,
    /// `/re/`
    Match(Pattern),
    /// `0`, before `,/re/`
    Zero,
}

/// The end of a range.
#[derive(Debug)]
pub enum End {
    /// The line of this number.
    Line(u64),
    /// `$`
    Last,
    /// `/re/`
    Match(Pattern),
    /// `+N`
    More(u64),
    /// `~N`
    Multiple(u64),
}

/// A command with its addresses.
#[derive(Debug)]
pub struct Command {
    /// The first address.
    pub start: Option<Address>,
    /// The second.
    pub end: Option<End>,
    /// Whether it is for all other lines.
    pub negated: bool,
    /// What it does.
    pub action: Action,
}

/// What a command does.
#[derive(Debug)]
pub enum Action {
    /// `{`, with the index of the command after its `}`.
    Block(usize),
    /// `}` and what else does nothing.
    Nothing,
    /// `=`
    Number,
    /// `a`
    Append(Vec<u8>),
    /// `i`
    Insert(Vec<u8>),
    /// `c`
    Change(Vec<u8>),
    /// `b`, `t` and `T`, with the index to go on at.
    Branch(When, usize),
    /// `d`
    Delete,
    /// `D`
    DeleteFirst,
    /// `F`
    FileName,
    /// `g` and `G`
    Get(Hold),
    /// `h` and `H`
    Hold(Hold),
    /// `x`
    Exchange,
    /// `l`
    List(Option<usize>),
    /// `n`
    Next,
    /// `N`
    NextAppend,
    /// `p`
    Print,
    /// `P`
    PrintFirst,
    /// `q`, with its exit status.
    Quit(i32),
    /// `Q`, with its exit status.
    QuitSilently(i32),
    /// `r`
    ReadFile(Vec<u8>),
    /// `R`, with the number of the file.
    ReadLine(usize),
    /// `s`
    Substitute(Box<Substitute>),
    /// `w`, with the number of the file.
    Write(usize),
    /// `W`, with the number of the file.
    WriteFirst(usize),
    /// `y`: pairs of characters.
    Translate(Vec<(Vec<u8>, Vec<u8>)>),
    /// `z`
    Zap,
}

/// Whether a space is replaced or added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// Replaced.
    Replace,
    /// Added to, after a line feed.
    Append,
}

/// When a branch is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Always.
    Always,
    /// After a successful `s`.
    Substituted,
    /// After none.
    NotSubstituted,
}

/// `s/regex/replacement/flags`
#[derive(Debug)]
pub struct Substitute {
    /// What is replaced.
    pub pattern: Pattern,
    /// By what.
    pub parts: Vec<Part>,
    /// `g`
    pub global: bool,
    /// The first match that is replaced, from 1.
    pub number: usize,
    /// `p`
    pub print: bool,
    /// `w`, with the number of the file.
    pub write: Option<usize>,
}

/// A part of a replacement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// As it is.
    Text(Vec<u8>),
    /// What a group matched; 0 is `&`.
    Group(usize),
    /// `\U`, `\L` or `\E`: `None`.
    Case(Option<Case>),
    /// `\u` or `\l`: the next character only.
    Once(Case),
}

/// Upper or lower.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// `\U`, `\u`
    Upper,
    /// `\L`, `\l`
    Lower,
}

/// A whole script.
#[derive(Debug, Default)]
pub struct Program {
    /// Its commands; blocks and branches are indices into them.
    pub commands: Vec<Command>,
    /// Files of `w`, `W` and `s///w`.
    pub outputs: Vec<Vec<u8>>,
    /// Files of `R`.
    pub inputs: Vec<Vec<u8>>,
}
