//! From the tree of a pattern to the instructions of an automaton.

use crate::bracket::{Set, decode, decode_last, is_word};
use crate::parse::{Assert, Node};
use crate::{Error, Syntax};

/// The most instructions a pattern may have.
const MAX_SIZE: usize = 200_000;

/// One instruction; those that take no target go on with the next.
#[derive(Clone, Debug)]
pub enum Inst {
    /// Takes this byte.
    Byte(u8),
    /// Takes one character of the set.
    Set(Box<Set>),
    /// Goes on if the place is right.
    Assert(Assert),
    /// Goes on here first, then there.
    Split(usize, usize),
    /// Goes on there.
    Jump(usize),
    /// Notes the place: slot `2n` is the start of group `n`, `2n + 1` its end.
    Save(usize),
    /// Notes the place a turn of a repetition starts at.
    Enter(usize),
    /// Goes on only if the turn took something.
    Progress(usize),
    /// Takes what the group matched.
    Reference(usize),
    /// The end.
    Match,
}

/// A pattern as instructions.
#[derive(Debug)]
pub struct Program {
    /// The instructions.
    pub code: Vec<Inst>,
    /// How many places of turns are noted.
    pub marks: usize,
    /// One more than the highest group.
    pub groups: usize,
    /// How text is looked at.
    pub syntax: Syntax,
}

impl Program {
    /// Compiles a tree.
    pub fn new(node: &Node, syntax: Syntax) -> Result<Program, Error> {
        let mut program = Program { code: Vec::new(), marks: 0, groups: 1, syntax };
        program.node(node)?;
        program.code.push(Inst::Match);
        Ok(program)
    }

    fn push(&mut self, inst: Inst) -> Result<usize, Error> {
        if self.code.len() >= MAX_SIZE {
            return Err(Error::TooComplex);
        }
        self.code.push(inst);
        Ok(self.code.len() - 1)
    }

    fn node(&mut self, node: &Node) -> Result<(), Error> {
        match node {
            Node::Byte(byte) => self.push(Inst::Byte(*byte)).map(drop),
            Node::Set(set) => self.push(Inst::Set(set.clone())).map(drop),
            Node::Assert(assert) => self.push(Inst::Assert(*assert)).map(drop),
            Node::Reference(group) => self.push(Inst::Reference(*group)).map(drop),
            Node::Concat(parts) => parts.iter().try_for_each(|part| self.node(part)),
            Node::Group(number, inner) => {
                self.groups = self.groups.max(number + 1);
                self.push(Inst::Save(2 * number))?;
                self.node(inner)?;
                self.push(Inst::Save(2 * number + 1)).map(drop)
            }
            Node::Alternate(branches) => {
                let mut ends = Vec::new();
                for (index, branch) in branches.iter().enumerate() {
                    if index + 1 == branches.len() {
                        self.node(branch)?;
                        break;
                    }
                    let split = self.push(Inst::Match)?;
                    self.node(branch)?;
                    ends.push(self.push(Inst::Match)?);
                    self.code[split] = Inst::Split(split + 1, self.code.len());
                }
                for end in ends {
                    self.code[end] = Inst::Jump(self.code.len());
                }
                Ok(())
            }
            Node::Repeat(inner, min, max) => self.repeat(inner, *min, *max),
        }
    }

    fn repeat(&mut self, inner: &Node, min: u32, max: Option<u32>) -> Result<(), Error> {
        for _ in 0..min {
            self.node(inner)?;
        }
        match max {
            None => {
                let mark = self.marks;
                self.marks += 1;
                let split = self.push(Inst::Match)?;
                self.push(Inst::Enter(mark))?;
                self.node(inner)?;
                self.push(Inst::Progress(mark))?;
                self.push(Inst::Jump(split))?;
                self.code[split] = Inst::Split(split + 1, self.code.len());
            }
            Some(max) => {
                let mut splits = Vec::new();
                for _ in min..max {
                    splits.push(self.push(Inst::Match)?);
                    self.node(inner)?;
                }
                for split in splits {
                    self.code[split] = Inst::Split(split + 1, self.code.len());
                }
            }
        }
        Ok(())
    }

    /// Bytes a match can begin with; `None` if it may be empty or begin with anything.
    pub fn first_bytes(&self) -> Option<Box<[bool; 256]>> {
        let mut first = Box::new([false; 256]);
        let mut seen = vec![false; self.code.len()];
        let mut stack = vec![0];
        while let Some(at) = stack.pop() {
            if std::mem::replace(&mut seen[at], true) {
                continue;
            }
            match &self.code[at] {
                Inst::Byte(byte) => first[usize::from(*byte)] = true,
                Inst::Set(set) => {
                    for byte in 0..=255u8 {
                        let is_char = !self.syntax.utf8 || byte < 128;
                        first[usize::from(byte)] |= !is_char || set.contains(char::from(byte));
                    }
                }
                Inst::Split(a, b) => stack.extend([*a, *b]),
                Inst::Jump(to) => stack.push(*to),
                Inst::Reference(_) | Inst::Match => return None,
                _ => stack.push(at + 1),
            }
        }
        Some(first)
    }

    /// How many bytes an instruction takes at a place; `None` if it does not fit.
    pub fn step(&self, inst: &Inst, text: &[u8], at: usize) -> Option<usize> {
        match inst {
            Inst::Byte(byte) => (text.get(at) == Some(byte)).then_some(1),
            Inst::Set(set) => match decode(text.get(at..)?, self.syntax.utf8) {
                Some((c, used)) => set.contains(c).then_some(used),
                None => text.get(at).filter(|byte| set.contains_byte(**byte)).map(|_| 1),
            },
            _ => None,
        }
    }

    /// Whether a place is what it has to be.
    pub fn holds(&self, assert: Assert, text: &[u8], at: usize) -> bool {
        let word = |c: Option<char>| c.is_some_and(is_word);
        let before = || word(decode_last(&text[..at], self.syntax.utf8));
        let after = || word(decode(&text[at..], self.syntax.utf8).map(|(c, _)| c));
        match assert {
            Assert::TextStart => at == 0,
            Assert::TextEnd => at == text.len(),
            Assert::LineStart => at == 0 || (self.syntax.multiline && text[at - 1] == b'\n'),
            Assert::LineEnd => at == text.len() || (self.syntax.multiline && text[at] == b'\n'),
            Assert::WordBoundary => before() != after(),
            Assert::NotWordBoundary => before() == after(),
            Assert::WordStart => !before() && after(),
            Assert::WordEnd => before() && !after(),
        }
    }
}
