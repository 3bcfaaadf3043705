//! The parse tree: what stands where in the file, before it is understood as instructions.

use crate::heredoc::Heredoc;
use crate::quote::{quote, quote_list};
use crate::span::{Lines, Span};

/// A word, and where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// The word as BuildKit's parser hands it on: JSON and flag words without their quotes, others with them.
    pub text: String,
    /// Where it stands; a word that a continuation cuts in two covers the continuation.
    pub span: Span,
}

impl Word {
    /// A word that stands nowhere.
    pub fn new(text: impl Into<String>) -> Self {
        Word { text: text.into(), span: Span::default() }
    }
}

/// An instruction as the parser sees it: keyword, flags and words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// The keyword as written, such as `RUN` or `run`.
    pub keyword: Word,
    /// The `--flag=value` words, quotes and escapes resolved.
    pub flags: Vec<Word>,
    /// The arguments. `ENV` and `LABEL` have three words for each pair: name, value and `=`, or an empty word
    /// for the old `name value` form. Shell forms are one word.
    pub args: Vec<Word>,
    /// True where the arguments were a JSON array.
    pub json: bool,
    /// The instruction behind `ONBUILD`.
    pub sub: Option<Box<Node>>,
    /// The heredocs the instruction opens, in order.
    pub heredocs: Vec<Heredoc>,
    /// The text with continuations and comments folded away, without heredoc bodies.
    pub original: String,
    /// The comments directly above, without their `#`.
    pub comments: Vec<String>,
    /// Where the instruction stands: from its keyword to its end, heredocs included, without the last line end.
    pub span: Span,
    /// The lines it stands on.
    pub lines: Option<Lines>,
}

impl Node {
    /// The keyword in upper case, `RUN`.
    pub fn name(&self) -> String {
        self.keyword.text.to_uppercase()
    }

    /// All arguments; for `ONBUILD` the keyword and arguments of the instruction behind it.
    pub fn all_args(&self) -> Vec<&Word> {
        let mut args: Vec<&Word> = self.args.iter().collect();
        let mut node = self;
        while let Some(sub) = &node.sub {
            args.push(&sub.keyword);
            args.extend(&sub.args);
            node = sub;
        }
        args
    }

    /// The node as an s-expression, as BuildKit's `Node.Dump` prints it.
    pub fn dump(&self) -> String {
        let mut out = self.keyword.text.to_lowercase();
        if !self.flags.is_empty() {
            let flags: Vec<&str> = self.flags.iter().map(|flag| flag.text.as_str()).collect();
            out.push(' ');
            out.push_str(&quote_list(&flags));
        }
        for arg in &self.args {
            out.push(' ');
            out.push_str(&quote(&arg.text));
        }
        if let Some(sub) = &self.sub {
            out.push_str(&format!(" ({})", sub.dump()));
        }
        out.trim().to_owned()
    }
}

/// What a stretch of the file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// A byte order mark.
    Bom,
    /// A parser directive, by its place in [`Parse::directives`](crate::Parse::directives).
    Directive(usize),
    /// A comment line.
    Comment,
    /// A line with nothing but white space.
    Blank,
    /// An instruction, by its place in [`Parse::instructions`](crate::Parse::instructions).
    Instruction(usize),
    /// A line too long to be read.
    Unread,
}

/// A stretch of the file, whole lines. All items in order make up the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// Where it stands, its line end included.
    pub span: Span,
}
