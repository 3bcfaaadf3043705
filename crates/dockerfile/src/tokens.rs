//! The whole file as a sequence of tokens: for highlighting, and as the proof that nothing is lost.

use std::collections::HashMap;

use crate::expand::is_name_char;
use crate::parse::Parse;
use crate::span::Span;
use crate::syntax::{ItemKind, Node};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A byte order mark.
    Bom,
    /// Blanks.
    Whitespace,
    /// A line end.
    Newline,
    /// A comment, without its line end.
    Comment,
    /// A parser directive, without its line end.
    Directive,
    /// An instruction's keyword, also that behind `ONBUILD`.
    Keyword,
    /// A `--flag=value`.
    Flag,
    /// An argument, or a part of one.
    Argument,
    /// A `$name` or `${...}` within an argument or flag.
    Variable,
    /// What stands between arguments: `=`, brackets and commas, `--`.
    Operator,
    /// The escape at the end of a line that goes on.
    Continuation,
    /// `<<NAME`.
    HeredocStart,
    /// The body of a heredoc.
    HeredocBody,
    /// The name that ends a heredoc.
    HeredocEnd,
    /// A line too long to be read.
    Unread,
}

/// A token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands; never empty.
    pub span: Span,
}

impl Parse {
    /// The tokens of the file. Their texts in order are the text.
    pub fn tokens(&self) -> Vec<Token> {
        let mut writer = Writer { text: &self.text, escape: self.escape, tokens: Vec::new() };
        for item in &self.items {
            match item.kind {
                ItemKind::Bom => writer.push(TokenKind::Bom, item.span.start, item.span.end),
                ItemKind::Comment => writer.line(TokenKind::Comment, item.span),
                ItemKind::Directive(_) => writer.line(TokenKind::Directive, item.span),
                ItemKind::Blank => writer.line(TokenKind::Whitespace, item.span),
                ItemKind::Unread => writer.line(TokenKind::Unread, item.span),
                ItemKind::Instruction(index) => {
                    writer.instruction(&self.instructions[index].node, item.span)
                }
            }
        }
        writer.tokens
    }
}

struct Writer<'a> {
    text: &'a str,
    escape: char,
    tokens: Vec<Token>,
}

impl Writer<'_> {
    fn push(&mut self, kind: TokenKind, start: usize, end: usize) {
        if start < end {
            self.tokens.push(Token { kind, span: Span::new(start, end) });
        }
    }

    /// A line that is one token, with the blanks before it and its end.
    fn line(&mut self, kind: TokenKind, span: Span) {
        let (start, end) = self.edges(span);
        self.push(TokenKind::Whitespace, span.start, start);
        self.push(kind, start, end);
        self.push(TokenKind::Newline, end, span.end);
    }

    /// Where the text of a line begins and ends, blanks before it and its line end left out.
    fn edges(&self, span: Span) -> (usize, usize) {
        let content = span.of(self.text).trim_end_matches(['\r', '\n']);
        let end = span.start + content.len();
        (end - content.trim_start().len(), end)
    }

    fn instruction(&mut self, node: &Node, span: Span) {
        let mut marks = Vec::new();
        mark(node, &mut marks);
        let mut at = span.start;
        // Words of the text stand before the bodies, whatever their order in the line.
        let body_start = node.heredocs.first().map_or(span.end, |heredoc| heredoc.body.start);
        let mut first = true;
        let mut next_mark = 0;
        while at < body_start {
            let line_len =
                self.text[at..body_start].find('\n').map_or(body_start - at, |len| len + 1);
            let line = Span::new(at, at + line_len);
            self.text_line(line, &marks, &mut next_mark, first, line.end < body_start);
            first = false;
            at = line.end;
        }
        for heredoc in &node.heredocs {
            self.push(TokenKind::HeredocBody, at, heredoc.body.end);
            at = at.max(heredoc.body.end);
            if let Some(end) = heredoc.terminator {
                self.push(TokenKind::Whitespace, at, end.start);
                self.push(TokenKind::HeredocEnd, end.start, end.end);
                let rest = &self.text[end.end..span.end];
                let line_end = rest.find('\n').map_or(rest.len(), |len| len + 1);
                self.push(TokenKind::Newline, end.end, end.end + line_end);
                at = end.end + line_end;
            }
        }
        self.push(TokenKind::HeredocBody, at, span.end);
    }

    /// A line of an instruction's own text.
    fn text_line(
        &mut self,
        line: Span,
        marks: &[(TokenKind, Span)],
        next_mark: &mut usize,
        first: bool,
        goes_on: bool,
    ) {
        let (start, end) = self.edges(line);
        let content = &self.text[start..end];
        if content.is_empty() || (!first && content.starts_with('#')) {
            return self.line(TokenKind::Comment, line);
        }
        self.push(TokenKind::Whitespace, line.start, start);
        let trimmed = content.trim_end_matches([' ', '\t']);
        let escaped = goes_on.then(|| trimmed.strip_suffix(self.escape)).flatten();
        let words_end = escaped.map_or(end, |before| start + before.len());
        let mut at = start;
        while at < words_end {
            while marks.get(*next_mark).is_some_and(|(_, span)| span.end <= at) {
                *next_mark += 1;
            }
            at = match marks.get(*next_mark) {
                Some((kind, span)) if span.start <= at => {
                    let end = span.end.min(words_end);
                    self.word(*kind, at, end);
                    end
                }
                mark => {
                    let end = mark.map_or(words_end, |(_, span)| span.start.min(words_end));
                    self.gap(at, end);
                    end
                }
            };
        }
        let escape_end =
            if escaped.is_some() { words_end + self.escape.len_utf8() } else { words_end };
        self.push(TokenKind::Continuation, words_end, escape_end);
        self.push(TokenKind::Whitespace, escape_end, end);
        self.push(TokenKind::Newline, end, line.end);
    }

    /// A word, with the variables in it.
    fn word(&mut self, kind: TokenKind, start: usize, end: usize) {
        let mut at = start;
        if matches!(kind, TokenKind::Argument | TokenKind::Flag) {
            for variable in variables(&self.text[start..end], self.escape) {
                self.push(kind, at, start + variable.start);
                self.push(TokenKind::Variable, start + variable.start, start + variable.end);
                at = start + variable.end;
            }
        }
        self.push(kind, at, end);
    }

    /// What stands between words.
    fn gap(&mut self, start: usize, end: usize) {
        let mut at = start;
        while at < end {
            let rest = &self.text[at..end];
            let is_blank = rest.starts_with(char::is_whitespace);
            let len = rest.find(|c: char| c.is_whitespace() != is_blank).unwrap_or(rest.len());
            self.push(
                if is_blank { TokenKind::Whitespace } else { TokenKind::Operator },
                at,
                at + len,
            );
            at += len;
        }
    }
}

/// The words of a node in the order in which they stand, none of them over another.
fn mark(node: &Node, marks: &mut Vec<(TokenKind, Span)>) {
    marks.push((TokenKind::Keyword, node.keyword.span));
    marks.extend(node.flags.iter().map(|flag| (TokenKind::Flag, flag.span)));
    let separator =
        |text: &str| if text == "=" { TokenKind::Operator } else { TokenKind::Argument };
    let name = node.keyword.text.to_lowercase();
    let is_pairs = matches!(name.as_str(), "env" | "label");
    let is_named_stage = name == "from" && node.args.len() == 3;
    let mut opened: Vec<Span> = node.heredocs.iter().map(|heredoc| heredoc.span).collect();
    opened.sort_unstable();
    for (index, arg) in node.args.iter().enumerate() {
        let kind = match index {
            2.. if is_pairs && index % 3 == 2 => separator(&arg.text),
            1 if is_named_stage => TokenKind::Keyword,
            _ => TokenKind::Argument,
        };
        // A heredoc's opening word is marked by itself.
        let mut start = arg.span.start;
        let first = opened.partition_point(|span| span.start < arg.span.start);
        for span in opened[first..].iter().take_while(|span| span.end <= arg.span.end) {
            marks.push((kind, Span::new(start, span.start.max(start))));
            marks.push((TokenKind::HeredocStart, *span));
            start = span.end;
        }
        marks.push((kind, Span::new(start, arg.span.end.max(start))));
    }
    if let Some(sub) = &node.sub {
        mark(sub, marks);
        // Heredocs behind ONBUILD hang on the outer node.
        let is_opened = |span: &Span| opened.binary_search(span).is_ok();
        marks.retain(|(kind, span)| *kind == TokenKind::HeredocStart || !is_opened(span));
        marks.extend(opened.iter().map(|span| (TokenKind::HeredocStart, *span)));
    }
    marks.retain(|(_, span)| !span.is_empty());
    marks.sort_by_key(|(_, span)| (span.start, span.end));
}

/// Where variables stand in `text`. An escape before the `$` takes its meaning away.
pub(crate) fn variables(text: &str, escape: char) -> Vec<Span> {
    let mut found = Vec::new();
    let braces = closing_braces(text);
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c == escape {
            chars.next();
        }
        if c != '$' {
            continue;
        }
        let rest = &text[at + 1..];
        let end = match rest.starts_with('{') {
            true => match braces.get(&(at + 1)) {
                Some(close) => close + 1,
                None => continue,
            },
            false => at + 1 + rest.find(|c: char| !is_name_char(c)).unwrap_or(rest.len()),
        };
        if end > at + 1 {
            found.push(Span::new(at, end));
            while chars.peek().is_some_and(|(next, _)| *next < end) {
                chars.next();
            }
        }
    }
    found
}

/// Where the brace that closes each open one stands. One that is not closed on its line is not closed.
fn closing_braces(text: &str) -> HashMap<usize, usize> {
    let mut open = Vec::new();
    let mut closed = HashMap::new();
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => open.push(at),
            b'}' => {
                if let Some(start) = open.pop() {
                    closed.insert(start, at);
                }
            }
            b'\n' => open.clear(),
            _ => {}
        }
    }
    closed
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::parse::parse;

    #[test]
    fn tokens_make_up_the_file() {
        let text = "\u{feff}# escape=\\\r\nFROM a AS b\nRUN --mount=type=bind,from=$x <<A cat \\\n # c\n\n  <<-B ${y:-{}} # d\n1\nA\n\tB\nENV a=\"$b\" c=1\nCMD [\"a\", \"b\"] \nONBUILD COPY <<E /d\nE\n";
        let parse = parse(text);
        let tokens = parse.tokens();
        let printed: String = tokens.iter().map(|token| token.span.of(text)).collect();
        assert_eq!(printed, text);
        let shown: Vec<String> = tokens
            .iter()
            .filter(|token| !token.span.of(text).trim().is_empty())
            .map(|token| format!("{:?} {:?}", token.kind, token.span.of(text)))
            .collect();
        expect![[r##"
            Bom "\u{feff}"
            Directive "# escape=\\"
            Keyword "FROM"
            Argument "a"
            Keyword "AS"
            Argument "b"
            Keyword "RUN"
            Flag "--mount=type=bind,from="
            Variable "$x"
            HeredocStart "<<A"
            Argument " cat "
            Continuation "\\"
            Comment "# c"
            HeredocStart "<<-B"
            Variable "${y:-{}}"
            Argument " # d"
            HeredocBody "1\n"
            HeredocEnd "A"
            HeredocEnd "B"
            Keyword "ENV"
            Argument "a"
            Operator "="
            Argument "\""
            Variable "$b"
            Argument "\""
            Argument "c"
            Operator "="
            Argument "1"
            Keyword "CMD"
            Operator "["
            Argument "\"a\""
            Operator ","
            Argument "\"b\""
            Operator "]"
            Keyword "ONBUILD"
            Keyword "COPY"
            HeredocStart "<<E"
            Argument "/d"
            HeredocEnd "E""##]]
        .assert_eq(&shown.join("\n"));
    }
}
