//! Expressions, by precedence.

use super::SYNTAX;
use super::pattern_text;
use super::{Parsed, Parser};
use crate::ast::{Arith, Builtin, Compare, Expr, Place, Source};
use crate::lex::Token;
use regex_posix::Regex;
use std::rc::Rc;

impl Parser {
    pub(super) fn expr(&mut self) -> Parsed<Expr> {
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

    pub(super) fn ternary(&mut self) -> Parsed<Expr> {
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

    pub(super) fn or(&mut self) -> Parsed<Expr> {
        let mut left = self.and()?;
        while self.take("||") {
            self.newlines();
            left = Expr::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    pub(super) fn and(&mut self) -> Parsed<Expr> {
        let mut left = self.membership()?;
        while self.take("&&") {
            self.newlines();
            left = Expr::And(Box::new(left), Box::new(self.membership()?));
        }
        Ok(left)
    }

    pub(super) fn membership(&mut self) -> Parsed<Expr> {
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

    pub(super) fn matching(&mut self) -> Parsed<Expr> {
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

    pub(super) fn comparison(&mut self) -> Parsed<Expr> {
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
    pub(super) fn concatenation(&mut self) -> Parsed<Expr> {
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

    pub(super) fn begins_operand(&self) -> bool {
        match self.peek() {
            Token::Number(_) | Token::Text(_) | Token::Pattern(_) | Token::Name(..) => true,
            Token::Sign(sign) => matches!(*sign, "$" | "!" | "(" | "-" | "+" | "++" | "--"),
            Token::Newline | Token::End => false,
        }
    }

    pub(super) fn additive(&mut self) -> Parsed<Expr> {
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

    pub(super) fn multiplicative(&mut self) -> Parsed<Expr> {
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

    pub(super) fn unary(&mut self) -> Parsed<Expr> {
        let make: fn(Box<Expr>) -> Expr = match self.peek() {
            Token::Sign("!") => Expr::Not,
            Token::Sign("-") => Expr::Negate,
            Token::Sign("+") => Expr::Plus,
            _ => return self.power(),
        };
        self.at += 1;
        Ok(make(Box::new(self.nested(Self::unary)?)))
    }

    pub(super) fn power(&mut self) -> Parsed<Expr> {
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

    pub(super) fn postfix(&mut self) -> Parsed<Expr> {
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

    pub(super) fn primary(&mut self) -> Parsed<Expr> {
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

    pub(super) fn parenthesis(&mut self) -> Parsed<Expr> {
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

    pub(super) fn getline_place(&mut self) -> Parsed<Option<Place>> {
        match self.peek() {
            Token::Sign("$") | Token::Name(_, false) => match self.nested(Self::primary)? {
                Expr::Get(place) => Ok(Some(place)),
                _ => self.unexpected(),
            },
            _ => Ok(None),
        }
    }

    pub(super) fn name(&mut self, name: &str, call: bool) -> Parsed<Expr> {
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

    pub(super) fn arguments(&mut self) -> Parsed<Vec<Expr>> {
        self.newlines();
        if self.take(")") {
            return Ok(Vec::new());
        }
        self.subscripts(")")
    }
}
