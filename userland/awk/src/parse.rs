//! From words to a program.

use crate::ast::{
    Arith, Builtin, Compare, Expr, Function, Pattern, Place, Program, Rule, Sink, Source, Stmt, Var,
};
use crate::lex::{self, Token, unescape};
use regex_posix::{Regex, Syntax};
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
    find_arrays(&mut program);
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

    fn block(&mut self) -> Parsed<Stmt> {
        self.nested(|parser| {
            parser.expect("{")?;
            let mut list = Vec::new();
            loop {
                parser.separators();
                if parser.take("}") {
                    return Ok(Stmt::Block(list));
                }
                list.push(parser.statement()?);
            }
        })
    }

    /// The statement that a loop or a condition governs.
    fn body(&mut self) -> Parsed<Stmt> {
        self.newlines();
        if self.take(";") {
            return Ok(Stmt::Block(Vec::new()));
        }
        self.nested(Self::statement)
    }

    fn loop_body(&mut self) -> Parsed<Stmt> {
        self.depth += 1;
        let body = self.body();
        self.depth -= 1;
        body
    }

    fn end_of_statement(&mut self) -> Parsed<()> {
        match self.peek() {
            Token::Newline | Token::Sign(";") => {
                self.at += 1;
                Ok(())
            }
            Token::Sign("}") | Token::End => Ok(()),
            _ => self.unexpected(),
        }
    }

    fn statement(&mut self) -> Parsed<Stmt> {
        let Token::Sign(sign) = *self.peek() else {
            let statement = self.simple()?;
            self.end_of_statement()?;
            return Ok(statement);
        };
        match sign {
            "{" => self.block(),
            "if" => {
                self.at += 1;
                let condition = self.condition()?;
                let then = self.body()?;
                let before = self.at;
                self.separators();
                if !self.take("else") {
                    self.at = before;
                    return Ok(Stmt::If(condition, Box::new(then), None));
                }
                let otherwise = self.body()?;
                Ok(Stmt::If(condition, Box::new(then), Some(Box::new(otherwise))))
            }
            "while" => {
                self.at += 1;
                let condition = self.condition()?;
                Ok(Stmt::While(condition, Box::new(self.loop_body()?)))
            }
            "do" => {
                self.at += 1;
                let body = self.loop_body()?;
                self.separators();
                self.expect("while")?;
                let condition = self.condition()?;
                self.end_of_statement()?;
                Ok(Stmt::Do(Box::new(body), condition))
            }
            "for" => {
                self.at += 1;
                self.for_loop()
            }
            ";" => {
                self.at += 1;
                Ok(Stmt::Block(Vec::new()))
            }
            _ => {
                let statement = self.simple()?;
                self.end_of_statement()?;
                Ok(statement)
            }
        }
    }

    fn condition(&mut self) -> Parsed<Expr> {
        self.expect("(")?;
        let condition = self.nested(Self::open_expr)?;
        self.expect(")")?;
        Ok(condition)
    }

    /// An expression in which `>` and `in` have their usual meanings.
    fn open_expr(&mut self) -> Parsed<Expr> {
        let before = (self.no_greater, self.no_in);
        (self.no_greater, self.no_in) = (false, false);
        let expr = self.expr();
        (self.no_greater, self.no_in) = before;
        expr
    }

    fn for_loop(&mut self) -> Parsed<Stmt> {
        self.expect("(")?;
        if let [
            (Token::Name(key, _), _),
            (Token::Sign("in"), _),
            (Token::Name(array, _), _),
            (Token::Sign(")"), _),
            ..,
        ] = &self.words[self.at..]
        {
            let (key, array) = (key.clone(), array.clone());
            self.at += 4;
            let place = Place::Var(self.variable(&key));
            let array = self.variable(&array);
            return Ok(Stmt::ForIn(place, array, Box::new(self.loop_body()?)));
        }
        let start = if self.is(";") { None } else { Some(Box::new(self.simple()?)) };
        self.expect(";")?;
        self.newlines();
        let condition = if self.is(";") { None } else { Some(self.open_expr()?) };
        self.expect(";")?;
        self.newlines();
        let step = if self.is(")") { None } else { Some(Box::new(self.simple()?)) };
        self.expect(")")?;
        Ok(Stmt::For(start, condition, step, Box::new(self.loop_body()?)))
    }

    fn simple(&mut self) -> Parsed<Stmt> {
        let Token::Sign(sign) = *self.peek() else { return Ok(Stmt::Expr(self.expr()?)) };
        let ended = |parser: &Self| {
            matches!(parser.peek(), Token::Newline | Token::End | Token::Sign(";" | "}"))
        };
        match sign {
            "print" | "printf" => {
                self.at += 1;
                let arguments = self.print_arguments()?;
                let sink = self.sink()?;
                if sign == "print" {
                    return Ok(Stmt::Print(arguments, sink));
                }
                if arguments.is_empty() {
                    return self.unexpected();
                }
                Ok(Stmt::Printf(arguments, sink))
            }
            "next" => {
                self.at += 1;
                Ok(Stmt::Next)
            }
            "nextfile" => {
                self.at += 1;
                Ok(Stmt::NextFile)
            }
            "break" if self.depth > 0 => {
                self.at += 1;
                Ok(Stmt::Break)
            }
            "continue" if self.depth > 0 => {
                self.at += 1;
                Ok(Stmt::Continue)
            }
            "exit" => {
                self.at += 1;
                Ok(Stmt::Exit(if ended(self) { None } else { Some(self.expr()?) }))
            }
            "return" if self.in_function => {
                self.at += 1;
                Ok(Stmt::Return(if ended(self) { None } else { Some(self.expr()?) }))
            }
            "delete" => {
                self.at += 1;
                let parens = self.take("(");
                let Token::Name(name, _) = self.next() else {
                    self.at -= 1;
                    return self.unexpected();
                };
                let array = self.variable(&name);
                let index = if self.take("[") { Some(self.subscripts("]")?) } else { None };
                if parens {
                    self.expect(")")?;
                }
                Ok(Stmt::Delete(array, index))
            }
            _ => Ok(Stmt::Expr(self.expr()?)),
        }
    }

    fn print_arguments(&mut self) -> Parsed<Vec<Expr>> {
        if matches!(
            self.peek(),
            Token::Newline | Token::End | Token::Sign(";" | "}" | ">" | ">>" | "|")
        ) {
            return Ok(Vec::new());
        }
        // `print (a, b) > "file"`: the list in parentheses is all there is.
        let start = self.at;
        if self.take("(") {
            let list = self.subscripts(")");
            let closed = matches!(
                self.peek(),
                Token::Newline | Token::End | Token::Sign(";" | "}" | ">" | ">>" | "|")
            );
            match list {
                Ok(list) if closed => return Ok(list),
                _ => self.at = start,
            }
        }
        let before = std::mem::replace(&mut self.no_greater, true);
        let list = self.expr_list();
        self.no_greater = before;
        list
    }

    fn expr_list(&mut self) -> Parsed<Vec<Expr>> {
        let mut list = vec![self.expr()?];
        while self.take(",") {
            self.newlines();
            list.push(self.expr()?);
        }
        Ok(list)
    }

    fn sink(&mut self) -> Parsed<Sink> {
        let before = std::mem::replace(&mut self.no_greater, true);
        let sink = if self.take(">") {
            self.ternary().map(Sink::File)
        } else if self.take(">>") {
            self.ternary().map(Sink::Append)
        } else if self.take("|") {
            self.ternary().map(Sink::Command)
        } else {
            Ok(Sink::Standard)
        };
        self.no_greater = before;
        sink
    }

    fn subscripts(&mut self, close: &str) -> Parsed<Vec<Expr>> {
        let before = (self.no_greater, self.no_in);
        (self.no_greater, self.no_in) = (false, false);
        let list = self.nested(Self::expr_list);
        (self.no_greater, self.no_in) = before;
        let list = list?;
        self.newlines();
        self.expect(close)?;
        Ok(list)
    }

    fn variable(&mut self, name: &str) -> Var {
        if let Some(index) = self.locals.iter().position(|local| local == name) {
            return Var::Local(index);
        }
        if let Some(slot) = self.slots.get(name) {
            return Var::Global(*slot);
        }
        let slot = self.program.globals.len();
        self.program.globals.push(name.to_owned());
        self.slots.insert(name.to_owned(), slot);
        Var::Global(slot)
    }

    fn expr(&mut self) -> Parsed<Expr> {
        let left = self.ternary()?;
        let place = match &left {
            Expr::Get(place) => place.clone(),
            _ => return Ok(left),
        };
        let Token::Sign(sign) = *self.peek() else { return Ok(left) };
        let op = match sign {
            "=" => None,
            "+=" => Some(Arith::Add),
            "-=" => Some(Arith::Sub),
            "*=" => Some(Arith::Mul),
            "/=" => Some(Arith::Div),
            "%=" => Some(Arith::Mod),
            "^=" => Some(Arith::Pow),
            _ => return Ok(left),
        };
        self.at += 1;
        self.newlines();
        let value = self.nested(Self::expr)?;
        Ok(Expr::Assign(place, op, Box::new(value)))
    }

    fn ternary(&mut self) -> Parsed<Expr> {
        let condition = self.or()?;
        if !self.take("?") {
            return Ok(condition);
        }
        self.newlines();
        let then = self.nested(Self::expr)?;
        self.newlines();
        self.expect(":")?;
        self.newlines();
        let otherwise = self.nested(Self::expr)?;
        Ok(Expr::If(Box::new(condition), Box::new(then), Box::new(otherwise)))
    }

    fn or(&mut self) -> Parsed<Expr> {
        let mut left = self.and()?;
        while self.take("||") {
            self.newlines();
            left = Expr::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    fn and(&mut self) -> Parsed<Expr> {
        let mut left = self.membership()?;
        while self.take("&&") {
            self.newlines();
            left = Expr::And(Box::new(left), Box::new(self.membership()?));
        }
        Ok(left)
    }

    fn membership(&mut self) -> Parsed<Expr> {
        let mut left = self.matching()?;
        while !self.no_in && self.take("in") {
            let Token::Name(name, _) = self.next() else {
                self.at -= 1;
                return self.unexpected();
            };
            left = Expr::In(vec![left], self.variable(&name));
        }
        Ok(left)
    }

    fn matching(&mut self) -> Parsed<Expr> {
        let mut left = self.comparison()?;
        loop {
            let negated = match self.peek() {
                Token::Sign("~") => false,
                Token::Sign("!~") => true,
                _ => return Ok(left),
            };
            self.at += 1;
            let right = self.comparison()?;
            left = Expr::Match(Box::new(left), Box::new(right));
            if negated {
                left = Expr::Not(Box::new(left));
            }
        }
    }

    fn comparison(&mut self) -> Parsed<Expr> {
        let left = self.concatenation()?;
        let Token::Sign(sign) = *self.peek() else { return Ok(left) };
        let compare = match sign {
            "<" => Compare::Lt,
            "<=" => Compare::Le,
            "==" => Compare::Eq,
            "!=" => Compare::Ne,
            ">" if !self.no_greater => Compare::Gt,
            ">=" => Compare::Ge,
            _ => return Ok(left),
        };
        self.at += 1;
        let right = self.concatenation()?;
        Ok(Expr::Compare(compare, Box::new(left), Box::new(right)))
    }

    /// Texts one after the other; what a command prints comes after them.
    fn concatenation(&mut self) -> Parsed<Expr> {
        let mut left = self.additive()?;
        while self.begins_operand() {
            let right = self.additive()?;
            left = Expr::Concat(Box::new(left), Box::new(right));
        }
        while self.is("|") && matches!(self.words[self.at + 1].0, Token::Sign("getline")) {
            self.at += 2;
            let place = self.getline_place()?;
            left = Expr::Getline(Source::Command(Box::new(left)), place);
        }
        Ok(left)
    }

    fn begins_operand(&self) -> bool {
        match self.peek() {
            Token::Number(_) | Token::Text(_) | Token::Pattern(_) | Token::Name(..) => true,
            Token::Sign(sign) => matches!(*sign, "$" | "!" | "(" | "-" | "+" | "++" | "--"),
            Token::Newline | Token::End => false,
        }
    }

    fn additive(&mut self) -> Parsed<Expr> {
        let mut left = self.multiplicative()?;
        loop {
            let op = match self.peek() {
                Token::Sign("+") => Arith::Add,
                Token::Sign("-") => Arith::Sub,
                _ => return Ok(left),
            };
            self.at += 1;
            let right = self.multiplicative()?;
            left = Expr::Arith(op, Box::new(left), Box::new(right));
        }
    }

    fn multiplicative(&mut self) -> Parsed<Expr> {
        let mut left = self.unary()?;
        loop {
            let op = match self.peek() {
                Token::Sign("*") => Arith::Mul,
                Token::Sign("/") => Arith::Div,
                Token::Sign("%") => Arith::Mod,
                _ => return Ok(left),
            };
            self.at += 1;
            let right = self.unary()?;
            left = Expr::Arith(op, Box::new(left), Box::new(right));
        }
    }

    fn unary(&mut self) -> Parsed<Expr> {
        let make: fn(Box<Expr>) -> Expr = match self.peek() {
            Token::Sign("!") => Expr::Not,
            Token::Sign("-") => Expr::Negate,
            Token::Sign("+") => Expr::Plus,
            _ => return self.power(),
        };
        self.at += 1;
        Ok(make(Box::new(self.nested(Self::unary)?)))
    }

    fn power(&mut self) -> Parsed<Expr> {
        let base = self.postfix()?;
        if !self.take("^") {
            return Ok(base);
        }
        // `2 ^ -1`, and from the right: `2 ^ 3 ^ 2`.
        let exponent = self.nested(|parser| match parser.peek() {
            Token::Sign("-" | "+" | "!") => parser.unary(),
            _ => parser.power(),
        })?;
        Ok(Expr::Arith(Arith::Pow, Box::new(base), Box::new(exponent)))
    }

    fn postfix(&mut self) -> Parsed<Expr> {
        let expr = self.primary()?;
        if let Expr::Get(place) = &expr {
            if self.take("++") {
                return Ok(Expr::Step(place.clone(), 1.0, true));
            }
            if self.take("--") {
                return Ok(Expr::Step(place.clone(), -1.0, true));
            }
        }
        Ok(expr)
    }

    fn primary(&mut self) -> Parsed<Expr> {
        match self.next() {
            Token::Number(number) => Ok(Expr::Number(number)),
            Token::Text(text) => Ok(Expr::Text(text.into())),
            Token::Pattern(text) => {
                let line = self.words[self.at - 1].1;
                let regex = Regex::new(&pattern_text(&text), SYNTAX).map_err(|error| {
                    let shown = String::from_utf8_lossy(&text).into_owned();
                    (line, format!("regular expression compile failed ({error})\n{shown}"))
                })?;
                Ok(Expr::Pattern(Rc::new(regex)))
            }
            Token::Sign("$") => {
                let index = match self.peek() {
                    Token::Sign("++" | "--") => self.nested(Self::primary)?,
                    Token::Sign("-" | "+" | "!") => self.nested(Self::unary)?,
                    _ => self.nested(Self::primary)?,
                };
                Ok(Expr::Get(Place::Field(Box::new(index))))
            }
            Token::Sign(sign @ ("++" | "--")) => {
                let operand = self.nested(Self::primary)?;
                let Expr::Get(place) = operand else { return self.unexpected() };
                Ok(Expr::Step(place, if sign == "++" { 1.0 } else { -1.0 }, false))
            }
            Token::Sign("(") => self.parenthesis(),
            Token::Sign("getline") => {
                let place = self.getline_place()?;
                if !self.take("<") {
                    return Ok(Expr::Getline(Source::Main, place));
                }
                let file = self.nested(Self::primary)?;
                Ok(Expr::Getline(Source::File(Box::new(file)), place))
            }
            Token::Name(name, call) => self.name(&name, call),
            _ => {
                self.at -= 1;
                self.unexpected()
            }
        }
    }

    fn parenthesis(&mut self) -> Parsed<Expr> {
        let mut list = self.subscripts(")")?;
        if list.len() == 1 && !self.is("in") {
            return Ok(Expr::Group(Box::new(list.remove(0))));
        }
        if !self.take("in") {
            return self.unexpected();
        }
        let Token::Name(name, _) = self.next() else {
            self.at -= 1;
            return self.unexpected();
        };
        Ok(Expr::In(list, self.variable(&name)))
    }

    fn getline_place(&mut self) -> Parsed<Option<Place>> {
        match self.peek() {
            Token::Sign("$") | Token::Name(_, false) => match self.nested(Self::primary)? {
                Expr::Get(place) => Ok(Some(place)),
                _ => self.unexpected(),
            },
            _ => Ok(None),
        }
    }

    fn name(&mut self, name: &str, call: bool) -> Parsed<Expr> {
        if let Some(builtin) =
            Builtin::find(name).filter(|_| !self.locals.iter().any(|l| l == name))
        {
            let line = self.words[self.at - 1].1;
            let arguments = if self.take("(") {
                self.arguments()?
            } else if builtin.arity().0 == 0 {
                Vec::new()
            } else {
                return self.unexpected();
            };
            let (least, most) = builtin.arity();
            if arguments.len() < least || arguments.len() > most {
                return Err((line, format!("wrong number of arguments in call to {name}")));
            }
            return Ok(Expr::Builtin(builtin, arguments));
        }
        if call {
            self.at += 1;
            let index = self.function_index(name);
            return Ok(Expr::Call(index, self.arguments()?));
        }
        if self.functions.contains_key(name) {
            return self.unexpected();
        }
        let var = self.variable(name);
        if self.take("[") {
            return Ok(Expr::Get(Place::Element(var, self.subscripts("]")?)));
        }
        Ok(Expr::Get(Place::Var(var)))
    }

    fn arguments(&mut self) -> Parsed<Vec<Expr>> {
        self.newlines();
        if self.take(")") {
            return Ok(Vec::new());
        }
        self.subscripts(")")
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

/// Finds which parameters are arrays: those used as such, or handed on to such a parameter.
fn find_arrays(program: &mut Program) {
    loop {
        let mut changed = false;
        for index in 0..program.functions.len() {
            let Some(body) = program.functions[index].body.clone() else { continue };
            let mut found = Vec::new();
            arrays_in(&body, program, &mut found);
            for local in found {
                if let Some(array) = program.functions[index].arrays.get_mut(local)
                    && !*array
                {
                    *array = true;
                    changed = true;
                }
            }
        }
        if !changed {
            return;
        }
    }
}

fn arrays_in(stmt: &Stmt, program: &Program, found: &mut Vec<usize>) {
    let mut walk = Walk { program, found };
    walk.stmt(stmt);
}

struct Walk<'a> {
    program: &'a Program,
    found: &'a mut Vec<usize>,
}

impl Walk<'_> {
    fn array(&mut self, var: Var) {
        if let Var::Local(index) = var {
            self.found.push(index);
        }
    }

    fn sink(&mut self, sink: &Sink) {
        match sink {
            Sink::Standard => {}
            Sink::File(expr) | Sink::Append(expr) | Sink::Command(expr) => self.expr(expr),
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Expr(expr) => self.expr(expr),
            Stmt::Print(list, sink) | Stmt::Printf(list, sink) => {
                list.iter().for_each(|expr| self.expr(expr));
                self.sink(sink);
            }
            Stmt::If(condition, then, otherwise) => {
                self.expr(condition);
                self.stmt(then);
                otherwise.iter().for_each(|stmt| self.stmt(stmt));
            }
            Stmt::While(condition, body) | Stmt::Do(body, condition) => {
                self.expr(condition);
                self.stmt(body);
            }
            Stmt::For(start, condition, step, body) => {
                start.iter().chain(step).for_each(|stmt| self.stmt(stmt));
                condition.iter().for_each(|expr| self.expr(expr));
                self.stmt(body);
            }
            Stmt::ForIn(place, array, body) => {
                self.place(place);
                self.array(*array);
                self.stmt(body);
            }
            Stmt::Block(list) => list.iter().for_each(|stmt| self.stmt(stmt)),
            Stmt::Exit(Some(expr)) | Stmt::Return(Some(expr)) => self.expr(expr),
            Stmt::Delete(array, index) => {
                self.array(*array);
                index.iter().flatten().for_each(|expr| self.expr(expr));
            }
            _ => {}
        }
    }

    fn place(&mut self, place: &Place) {
        match place {
            Place::Var(_) => {}
            Place::Element(array, index) => {
                self.array(*array);
                index.iter().for_each(|expr| self.expr(expr));
            }
            Place::Field(expr) => self.expr(expr),
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Number(_) | Expr::Text(_) | Expr::Pattern(_) => {}
            Expr::Get(place) | Expr::Step(place, ..) => self.place(place),
            Expr::Assign(place, _, value) => {
                self.place(place);
                self.expr(value);
            }
            Expr::If(a, b, c) => [a, b, c].into_iter().for_each(|expr| self.expr(expr)),
            Expr::Or(a, b)
            | Expr::And(a, b)
            | Expr::Arith(_, a, b)
            | Expr::Compare(_, a, b)
            | Expr::Match(a, b)
            | Expr::Concat(a, b) => {
                self.expr(a);
                self.expr(b);
            }
            Expr::Not(a) | Expr::Negate(a) | Expr::Plus(a) | Expr::Group(a) => self.expr(a),
            Expr::In(list, array) => {
                self.array(*array);
                list.iter().for_each(|expr| self.expr(expr));
            }
            Expr::Call(index, list) => {
                for (at, expr) in list.iter().enumerate() {
                    if let Expr::Get(Place::Var(var)) = expr
                        && self.program.functions[*index].arrays.get(at) == Some(&true)
                    {
                        self.array(*var);
                    }
                    self.expr(expr);
                }
            }
            Expr::Builtin(builtin, list) => {
                if let (Builtin::Split, Some(Expr::Get(Place::Var(var)))) = (builtin, list.get(1)) {
                    self.array(*var);
                }
                list.iter().for_each(|expr| self.expr(expr));
            }
            Expr::Getline(source, place) => {
                place.iter().for_each(|place| self.place(place));
                if let Source::File(expr) | Source::Command(expr) = source {
                    self.expr(expr);
                }
            }
        }
    }
}
