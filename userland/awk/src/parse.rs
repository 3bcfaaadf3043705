//! From words to a program.

mod arrays;
mod expression;
mod statement;

use crate::ast::{Function, Pattern, Program, Rule};
use crate::lex::{self, Token, unescape};
use regex_posix::Syntax;
use std::collections::HashMap;
use std::rc::Rc;

/// A line and what is wrong there.
pub type Wrong = (usize, String);

type Parsed<T> = Result<T, Wrong>;

/// How patterns are read.
pub const SYNTAX: Syntax = Syntax {
    extended: true,
    ignore_case: false,
    utf8: false,
    multiline: false,
    escapes: true,
    grep: false,
};

/// Parses a program. Global slots are given in the order of `globals`, which come first.
pub fn program(text: &[u8], globals: &[&str]) -> Parsed<Program> {
    let words = lex::words(text)?;
    // mawk counts the end of the program as a line.
    let last = words.last().map_or(1, |word| word.1) + 1;
    let globals: Vec<String> = globals.iter().map(|name| (*name).to_owned()).collect();
    let mut parser = Parser {
        slots: globals.iter().cloned().zip(0..).collect(),
        program: Program { globals, ..Program::default() },
        words,
        at: 0,
        functions: HashMap::new(),
        locals: Vec::new(),
        depth: 0,
        in_function: false,
        no_in: false,
        no_greater: false,
        nesting: 0,
    };
    parser.items()?;
    let mut program = parser.program;
    if let Some(function) = program.functions.iter().find(|function| function.body.is_none()) {
        return Err((last, format!("function {} never defined", function.name)));
    }
    arrays::find_arrays(&mut program);
    Ok(program)
}

struct Parser {
    words: Vec<(Token, usize)>,
    at: usize,
    program: Program,
    slots: HashMap<String, usize>,
    functions: HashMap<String, usize>,
    /// Parameters of the function that is being read.
    locals: Vec<String>,
    /// Loops around the statement.
    depth: usize,
    in_function: bool,
    /// Whether `in` belongs to a `for`.
    no_in: bool,
    /// Whether `>` belongs to a `print`.
    no_greater: bool,
    /// Parentheses and blocks around what is being read.
    nesting: usize,
}

/// Deeper programs than this would overflow the stack.
const MAX_NESTING: usize = 200;

impl Parser {
    fn peek(&self) -> &Token {
        &self.words[self.at.min(self.words.len() - 1)].0
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    fn is(&self, sign: &str) -> bool {
        matches!(self.peek(), Token::Sign(found) if *found == sign)
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = self.is(sign);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str) -> Parsed<()> {
        if self.take(sign) { Ok(()) } else { self.unexpected() }
    }

    fn unexpected<T>(&self) -> Parsed<T> {
        let line = self.words[self.at.min(self.words.len() - 1)].1;
        let near = match self.peek() {
            Token::End | Token::Newline if self.at + 2 >= self.words.len() => {
                return Err((line + 1, "missing } near end of file".into()));
            }
            Token::Number(number) => number.to_string(),
            Token::Text(text) => format!("\"{}\"", String::from_utf8_lossy(text)),
            Token::Pattern(text) => format!("/{}/", String::from_utf8_lossy(text)),
            Token::Name(name, _) => name.clone(),
            Token::Sign(sign) => (*sign).to_owned(),
            Token::Newline | Token::End => "end of line".into(),
        };
        Err((line, format!("syntax error at or near {near}")))
    }

    fn newlines(&mut self) {
        while matches!(self.peek(), Token::Newline) {
            self.at += 1;
        }
    }

    fn separators(&mut self) {
        while matches!(self.peek(), Token::Newline | Token::Sign(";")) {
            self.at += 1;
        }
    }

    fn items(&mut self) -> Parsed<()> {
        loop {
            self.separators();
            match self.peek() {
                Token::End => return Ok(()),
                Token::Sign("BEGIN") => {
                    self.at += 1;
                    self.newlines();
                    let block = self.block()?;
                    self.program.begin.push(block);
                }
                Token::Sign("END") => {
                    self.at += 1;
                    self.newlines();
                    let block = self.block()?;
                    self.program.end.push(block);
                }
                Token::Sign("function") => {
                    self.at += 1;
                    self.function()?;
                }
                Token::Sign("{") => {
                    let action = Some(self.block()?);
                    self.program.rules.push(Rule { pattern: Pattern::Always, action });
                }
                _ => {
                    let first = self.expr()?;
                    let pattern = if self.take(",") {
                        self.newlines();
                        Pattern::Range(first, self.expr()?)
                    } else {
                        Pattern::When(first)
                    };
                    let action = if self.is("{") { Some(self.block()?) } else { None };
                    self.program.rules.push(Rule { pattern, action });
                }
            }
            if !matches!(self.peek(), Token::End | Token::Newline | Token::Sign(";"))
                && !matches!(self.words[self.at - 1].0, Token::Sign("}"))
            {
                return self.unexpected();
            }
        }
    }

    fn function(&mut self) -> Parsed<()> {
        let Token::Name(name, _) = self.peek().clone() else { return self.unexpected() };
        self.at += 1;
        self.expect("(")?;
        self.locals.clear();
        while let Token::Name(name, _) = self.peek().clone() {
            self.at += 1;
            self.locals.push(name);
            self.newlines();
            if !self.take(",") {
                break;
            }
            self.newlines();
        }
        self.expect(")")?;
        self.newlines();
        let index = self.function_index(&name);
        self.program.functions[index].arrays = vec![false; self.locals.len()];
        self.in_function = true;
        let body = self.block()?;
        self.in_function = false;
        self.locals.clear();
        self.program.functions[index].body = Some(Rc::new(body));
        Ok(())
    }

    fn function_index(&mut self, name: &str) -> usize {
        if let Some(index) = self.functions.get(name) {
            return *index;
        }
        let index = self.program.functions.len();
        self.program.functions.push(Function { name: name.to_owned(), ..Function::default() });
        self.functions.insert(name.to_owned(), index);
        index
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.nesting >= MAX_NESTING {
            let line = self.words[self.at.min(self.words.len() - 1)].1;
            return Err((line, format!("nested deeper than {MAX_NESTING} levels")));
        }
        self.nesting += 1;
        let read = read(self);
        self.nesting -= 1;
        read
    }
}

/// A pattern as the library reads it: a slash needs no backslash there.
pub fn pattern_text(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut chars = text.iter().peekable();
    while let Some(&c) = chars.next() {
        match (c, chars.peek()) {
            (b'\\', Some(b'/')) => {}
            (b'\\', Some(b'"')) => {}
            (b'\\', Some(digit @ b'0'..=b'7')) => {
                // A back-reference does not exist here: it is the code of a character.
                let mut code = vec![b'\\', **digit];
                chars.next();
                while code.len() < 4
                    && let Some(digit) = chars.next_if(|c| (b'0'..=b'7').contains(*c))
                {
                    code.push(*digit);
                }
                let byte = unescape(&code);
                if byte.iter().any(|c| b"\\^$.[|()*+?{".contains(c)) {
                    out.push(b'\\');
                }
                out.extend(byte);
            }
            (b'\\', Some(next)) => {
                out.extend([c, **next]);
                chars.next();
            }
            _ => out.push(c),
        }
    }
    out
}
