//! BuildKit's plain progress (`util/progress/progressui/printer.go`), on standard error.

use std::collections::BTreeMap;

use dockerfile::{Lines, excerpt};
use engine::{Build, BuildError, BuildEvent, Failure, ImageId, Output, Step, StepState, familiar};

/// How many lines of a failed command are repeated under its error.
const TAIL_LINES: usize = 10;

/// Prints a build as it goes on.
pub struct Plain {
    quiet: bool,
    steps: Vec<Step>,
    /// Numbers of the vertices that have been printed, by step: a build that is taken up again
    /// reports its steps again.
    printed: BTreeMap<usize, usize>,
    next: usize,
}

impl Plain {
    /// A printer, or with `quiet` one that prints failures only.
    pub fn new(quiet: bool) -> Self {
        Self { quiet, steps: Vec::new(), printed: BTreeMap::new(), next: 0 }
    }

    /// Prints what an event tells.
    pub fn event(&mut self, event: &BuildEvent) {
        match event {
            BuildEvent::Started { steps } => {
                if self.steps.is_empty() {
                    self.block("[internal] load build definition from Dockerfile", "DONE 0.0s");
                }
                self.steps.clone_from(steps);
            }
            BuildEvent::Step { step, state, result } => {
                let output = match state {
                    StepState::Failed(failure) => Some(&failure.output),
                    _ => result.as_ref().map(|result| &result.output),
                };
                self.step(*step, state, output);
            }
        }
    }

    fn step(&mut self, step: usize, state: &StepState, output: Option<&Output>) {
        let end = match state {
            StepState::Cached { .. } => "CACHED".to_owned(),
            StepState::Ran { micros, .. } => format!("DONE {}s", seconds(*micros)),
            StepState::Failed(failure) => format!("ERROR: {}", failure.message),
            StepState::Running | StepState::Applied | StepState::NotReached => return,
        };
        let Some(vertex) = self.steps.get(step).and_then(|step| step.vertex.clone()) else {
            return;
        };
        if self.printed.contains_key(&step) {
            return;
        }
        // A step from the cache prints nothing again.
        let shown = output.filter(|_| !matches!(state, StepState::Cached { .. }));
        let output = shown.map(numbered).unwrap_or_default();
        let number = self.open(&vertex);
        self.printed.insert(step, number);
        for line in output {
            self.say(&format!("#{number} {line}"));
        }
        self.say(&format!("#{number} {end}\n"));
    }

    /// The image is there.
    pub fn exported(&mut self, id: ImageId, tags: &[String]) {
        let number = self.open("exporting to image");
        self.say(&format!("#{number} exporting layers done"));
        self.say(&format!("#{number} writing image {id} done"));
        for tag in tags {
            let name = familiar(tag);
            let path = if name.contains('/') { name } else { format!("library/{name}") };
            self.say(&format!("#{number} naming to docker.io/{path} done"));
        }
        self.say(&format!("#{number} DONE 0.0s"));
    }

    /// A step failed: its last output, the place in the file, the error.
    pub fn failed(&mut self, build: &Build, step: usize, failure: &Failure, name: &str) {
        let vertex =
            build.steps[step].vertex.clone().unwrap_or_else(|| build.steps[step].keyword.clone());
        eprintln!("------\n > {vertex}:");
        let tail = failure.output.tail(TAIL_LINES);
        if !tail.is_empty() {
            eprintln!("{tail}");
        }
        eprintln!("------");
        let (start, end) = build.steps[step].lines;
        eprint!("{}", excerpt(name, &build.parse.text, &[Lines::new(start, end)]));
        eprintln!("ERROR: failed to build: failed to solve: {}", failure.message);
    }

    /// Nothing was built.
    pub fn refused(&mut self, error: &BuildError, name: &str, text: &str) {
        let lines = error.lines();
        if !lines.is_empty() {
            eprint!("{}", excerpt(name, text, &lines));
        }
        eprintln!("ERROR: failed to build: failed to solve: {error}");
    }

    fn block(&mut self, name: &str, end: &str) {
        let number = self.open(name);
        self.say(&format!("#{number} {end}\n"));
    }

    fn open(&mut self, name: &str) -> usize {
        self.next += 1;
        self.say(&format!("#{} {name}", self.next));
        self.next
    }

    fn say(&self, line: &str) {
        if !self.quiet {
            eprintln!("{line}");
        }
    }
}

fn numbered(output: &Output) -> Vec<String> {
    let all: Vec<u8> = output.runs.iter().flat_map(|run| run.1.iter().copied()).collect();
    String::from_utf8_lossy(&all).lines().map(|line| format!("0.000 {line}")).collect()
}

fn seconds(micros: u64) -> String {
    format!("{}.{}", micros / 1_000_000, micros / 100_000 % 10)
}
