//! A script's text, one complete command after another.

use brush_parser::{ParseError, ParserOptions, Token, ast};

use super::diagnose;
use super::error::SyntaxError;
use super::ir::List;
use super::lexer::{Aliases, Dialect, Lexer};
use super::lower::Lower;
use super::scan::Scan;

type Result<T> = std::result::Result<T, SyntaxError>;

/// How deep compound commands may be nested: brush-parser recurses, and WebAssembly's stack is
/// small.
pub(super) const MAX_NESTING: usize = 64;

/// Reads a script: what can be parsed as a whole is, otherwise line by line, because a shell runs
/// the lines before the one it cannot read, and because an alias or `shopt -s extglob` changes how
/// the lines after it are read.
pub(crate) struct Reader<'a> {
    text: &'a str,
    pos: usize,
    line: u32,
    by_line: bool,
    /// Here-documents that the end of the text ended: (line, delimiter). bash warns of them.
    pub unfinished_here_docs: Vec<(u32, String)>,
}

impl<'a> Reader<'a> {
    pub fn new(text: &'a str, first_line: u32) -> Self {
        let by_line = text.contains("alias") || text.contains("extglob");
        Self { text, pos: 0, line: first_line, by_line, unfinished_here_docs: Vec::new() }
    }

    /// The next commands to run; none at the end.
    pub fn next(&mut self, dialect: Dialect, aliases: &Aliases) -> Result<Option<Vec<List>>> {
        let scan = Scan { text: self.text, first_line: self.line, dialect, depth: 0 };
        if !self.by_line {
            let mut lexer = Lexer::nested(&scan, self.pos).with_aliases(aliases);
            if let Ok(list) = everything(&mut lexer, dialect, self.line) {
                self.pos = self.text.len();
                self.unfinished_here_docs.append(&mut lexer.unfinished_here_docs);
                return Ok((!list.is_empty()).then_some(list));
            }
            self.by_line = true;
        }
        // The scanner counts lines from the text's first one.
        let rest = &self.text[self.pos..];
        let mut lexer = Lexer::new(rest, self.line, dialect).with_aliases(aliases);
        loop {
            let more = lexer.read_line()?;
            let list = match parse_tokens(&lexer.tokens, dialect) {
                Err(_) if lexer.tokens.is_empty() => Vec::new(),
                Ok(program) => lower(&program, dialect, self.line, 0, &lexer.fd_names)?,
                Err(error) => {
                    let error = diagnose::error(&error, &lexer.tokens, dialect, lexer.line());
                    if more && error.at_end() {
                        continue;
                    }
                    return Err(error);
                }
            };
            if list.is_empty() && more {
                continue;
            }
            self.pos += lexer.pos();
            self.line = lexer.line();
            self.unfinished_here_docs.append(&mut lexer.unfinished_here_docs);
            return Ok((!list.is_empty()).then_some(list));
        }
    }

    /// The line that an error is on, for bash, which prints it.
    pub fn source_line(text: &str, line: u32) -> &str {
        text.lines().nth(line.saturating_sub(1) as usize).unwrap_or("")
    }
}

/// The text of a substitution.
pub(crate) fn nested(text: &str, line: u32, dialect: Dialect, depth: u32) -> Result<List> {
    if depth > 30 {
        return Err(super::lexer::too_deep(line));
    }
    let mut lexer = Lexer::new(text, line, dialect);
    let lists = everything_at(&mut lexer, dialect, line, depth + 1)?;
    Ok(List(lists.into_iter().flat_map(|list| list.0).collect()))
}

fn everything(lexer: &mut Lexer<'_>, dialect: Dialect, line: u32) -> Result<Vec<List>> {
    everything_at(lexer, dialect, line, 0)
}

fn everything_at(
    lexer: &mut Lexer<'_>,
    dialect: Dialect,
    line: u32,
    depth: u32,
) -> Result<Vec<List>> {
    while lexer.read_line()? {}
    match parse_tokens(&lexer.tokens, dialect) {
        Ok(program) => lower(&program, dialect, line, depth, &lexer.fd_names),
        Err(error) => Err(diagnose::error(&error, &lexer.tokens, dialect, lexer.line())),
    }
}

fn parse_tokens(
    tokens: &[Token],
    dialect: Dialect,
) -> std::result::Result<ast::Program, ParseError> {
    if tokens.is_empty() {
        return Ok(ast::Program { complete_commands: Vec::new() });
    }
    if let Some(position) = diagnose::too_deep(tokens, MAX_NESTING) {
        return Err(ParseError::ParsingNear(position));
    }
    let options = ParserOptions {
        enable_extended_globbing: dialect.extglob,
        sh_mode: dialect.is_dash(),
        posix_mode: dialect.is_dash(),
        ..ParserOptions::default()
    };
    brush_parser::parse_tokens(tokens, &options)
}

fn lower(
    program: &ast::Program,
    dialect: Dialect,
    line: u32,
    depth: u32,
    fd_names: &[String],
) -> Result<Vec<List>> {
    let lower = Lower { dialect, line, depth, fd_names };
    program.complete_commands.iter().map(|command| lower.list(command)).collect()
}
