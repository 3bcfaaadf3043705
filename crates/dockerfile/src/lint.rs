//! Build checks: BuildKit's own, with its messages, and ways to put right what they find.
//!
//! ```
//! use dockerfile::lint::{LintOptions, lint};
//! let parse = dockerfile::parse("FROM scratch as a\n");
//! let report = lint(&parse, &LintOptions::default());
//! assert_eq!(report.findings[0].rule.name, "FromAsCasing");
//! assert_eq!(report.findings[0].fix.as_ref().unwrap().apply(&parse.text), "FROM scratch AS a\n");
//! ```

pub mod rules;

mod bases;
mod config;
mod fix;
mod layerlab;
#[cfg(test)]
mod layerlab_tests;
mod script;
mod source;
mod stages;
mod step;
mod transfer;
mod variables;

use std::collections::{BTreeMap, BTreeSet, HashMap};

pub use self::config::CheckConfig;
pub use self::layerlab::{LAYERLAB_RULES, lint_layerlab};
pub use self::rules::{RULES, Rule};
use crate::diagnostic::{Diagnostic, Pass};
use crate::directive::find_directive;
use crate::expand::EnvList;
use crate::ignore::Ignore;
use crate::instruction::Instruction;
use crate::parse::Parse;
use crate::platform::Platform;
use crate::span::{Lines, Span};

/// What a check found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// The message about this place.
    pub detail: String,
    /// What to underline.
    pub span: Span,
    /// The lines BuildKit points at.
    pub lines: Lines,
    /// How to put it right, where that can be done without asking.
    pub fix: Option<Fix>,
}

impl Finding {
    /// The finding on one line, as `docker build` prints it: `Rule: detail (line N)`.
    pub fn summary(&self) -> String {
        format!("{}: {} (line {})", self.rule.name, self.detail, self.lines.start)
    }
}

/// A change that puts right what a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What the change does, such as `write AS in upper case`.
    pub title: String,
    /// The replacements, in order and apart from each other.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// The text with the change made.
    pub fn apply(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for edit in &self.edits {
            out.push_str(Span::new(at, edit.span.start).of(text));
            out.push_str(&edit.text);
            at = edit.span.end;
        }
        out.push_str(Span::new(at, text.len()).of(text));
        out
    }
}

/// A replacement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// What stands there instead.
    pub text: String,
}

/// What is known about a base image.
#[derive(Clone, Debug, Default)]
pub struct BaseImage {
    /// Its environment.
    pub env: EnvList,
    /// True where its config has a shell of its own.
    pub has_shell: bool,
    /// Its platform; `None` where not known.
    pub platform: Option<Platform>,
    /// Its `ONBUILD` instructions.
    pub onbuild: Vec<String>,
}

/// Looks up a base image by its name in `FROM`, variables expanded.
pub type FindBase<'a> = dyn Fn(&str) -> Option<BaseImage> + 'a;

/// What the checks look at besides the file.
#[derive(Clone, Copy, Default)]
pub struct LintOptions<'a> {
    /// The build arguments given.
    pub build_args: Option<&'a BTreeMap<String, String>>,
    /// The stage to build; the last where `None`.
    pub target: Option<&'a str>,
    /// Looks at stages the target does not need as well, as `docker build --check` does.
    pub all_stages: bool,
    /// The patterns of `.dockerignore`.
    pub ignore: Option<&'a Ignore>,
    /// True where the context is known to have no `.dockerignore`.
    pub no_ignore_file: bool,
    /// Looks up base images. Without it, they are taken to have a `PATH` and nothing else.
    pub base_image: Option<&'a FindBase<'a>>,
    /// Goes on after an error, for an editor. Without it, the checks stop where BuildKit stops.
    pub keep_going: bool,
}

/// What the checks say.
#[derive(Clone, Debug, Default)]
pub struct LintReport {
    /// What was found, in the order in which BuildKit comes to it.
    pub findings: Vec<Finding>,
    /// The error that the checks ended with, or that findings were made into with `error=true`.
    pub error: Option<Diagnostic>,
    /// With [`LintOptions::keep_going`], the errors of the [`Pass::Stages`] that would have ended the checks.
    pub passed_over: Vec<Diagnostic>,
}

/// Runs BuildKit's checks.
pub fn lint(parse: &Parse, options: &LintOptions) -> LintReport {
    let mut linter = match Linter::new(parse, options) {
        Ok(linter) => linter,
        Err(error) => return LintReport { error: Some(error), ..LintReport::default() },
    };
    let outcome = linter.run();
    linter.finish(outcome.err())
}

/// Names that are compared to find suggestions, in one file. BuildKit sets no limit.
const MAX_COMPARISONS: usize = 200_000;

/// An error that ends the checks.
type Checked<T> = Result<T, Box<Diagnostic>>;

struct Linter<'a> {
    parse: &'a Parse,
    options: &'a LintOptions<'a>,
    config: CheckConfig,
    /// The configuration in the comments above an instruction, by where the instruction begins.
    comment_config: Option<(usize, CheckConfig)>,
    /// Where the variables of an instruction stand, by where the instruction begins.
    variable_places: Option<(usize, HashMap<&'a str, Span>)>,
    /// What expanding variables has cost so far, in bytes.
    cost: usize,
    /// True once it was said that this is too much.
    is_spent_told: bool,
    /// How many names may still be compared with an unknown one.
    comparisons_left: usize,
    findings: Vec<Finding>,
    passed_over: Vec<Diagnostic>,
}

impl<'a> Linter<'a> {
    fn new(parse: &'a Parse, options: &'a LintOptions<'a>) -> Result<Self, Diagnostic> {
        let given = options.build_args.and_then(|args| args.get("BUILDKIT_DOCKERFILE_CHECK"));
        let directive = find_directive("check", &parse.text);
        let value = match (given, &directive) {
            (Some(value), _) => value.as_str(),
            (None, Some(directive)) => directive.reference.as_str(),
            (None, None) => "",
        };
        match CheckConfig::parse(value) {
            Ok(config) => Ok(Linter {
                parse,
                options,
                config,
                comment_config: None,
                variable_places: None,
                cost: 0,
                is_spent_told: false,
                comparisons_left: MAX_COMPARISONS,
                findings: Vec::new(),
                passed_over: Vec::new(),
            }),
            Err(cause) => Err(Diagnostic {
                pass: Pass::Parser,
                span: directive.map_or(Span::default(), |directive| directive.span),
                // BuildKit has no place to point at.
                lines: None,
                cause: format!("failed to parse check options: {cause}"),
                prefix_line: None,
            }),
        }
    }

    fn run(&mut self) -> Checked<()> {
        let first = self.parse.first_error().cloned();
        if !self.options.keep_going
            && let Some(error) = first.clone().filter(|error| error.pass == Pass::Parser)
        {
            return Err(Box::new(error));
        }
        self.empty_continuations();
        let stop_at = match &first {
            Some(error) if error.pass == Pass::Instructions && !self.options.keep_going => {
                error.span.start
            }
            _ => usize::MAX,
        };
        self.each_instruction(stop_at);
        if let Some(error) = first.filter(|_| !self.options.keep_going) {
            return Err(Box::new(error));
        }
        self.stage_names();
        self.keyword_casing();
        self.stages()
    }

    /// Ends the checks, unless they are to go on.
    fn stop(&mut self, error: Diagnostic) -> Checked<()> {
        if !self.options.keep_going {
            return Err(Box::new(error));
        }
        self.passed_over.push(error);
        Ok(())
    }

    /// Ends the checks with an error about an instruction, unless they are to go on.
    fn error_at(&mut self, instruction: &Instruction, cause: impl Into<String>) -> Checked<()> {
        let (span, lines) = (instruction.span(), Some(instruction.lines()));
        let cause = cause.into();
        self.stop(Diagnostic { pass: Pass::Stages, span, lines, cause, prefix_line: None })
    }

    fn finish(self, error: Option<Box<Diagnostic>>) -> LintReport {
        let error = error.map(|error| *error).or_else(|| {
            let names: BTreeSet<&str> =
                self.findings.iter().map(|finding| finding.rule.name).collect();
            let names: Vec<&str> = names.into_iter().collect();
            let cause = format!("lint violation found for rules: {}", names.join(", "));
            let fails = self.config.error && !names.is_empty();
            fails.then_some(Diagnostic {
                pass: Pass::Stages,
                span: Span::default(),
                lines: None,
                cause,
                prefix_line: None,
            })
        });
        LintReport { findings: self.findings, error, passed_over: self.passed_over }
    }

    /// True where the rule runs at `instruction`.
    fn allows(&mut self, rule: &Rule, instruction: &Instruction) -> bool {
        let start = instruction.span().start;
        let (_, above) = match self.comment_config.take() {
            Some(known) if known.0 == start => self.comment_config.insert(known),
            _ => {
                let above = CheckConfig::of_comments(&instruction.node.comments);
                self.comment_config.insert((start, above))
            }
        };
        self.config.allows(rule, above)
    }

    /// Notes a finding about `instruction`, unless the rule is off there.
    fn report(
        &mut self,
        rule: &'static Rule,
        instruction: &Instruction,
        values: &[&str],
        span: Span,
        fix: Option<Fix>,
    ) {
        if self.allows(rule, instruction) {
            let (detail, lines) = (rule.message(values), instruction.lines());
            self.findings.push(Finding { rule, detail, span, lines, fix });
        }
    }
}
