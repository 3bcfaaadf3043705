//! The program the interpreter runs: brush-parser's tree with every word parsed.

use std::rc::Rc;

/// A list of commands: what stands between `do` and `done`, in a subshell, on a line.
#[derive(Clone, Debug, Default)]
pub(crate) struct List(pub Vec<Item>);

#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub first: Pipeline,
    pub rest: Vec<(AndOr, Pipeline)>,
    /// Ended by `&`: runs for itself.
    pub background: Option<Rc<List>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AndOr {
    And,
    Or,
}

#[derive(Clone, Debug)]
pub(crate) struct Pipeline {
    pub negated: bool,
    /// `time`, and whether with `-p`.
    pub timed: Option<bool>,
    pub stages: Vec<Rc<Command>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Command {
    /// Where it begins, counted from 1.
    pub line: u32,
    pub kind: Kind,
    pub redirects: Vec<Redirect>,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Simple {
        assignments: Vec<Assignment>,
        words: Vec<Word>,
        /// `declare x=(...)`: the word is only the name, the array is assigned by itself.
        arrays: Vec<Assignment>,
    },
    Group(List),
    Subshell(List),
    If {
        arms: Vec<(List, List)>,
        otherwise: Option<List>,
    },
    While {
        until: bool,
        condition: List,
        body: List,
    },
    For {
        name: String,
        words: Option<Vec<Word>>,
        body: List,
    },
    Select {
        name: String,
        words: Option<Vec<Word>>,
        body: List,
    },
    ArithFor {
        init: Option<Word>,
        condition: Option<Word>,
        update: Option<Word>,
        body: List,
    },
    Case {
        subject: Word,
        arms: Vec<CaseArm>,
    },
    Function {
        name: String,
        function: Rc<Function>,
    },
    Arith {
        expression: Word,
        source: String,
    },
    Test(TestExpr),
}

#[derive(Clone, Debug)]
pub(crate) struct Function {
    pub line: u32,
    pub body: Command,
    /// As it was written, for `type` and `declare -f`.
    pub source: String,
}

#[derive(Clone, Debug)]
pub(crate) struct CaseArm {
    pub patterns: Vec<Word>,
    pub body: List,
    pub after: AfterArm,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AfterArm {
    /// `;;`
    Leave,
    /// `;&`
    FallThrough,
    /// `;;&`
    TestNext,
}

#[derive(Clone, Debug)]
pub(crate) struct Assignment {
    pub name: String,
    pub index: Option<Word>,
    pub append: bool,
    pub value: Value,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    Scalar(Word),
    /// `(a [2]=b)`: the words after brace expansion, each with its index.
    Array(Vec<(Option<Word>, Word)>),
}

#[derive(Clone, Debug)]
pub(crate) struct Redirect {
    pub fd: Option<u32>,
    /// `{name}>`: the shell chooses a descriptor and puts its number there.
    pub variable: Option<String>,
    pub kind: RedirectKind,
}

#[derive(Clone, Debug)]
pub(crate) enum RedirectKind {
    Read(Word),
    Write {
        target: Word,
        clobber: bool,
    },
    Append(Word),
    ReadWrite(Word),
    /// `<&` (input) or `>&`, to a number, `-`, or what the word expands to.
    Dup {
        input: bool,
        source: Word,
    },
    /// `&>` and `&>>`.
    OutputAndError {
        target: Word,
        append: bool,
    },
    HereDoc {
        body: Word,
    },
    HereString(Word),
    /// `< <(list)`, `> >(list)`.
    Process(ProcessSubst),
}

#[derive(Clone, Debug)]
pub(crate) struct ProcessSubst {
    /// `<(`: the command's output is read.
    pub read: bool,
    pub list: Rc<Source>,
}

/// A command substitution's text and program.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub list: List,
}

/// A word: what may become any number of fields.
#[derive(Clone, Debug, Default)]
pub(crate) struct Word {
    pub parts: Vec<Part>,
    /// An assignment as an argument of `export` and its kind: never split, no pathnames.
    pub assignment: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum Part {
    /// Unquoted text as it stands: pattern characters are special.
    Literal(Vec<u8>),
    /// Quoted text.
    Quoted(Vec<u8>),
    /// `"..."`.
    Double(Vec<Part>),
    /// `~` or `~name`.
    Tilde(Vec<u8>),
    Param(Box<Param>),
    Command(Rc<Source>),
    Arith(Box<Word>),
    Process(ProcessSubst),
}

/// `$x`, `${...}`.
#[derive(Clone, Debug)]
pub(crate) struct Param {
    pub name: ParamName,
    pub index: Option<Index>,
    /// `${!x}`.
    pub indirect: bool,
    pub op: Op,
    /// As written, for messages.
    pub source: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ParamName {
    Var(String),
    Positional(usize),
    /// One of `@ * # ? - $ ! 0`.
    Special(u8),
}

#[derive(Clone, Debug)]
pub(crate) enum Index {
    /// `[@]`
    At,
    /// `[*]`
    Star,
    Expr(Word),
}

#[derive(Clone, Debug)]
pub(crate) enum Op {
    None,
    /// `${#x}`
    Length,
    /// `-`, `=`, `?`, `+`; `colon`: null counts as unset.
    Test {
        kind: u8,
        colon: bool,
        word: Word,
    },
    TrimPrefix {
        longest: bool,
        pattern: Word,
    },
    TrimSuffix {
        longest: bool,
        pattern: Word,
    },
    Replace {
        kind: ReplaceKind,
        pattern: Word,
        with: Word,
    },
    Substring {
        offset: Word,
        length: Option<Word>,
    },
    Case {
        change: CaseChange,
        all: bool,
        pattern: Option<Word>,
    },
    /// `@Q` and its kind.
    Transform(u8),
    /// `${!prefix*}` (or `@`).
    Names {
        star: bool,
    },
    /// `${!array[@]}` (or `*`).
    Keys {
        star: bool,
    },
    /// What this shell refuses when it comes to it.
    Bad,
}

/// `^`, `,` or `~`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CaseChange {
    Upper,
    Lower,
    Toggle,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReplaceKind {
    First,
    All,
    Prefix,
    Suffix,
}

/// What is in `[[ ]]`.
#[derive(Clone, Debug)]
pub(crate) enum TestExpr {
    And(Box<TestExpr>, Box<TestExpr>),
    Or(Box<TestExpr>, Box<TestExpr>),
    Not(Box<TestExpr>),
    /// The operator's letter.
    Unary(u8, Word),
    Binary(&'static str, Word, Word),
}

impl Word {
    /// A word of quoted text.
    pub fn text(bytes: impl Into<Vec<u8>>) -> Self {
        Self { parts: vec![Part::Quoted(bytes.into())], assignment: false }
    }

    /// The text, if nothing in it has to be expanded.
    pub fn constant(&self) -> Option<&[u8]> {
        match self.parts.as_slice() {
            [] => Some(b""),
            [Part::Literal(bytes) | Part::Quoted(bytes)] => Some(bytes),
            _ => None,
        }
    }
}
