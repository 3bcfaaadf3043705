//! Checks that look at how the file is written.

use std::collections::BTreeSet;

use super::fix::replace;
use super::{CheckConfig, Edit, Finding, Fix, Linter, rules};
use crate::instruction::{Instruction, Kind};
use crate::span::{Lines, Span};

impl Linter<'_> {
    pub(super) fn empty_continuations(&mut self) {
        let parse = self.parse;
        for warning in &parse.empty_continuations {
            let rule = &rules::NO_EMPTY_CONTINUATION;
            if !self.config.allows(rule, &CheckConfig::default()) {
                continue;
            }
            let edits = warning
                .spans
                .iter()
                .map(|span| Edit { span: whole_line(&parse.text, *span), text: String::new() });
            let fix = Fix { title: "remove the empty lines".to_owned(), edits: edits.collect() };
            let span = warning.spans.first().copied().unwrap_or_default();
            let lines = Lines::new(warning.line, warning.line);
            self.findings.push(Finding {
                rule,
                detail: rule.message(&[]),
                span,
                lines,
                fix: Some(fix),
            });
        }
    }

    /// What BuildKit checks while it reads instructions, for those before `stop_at`.
    pub(super) fn each_instruction(&mut self, stop_at: usize) {
        for instruction in &self.parse.instructions {
            // An instruction that is wrong is still checked up to the error.
            if instruction.span().start > stop_at {
                return;
            }
            match instruction.name().as_str() {
                "FROM" => self.from(instruction),
                "ARG" => {
                    if let Kind::Arg(defs) = &instruction.kind {
                        let keys: Vec<&str> = defs.iter().map(|def| def.key.as_str()).collect();
                        self.description(instruction, "ARG", &keys);
                    }
                }
                "MAINTAINER" => {
                    let author = instruction.node.args.first();
                    let label = author.map(|author| {
                        format!("LABEL org.opencontainers.image.authors={}", quoted(&author.text))
                    });
                    let fix =
                        label.and_then(|label| replace("use a label", instruction.span(), label));
                    self.report(
                        &rules::MAINTAINER_DEPRECATED,
                        instruction,
                        &[],
                        instruction.span(),
                        fix,
                    );
                }
                _ => {}
            }
        }
    }

    fn from(&mut self, instruction: &Instruction) {
        let node = &instruction.node;
        let keyword = node.keyword.text.as_str();
        if let [_, _, name] = node.args.as_slice()
            && name.text != name.text.to_lowercase()
        {
            let lower = name.text.to_lowercase();
            let fix = replace(format!("rename the stage to {lower}"), name.span, lower);
            self.report(&rules::STAGE_NAME_CASING, instruction, &[&name.text], name.span, fix);
        }
        if let [_, word, _, ..] = node.args.as_slice() {
            // A keyword in mixed case is what another rule is about.
            let wanted = match keyword {
                _ if keyword == keyword.to_lowercase() => word.text.to_lowercase(),
                _ if keyword == keyword.to_uppercase() => word.text.to_uppercase(),
                _ => word.text.clone(),
            };
            if wanted != word.text {
                let fix = replace(format!("write {wanted}"), word.span, wanted);
                self.report(
                    &rules::FROM_AS_CASING,
                    instruction,
                    &[&word.text, keyword],
                    word.span,
                    fix,
                );
            }
        }
        if let Kind::From(from) = &instruction.kind
            && let Some(name) = &from.name
        {
            self.description(instruction, "FROM", &[name]);
        }
    }

    /// The comment above should begin with one of `names`.
    fn description(&mut self, instruction: &Instruction, what: &str, names: &[&str]) {
        let Some(comment) = instruction.node.comments.last() else { return };
        let first = comment.split(' ').next().unwrap_or_default();
        let [example, rest @ ..] = names else { return };
        if !names.contains(&first) {
            let example = if rest.is_empty() { example } else { "<arg_key>" };
            let span = instruction.node.keyword.span;
            self.report(
                &rules::INVALID_DEFINITION_DESCRIPTION,
                instruction,
                &[what, example],
                span,
                None,
            );
        }
    }

    pub(super) fn stage_names(&mut self) {
        let parse = self.parse;
        let mut seen = BTreeSet::new();
        for stage in &parse.stages {
            let Some(name) = &stage.name else { continue };
            let from = parse.from_of(stage);
            let span = from.node.args.last().map_or(from.span(), |word| word.span);
            if matches!(name.as_str(), "context" | "scratch") {
                self.report(&rules::RESERVED_STAGE_NAME, from, &[name], span, None);
            }
            if !seen.insert(name) {
                self.report(&rules::DUPLICATE_STAGE_NAME, from, &[name], span, None);
            }
        }
    }

    /// All keywords of the stages should be in the case that most of them are in.
    pub(super) fn keyword_casing(&mut self) {
        let parse = self.parse;
        let first = parse.stages.first().map_or(parse.instructions.len(), |stage| stage.from);
        let instructions = &parse.instructions[first..];
        let (mut lower, mut upper) = (0, 0);
        for instruction in instructions {
            let keyword = &instruction.node.keyword.text;
            lower += usize::from(*keyword == keyword.to_lowercase());
            upper += usize::from(
                *keyword == keyword.to_uppercase() && *keyword != keyword.to_lowercase(),
            );
        }
        for instruction in instructions {
            let keyword = &instruction.node.keyword;
            let (wanted, case) = match lower > upper {
                true => (keyword.text.to_lowercase(), "lowercase"),
                false => (keyword.text.to_uppercase(), "uppercase"),
            };
            if keyword.text != wanted {
                let fix = replace(format!("write {wanted}"), keyword.span, wanted);
                let values = [keyword.text.as_str(), case];
                self.report(
                    &rules::CONSISTENT_INSTRUCTION_CASING,
                    instruction,
                    &values,
                    keyword.span,
                    fix,
                );
            }
        }
    }
}

/// The span with the line end behind it.
fn whole_line(text: &str, span: Span) -> Span {
    let end = text[span.end..].find('\n').map_or(text.len(), |at| span.end + at + 1);
    Span::new(span.start, end)
}

/// `text` in double quotes, as `LABEL` reads it.
fn quoted(text: &str) -> String {
    format!(
        "\"{}\"",
        text.trim_matches('"').replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$")
    )
}
