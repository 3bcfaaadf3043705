//! What the thing under the pointer is.

use std::collections::BTreeMap;

use super::instruction_at;
use super::manual::{flag_help, instruction_help};
use crate::instruction::Kind;
use crate::parse::Parse;
use crate::scope::{VariableKind, variable_name, variables_at};
use crate::span::Span;
use crate::syntax::Node;
use crate::tokens::variables;

/// A card about a place in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// What it is about.
    pub span: Span,
    /// What to read first: a usage, a value, a name.
    pub title: String,
    /// What there is to say.
    pub text: String,
}

/// What is at `offset`: an instruction, a flag, a variable with its value here, a stage.
pub fn hover(parse: &Parse, offset: usize, build_args: &BTreeMap<String, String>) -> Option<Hover> {
    let index = instruction_at(parse, offset)?;
    let instruction = &parse.instructions[index];
    let mut node = &instruction.node;
    variable(parse, index, offset, build_args).or_else(|| {
        loop {
            if let Some(card) = in_node(parse, node, offset) {
                return Some(card);
            }
            node = node.sub.as_deref()?;
        }
    })
}

fn in_node(parse: &Parse, node: &Node, offset: usize) -> Option<Hover> {
    if node.keyword.span.touches(offset) {
        let help = instruction_help(&node.keyword.text)?;
        return Some(Hover {
            span: node.keyword.span,
            title: help.usage.to_owned(),
            text: help.text.to_owned(),
        });
    }
    if let Some(flag) = node.flags.iter().find(|flag| flag.span.touches(offset)) {
        let body = flag.text.trim_start_matches('-');
        let (name, value) = body.split_once('=').unwrap_or((body, ""));
        let card = (name == "from").then(|| stage(parse, value, flag.span)).flatten();
        let help = || flag_help(&node.keyword.text, name);
        return card.or_else(|| {
            Some(Hover {
                span: flag.span,
                title: format!("--{name}"),
                text: help()?.text.to_owned(),
            })
        });
    }
    let is_base = node.keyword.text.eq_ignore_ascii_case("from");
    let base = node.args.first().filter(|word| is_base && word.span.touches(offset))?;
    let card = stage(parse, &base.text, base.span).filter(|_| base.text != "scratch");
    let text = match base.text.as_str() {
        "scratch" => "Nothing at all: a stage without any file.",
        _ => "An image from the registry.",
    };
    card.or_else(|| {
        Some(Hover { span: base.span, title: base.text.clone(), text: text.to_owned() })
    })
}

fn stage(parse: &Parse, name: &str, span: Span) -> Option<Hover> {
    let by_number = name.parse::<usize>().ok();
    let lower = name.to_lowercase();
    let found = parse
        .stages
        .iter()
        .find(|stage| stage.name.as_deref() == Some(&lower) || by_number == Some(stage.index))?;
    let line = parse.from_of(found).lines().start;
    let mut text =
        format!("Stage {} of this file, from {} on line {line}.", found.index, found.base);
    if !found.comment.is_empty() {
        text.push_str(&format!(" It {}.", found.comment.trim_end_matches('.')));
    }
    Some(Hover { span, title: name.to_owned(), text })
}

fn variable(
    parse: &Parse,
    index: usize,
    offset: usize,
    build_args: &BTreeMap<String, String>,
) -> Option<Hover> {
    let instruction = &parse.instructions[index];
    let source = instruction.span().of(&parse.text);
    let start = instruction.span().start;
    let found = variables(source, parse.escape)
        .into_iter()
        .map(|span| Span::new(start + span.start, start + span.end));
    let span = found.into_iter().find(|span| span.touches(offset))?;
    let (name, _) = variable_name(span.of(&parse.text));
    let known = variables_at(parse, index, build_args);
    let variable = known.iter().find(|variable| variable.name == name);
    // A shell has variables of its own.
    let for_shell = matches!(
        instruction.kind,
        Kind::Run(_) | Kind::Cmd(_) | Kind::Entrypoint(_) | Kind::Healthcheck(_)
    );
    let Some(variable) = variable else {
        let text = match for_shell {
            true => "Not set by this file: the shell looks it up when the command runs.",
            false => "Not set here: it expands to nothing, unless the base image sets it.",
        };
        return (!name.is_empty()).then(|| Hover {
            span,
            title: format!("${name}"),
            text: text.to_owned(),
        });
    };
    let title = match &variable.value {
        Some(value) => format!("{name}={value}"),
        None => format!("{name} has no value unless a build argument gives it one"),
    };
    let place =
        variable.declared_by.and_then(|at| parse.instructions.get(at)).map(|by| by.lines().start);
    let text = match (variable.kind, place) {
        (VariableKind::Predefined, _) => "Given by the builder.".to_owned(),
        (VariableKind::Env, Some(line)) => {
            format!("Set by ENV on line {line}; containers see it too.")
        }
        (VariableKind::Arg, Some(line)) => {
            format!("Declared by ARG on line {line}; it exists only during the build.")
        }
        (_, None) => "Set by this file.".to_owned(),
    };
    Some(Hover { span, title, text })
}
