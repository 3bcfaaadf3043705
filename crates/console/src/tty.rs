//! BuildKit's display on a terminal as it stands when a build is over: a line for each vertex with
//! the time it took, right-aligned (`util/progress/progressui/display.go`).

use std::fmt::Write as _;

use crate::bytes_progress;
use crate::plain::{Status, Vertex};

/// A vertex and what it did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The vertex.
    pub vertex: Vertex,
    /// What it did, such as `transferring context:`.
    pub statuses: Vec<Status>,
}

/// What is known of the whole build.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    /// Columns of the terminal.
    pub width: usize,
    /// Seconds since the build began.
    pub seconds: f64,
    /// Which builder, at the right end of the first line: `docker:default`.
    pub description: String,
    /// Whether lines are coloured.
    pub colours: bool,
}

/// Below this many columns a name is not shown.
const LEAST: usize = 12;
/// Below this many columns the bytes of a status are not shown.
const LEAST_WITH_STATUS: usize = 20;

/// The display of a build that is over.
#[must_use]
pub fn finished(rows: &[Row], frame: &Frame) -> String {
    let done = rows.iter().filter(|row| row.vertex.ended.is_some()).count();
    let state = if done > 0 && done == rows.len() { "FINISHED" } else { "" };
    let total = rows.len();
    let mut out = format!("[+] Building {:.1}s ({done}/{total}) {state}", frame.seconds);
    if !frame.description.is_empty() {
        out = align(&out, &frame.description, frame.width.saturating_sub(1));
    }
    out.push('\n');
    for row in rows {
        let Vertex { name, started, ended, cached, error, .. } = &row.vertex;
        let Some(started) = started else { continue };
        let cancelled = error.ends_with("context canceled");
        let (colour, mark) = match (error.is_empty(), cancelled, cached) {
            (true, _, true) => ("34", "CACHED "),
            (true, _, false) => ("34", ""),
            (false, true, _) => ("33", "CANCELED "),
            (false, false, _) => ("31", "ERROR "),
        };
        let name = format!("{mark}{}", name.replace('\t', " "));
        let line = Line { name: &name, status: "", took: seconds(*started, *ended), ended: *ended };
        line.write(frame, colour, &mut out);
        for status in &row.statuses {
            let bytes = match (status.current, status.total) {
                (current, total) if total != 0 => {
                    format!("{} / {}", bytes_progress(current), bytes_progress(total))
                }
                (0, _) => String::new(),
                (current, _) => bytes_progress(current),
            };
            let took = status.started.map_or(0.0, |started| seconds(started, status.ended));
            let name = format!("=> {}", status.id);
            let line = Line { name: &name, status: &bytes, took, ended: status.ended };
            line.write(frame, "34", &mut out);
        }
    }
    out
}

struct Line<'a> {
    name: &'a str,
    status: &'a str,
    took: f64,
    ended: Option<i64>,
}

impl Line<'_> {
    fn write(&self, frame: &Frame, colour: &str, out: &mut String) {
        let timer = format!(" {:3.1}s\n", if self.took < 0.05 { 0.0 } else { self.took });
        let mut left = frame.width.saturating_sub(" => ".len() + timer.len() + 1);
        let with_status = !self.status.is_empty() && left + self.status.len() > LEAST_WITH_STATUS;
        if with_status {
            left = left.saturating_sub(self.status.len() + 1);
        }
        if left < LEAST {
            return;
        }
        let name: String = self.name.chars().take(left).collect();
        let mut text = format!(" => {name}");
        if with_status {
            text = format!("{text} {}", self.status);
        }
        let text = align(&text, &timer, frame.width);
        // A string takes what is written into it.
        let _ = match self.ended.filter(|_| frame.colours) {
            Some(_) => write!(out, "\x1b[{colour}m{text}\x1b[0m"),
            None => write!(out, "{text}"),
        };
    }
}

fn seconds(started: i64, ended: Option<i64>) -> f64 {
    ended.map_or(0.0, |ended| (ended - started) as f64 / 1000.0)
}

/// `left` and `right` at the two ends of a line.
fn align(left: &str, right: &str, width: usize) -> String {
    let room = width.saturating_sub(right.len() + 1);
    format!("{left:room$} {right}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vertex(name: &str, millis: i64, cached: bool, error: &str) -> Row {
        let vertex = Vertex {
            key: name.to_owned(),
            name: name.to_owned(),
            started: Some(0),
            ended: Some(millis),
            cached,
            error: error.to_owned(),
        };
        Row { vertex, statuses: Vec::new() }
    }

    /// As `docker build` of docker 28 ends on a terminal of 60 columns.
    #[test]
    fn the_last_frame() {
        let mut load = vertex("[internal] load .dockerignore", 40, false, "");
        let (started, ended) = (Some(0), Some(1));
        let id = "transferring context:".to_owned();
        load.statuses.push(Status { id, current: 2, started, ended, ..Status::default() });
        let rows = [
            load,
            vertex("[1/2] FROM docker.io/library/alpine:3.20", 0, true, ""),
            vertex(
                "[2/2] RUN a command that has a name which is far too long to fit",
                1234,
                false,
                "",
            ),
        ];
        let description = "docker:default".to_owned();
        let frame = Frame { width: 60, seconds: 1.3, description, colours: false };
        assert_eq!(
            finished(&rows, &frame),
            "[+] Building 1.3s (3/3) FINISHED             docker:default\n \
             => [internal] load .dockerignore                      0.0s\n \
             => => transferring context: 2B                        0.0s\n \
             => CACHED [1/2] FROM docker.io/library/alpine:3.20    0.0s\n \
             => [2/2] RUN a command that has a name which is far   1.2s\n"
        );
        let failed = [vertex("[2/2] RUN false", 60, false, "exit code: 1")];
        let frame = Frame { width: 40, colours: true, ..Frame::default() };
        assert_eq!(
            finished(&failed, &frame),
            "[+] Building 0.0s (1/1) FINISHED\n\x1b[31m => ERROR [2/2] RUN false          0.1s\n\x1b[0m"
        );
    }
}
