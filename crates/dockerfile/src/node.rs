//! One logical line to one node: the keyword decides how the arguments are cut.

use std::ops::Range;

use crate::diagnostic::Problem;
use crate::folded::Folded;
use crate::json::{self, JsonError};
use crate::quote::quote;
use crate::split::{self, Piece};
use crate::syntax::{Node, Word};

/// `ONBUILD` may stand behind `ONBUILD` this often before the rest is left uncut. Two in a row are an error
/// already, so nothing is lost but the text of a deeper error.
const MAX_ONBUILD: usize = 8;

/// Cuts a logical line. The node holds what could be read, also where there is a problem.
pub(crate) fn node(folded: &Folded, escape: char) -> (Node, Option<Problem>) {
    let mut cutter = Cutter { folded, escape, problem: None };
    let node = cutter.node(0..folded.text.len(), 0);
    (node, cutter.problem)
}

struct Cutter<'a> {
    folded: &'a Folded,
    escape: char,
    problem: Option<Problem>,
}

impl Cutter<'_> {
    fn line(&self) -> &str {
        &self.folded.text
    }

    fn word(&self, piece: Piece) -> Word {
        Word { text: piece.text, span: self.folded.span(piece.range) }
    }

    fn words(&self, pieces: Vec<Piece>) -> Vec<Word> {
        pieces.into_iter().map(|piece| self.word(piece)).collect()
    }

    fn node(&mut self, range: Range<usize>, depth: usize) -> Node {
        let command = split::command(self.line(), range.clone());
        let name = command.keyword.text.to_lowercase();
        let args = command.args.clone();
        let mut node = Node {
            keyword: self.word(command.keyword),
            flags: self.words(command.flags),
            original: self.line()[range.clone()].to_owned(),
            span: self.folded.span(range),
            ..Node::default()
        };
        match name.as_str() {
            "onbuild" if args.is_empty() => {}
            "onbuild" if depth < MAX_ONBUILD => {
                node.sub = Some(Box::new(self.node(args, depth + 1)))
            }
            "env" | "label" => node.args = self.pairs(args, &name.to_uppercase()),
            "arg" => node.args = self.words(split::quoted_words(self.line(), args, self.escape)),
            "expose" | "from" => node.args = self.words(split::blank_separated(self.line(), args)),
            "add" | "copy" | "volume" => {
                node.json = self.json_or(args, &mut node.args, split::blank_separated);
            }
            "cmd" | "entrypoint" | "run" | "shell" => {
                node.json = self.json_or(args, &mut node.args, whole)
            }
            "healthcheck" => self.healthcheck(args, &mut node),
            "maintainer" | "stopsignal" | "user" | "workdir" | "onbuild" => {
                node.args = self.words(whole(self.line(), args));
            }
            // BuildKit leaves the arguments of what it does not know unread, as one empty word.
            _ => node.args = vec![Word::default()],
        }
        node
    }

    /// Reads a JSON array into `words`, or cuts the text with `plain` where it is none; says which.
    fn json_or(
        &mut self,
        range: Range<usize>,
        words: &mut Vec<Word>,
        plain: fn(&str, Range<usize>) -> Vec<Piece>,
    ) -> bool {
        match json::elements(&self.line()[range.clone()]) {
            Ok(elements) => {
                let place = |at: Range<usize>| range.start + at.start..range.start + at.end;
                *words = elements
                    .into_iter()
                    .map(|(text, at)| self.word(Piece { text, range: place(at) }))
                    .collect();
                return true;
            }
            Err(JsonError::NotStrings) => {
                let cause =
                    "when using JSON array syntax, arrays must be comprised of strings only";
                self.problem.get_or_insert(Problem::at(self.folded.span(range.clone()), cause));
            }
            Err(JsonError::NotAnArray) => {}
        }
        *words = self.words(plain(self.line(), range));
        false
    }

    /// `HEALTHCHECK`: a type, then a command in either form.
    fn healthcheck(&mut self, range: Range<usize>, node: &mut Node) {
        let text = &self.line()[range.clone()];
        if text.is_empty() {
            return;
        }
        let kind_len = text.find(char::is_whitespace).unwrap_or(text.len());
        let kind = range.start..range.start + kind_len;
        let command = split::trim(text, kind_len..text.len());
        let command = range.start + command.start..range.end;
        let mut words = Vec::new();
        node.json = self.json_or(command, &mut words, whole);
        node.args = self.words(whole(self.line(), kind));
        node.args.append(&mut words);
    }

    /// `ENV` and `LABEL`: `name=value` words, or the old form `name value` where the first word has no `=`.
    fn pairs(&mut self, range: Range<usize>, name: &str) -> Vec<Word> {
        let words = split::quoted_words(self.line(), range.clone(), self.escape);
        let Some(first) = words.first() else { return Vec::new() };
        if !first.text.contains('=') {
            return self.old_pair(range, name);
        }
        let mut args = Vec::with_capacity(words.len() * 3);
        for word in words {
            // Where the word stands with its `=` in place, its parts have places of their own.
            let source = &self.line()[word.range.clone()];
            match (word.text.split_once('='), source.find('=')) {
                (Some((key, value)), Some(equals)) => {
                    let equals = word.range.start + equals;
                    args.push(
                        self.word(Piece { text: key.to_owned(), range: word.range.start..equals }),
                    );
                    args.push(
                        self.word(Piece {
                            text: value.to_owned(),
                            range: equals + 1..word.range.end,
                        }),
                    );
                    args.push(self.word(Piece { text: "=".to_owned(), range: equals..equals + 1 }));
                }
                _ => {
                    let cause = format!(
                        "Syntax error - can't find = in {}. Must be of the form: name=value",
                        quote(&word.text)
                    );
                    let span = self.folded.span(word.range);
                    self.problem.get_or_insert(Problem::at(span, cause));
                }
            }
        }
        args
    }

    fn old_pair(&mut self, range: Range<usize>, name: &str) -> Vec<Word> {
        let text = &self.line()[range.clone()];
        let Some(key_len) = text.find(split::is_blank) else {
            let cause = format!("{name} must have two arguments");
            self.problem.get_or_insert(Problem::at(self.folded.span(range), cause));
            return Vec::new();
        };
        let key = range.start..range.start + key_len;
        let value_len = text[key_len..].trim_start_matches(split::is_blank).len();
        let value = range.end - value_len..range.end;
        let separator = Piece { text: String::new(), range: key.end..key.end };
        let mut args = self.words(whole(self.line(), key));
        args.push(self.word(Piece { text: self.line()[value.clone()].to_owned(), range: value }));
        args.push(self.word(separator));
        args
    }
}

/// The range as one word, or none where it is empty.
fn whole(line: &str, range: Range<usize>) -> Vec<Piece> {
    if range.is_empty() {
        return Vec::new();
    }
    vec![Piece { text: line[range.clone()].to_owned(), range }]
}
