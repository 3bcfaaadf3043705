//! Running text: a script, `eval`, `.`, a trap.

use crate::Personality;
use crate::shell::{Flow, Run, Shell};
use crate::syntax::error::{Found, SyntaxError, SyntaxErrorKind};
use crate::syntax::parse::Reader;
use crate::syntax::word::{self, Context};
use crate::text;

impl Shell<'_> {
    /// Runs text in this shell, as `eval` does.
    pub(crate) fn eval_text(&mut self, bytes: &[u8]) -> Run {
        let source = text::decode(bytes).into_owned();
        let line = self.state.line.max(1);
        self.state.trace_depth += 1;
        let out = self.deeper(|shell| shell.run_text(&source, line, Kind::Eval));
        self.state.trace_depth -= 1;
        out
    }

    /// Runs a sourced file.
    pub(crate) fn source_text(&mut self, path: &[u8], bytes: &[u8]) -> Run {
        let source = text::decode(bytes).into_owned();
        let (line, loops) = (self.state.line, std::mem::take(&mut self.state.loops));
        let outer = std::mem::replace(&mut self.state.source, path.to_vec());
        self.state.sourcing += 1;
        self.state.trace_depth += 1;
        let out = self.deeper(|shell| shell.run_text(&source, 1, Kind::Sourced));
        self.state.sourcing -= 1;
        self.state.source = outer;
        self.state.trace_depth -= 1;
        self.state.line = line;
        self.state.loops = loops;
        match out {
            Err(Flow::Return(status)) => Ok(status),
            out => out,
        }
    }

    /// Runs the script the shell was started with.
    pub(crate) fn run_script(&mut self, bytes: &[u8]) -> Run {
        let source = text::decode(bytes).into_owned();
        let kind = if self.state.is_command { Kind::Command } else { Kind::File };
        self.run_text(&source, 1, kind)
    }

    /// Runs a command that was typed at a terminal, whose first line has this number.
    pub(crate) fn run_typed_text(&mut self, source: &str, first_line: u32) -> Run {
        self.run_text(source, first_line, Kind::Typed)
    }

    /// Expands a prompt, as a here-document is expanded.
    pub(crate) fn expand_prompt(&mut self, prompt: &[u8]) -> Run<Vec<u8>> {
        let text = text::decode(prompt).into_owned();
        match word::parse(&text, self.state.line, self.dialect(), Context::Text) {
            Ok(word) => self.expand_text(&word),
            Err(_) => Ok(prompt.to_vec()),
        }
    }

    fn run_text(&mut self, source: &str, first_line: u32, kind: Kind) -> Run {
        let mut reader = Reader::new(source, first_line);
        let mut status = 0;
        loop {
            let aliases = if self.is_bash() && !self.state.options.shopt.expand_aliases {
                std::rc::Rc::default()
            } else {
                std::rc::Rc::clone(&self.state.aliases)
            };
            let lists = match reader.next(self.dialect(), &aliases) {
                Ok(Some(lists)) => lists,
                Ok(None) => return Ok(status),
                Err(error) => return self.syntax_error(&error, source, first_line, kind),
            };
            for (line, delimiter) in std::mem::take(&mut reader.unfinished_here_docs) {
                if self.is_bash() {
                    let text = format!(
                        "warning: here-document at line {line} delimited by end-of-file (wanted `{delimiter}')"
                    );
                    self.state.line = line;
                    self.complain(text);
                }
            }
            for list in &lists {
                status = match self.run_list(list) {
                    // bash gives up the line and reads the next one.
                    Err(Flow::Discard(status)) if kind == Kind::File => {
                        self.state.status = status;
                        status
                    }
                    Err(Flow::Break(_) | Flow::Continue(_)) if kind != Kind::Eval => 0,
                    out => out?,
                };
            }
        }
    }

    fn syntax_error(
        &mut self,
        error: &SyntaxError,
        source: &str,
        first_line: u32,
        kind: Kind,
    ) -> Run {
        let line = error.line - first_line + 1;
        let quoted = Reader::source_line(source, line).to_owned();
        let messages = syntax_message(self.state.personality, error);
        // bash shows the line only to those who cannot see it.
        let shown = if kind == Kind::Typed { 1 } else { messages.len() };
        for message in messages.into_iter().take(shown) {
            let message = message.replace("\u{0}LINE", &quoted);
            let mut out = self.state.name.clone();
            let (before, at) = match (kind, self.state.personality) {
                (Kind::Eval, Personality::Dash) => {
                    (String::new(), format!("{}: eval: ", self.syntax_line(error)))
                }
                (_, Personality::Dash) => (String::new(), format!("{}: ", self.syntax_line(error))),
                (Kind::Eval, Personality::Ash) => {
                    let line = if self.state.is_command { 0 } else { error.line };
                    (String::new(), format!("eval: line {line}: "))
                }
                (_, Personality::Ash) if self.state.is_command || kind == Kind::Typed => {
                    (String::new(), String::new())
                }
                (_, Personality::Ash) => (String::new(), format!("line {}: ", error.line)),
                (Kind::Typed, _) => (String::new(), String::new()),
                (Kind::Command, _) => {
                    ("-c: ".to_owned(), format!("line {}: ", self.syntax_line(error)))
                }
                (Kind::Eval, _) => {
                    ("eval: ".to_owned(), format!("line {}: ", self.syntax_line(error)))
                }
                _ => (String::new(), format!("line {}: ", self.syntax_line(error))),
            };
            out.extend(format!(": {before}{at}{message}\n").bytes());
            self.write_error(&text::encode(&String::from_utf8_lossy(&out)));
        }
        match kind {
            Kind::Eval | Kind::Sourced if self.is_bash() => Ok(2),
            // At a terminal only the command is lost.
            Kind::Typed => Ok(2),
            _ => Err(Flow::Exit(2)),
        }
    }

    /// The line a message names; bash counts one more at the end of the text.
    fn syntax_line(&self, error: &SyntaxError) -> u32 {
        if !self.is_bash() {
            return error.line;
        }
        match &error.kind {
            SyntaxErrorKind::Quote(_) | SyntaxErrorKind::Brace | SyntaxErrorKind::Arith => {
                error.start_line
            }
            SyntaxErrorKind::Unexpected { token: Found::End, .. }
            | SyntaxErrorKind::Substitution => error.line + 1,
            _ => error.line,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Command,
    File,
    Eval,
    Sourced,
    Typed,
}

/// A shell's words for a syntax error; `\0LINE` stands for the line it is on.
fn syntax_message(personality: Personality, error: &SyntaxError) -> Vec<String> {
    use SyntaxErrorKind as K;
    if personality == Personality::Bash {
        return match &error.kind {
            K::Quote(quote) => vec![format!("unexpected EOF while looking for matching `{quote}'")],
            K::Brace => vec!["unexpected EOF while looking for matching `}'".to_owned()],
            K::Arith | K::Substitution => {
                vec!["unexpected EOF while looking for matching `)'".to_owned()]
            }
            K::Unexpected { token: Found::End, .. } => {
                vec!["syntax error: unexpected end of file".to_owned()]
            }
            K::Unexpected { token, .. } => {
                let token = match token {
                    Found::Newline | Found::End => "newline",
                    Found::Word(text)
                    | Found::Reserved(text)
                    | Found::Operator(text)
                    | Found::Redirection(text) => text,
                };
                vec![
                    format!("syntax error near unexpected token `{token}'"),
                    "`\u{0}LINE'".to_owned(),
                ]
            }
            K::ForVariable => vec![
                "syntax error near unexpected token `newline'".to_owned(),
                "`\u{0}LINE'".to_owned(),
            ],
            K::BadFunctionName => vec!["not a valid identifier".to_owned()],
            K::Unsupported(what) => vec![format!("not supported here: {what}")],
            K::TooDeep => vec!["not supported here: commands nested this deep".to_owned()],
        };
    }
    let ash = personality == Personality::Ash;
    let text = match &error.kind {
        K::Quote('`') => "EOF in backquote substitution".to_owned(),
        K::Quote(_) if ash => "unterminated quoted string".to_owned(),
        K::Quote(_) => "Unterminated quoted string".to_owned(),
        K::Brace if ash => "missing '}'".to_owned(),
        K::Brace => "Missing '}'".to_owned(),
        K::Arith if ash => "missing '))'".to_owned(),
        K::Arith => "Missing '))'".to_owned(),
        K::Substitution => unexpected("end of file", Some(")"), ash),
        K::Unexpected { token, expecting } => {
            let token = match token {
                Found::End => "end of file".to_owned(),
                Found::Newline => "newline".to_owned(),
                Found::Word(_) => "word".to_owned(),
                Found::Redirection(_) => "redirection".to_owned(),
                Found::Reserved(text) | Found::Operator(text) => format!("\"{text}\""),
            };
            unexpected(&token, *expecting, ash)
        }
        K::ForVariable if ash => "bad for loop variable".to_owned(),
        K::ForVariable => "Bad for loop variable".to_owned(),
        K::BadFunctionName if ash => "bad function name".to_owned(),
        K::BadFunctionName => "Bad function name".to_owned(),
        K::Unsupported(what) => format!("not supported here: {what}"),
        K::TooDeep => "not supported here: commands nested this deep".to_owned(),
    };
    vec![format!("{} {text}", if ash { "syntax error:" } else { "Syntax error:" })]
}

fn unexpected(token: &str, expecting: Option<&str>, ash: bool) -> String {
    let tail = expecting.map(|want| format!(" (expecting \"{want}\")")).unwrap_or_default();
    if ash { format!("unexpected {token}{tail}") } else { format!("{token} unexpected{tail}") }
}
