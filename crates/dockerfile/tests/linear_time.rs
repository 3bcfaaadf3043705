//! Files made to be slow or deep take time in proportion to their length, and little stack.

#![allow(clippy::disallowed_methods, reason = "a test measures time and chooses its stack")]

mod hostile;

/// Bytes of a file.
const LEN: usize = 200_000;

/// A worker in a browser has a megabyte.
const STACK: usize = 512 * 1024;

fn check() {
    for (name, make) in hostile::FILES {
        if let Err(problem) = hostile::check(name, make, LEN) {
            panic!("{problem}");
        }
    }
}

#[test]
fn time_grows_with_length_and_the_stack_does_not() {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(check);
    if let Err(panic) = thread.expect("a thread can be started").join() {
        std::panic::resume_unwind(panic);
    }
}
