//! Statements: blocks, loops, `print` and what may stand in a line.

use super::{Parsed, Parser};
use crate::ast::{Expr, Place, Sink, Stmt, Var};
use crate::lex::Token;

impl Parser {
    pub(super) fn block(&mut self) -> Parsed<Stmt> {
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
    pub(super) fn body(&mut self) -> Parsed<Stmt> {
        self.newlines();
        if self.take(";") {
            return Ok(Stmt::Block(Vec::new()));
        }
        self.nested(Self::statement)
    }

    pub(super) fn loop_body(&mut self) -> Parsed<Stmt> {
        self.depth += 1;
        let body = self.body();
        self.depth -= 1;
        body
    }

    pub(super) fn end_of_statement(&mut self) -> Parsed<()> {
        match self.peek() {
            Token::Newline | Token::Sign(";") => {
                self.at += 1;
                Ok(())
            }
            Token::Sign("}") | Token::End => Ok(()),
            _ => self.unexpected(),
        }
    }

    pub(super) fn statement(&mut self) -> Parsed<Stmt> {
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

    pub(super) fn condition(&mut self) -> Parsed<Expr> {
        self.expect("(")?;
        let condition = self.nested(Self::open_expr)?;
        self.expect(")")?;
        Ok(condition)
    }

    /// An expression in which `>` and `in` have their usual meanings.
    pub(super) fn open_expr(&mut self) -> Parsed<Expr> {
        let before = (self.no_greater, self.no_in);
        (self.no_greater, self.no_in) = (false, false);
        let expr = self.expr();
        (self.no_greater, self.no_in) = before;
        expr
    }

    pub(super) fn for_loop(&mut self) -> Parsed<Stmt> {
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

    pub(super) fn simple(&mut self) -> Parsed<Stmt> {
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

    pub(super) fn print_arguments(&mut self) -> Parsed<Vec<Expr>> {
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

    pub(super) fn expr_list(&mut self) -> Parsed<Vec<Expr>> {
        let mut list = vec![self.expr()?];
        while self.take(",") {
            self.newlines();
            list.push(self.expr()?);
        }
        Ok(list)
    }

    pub(super) fn sink(&mut self) -> Parsed<Sink> {
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

    pub(super) fn subscripts(&mut self, close: &str) -> Parsed<Vec<Expr>> {
        let before = (self.no_greater, self.no_in);
        (self.no_greater, self.no_in) = (false, false);
        let list = self.nested(Self::expr_list);
        (self.no_greater, self.no_in) = before;
        let list = list?;
        self.newlines();
        self.expect(close)?;
        Ok(list)
    }

    pub(super) fn variable(&mut self, name: &str) -> Var {
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
}
