//! Running a program.

mod evaluate;
mod execute;
mod variables;

use crate::array::Array;
use crate::ast::{Pattern, Program, Var};
use crate::record::{FieldSeparator, Record};
use crate::streams::{Reader, Separator, Streams};
use crate::value::Value;
use guest::out;
use regex_posix::Regex;
use std::cell::RefCell;
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
}

/// The name and the value of an operand `NAME=VALUE`.
pub fn assignment(operand: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = operand.iter().position(|c| *c == b'=')?;
    let name = &operand[..at];
    let begins = name.first().is_some_and(|c| c.is_ascii_alphabetic() || *c == b'_');
    let fits = name.iter().all(|c| c.is_ascii_alphanumeric() || *c == b'_');
    (begins && fits).then_some((name, &operand[at + 1..]))
}
