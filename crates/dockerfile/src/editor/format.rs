//! Formatting that never changes what a file means.

use crate::parse::{Parse, parse};
use crate::span::Span;
use crate::syntax::{ItemKind, Node};
use crate::tokens::TokenKind;

/// The text with keywords in upper case, no blanks before instructions or at line ends, single blanks between
/// keyword, flags and arguments, no empty lines in continuations and no more than one elsewhere.
///
/// What stands in arguments and heredocs is left alone: it may mean something to a shell. Where the outcome would
/// mean something else, the text is given back as it is.
pub fn format(text: &str) -> String {
    let before = parse(text);
    let mut outcome = formatted(&before);
    // What is left of a continuation at the end of a file may want formatting once more.
    for _ in 0..3 {
        let after = parse(&outcome);
        if !means_the_same(&before, &after) {
            break;
        }
        let again = formatted(&after);
        if again == outcome {
            return outcome;
        }
        outcome = again;
    }
    text.to_owned()
}

fn formatted(parse: &Parse) -> String {
    let mut out = String::with_capacity(parse.text.len());
    // The line end of the file: that of its first line.
    let newline = if parse.text.split_once('\n').is_some_and(|(line, _)| line.ends_with('\r')) {
        "\r\n"
    } else {
        "\n"
    };
    // A comment below an empty line must not move to the top, where it could be a directive.
    let first = parse.items.iter().find(|item| item.kind != ItemKind::Blank);
    let mut blank_above = first.is_none_or(|item| item.kind != ItemKind::Comment);
    let mut tokens = parse.tokens().into_iter().peekable();
    for item in &parse.items {
        let mut own = Vec::new();
        while let Some(token) = tokens.next_if(|token| token.span.start < item.span.end) {
            own.push(token);
        }
        match item.kind {
            ItemKind::Blank => {
                if !blank_above {
                    out.push_str(newline);
                }
                blank_above = true;
                continue;
            }
            ItemKind::Bom => out.push_str(item.span.of(&parse.text)),
            ItemKind::Comment | ItemKind::Directive(_) | ItemKind::Unread => {
                out.push_str(item.span.of(&parse.text).trim());
                out.push_str(newline);
            }
            ItemKind::Instruction(index) => {
                instruction(&mut out, parse, &parse.instructions[index].node, &own, newline);
            }
        }
        blank_above &= item.kind == ItemKind::Bom;
    }
    let end = out.trim_end_matches(['\r', '\n']).len();
    // A file that ends in a continuation keeps its last line as it is.
    if end > 0
        && out.len() > end + newline.len()
        && parse.instructions.last().is_none_or(|last| last.heredocs().is_empty())
    {
        out.truncate(end);
        out.push_str(newline);
    }
    out
}

/// Writes an instruction token by token.
fn instruction(
    out: &mut String,
    parse: &Parse,
    node: &Node,
    tokens: &[crate::tokens::Token],
    newline: &str,
) {
    let text = |span: Span| span.of(&parse.text);
    // In these, blanks only part words, wherever they stand; in others, only before the arguments.
    let name = node.name();
    let is_list =
        ["FROM", "EXPOSE", "COPY", "ADD", "VOLUME", "ARG", "ENV", "LABEL"].contains(&name.as_str());
    let arguments = node.args.first().or(node.sub.as_ref().map(|sub| &sub.keyword));
    let head_end = arguments.filter(|_| !is_list).map_or(usize::MAX, |word| word.span.start);
    let mut at_line_start = true;
    let mut first = true;
    let mut line_start = out.len();
    for (index, token) in tokens.iter().enumerate() {
        let next = tokens.get(index + 1).map(|next| next.kind);
        match token.kind {
            TokenKind::Whitespace => {
                let ends_line = matches!(next, None | Some(TokenKind::Newline));
                if (first && at_line_start) || ends_line {
                    continue;
                }
                // Within the head of an instruction, blanks only part words.
                let parts_words = !at_line_start
                    && token.span.end <= head_end
                    && next != Some(TokenKind::Continuation);
                out.push_str(if parts_words { " " } else { text(token.span) });
            }
            TokenKind::Newline => {
                let is_empty = out[line_start..].trim().is_empty();
                if is_empty && !first {
                    out.truncate(line_start);
                } else {
                    out.push_str(newline);
                }
                line_start = out.len();
                at_line_start = true;
                continue;
            }
            TokenKind::Keyword if token.span == node.keyword.span => {
                out.push_str(&text(token.span).to_uppercase())
            }
            TokenKind::Keyword if is_as(node, token.span) => {
                out.push_str(&text(token.span).to_uppercase())
            }
            TokenKind::Comment => out.push_str(text(token.span).trim_end()),
            _ => out.push_str(text(token.span)),
        }
        if token.kind != TokenKind::Whitespace {
            at_line_start = false;
            first = false;
        }
        if matches!(token.kind, TokenKind::HeredocBody) {
            line_start = out.len();
        }
    }
    if !out.ends_with('\n') {
        out.push_str(newline);
    }
}

fn is_as(node: &Node, span: Span) -> bool {
    node.keyword.text.eq_ignore_ascii_case("from")
        && node.args.get(1).is_some_and(|word| word.span == span)
}

/// True where both files have the same instructions, directives and comments above them.
fn means_the_same(one: &Parse, other: &Parse) -> bool {
    let facts = |parse: &Parse| -> Vec<String> {
        let instructions = parse.instructions.iter().map(|instruction| {
            // What is wrong cannot be compared by what it means.
            let dump = instruction.node.dump();
            format!(
                "{:?} {dump} {:?} {:?}",
                instruction.kind,
                instruction.node.comments,
                heredoc_texts(&instruction.node)
            )
        });
        let directives = parse
            .directives
            .iter()
            .map(|directive| format!("{} {}", directive.name, directive.value));
        let errors = parse.diagnostics.iter().map(|error| error.cause.clone());
        instructions.chain(directives).chain(errors).collect()
    };
    let as_upper = |fact: String| {
        fact.replace("\"as\"", "\"AS\"").replace("\"As\"", "\"AS\"").replace("\"aS\"", "\"AS\"")
    };
    facts(one).into_iter().map(as_upper).eq(facts(other).into_iter().map(as_upper))
}

fn heredoc_texts(node: &Node) -> Vec<&str> {
    node.heredocs.iter().map(|heredoc| heredoc.content.as_str()).collect()
}
