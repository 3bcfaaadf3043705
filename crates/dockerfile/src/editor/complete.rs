//! What could stand at the cursor.

use std::collections::BTreeMap;

use super::instruction_at;
use super::manual::{flag_help, instruction_help};
use crate::expand::is_name_char;
use crate::flags::FlagKind;
use crate::instruction::INSTRUCTIONS;
use crate::lint::RULES;
use crate::mount::{MOUNT_KEYS, MOUNT_KINDS};
use crate::parse::Parse;
use crate::scope::variables_at;
use crate::span::Span;
use crate::understand::flags_of;

/// What a completion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompletionKind {
    /// An instruction or another fixed word.
    Keyword,
    /// A flag.
    Flag,
    /// A value of a flag or directive.
    Value,
    /// A stage of this file.
    Stage,
    /// A variable.
    Variable,
    /// An image.
    Image,
    /// A file of the context.
    Path,
}

/// Something that could stand at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What it is.
    pub kind: CompletionKind,
    /// What to show.
    pub label: String,
    /// What to write.
    pub insert: String,
    /// A few words about it.
    pub detail: String,
    /// What it replaces.
    pub replace: Span,
}

/// Where names come from that are not in the file.
#[derive(Clone, Copy, Default)]
pub struct CompletionSources<'a> {
    /// Names of images.
    pub images: &'a [String],
    /// Paths of the context that begin with the given text, directories with a slash at the end.
    pub paths: Option<&'a PathsBelow<'a>>,
    /// The build arguments given.
    pub build_args: Option<&'a BTreeMap<String, String>>,
}

/// Lists the paths of the context that begin with a text.
pub type PathsBelow<'a> = dyn Fn(&str) -> Vec<String> + 'a;

/// What could stand at `offset`, best first.
pub fn complete(parse: &Parse, offset: usize, sources: &CompletionSources) -> Vec<Completion> {
    let text = &parse.text;
    if !text.is_char_boundary(offset) {
        return Vec::new();
    }
    let line_start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let line = &text[line_start..offset];
    if line.trim_start().starts_with('#') {
        return directive(parse, line, line_start, offset);
    }
    // Behind the last line of an instruction the cursor belongs to it only on that line.
    let index = instruction_at(parse, offset).or_else(|| above(parse, offset));
    let start = index.map_or(line_start, |index| parse.instructions[index].span().start);
    let heredocs = index.map(|index| parse.instructions[index].heredocs()).unwrap_or_default();
    if heredocs.iter().any(|heredoc| {
        heredoc.body.start <= offset && offset <= heredoc.body.end && !heredoc.body.is_empty()
    }) {
        return Vec::new();
    }
    let before = &text[start..offset];
    let word_start = offset
        - before
            .chars()
            .rev()
            .take_while(|c| !c.is_whitespace())
            .map(char::len_utf8)
            .sum::<usize>();
    let asked = Asked {
        parse,
        index,
        sources,
        word: &text[word_start..offset],
        span: Span::new(word_start, offset),
    };
    let words: Vec<&str> = text[start..word_start]
        .split_whitespace()
        .filter(|word| !is_escape(word, parse.escape))
        .collect();
    asked.complete(&words)
}

fn is_escape(word: &str, escape: char) -> bool {
    word.strip_prefix(escape) == Some("")
}

/// The instruction whose last line the cursor stands at the end of, blanks between.
fn above(parse: &Parse, offset: usize) -> Option<usize> {
    let after =
        parse.instructions.partition_point(|instruction| instruction.span().start <= offset);
    let index = after.checked_sub(1)?;
    let gap = parse.text.get(parse.instructions[index].span().end..offset)?;
    (!gap.contains('\n')).then_some(index)
}

struct Asked<'a> {
    parse: &'a Parse,
    index: Option<usize>,
    sources: &'a CompletionSources<'a>,
    /// The word so far.
    word: &'a str,
    span: Span,
}

impl Asked<'_> {
    fn complete(&self, words: &[&str]) -> Vec<Completion> {
        // What is asked about is the instruction behind ONBUILD.
        let triggers = words.iter().take_while(|word| word.eq_ignore_ascii_case("onbuild")).count();
        let Some((keyword, rest)) = words[triggers..].split_first() else {
            return self.instructions();
        };
        let name = keyword.to_uppercase();
        if let Some(at) = self.word.rfind('$').filter(|at| !self.word[*at..].contains('}')) {
            return self.variables(at);
        }
        if self.word.starts_with("--") && rest.iter().all(|word| word.starts_with("--")) {
            return self.flags(&name);
        }
        let operands = rest.iter().filter(|word| !word.starts_with("--")).count();
        match (name.as_str(), operands) {
            ("FROM", 0) => self.bases(),
            ("FROM", 1) => {
                self.list(CompletionKind::Keyword, [("AS".to_owned(), "name the stage".to_owned())])
            }
            ("HEALTHCHECK", 0) => {
                let words = [
                    ("CMD", "the command that checks"),
                    ("NONE", "no check, whatever the base image says"),
                ];
                self.list(
                    CompletionKind::Keyword,
                    words.map(|(word, detail)| (word.to_owned(), detail.to_owned())),
                )
            }
            ("COPY", _) if rest.iter().any(|word| word.starts_with("--from=")) => Vec::new(),
            ("COPY" | "ADD", _) => self.paths(),
            _ => Vec::new(),
        }
    }

    /// Those of `items` that go on from the word, with what they mean.
    fn list(
        &self,
        kind: CompletionKind,
        items: impl IntoIterator<Item = (String, String)>,
    ) -> Vec<Completion> {
        self.list_from(kind, self.word, self.span, items)
    }

    fn list_from(
        &self,
        kind: CompletionKind,
        typed: &str,
        replace: Span,
        items: impl IntoIterator<Item = (String, String)>,
    ) -> Vec<Completion> {
        let typed = typed.to_lowercase();
        let fits = |(label, _): &(String, String)| label.to_lowercase().starts_with(&typed);
        let completion = |(label, detail): (String, String)| Completion {
            kind,
            insert: label.clone(),
            label,
            detail,
            replace,
        };
        items.into_iter().filter(fits).map(completion).collect()
    }

    fn instructions(&self) -> Vec<Completion> {
        let lower = !self.word.is_empty() && self.word == self.word.to_lowercase() && {
            let keywords = self
                .parse
                .instructions
                .iter()
                .map(|instruction| instruction.node.keyword.text.as_str());
            keywords
                .filter(|keyword| *keyword != self.word)
                .all(|keyword| keyword == keyword.to_lowercase())
        };
        let help = |name: &&str| {
            instruction_help(name).map(|help| help.text.to_owned()).unwrap_or_default()
        };
        let named = |name: &&str| {
            (if lower { name.to_lowercase() } else { (*name).to_owned() }, help(name))
        };
        self.list(CompletionKind::Keyword, INSTRUCTIONS.iter().map(named))
    }

    fn variables(&self, at: usize) -> Vec<Completion> {
        let typed = self.word[at + 1..].trim_start_matches('{');
        // Behind a modifier stands text, not a name.
        if typed.contains(|c: char| !is_name_char(c)) {
            return Vec::new();
        }
        let start = self.span.start + at;
        let build_args = self.sources.build_args.cloned().unwrap_or_else(super::no_args);
        let index = self.index.unwrap_or(self.parse.instructions.len());
        let known = variables_at(self.parse, index, &build_args);
        let braced = self.word[at + 1..].starts_with('{');
        let mut items: Vec<(String, String)> = known
            .into_iter()
            .map(|variable| (variable.name, variable.value.unwrap_or_default()))
            .collect();
        items.sort();
        let mut found =
            self.list_from(CompletionKind::Variable, typed, Span::new(start, self.span.end), items);
        for completion in &mut found {
            completion.insert = if braced {
                format!("${{{}}}", completion.label)
            } else {
                format!("${}", completion.label)
            };
        }
        found
    }

    fn flags(&self, name: &str) -> Vec<Completion> {
        let Some((flag, value)) = self.word[2..].split_once('=') else {
            let items = flags_of(name).iter().map(|(flag, kind)| {
                let equals = if *kind == FlagKind::Bool { "" } else { "=" };
                let detail =
                    flag_help(name, flag).map(|help| help.text.to_owned()).unwrap_or_default();
                (format!("--{flag}{equals}"), detail)
            });
            return self.list(CompletionKind::Flag, items);
        };
        // A mount is a list: its last entry is what is being written.
        let entry =
            if flag == "mount" { value.rsplit(',').next().unwrap_or_default() } else { value };
        let span = Span::new(self.span.end - entry.len(), self.span.end);
        let words = |words: &[&str]| -> Vec<(String, String)> {
            words.iter().map(|word| ((*word).to_owned(), String::new())).collect()
        };
        match (name, flag) {
            ("COPY", "from") => {
                self.list_from(CompletionKind::Stage, entry, span, self.stages_above())
            }
            ("FROM", "platform") => {
                let platforms = ["$BUILDPLATFORM", "linux/amd64", "linux/arm64"];
                self.list_from(CompletionKind::Value, entry, span, words(&platforms))
            }
            ("RUN", "network") => self.list_from(
                CompletionKind::Value,
                entry,
                span,
                words(&["default", "none", "host"]),
            ),
            ("RUN", "security") => {
                self.list_from(CompletionKind::Value, entry, span, words(&["sandbox", "insecure"]))
            }
            ("RUN", "mount") => match entry.split_once('=') {
                Some(("type", typed)) => {
                    let span = Span::new(self.span.end - typed.len(), self.span.end);
                    self.list_from(
                        CompletionKind::Value,
                        typed,
                        span,
                        words(&MOUNT_KINDS.map(|kind| kind.name())),
                    )
                }
                Some(("from", typed)) => {
                    let span = Span::new(self.span.end - typed.len(), self.span.end);
                    self.list_from(CompletionKind::Stage, typed, span, self.stages_above())
                }
                Some(("sharing", typed)) => {
                    let span = Span::new(self.span.end - typed.len(), self.span.end);
                    self.list_from(
                        CompletionKind::Value,
                        typed,
                        span,
                        words(&["shared", "private", "locked"]),
                    )
                }
                Some(_) => Vec::new(),
                None => {
                    let keys = MOUNT_KEYS.iter().map(|key| (format!("{key}="), String::new()));
                    self.list_from(CompletionKind::Value, entry, span, keys)
                }
            },
            _ => Vec::new(),
        }
    }

    /// The stages before the one the cursor is in, with their bases.
    fn stages_above(&self) -> Vec<(String, String)> {
        let above =
            self.parse.stages.iter().filter(|stage| stage.from < self.index.unwrap_or(usize::MAX));
        let own =
            self.parse.stages.iter().rfind(|stage| stage.from <= self.index.unwrap_or(usize::MAX));
        let is_own = |index: usize| own.is_some_and(|own| own.index == index);
        let named = above
            .filter(|stage| !is_own(stage.index))
            .filter_map(|stage| Some((stage.name.clone()?, format!("from {}", stage.base))));
        named.collect()
    }

    fn bases(&self) -> Vec<Completion> {
        let above =
            self.parse.stages.iter().filter(|stage| stage.from < self.index.unwrap_or(usize::MAX));
        let stages = above.filter_map(|stage| {
            Some((stage.name.clone()?, format!("the stage from {}", stage.base)))
        });
        let mut found = self.list(CompletionKind::Stage, stages);
        let images = self.sources.images.iter().map(|image| (image.clone(), String::new()));
        let scratch = ("scratch".to_owned(), "nothing at all".to_owned());
        found.extend(self.list(CompletionKind::Image, images.chain([scratch])));
        found
    }

    fn paths(&self) -> Vec<Completion> {
        let Some(paths) = self.sources.paths else { return Vec::new() };
        let typed = self.word.trim_start_matches(['[', '"']);
        let span = Span::new(self.span.end - typed.len(), self.span.end);
        let dotted = typed.strip_prefix("./").unwrap_or(typed);
        let prefix = &typed[..typed.len() - dotted.len()];
        let found =
            paths(dotted).into_iter().map(|path| (format!("{prefix}{path}"), String::new()));
        self.list_from(CompletionKind::Path, typed, span, found)
    }
}

/// Parser directives, which stand at the top only, and checks to skip, which may stand above any instruction.
fn directive(parse: &Parse, line: &str, line_start: usize, offset: usize) -> Vec<Completion> {
    let body = line.trim_start().trim_start_matches('#').trim_start();
    let asked = Asked {
        parse,
        index: None,
        sources: &CompletionSources { images: &[], paths: None, build_args: None },
        word: body,
        span: Span::new(offset - body.len(), offset),
    };
    let own = |items: &[(&str, &str)]| {
        items
            .iter()
            .map(|(label, detail)| ((*label).to_owned(), (*detail).to_owned()))
            .collect::<Vec<_>>()
    };
    if let Some((_, names)) = body.split_once("skip=").filter(|_| body.starts_with("check=")) {
        let typed = names.rsplit(',').next().unwrap_or_default();
        let rules = RULES.iter().map(|rule| (rule.name.to_owned(), rule.description.to_owned()));
        let all = [("all".to_owned(), "every rule".to_owned())];
        return asked.list_from(
            CompletionKind::Value,
            typed,
            Span::new(offset - typed.len(), offset),
            all.into_iter().chain(rules),
        );
    }
    let is_top = parse.items.iter().take_while(|item| item.span.start < line_start).all(|item| {
        matches!(item.kind, crate::syntax::ItemKind::Directive(_) | crate::syntax::ItemKind::Bom)
    });
    let check = ("check=skip=", "leave out build checks");
    match is_top {
        true => asked.list(
            CompletionKind::Keyword,
            own(&[
                ("syntax=docker/dockerfile:1", "the front end"),
                ("escape=`", "the escape character"),
                check,
            ]),
        ),
        false => asked.list(CompletionKind::Keyword, own(&[check])),
    }
}
