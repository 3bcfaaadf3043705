//! What starting a process costs: `start [MODULE.wasm [ARG...]]`, best built with `--release`.

#![allow(clippy::disallowed_methods, reason = "a benchmark reads a file and the clock")]
#![cfg_attr(target_family = "wasm", allow(unused))]

use std::time::Instant;

use vfs::{Caller, Fs, Stream};
use wasi::{Module, Process};

const RUNS: u32 = 1000;
const NOTHING: &[u8] = b"(module (memory (export \"memory\") 1) (func (export \"_start\")))";

/// The browser's engine is measured by `tests/harness/suite.mjs`.
#[cfg(target_family = "wasm")]
fn main() {}

#[cfg(not(target_family = "wasm"))]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let bytes = match args.next() {
        Some(path) => std::fs::read(path)?,
        None => wat::parse_bytes(NOTHING)?.into_owned(),
    };
    let argv: Vec<Vec<u8>> = args.map(String::into_bytes).collect();
    let begin = Instant::now();
    let module = Module::compile(&bytes)?;
    println!("{} bytes, compiled in {:?}", bytes.len(), begin.elapsed());
    let artifact = module.serialize()?;
    let begin = Instant::now();
    // SAFETY: the artifact was made by this process just now.
    let module = unsafe { Module::deserialize(&artifact) }?;
    println!("{} bytes of artifact, read in {:?}", artifact.len(), begin.elapsed());
    let mut fs = Fs::default();
    let mut first = None;
    let begin = Instant::now();
    let mut status = 0;
    for _ in 0..RUNS {
        let mut process = Process::new(argv.clone(), Vec::new(), Caller::root());
        let out = [Stream::Stdout, Stream::Stdout, Stream::Stderr].map(|s| fs.open_console(s));
        process.fds = (0..).zip(out).collect();
        status = wasi::run(&module, &mut fs, process)?.status();
        first.get_or_insert_with(|| begin.elapsed());
    }
    println!(
        "{RUNS} runs, status {status}: {:?} each, the first {first:?}",
        begin.elapsed() / RUNS
    );
    Ok(())
}
