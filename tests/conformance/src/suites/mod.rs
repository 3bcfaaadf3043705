//! The suites, and what checks each.

mod build_errors;
mod chain_id;
mod console;
mod content_hash;
mod dockerignore;
mod frontend;
mod instructions;
#[cfg(feature = "programs")]
mod integration;
mod layer_changes;
mod lint;
mod parser;
mod shell;
mod source_excerpt;

use crate::case::{Case, Outcome};

/// Runs one case.
pub type Check = fn(&Case) -> Outcome;

const SUITES: &[(&str, Check)] = &[
    ("build_error_lines", build_errors::lines),
    ("chain_id", chain_id::check),
    ("cli_format_golden", console::format_golden),
    ("cli_units", console::units),
    ("content_hash", content_hash::check),
    ("dockerignore_match", dockerignore::matches),
    ("dockerignore_units", dockerignore::units),
    ("expose_ports", instructions::expose_ports),
    ("frontend_config", frontend::config),
    ("frontend_golden", frontend::golden),
    ("instruction_errors", instructions::errors),
    ("instruction_parse", instructions::parse),
    #[cfg(feature = "programs")]
    ("integration_cases", integration::check),
    ("layer_changes", layer_changes::check),
    ("lint_cases", lint::cases),
    ("lint_rules", lint::rules),
    ("parser_ast", parser::ast),
    ("parser_errors", parser::errors),
    ("parser_heredoc", parser::heredoc),
    ("parser_lines", parser::lines),
    ("parser_units", parser::units),
    ("source_excerpt", source_excerpt::check),
    ("progress_plain", console::progress_plain),
    ("shell_envvar", shell::expansion),
    ("shell_matches", shell::expansion),
    ("shell_units", shell::units),
    ("shell_words", shell::words),
];

/// What checks the suite `name`.
pub fn find(name: &str) -> Option<Check> {
    SUITES.iter().find(|(known, _)| *known == name).map(|(_, check)| *check)
}

/// The names of all suites.
pub fn names() -> Vec<&'static str> {
    SUITES.iter().map(|(name, _)| *name).collect()
}
