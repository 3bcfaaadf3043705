//! Files made to be slow or deep take time in proportion to their length, and little stack.

#![allow(clippy::disallowed_methods, reason = "a test measures time and chooses its stack")]

mod hostile;

use std::time::{Duration, Instant};

use hostile::{FILES, Make, look_at};

/// Bytes of the shorter and the longer file.
const LENGTHS: [usize; 2] = [50_000, 200_000];

/// How much longer the longer one may take: its length, and that again and a half for what else the machine does.
/// What takes quadratic time takes sixteen times as long.
const MAX_RATIO: u32 = 10;

/// What is too short to be compared.
const NOISE: Duration = Duration::from_millis(150);

/// A worker in a browser has a megabyte.
const STACK: usize = 512 * 1024;

fn time(make: Make, len: usize) -> Duration {
    let text = make(len);
    let start = Instant::now();
    look_at(&text);
    start.elapsed()
}

fn check() {
    for (name, make) in FILES {
        let mut times = LENGTHS.map(|len| time(make, len));
        // Once more where another program may have been in the way.
        for _ in 0..3 {
            if times[1] > times[0] * MAX_RATIO + NOISE {
                times[1] = times[1].min(time(make, LENGTHS[1]));
            }
        }
        assert!(
            times[1] <= times[0] * MAX_RATIO + NOISE,
            "{name}: {times:?} for {LENGTHS:?} bytes"
        );
    }
}

#[test]
fn time_grows_with_length_and_the_stack_does_not() {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(check);
    if let Err(panic) = thread.expect("a thread can be started").join() {
        std::panic::resume_unwind(panic);
    }
}
