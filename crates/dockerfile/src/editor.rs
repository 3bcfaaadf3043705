//! What an editor asks for, as plain functions on a parsed file and a place in it.
//!
//! Places are byte offsets into [`Parse::text`](crate::Parse::text).

mod complete;
mod format;
mod hover;
mod manual;
mod outline;

use std::collections::BTreeMap;

pub use self::complete::{Completion, CompletionKind, CompletionSources, complete};
pub use self::format::format;
pub use self::hover::{Hover, hover};
pub use self::manual::{FlagHelp, InstructionHelp, flag_help, instruction_help};
pub use self::outline::{FoldKind, Folding, Symbol, folding, symbols};

use crate::lint::{Finding, Fix, LintOptions, lint, lint_layerlab};
use crate::parse::Parse;
use crate::span::{Lines, Span};

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The build fails.
    Error,
    /// BuildKit warns about it.
    Warning,
    /// It could be better.
    Hint,
}

/// A problem to show in the text.
#[derive(Clone, Debug)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// What to underline.
    pub span: Span,
    /// The lines it is about, where there are any.
    pub lines: Option<Lines>,
    /// What is wrong.
    pub message: String,
    /// Why it matters, where the rule says so.
    pub reason: Option<&'static str>,
    /// The rule's name; `None` for errors.
    pub rule: Option<&'static str>,
    /// The page that explains the rule.
    pub url: Option<&'static str>,
    /// How to put it right.
    pub fix: Option<Fix>,
}

impl Problem {
    fn of_finding(finding: Finding, severity: Severity) -> Problem {
        Problem {
            severity,
            span: finding.span,
            lines: Some(finding.lines),
            message: finding.detail,
            reason: Some(finding.rule.description),
            rule: Some(finding.rule.name),
            url: finding.rule.url,
            fix: finding.fix,
        }
    }
}

/// Every problem of the file, by place. Errors of the file do not hide what the checks find.
pub fn problems(parse: &Parse, options: &LintOptions) -> Vec<Problem> {
    let mut problems = Vec::new();
    let options = LintOptions { keep_going: true, all_stages: true, ..*options };
    let report = lint(parse, &options);
    let errors = parse.diagnostics.iter().cloned().chain(parse.foreign_syntax());
    for error in errors.chain(report.passed_over) {
        problems.push(Problem {
            severity: Severity::Error,
            span: error.span,
            lines: error.lines,
            message: error.cause,
            reason: None,
            rule: None,
            url: None,
            fix: None,
        });
    }
    problems.extend(
        report.findings.into_iter().map(|finding| Problem::of_finding(finding, Severity::Warning)),
    );
    let hints = lint_layerlab(parse, &options);
    problems.extend(hints.into_iter().map(|finding| Problem::of_finding(finding, Severity::Hint)));
    problems.sort_by_key(|problem| (problem.span.start, problem.severity));
    problems
}

/// The fixes for what is wrong within `span`, which is a selection or the place of the cursor.
pub fn code_actions(problems: &[Problem], span: Span) -> Vec<&Fix> {
    let meets =
        |problem: &&Problem| problem.span.start <= span.end && span.start <= problem.span.end;
    problems.iter().filter(meets).filter_map(|problem| problem.fix.as_ref()).collect()
}

/// The instruction at `offset`, by its place in [`Parse::instructions`](crate::Parse::instructions).
pub fn instruction_at(parse: &Parse, offset: usize) -> Option<usize> {
    let after =
        parse.instructions.partition_point(|instruction| instruction.span().start <= offset);
    after.checked_sub(1).filter(|index| parse.instructions[*index].span().touches(offset))
}

/// No build arguments.
pub(crate) fn no_args() -> BTreeMap<String, String> {
    BTreeMap::new()
}

#[cfg(test)]
mod tests;
