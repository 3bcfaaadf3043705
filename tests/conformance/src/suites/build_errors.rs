//! The suite about the lines that an error is said to stand on.

use builder::{
    BaseImage, BuildError, Cache, Command, CommitPoints, Executor, Images, Output, Outside, Ran,
    Request, RunError,
};
use serde_json::{Value, json};
use vfs::{Timestamp, Tree};

use crate::case::{Case, Outcome};

/// Builds over an empty context, without programs and without images: what the cases ask for is missing.
pub fn lines(case: &Case) -> Outcome {
    let answer = match error_lines(case.input()) {
        None => json!({ "error": false }),
        Some(lines) => json!({ "error": true, "error_lines": lines }),
    };
    Outcome::covers(case.expected(), &answer)
}

/// The lines of the error that a build ends with; none where it succeeds.
fn error_lines(text: &str) -> Option<Value> {
    let range = |start: usize, end: usize| (start..=end).collect::<Value>();
    // Another front end is asked for before the file is read, and only this one is there.
    if let Some(error) = dockerfile::parse(text).foreign_syntax() {
        return Some(error.lines.map_or(json!([]), |lines| range(lines.start, lines.end)));
    }
    let context = Tree::new();
    let request = Request::new(text, &context, Timestamp::default());
    let (executor, images) = (&mut Nothing, &mut Nothing);
    let network = &mut builder::NoNetwork;
    let mut outside = Outside { executor, images, network, micros: &|| 0 };
    match builder::build(&request, &mut outside, &mut Cache::default(), &mut |_| {}) {
        Ok(build) => build.failed.map(|step| {
            let (start, end) = build.steps[step].lines;
            range(start, end)
        }),
        Err(BuildError::Parse { lines, .. }) => {
            Some(lines.map_or(json!([]), |(start, end)| range(start, end)))
        }
        Err(error) => Some(json!(error.to_string())),
    }
}

/// A world without programs and without images.
struct Nothing;

impl Executor for Nothing {
    fn run(&mut self, command: &Command<'_>) -> Result<Ran, RunError> {
        let root = command.root.clone();
        // What a container answers where the program is not found.
        let (output, mounts) = (Output::default(), Vec::new());
        Ok(Ran {
            root,
            exit_code: 127,
            output,
            mounts,
            time: command.time,
            points: CommitPoints::default(),
        })
    }
}

impl Images for Nothing {
    fn find(&mut self, reference: &str) -> Result<BaseImage, String> {
        Err(format!("{reference}: not found"))
    }
}
