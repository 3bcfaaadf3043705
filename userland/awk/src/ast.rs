//! A program as a tree, with variables resolved to slots.

use regex_posix::Regex;
use std::rc::Rc;

/// Where a variable lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Var {
    /// A slot of the whole program.
    Global(usize),
    /// A parameter of the function that runs.
    Local(usize),
}

/// What can be assigned to.
#[derive(Clone, Debug)]
pub enum Place {
    /// A variable.
    Var(Var),
    /// An element of an array.
    Element(Var, Vec<Expr>),
    /// A field of the record.
    Field(Box<Expr>),
}

/// Operators between two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arith {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `%`
    Mod,
    /// `^`
    Pow,
}

/// Comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

/// Where `getline` reads from.
#[derive(Clone, Debug)]
pub enum Source {
    /// The program's input.
    Main,
    /// A file.
    File(Box<Expr>),
    /// What a command prints.
    Command(Box<Expr>),
}

/// An expression.
#[derive(Clone, Debug)]
pub enum Expr {
    /// A number.
    Number(f64),
    /// A text.
    Text(Rc<[u8]>),
    /// A pattern: matched against the record where a value is wanted.
    Pattern(Rc<Regex>),
    /// The value of a variable, element or field.
    Get(Place),
    /// `=`, or with an operator `+=` and its like.
    Assign(Place, Option<Arith>, Box<Expr>),
    /// `++` and `--`: the step, and whether the former value is the answer.
    Step(Place, f64, bool),
    /// `?:`
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `||`
    Or(Box<Expr>, Box<Expr>),
    /// `&&`
    And(Box<Expr>, Box<Expr>),
    /// `!`
    Not(Box<Expr>),
    /// `-`
    Negate(Box<Expr>),
    /// `+`
    Plus(Box<Expr>),
    /// Calculation.
    Arith(Arith, Box<Expr>, Box<Expr>),
    /// Comparison.
    Compare(Compare, Box<Expr>, Box<Expr>),
    /// `~`
    Match(Box<Expr>, Box<Expr>),
    /// `(i, j) in array`
    In(Vec<Expr>, Var),
    /// One text after the other.
    Concat(Box<Expr>, Box<Expr>),
    /// In parentheses: no longer a list of operands of `print`.
    Group(Box<Expr>),
    /// A function of the program.
    Call(usize, Vec<Expr>),
    /// A function of the language.
    Builtin(Builtin, Vec<Expr>),
    /// `getline`
    Getline(Source, Option<Place>),
}

macro_rules! builtins {
    ($($variant:ident $name:literal $least:literal $most:literal,)*) => {
        /// Functions of the language.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "they are named as in the language")]
        pub enum Builtin { $($variant),* }

        impl Builtin {
            /// By its name.
            pub fn find(name: &str) -> Option<Builtin> {
                match name { $($name => Some(Builtin::$variant),)* _ => None }
            }

            /// How many arguments it takes.
            pub fn arity(self) -> (usize, usize) {
                match self { $(Builtin::$variant => ($least, $most)),* }
            }
        }
    };
}

builtins! {
    Atan2 "atan2" 2 2,
    Close "close" 1 2,
    Cos "cos" 1 1,
    Exp "exp" 1 1,
    Fflush "fflush" 0 1,
    Gsub "gsub" 2 3,
    Index "index" 2 2,
    Int "int" 1 1,
    Length "length" 0 1,
    Log "log" 1 1,
    Match "match" 2 2,
    Mktime "mktime" 1 1,
    Rand "rand" 0 0,
    Sin "sin" 1 1,
    Split "split" 2 3,
    Sprintf "sprintf" 1 1000,
    Sqrt "sqrt" 1 1,
    Srand "srand" 0 1,
    Strftime "strftime" 0 3,
    Sub "sub" 2 3,
    Substr "substr" 2 3,
    System "system" 1 1,
    Systime "systime" 0 0,
    Tolower "tolower" 1 1,
    Toupper "toupper" 1 1,
}

/// Where `print` writes.
#[derive(Clone, Debug)]
pub enum Sink {
    /// Standard output.
    Standard,
    /// `>`
    File(Expr),
    /// `>>`
    Append(Expr),
    /// `|`
    Command(Expr),
}

/// A statement.
#[derive(Clone, Debug)]
pub enum Stmt {
    /// An expression for what it does.
    Expr(Expr),
    /// `print`
    Print(Vec<Expr>, Sink),
    /// `printf`
    Printf(Vec<Expr>, Sink),
    /// `if`
    If(Expr, Box<Stmt>, Option<Box<Stmt>>),
    /// `while`
    While(Expr, Box<Stmt>),
    /// `do`
    Do(Box<Stmt>, Expr),
    /// `for (;;)`
    For(Option<Box<Stmt>>, Option<Expr>, Option<Box<Stmt>>, Box<Stmt>),
    /// `for (k in array)`
    ForIn(Place, Var, Box<Stmt>),
    /// `{ }`
    Block(Vec<Stmt>),
    /// `next`
    Next,
    /// `nextfile`
    NextFile,
    /// `exit`
    Exit(Option<Expr>),
    /// `return`
    Return(Option<Expr>),
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// `delete a[i]`, or the whole array.
    Delete(Var, Option<Vec<Expr>>),
}

/// When an action runs.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// For every record.
    Always,
    /// Where the expression is true.
    When(Expr),
    /// From one record to another.
    Range(Expr, Expr),
}

/// A pattern with its action.
#[derive(Clone, Debug)]
pub struct Rule {
    /// When it runs.
    pub pattern: Pattern,
    /// What it does; without, the record is printed.
    pub action: Option<Stmt>,
}

/// A function of the program.
#[derive(Clone, Debug, Default)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// For each parameter, whether it is used as an array.
    pub arrays: Vec<bool>,
    /// What it does; none until its definition has been read.
    pub body: Option<Rc<Stmt>>,
}

/// A program.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// `BEGIN`
    pub begin: Vec<Stmt>,
    /// For each record.
    pub rules: Vec<Rule>,
    /// `END`
    pub end: Vec<Stmt>,
    /// In the order in which they were met.
    pub functions: Vec<Function>,
    /// Names of the global slots.
    pub globals: Vec<String>,
}
