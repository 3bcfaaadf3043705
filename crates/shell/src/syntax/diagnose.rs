//! What the shells say of a token that does not belong where it stands.
//!
//! brush-parser tells which token that is; dash also says what it wanted instead, which follows
//! from the constructs that are open there.

use brush_parser::{ParseError, SourcePosition, Token};

use super::error::{Found, SyntaxError, SyntaxErrorKind};
use super::lexer::{found, is_name, too_deep as depth_error};

/// The error for a token stream that the grammar refused; `last_line` is the text's last.
pub(crate) fn error(error: &ParseError, tokens: &[Token], last_line: u32) -> SyntaxError {
    let at = match error {
        ParseError::ParsingNear(position) => tokens
            .iter()
            .position(|token| token.location().start.index == position.index)
            .unwrap_or(tokens.len()),
        _ => tokens.len(),
    };
    let line = tokens.get(at).map_or(last_line, |token| token.location().start.line as u32);
    if depth(&tokens[..at]) > super::parse::MAX_DEPTH_SEEN {
        return depth_error(line);
    }
    let mut walk = Walk::default();
    for token in &tokens[..at] {
        walk.pass(token);
    }
    let (token, expecting) = walk.judge(tokens.get(at));
    if walk.for_variable.is_some_and(|valid| !valid) || walk.awaits_for_variable() {
        return SyntaxError { kind: SyntaxErrorKind::ForVariable, line, start_line: line };
    }
    let kind = SyntaxErrorKind::Unexpected { token, expecting };
    SyntaxError { kind, line, start_line: line }
}

/// Where compound commands are nested deeper than `max`.
pub(crate) fn too_deep(tokens: &[Token], max: usize) -> Option<SourcePosition> {
    let mut walk = Walk::default();
    for token in tokens {
        walk.pass(token);
        if walk.open.len() > max {
            return Some((*token.location().start).clone());
        }
    }
    None
}

fn depth(tokens: &[Token]) -> usize {
    let mut walk = Walk::default();
    let mut most = 0;
    for token in tokens {
        walk.pass(token);
        most = most.max(walk.open.len());
    }
    most
}

/// Keeps what is open while passing over tokens that are in order.
#[derive(Default)]
struct Walk {
    /// What each open construct waits for.
    open: Vec<&'static str>,
    started: bool,
    command_position: bool,
    after_redirection: bool,
    /// The token before asks for a command.
    needs_command: bool,
    for_stage: u8,
    for_variable: Option<bool>,
    /// Words of a case clause: 1 subject, 2 `in`, 3 patterns.
    case_stage: u8,
}

impl Walk {
    fn awaits_for_variable(&self) -> bool {
        self.for_stage == 1
    }

    fn pass(&mut self, token: &Token) {
        if !self.started {
            (self.started, self.command_position) = (true, true);
        }
        match token {
            Token::Operator(op, _) => self.operator(op),
            Token::Word(word, _) => self.word(word),
        }
    }

    fn operator(&mut self, op: &str) {
        if op.starts_with(['<', '>']) || op.starts_with("&>") {
            self.after_redirection = true;
            self.needs_command = true;
            return;
        }
        if op == "\n" && (self.for_stage > 0 || self.case_stage > 0) {
            if self.for_stage == 3 {
                (self.for_stage, self.command_position) = (0, true);
            }
            return;
        }
        self.needs_command = matches!(op, "&&" | "||" | "|" | "|&");
        self.for_stage = 0;
        match op {
            "(" if self.case_stage == 3 => {}
            "(" => self.open.push(")"),
            ")" if self.open.last() == Some(&")") => {
                self.open.pop();
            }
            ")" if self.case_stage == 3 => {
                self.case_stage = 0;
                if let Some(top) = self.open.last_mut() {
                    *top = ";;";
                }
            }
            ";;" | ";&" | ";;&" if self.open.last() == Some(&";;") => {
                self.case_stage = 3;
            }
            _ => {}
        }
        self.command_position = true;
    }

    fn word(&mut self, word: &str) {
        self.needs_command = false;
        if std::mem::take(&mut self.after_redirection) {
            return;
        }
        match self.for_stage {
            1 => {
                self.for_variable = Some(is_name(word));
                self.for_stage = 2;
                return;
            }
            2 if word == "in" => {
                self.for_stage = 3;
                return;
            }
            3 => return,
            _ => self.for_stage = 0,
        }
        match self.case_stage {
            1 => {
                self.case_stage = 2;
                return;
            }
            2 => {
                self.case_stage = 3;
                return;
            }
            3 if word != "esac" => return,
            _ => {}
        }
        if !self.command_position && self.case_stage != 3 {
            return;
        }
        self.reserved(word);
    }

    fn reserved(&mut self, word: &str) {
        let wanted = self.open.last().copied();
        self.needs_command = true;
        match word {
            "if" => self.open.push("then"),
            "then" | "elif" | "do" | "else" if wanted.is_some() => {
                let next = match word {
                    "then" | "else" => "fi",
                    "elif" => "then",
                    _ => "done",
                };
                if let Some(top) = self.open.last_mut() {
                    *top = next;
                }
            }
            "while" | "until" => self.open.push("do"),
            "for" => {
                self.open.push("do");
                self.for_stage = 1;
                self.command_position = false;
            }
            "case" => {
                self.open.push(")");
                self.case_stage = 1;
                self.command_position = false;
            }
            "{" => self.open.push("}"),
            "fi" | "done" | "}" | "esac" => {
                self.needs_command = false;
                self.open.pop();
                self.case_stage = 0;
                self.command_position = false;
                // A case clause around this one goes on.
            }
            "!" | "time" => {}
            _ => {
                self.needs_command = false;
                self.command_position = false;
            }
        }
    }

    /// How to name the token, and what was wanted in its place.
    fn judge(&self, token: Option<&Token>) -> (Found, Option<&'static str>) {
        let mut found = found(token);
        let reserved_here = self.command_position || !self.started || self.for_stage == 2;
        if let Found::Word(word) = &found
            && reserved_here
            && RESERVED.contains(&word.as_str())
        {
            found = Found::Reserved(word.clone());
        }
        let opener_before = self.needs_command && self.command_position;
        let wanted = match self.open.last() {
            _ if self.after_redirection => None,
            Some(_) if self.case_stage == 2 => Some("in"),
            Some(&wanted) => match &found {
                Found::End => (!self.needs_command || opener_before).then_some(wanted),
                Found::Operator(op)
                    if op == "|" || op == "&&" || op == "||" || op == "&" || op == ";" =>
                {
                    None
                }
                _ if self.needs_command => None,
                _ => Some(wanted),
            },
            None => None,
        };
        (found, wanted)
    }
}

const RESERVED: [&str; 16] = [
    "!", "{", "}", "case", "do", "done", "elif", "else", "esac", "fi", "for", "if", "in", "then",
    "until", "while",
];
