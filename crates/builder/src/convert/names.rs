//! Names of vertices, as the progress shows them.

use dockerfile::{Environment, Lexer};

use super::stages::Stage;

/// `[stage i/n] TEXT`; nothing before it where nothing is counted (`prefixCommand`).
pub(super) fn prefix(stage: &mut Stage, text: &str) -> String {
    if stage.cmd_total == 0 {
        return text.to_owned();
    }
    stage.cmd_index += 1;
    let total = stage.cmd_total.to_string();
    let name = if stage.name.is_empty() { String::new() } else { format!("{} ", stage.name) };
    let on_build = if stage.cmd_is_on_build { "ONBUILD " } else { "" };
    format!("[{name}{:>width$}/{total}] {on_build}{text}", stage.cmd_index, width = total.len())
}

/// The instruction with its variables expanded and its keyword in upper case; as written where it
/// cannot be expanded (`processCmdEnv`, `uppercaseCmd`).
pub(super) fn shown(lexer: &Lexer, text: &str, env: &dyn Environment) -> String {
    let text = lexer.word(text, &env).unwrap_or_else(|_| text.to_owned());
    match text.split_once(' ') {
        Some((keyword, rest)) => format!("{} {rest}", keyword.to_uppercase()),
        None => text.to_uppercase(),
    }
}

/// The first line of a here-document (`summarizeHeredoc`).
pub(super) fn summary(document: &str) -> String {
    let document = document.trim().replace("\r\n", "\n");
    match document.split_once('\n') {
        Some((first, _)) => format!("{first}..."),
        None => document,
    }
}
