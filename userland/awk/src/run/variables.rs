//! Variables, fields and the patterns and separators made of them.

use super::Cell;
use super::Machine;
use super::{CONVFMT, FS, NF, OFS, RS, SUBSEP};
use crate::array::Array;
use crate::ast::{Expr, Place, Var};
use crate::parse::SYNTAX;
use crate::parse::pattern_text;
use crate::record::FieldSeparator;
use crate::streams::Separator;
use crate::value::Value;
use regex_posix::Regex;
use std::cell::RefCell;
use std::rc::Rc;

impl Machine {
    pub(super) fn global(&self, slot: usize) -> Value {
        match &self.globals[slot] {
            Cell::Value(value) => value.clone(),
            Cell::Array(_) => Value::Unset,
        }
    }

    pub(crate) fn special(&self, slot: usize) -> Rc<[u8]> {
        self.global(slot).to_text(b"%.6g")
    }

    pub(super) fn convfmt(&self) -> Rc<[u8]> {
        self.special(CONVFMT)
    }

    pub(crate) fn text(&self, value: &Value) -> Rc<[u8]> {
        match value {
            Value::Text(text) | Value::Input(text, _) => text.clone(),
            Value::Unset => Rc::from([]),
            Value::Number(_) => value.to_text(&self.convfmt()),
        }
    }

    pub(crate) fn eval_text(&mut self, expr: &Expr) -> Rc<[u8]> {
        let value = self.eval(expr);
        self.text(&value)
    }

    pub(super) fn get_var(&mut self, var: Var) -> Value {
        let cell = match var {
            Var::Global(NF) => {
                self.count_fields();
                &self.globals[NF]
            }
            Var::Global(slot) => &self.globals[slot],
            Var::Local(index) => &self.locals[index],
        };
        match cell {
            Cell::Value(value) => value.clone(),
            Cell::Array(_) => self.fatal("an array is used where a value is wanted"),
        }
    }

    pub(crate) fn set_var(&mut self, var: Var, value: Value) {
        match var {
            Var::Local(index) => self.locals[index] = Cell::Value(value),
            Var::Global(slot) => {
                self.globals[slot] = Cell::Value(value);
                match slot {
                    NF => self.set_field_count(),
                    FS => {
                        // The record that is there was read with the former one.
                        self.count_fields();
                        let text = self.special(FS);
                        self.separator = self.field_separator(&text);
                    }
                    RS => {
                        let text = self.special(RS);
                        self.record_separator = match &*text {
                            [] => Separator::Paragraph,
                            [byte] => Separator::Byte(*byte),
                            _ => Separator::Pattern(self.pattern(&text)),
                        };
                    }
                    _ => {}
                }
            }
        }
    }

    pub(crate) fn is_array(&self, var: Var) -> bool {
        let cell = match var {
            Var::Global(slot) => &self.globals[slot],
            Var::Local(index) => &self.locals[index],
        };
        matches!(cell, Cell::Array(_))
    }

    pub(crate) fn array(&mut self, var: Var) -> Rc<RefCell<Array>> {
        let cell = match var {
            Var::Global(slot) => &mut self.globals[slot],
            Var::Local(index) => &mut self.locals[index],
        };
        match cell {
            Cell::Array(array) => array.clone(),
            Cell::Value(Value::Unset) => {
                let array = Rc::<RefCell<Array>>::default();
                *cell = Cell::Array(array.clone());
                array
            }
            Cell::Value(_) => self.fatal("a value is used where an array is wanted"),
        }
    }

    pub(crate) fn field_separator(&mut self, text: &[u8]) -> FieldSeparator {
        match text {
            b" " => FieldSeparator::Blanks,
            [] => FieldSeparator::Each,
            [b'\\' | b'.' | b'^' | b'$' | b'[' | b'*' | b'+' | b'?' | b'(' | b'{'] => {
                FieldSeparator::Byte(text[0])
            }
            [byte] => FieldSeparator::Byte(*byte),
            _ => FieldSeparator::Pattern(self.pattern(text)),
        }
    }

    /// A pattern that comes as a text.
    pub(crate) fn pattern(&mut self, text: &[u8]) -> Rc<Regex> {
        if let Some(regex) = self.patterns.get(text) {
            return regex.clone();
        }
        match Regex::new(&pattern_text(text), SYNTAX) {
            Ok(regex) => {
                let regex = Rc::new(regex);
                self.patterns.insert(text.to_vec(), regex.clone());
                regex
            }
            Err(error) => {
                let shown = String::from_utf8_lossy(text).into_owned();
                self.fatal(&format!("regular expression compile failed ({error})\n{shown}"))
            }
        }
    }

    /// The pattern an expression stands for.
    pub(crate) fn regex(&mut self, expr: &Expr) -> Rc<Regex> {
        match expr {
            Expr::Pattern(regex) => regex.clone(),
            Expr::Group(inner) if matches!(**inner, Expr::Pattern(_)) => self.regex(inner),
            expr => {
                let text = self.eval_text(expr);
                self.pattern(&text)
            }
        }
    }

    // The record

    pub(crate) fn set_record(&mut self, record: Vec<u8>) {
        self.record.set(record);
        self.uncounted = true;
    }

    pub(crate) fn whole(&mut self) -> &[u8] {
        let (separator, format) = (self.special(OFS), self.convfmt());
        self.record.whole(&separator, &format)
    }

    pub(super) fn lines_separate(&self) -> bool {
        matches!(self.record_separator, Separator::Paragraph)
    }

    pub(super) fn count_fields(&mut self) {
        if self.uncounted {
            self.uncounted = false;
            let lines = self.lines_separate();
            let count = self.record.fields(&self.separator, lines).len();
            self.globals[NF] = Cell::Value(Value::Number(count as f64));
        }
    }

    pub(super) fn set_field_count(&mut self) {
        let count = self.global(NF).number().clamp(0.0, 1e6) as usize;
        let lines = self.lines_separate();
        self.uncounted = false;
        self.record.fields(&self.separator, lines).resize(count, Value::Unset);
        self.record.changed();
    }

    pub(super) fn field(&mut self, index: f64) -> Value {
        if index < 0.0 {
            self.fatal("negative field index");
        }
        if index < 1.0 {
            return Value::input(self.whole());
        }
        let lines = self.lines_separate();
        let fields = self.record.fields(&self.separator, lines);
        fields.get(index as usize - 1).cloned().unwrap_or_default()
    }

    pub(super) fn set_field(&mut self, index: f64, value: Value) {
        if !(0.0..=1e6).contains(&index) {
            self.fatal("field index out of range");
        }
        if index < 1.0 {
            let text = self.text(&value);
            self.set_record(text.to_vec());
            return;
        }
        self.count_fields();
        let lines = self.lines_separate();
        let fields = self.record.fields(&self.separator, lines);
        let index = index as usize;
        if index > fields.len() {
            fields.resize(index, Value::Unset);
            self.globals[NF] = Cell::Value(Value::Number(index as f64));
        }
        let fields = self.record.fields(&self.separator, lines);
        fields[index - 1] = value;
        self.record.changed();
    }

    // Places

    pub(crate) fn subscript(&mut self, list: &[Expr]) -> Rc<[u8]> {
        if let [one] = list {
            return self.eval_text(one);
        }
        let mut key = Vec::new();
        for (at, expr) in list.iter().enumerate() {
            if at > 0 {
                key.extend(self.special(SUBSEP).iter());
            }
            key.extend(self.eval_text(expr).iter());
        }
        key.into()
    }

    pub(super) fn get(&mut self, place: &Place) -> Value {
        match place {
            Place::Var(var) => self.get_var(*var),
            Place::Element(array, list) => {
                let key = self.subscript(list);
                self.array(*array).borrow_mut().get(&key).clone()
            }
            Place::Field(expr) => {
                let index = self.eval(expr).number();
                self.field(index)
            }
        }
    }

    pub(crate) fn set(&mut self, place: &Place, value: Value) {
        match place {
            Place::Var(var) => self.set_var(*var, value),
            Place::Element(array, list) => {
                let key = self.subscript(list);
                *self.array(*array).borrow_mut().get(&key) = value;
            }
            Place::Field(expr) => {
                let index = self.eval(expr).number();
                self.set_field(index, value);
            }
        }
    }

    // Expressions
}
