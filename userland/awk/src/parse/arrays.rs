//! Which parameters of functions are arrays.

use crate::ast::{Builtin, Expr, Place, Program, Sink, Source, Stmt, Var};

/// Finds which parameters are arrays: those used as such, or handed on to such a parameter.
pub fn find_arrays(program: &mut Program) {
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
