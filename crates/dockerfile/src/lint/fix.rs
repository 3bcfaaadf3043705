//! The changes that put findings right.

use super::{Edit, Fix};
use crate::span::Span;
use crate::syntax::{Node, Word};

/// A fix with one replacement.
pub(super) fn replace(
    title: impl Into<String>,
    span: Span,
    text: impl Into<String>,
) -> Option<Fix> {
    (!span.is_empty())
        .then(|| Fix { title: title.into(), edits: vec![Edit { span, text: text.into() }] })
}

/// Deletes an instruction's flag and the blanks behind it.
pub(super) fn remove_flag(text: &str, node: &Node, index: usize) -> Option<Fix> {
    let flag = node.flags.get(index)?;
    let rest = text.get(flag.span.end..)?;
    let end = flag.span.end + (rest.len() - rest.trim_start_matches([' ', '\t']).len());
    let title = format!("remove {}", flag.span.of(text));
    Some(Fix {
        title,
        edits: vec![Edit { span: Span::new(flag.span.start, end), text: String::new() }],
    })
}

/// A shell command as the words of the exec form; `None` where a shell is needed to run it.
pub(super) fn exec_form(command: &str) -> Option<String> {
    let needs_shell = |c: char| "|&;<>()$`\\\"'*?[]#~={}!%^\n".contains(c);
    let words: Vec<&str> = command.split_whitespace().collect();
    // These are words of the shell, not programs.
    let builtin = [
        "cd", "export", "exec", "source", ".", "set", "eval", "if", "for", "while", "case",
        "ulimit", "umask",
    ];
    if command.contains(needs_shell) || words.first().is_none_or(|first| builtin.contains(first)) {
        return None;
    }
    let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    Some(format!("[{}]", quoted.join(", ")))
}

/// `name value` as `name=value`, the value quoted where it has to be.
pub(super) fn key_value(key: &Word, value: &Word) -> Option<Fix> {
    // Quotes within the value have a meaning that changes with the form: `ENV a b "c"` keeps them apart.
    let plain = !value.text.contains(['"', '\'', '\\', '`', '\n']);
    let quoted = match value.text.contains(char::is_whitespace) {
        _ if !plain => return None,
        true => format!("\"{}\"", value.text),
        false => value.text.clone(),
    };
    let text = format!("{}={quoted}", key.text);
    replace(format!("write {text}"), Span::new(key.span.start, value.span.end), text)
}
