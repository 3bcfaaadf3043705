//! Values of expressions.

use super::Cell;
use super::Flow;
use super::MAX_DEPTH;
use super::Machine;
use super::{FNR, NR};
use crate::ast::{Arith, Compare, Expr, Place, Source};
use crate::value::Value;
use std::cmp::Ordering;
use std::rc::Rc;

impl Machine {
    /// The value of an expression.
    pub fn eval(&mut self, expr: &Expr) -> Value {
        match expr {
            Expr::Number(number) => Value::Number(*number),
            Expr::Text(text) => Value::Text(text.clone()),
            Expr::Pattern(regex) => {
                let regex = regex.clone();
                Value::bool(regex.is_match(self.whole()).unwrap_or(false))
            }
            Expr::Get(place) => self.get(place),
            Expr::Assign(place, op, value) => {
                let mut value = self.eval(value);
                if let Some(op) = op {
                    let before = self.get(place).number();
                    value = Value::Number(calculate(*op, before, value.number()));
                }
                self.set(place, value.clone());
                value
            }
            Expr::Step(place, step, former) => {
                let before = self.get(place).number();
                self.set(place, Value::Number(before + step));
                Value::Number(if *former { before } else { before + step })
            }
            Expr::If(condition, then, otherwise) => {
                if self.eval(condition).truth() {
                    self.eval(then)
                } else {
                    self.eval(otherwise)
                }
            }
            Expr::Or(a, b) => Value::bool(self.eval(a).truth() || self.eval(b).truth()),
            Expr::And(a, b) => Value::bool(self.eval(a).truth() && self.eval(b).truth()),
            Expr::Not(a) => Value::bool(!self.eval(a).truth()),
            Expr::Negate(a) => Value::Number(-self.eval(a).number()),
            Expr::Plus(a) => Value::Number(self.eval(a).number()),
            Expr::Group(a) => self.eval(a),
            Expr::Arith(op, a, b) => {
                let a = self.eval(a).number();
                Value::Number(calculate(*op, a, self.eval(b).number()))
            }
            Expr::Compare(compare, a, b) => {
                let (a, b) = (self.eval(a), self.eval(b));
                let order = a.compare(&b, &self.convfmt());
                Value::bool(match compare {
                    Compare::Lt => order == Some(Ordering::Less),
                    Compare::Le => order.is_some_and(Ordering::is_le),
                    Compare::Eq => order == Some(Ordering::Equal),
                    Compare::Ne => order != Some(Ordering::Equal),
                    Compare::Gt => order == Some(Ordering::Greater),
                    Compare::Ge => order.is_some_and(Ordering::is_ge),
                })
            }
            Expr::Match(text, pattern) => {
                let text = self.eval_text(text);
                Value::bool(self.regex(pattern).is_match(&text).unwrap_or(false))
            }
            Expr::In(list, array) => {
                let key = self.subscript(list);
                Value::bool(self.array(*array).borrow().has(&key))
            }
            Expr::Concat(a, b) => {
                let a = self.eval_text(a);
                let b = self.eval_text(b);
                Value::Text([&*a, &*b].concat().into())
            }
            Expr::Call(index, list) => self.call(*index, list),
            Expr::Builtin(builtin, list) => self.builtin(*builtin, list),
            Expr::Getline(source, place) => self.getline(source, place.as_ref()),
        }
    }

    pub(super) fn call(&mut self, index: usize, list: &[Expr]) -> Value {
        let program = self.program.clone();
        let function = &program.functions[index];
        if self.depth >= MAX_DEPTH {
            self.fatal(&format!("function calls nested deeper than {MAX_DEPTH}"));
        }
        if list.len() > function.arrays.len() {
            self.fatal(&format!("too many arguments in call to {}", function.name));
        }
        let mut locals = Vec::with_capacity(function.arrays.len());
        for (at, is_array) in function.arrays.iter().enumerate() {
            locals.push(match list.get(at) {
                Some(Expr::Get(Place::Var(var))) if *is_array => Cell::Array(self.array(*var)),
                Some(expr) => Cell::Value(self.eval(expr)),
                None if *is_array => Cell::Array(Rc::default()),
                None => Cell::Value(Value::Unset),
            });
        }
        let outer = std::mem::replace(&mut self.locals, locals);
        self.depth += 1;
        let flow = match &function.body {
            Some(body) => self.stmt(&body.clone()),
            None => Flow::Go,
        };
        self.depth -= 1;
        self.locals = outer;
        match flow {
            Flow::Return(value) => value,
            Flow::Exit => {
                // Nothing between here and the action may go on.
                self.end();
                guest::exit(self.status)
            }
            _ => Value::Unset,
        }
    }

    pub(super) fn getline(&mut self, source: &Source, place: Option<&Place>) -> Value {
        let record = match source {
            Source::Main => match self.next_record() {
                Some(record) => Ok(Some(record)),
                None => return Value::Number(0.0),
            },
            Source::File(expr) => {
                let name = self.eval_text(expr);
                self.streams.flush(Some(&name));
                let separator = self.record_separator.clone();
                match self.streams.file(&name) {
                    Some(reader) => reader.record(&separator),
                    None => return Value::Number(-1.0),
                }
            }
            Source::Command(expr) => {
                let command = self.eval_text(expr);
                let separator = self.record_separator.clone();
                match self.streams.command(&command) {
                    Some(reader) => reader.record(&separator),
                    None => return Value::Number(-1.0),
                }
            }
        };
        let record = match record {
            Ok(Some(record)) => record,
            Ok(None) => return Value::Number(0.0),
            Err(_) => return Value::Number(-1.0),
        };
        if matches!(source, Source::Command(_)) {
            self.count(NR);
            self.count(FNR);
        }
        match place {
            Some(place) => self.set(place, Value::input(&record)),
            None => self.set_record(record),
        }
        Value::Number(1.0)
    }

    // Statements
}

fn calculate(op: Arith, a: f64, b: f64) -> f64 {
    match op {
        Arith::Add => a + b,
        Arith::Sub => a - b,
        Arith::Mul => a * b,
        Arith::Div => a / b,
        Arith::Mod => a % b,
        Arith::Pow => a.powf(b),
    }
}
