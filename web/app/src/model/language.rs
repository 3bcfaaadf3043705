//! What the editor is told of a text, from the crate that reads Dockerfiles for the engine.
//!
//! Offsets are the editor's: UTF-16 code units.

use std::collections::BTreeSet;

use dockerfile::editor::{self, CompletionKind, CompletionSources};
use dockerfile::lint::LintOptions;
use dockerfile::{Ignore, parse};

use super::path::FilePath;
use super::spans::{byte_offset, utf16_offset};

pub use dockerfile::editor::Severity;

/// What is known beside the text itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Paths of the build context, in order.
    pub paths: Vec<FilePath>,
    /// The text of `.dockerignore`, if there is one.
    pub ignore: Option<String>,
    /// References that `FROM` knows.
    pub images: Vec<String>,
}

/// Something wrong or doubtful in a range of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// First offset.
    pub from: u32,
    /// Offset behind the last one.
    pub to: u32,
    /// How bad it is.
    pub severity: Severity,
    /// What it is.
    pub message: String,
    /// Why it matters; empty where nothing is known.
    pub reason: &'static str,
    /// The rule's name; empty for errors.
    pub rule: &'static str,
    /// The page that explains the rule; empty if there is none.
    pub url: &'static str,
    /// What puts it right.
    pub fix: Option<Fix>,
}

/// A change of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does.
    pub title: String,
    /// From, to, and what stands there instead.
    pub edits: Vec<(u32, u32, String)>,
}

/// What could stand at the caret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Where what it replaces begins; it ends at the caret.
    pub from: u32,
    /// The editor's name for what it is.
    pub kind: &'static str,
    /// What to show.
    pub label: String,
    /// What to write.
    pub insert: String,
    /// A few words behind the label.
    pub detail: String,
    /// A sentence or two beside it.
    pub info: String,
    /// Worth offering before its first letter.
    pub eager: bool,
}

/// What the thing at a place is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// First offset of the thing.
    pub from: u32,
    /// Offset behind it.
    pub to: u32,
    /// A usage, a value, a name.
    pub title: String,
    /// What there is to say.
    pub text: String,
}

impl Surroundings {
    /// Everything wrong or doubtful, by place.
    pub fn check(&self, text: &str) -> Vec<Problem> {
        let parse = parse(text);
        let ignore = self.ignore.as_deref().and_then(|text| Ignore::parse(text).ok());
        let options = LintOptions {
            ignore: ignore.as_ref(),
            no_ignore_file: self.ignore.is_none(),
            ..LintOptions::default()
        };
        let units = |byte| units(text, byte);
        let problem = |problem: editor::Problem| Problem {
            from: units(problem.span.start),
            to: units(problem.span.end),
            severity: problem.severity,
            message: problem.message,
            reason: problem.reason.unwrap_or_default(),
            rule: problem.rule.unwrap_or_default(),
            url: problem.url.unwrap_or_default(),
            fix: problem.fix.map(|fix| Fix {
                title: fix.title,
                edits: fix
                    .edits
                    .into_iter()
                    .map(|edit| (units(edit.span.start), units(edit.span.end), edit.text))
                    .collect(),
            }),
        };
        editor::problems(&parse, &options).into_iter().map(problem).collect()
    }

    /// What could stand at the offset, best first.
    pub fn complete(&self, text: &str, offset: u32) -> Vec<Proposal> {
        let parse = parse(text);
        let offset = byte_offset(text, offset);
        let below = |typed: &str| self.paths_below(typed);
        let sources = CompletionSources {
            images: &self.images,
            paths: Some(&below),
            ..CompletionSources::default()
        };
        let proposal = |completion: editor::Completion| {
            let from = completion.replace.start;
            let before = text[..from].rsplit('\n').next().unwrap_or_default().trim_end();
            let first = ["COPY", "ADD"].iter().any(|name| before.eq_ignore_ascii_case(name));
            let eager = match completion.kind {
                CompletionKind::Image | CompletionKind::Stage | CompletionKind::Value => true,
                CompletionKind::Path => first,
                CompletionKind::Keyword | CompletionKind::Flag | CompletionKind::Variable => false,
            };
            let long = completion.detail.chars().count() > 36;
            let (detail, info) = match long {
                true => (String::new(), completion.detail),
                false => (completion.detail, String::new()),
            };
            Proposal {
                from: units(text, from),
                kind: kind_name(completion.kind),
                label: completion.label,
                insert: completion.insert,
                detail,
                info,
                eager,
            }
        };
        editor::complete(&parse, offset, &sources).into_iter().map(proposal).collect()
    }

    /// What the thing at the offset is.
    pub fn describe(&self, text: &str, offset: u32) -> Option<Card> {
        let parse = parse(text);
        let none = Default::default();
        let card = editor::hover(&parse, byte_offset(text, offset), &none)?;
        Some(Card {
            from: units(text, card.span.start),
            to: units(text, card.span.end),
            title: card.title,
            text: card.text,
        })
    }

    /// The next components of the paths that begin with `typed`, directories with a slash.
    fn paths_below(&self, typed: &str) -> Vec<String> {
        let folder = typed.rfind('/').map_or(0, |at| at + 1);
        let found = self.paths.iter().filter_map(|path| {
            let rest = path.as_str().strip_prefix(typed)?;
            let end = rest.find('/').map_or(path.as_str().len(), |at| typed.len() + at + 1);
            debug_assert!(end >= folder, "a component ends behind its begin");
            Some(path.as_str()[..end].to_owned())
        });
        found.collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// The text laid out as is usual; the same where nothing is to do.
pub fn format(text: &str) -> String {
    editor::format(text)
}

fn units(text: &str, byte: usize) -> u32 {
    utf16_offset(text, u32::try_from(byte).unwrap_or(u32::MAX))
}

/// CodeMirror's names of kinds.
fn kind_name(kind: CompletionKind) -> &'static str {
    match kind {
        CompletionKind::Keyword => "keyword",
        CompletionKind::Flag => "property",
        CompletionKind::Value => "constant",
        CompletionKind::Stage => "class",
        CompletionKind::Variable => "variable",
        CompletionKind::Image => "namespace",
        CompletionKind::Path => "text",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surroundings() -> Surroundings {
        let paths = ["app.js", "config/site.conf", "config/words.txt", "package.json"];
        Surroundings {
            paths: paths.iter().map(|path| FilePath::parse(path).expect("a path")).collect(),
            ignore: None,
            images: vec!["alpine:3.20".to_owned(), "ubuntu:24.04".to_owned()],
        }
    }

    fn labels(text: &str) -> Vec<String> {
        let offset = text.encode_utf16().count() as u32;
        surroundings().complete(text, offset).into_iter().map(|p| p.label).collect()
    }

    #[test]
    fn completes_from_the_project() {
        assert_eq!(labels("FROM ub"), ["ubuntu:24.04"]);
        assert_eq!(labels("FROM alpine\nCOPY co"), ["config/"]);
        assert_eq!(labels("FROM alpine\nCOPY config/w"), ["config/words.txt"]);
        assert_eq!(labels("FROM alpine\n# 한글\nENV 가=나 PORT=1\nRUN echo $PO"), ["PORT"]);
    }

    #[test]
    fn offsets_are_those_of_the_editor() {
        let text = "FROM alpine:3.20\n# 주석 😀\nRUNN ls\n";
        let problems = surroundings().check(text);
        let error = problems.iter().find(|p| p.severity == Severity::Error).expect("an error");
        let units: Vec<u16> = text.encode_utf16().collect();
        let marked = String::from_utf16_lossy(&units[error.from as usize..error.to as usize]);
        assert!(marked.starts_with("RUNN"), "{marked}: {}", error.message);
    }

    #[test]
    fn describes_what_is_there() {
        let card = surroundings().describe("FROM alpine\nWORKDIR /srv\n", 14).expect("a card");
        assert_eq!((card.from, card.to), (12, 19));
        assert!(card.title.starts_with("WORKDIR"), "{card:?}");
    }
}
