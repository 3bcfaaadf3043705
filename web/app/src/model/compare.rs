//! Two builds side by side, and edits that are tried on both.

use std::rc::Rc;

use super::build::{Build, Row, Status};
use super::content::Content;
use super::path::FilePath;
use super::project::{File, Project};

/// A build that was put aside, with what it was made of. It is `Eq` so that comparing two shared
/// ones begins with their addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pinned {
    /// The files.
    pub project: Rc<Project>,
    /// The build.
    pub build: Rc<Build>,
}

/// A change of a project that is tried to see what it costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// A line more in a file.
    Touch(FilePath),
    /// Another default of an `ARG`.
    Argument(Rc<str>),
}

/// What a build cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Steps that ran or failed.
    pub ran: usize,
    /// Steps from the cache.
    pub cached: usize,
    /// Time of the steps that ran, in microseconds.
    pub micros: u64,
}

/// No more edits than this are tried.
const MOST: usize = 12;

/// The rows of two builds, the same instructions beside each other.
pub fn pairs<'a>(left: &'a Build, right: &'a Build) -> Vec<(Option<&'a Row>, Option<&'a Row>)> {
    let (left, right) = (&left.rows, &right.rows);
    let same = |l: usize, r: usize| {
        left[l].step.stage_name == right[r].step.stage_name
            && left[l].instruction() == right[r].instruction()
    };
    // Length of the longest common sequence of what begins at `l` and `r`.
    let mut longest = vec![vec![0; right.len() + 1]; left.len() + 1];
    for l in (0..left.len()).rev() {
        for r in (0..right.len()).rev() {
            longest[l][r] = if same(l, r) {
                longest[l + 1][r + 1] + 1
            } else {
                longest[l + 1][r].max(longest[l][r + 1])
            };
        }
    }
    let mut pairs = Vec::new();
    let (mut l, mut r) = (0, 0);
    while l < left.len() || r < right.len() {
        let both = l < left.len() && r < right.len();
        if both && same(l, r) {
            pairs.push((Some(&left[l]), Some(&right[r])));
            (l, r) = (l + 1, r + 1);
        } else if both
            && longest[l][r] == longest[l + 1][r + 1]
            && left[l].step.keyword == right[r].step.keyword
        {
            // The same kind of instruction, changed.
            pairs.push((Some(&left[l]), Some(&right[r])));
            (l, r) = (l + 1, r + 1);
        } else if r == right.len() || (l < left.len() && longest[l + 1][r] >= longest[l][r + 1]) {
            pairs.push((Some(&left[l]), None));
            l += 1;
        } else {
            pairs.push((None, Some(&right[r])));
            r += 1;
        }
    }
    pairs
}

/// What a build cost.
pub fn cost(build: &Build) -> Cost {
    let count =
        |wanted: &[Status]| build.rows.iter().filter(|row| wanted.contains(&row.status())).count();
    Cost {
        ran: count(&[Status::Ran, Status::Failed]),
        cached: count(&[Status::Cached]),
        micros: build.rows.iter().filter_map(Row::micros).sum(),
    }
}

/// The edits that make sense for one of these projects at least: each file of the build context,
/// each `ARG` with a default.
pub fn edits(left: &Project, right: &Project) -> Vec<Edit> {
    let mut edits = Vec::new();
    for project in [left, right] {
        let files = project.files.keys().filter(|path| !is_instructions(path));
        let arguments = arguments(project).into_iter().map(|(name, _)| Edit::Argument(name.into()));
        for edit in files.cloned().map(Edit::Touch).chain(arguments) {
            if !edits.contains(&edit) {
                edits.push(edit);
            }
        }
    }
    edits.truncate(MOST);
    edits
}

impl Edit {
    /// The project after it; the same if it has no such file or argument.
    pub fn applied(&self, project: &Project) -> Project {
        let mut edited = project.clone();
        match self {
            Self::Touch(path) => {
                if let Some(file) = edited.files.get_mut(path) {
                    let mut bytes = file.content.as_bytes().to_vec();
                    bytes.push(b'\n');
                    file.content = Content::of(bytes);
                }
            }
            Self::Argument(name) => {
                let found = arguments(project).into_iter().find(|(found, _)| *found == &**name);
                let text = dockerfile(project);
                if let (Some((_, end)), Some(text)) = (found, text) {
                    let changed = format!("{}-x{}", &text[..end], &text[end..]);
                    edited.files.insert(FilePath::dockerfile(), File::text(&changed));
                }
            }
        }
        edited
    }
}

fn is_instructions(path: &FilePath) -> bool {
    path.is_dockerfile() || path.as_str().ends_with(".dockerignore")
}

fn dockerfile(project: &Project) -> Option<&str> {
    project.files.get(&FilePath::dockerfile())?.content.as_text().map(|text| &**text)
}

/// Names of the plain `ARG`s that have a default, and where the default ends.
fn arguments(project: &Project) -> Vec<(&str, usize)> {
    let Some(text) = dockerfile(project) else { return Vec::new() };
    let mut start = 0;
    let mut found: Vec<(&str, usize)> = Vec::new();
    for line in text.split_inclusive('\n') {
        let mut words = line.split_whitespace();
        let is_argument = words.next().is_some_and(|word| word.eq_ignore_ascii_case("ARG"));
        if let (true, Some((name, value)), None) =
            (is_argument, words.next().and_then(|word| word.split_once('=')), words.next())
            && !value.is_empty()
            && !value.contains(['"', '\'', '\\', '$'])
            && !found.iter().any(|(other, _)| *other == name)
        {
            found.push((name, start + line.trim_end().len()));
        }
        start += line.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::model::build::tests::step;
    use protocol::{Event, StepKind};

    fn build(instructions: &[&str]) -> Build {
        let mut build = Build::default();
        let step = |(index, text): (usize, &&str)| {
            let (keyword, arguments) = text.split_once(' ').expect("two words");
            step(index as u32, keyword, arguments, StepKind::Layer)
        };
        let steps = instructions.iter().enumerate().map(step).collect();
        build.hear(Event::Started { revision: 1, steps });
        build
    }

    #[test]
    fn the_same_instructions_stand_beside_each_other() {
        let left = build(&["FROM a", "COPY . .", "RUN install", "CMD x"]);
        let right = build(&["FROM a", "COPY list .", "RUN install", "COPY . .", "CMD x"]);
        let show = |row: Option<&Row>| row.map_or("-".into(), Row::instruction);
        let pairs: Vec<String> = pairs(&left, &right)
            .into_iter()
            .map(|(left, right)| format!("{} | {}", show(left), show(right)))
            .collect();
        assert_eq!(
            pairs,
            [
                "FROM a | FROM a",
                "COPY . . | COPY list .",
                "RUN install | RUN install",
                "- | COPY . .",
                "CMD x | CMD x"
            ]
        );
    }

    #[test]
    fn every_file_and_every_default_is_tried() {
        let path = |text: &str| FilePath::parse(text).expect("a path");
        let text = "ARG A=1\nFROM x\nARG B\narg C=two\nARG D=\"q\"\nARG A=1\nRUN echo ARG E=1\n";
        let files = [("Dockerfile", text), (".dockerignore", "x"), ("app.js", "1;\n")];
        let files: BTreeMap<_, _> =
            files.into_iter().map(|(name, text)| (path(name), File::text(text))).collect();
        let project = Project::new("p", files);
        let none = Project::new("q", BTreeMap::new());
        let all = edits(&project, &none);
        let argument = |name: &str| Edit::Argument(name.into());
        assert_eq!(all, [Edit::Touch(path("app.js")), argument("A"), argument("C")]);
        let changed = argument("C").applied(&project);
        let expected = text.replace("C=two", "C=two-x");
        assert_eq!(dockerfile(&changed), Some(&*expected));
        assert_eq!(all[0].applied(&project).files[&path("app.js")], File::text("1;\n\n"));
        assert_eq!(all[0].applied(&none), none);
    }
}
