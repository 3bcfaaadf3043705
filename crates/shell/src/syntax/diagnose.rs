//! What the shells say of a token that does not belong where it stands.
//!
//! brush-parser says only that a script is none, and about where. This reader walks the same
//! tokens as dash's parser does (`parser.c`), without building anything, and stops at the first
//! token that cannot follow, with what was wanted in its place.

use brush_parser::{ParseError, SourcePosition, Token};

use super::error::{Found, SyntaxError, SyntaxErrorKind};
use super::lexer::{Dialect, found, is_name, too_deep as depth_error};

/// The error for a token stream that the grammar refused; `last_line` is the text's last.
pub(crate) fn error(
    error: &ParseError,
    tokens: &[Token],
    dialect: Dialect,
    last_line: u32,
) -> SyntaxError {
    let line_of = |at: usize| {
        tokens.get(at).map_or(last_line, |token: &Token| token.location().start.line as u32)
    };
    if let Some(position) = too_deep(tokens, super::parse::MAX_NESTING) {
        return depth_error(position.line as u32);
    }
    let mut reader = Recognizer { tokens, at: 0, dialect };
    let (at, kind) = match reader.program() {
        Err(refusal) => (reader.at, refusal),
        // The grammar knows more than this reader; its own place is the best there is.
        Ok(()) => {
            let at = match error {
                ParseError::ParsingNear(position) => tokens
                    .iter()
                    .position(|token| token.location().start.index == position.index)
                    .unwrap_or(tokens.len()),
                _ => tokens.len(),
            };
            let token = found(tokens.get(at));
            (at, SyntaxErrorKind::Unexpected { token, expecting: None })
        }
    };
    let line = line_of(at);
    SyntaxError { kind, line, start_line: line }
}

/// Where constructs are nested deeper than `max`.
pub(crate) fn too_deep(tokens: &[Token], max: usize) -> Option<SourcePosition> {
    let mut open = 0_usize;
    for token in tokens {
        let change = match token {
            Token::Operator(op, _) => match op.as_str() {
                "(" => 1,
                ")" => -1,
                _ => 0,
            },
            Token::Word(word, _) => match word.as_str() {
                "if" | "case" | "do" | "{" => 1,
                "fi" | "esac" | "done" | "}" => -1,
                _ => 0,
            },
        };
        open = open.saturating_add_signed(change);
        if open > max {
            return Some((*token.location().start).clone());
        }
    }
    None
}

type Step = Result<(), SyntaxErrorKind>;

const RESERVED: [&str; 16] = [
    "!", "{", "}", "case", "do", "done", "elif", "else", "esac", "fi", "for", "if", "in", "then",
    "until", "while",
];

struct Recognizer<'a> {
    tokens: &'a [Token],
    at: usize,
    dialect: Dialect,
}

impl Recognizer<'_> {
    fn op(&self) -> &str {
        match self.tokens.get(self.at) {
            Some(Token::Operator(op, _)) => op,
            _ => "",
        }
    }

    fn word(&self) -> Option<&str> {
        match self.tokens.get(self.at) {
            Some(Token::Word(word, _)) => Some(word),
            _ => None,
        }
    }

    fn is_redirect(&self) -> bool {
        self.op().starts_with(['<', '>']) || self.op().starts_with("&>")
    }

    fn newlines(&mut self) {
        while self.op() == "\n" {
            self.at += 1;
        }
    }

    /// The token here does not belong; `keywords`: reserved words are recognised here.
    fn refuse(&self, keywords: bool, expecting: Option<&'static str>) -> SyntaxErrorKind {
        let mut token = found(self.tokens.get(self.at));
        if let Found::Word(word) = &token
            && keywords
            && RESERVED.contains(&word.as_str())
        {
            token = Found::Reserved(word.clone());
        }
        SyntaxErrorKind::Unexpected { token, expecting }
    }

    /// As [`Self::refuse`] where a newline would be refused too, which is what bash reads at the
    /// end of the text.
    fn refuse_line_end(&self, expecting: Option<&'static str>) -> SyntaxErrorKind {
        match self.refuse(false, expecting) {
            SyntaxErrorKind::Unexpected { token: Found::End, expecting }
                if self.dialect.is_bash() =>
            {
                SyntaxErrorKind::Unexpected { token: Found::Newline, expecting }
            }
            kind => kind,
        }
    }

    fn program(&mut self) -> Step {
        loop {
            self.newlines();
            if self.at >= self.tokens.len() {
                return Ok(());
            }
            self.and_or()?;
            match self.op() {
                ";" | "&" | "\n" => self.at += 1,
                _ if self.at >= self.tokens.len() => return Ok(()),
                _ => return Err(self.refuse(false, None)),
            }
        }
    }

    /// A list within a compound command; `optional`: it may be empty.
    fn list(&mut self, mut optional: bool) -> Step {
        loop {
            self.newlines();
            let ends = self.at >= self.tokens.len()
                || matches!(self.op(), ")" | ";;" | ";&" | ";;&")
                || matches!(
                    self.word(),
                    Some("then" | "else" | "elif" | "fi" | "do" | "done" | "esac" | "}")
                );
            if (optional && ends) || self.at >= self.tokens.len() {
                return Ok(());
            }
            optional = true;
            self.and_or()?;
            match self.op() {
                ";" | "&" => self.at += 1,
                "\n" => {}
                _ => return Ok(()),
            }
        }
    }

    fn and_or(&mut self) -> Step {
        loop {
            self.pipeline()?;
            if !matches!(self.op(), "&&" | "||") {
                return Ok(());
            }
            self.at += 1;
            self.newlines();
        }
    }

    fn pipeline(&mut self) -> Step {
        while self.word() == Some("!") || (self.dialect.is_bash() && self.word() == Some("time")) {
            self.at += 1;
        }
        loop {
            self.command()?;
            if !matches!(self.op(), "|" | "|&") {
                return Ok(());
            }
            self.at += 1;
            self.newlines();
        }
    }

    fn expect_word(&mut self, wanted: &'static str) -> Step {
        if self.word() == Some(wanted) {
            self.at += 1;
            return Ok(());
        }
        Err(self.refuse(true, Some(wanted)))
    }

    fn command(&mut self) -> Step {
        match self.word() {
            Some("if") => self.if_clause()?,
            Some("while" | "until") => {
                self.at += 1;
                self.list(false)?;
                self.expect_word("do")?;
                self.list(false)?;
                self.expect_word("done")?;
            }
            Some("for") => self.for_clause()?,
            Some("case") => self.case_clause()?,
            Some("{") => {
                self.at += 1;
                self.list(false)?;
                self.expect_word("}")?;
            }
            Some("[[") if !self.dialect.is_dash() => {
                while self.word() != Some("]]") {
                    if self.at >= self.tokens.len() {
                        return Err(self.refuse(false, None));
                    }
                    self.at += 1;
                }
                self.at += 1;
            }
            Some("function") if !self.dialect.is_dash() => {
                self.at += 2;
                if self.op() == "(" {
                    self.at += 2;
                }
                self.newlines();
                return self.command();
            }
            Some(word) if RESERVED.contains(&word) => return Err(self.refuse(true, None)),
            Some(_) => return self.simple(),
            None if self.is_redirect() => return self.simple(),
            None if self.op() == "(" => {
                self.at += 1;
                self.list(false)?;
                if self.op() != ")" {
                    return Err(self.refuse(true, Some(")")));
                }
                self.at += 1;
            }
            None => return Err(self.refuse(true, None)),
        }
        while self.is_redirect() || self.io_number() {
            self.redirect()?;
        }
        Ok(())
    }

    fn if_clause(&mut self) -> Step {
        self.at += 1;
        loop {
            self.list(false)?;
            self.expect_word("then")?;
            self.list(false)?;
            if self.word() != Some("elif") {
                break;
            }
            self.at += 1;
        }
        if self.word() == Some("else") {
            self.at += 1;
            self.list(false)?;
        }
        self.expect_word("fi")
    }

    fn for_clause(&mut self) -> Step {
        self.at += 1;
        if self.dialect.is_bash() && self.op() == "(" {
            // The head of an arithmetic loop was balanced when it became tokens.
            while self.at < self.tokens.len()
                && self.word() != Some("do")
                && self.word() != Some("{")
            {
                self.at += 1;
            }
        } else {
            match self.word() {
                Some(name) if is_name(name) || self.dialect.is_bash() => self.at += 1,
                _ if self.dialect.is_bash() => return Err(self.refuse_line_end(None)),
                _ => return Err(SyntaxErrorKind::ForVariable),
            }
            self.newlines();
            if self.word() == Some("in") {
                self.at += 1;
                while self.word().is_some() {
                    self.at += 1;
                }
                if !matches!(self.op(), ";" | "\n") {
                    return Err(self.refuse_line_end(None));
                }
                self.at += 1;
            } else if self.op() == ";" {
                self.at += 1;
            }
            self.newlines();
        }
        if self.dialect.is_bash() && self.word() == Some("{") {
            return self.command();
        }
        self.expect_word("do")?;
        self.list(false)?;
        self.expect_word("done")
    }

    fn case_clause(&mut self) -> Step {
        self.at += 1;
        if self.word().is_none() {
            return Err(self.refuse_line_end(Some("word")));
        }
        self.at += 1;
        self.newlines();
        self.expect_word("in")?;
        loop {
            self.newlines();
            if self.word() == Some("esac") {
                self.at += 1;
                return Ok(());
            }
            if self.op() == "(" {
                self.at += 1;
            }
            loop {
                // dash takes whatever stands there for a pattern.
                if self.word().is_none() && (self.dialect.is_bash() || self.at >= self.tokens.len())
                {
                    break;
                }
                self.at += 1;
                if self.op() != "|" {
                    break;
                }
                self.at += 1;
            }
            if self.op() != ")" {
                return Err(self.refuse(false, Some(")")));
            }
            self.at += 1;
            self.list(true)?;
            match (self.word(), self.op()) {
                (Some("esac"), _) => {}
                (_, ";;" | ";&" | ";;&") => self.at += 1,
                _ => return Err(self.refuse(true, Some(";;"))),
            }
        }
    }

    /// A number that belongs to the redirection after it.
    fn io_number(&self) -> bool {
        let next = self.tokens.get(self.at + 1);
        match (self.tokens.get(self.at), next) {
            (Some(Token::Word(word, span)), Some(Token::Operator(op, next))) => {
                word.bytes().all(|b| b.is_ascii_digit())
                    && op.starts_with(['<', '>'])
                    && span.end.index == next.start.index
            }
            _ => false,
        }
    }

    fn redirect(&mut self) -> Step {
        if self.io_number() {
            self.at += 1;
        }
        let here_doc = matches!(self.op(), "<<" | "<<-");
        self.at += 1;
        if self.dialect.is_bash() && matches!(self.op(), "<" | ">") && self.next_is_paren() {
            return self.process();
        }
        if self.word().is_none() {
            return Err(self.refuse_line_end(None));
        }
        // A here-document's text and end stand behind its delimiter.
        self.at += if here_doc { 3 } else { 1 };
        Ok(())
    }

    fn next_is_paren(&self) -> bool {
        matches!(self.tokens.get(self.at + 1), Some(Token::Operator(op, _)) if op == "(")
    }

    fn process(&mut self) -> Step {
        self.at += 2;
        self.list(false)?;
        if self.op() != ")" {
            return Err(self.refuse(true, Some(")")));
        }
        self.at += 1;
        Ok(())
    }

    fn simple(&mut self) -> Step {
        let mut words = 0;
        loop {
            if self.is_redirect() || self.io_number() {
                if self.dialect.is_bash() && matches!(self.op(), "<" | ">") && self.next_is_paren()
                {
                    self.process()?;
                } else {
                    self.redirect()?;
                }
            } else if let Some(word) = self.word() {
                let array = self.dialect.is_bash() && word.ends_with('=');
                self.at += 1;
                words += 1;
                if array && self.op() == "(" {
                    self.at += 1;
                    while self.word().is_some() || self.op() == "\n" {
                        self.at += 1;
                    }
                    if self.op() != ")" {
                        return Err(self.refuse(false, Some(")")));
                    }
                    self.at += 1;
                }
            } else if self.op() == "(" && words == 1 && !self.is_assignment() {
                self.at += 1;
                if self.op() != ")" {
                    return Err(self.refuse_line_end(Some(")")));
                }
                self.at += 1;
                self.newlines();
                let compound = matches!(
                    self.word(),
                    Some("{" | "if" | "for" | "while" | "until" | "case" | "[[")
                ) || self.op() == "(";
                if self.dialect.is_bash() && !compound {
                    return Err(self.refuse(true, None));
                }
                return self.command();
            } else {
                return Ok(());
            }
        }
    }

    fn is_assignment(&self) -> bool {
        matches!(self.tokens.get(self.at - 1), Some(Token::Word(word, _)) if word.contains('='))
    }
}
