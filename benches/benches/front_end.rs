//! The front end on a Dockerfile of 200 lines, beside two others of crates.io:
//! `cargo bench --manifest-path benches/Cargo.toml`.
//!
//! Everything is measured in one run, in turns, so that what else the machine does falls on all
//! alike. The other crates parse; they neither expand variables nor check.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use dockerfile::editor::problems;
use dockerfile::lint::{LintOptions, lint};

const TEXT: &str = include_str!("../Dockerfile");

/// Turns that are measured, after a tenth as many that are not.
const TURNS: usize = 500;

/// What parsing, expanding and checking may take together.
const BUDGET: Duration = Duration::from_millis(1);

type Task = (&'static str, fn());

const TASKS: [Task; 5] = [
    ("parse", || {
        black_box(dockerfile::parse(black_box(TEXT)));
    }),
    ("parse, expand, lint", || {
        let parse = dockerfile::parse(black_box(TEXT));
        black_box(lint(&parse, &LintOptions { all_stages: true, ..LintOptions::default() }));
    }),
    ("parse and all an editor underlines", || {
        let parse = dockerfile::parse(black_box(TEXT));
        black_box(problems(&parse, &LintOptions::default()));
    }),
    ("parse-dockerfile: parse", || {
        black_box(parse_dockerfile::parse(black_box(TEXT)).expect("it reads the file"));
    }),
    ("dockerfile-parser: parse", || {
        black_box(
            dockerfile_parser::Dockerfile::parse(black_box(TEXT)).expect("it reads the file"),
        );
    }),
];

fn main() -> ExitCode {
    let parse = dockerfile::parse(TEXT);
    assert_eq!(parse.first_error(), None);
    println!("{} lines, {} instructions", TEXT.lines().count(), parse.instructions.len());
    let mut times = TASKS.map(|_| Vec::with_capacity(TURNS));
    for turn in 0..TURNS + TURNS / 10 {
        for ((_, task), times) in TASKS.iter().zip(&mut times) {
            let start = Instant::now();
            task();
            if turn >= TURNS / 10 {
                times.push(start.elapsed());
            }
        }
    }
    let medians = times.map(|mut times| {
        times.sort();
        times[TURNS / 2]
    });
    for ((name, _), median) in TASKS.iter().zip(&medians) {
        println!("{:>8.1} us  {name}", micros(*median));
    }
    let [parse, checked, _, other, another] = medians;
    for (name, theirs) in [("parse-dockerfile", other), ("dockerfile-parser", another)] {
        println!(
            "{name} takes {:.2} times as long to parse; ours takes {:.2} times as long to parse, expand and lint",
            micros(theirs) / micros(parse),
            micros(checked) / micros(theirs),
        );
    }
    match checked > BUDGET {
        true => {
            println!("parse, expand, lint: over the budget of {} us", BUDGET.as_micros());
            ExitCode::FAILURE
        }
        false => ExitCode::SUCCESS,
    }
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
