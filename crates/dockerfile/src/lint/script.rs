//! Cuts the shell text of a `RUN` into simple commands, enough to see which programs it calls.
//!
//! This is no shell grammar: quotes, separators and continuations are known, the rest are words.

use crate::instruction::{Instruction, Kind};
use crate::span::Span;
use crate::syntax::Word;

/// A simple command: its words, quotes resolved, each with its place in the file.
#[derive(Clone, Debug, Default)]
pub(super) struct Command {
    pub words: Vec<Word>,
}

impl Command {
    /// The program and its arguments, without assignments and `sudo` before it.
    pub fn call(&self) -> &[Word] {
        let before = |word: &&Word| {
            let is_assignment = word.text.split_once('=').is_some_and(|(name, _)| {
                !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            });
            is_assignment
                || matches!(
                    word.text.as_str(),
                    "sudo" | "exec" | "time" | "!" | "then" | "do" | "else" | "if" | "{"
                )
        };
        &self.words[self.words.iter().take_while(before).count()..]
    }

    /// The program's name, without its directory.
    pub fn program(&self) -> &str {
        let first = self.call().first().map(|word| word.text.as_str()).unwrap_or_default();
        first.rsplit('/').next().unwrap_or_default()
    }

    /// The program's arguments.
    pub fn args(&self) -> impl Iterator<Item = &Word> {
        self.call().iter().skip(1)
    }

    /// The arguments that are no options, as texts.
    pub fn operands(&self) -> Vec<&str> {
        self.args().map(|word| word.text.as_str()).filter(|text| !text.starts_with('-')).collect()
    }

    /// True where one of the arguments is `text`.
    pub fn has(&self, text: &str) -> bool {
        self.args().any(|word| word.text == text)
    }
}

/// The commands of a `RUN` in shell form, those of its heredoc included.
pub(super) fn commands(text: &str, instruction: &Instruction, escape: char) -> Vec<Command> {
    let Kind::Run(run) = &instruction.kind else { return Vec::new() };
    if !run.command.shell {
        return Vec::new();
    }
    let spans = instruction.node.args.iter().map(|word| word.span);
    let bodies = instruction.node.heredocs.iter().map(|heredoc| heredoc.body);
    spans.chain(bodies).flat_map(|span| cut(span.of(text), span.start, escape)).collect()
}

fn cut(source: &str, base: usize, escape: char) -> Vec<Command> {
    let mut cutter = Cutter { source, base, commands: vec![Command::default()], word: None };
    cutter.run(escape);
    cutter.commands.retain(|command| !command.words.is_empty());
    cutter.commands
}

struct Cutter<'a> {
    source: &'a str,
    base: usize,
    commands: Vec<Command>,
    /// The word being read, and where it began.
    word: Option<(String, usize)>,
}

impl Cutter<'_> {
    fn run(&mut self, escape: char) {
        let mut at = 0;
        let mut quote = None;
        let mut depth = 0usize;
        while let Some(c) = self.source[at..].chars().next() {
            let rest = &self.source[at + c.len_utf8()..];
            let mut len = c.len_utf8();
            match (c, quote) {
                // A continuation is white space, and so are the comments in it.
                _ if c == escape && continuation(rest).is_some() => {
                    self.end_word(at);
                    len += continuation(rest).unwrap_or_default();
                }
                (_, Some(open)) if c == open => quote = None,
                ('\\', None | Some('"')) => {
                    let escaped = rest.chars().next();
                    self.push(at, escaped);
                    len += escaped.map_or(0, char::len_utf8);
                }
                (_, Some(_)) => self.push(at, Some(c)),
                ('\'' | '"', None) => {
                    quote = Some(c);
                    self.push(at, None);
                }
                ('(', None)
                    if self.word.as_ref().is_some_and(|(word, _)| word.ends_with('$'))
                        || depth > 0 =>
                {
                    depth += 1;
                    self.push(at, Some(c));
                }
                (')', None) if depth > 0 => {
                    depth -= 1;
                    self.push(at, Some(c));
                }
                (_, None) if depth > 0 => self.push(at, Some(c)),
                ('\n' | ';' | '&' | '|' | '(' | ')', None) => {
                    self.end_word(at);
                    self.commands.push(Command::default());
                }
                ('#', None) if self.word.is_none() => len += rest.find('\n').unwrap_or(rest.len()),
                (_, None) if c.is_whitespace() => self.end_word(at),
                (_, None) => self.push(at, Some(c)),
            }
            at += len;
        }
        self.end_word(at);
    }

    fn push(&mut self, at: usize, c: Option<char>) {
        let (word, _) = self.word.get_or_insert_with(|| (String::new(), at));
        word.extend(c);
    }

    fn end_word(&mut self, at: usize) {
        if let (Some((text, start)), Some(command)) = (self.word.take(), self.commands.last_mut()) {
            command.words.push(Word { text, span: Span::new(self.base + start, self.base + at) });
        }
    }
}

/// How much behind an escape belongs to a continuation: blanks, the line end, comment lines and empty lines.
fn continuation(rest: &str) -> Option<usize> {
    let line_end = rest.find(|c: char| c == '\n' || !c.is_whitespace())?;
    let mut len = line_end + rest[line_end..].starts_with('\n').then_some(1)?;
    while let Some(line) = rest[len..].split_inclusive('\n').next() {
        let trimmed = line.trim();
        if !(trimmed.is_empty() || trimmed.starts_with('#')) {
            break;
        }
        len += line.len();
    }
    Some(len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_and_words() {
        let source = "A=1 sudo apt-get install 'a b' \\\n # why\n  c\"d\"; echo $(x; y) && (cd /t) | z # end";
        let cut = cut(source, 0, '\\');
        let words: Vec<Vec<&str>> = cut
            .iter()
            .map(|command| command.words.iter().map(|word| word.text.as_str()).collect())
            .collect();
        let expected: [&[&str]; 4] = [
            &["A=1", "sudo", "apt-get", "install", "a b", "cd"],
            &["echo", "$(x; y)"],
            &["cd", "/t"],
            &["z"],
        ];
        assert_eq!(words, expected);
        assert_eq!(
            (cut[0].program(), cut[0].operands()),
            ("apt-get", vec!["install", "a b", "cd"])
        );
        assert_eq!(cut[0].words[4].span.of(source), "'a b'");
    }
}
