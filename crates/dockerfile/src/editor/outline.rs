//! Folding and the list of stages.

use crate::instruction::Kind;
use crate::parse::Parse;
use crate::span::{LineIndex, Span};
use crate::syntax::ItemKind;

/// What can be folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoldKind {
    /// A stage.
    Stage,
    /// An instruction of several lines.
    Instruction,
    /// Several comment lines.
    Comment,
}

/// Lines that can be folded into the first of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Folding {
    /// What it is.
    pub kind: FoldKind,
    /// The line that stays, counted from 1.
    pub start: usize,
    /// The last line that is folded away.
    pub end: usize,
}

/// What can be folded, outer before inner.
pub fn folding(parse: &Parse) -> Vec<Folding> {
    let index = LineIndex::new(&parse.text);
    let mut found = Vec::new();
    for stage in &parse.stages {
        let last = parse.body(stage).last().unwrap_or(parse.from_of(stage));
        found.push(Folding {
            kind: FoldKind::Stage,
            start: parse.from_of(stage).lines().start,
            end: last_line(&index, last.span()),
        });
    }
    for instruction in &parse.instructions {
        let (start, end) = (instruction.lines().start, last_line(&index, instruction.span()));
        found.push(Folding { kind: FoldKind::Instruction, start, end });
    }
    let mut comments: Option<Folding> = None;
    for item in &parse.items {
        let line = index.line(item.span.start);
        match (item.kind, &mut comments) {
            (ItemKind::Comment, Some(run)) => run.end = line,
            (ItemKind::Comment, None) => {
                comments = Some(Folding { kind: FoldKind::Comment, start: line, end: line })
            }
            _ => found.extend(comments.take()),
        }
    }
    found.extend(comments);
    found.retain(|fold| fold.start < fold.end);
    found.sort_by_key(|fold| (fold.start, std::cmp::Reverse(fold.end)));
    found
}

fn last_line(index: &LineIndex, span: Span) -> usize {
    index.line(span.end.saturating_sub(1).max(span.start))
}

/// A stage or an instruction, for an outline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// The stage's name, or the instruction's keyword.
    pub name: String,
    /// The stage's base, or the start of the instruction's arguments.
    pub detail: String,
    /// All of it.
    pub span: Span,
    /// What to select.
    pub name_span: Span,
    /// The instructions of a stage.
    pub children: Vec<Symbol>,
}

/// The stages and their instructions, and before them the arguments of the whole file.
pub fn symbols(parse: &Parse) -> Vec<Symbol> {
    let first = parse.stages.first().map_or(parse.instructions.len(), |stage| stage.from);
    let mut found: Vec<Symbol> =
        parse.instructions[..first].iter().map(instruction_symbol).collect();
    for stage in &parse.stages {
        let from = parse.from_of(stage);
        let children: Vec<Symbol> = parse.body(stage).iter().map(instruction_symbol).collect();
        let end = children.last().map_or(from.span().end, |last| last.span.end);
        let named = stage.name.is_some().then(|| from.node.args.last()).flatten();
        found.push(Symbol {
            name: stage.name.clone().unwrap_or_else(|| format!("stage-{}", stage.index)),
            detail: stage.base.clone(),
            span: Span::new(from.span().start, end),
            name_span: named.map_or(from.node.keyword.span, |word| word.span),
            children,
        });
    }
    found
}

fn instruction_symbol(instruction: &crate::instruction::Instruction) -> Symbol {
    let text = instruction.text();
    let rest = text.get(instruction.node.keyword.text.len()..).unwrap_or_default().trim();
    let detail: String = match &instruction.kind {
        Kind::Healthcheck(check) => check.test.join(" "),
        _ => rest.split_whitespace().collect::<Vec<_>>().join(" "),
    };
    let detail = match detail.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &detail[..at]),
        None => detail,
    };
    let name_span = instruction.node.keyword.span;
    Symbol {
        name: instruction.name(),
        detail,
        span: instruction.span(),
        name_span,
        children: Vec::new(),
    }
}
