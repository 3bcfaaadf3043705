//! From the calls of a case to a module that makes them and writes down what they answer.
//!
//! The module keeps one region of its memory for answers, and writes it to descriptor 1 when it is
//! done and before whatever may end it; so the last bytes of its output are the answers.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::case::{Arg, Case, Content};
use super::names::{self, Kind};

/// Where the answers begin; below lies what the program is given.
const ANSWERS: u32 = 0x2_0000;
/// What an answer holds that has not been given.
pub const UNANSWERED: u32 = 0xffff_ffff;

/// A module, and where its answers lie within what it writes.
pub struct Program {
    pub wasm: Vec<u8>,
    /// Length of the region of answers.
    pub len: usize,
    /// For each line that is a call.
    pub answers: BTreeMap<usize, Answer>,
}

/// What a call answers, as offsets into the region.
pub struct Answer {
    pub kind: Kind,
    /// Where its result is.
    pub result: usize,
    /// What it writes: its type, where, and how long.
    pub outs: Vec<(String, usize, usize)>,
}

#[derive(Default)]
struct Generator {
    imports: BTreeMap<String, String>,
    body: String,
    /// What the program is given, from address 1024 on.
    given: Vec<u8>,
    /// What the region of answers holds at first.
    region: Vec<u8>,
    variables: BTreeMap<String, u32>,
    answers: BTreeMap<usize, Answer>,
}

const GIVEN: u32 = 1024;

/// Makes the program of a case.
pub fn program(case: &Case) -> Result<Program, String> {
    let mut generator = Generator::default();
    generator.import("fd_write")?;
    for (number, line) in case.lines.iter().enumerate() {
        match &line.content {
            Content::Call(name, args) => {
                if matches!(name.as_str(), "proc_exit" | "proc_raise" | "fd_read" | "fd_write")
                    || name == "poll_oneoff"
                    || name == "ext.spawn"
                {
                    generator.report();
                }
                generator.call(number, name, args)?;
            }
            Content::Wat(wat) => {
                generator.report();
                writeln!(generator.body, "    {wat}").map_err(|err| err.to_string())?;
            }
            _ => {}
        }
    }
    generator.report();
    generator.finish()
}

impl Generator {
    fn import(&mut self, name: &str) -> Result<(), String> {
        let function = names::function(name).ok_or_else(|| format!("no function `{name}`"))?;
        let parameters: String = function
            .parameters
            .chars()
            .map(|kind| if kind == 'i' { " i32" } else { " i64" })
            .collect();
        let result = if function.answer == Kind::Nothing { "" } else { " (result i32)" };
        let field = name.strip_prefix("ext.").unwrap_or(name);
        let import = format!(
            "  (import \"{}\" \"{field}\" (func ${name} (param{parameters}){result}))\n",
            function.module
        );
        self.imports.insert(name.to_owned(), import);
        Ok(())
    }

    /// Puts bytes where the program can point to them.
    fn give(&mut self, bytes: &[u8]) -> u32 {
        let address = GIVEN + self.given.len() as u32;
        self.given.extend_from_slice(bytes);
        self.given.resize(self.given.len().next_multiple_of(8), 0);
        address
    }

    /// Reserves room for an answer; answers its offset.
    fn reserve(&mut self, len: usize, fill: u8) -> usize {
        let offset = self.region.len();
        self.region.resize((offset + len).next_multiple_of(8), fill);
        offset
    }

    fn call(&mut self, line: usize, name: &str, args: &[Arg]) -> Result<(), String> {
        self.import(name)?;
        let function = names::function(name).ok_or("no such function")?;
        let result = self.reserve(4, 0xff);
        let mut outs = Vec::new();
        let mut pushes = Vec::new();
        for arg in args {
            self.arg(arg, &mut pushes, &mut outs)?;
        }
        if pushes.len() != function.parameters.len() {
            let expected = function.parameters.len();
            return Err(format!("`{name}` takes {expected} parameters, not {}", pushes.len()));
        }
        let pushes: String = pushes
            .iter()
            .zip(function.parameters.chars())
            .map(|(push, kind)| match (push, kind) {
                (Push::Const(value), 'i') => format!(" (i32.const {})", *value as i32),
                (Push::Const(value), _) => format!(" (i64.const {value})"),
                (Push::Load(address), 'i') => format!(" (i32.load (i32.const {address}))"),
                (Push::Load(address), _) => format!(" (i64.load (i32.const {address}))"),
            })
            .collect();
        let call = format!("(call ${name}{pushes})");
        let address = ANSWERS + result as u32;
        let _ = match function.answer {
            Kind::Nothing => writeln!(self.body, "    {call}"),
            _ => writeln!(self.body, "    (i32.store (i32.const {address}) {call})"),
        };
        self.answers.insert(line, Answer { kind: function.answer, result, outs });
        Ok(())
    }

    fn arg(
        &mut self,
        arg: &Arg,
        pushes: &mut Vec<Push>,
        outs: &mut Vec<(String, usize, usize)>,
    ) -> Result<(), String> {
        let constant = |value: u32| Push::Const(value.into());
        match arg {
            Arg::Number(value) => pushes.push(Push::Const(*value)),
            Arg::Variable(name) => {
                let address = self.variables.get(name).ok_or(format!("no variable `{name}`"))?;
                pushes.push(Push::Load(*address));
            }
            Arg::Text(bytes) | Arg::Request(bytes) => {
                pushes.extend([constant(self.give(bytes)), constant(bytes.len() as u32)]);
            }
            Arg::Bytes(bytes) => {
                let address = self.give(bytes);
                pushes.push(constant(address));
            }
            Arg::Out(kind, name) => {
                let len = out_len(kind).ok_or_else(|| format!("no type `{kind}`"))?;
                let offset = self.reserve(len, 0);
                if let Some(name) = name {
                    self.variables.insert(name.clone(), ANSWERS + offset as u32);
                }
                outs.push((kind.clone(), offset, len));
                pushes.push(constant(ANSWERS + offset as u32));
            }
            Arg::Buffer(kind, len) => {
                let offset = self.reserve(*len as usize, 0);
                outs.push((kind.clone(), offset, *len as usize));
                pushes.extend([constant(ANSWERS + offset as u32), constant(*len)]);
            }
            Arg::Iov(lens) => {
                let mut table = Vec::new();
                for len in lens {
                    let offset = self.reserve(*len as usize, 0);
                    outs.push(("text".to_owned(), offset, *len as usize));
                    table.extend((ANSWERS + offset as u32).to_le_bytes());
                    table.extend(len.to_le_bytes());
                }
                pushes.extend([constant(self.give(&table)), constant(lens.len() as u32)]);
            }
            Arg::Ciov(parts) => {
                let mut table = Vec::new();
                for part in parts {
                    table.extend(self.give(part).to_le_bytes());
                    table.extend((part.len() as u32).to_le_bytes());
                }
                pushes.extend([constant(self.give(&table)), constant(parts.len() as u32)]);
            }
            Arg::Subscriptions(subscriptions) => {
                let address = self.give(&subscriptions.concat());
                let offset = self.reserve(subscriptions.len() * 32, 0);
                outs.push(("events".to_owned(), offset, subscriptions.len() * 32));
                let events = ANSWERS + offset as u32;
                pushes.extend([address, events, subscriptions.len() as u32].map(constant));
            }
        }
        Ok(())
    }

    /// Writes the answers out. The table that points to them is at address 0.
    fn report(&mut self) {
        self.body.push_str(
            "    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))\n",
        );
    }

    fn finish(self) -> Result<Program, String> {
        if GIVEN as usize + self.given.len() > ANSWERS as usize {
            return Err("the program is given too much".to_owned());
        }
        let table = [ANSWERS.to_le_bytes(), (self.region.len() as u32).to_le_bytes()].concat();
        let pages = (ANSWERS as usize + self.region.len()).div_ceil(1 << 16);
        let mut wat = String::from("(module\n");
        wat.extend(self.imports.values().map(String::as_str));
        let _ = write!(
            wat,
            "  (memory (export \"memory\") {pages})\n  (data (i32.const 0) \"{}\")\n  (data (i32.const {GIVEN}) \"{}\")\n  (data (i32.const {ANSWERS}) \"{}\")\n  (func $main (export \"_start\")\n{}  )\n)\n",
            hex(&table),
            hex(&self.given),
            hex(&self.region),
            self.body
        );
        let wasm = wat::parse_str(&wat).map_err(|err| format!("{err}\n{wat}"))?;
        Ok(Program { wasm, len: self.region.len(), answers: self.answers })
    }
}

enum Push {
    Const(i64),
    /// From this address.
    Load(u32),
}

fn out_len(kind: &str) -> Option<usize> {
    Some(match kind {
        "u8" => 1,
        "u16" => 2,
        "u32" | "winsize" => 4,
        "u64" | "prestat" => 8,
        "fdstat" => 24,
        "filestat" | "times" | "inode" => 64,
        "stat" | "stattimes" => 88,
        _ => kind.strip_prefix("text:").or_else(|| kind.strip_prefix("strings:"))?.parse().ok()?,
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "\\{byte:02x}");
        out
    })
}
