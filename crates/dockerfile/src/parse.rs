//! A Dockerfile's text to instructions and stages. Every text parses; what is wrong is in the diagnostics.

use crate::diagnostic::{Diagnostic, Pass, Problem};
use crate::directive::{Detected, Directive, DirectiveReader, detect_syntax};
use crate::folded::Folded;
use crate::heredoc::{Heredoc, heredocs_of_line};
use crate::instruction::{Instruction, Kind};
use crate::node;
use crate::span::{Lines, Span};
use crate::stage::{Stage, assemble};
use crate::syntax::{Item, ItemKind, Node};

/// A parsed file.
#[derive(Clone, Debug)]
pub struct Parse {
    /// The text that was parsed.
    pub text: String,
    /// The file as a sequence of items; their texts in order are the text.
    pub items: Vec<Item>,
    /// The parser directives at the top.
    pub directives: Vec<Directive>,
    /// The escape character, `\` unless a directive says otherwise.
    pub escape: char,
    /// All instructions, those that are wrong included.
    pub instructions: Vec<Instruction>,
    /// The build stages. Their instructions are [`Parse::body`].
    pub stages: Vec<Stage>,
    /// Every error, in the order in which BuildKit would come to it. BuildKit reports the first.
    pub diagnostics: Vec<Diagnostic>,
    /// Instructions with an empty line in a continuation.
    pub empty_continuations: Vec<EmptyContinuation>,
}

/// An instruction with an empty line in a continuation, which is deprecated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmptyContinuation {
    /// Which instruction, by its place in [`Parse::instructions`].
    pub instruction: usize,
    /// The last line of the instruction's text, which is where BuildKit reports it.
    pub line: usize,
    /// Where the empty lines stand, without their line ends.
    pub spans: Vec<Span>,
}

/// What BuildKit adds to the warning about an empty line in a continuation.
pub const EMPTY_CONTINUATION_DETAIL: &str =
    "Empty continuation lines will become errors in a future release";

impl Parse {
    /// The warnings of BuildKit's parser, one for each of [`Parse::empty_continuations`].
    pub fn warnings(&self) -> Vec<String> {
        let original =
            |warning: &EmptyContinuation| &self.instructions[warning.instruction].node.original;
        let text = |warning| format!("Empty continuation line found in: {}", original(warning));
        self.empty_continuations.iter().map(text).collect()
    }

    /// The error about a `# syntax=` that asks for a front end other than Docker's own, which is the one built in.
    pub fn foreign_syntax(&self) -> Option<Diagnostic> {
        let Detected { reference, line, span, .. } = detect_syntax(&self.text)?;
        let name = reference.strip_prefix("docker.io/").unwrap_or(&reference);
        let name = name.split('@').next().unwrap_or_default().split(':').next().unwrap_or_default();
        if matches!(name, "docker/dockerfile" | "docker/dockerfile-upstream") {
            return None;
        }
        let cause = format!(
            "not supported here: syntax {reference}, because only docker/dockerfile is built in"
        );
        Some(Diagnostic {
            pass: Pass::Parser,
            span,
            lines: lines_at(line),
            cause,
            prefix_line: None,
        })
    }

    /// The error BuildKit reports, or none where the file can be built.
    pub fn first_error(&self) -> Option<&Diagnostic> {
        self.diagnostics.first()
    }

    /// The `ARG` instructions before the first `FROM`.
    pub fn meta_args(&self) -> impl Iterator<Item = &Instruction> {
        let end = self.stages.first().map_or(self.instructions.len(), |stage| stage.from);
        self.instructions[..end]
            .iter()
            .filter(|instruction| matches!(instruction.kind, Kind::Arg(_)))
    }

    /// The `FROM` instruction of a stage.
    pub fn from_of(&self, stage: &Stage) -> &Instruction {
        &self.instructions[stage.from]
    }

    /// The instructions of a stage, without its `FROM`.
    pub fn body(&self, stage: &Stage) -> &[Instruction] {
        &self.instructions[stage.body.clone()]
    }

    /// The parse tree as s-expressions, one instruction a line, as BuildKit's tests write it.
    pub fn dump(&self) -> String {
        self.instructions
            .iter()
            .map(|instruction| format!("({})\n", instruction.node.dump()))
            .collect()
    }
}

/// The longest line the parser reads, in bytes without its line end.
pub const MAX_LINE: usize = 65_535;

/// Parses a Dockerfile.
pub fn parse(text: &str) -> Parse {
    let mut parser = Parser::new(text);
    parser.run();
    parser.finish()
}

struct Parser<'a> {
    lines: LineReader<'a>,
    reader: DirectiveReader,
    /// Comments directly above what comes next.
    comments: Vec<String>,
    parse: Parse,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        Parser {
            lines: LineReader { text, at: 0, number: 0 },
            reader: DirectiveReader::new("#"),
            comments: Vec::new(),
            parse: Parse {
                text: text.to_owned(),
                items: Vec::new(),
                directives: Vec::new(),
                escape: '\\',
                instructions: Vec::new(),
                stages: Vec::new(),
                diagnostics: Vec::new(),
                empty_continuations: Vec::new(),
            },
        }
    }

    fn run(&mut self) {
        if self.lines.text.starts_with('\u{feff}') {
            self.item(ItemKind::Bom, 0, 3);
        }
        while let Some(line) = self.lines.next() {
            // The first line keeps its mark in the length that is checked.
            let start =
                if line.number == 1 && self.parse.items.len() == 1 { 3 } else { line.start };
            if line.is_too_long() {
                let cause = format!("dockerfile line greater than max allowed size of {MAX_LINE}");
                self.error(
                    Pass::Parser,
                    Span::new(start, line.content_end),
                    lines_at(line.number - 1),
                    Problem::new(cause),
                );
                self.item(ItemKind::Unread, start, line.end);
                self.comments.clear();
                continue;
            }
            self.line(start, line);
        }
    }

    fn line(&mut self, start: usize, line: RawLine) {
        let content = &self.lines.text[start..line.content_end];
        let trimmed = content.trim_start();
        let at = line.content_end - trimmed.len();
        if trimmed.starts_with('#') {
            self.comment(content);
            let kind = self.directive(trimmed, at, line.number);
            self.item(kind, start, line.end);
            return;
        }
        // Anything but a comment ends the zone of directives.
        let _ = self.reader.read(trimmed, at, line.number);
        if trimmed.is_empty() {
            self.comments.clear();
            self.item(ItemKind::Blank, start, line.end);
            return;
        }
        self.instruction(start, at, trimmed, line);
    }

    /// Keeps a comment for the instruction below it; an empty one starts over.
    fn comment(&mut self, content: &str) {
        // BuildKit drops the first byte of the line, be it the sign or white space before it.
        let mut chars = content.chars();
        chars.next();
        match chars.as_str().trim() {
            "" => self.comments.clear(),
            comment => self.comments.push(comment.to_owned()),
        }
    }

    fn directive(&mut self, trimmed: &str, at: usize, number: usize) -> ItemKind {
        match self.reader.read(trimmed, at, number) {
            Ok(None) => ItemKind::Comment,
            Ok(Some(directive)) => {
                self.comments.pop();
                if directive.name == "escape" {
                    match directive.value.as_str() {
                        "\\" => self.parse.escape = '\\',
                        "`" => self.parse.escape = '`',
                        other => {
                            let cause =
                                format!("invalid escape token '{other}' does not match ` or \\");
                            self.error(
                                Pass::Parser,
                                directive.value_span,
                                lines_at(number - 1),
                                Problem::new(cause),
                            );
                        }
                    }
                }
                self.parse.directives.push(directive);
                ItemKind::Directive(self.parse.directives.len() - 1)
            }
            Err(cause) => {
                self.error(
                    Pass::Parser,
                    Span::new(at, at + trimmed.len()),
                    lines_at(number - 1),
                    Problem::new(cause),
                );
                ItemKind::Comment
            }
        }
    }

    /// Reads an instruction whose first line is `first`; it stands at `at`.
    fn instruction(&mut self, item_start: usize, at: usize, first: &str, line: RawLine) {
        let escape = self.parse.escape;
        let mut folded = Folded::default();
        let (piece, mut continues) = cut_continuation(first, escape);
        folded.push(at, piece);
        let mut last = line;
        let mut empty_lines = Vec::new();
        while continues {
            let Some(next) = self.lines.next_readable() else { break };
            last = next;
            let content = &self.lines.text[next.start..next.content_end];
            match content.trim_start() {
                "" => empty_lines.push(Span::new(next.start, next.content_end)),
                comment if comment.starts_with('#') => {}
                _ => {
                    let (piece, more) = cut_continuation(content, escape);
                    folded.push(next.start, piece);
                    continues = more;
                }
            }
        }
        let index = self.parse.instructions.len();
        if !empty_lines.is_empty() {
            self.parse.empty_continuations.push(EmptyContinuation {
                instruction: index,
                line: last.number,
                spans: empty_lines,
            });
        }
        let (mut node, problem) = node::node(&folded, escape);
        let is_sound = problem.is_none();
        let text_span = Span::new(at, last.content_end);
        if let Some(problem) = problem {
            self.error(
                Pass::Parser,
                text_span,
                Some(Lines::new(line.number, last.number)),
                problem,
            );
        }
        let heredocs_sound = self.heredocs(&folded, &mut node, line.number, &mut last);
        node.comments = std::mem::take(&mut self.comments);
        node.span = Span::new(at, last.content_end);
        node.lines = Some(Lines::new(line.number, last.number));
        self.item(ItemKind::Instruction(index), item_start, last.end);
        let kind = if is_sound && heredocs_sound { self.understand(&node) } else { Kind::Invalid };
        self.parse.instructions.push(Instruction { kind, node });
    }

    fn understand(&mut self, node: &Node) -> Kind {
        match Kind::of(node) {
            Ok(kind) => kind,
            Err(problem) => {
                self.error(Pass::Instructions, node.span, node.lines, problem);
                if let (Some(error), Some(lines)) = (self.parse.diagnostics.last_mut(), node.lines)
                {
                    error.prefix_line = Some(lines.start);
                }
                Kind::Invalid
            }
        }
    }

    /// Reads the bodies of the heredocs that the instruction opens; false where one is wrong.
    fn heredocs(
        &mut self,
        folded: &Folded,
        node: &mut Node,
        first_line: usize,
        last: &mut RawLine,
    ) -> bool {
        if !folded.text.contains("<<") || !may_have_heredocs(node) {
            return true;
        }
        let opened = match heredocs_of_line(&folded.text) {
            Ok(opened) => opened,
            Err(cause) => {
                let lines = Lines::new(first_line, last.number);
                self.error(Pass::Parser, node.span, Some(lines), Problem::new(cause.to_string()));
                return false;
            }
        };
        let mut searched = 0;
        for (written, word) in opened {
            let found = folded.text[searched..]
                .find(&written)
                .map(|at| searched + at..searched + at + written.len());
            let span = found.clone().map_or(node.span, |range| folded.span(range));
            // What the lexer wrote otherwise than it stands in the line is not looked for again.
            searched = found.map_or(folded.text.len(), |range| range.end);
            let body_start = last.end;
            let mut heredoc = Heredoc {
                word,
                content: String::new(),
                span,
                body: Span::new(body_start, body_start),
                terminator: None,
            };
            while let Some(line) = self.lines.next_readable() {
                *last = line;
                let content = &self.lines.text[line.start..line.content_end];
                let candidate =
                    if heredoc.word.chomp { content.trim_start_matches('\t') } else { content };
                if candidate == heredoc.word.name {
                    heredoc.terminator =
                        Some(Span::new(line.content_end - candidate.len(), line.content_end));
                    break;
                }
                heredoc.body.end = line.end;
            }
            heredoc.content = heredoc.body.of(self.lines.text).to_owned();
            let terminated = heredoc.terminator.is_some();
            node.heredocs.push(heredoc);
            if !terminated {
                self.error(
                    Pass::Parser,
                    span,
                    Some(Lines::new(first_line, last.number)),
                    Problem::new("unterminated heredoc"),
                );
                return false;
            }
        }
        true
    }

    fn item(&mut self, kind: ItemKind, start: usize, end: usize) {
        self.parse.items.push(Item { kind, span: Span::new(start, end) });
    }

    fn error(&mut self, pass: Pass, span: Span, lines: Option<Lines>, problem: Problem) {
        let span = problem.span.unwrap_or(span);
        self.parse.diagnostics.push(Diagnostic {
            pass,
            span,
            lines,
            cause: problem.cause,
            prefix_line: None,
        });
    }

    fn finish(mut self) -> Parse {
        let end = self.parse.text.len();
        if end == 0 {
            self.error(
                Pass::Parser,
                Span::default(),
                None,
                Problem::new("the Dockerfile cannot be empty"),
            );
        } else if self.parse.instructions.is_empty() {
            // BuildKit says this before it says that a line was too long.
            let unread = |error: &Diagnostic| error.cause.starts_with("dockerfile line greater");
            let place = self
                .parse
                .diagnostics
                .iter()
                .position(unread)
                .unwrap_or(self.parse.diagnostics.len());
            let cause = "file with no instructions".to_owned();
            let (span, lines) = (Span::new(end, end), lines_at(self.lines.number));
            let error = Diagnostic { pass: Pass::Parser, span, lines, cause, prefix_line: None };
            self.parse.diagnostics.insert(place, error);
        }
        assemble(&mut self.parse);
        self.parse.diagnostics.sort_by_key(|error| error.pass);
        self.parse
    }
}

/// The line `number`; none for line 0, where BuildKit has no place to point at.
fn lines_at(number: usize) -> Option<Lines> {
    (number > 0).then_some(Lines::new(number, number))
}

/// Only `ADD`, `COPY` and `RUN` take heredocs, also behind `ONBUILD`, and not in their JSON form.
fn may_have_heredocs(node: &Node) -> bool {
    let node = node
        .sub
        .as_deref()
        .filter(|_| node.keyword.text.eq_ignore_ascii_case("onbuild"))
        .unwrap_or(node);
    !node.json
        && ["add", "copy", "run"].iter().any(|name| node.keyword.text.eq_ignore_ascii_case(name))
}

/// Takes a continuation off the end of a line; says whether there was one. Two escapes in a row are none.
fn cut_continuation(line: &str, escape: char) -> (&str, bool) {
    match line.trim_end_matches([' ', '\t']).strip_suffix(escape) {
        Some(rest) if !rest.ends_with(escape) => (rest, true),
        _ => (line, false),
    }
}

/// A physical line.
#[derive(Clone, Copy, Debug)]
struct RawLine {
    number: usize,
    start: usize,
    /// Where the text ends, before any carriage returns and the newline.
    content_end: usize,
    /// Where the newline stands, or the file ends.
    newline: usize,
    end: usize,
}

impl RawLine {
    fn is_too_long(&self) -> bool {
        self.newline - self.start > MAX_LINE
    }
}

struct LineReader<'a> {
    text: &'a str,
    at: usize,
    number: usize,
}

impl LineReader<'_> {
    fn peek(&self) -> Option<RawLine> {
        let rest = &self.text[self.at..];
        if rest.is_empty() {
            return None;
        }
        let newline = rest.find('\n');
        let len = newline.unwrap_or(rest.len());
        let content = rest[..len].trim_end_matches('\r');
        Some(RawLine {
            number: self.number + 1,
            start: self.at,
            content_end: self.at + content.len(),
            newline: self.at + len,
            end: self.at + newline.map_or(len, |at| at + 1),
        })
    }

    fn next(&mut self) -> Option<RawLine> {
        let line = self.peek()?;
        self.at = line.end;
        self.number = line.number;
        Some(line)
    }

    /// The next line, unless it is one the parser cannot read.
    fn next_readable(&mut self) -> Option<RawLine> {
        self.peek().filter(|line| !line.is_too_long())?;
        self.next()
    }
}
