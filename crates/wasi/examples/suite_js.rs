//! The suite of behaviours for a JavaScript engine: built for `wasm32-unknown-unknown`, bound by
//! wasm-bindgen, and called from `tests/harness/suite.mjs` in Node or from a worker in a browser.

#![cfg(target_family = "wasm")]

#[path = "../tests/harness/mod.rs"]
mod harness;

use harness::case::{self, Content};
use vfs::{Caller, Fs, Stream};
use wasi::{Module, Process};
use wasm_bindgen::prelude::wasm_bindgen;

/// Runs a file of cases; answers how many there were and what was otherwise than written.
#[wasm_bindgen]
pub fn check(name: &str, text: &str) -> Vec<String> {
    let mut cases = match case::parse(text) {
        Ok(cases) => cases,
        Err(err) => return vec![err],
    };
    // Nothing counts steps here, so a loop without end would be one.
    cases.retain(|case| {
        !case.lines.iter().any(|line| {
            matches!(&line.content, Content::Setup(word, args) if word == "limit" && args[0] == "steps")
        })
    });
    let differences = cases.iter_mut().flat_map(|case| harness::check::check(name, case));
    let count = cases.len().to_string();
    let mut answer: Vec<String> = differences.collect();
    answer.insert(0, count);
    answer
}

/// A compiled program, to measure starting it.
#[wasm_bindgen]
pub struct Program(Module);

#[wasm_bindgen]
impl Program {
    /// Compiles a module.
    #[wasm_bindgen(constructor)]
    pub fn new(bytes: &[u8]) -> Result<Program, String> {
        Module::compile(bytes).map(Self).map_err(|err| err.to_string())
    }

    /// Runs it some times, in a new process each; answers the last exit status.
    pub fn run(&self, argv: Vec<String>, times: u32) -> Result<u8, String> {
        let mut fs = Fs::default();
        let mut status = 0;
        for _ in 0..times {
            let argv = argv.iter().map(|arg| arg.clone().into_bytes()).collect();
            let mut process = Process::new(argv, Vec::new(), Caller::root());
            let streams = [Stream::Stdout, Stream::Stdout, Stream::Stderr];
            process.fds = (0..).zip(streams.map(|stream| fs.open_console(stream))).collect();
            let exit = wasi::run(&self.0, &mut fs, process).map_err(|stop| stop.to_string())?;
            status = exit.status();
        }
        Ok(status)
    }
}
