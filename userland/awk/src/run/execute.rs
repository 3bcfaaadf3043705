//! Statements that run.

use super::Flow;
use super::Machine;
use super::{OFMT, OFS, ORS};
use crate::ast::{Expr, Sink, Stmt};
use crate::format;
use crate::streams::Mode;
use crate::value::Value;
use guest::out;

impl Machine {
    /// Runs a statement.
    pub fn stmt(&mut self, stmt: &Stmt) -> Flow {
        match stmt {
            Stmt::Expr(expr) => {
                self.eval(expr);
            }
            Stmt::Print(list, sink) => self.print(list, sink),
            Stmt::Printf(list, sink) => {
                let values: Vec<Value> = list.iter().map(|expr| self.eval(expr)).collect();
                let text = self.sprintf(&values, "printf");
                self.write(sink, &text);
            }
            Stmt::If(condition, then, otherwise) => {
                if self.eval(condition).truth() {
                    return self.stmt(then);
                }
                if let Some(otherwise) = otherwise {
                    return self.stmt(otherwise);
                }
            }
            Stmt::While(condition, body) => {
                while self.eval(condition).truth() {
                    match self.stmt(body) {
                        Flow::Go | Flow::Continue => {}
                        Flow::Break => break,
                        flow => return flow,
                    }
                }
            }
            Stmt::Do(body, condition) => loop {
                match self.stmt(body) {
                    Flow::Go | Flow::Continue => {}
                    Flow::Break => break,
                    flow => return flow,
                }
                if !self.eval(condition).truth() {
                    break;
                }
            },
            Stmt::For(start, condition, step, body) => {
                if let Some(start) = start {
                    self.stmt(start);
                }
                while condition.as_ref().is_none_or(|condition| self.eval(condition).truth()) {
                    match self.stmt(body) {
                        Flow::Go | Flow::Continue => {}
                        Flow::Break => break,
                        flow => return flow,
                    }
                    if let Some(step) = step {
                        self.stmt(step);
                    }
                }
            }
            Stmt::ForIn(place, array, body) => {
                let keys = self.array(*array).borrow().keys();
                for key in keys {
                    self.set(place, Value::input(&key));
                    match self.stmt(body) {
                        Flow::Go | Flow::Continue => {}
                        Flow::Break => break,
                        flow => return flow,
                    }
                }
            }
            Stmt::Block(list) => {
                for stmt in list {
                    match self.stmt(stmt) {
                        Flow::Go => {}
                        flow => return flow,
                    }
                }
            }
            Stmt::Next => return Flow::Next,
            Stmt::NextFile => return Flow::NextFile,
            Stmt::Exit(expr) => {
                if let Some(expr) = expr {
                    self.status = (self.eval(expr).number() as i64 & 0xff) as i32;
                }
                return Flow::Exit;
            }
            Stmt::Return(expr) => {
                let value = expr.as_ref().map(|expr| self.eval(expr)).unwrap_or_default();
                return Flow::Return(value);
            }
            Stmt::Break => return Flow::Break,
            Stmt::Continue => return Flow::Continue,
            Stmt::Delete(array, None) => self.array(*array).borrow_mut().clear(),
            Stmt::Delete(array, Some(list)) => {
                let key = self.subscript(list);
                self.array(*array).borrow_mut().remove(&key);
            }
        }
        Flow::Go
    }

    pub(super) fn print(&mut self, list: &[Expr], sink: &Sink) {
        let mut line = Vec::new();
        if list.is_empty() {
            line.extend(self.whole());
        }
        for (at, expr) in list.iter().enumerate() {
            if at > 0 {
                line.extend(self.special(OFS).iter());
            }
            let value = self.eval(expr);
            line.extend(value.to_text(&self.special(OFMT)).iter());
        }
        line.extend(self.special(ORS).iter());
        self.write(sink, &line);
    }

    pub(super) fn write(&mut self, sink: &Sink, text: &[u8]) {
        let (expr, mode) = match sink {
            Sink::Standard => return out::put(text),
            Sink::File(expr) => (expr, Mode::Write),
            Sink::Append(expr) => (expr, Mode::Append),
            Sink::Command(expr) => (expr, Mode::Command),
        };
        let name = self.eval_text(expr);
        if let Err(error) = self.streams.write(&name, mode, text) {
            let shown = String::from_utf8_lossy(&name).into_owned();
            self.streams.flush(None);
            guest::warn(format!(
                "cannot open \"{shown}\" for output ({})",
                guest::strerror(&error)
            ));
            std::process::exit(2);
        }
    }

    pub(crate) fn sprintf(&mut self, values: &[Value], function: &str) -> Vec<u8> {
        let format = self.text(&values[0]);
        match format::sprintf(&format, &values[1..]) {
            Some(text) => text,
            None => {
                let shown = String::from_utf8_lossy(&format).into_owned();
                self.fatal(&format!("not enough arguments passed to {function}(\"{shown}\")"))
            }
        }
    }
}
