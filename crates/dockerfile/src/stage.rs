//! Build stages: what stands from one `FROM` to the next.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Pass};
use crate::instruction::Kind;
use crate::parse::Parse;
use crate::span::Span;

/// A build stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Its number, counted from 0.
    pub index: usize,
    /// Its name in lower case; `None` where it has none.
    pub name: Option<String>,
    /// The image or earlier stage it starts from, as written, variables unexpanded.
    pub base: String,
    /// The value of `--platform`, variables unexpanded.
    pub platform: Option<String>,
    /// The description in the comment above: the text behind the stage's name.
    pub comment: String,
    /// The `FROM` instruction, by its place in [`Parse::instructions`].
    pub from: usize,
    /// The instructions after it, by their places in [`Parse::instructions`].
    pub body: Range<usize>,
}

/// Finds the stages, and the errors that are about the file as a whole.
pub(crate) fn assemble(parse: &mut Parse) {
    let mut stages: Vec<Stage> = Vec::new();
    // Below an instruction that is wrong, it may have been the FROM: nothing can be said about what follows.
    let mut stage_unknown = false;
    let mut homeless = Vec::new();
    for (index, instruction) in parse.instructions.iter().enumerate() {
        match &instruction.kind {
            Kind::From(from) => stages.push(Stage {
                index: stages.len(),
                name: from.name.clone(),
                base: from.base.clone(),
                platform: from.platform.clone(),
                comment: from
                    .name
                    .as_deref()
                    .map(|name| instruction.described(name))
                    .unwrap_or_default(),
                from: index,
                body: index + 1..index + 1,
            }),
            kind => {
                stage_unknown |= matches!(kind, Kind::Invalid);
                match stages.last_mut() {
                    Some(stage) => stage.body.end = index + 1,
                    None if stage_unknown || matches!(kind, Kind::Arg(_) | Kind::Invalid) => {}
                    None => homeless.push(index),
                }
            }
        }
    }
    if !homeless.is_empty() {
        parse.diagnostics.extend(homeless.into_iter().map(|index| {
            let node = &parse.instructions[index].node;
            Diagnostic {
                pass: Pass::Instructions,
                span: node.keyword.span,
                lines: node.lines,
                cause: "no build stage in current context".to_owned(),
                prefix_line: None,
            }
        }));
        // They belong before the errors of the instructions that follow.
        parse.diagnostics.sort_by_key(|error| match error.pass {
            Pass::Instructions => (error.pass, error.span.start),
            pass => (pass, 0),
        });
    }
    if stages.is_empty() && parse.diagnostics.is_empty() {
        let end = parse.text.len();
        parse.diagnostics.push(Diagnostic {
            pass: Pass::Stages,
            span: Span::new(end, end),
            lines: None,
            cause: "dockerfile contains no stages to build".to_owned(),
            prefix_line: None,
        });
    }
    parse.stages = stages;
}
