//! BuildKit's plain progress of a build (`util/progress/progressui/printer.go`), as text.

use dockerfile::{Lines, excerpt};
use engine::{Build, BuildError, BuildEvent, Failure, ImageId, Output, Step, StepState};

use crate::Reference;

/// How many lines of a failed command are repeated under its error.
const TAIL_LINES: usize = 10;

/// Writes a build down as it goes on.
#[derive(Default)]
pub struct Plain {
    text: String,
    steps: Vec<Step>,
    next: usize,
}

impl Plain {
    /// What was written.
    pub fn into_text(self) -> String {
        self.text
    }

    /// Writes what an event tells.
    pub fn event(&mut self, event: &BuildEvent) {
        match event {
            BuildEvent::Started { steps } => {
                self.block("[internal] load build definition from Dockerfile", "DONE 0.0s");
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
            StepState::Ran { .. } => "DONE 0.0s".to_owned(),
            StepState::Failed(failure) => format!("ERROR: {}", failure.message),
            StepState::Running | StepState::Applied | StepState::NotReached => return,
        };
        let Some(vertex) = self.steps.get(step).and_then(|step| step.vertex.clone()) else {
            return;
        };
        let number = self.open(&vertex);
        // A step from the cache prints nothing again.
        let shown = output.filter(|_| !matches!(state, StepState::Cached { .. }));
        for line in shown.map(lines).unwrap_or_default() {
            self.say(&format!("#{number} 0.000 {line}"));
        }
        self.say(&format!("#{number} {end}\n"));
    }

    /// The image is there.
    pub fn exported(&mut self, id: ImageId, tags: &[Reference]) {
        let number = self.open("exporting to image");
        self.say(&format!("#{number} exporting layers done"));
        self.say(&format!("#{number} writing image {id} done"));
        for tag in tags {
            self.say(&format!("#{number} naming to {} done", tag.full()));
        }
        self.say(&format!("#{number} DONE 0.0s"));
    }

    /// A step failed: its last output, the place in the file, the error.
    pub fn failed(&mut self, build: &Build, step: usize, failure: &Failure, name: &str) {
        let own = &build.steps[step];
        let vertex = own.vertex.clone().unwrap_or_else(|| own.keyword.clone());
        self.say(&format!("------\n > {vertex}:"));
        for line in failure.output.tail(TAIL_LINES).lines() {
            self.say(&format!("0.000 {line}"));
        }
        self.say("------");
        let (start, end) = own.lines;
        self.text.push_str(&excerpt(name, &build.parse.text, &[Lines::new(start, end)]));
        self.say(&format!("ERROR: failed to solve: {}", failure.message));
    }

    /// Nothing was built.
    pub fn refused(&mut self, error: &BuildError, name: &str, text: &str) {
        let lines = error.lines();
        if !lines.is_empty() {
            self.text.push_str(&excerpt(name, text, &lines));
        }
        self.say(&format!("ERROR: failed to solve: {error}"));
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

    fn say(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// The lines that a command printed.
fn lines(output: &Output) -> Vec<String> {
    let all: Vec<u8> = output.runs.iter().flat_map(|run| run.1.iter().copied()).collect();
    String::from_utf8_lossy(&all).lines().map(str::to_owned).collect()
}
