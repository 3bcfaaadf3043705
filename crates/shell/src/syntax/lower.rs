//! From brush-parser's tree to ours.

use std::rc::Rc;

use brush_parser::ast::{self, SourceLocation};

use super::brace;
use super::error::{Found, SyntaxError, SyntaxErrorKind};
use super::ir::{
    AfterArm, AndOr, Assignment, CaseArm, Command, Function, Item, Kind, List, Part, Pipeline,
    ProcessSubst, Redirect, RedirectKind, Source, TestExpr, Value, Word,
};
use super::lexer::{Dialect, is_name};
use super::word::{self, Context};

type Result<T> = std::result::Result<T, SyntaxError>;

/// Builtins whose arguments of the form `name=value` are assignments.
const DECLARATIONS: [&str; 5] = ["export", "readonly", "local", "declare", "typeset"];

#[derive(Clone, Copy)]
pub(crate) struct Lower<'a> {
    pub dialect: Dialect,
    /// The line to use where the tree has none.
    pub line: u32,
    pub depth: u32,
    /// See [`super::lexer::Lexer::fd_names`].
    pub fd_names: &'a [String],
}

impl Lower<'_> {
    fn at(self, location: Option<brush_parser::SourceSpan>) -> Self {
        match location {
            Some(span) if span.start.line > 0 => Self { line: span.start.line as u32, ..self },
            _ => self,
        }
    }

    pub fn list(self, list: &ast::CompoundList) -> Result<List> {
        list.0.iter().map(|item| self.item(item)).collect::<Result<_>>().map(List)
    }

    fn item(self, item: &ast::CompoundListItem) -> Result<Item> {
        let ast::CompoundListItem(and_or, separator) = item;
        let first = self.pipeline(&and_or.first)?;
        let mut rest = Vec::new();
        for more in &and_or.additional {
            let (op, pipeline) = match more {
                ast::AndOr::And(pipeline) => (AndOr::And, pipeline),
                ast::AndOr::Or(pipeline) => (AndOr::Or, pipeline),
            };
            rest.push((op, self.pipeline(pipeline)?));
        }
        let item = Item { first, rest, background: None };
        Ok(match separator {
            ast::SeparatorOperator::Sequence => item,
            ast::SeparatorOperator::Async => {
                let background = Some(Rc::new(List(vec![item.clone()])));
                Item { background, ..item }
            }
        })
    }

    fn pipeline(self, pipeline: &ast::Pipeline) -> Result<Pipeline> {
        let stages: Vec<Rc<Command>> = pipeline
            .seq
            .iter()
            .map(|command| self.command(command).map(Rc::new))
            .collect::<Result<_>>()?;
        if pipeline.bang
            && stages.is_empty()
            && self.dialect.personality != crate::Personality::Bash
        {
            let token = Found::Operator(";".to_owned());
            let kind = SyntaxErrorKind::Unexpected { token, expecting: None };
            return Err(word::error(kind, self.line));
        }
        let timed = pipeline.timed.as_ref().map(ast::PipelineTimed::is_posix_output);
        Ok(Pipeline { negated: pipeline.bang, timed, stages })
    }

    fn command(self, command: &ast::Command) -> Result<Command> {
        let here = self.at(command.location());
        match command {
            ast::Command::Simple(simple) => here.simple(simple),
            ast::Command::Compound(compound, redirects) => {
                let kind = here.compound(compound)?;
                Ok(Command {
                    line: here.line,
                    kind,
                    redirects: here.redirects(redirects.as_ref())?,
                })
            }
            ast::Command::Function(function) => here.function(function),
            ast::Command::ExtendedTest(test, redirects) => {
                let kind = Kind::Test(here.test(&test.expr)?);
                Ok(Command {
                    line: here.line,
                    kind,
                    redirects: here.redirects(redirects.as_ref())?,
                })
            }
        }
    }

    fn function(self, function: &ast::FunctionDefinition) -> Result<Command> {
        let name = function.fname.value.clone();
        if self.dialect.personality != crate::Personality::Bash && !is_name(&name) {
            return Err(word::error(SyntaxErrorKind::BadFunctionName, self.line));
        }
        let ast::FunctionBody(compound, redirects) = &function.body;
        let body_line = self.at(compound.location());
        let body = Command {
            line: body_line.line,
            kind: body_line.compound(compound)?,
            redirects: self.redirects(redirects.as_ref())?,
        };
        let function =
            Rc::new(Function { line: self.line, body, source: function.body.to_string() });
        Ok(Command {
            line: self.line,
            kind: Kind::Function { name, function },
            redirects: Vec::new(),
        })
    }

    fn compound(self, compound: &ast::CompoundCommand) -> Result<Kind> {
        use ast::CompoundCommand as C;
        Ok(match compound {
            C::BraceGroup(group) => Kind::Group(self.list(&group.list)?),
            C::Subshell(subshell) => Kind::Subshell(self.list(&subshell.list)?),
            C::IfClause(clause) => {
                let mut arms = vec![(self.list(&clause.condition)?, self.list(&clause.then)?)];
                let mut otherwise = None;
                for arm in clause.elses.iter().flatten() {
                    let body = self.list(&arm.body)?;
                    match &arm.condition {
                        Some(condition) => arms.push((self.list(condition)?, body)),
                        None => otherwise = Some(body),
                    }
                }
                Kind::If { arms, otherwise }
            }
            C::WhileClause(clause) | C::UntilClause(clause) => Kind::While {
                until: matches!(compound, C::UntilClause(_)),
                condition: self.list(&clause.0)?,
                body: self.list(&clause.1.list)?,
            },
            C::ForClause(clause) => {
                let select = clause.variable_name.starts_with(super::lexer::SELECT);
                let name = clause.variable_name.trim_start_matches(super::lexer::SELECT).to_owned();
                if !self.dialect.is_bash() && !is_name(&name) {
                    return Err(word::error(SyntaxErrorKind::ForVariable, self.line));
                }
                let words = match &clause.values {
                    Some(values) if values[0].value == super::lexer::NO_WORDS => Some(Vec::new()),
                    Some(values) => Some(self.words(values)?),
                    None => None,
                };
                let body = self.list(&clause.body.list)?;
                if select {
                    Kind::Select { name, words, body }
                } else {
                    Kind::For { name, words, body }
                }
            }
            C::ArithmeticForClause(clause) => {
                let part = |part: &Option<ast::UnexpandedArithmeticExpr>| {
                    part.as_ref()
                        .filter(|part| !part.value.trim().is_empty())
                        .map(|part| self.word(&part.value, Context::Text))
                        .transpose()
                };
                Kind::ArithFor {
                    init: part(&clause.initializer)?,
                    condition: part(&clause.condition)?,
                    update: part(&clause.updater)?,
                    body: self.list(&clause.body.list)?,
                }
            }
            C::CaseClause(clause) => Kind::Case {
                subject: self.word(&clause.value.value, Context::Plain)?,
                arms: clause.cases.iter().map(|arm| self.case_arm(arm)).collect::<Result<_>>()?,
            },
            C::Arithmetic(arith) => Kind::Arith {
                expression: self.word(&arith.expr.value, Context::Text)?,
                source: arith.expr.value.clone(),
            },
            C::Coprocess(_) => {
                let kind =
                    SyntaxErrorKind::Unsupported("coproc, because nothing runs side by side");
                return Err(word::error(kind, self.line));
            }
        })
    }

    fn case_arm(self, arm: &ast::CaseItem) -> Result<CaseArm> {
        let here = self.at(arm.loc.clone());
        Ok(CaseArm {
            patterns: arm
                .patterns
                .iter()
                .map(|pattern| here.word(&pattern.value, Context::Plain))
                .collect::<Result<_>>()?,
            body: arm.cmd.as_ref().map(|list| here.list(list)).transpose()?.unwrap_or_default(),
            after: match arm.post_action {
                ast::CaseItemPostAction::ExitCase => AfterArm::Leave,
                ast::CaseItemPostAction::UnconditionallyExecuteNextCaseItem => {
                    AfterArm::FallThrough
                }
                ast::CaseItemPostAction::ContinueEvaluatingCases => AfterArm::TestNext,
            },
        })
    }

    fn simple(self, simple: &ast::SimpleCommand) -> Result<Command> {
        let (mut assignments, mut words, mut redirects) = (Vec::new(), Vec::new(), Vec::new());
        let mut arrays = Vec::new();
        for item in simple.prefix.iter().flat_map(|prefix| &prefix.0) {
            match item {
                ast::CommandPrefixOrSuffixItem::IoRedirect(redirect) => {
                    redirects.push(self.redirect(redirect)?);
                }
                // Only bash knows `a+=b` and `a[i]=b`; to the others they are a command's name.
                ast::CommandPrefixOrSuffixItem::AssignmentWord(assignment, word)
                    if !words.is_empty()
                        || (!self.dialect.is_bash()
                            && (assignment.append
                                || matches!(
                                    assignment.name,
                                    ast::AssignmentName::ArrayElementName(..)
                                ))) =>
                {
                    words.extend(self.words(std::slice::from_ref(word))?);
                }
                ast::CommandPrefixOrSuffixItem::AssignmentWord(assignment, _) => {
                    assignments.push(self.assignment(assignment)?);
                }
                _ => {}
            }
        }
        let mut declares = false;
        if let Some(name) = &simple.word_or_name {
            declares = DECLARATIONS.contains(&name.value.as_str());
            words.extend(self.words(std::slice::from_ref(name))?);
        }
        for item in simple.suffix.iter().flat_map(|suffix| &suffix.0) {
            match item {
                ast::CommandPrefixOrSuffixItem::IoRedirect(redirect) => {
                    redirects.push(self.redirect(redirect)?);
                }
                ast::CommandPrefixOrSuffixItem::AssignmentWord(assignment, _)
                    if declares && matches!(assignment.value, ast::AssignmentValue::Array(_)) =>
                {
                    let array = self.assignment(assignment)?;
                    words.push(Word::text(array.name.as_bytes()));
                    arrays.push(array);
                }
                ast::CommandPrefixOrSuffixItem::AssignmentWord(_, word) if declares => {
                    let parsed = self.word(&word.value, Context::Assignment)?;
                    words.push(Word {
                        assignment: true,
                        ..self.tilde_after_equals(parsed, &word.value)?
                    });
                }
                ast::CommandPrefixOrSuffixItem::AssignmentWord(_, word)
                    if self.dialect.is_bash() && word.value.contains("=~") =>
                {
                    let parsed = self.word(&word.value, Context::Assignment)?;
                    let parsed = self.tilde_after_equals(parsed, &word.value)?;
                    words.push(Word { assignment: false, ..parsed });
                }
                ast::CommandPrefixOrSuffixItem::AssignmentWord(_, word)
                | ast::CommandPrefixOrSuffixItem::Word(word) => {
                    words.extend(self.words(std::slice::from_ref(word))?);
                }
                ast::CommandPrefixOrSuffixItem::ProcessSubstitution(kind, subshell) => {
                    let part = Part::Process(self.process(kind, subshell)?);
                    words.push(Word { parts: vec![part], assignment: false });
                }
            }
        }
        let kind = Kind::Simple { assignments, words, arrays };
        Ok(Command { line: self.line, kind, redirects })
    }

    /// `export PATH=~/bin`: the tilde after the first `=`.
    fn tilde_after_equals(self, parsed: Word, text: &str) -> Result<Word> {
        let Some((name, value)) = text.split_once('=') else { return Ok(parsed) };
        let mut parts = vec![Part::Literal(format!("{name}=").into_bytes())];
        parts.extend(self.word(value, Context::Assignment)?.parts);
        Ok(Word { parts, assignment: true })
    }

    fn assignment(self, assignment: &ast::Assignment) -> Result<Assignment> {
        let here = self.at(Some(assignment.loc.clone()));
        let (name, index) = match &assignment.name {
            ast::AssignmentName::VariableName(name) => (name.clone(), None),
            ast::AssignmentName::ArrayElementName(name, index) => {
                (name.clone(), Some(here.word(index, Context::Subscript)?))
            }
        };
        let value = match &assignment.value {
            ast::AssignmentValue::Scalar(word) => {
                Value::Scalar(here.word(&word.value, Context::Assignment)?)
            }
            ast::AssignmentValue::Array(_) if !here.dialect.is_bash() => {
                let token = Found::Operator("(".to_owned());
                let kind = SyntaxErrorKind::Unexpected { token, expecting: None };
                return Err(word::error(kind, here.line));
            }
            ast::AssignmentValue::Array(elements) => {
                let mut out = Vec::new();
                for (key, word) in elements {
                    let key = match key {
                        Some(key) => Some(here.word(&key.value, Context::Subscript)?),
                        None => None,
                    };
                    for word in here.words(std::slice::from_ref(word))? {
                        out.push((key.clone(), word));
                    }
                }
                Value::Array(out)
            }
        };
        Ok(Assignment { name, index, append: assignment.append, value })
    }

    fn words(self, words: &[ast::Word]) -> Result<Vec<Word>> {
        let mut out = Vec::with_capacity(words.len());
        for word in words {
            let here = self.at(word.location());
            if self.dialect.is_bash() && word.value.contains('{') {
                for text in brace::expand(&word.value, self.dialect) {
                    out.push(here.word(&text, Context::Plain)?);
                }
            } else {
                out.push(here.word(&word.value, Context::Plain)?);
            }
        }
        Ok(out)
    }

    fn word(self, text: &str, context: Context) -> Result<Word> {
        word::parse_nested(text, self.line, self.dialect, context, self.depth)
    }

    fn process(
        self,
        kind: &ast::ProcessSubstitutionKind,
        subshell: &ast::SubshellCommand,
    ) -> Result<ProcessSubst> {
        let read = matches!(kind, ast::ProcessSubstitutionKind::Read);
        Ok(ProcessSubst { read, list: Rc::new(Source { list: self.list(&subshell.list)? }) })
    }

    fn redirects(self, redirects: Option<&ast::RedirectList>) -> Result<Vec<Redirect>> {
        redirects.iter().flat_map(|list| &list.0).map(|redirect| self.redirect(redirect)).collect()
    }

    fn redirect(self, redirect: &ast::IoRedirect) -> Result<Redirect> {
        let word = |word: &ast::Word| self.word(&word.value, Context::Plain);
        let (fd, kind) = match redirect {
            ast::IoRedirect::File(fd, kind, target) => (fd, self.file_redirect(kind, target)?),
            ast::IoRedirect::HereDocument(fd, doc) => {
                let body = if doc.requires_expansion {
                    let line = doc.doc.loc.as_ref().map_or(self.line, |loc| loc.start.line as u32);
                    let here = Self { line, ..self };
                    here.word(&doc.doc.value, Context::Text)?
                } else {
                    Word::text(crate::text::encode(&doc.doc.value))
                };
                (fd, RedirectKind::HereDoc { body })
            }
            ast::IoRedirect::HereString(fd, text) => (fd, RedirectKind::HereString(word(text)?)),
            ast::IoRedirect::OutputAndError(target, append) => {
                (&None, RedirectKind::OutputAndError { target: word(target)?, append: *append })
            }
        };
        let fd = fd.and_then(|fd| u32::try_from(fd).ok());
        let named = fd.and_then(|fd| fd.checked_sub(super::lexer::FIRST_NAMED_FD));
        let variable = named.and_then(|at| self.fd_names.get(at as usize)).cloned();
        Ok(Redirect { fd, variable, kind })
    }

    fn file_redirect(
        self,
        kind: &ast::IoFileRedirectKind,
        target: &ast::IoFileRedirectTarget,
    ) -> Result<RedirectKind> {
        use ast::IoFileRedirectKind as K;
        let target = match target {
            ast::IoFileRedirectTarget::Filename(word)
            | ast::IoFileRedirectTarget::Duplicate(word) => {
                self.word(&word.value, Context::Plain)?
            }
            ast::IoFileRedirectTarget::Fd(fd) => Word::text(fd.to_string()),
            ast::IoFileRedirectTarget::ProcessSubstitution(kind, subshell) => {
                return Ok(RedirectKind::Process(self.process(kind, subshell)?));
            }
        };
        Ok(match kind {
            K::Read => RedirectKind::Read(target),
            K::Write => RedirectKind::Write { target, clobber: false },
            K::Clobber => RedirectKind::Write { target, clobber: true },
            K::Append => RedirectKind::Append(target),
            K::ReadAndWrite => RedirectKind::ReadWrite(target),
            K::DuplicateInput => RedirectKind::Dup { input: true, source: target },
            K::DuplicateOutput => RedirectKind::Dup { input: false, source: target },
        })
    }

    fn test(self, expr: &ast::ExtendedTestExpr) -> Result<TestExpr> {
        use ast::ExtendedTestExpr as E;
        let boxed = |expr: &ast::ExtendedTestExpr| self.test(expr).map(Box::new);
        let word = |word: &ast::Word| self.word(&word.value, Context::Plain);
        Ok(match expr {
            E::And(a, b) => TestExpr::And(boxed(a)?, boxed(b)?),
            E::Or(a, b) => TestExpr::Or(boxed(a)?, boxed(b)?),
            E::Not(inner) => TestExpr::Not(boxed(inner)?),
            E::Parenthesized(inner) => self.test(inner)?,
            E::UnaryTest(op, operand) => {
                let letter = op.to_string().as_bytes().get(1).copied().unwrap_or(b'n');
                TestExpr::Unary(letter, word(operand)?)
            }
            E::BinaryTest(op, left, right) => {
                use ast::BinaryPredicate as B;
                let name = match op {
                    B::FilesReferToSameDeviceAndInodeNumbers => "-ef",
                    B::LeftFileIsNewerOrExistsWhenRightDoesNot => "-nt",
                    B::LeftFileIsOlderOrDoesNotExistWhenRightDoes => "-ot",
                    B::StringExactlyMatchesPattern | B::StringExactlyMatchesString => "==",
                    B::StringDoesNotExactlyMatchPattern | B::StringDoesNotExactlyMatchString => {
                        "!="
                    }
                    B::StringMatchesRegex | B::StringContainsSubstring => "=~",
                    B::LeftSortsBeforeRight => "<",
                    B::LeftSortsAfterRight => ">",
                    B::ArithmeticEqualTo => "-eq",
                    B::ArithmeticNotEqualTo => "-ne",
                    B::ArithmeticLessThan => "-lt",
                    B::ArithmeticLessThanOrEqualTo => "-le",
                    B::ArithmeticGreaterThan => "-gt",
                    B::ArithmeticGreaterThanOrEqualTo => "-ge",
                };
                TestExpr::Binary(name, word(left)?, word(right)?)
            }
        })
    }
}
