//! Running a program.

use crate::array::Array;
use crate::ast::{Arith, Compare, Expr, Pattern, Place, Program, Sink, Source, Stmt, Var};
use crate::format;
use crate::parse::{SYNTAX, pattern_text};
use crate::record::{FieldSeparator, Record};
use crate::streams::{Mode, Reader, Separator, Streams};
use crate::value::Value;
use guest::out;
use regex_posix::Regex;
use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::fs::File;
use std::rc::Rc;

macro_rules! specials {
    ($($name:ident $text:literal $value:expr,)*) => {
        /// The variables of the language, in the order of their slots.
        pub const SPECIALS: &[&str] = &[$($text),*];

        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "they are numbers")]
        enum Slots { $($name),* }

        $(/// The slot of the variable of this name.
        pub const $name: usize = Slots::$name as usize;)*

        fn special_values() -> Vec<Value> {
            vec![$($value),*]
        }
    };
}

specials! {
    NR "NR" Value::Number(0.0),
    FNR "FNR" Value::Number(0.0),
    NF "NF" Value::Number(0.0),
    FS "FS" Value::text(" "),
    OFS "OFS" Value::text(" "),
    RS "RS" Value::text("\n"),
    ORS "ORS" Value::text("\n"),
    SUBSEP "SUBSEP" Value::text([28]),
    CONVFMT "CONVFMT" Value::text("%.6g"),
    OFMT "OFMT" Value::text("%.6g"),
    RSTART "RSTART" Value::Number(0.0),
    RLENGTH "RLENGTH" Value::Number(-1.0),
    FILENAME "FILENAME" Value::Unset,
    ENVIRON "ENVIRON" Value::Unset,
    ARGC "ARGC" Value::Unset,
    ARGV "ARGV" Value::Unset,
}

/// What a slot holds.
#[derive(Clone, Debug)]
enum Cell {
    Value(Value),
    Array(Rc<RefCell<Array>>),
}

/// Why the statements that follow do not run.
pub enum Flow {
    /// They do.
    Go,
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// `next`
    Next,
    /// `nextfile`
    NextFile,
    /// `return`
    Return(Value),
    /// `exit`
    Exit,
}

/// Functions within each other; more would overflow the stack.
const MAX_DEPTH: usize = 500;

/// A program that runs.
pub struct Machine {
    program: Rc<Program>,
    globals: Vec<Cell>,
    locals: Vec<Cell>,
    depth: usize,
    record: Record,
    /// Whether `NF` still has to be counted.
    uncounted: bool,
    separator: FieldSeparator,
    record_separator: Separator,
    pub(crate) streams: Streams,
    patterns: HashMap<Vec<u8>, Rc<Regex>>,
    /// The file that is read, and the number of the next operand.
    input: Option<Reader>,
    operand: usize,
    any_file: bool,
    in_end: bool,
    in_range: Vec<bool>,
    pub(crate) random: u64,
    pub(crate) seed: Value,
    status: i32,
}

impl Machine {
    /// A program with its operands, its own name first.
    pub fn new(program: Program, operands: &[Vec<u8>]) -> Machine {
        let mut globals: Vec<Cell> = special_values().into_iter().map(Cell::Value).collect();
        globals.resize(program.globals.len(), Cell::Value(Value::Unset));
        let mut environ = Array::default();
        for (name, value) in std::env::vars_os() {
            *environ.get(guest::bytes(&name)) = Value::input(guest::bytes(&value));
        }
        let mut argv = Array::default();
        for (at, operand) in operands.iter().enumerate() {
            *argv.get(at.to_string().as_bytes()) = Value::input(operand);
        }
        globals[ENVIRON] = Cell::Array(Rc::new(RefCell::new(environ)));
        globals[ARGV] = Cell::Array(Rc::new(RefCell::new(argv)));
        globals[ARGC] = Cell::Value(Value::Number(operands.len() as f64));
        Machine {
            in_range: vec![false; program.rules.len()],
            program: Rc::new(program),
            globals,
            locals: Vec::new(),
            depth: 0,
            record: Record::default(),
            uncounted: false,
            separator: FieldSeparator::Blanks,
            record_separator: Separator::Byte(b'\n'),
            streams: Streams::default(),
            patterns: HashMap::new(),
            input: None,
            operand: 1,
            any_file: false,
            in_end: false,
            random: 0,
            seed: Value::Number(0.0),
            status: 0,
        }
    }

    /// Runs the program; the answer is its exit status.
    pub fn run(mut self) -> i32 {
        let program = self.program.clone();
        let ended = program.begin.iter().any(|block| matches!(self.stmt(block), Flow::Exit));
        let reads = !program.rules.is_empty() || !program.end.is_empty();
        if reads && !ended {
            self.records(&program);
        }
        self.end();
        self.status
    }

    /// Runs the END actions, unless one of them asks for it by `exit`, and closes everything.
    fn end(&mut self) {
        if !std::mem::replace(&mut self.in_end, true) {
            let program = self.program.clone();
            let _ = program.end.iter().any(|block| matches!(self.stmt(block), Flow::Exit));
        }
        self.streams.close_all();
    }

    /// Runs the rules for every record.
    fn records(&mut self, program: &Program) {
        while let Some(record) = self.next_record() {
            self.set_record(record);
            for (at, rule) in program.rules.iter().enumerate() {
                if !self.applies(&rule.pattern, at) {
                    continue;
                }
                let flow = match &rule.action {
                    Some(action) => self.stmt(action),
                    None => {
                        let mut line = self.whole().to_vec();
                        line.extend(self.special(ORS).iter());
                        out::put(line);
                        Flow::Go
                    }
                };
                match flow {
                    Flow::Exit => return,
                    Flow::Next => break,
                    Flow::NextFile => {
                        self.input = None;
                        break;
                    }
                    _ => {}
                }
            }
        }
    }

    fn applies(&mut self, pattern: &Pattern, at: usize) -> bool {
        match pattern {
            Pattern::Always => true,
            Pattern::When(expr) => self.eval(expr).truth(),
            Pattern::Range(first, last) => {
                if !self.in_range[at] && !self.eval(first).truth() {
                    return false;
                }
                self.in_range[at] = !self.eval(last).truth();
                true
            }
        }
    }

    /// The next record of the files among the operands, or of standard input.
    fn next_record(&mut self) -> Option<Vec<u8>> {
        loop {
            if let Some(input) = &mut self.input {
                match input.record(&self.record_separator) {
                    Ok(Some(record)) => {
                        self.count(NR);
                        self.count(FNR);
                        return Some(record);
                    }
                    Ok(None) => {}
                    Err(error) => {
                        let name = self.special(FILENAME);
                        let name = String::from_utf8_lossy(&name).into_owned();
                        self.fatal(&format!(
                            "read failure on {name} ({})",
                            guest::strerror(&error)
                        ));
                    }
                }
                self.input = None;
            }
            if !self.next_file() {
                return None;
            }
        }
    }

    fn count(&mut self, slot: usize) {
        let number = self.global(slot).number();
        self.globals[slot] = Cell::Value(Value::Number(number + 1.0));
    }

    fn next_file(&mut self) -> bool {
        loop {
            let count = self.global(ARGC).number().max(0.0) as usize;
            if self.operand >= count {
                if self.any_file {
                    return false;
                }
                self.open(b"-");
                return true;
            }
            let key = self.operand.to_string();
            self.operand += 1;
            let Cell::Array(argv) = &self.globals[ARGV] else { return false };
            if !argv.borrow().has(key.as_bytes()) {
                continue;
            }
            let operand = argv.borrow_mut().get(key.as_bytes()).to_text(b"%.6g");
            if operand.is_empty() {
                continue;
            }
            if let Some((name, value)) = assignment(&operand) {
                self.set_by_name(name, &crate::lex::unescape(value));
                continue;
            }
            self.open(&operand);
            return true;
        }
    }

    fn open(&mut self, name: &[u8]) {
        self.any_file = true;
        let reader = match name {
            b"-" | b"/dev/stdin" => Reader::new(std::io::stdin()),
            _ => match File::open(guest::os(name)) {
                Ok(file) => Reader::new(file),
                Err(error) => {
                    let shown = String::from_utf8_lossy(name).into_owned();
                    let text = format!("cannot open {shown} ({})", guest::strerror(&error));
                    self.streams.flush(None);
                    guest::warn(text);
                    std::process::exit(2);
                }
            },
        };
        self.input = Some(reader);
        let shown = if name == b"-" { &b""[..] } else { name };
        self.globals[FILENAME] = Cell::Value(Value::text(shown));
        self.globals[FNR] = Cell::Value(Value::Number(0.0));
    }

    /// Ends the program after an error.
    pub fn fatal(&mut self, text: &str) -> ! {
        self.streams.flush(None);
        let nr = String::from_utf8_lossy(&self.special(NR)).into_owned();
        let fnr = String::from_utf8_lossy(&self.special(FNR)).into_owned();
        let file = String::from_utf8_lossy(&self.special(FILENAME)).into_owned();
        guest::warn(format!("run time error: {text}\n\tFILENAME=\"{file}\" FNR={fnr} NR={nr}"));
        std::process::exit(2)
    }

    /// Sets a variable by its name, if the program has one of that name.
    pub fn set_by_name(&mut self, name: &[u8], value: &[u8]) {
        let slot = self.program.globals.iter().position(|known| known.as_bytes() == name);
        if let Some(slot) = slot {
            self.set_var(Var::Global(slot), Value::input(value));
        }
    }

    // Variables

    fn global(&self, slot: usize) -> Value {
        match &self.globals[slot] {
            Cell::Value(value) => value.clone(),
            Cell::Array(_) => Value::Unset,
        }
    }

    pub(crate) fn special(&self, slot: usize) -> Rc<[u8]> {
        self.global(slot).to_text(b"%.6g")
    }

    fn convfmt(&self) -> Rc<[u8]> {
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

    fn get_var(&mut self, var: Var) -> Value {
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

    fn lines_separate(&self) -> bool {
        matches!(self.record_separator, Separator::Paragraph)
    }

    fn count_fields(&mut self) {
        if self.uncounted {
            self.uncounted = false;
            let lines = self.lines_separate();
            let count = self.record.fields(&self.separator, lines).len();
            self.globals[NF] = Cell::Value(Value::Number(count as f64));
        }
    }

    fn set_field_count(&mut self) {
        let count = self.global(NF).number().clamp(0.0, 1e6) as usize;
        let lines = self.lines_separate();
        self.uncounted = false;
        self.record.fields(&self.separator, lines).resize(count, Value::Unset);
        self.record.changed();
    }

    fn field(&mut self, index: f64) -> Value {
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

    fn set_field(&mut self, index: f64, value: Value) {
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

    fn get(&mut self, place: &Place) -> Value {
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

    fn call(&mut self, index: usize, list: &[Expr]) -> Value {
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

    fn getline(&mut self, source: &Source, place: Option<&Place>) -> Value {
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

    fn print(&mut self, list: &[Expr], sink: &Sink) {
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

    fn write(&mut self, sink: &Sink, text: &[u8]) {
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

/// The name and the value of an operand `NAME=VALUE`.
pub fn assignment(operand: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = operand.iter().position(|c| *c == b'=')?;
    let name = &operand[..at];
    let begins = name.first().is_some_and(|c| c.is_ascii_alphabetic() || *c == b'_');
    let fits = name.iter().all(|c| c.is_ascii_alphanumeric() || *c == b'_');
    (begins && fits).then_some((name, &operand[at + 1..]))
}
