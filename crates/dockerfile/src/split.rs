//! Cutting a logical line into keyword, flags and words, each with its place in the line.

use std::ops::Range;

/// A word of a logical line: its text, and where it stands in the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub text: String,
    pub range: Range<usize>,
}

/// A logical line cut into its parts (moby/buildkit parser/split_command.go).
#[derive(Clone, Debug)]
pub(crate) struct Command {
    pub keyword: Piece,
    pub flags: Vec<Piece>,
    /// Where the arguments stand, trimmed.
    pub args: Range<usize>,
}

/// What BuildKit's parser takes for white space between words. A newline is not among it.
pub(crate) fn is_blank(c: char) -> bool {
    matches!(c, '\t' | '\x0b' | '\x0c' | '\r' | ' ')
}

/// The part of `range` without white space at its ends.
pub(crate) fn trim(line: &str, range: Range<usize>) -> Range<usize> {
    let text = &line[range.clone()];
    let start = range.start + (text.len() - text.trim_start().len());
    start..start.max(range.start + text.trim_end().len())
}

/// Cuts `range` of `line` into keyword, flags and arguments.
pub(crate) fn command(line: &str, range: Range<usize>) -> Command {
    let whole = trim(line, range);
    let text = &line[whole.clone()];
    let keyword_len = text.find(is_blank).unwrap_or(text.len());
    let keyword = whole.start..whole.start + keyword_len;
    let rest = &line[keyword.end..whole.end];
    let rest_start = keyword.end + (rest.len() - rest.trim_start_matches(is_blank).len());
    let (flags, args) = flags(line, rest_start..whole.end);
    let keyword = Piece { text: line[keyword.clone()].to_owned(), range: keyword };
    Command { keyword, flags, args: trim(line, args) }
}

/// Takes the leading `--flag` words off `range`; quotes and backslashes are resolved in them.
fn flags(line: &str, range: Range<usize>) -> (Vec<Piece>, Range<usize>) {
    let mut flags = Vec::new();
    let mut at = range.start;
    loop {
        let rest = &line[at..range.end];
        // Byte by byte here too: only ASCII has blanks of one byte.
        let is_blank = |c: char| c.is_ascii() && c.is_whitespace();
        at += rest.len() - rest.trim_start_matches(is_blank).len();
        if !line[at..range.end].starts_with("--") {
            return (flags, at..range.end);
        }
        let (word, end) = flag_word(line, at..range.end);
        if word.text == "--" {
            return (flags, end..range.end);
        }
        if !word.text.is_empty() {
            flags.push(word);
        }
        at = end;
    }
}

/// Reads one flag word; answers it and where it ends.
///
/// BuildKit goes byte by byte here and takes each byte for a character: what is not ASCII comes out as one
/// character for each of its bytes, and ends the word where one of them is a blank by itself, as in `à`.
fn flag_word(line: &str, range: Range<usize>) -> (Piece, usize) {
    let mut text = String::new();
    let mut quote = None;
    let mut end = range.end;
    let mut bytes = line[range.clone()].bytes().map(char::from).enumerate();
    while let Some((at, c)) = bytes.next() {
        match quote {
            None if c.is_whitespace() => {
                end = range.start + at;
                break;
            }
            None if c == '\'' || c == '"' => quote = Some(c),
            Some(open) if c == open => quote = None,
            _ if c == '\\' => {
                if let Some((_, escaped)) = bytes.next() {
                    text.push(escaped);
                }
            }
            _ => text.push(c),
        }
    }
    // Spans of ours lie between characters.
    let end = (end..=range.end).find(|at| line.is_char_boundary(*at)).unwrap_or(range.end);
    (Piece { text, range: range.start..end }, end)
}

/// Words between runs of blanks: `FROM`, `EXPOSE`, and `COPY`, `ADD` and `VOLUME` in their plain form.
pub(crate) fn blank_separated(line: &str, range: Range<usize>) -> Vec<Piece> {
    let mut words = Vec::new();
    let mut at = range.start;
    if range.is_empty() {
        return words;
    }
    loop {
        let rest = &line[at..range.end];
        let len = rest.find(is_blank).unwrap_or(rest.len());
        words.push(Piece { text: rest[..len].to_owned(), range: at..at + len });
        if len == rest.len() {
            return words;
        }
        let gap = &rest[len..];
        at += len + (gap.len() - gap.trim_start_matches(is_blank).len());
    }
}

/// Words with their quotes and escapes kept, as `ENV`, `LABEL` and `ARG` are cut.
pub(crate) fn quoted_words(line: &str, range: Range<usize>, escape: char) -> Vec<Piece> {
    let mut words = Vec::new();
    let mut chars = line[range.clone()].char_indices().peekable();
    while let Some(&(start, first)) = chars.peek() {
        if first.is_whitespace() {
            chars.next();
            continue;
        }
        let mut text = String::new();
        let mut quote: Option<char> = None;
        let mut end = range.len();
        while let Some(&(at, c)) = chars.peek() {
            if quote.is_none() && c.is_whitespace() {
                end = at;
                break;
            }
            chars.next();
            match quote {
                None if c == '\'' || c == '"' => quote = Some(c),
                Some(open) if c == open => quote = None,
                _ => {}
            }
            // Single quotes keep an escape as it is; elsewhere it takes the next character with it.
            if c == escape && quote != Some('\'') {
                match chars.next() {
                    Some((_, escaped)) => {
                        text.push(c);
                        text.push(escaped);
                    }
                    // An escape at the very end is dropped.
                    None => break,
                }
            } else {
                text.push(c);
            }
        }
        if !text.is_empty() {
            words.push(Piece { text, range: range.start + start..range.start + end });
        }
    }
    words
}

/// The words of `text` with their quotes and escapes kept, as `ENV`, `LABEL` and `ARG` are cut.
pub fn split_words(text: &str, escape: char) -> Vec<String> {
    quoted_words(text, 0..text.len(), escape).into_iter().map(|word| word.text).collect()
}
