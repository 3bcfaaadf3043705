//! Word expansion: quotes, escapes and `$` forms, as BuildKit's `shell` package resolves them.
//!
//! ```
//! use dockerfile::{EnvList, Lexer};
//! let mut env = EnvList::default();
//! env.set("TAG", "18.04");
//! assert_eq!(Lexer::new('\\').word("ubuntu:${TAG:-latest}", &env).unwrap(), "ubuntu:18.04");
//! ```

pub mod pattern;

mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use imbl::Vector;
use thiserror::Error;

use self::pattern::{PatternError, ShellPattern, reverse, reverse_pattern};
use self::words::{Word, Words};
use crate::quote::quote;

/// Where expansion looks up variables.
pub trait Environment {
    /// The value of `name`; `None` where it is not set.
    fn get(&self, name: &str) -> Option<&str>;
}

impl<E: Environment + ?Sized> Environment for &E {
    fn get(&self, name: &str) -> Option<&str> {
        (**self).get(name)
    }
}

/// The environment in which nothing is set.
impl Environment for () {
    fn get(&self, _: &str) -> Option<&str> {
        None
    }
}

impl Environment for BTreeMap<String, String> {
    fn get(&self, name: &str) -> Option<&str> {
        BTreeMap::get(self, name).map(String::as_str)
    }
}

impl Environment for HashMap<String, String> {
    fn get(&self, name: &str) -> Option<&str> {
        HashMap::get(self, name).map(String::as_str)
    }
}

/// Variables in the order in which they were first set, as an image config keeps them.
///
/// A clone shares what it does not change: every stage of a file may have one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnvList {
    entries: Vector<(Arc<str>, Arc<str>)>,
    /// Where each name stands in `entries`.
    places: imbl::OrdMap<Arc<str>, usize>,
}

impl EnvList {
    /// Sets a variable; one that is there keeps its place.
    pub fn set(&mut self, name: impl AsRef<str>, value: impl AsRef<str>) {
        let (name, value) = (name.as_ref(), Arc::from(value.as_ref()));
        match self.places.get(name) {
            Some(place) => self.entries[*place].1 = value,
            None => {
                let name: Arc<str> = Arc::from(name);
                self.places.insert(Arc::clone(&name), self.entries.len());
                self.entries.push_back((name, value));
            }
        }
    }

    /// True where the variable is set, to the empty text or another.
    pub fn has(&self, name: &str) -> bool {
        self.places.contains_key(name)
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries.iter().map(|(name, value)| (&**name, &**value))
    }

    /// `NAME=value` entries, as an image config writes them.
    pub fn to_entries(&self) -> Vec<String> {
        self.iter().map(|(name, value)| format!("{name}={value}")).collect()
    }

    /// Reads `NAME=value` entries; one without `=` has an empty value.
    pub fn from_entries<T: AsRef<str>>(entries: impl IntoIterator<Item = T>) -> Self {
        let mut list = EnvList::default();
        for entry in entries {
            let (name, value) = entry.as_ref().split_once('=').unwrap_or((entry.as_ref(), ""));
            list.set(name, value);
        }
        list
    }
}

impl Environment for EnvList {
    fn get(&self, name: &str) -> Option<&str> {
        self.places.get(name).map(|place| &*self.entries[*place].1)
    }
}

/// Why a text could not be expanded; prints as the front end prints it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("failed to process {}: {cause}", quote(.source_text))]
pub struct ExpandError {
    /// The whole text that was being expanded.
    pub source_text: String,
    /// What is wrong in it.
    pub cause: ExpandErrorCause,
    /// Names that were referenced before the error and are not set.
    pub unmatched: BTreeSet<String>,
}

impl ExpandError {
    /// What it cost to find out, as in [`Expansion`].
    pub(crate) fn cost(&self) -> usize {
        self.source_text.len()
            + match self.cause {
                ExpandErrorCause::TooLong => MAX_GROWTH,
                ExpandErrorCause::TooCostly { .. } => MAX_PATTERN_STEPS * STEP_COST,
                _ => 0,
            }
    }
}

/// What is wrong in a text that could not be expanded. The words are BuildKit's.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[allow(missing_docs)] // Each variant is its message.
pub enum ExpandErrorCause {
    #[error("unexpected end of statement while looking for matching single-quote")]
    UnclosedSingleQuote,
    #[error("unexpected end of statement while looking for matching double-quote")]
    UnclosedDoubleQuote,
    #[error("unexpected end of statement while looking for matching {0}")]
    Unclosed(char),
    #[error("syntax error: bad substitution")]
    BadSubstitution,
    #[error("syntax error: missing '}}'")]
    MissingBrace,
    #[error("syntax error: missing '/' in ${{}}")]
    MissingSlash,
    #[error("unsupported modifier ({0}) in substitution")]
    UnsupportedModifier(String),
    #[error("{name}: {message}")]
    NotAllowed { name: String, message: String },
    #[error("invalid pattern ({pattern}) in substitution: {source}")]
    Pattern { pattern: String, source: PatternError },
    #[error(
        "not supported here: substitutions nested more than {MAX_DEPTH} deep, because each level takes stack"
    )]
    TooDeep,
    #[error(
        "not supported here: variables that make a text longer by more than {MAX_GROWTH} bytes, because no program could be given it"
    )]
    TooLong,
    #[error(
        "not supported here: a pattern of {parts} parts on a value of {len} bytes, because matching it takes too long"
    )]
    TooCostly { parts: usize, len: usize },
}

/// Substitutions may be nested this deep. BuildKit sets no limit.
const MAX_DEPTH: usize = 100;

/// A text may grow by this many bytes when it is expanded. BuildKit sets no limit, but `ENV a=$a$a` doubles a
/// value, and Linux gives no program an argument or variable longer than this (`MAX_ARG_STRLEN`).
const MAX_GROWTH: usize = 128 * 1024;

/// Parts of a pattern times bytes of the value it is matched with. BuildKit sets no limit.
const MAX_PATTERN_STEPS: usize = 1 << 20;

/// What one of these steps costs, in bytes that might be copied meanwhile.
const STEP_COST: usize = 16;

/// The outcome of an expansion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expansion {
    /// The text, as one word.
    pub text: String,
    /// The text split at white space that stood outside quotes, after substitution.
    pub words: Vec<String>,
    /// Names that were referenced and are set.
    pub matched: BTreeSet<String>,
    /// Names that were referenced and are not set.
    pub unmatched: BTreeSet<String>,
    /// What it cost, in bytes written and steps of patterns.
    pub(crate) cost: usize,
}

/// How to expand: the escape character, and what to leave as it is.
#[derive(Clone, Debug)]
pub struct Lexer {
    /// The escape character of the file, `\` or `` ` ``.
    pub escape: char,
    /// Keeps quotes in the result.
    pub raw_quotes: bool,
    /// Keeps escape characters in the result.
    pub raw_escapes: bool,
    /// Takes quotes for ordinary characters; set for heredoc bodies.
    pub skip_quotes: bool,
    /// Gives references to names that are not set back as they are.
    pub skip_unset: bool,
}

impl Lexer {
    /// A lexer that resolves quotes and escapes, and expands unset names to nothing.
    pub fn new(escape: char) -> Self {
        Lexer {
            escape,
            raw_quotes: false,
            raw_escapes: false,
            skip_quotes: false,
            skip_unset: false,
        }
    }

    /// Expands `text` to one word.
    ///
    /// # Errors
    /// [`ExpandError`], as BuildKit refuses the text.
    pub fn word(&self, text: &str, env: &dyn Environment) -> Result<String, ExpandError> {
        self.expand_text(text, env).map(|expansion| expansion.text)
    }

    /// Expands `text`, then splits it at white space outside quotes.
    ///
    /// # Errors
    /// [`ExpandError`], as BuildKit refuses the text.
    pub fn words(&self, text: &str, env: &dyn Environment) -> Result<Vec<String>, ExpandError> {
        self.expand(text, env).map(|expansion| expansion.words)
    }

    /// Expands `text` and says which names it used.
    ///
    /// # Errors
    /// [`ExpandError`], as BuildKit refuses the text.
    pub fn expand(&self, text: &str, env: &dyn Environment) -> Result<Expansion, ExpandError> {
        self.run(text, env, true)
    }

    /// Like [`Lexer::expand`], without the words.
    pub(crate) fn expand_text(
        &self,
        text: &str,
        env: &dyn Environment,
    ) -> Result<Expansion, ExpandError> {
        self.run(text, env, false)
    }

    fn run(
        &self,
        text: &str,
        env: &dyn Environment,
        wants_words: bool,
    ) -> Result<Expansion, ExpandError> {
        let mut run = Run {
            lexer: self,
            env,
            // Go's text/scanner drops a byte order mark.
            rest: text.strip_prefix('\u{feff}').unwrap_or(text),
            raw_escapes: self.raw_escapes,
            word: wants_words.then(Word::new),
            depth: 0,
            max_len: text.len() + MAX_GROWTH,
            cost: 0,
            matched: BTreeSet::new(),
            unmatched: BTreeSet::new(),
        };
        match run.until(None, self.raw_escapes) {
            Ok((text, words)) => {
                let cost = run.cost + text.len();
                Ok(Expansion { text, words, matched: run.matched, unmatched: run.unmatched, cost })
            }
            Err(cause) => {
                let source_text = text.to_owned();
                Err(ExpandError { source_text, cause, unmatched: run.unmatched })
            }
        }
    }
}

struct Run<'a> {
    lexer: &'a Lexer,
    env: &'a dyn Environment,
    rest: &'a str,
    raw_escapes: bool,
    /// The word being read, where words are wanted.
    word: Option<Word>,
    depth: usize,
    /// How long the outcome may become.
    max_len: usize,
    cost: usize,
    matched: BTreeSet<String>,
    unmatched: BTreeSet<String>,
}

type Step<T> = Result<T, ExpandErrorCause>;

impl<'a> Run<'a> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let c = chars.next();
        self.rest = chars.as_str();
        c
    }

    /// Reads up to `stop`, or to the end where there is none.
    fn until(&mut self, stop: Option<char>, raw_escapes: bool) -> Step<(String, Vec<String>)> {
        let outer = std::mem::replace(&mut self.raw_escapes, raw_escapes);
        let result = self.until_inner(stop);
        self.raw_escapes = outer;
        result
    }

    fn until_inner(&mut self, stop: Option<char>) -> Step<(String, Vec<String>)> {
        let mut text = String::new();
        let mut words = Words::begin(&mut self.word);
        while let Some(c) = self.peek() {
            if Some(c) == stop {
                self.next();
                return Ok((text, words.finish(&mut self.word)));
            }
            match c {
                '$' => {
                    let value = self.dollar()?;
                    self.check_len(text.len() + value.len())?;
                    words.add_splitting(&mut self.word, &value);
                    text.push_str(&value);
                }
                '\'' | '"' if !self.lexer.skip_quotes => {
                    let quoted =
                        if c == '"' { self.double_quoted()? } else { self.single_quoted()? };
                    self.check_len(text.len() + quoted.len())?;
                    words.add_whole(&mut self.word, &quoted);
                    text.push_str(&quoted);
                }
                '<' => {
                    let operator = self.angle();
                    words.add_whole(&mut self.word, operator);
                    text.push_str(operator);
                }
                _ => {
                    self.next();
                    if c != self.lexer.escape {
                        words.add_char(&mut self.word, c);
                        text.push(c);
                        continue;
                    }
                    if self.raw_escapes {
                        words.add_whole(&mut self.word, c.encode_utf8(&mut [0; 4]));
                        text.push(c);
                    }
                    // An escape at the end stands for nothing.
                    let Some(escaped) = self.next() else { break };
                    words.add_whole(&mut self.word, escaped.encode_utf8(&mut [0; 4]));
                    text.push(escaped);
                }
            }
        }
        match stop {
            Some(stop) => Err(ExpandErrorCause::Unclosed(stop)),
            None => Ok((text, words.finish(&mut self.word))),
        }
    }

    fn check_len(&self, len: usize) -> Step<()> {
        if len > self.max_len { Err(ExpandErrorCause::TooLong) } else { Ok(()) }
    }

    /// `<`, or `<<` with the blanks behind it, so that `<< EOF` is one word.
    fn angle(&mut self) -> &'a str {
        let start = self.rest;
        self.next();
        if self.peek() == Some('<') {
            self.next();
            self.rest = self.rest.trim_start_matches([' ', '\t', '\r']);
        }
        &start[..start.len() - self.rest.len()]
    }

    fn single_quoted(&mut self) -> Step<String> {
        self.next();
        let Some(end) = self.rest.find('\'') else {
            self.rest = "";
            return Err(ExpandErrorCause::UnclosedSingleQuote);
        };
        let inside = &self.rest[..end];
        self.rest = &self.rest[end + 1..];
        Ok(if self.lexer.raw_quotes { format!("'{inside}'") } else { inside.to_owned() })
    }

    fn double_quoted(&mut self) -> Step<String> {
        let mut out = String::new();
        let quote = self.next().filter(|_| self.lexer.raw_quotes);
        out.extend(quote);
        loop {
            match self.peek().ok_or(ExpandErrorCause::UnclosedDoubleQuote)? {
                '"' => {
                    self.next();
                    out.extend(quote);
                    return Ok(out);
                }
                '$' => {
                    let value = self.dollar()?;
                    self.check_len(out.len() + value.len())?;
                    out.push_str(&value);
                }
                c if c == self.lexer.escape => {
                    self.next();
                    if self.raw_escapes {
                        out.push(c);
                    }
                    match self.peek() {
                        None => {}
                        // Only these can be escaped here; elsewhere the escape stands for itself.
                        Some(escaped)
                            if escaped == '"' || escaped == '$' || escaped == self.lexer.escape =>
                        {
                            self.next();
                            out.push(escaped);
                        }
                        Some(_) => out.push(c),
                    }
                }
                c => {
                    self.next();
                    out.push(c);
                }
            }
        }
    }

    /// A substitution; the `$` is next.
    fn dollar(&mut self) -> Step<String> {
        if self.depth >= MAX_DEPTH {
            return Err(ExpandErrorCause::TooDeep);
        }
        self.depth += 1;
        let result = self.substitution();
        self.depth -= 1;
        result
    }

    fn substitution(&mut self) -> Step<String> {
        self.next();
        if self.peek() != Some('{') {
            let name = self.name();
            if name.is_empty() {
                return Ok("$".to_owned());
            }
            return Ok(match self.lookup(name) {
                None if self.lexer.skip_unset => format!("${name}"),
                value => value.unwrap_or_default().to_owned(),
            });
        }
        self.next();
        match self.peek() {
            None => return Err(ExpandErrorCause::MissingBrace),
            Some('{' | '}' | ':') => return Err(ExpandErrorCause::BadSubstitution),
            Some(_) => {}
        }
        let name = self.name();
        match self.next() {
            Some('}') => Ok(match self.lookup(name) {
                None if self.lexer.skip_unset => format!("${{{name}}}"),
                value => value.unwrap_or_default().to_owned(),
            }),
            Some(':') => {
                let modifier = self.next();
                self.modified(name, modifier, true)
            }
            modifier @ Some('+' | '-' | '?' | '#' | '%') => self.modified(name, modifier, false),
            Some('/') => self.replaced(name),
            other => Err(unsupported("", other)),
        }
    }

    /// `${name-word}` and its kin; `empty_is_unset` where a colon stood before the modifier.
    fn modified(
        &mut self,
        name: &str,
        modifier: Option<char>,
        empty_is_unset: bool,
    ) -> Step<String> {
        let is_pattern = matches!(modifier, Some('#' | '%'));
        if is_pattern && empty_is_unset {
            return Err(unsupported(":", modifier));
        }
        let (word, _) = self
            .until(Some('}'), is_pattern)
            .map_err(|cause| self.missing(cause, ExpandErrorCause::MissingBrace))?;
        let value = self.lookup(name);
        let colon = if empty_is_unset { ":" } else { "" };
        if value.is_none() && self.lexer.skip_unset {
            return Ok(format!("${{{name}{colon}{}{word}}}", modifier.unwrap_or('\u{fffd}')));
        }
        let absent = value.is_none() || (empty_is_unset && value == Some(""));
        let given = value.unwrap_or_default();
        match modifier {
            Some('-') => Ok(if absent { word } else { given.to_owned() }),
            Some('+') => Ok(if absent { String::new() } else { word }),
            Some('?') if absent => {
                let what = if value.is_none() { "unset" } else { "empty" };
                let message =
                    if word.is_empty() { format!("is not allowed to be {what}") } else { word };
                Err(ExpandErrorCause::NotAllowed { name: name.to_owned(), message })
            }
            Some('?') => Ok(given.to_owned()),
            Some(c @ ('#' | '%')) => {
                let (pattern, longest) = match word.strip_prefix(c) {
                    Some(pattern) => (pattern, true),
                    None => (word.as_str(), false),
                };
                if c == '#' {
                    self.trim_prefix(pattern, given, longest)
                } else {
                    // As a prefix of everything reversed, which is what makes the shortest one findable.
                    self.trim_prefix(&reverse_pattern(pattern), &reverse(given), longest)
                        .map(|rest| reverse(&rest))
                }
            }
            other => Err(unsupported(colon, other)),
        }
    }

    /// `${name/pattern/replacement}`, with a second slash for every match.
    fn replaced(&mut self, name: &str) -> Step<String> {
        let all = self.peek() == Some('/');
        if all {
            self.next();
        }
        let (pattern, _) = self
            .until(Some('/'), true)
            .map_err(|cause| self.missing(cause, ExpandErrorCause::MissingSlash))?;
        let (replacement, _) = self
            .until(Some('}'), true)
            .map_err(|cause| self.missing(cause, ExpandErrorCause::MissingBrace))?;
        let value = self.lookup(name);
        if value.is_none() && self.lexer.skip_unset {
            return Ok(format!("${{{name}/{pattern}/{replacement}}}"));
        }
        let value = value.unwrap_or_default();
        let compiled = self.compile(&pattern, value)?;
        if !all {
            return Ok(compiled.replace_first(value, &replacement));
        }
        compiled
            .replace_all_within(value, &replacement, self.max_len)
            .ok_or(ExpandErrorCause::TooLong)
    }

    /// An error inside braces is a missing end where the text has run out.
    fn missing(&self, cause: ExpandErrorCause, missing: ExpandErrorCause) -> ExpandErrorCause {
        match cause {
            ExpandErrorCause::TooDeep
            | ExpandErrorCause::TooLong
            | ExpandErrorCause::TooCostly { .. } => cause,
            _ if self.rest.is_empty() => missing,
            _ => cause,
        }
    }

    /// A variable name; empty where none is next.
    fn name(&mut self) -> &'a str {
        let (name, rest) = self.rest.split_at(name_len(self.rest));
        self.rest = rest;
        name
    }

    /// A pattern for `value`, where matching the two does not take too long.
    fn compile(&mut self, pattern: &str, value: &str) -> Step<ShellPattern> {
        let compiled = ShellPattern::new(pattern)
            .map_err(|source| ExpandErrorCause::Pattern { pattern: pattern.to_owned(), source })?;
        let (parts, len) = (compiled.parts().len(), value.len());
        let steps = parts.saturating_mul(len);
        self.cost = self.cost.saturating_add(steps.saturating_mul(STEP_COST));
        match steps > MAX_PATTERN_STEPS {
            true => Err(ExpandErrorCause::TooCostly { parts, len }),
            false => Ok(compiled),
        }
    }

    fn trim_prefix(&mut self, pattern: &str, value: &str, longest: bool) -> Step<String> {
        let end = self.compile(pattern, value)?.match_prefix(value, longest).unwrap_or(0);
        Ok(value[end..].to_owned())
    }

    fn lookup(&mut self, name: &str) -> Option<&'a str> {
        let value = self.env.get(name);
        let seen = if value.is_some() { &mut self.matched } else { &mut self.unmatched };
        seen.insert(name.to_owned());
        value
    }
}

fn unsupported(colon: &str, modifier: Option<char>) -> ExpandErrorCause {
    ExpandErrorCause::UnsupportedModifier(format!("{colon}{}", modifier.unwrap_or('\u{fffd}')))
}

/// A letter, a digit or `_`. Unlike Rust, Go takes `½` and `Ⅳ` for neither.
pub(crate) fn is_name_char(c: char) -> bool {
    c == '_' || c.is_ascii_digit() || (c.is_alphabetic() && !c.is_numeric())
}

/// How long the variable name at the start of `text` is: letters, digits alone, or one special character.
pub(crate) fn name_len(text: &str) -> usize {
    let run_of = |in_run: fn(char) -> bool| text.find(|c| !in_run(c)).unwrap_or(text.len());
    match text.chars().next() {
        Some('0'..='9') => run_of(|c| c.is_ascii_digit()),
        Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => 1,
        _ => run_of(is_name_char),
    }
}
