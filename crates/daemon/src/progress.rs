//! A build's progress as BuildKit and buildx print it, from the engine's events.

use std::collections::BTreeMap;

use console::plain::{Log, Plain, Status, Update, Vertex};
use console::tty::{Frame, Row, finished};
use dockerfile::{Lines, excerpt};
use engine::{Build, BuildError, BuildEvent, Failure, ImageId, Output, Step, StepState};

use crate::transfer::{Transfer, sent};

/// How a build is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Line by line.
    Plain,
    /// As the display on a terminal of so many columns stands at the end.
    Tty(usize),
    /// Failures only.
    Quiet,
}

/// What a build reads before its first step.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The Dockerfile's name.
    pub name: String,
    /// Bytes of the Dockerfile.
    pub dockerfile: usize,
    /// Bytes of `.dockerignore`, if there is one.
    pub ignore: Option<usize>,
    /// Paths and sizes of the files and directories of the context.
    pub context: Vec<Transfer>,
}

/// Writes a build down as it goes on: each call answers what is to be printed next.
pub struct Progress {
    style: Style,
    plain: Plain,
    rows: Vec<Row>,
    sources: Sources,
    steps: Vec<Step>,
    /// Names by step, of those that are over: a build that is taken up again reports its steps again.
    over: BTreeMap<usize, String>,
    begun: bool,
    /// Milliseconds of the build so far.
    now: i64,
}

impl Progress {
    /// A build that is about to begin.
    #[must_use]
    pub fn new(style: Style, sources: Sources) -> Self {
        Self {
            style,
            plain: Plain::new("building with \"default\" instance using docker driver"),
            rows: Vec::new(),
            sources,
            steps: Vec::new(),
            over: BTreeMap::new(),
            begun: false,
            now: 0,
        }
    }

    /// Takes an event in.
    #[must_use]
    pub fn event(&mut self, event: &BuildEvent) -> String {
        match event {
            BuildEvent::Started { steps } => {
                self.steps.clone_from(steps);
                if std::mem::replace(&mut self.begun, true) { String::new() } else { self.begin() }
            }
            BuildEvent::Step { step, state, result } => {
                let output = match state {
                    StepState::Failed(failure) => Some(&failure.output),
                    _ => result.as_ref().map(|result| &result.output),
                };
                self.step(*step, state, output)
            }
        }
    }

    /// What is read before the first step.
    fn begin(&mut self) -> String {
        let Sources { name, dockerfile, ignore, .. } = self.sources.clone();
        let file = Transfer { path: name.clone(), bytes: Some(dockerfile) };
        let load = format!("[internal] load build definition from {name}");
        let mut out = self.transferred(&load, "transferring dockerfile:", sent(&[file]));
        let mut images: Vec<&str> = Vec::new();
        for step in self.steps.iter().filter(|step| step.keyword == "FROM") {
            let image = step.vertex.as_ref().and_then(|name| name.split_once("FROM "));
            let image = image.map(|(_, image)| image.split('@').next().unwrap_or(image));
            images.extend(image.filter(|image| !images.contains(image)));
        }
        let loads: Vec<String> =
            images.iter().map(|image| format!("[internal] load metadata for {image}")).collect();
        for name in loads {
            out += &self.done(&name, Vec::new(), None, 0);
        }
        let ignore =
            ignore.map(|bytes| Transfer { path: ".dockerignore".to_owned(), bytes: Some(bytes) });
        let ignore = sent(ignore.as_slice());
        out + &self.transferred("[internal] load .dockerignore", "transferring context:", ignore)
    }

    fn transferred(&mut self, name: &str, what: &str, bytes: usize) -> String {
        let status = Status {
            id: what.to_owned(),
            vertex: name.to_owned(),
            current: i64::try_from(bytes).unwrap_or(i64::MAX),
            at: self.now,
            started: Some(self.now),
            ended: Some(self.now),
            ..Status::default()
        };
        self.done(name, vec![status], None, 0)
    }

    /// A vertex that has done its work.
    fn done(
        &mut self,
        name: &str,
        statuses: Vec<Status>,
        output: Option<&Output>,
        millis: i64,
    ) -> String {
        self.show(name, statuses, output, millis, |vertex| vertex)
    }

    fn show(
        &mut self,
        name: &str,
        statuses: Vec<Status>,
        output: Option<&Output>,
        millis: i64,
        change: impl FnOnce(Vertex) -> Vertex,
    ) -> String {
        let started = self.now;
        self.now += millis;
        let vertex = change(Vertex {
            // Steps of the same text are vertices of their own.
            key: format!("{name} {}", self.rows.len()),
            name: name.to_owned(),
            started: Some(started),
            ended: Some(self.now),
            ..Vertex::default()
        });
        let key = vertex.key.clone();
        let data = output.map(text).unwrap_or_default();
        let logs = match data.is_empty() {
            true => Vec::new(),
            false => vec![Log { vertex: key.clone(), at: started, data }],
        };
        let statuses: Vec<Status> =
            statuses.into_iter().map(|status| Status { vertex: key.clone(), ..status }).collect();
        self.rows.push(Row { vertex: vertex.clone(), statuses: statuses.clone() });
        let update = Update { vertices: vec![vertex], statuses, logs, warnings: Vec::new() };
        let text = self.plain.update(&update, self.now);
        if self.style == Style::Plain { text } else { String::new() }
    }

    fn step(&mut self, step: usize, state: &StepState, output: Option<&Output>) -> String {
        let Some(Step { vertex: Some(name), keyword, arguments, .. }) = self.steps.get(step) else {
            return String::new();
        };
        if matches!(state, StepState::Running | StepState::Applied | StepState::NotReached)
            || self.over.contains_key(&step)
        {
            return String::new();
        }
        let name = name.clone();
        let takes_context = matches!(keyword.as_str(), "COPY" | "ADD")
            && !arguments.contains("--from=")
            && !arguments.contains("<<");
        let mut out = String::new();
        if takes_context && !self.sources.context.is_empty() {
            let bytes = sent(&std::mem::take(&mut self.sources.context));
            out = self.transferred("[internal] load build context", "transferring context:", bytes);
        }
        self.over.insert(step, name.clone());
        out + &match state {
            // A step from the cache prints nothing again.
            StepState::Cached { .. } => {
                self.show(&name, Vec::new(), None, 0, |vertex| Vertex { cached: true, ..vertex })
            }
            StepState::Ran { micros, .. } => self.done(&name, Vec::new(), output, millis(*micros)),
            StepState::Failed(Failure { message, micros, .. }) => {
                self.show(&name, Vec::new(), output, millis(*micros), |vertex| Vertex {
                    error: message.clone(),
                    ..vertex
                })
            }
            _ => String::new(),
        }
    }

    /// The image is there, and has these names, each with its registry.
    #[must_use]
    pub fn exported(&mut self, id: ImageId, names: &[String]) -> String {
        let naming = names.iter().map(|name| format!("naming to {name}"));
        let texts = ["exporting layers".to_owned(), format!("writing image {id}")];
        let statuses = texts.into_iter().chain(naming).map(|id| Status {
            id,
            at: self.now,
            started: Some(self.now),
            ended: Some(self.now),
            ..Status::default()
        });
        let statuses = statuses.collect();
        self.done("exporting to image", statuses, None, 0) + &self.end()
    }

    /// The display, where it is one.
    fn end(&self) -> String {
        let Style::Tty(width) = self.style else { return String::new() };
        let frame = Frame {
            width,
            seconds: self.now as f64 / 1000.0,
            description: "docker:default".to_owned(),
            colours: true,
        };
        finished(&self.rows, &frame)
    }

    /// A step failed: its last output, the place in the file, the error.
    #[must_use]
    pub fn failed(&mut self, build: &Build, step: usize, failure: &Failure) -> String {
        let (start, end) = build.steps[step].lines;
        let place = excerpt(&self.sources.name, &build.parse.text, &[Lines::new(start, end)]);
        let shown = build.steps[step].vertex.is_some();
        let (end, failures) = (self.end(), self.plain.failures());
        let failures = if shown { failures } else { String::new() };
        format!(
            "{end}{failures}{place}ERROR: failed to build: failed to solve: {}\n",
            failure.message
        )
    }

    /// Nothing was built.
    #[must_use]
    pub fn refused(&mut self, error: &BuildError, text: &str) -> String {
        let before = if self.begun { String::new() } else { self.begin() };
        let lines = error.lines();
        let place = match lines.is_empty() {
            true => String::new(),
            false => excerpt(&self.sources.name, text, &lines),
        };
        format!("{before}{}{place}ERROR: failed to build: failed to solve: {error}\n", self.end())
    }
}

fn text(output: &Output) -> Vec<u8> {
    output.runs.iter().flat_map(|run| run.1.iter().copied()).collect()
}

fn millis(micros: u64) -> i64 {
    i64::try_from(micros / 1000).unwrap_or(i64::MAX)
}
