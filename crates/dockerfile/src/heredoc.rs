//! Heredocs: `<<NAME`, `<<-NAME`, `3<<NAME`, with parts of the name quoted or not.

use crate::expand::{ExpandErrorCause, Lexer};
use crate::span::Span;

/// The start of a heredoc, as a word names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeredocWord {
    /// The name that ends the body, without quotes.
    pub name: String,
    /// The file descriptor before `<<`; 0 where none stands there.
    pub fd: u32,
    /// False where any part of the name was quoted: variables in the body stay as they are.
    pub expand: bool,
    /// True for `<<-`: leading tabs of the body are dropped.
    pub chomp: bool,
}

/// A heredoc with its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heredoc {
    /// The word that opened it.
    pub word: HeredocWord,
    /// The body as it stands in the file, tabs and all, with its newlines.
    pub content: String,
    /// Where the opening word stands.
    pub span: Span,
    /// Where the body stands.
    pub body: Span,
    /// Where the closing name stands; `None` where the file ended first.
    pub terminator: Option<Span>,
}

impl Heredoc {
    /// The body as a program reads it: without leading tabs where the heredoc was opened with `<<-`.
    pub fn text(&self) -> String {
        if self.word.chomp { chomp(&self.content) } else { self.content.clone() }
    }
}

/// Reads a heredoc word; `None` where the word opens none.
///
/// # Errors
/// A quote in the name that is not closed.
pub fn heredoc_word(word: &str) -> Result<Option<HeredocWord>, ExpandErrorCause> {
    let digits = word.len() - word.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let Some(rest) = word[digits..].strip_prefix("<<") else { return Ok(None) };
    let (chomp, rest) = match rest.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let rest = rest.trim_start_matches(['\t', '\n', '\x0c', '\r', ' ']);
    if rest.is_empty() || rest.contains('<') {
        return Ok(None);
    }
    let mut lexer = Lexer { skip_unset: true, ..Lexer::new('\\') };
    let plain = lexer.words(rest, &()).map_err(|error| error.cause)?;
    let [name] = plain.as_slice() else { return Ok(None) };
    lexer.raw_quotes = true;
    let raw = lexer.words(rest, &()).map_err(|error| error.cause)?;
    // A quote that survives in both readings was escaped; one that only the raw reading has did quote.
    let quotes = |text: &str| text.matches(['\'', '"']).count();
    let expand = raw.first().is_some_and(|raw| quotes(raw) == quotes(name));
    Ok(Some(HeredocWord {
        name: name.clone(),
        fd: word[..digits].parse().unwrap_or(0),
        expand,
        chomp,
    }))
}

/// The heredocs a line opens, in order, each with the word as it stands in the line.
///
/// # Errors
/// A quote in a name that is not closed.
pub fn heredocs_of_line(line: &str) -> Result<Vec<(String, HeredocWord)>, ExpandErrorCause> {
    let lexer = Lexer { raw_quotes: true, raw_escapes: true, skip_unset: true, ..Lexer::new('\\') };
    // A line whose quotes do not close opens no heredoc, as in BuildKit.
    let words = lexer.words(line, &()).unwrap_or_default();
    let mut found = Vec::new();
    for word in words {
        if let Some(heredoc) = heredoc_word(&word)? {
            found.push((word, heredoc));
        }
    }
    Ok(found)
}

/// `text` without the tabs at the start of its lines.
pub fn chomp(text: &str) -> String {
    text.split_inclusive('\n').map(|line| line.trim_start_matches('\t')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_their_quotes() {
        let parse = |word| {
            heredoc_word(word)
                .unwrap()
                .map(|heredoc| (heredoc.name, heredoc.expand, heredoc.chomp, heredoc.fd))
        };
        assert_eq!(parse("3<<-'E'OF"), Some(("EOF".into(), false, true, 3)));
        assert_eq!(parse("<<eo\\'f"), Some(("eo'f".into(), true, false, 0)));
        assert_eq!(parse("<<$EOF"), Some(("$EOF".into(), true, false, 0)));
        assert_eq!(parse("<<<EOF"), None);
        assert_eq!(parse("a<<EOF"), None);
    }

    #[test]
    fn a_quote_left_open_hides_heredocs() {
        assert_eq!(heredocs_of_line("RUN echo it's <<EOF"), Ok(vec![]));
    }
}
