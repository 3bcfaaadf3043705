//! Looks at megabytes of Dockerfile made to be slow or deep: `cargo run --release --example hostile`.
//!
//! `cargo xtask test` runs it as WebAssembly too, in a worker.

#![allow(clippy::disallowed_methods, reason = "an example measures time")]

#[path = "../tests/hostile/mod.rs"]
mod hostile;

use std::process::ExitCode;

/// Bytes of a file.
const LEN: usize = 1_000_000;

fn main() -> ExitCode {
    let mut failed = 0;
    for (name, make) in hostile::FILES {
        match hostile::check(name, make, LEN) {
            Ok(time) => println!("{:>6} ms  {name}", time.as_millis()),
            Err(problem) => {
                failed += 1;
                println!("too slow  {problem}");
            }
        }
    }
    println!("{} passed, {failed} failed", hostile::FILES.len() - failed);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
