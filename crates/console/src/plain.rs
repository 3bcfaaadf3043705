//! BuildKit's `--progress plain`: vertices as they begin, log, and end
//! (`util/progress/progressui/printer.go`, `display.go`).

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::fmt::Write as _;

use crate::bytes_progress;

/// How many of the last log lines of a failed vertex are repeated at the end.
const LAST_LINES: usize = 10;
/// For how long an open vertex may stay without being shown, in milliseconds.
const MAX_DELAY: i64 = 10_000;
/// For how long a vertex is shown at least before another takes its place, in milliseconds.
const ANTI_FLICKER: f64 = 5_000.0;

/// News of vertices, which are known by their names or any other key.
#[derive(Clone, Debug, Default)]
pub struct Update {
    /// Vertices that began or ended.
    pub vertices: Vec<Vertex>,
    /// What they are doing.
    pub statuses: Vec<Status>,
    /// What their commands printed.
    pub logs: Vec<Log>,
    /// Short texts of warnings about a vertex.
    pub warnings: Vec<(String, String)>,
}

/// A vertex. Times are in milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vertex {
    /// What it is known by.
    pub key: String,
    /// What is shown.
    pub name: String,
    /// When it began.
    pub started: Option<i64>,
    /// When it ended.
    pub ended: Option<i64>,
    /// Whether the cache had it.
    pub cached: bool,
    /// Why it failed; empty if it did not.
    pub error: String,
}

/// Something that a vertex is doing, such as `transferring context:`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// What is shown.
    pub id: String,
    /// The vertex.
    pub vertex: String,
    /// Bytes done.
    pub current: i64,
    /// Bytes in all; 0 if not known.
    pub total: i64,
    /// When this was said.
    pub at: i64,
    /// When it began.
    pub started: Option<i64>,
    /// When it ended.
    pub ended: Option<i64>,
}

/// Output of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// The vertex.
    pub vertex: String,
    /// When it was printed.
    pub at: i64,
    /// Any bytes, lines or parts of lines.
    pub data: Vec<u8>,
}

/// A printer.
#[derive(Default)]
pub struct Plain {
    vertices: Vec<State>,
    by_key: HashMap<String, usize>,
    /// Vertices in the order in which they began.
    started: Vec<usize>,
    /// Those that something new is known of.
    updated: BTreeSet<usize>,
    /// The one whose block is open.
    current: Option<usize>,
    not_first: bool,
    next_number: usize,
    out: String,
}

#[derive(Default)]
struct State {
    vertex: Vertex,
    /// The number that it was given when it was first shown.
    number: usize,
    statuses: Vec<Status>,
    changed_statuses: BTreeSet<String>,
    warnings: VecDeque<String>,
    /// Lines that have not been shown; the last may be a part.
    lines: Vec<Vec<u8>>,
    /// Whether the last line has not ended.
    partial: bool,
    /// How much of the first line has been shown.
    shown_of_first: usize,
    last_lines: VecDeque<Vec<u8>>,
    /// Beginnings and ends, each beginning once.
    intervals: Vec<(i64, Option<i64>)>,
    /// News since it was last shown, to share the screen between vertices.
    count: u64,
    blocked_since: i64,
}

impl State {
    fn is_open(&self) -> bool {
        self.vertex.started.is_some() && self.vertex.ended.is_none()
    }
}

impl Plain {
    /// A printer that first says what it prints, such as `building with "default" instance using
    /// docker driver`.
    #[must_use]
    pub fn new(description: &str) -> Self {
        let mut out = Self::default();
        if !description.is_empty() {
            out.not_first = true;
            out.out = format!("#0 {description}\n");
        }
        out
    }

    /// Takes news in and answers what is to be printed; `now` is in milliseconds.
    pub fn update(&mut self, update: &Update, now: i64) -> String {
        for vertex in &update.vertices {
            self.vertex(vertex, now);
        }
        for status in &update.statuses {
            let Some(at) = self.by_key.get(&status.vertex).copied() else { continue };
            let state = &mut self.vertices[at];
            match state.statuses.iter_mut().find(|known| known.id == status.id) {
                Some(known) => known.clone_from(status),
                None if status.started.is_some() => state.statuses.push(status.clone()),
                None => {}
            }
            state.changed_statuses.insert(status.id.clone());
            state.count += 1;
            self.updated.insert(at);
        }
        for (key, text) in &update.warnings {
            let Some(at) = self.by_key.get(key).copied() else { continue };
            self.vertices[at].warnings.push_back(text.clone());
            self.vertices[at].count += 1;
            self.updated.insert(at);
        }
        for log in &update.logs {
            let Some(at) = self.by_key.get(&log.vertex).copied() else { continue };
            self.vertices[at].log(log);
            self.updated.insert(at);
        }
        self.print(now);
        std::mem::take(&mut self.out)
    }

    /// What is printed when all is over: the last lines of each vertex that failed.
    #[must_use]
    pub fn failures(&self) -> String {
        let mut out = String::new();
        for state in self.started.iter().map(|at| &self.vertices[*at]) {
            if state.vertex.error.is_empty() || is_cancelled(&state.vertex.error) {
                continue;
            }
            let _ = writeln!(out, "------\n > {}:", state.vertex.name);
            for line in &state.last_lines {
                let _ = writeln!(out, "{}", String::from_utf8_lossy(line));
            }
            out.push_str("------\n");
        }
        out
    }

    fn vertex(&mut self, vertex: &Vertex, now: i64) {
        let at = *self.by_key.entry(vertex.key.clone()).or_insert_with(|| {
            self.vertices.push(State { blocked_since: now, ..State::default() });
            self.vertices.len() - 1
        });
        let state = &mut self.vertices[at];
        let Some(started) = vertex.started else {
            if state.vertex.started.is_none() {
                state.vertex = vertex.clone();
            }
            return;
        };
        if state.vertex.started.is_none() {
            self.started.push(at);
        }
        if state.vertex != *vertex {
            state.count += 1;
            self.updated.insert(at);
        }
        state.vertex = vertex.clone();
        match state.intervals.iter_mut().find(|known| known.0 == started) {
            Some(known) => known.1 = vertex.ended,
            None => state.intervals.push((started, vertex.ended)),
        }
    }

    fn print(&mut self, now: i64) {
        let updated = std::mem::take(&mut self.updated);
        let (mut ended, mut rest): (Vec<usize>, Vec<usize>) =
            updated.into_iter().partition(|at| self.vertices[*at].vertex.ended.is_some());
        ended.sort_by_key(|at| self.vertices[*at].vertex.ended);
        let current = self.current;
        let current_ended = current.filter(|at| ended.contains(at));
        if let Some(at) = current_ended {
            self.print_vertex(at, now);
        }
        for at in ended {
            if Some(at) != current {
                self.print_vertex(at, now);
            }
        }
        if rest.is_empty() {
            if current.is_some_and(|at| self.vertices[at].is_open()) {
                return;
            }
            let open = self.started.iter().copied().find(|at| self.vertices[*at].is_open());
            if let Some(at) = open {
                self.print_vertex(at, now);
            }
            return;
        }
        if let Some(at) = current.filter(|at| rest.contains(at)) {
            self.print_vertex(at, now);
        }
        if let Some(at) = current.filter(|at| !rest.contains(at)) {
            rest.push(at);
        }
        let waited = |at: usize| (now - self.vertices[at].blocked_since).max(0);
        let speed = |at: usize| self.vertices[at].count as f64 / waited(at).max(1) as f64;
        let over = |at: usize| waited(at) > MAX_DELAY && Some(at) != current;
        let mut most = rest[0];
        for at in rest.iter().copied() {
            if over(at) || speed(most) < speed(at) {
                most = at;
            }
        }
        let sum: f64 = rest.iter().map(|at| speed(*at)).sum();
        let next = match current.filter(|_| current_ended.is_none()) {
            None => Some(most),
            Some(current) => rest.iter().copied().find(|at| over(*at)).or_else(|| {
                let share = if sum > 0.0 { speed(current) / sum } else { 1.0 };
                (ANTI_FLICKER / (1.0 - share) < waited(current) as f64).then_some(most)
            }),
        };
        if let Some(at) = next {
            self.print_vertex(at, now);
        }
    }

    fn print_vertex(&mut self, at: usize, now: i64) {
        if self.vertices[at].number == 0 {
            self.next_number += 1;
            self.vertices[at].number = self.next_number;
        }
        let number = self.vertices[at].number;
        if self.current != Some(at) {
            if let Some(old) = self.current.map(|old| &mut self.vertices[old]) {
                if !old.partial {
                    self.out.push('\n');
                }
                old.partial = false;
                (old.blocked_since, old.count) = (now, 0);
                let _ = writeln!(self.out, "#{} ...", old.number);
            }
            if std::mem::replace(&mut self.not_first, true) {
                self.out.push('\n');
            }
            let _ = writeln!(self.out, "#{number} {}", self.vertices[at].vertex.name);
            self.vertices[at].blocked_since = now;
        }
        let state = &mut self.vertices[at];
        let open_status = state.print_statuses(&mut self.out);
        while let Some(text) = state.warnings.pop_front() {
            let _ = writeln!(self.out, "#{number} WARN: {text}");
        }
        state.print_lines(&mut self.out);
        self.current = Some(at);
        if state.vertex.ended.is_some() && !open_status {
            self.current = None;
            state.count = 0;
            if state.partial {
                self.out.push('\n');
            }
            let _ = writeln!(self.out, "#{number} {}", state.ending());
        }
        self.updated.remove(&at);
    }
}

impl State {
    /// Splits output into lines, each with the time since the vertex began.
    fn log(&mut self, log: &Log) {
        let begun = self.intervals.last().map_or(log.at, |interval| interval.0);
        let stamp = seconds_of_log(log.at - begun);
        let mut pieces: Vec<&[u8]> = log.data.split(|byte| *byte == b'\n').collect();
        // What follows the last line end is the beginning of a line, if it is anything.
        let whole = pieces.last().is_some_and(|last| last.is_empty());
        if whole {
            pieces.pop();
        }
        for (index, piece) in pieces.into_iter().enumerate() {
            match self.lines.last_mut().filter(|_| self.partial && index == 0) {
                Some(line) => line.extend_from_slice(piece),
                None => self.lines.push([stamp.as_bytes(), b" ", piece].concat()),
            }
        }
        self.partial = !whole;
        self.count += 1;
    }

    /// True where a status has not ended.
    fn print_statuses(&mut self, out: &mut String) -> bool {
        let mut open = false;
        for status in &self.statuses {
            if !self.changed_statuses.contains(&status.id) {
                continue;
            }
            let bytes = match (status.current, status.total) {
                (current, total) if total != 0 => {
                    format!(" {} / {}", bytes_progress(current), bytes_progress(total))
                }
                (0, _) => String::new(),
                (current, _) => format!(" {}", bytes_progress(current)),
            };
            let end = status.ended.unwrap_or(status.at);
            let seconds = status.started.map_or(0.0, |start| (end - start) as f64 / 1000.0);
            let time = if seconds > 0.01 { format!(" {seconds:.1}s") } else { String::new() };
            let done = if status.ended.is_some() { " done" } else { "" };
            open |= status.ended.is_none();
            let _ = writeln!(out, "#{} {}{bytes}{time}{done}", self.number, status.id);
        }
        self.changed_statuses.clear();
        open
    }

    fn print_lines(&mut self, out: &mut String) {
        let count = self.lines.len();
        for (at, line) in self.lines.iter().enumerate() {
            let text = String::from_utf8_lossy(line);
            if at == 0 && self.shown_of_first > 0 {
                let rest = line.get(self.shown_of_first..).unwrap_or_default();
                out.push_str(&String::from_utf8_lossy(rest));
                self.last_lines.pop_back();
            } else {
                let _ = write!(out, "#{} {text}", self.number);
            }
            if at + 1 != count || !self.partial {
                out.push('\n');
            }
            self.last_lines.push_back(line.clone());
            if self.last_lines.len() > LAST_LINES {
                self.last_lines.pop_front();
            }
        }
        if count > 0 {
            let last = self.lines.pop().filter(|_| self.partial);
            self.shown_of_first = last.as_ref().map_or(0, Vec::len);
            self.lines = last.into_iter().collect();
        }
    }

    fn ending(&self) -> String {
        let vertex = &self.vertex;
        if is_cancelled(&vertex.error) {
            return "CANCELED".to_owned();
        }
        if !vertex.error.is_empty() {
            return format!("ERROR: {}", vertex.error);
        }
        if vertex.cached {
            return "CACHED".to_owned();
        }
        let millis = merged(&self.intervals);
        format!("DONE {:.1}s", millis as f64 / 1000.0)
    }
}

/// The time that intervals cover together, in milliseconds.
fn merged(intervals: &[(i64, Option<i64>)]) -> i64 {
    let mut ended: Vec<(i64, i64)> =
        intervals.iter().filter_map(|(start, end)| Some((*start, (*end)?))).collect();
    ended.sort_unstable();
    let mut covered = 0;
    let mut until = i64::MIN;
    for (start, end) in ended {
        covered += (end - start.max(until)).max(0);
        until = until.max(end);
    }
    covered
}

fn is_cancelled(error: &str) -> bool {
    error.ends_with("context canceled")
}

/// Seconds with three decimals below ten, two below a hundred, else one.
fn seconds_of_log(millis: i64) -> String {
    let seconds = millis as f64 / 1000.0;
    let decimals = match seconds {
        s if s < 10.0 => 3,
        s if s < 100.0 => 2,
        _ => 1,
    };
    format!("{seconds:.decimals$}")
}
