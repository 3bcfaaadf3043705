//! `.dockerignore`: which files of the context are left out, and which line decided it.
//!
//! ```
//! let ignore = dockerfile::Ignore::parse("docs\n!docs/README.md\n").unwrap();
//! assert!(ignore.matches("docs/a.txt"));
//! assert!(!ignore.matches("docs/README.md"));
//! assert_eq!(ignore.trace("docs/a.txt").decided_by.unwrap().line, Some(1));
//! ```

mod glob;
mod regex;

use thiserror::Error;

use self::glob::Glob;
pub use self::glob::MatchKind;
use crate::span::Span;

/// A file or list of patterns that cannot be used. The words are those of moby/patternmatcher.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{cause}")]
pub struct IgnoreError {
    /// The line of the file, counted from 1, where the patterns come from a file.
    pub line: Option<usize>,
    /// Where the pattern stands in the file.
    pub span: Option<Span>,
    /// What is wrong.
    pub cause: IgnoreErrorCause,
}

/// What is wrong with a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum IgnoreErrorCause {
    /// `!` with nothing behind it.
    #[error("illegal exclusion pattern: \"!\"")]
    EmptyException,
    /// A bracket or escape that does not end, or a range that runs backwards.
    #[error("syntax error in pattern")]
    Syntax,
}

/// One pattern.
#[derive(Clone, Debug)]
pub struct IgnorePattern {
    /// The pattern, cleaned, without its `!`.
    pub text: String,
    /// True for `!`: what matches is kept.
    pub exception: bool,
    /// The line of the file, counted from 1, where the pattern comes from a file.
    pub line: Option<usize>,
    /// Where the pattern stands in the file.
    pub span: Option<Span>,
    glob: Glob,
}

impl IgnorePattern {
    /// How the pattern is matched.
    pub fn kind(&self) -> MatchKind {
        self.glob.kind()
    }

    /// The regular expression that stands for the pattern, where its kind is [`MatchKind::Regexp`].
    pub fn regexp(&self) -> Option<&str> {
        self.glob.regexp()
    }

    /// The path itself or the outermost of its parents that matches.
    fn matched_path<'a>(&self, path: &'a str) -> Option<&'a str> {
        if self.glob.matches(path) {
            return Some(path);
        }
        let slashes = path.match_indices('/').map(|(at, _)| at);
        slashes.map(|at| &path[..at]).find(|parent| self.glob.matches(parent))
    }
}

/// The patterns of a `.dockerignore` file.
#[derive(Clone, Debug, Default)]
pub struct Ignore {
    patterns: Vec<IgnorePattern>,
}

/// Which patterns match a directory, and so all in it; see [`Ignore::matches_below`].
#[derive(Clone, Debug)]
pub struct DirMatches {
    matched: Vec<bool>,
}

/// How it was decided whether a path is left out.
#[derive(Clone, Debug)]
pub struct Trace<'a> {
    /// True where the path is left out.
    pub ignored: bool,
    /// The pattern that had the last word; `None` where none matched.
    pub decided_by: Option<&'a IgnorePattern>,
    /// Every pattern that changed the verdict, in order.
    pub steps: Vec<TraceStep<'a>>,
}

/// A pattern that changed the verdict.
#[derive(Clone, Debug)]
pub struct TraceStep<'a> {
    /// The pattern.
    pub pattern: &'a IgnorePattern,
    /// What it matched: the path or one of its parents.
    pub matched: String,
    /// The verdict after it.
    pub ignored: bool,
}

impl Ignore {
    /// Reads the text of a `.dockerignore` file.
    ///
    /// # Errors
    /// [`IgnoreError`] for the first pattern that is wrong.
    pub fn parse(text: &str) -> Result<Ignore, IgnoreError> {
        let mut patterns = Vec::new();
        for (pattern, line, span) in lines(text) {
            patterns.extend(compile(&pattern, Some(line), Some(span))?);
        }
        Ok(Ignore { patterns })
    }

    /// Takes a list of patterns as they are.
    ///
    /// # Errors
    /// [`IgnoreError`] for the first pattern that is wrong.
    pub fn new<T: AsRef<str>>(patterns: &[T]) -> Result<Ignore, IgnoreError> {
        let mut compiled = Vec::new();
        for pattern in patterns {
            compiled.extend(compile(pattern.as_ref(), None, None)?);
        }
        Ok(Ignore { patterns: compiled })
    }

    /// The patterns, in order.
    pub fn patterns(&self) -> &[IgnorePattern] {
        &self.patterns
    }

    /// True where there are `!` patterns: then a directory that is left out may hold files that are not.
    pub fn has_exceptions(&self) -> bool {
        self.patterns.iter().any(|pattern| pattern.exception)
    }

    /// True where `path`, relative to the context with `/` between its parts, is left out. The last pattern that
    /// matches it or one of its parents decides.
    pub fn matches(&self, path: &str) -> bool {
        self.deciding(path).is_some_and(|pattern| !pattern.exception)
    }

    /// The pattern that decides: going backwards, the first to match.
    fn deciding(&self, path: &str) -> Option<&IgnorePattern> {
        self.patterns.iter().rev().find(|pattern| pattern.matched_path(path).is_some())
    }

    /// Like [`Ignore::matches`] for a walk from the top down: what matched the directory that `path` is in,
    /// as this found it, matches all in it. `None` stands for a path that was not come to by a walk.
    ///
    /// The answer can differ from that of [`Ignore::matches`] where there are `!` patterns, because a pattern that
    /// would not change the verdict is not asked, and so is not known to match the directory
    /// (moby/patternmatcher `MatchesUsingParentResults`).
    pub fn matches_below(&self, path: &str, parent: Option<&DirMatches>) -> (bool, DirMatches) {
        let mut matched = false;
        let mut found = Vec::with_capacity(self.patterns.len());
        for (at, pattern) in self.patterns.iter().enumerate() {
            let inherited = parent.is_some_and(|parent| parent.matched[at]);
            let hit = inherited
                || pattern.exception == matched
                    && if parent.is_some() {
                        pattern.glob.matches(path)
                    } else {
                        pattern.matched_path(path).is_some()
                    };
            found.push(hit);
            if hit {
                matched = !pattern.exception;
            }
        }
        (matched, DirMatches { matched: found })
    }

    /// Like [`Ignore::matches`], with the reason.
    pub fn trace(&self, path: &str) -> Trace<'_> {
        let mut trace = Trace { ignored: false, decided_by: None, steps: Vec::new() };
        for pattern in &self.patterns {
            // A pattern that would not change the verdict is not asked.
            if pattern.exception != trace.ignored {
                continue;
            }
            if let Some(matched) = pattern.matched_path(path) {
                trace.ignored = !pattern.exception;
                trace.steps.push(TraceStep {
                    pattern,
                    matched: matched.to_owned(),
                    ignored: trace.ignored,
                });
                trace.decided_by = Some(pattern);
            }
        }
        trace
    }
}

/// The patterns of a file with their lines and places: comments are dropped before blanks are trimmed, paths
/// made relative (moby/patternmatcher ignorefile).
fn lines(text: &str) -> Vec<(String, usize, Span)> {
    let mut found = Vec::new();
    let mut at = 0;
    for (number, whole) in text.split_inclusive('\n').enumerate() {
        let start = at;
        at += whole.len();
        let line =
            if number == 0 { whole.strip_prefix('\u{feff}').unwrap_or(whole) } else { whole };
        let trimmed = line.trim();
        if line.starts_with('#') || trimmed.is_empty() {
            continue;
        }
        let span_start = start + (trimmed.as_ptr() as usize - whole.as_ptr() as usize);
        let (mark, body) = match trimmed.strip_prefix('!') {
            Some(body) => ("!", body.trim()),
            None => ("", trimmed),
        };
        let cleaned = if body.is_empty() { String::new() } else { clean(body) };
        let relative = if cleaned.len() > 1 {
            cleaned.strip_prefix('/').unwrap_or(&cleaned)
        } else {
            &cleaned
        };
        found.push((
            format!("{mark}{relative}"),
            number + 1,
            Span::new(span_start, span_start + trimmed.len()),
        ));
    }
    found
}

/// The patterns of an ignore file, one for each line that has one, paths made relative.
pub fn ignore_patterns(text: &str) -> Vec<String> {
    lines(text).into_iter().map(|(pattern, _, _)| pattern).collect()
}

fn compile(
    pattern: &str,
    line: Option<usize>,
    span: Option<Span>,
) -> Result<Option<IgnorePattern>, IgnoreError> {
    let trimmed = pattern.trim();
    if trimmed.is_empty() {
        return Ok(None);
    }
    let cleaned = clean(trimmed);
    let (exception, text) = match cleaned.strip_prefix('!') {
        Some(text) => (true, text),
        None => (false, cleaned.as_str()),
    };
    let error = |cause| IgnoreError { line, span, cause };
    if text.is_empty() {
        return Err(error(IgnoreErrorCause::EmptyException));
    }
    let glob = Glob::new(text).ok_or_else(|| error(IgnoreErrorCause::Syntax))?;
    Ok(Some(IgnorePattern { text: text.to_owned(), exception, line, span, glob }))
}

/// The shortest path that means the same, as Go's `path.Clean` finds it.
pub(crate) fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    match (rooted, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_file() {
        let text = "\u{feff}# no\n /a/../b/ \r\n #c\n!  ./d\n!\n/\n";
        let patterns: Vec<(String, usize)> =
            lines(text).into_iter().map(|(pattern, line, _)| (pattern, line)).collect();
        let expected = [("b", 2), ("#c", 3), ("!d", 4), ("!", 5), ("/", 6)];
        assert_eq!(patterns, expected.map(|(pattern, line)| (pattern.to_owned(), line)));
        let error = Ignore::parse(text).unwrap_err();
        assert_eq!(
            (error.line, error.to_string().as_str()),
            (Some(5), "illegal exclusion pattern: \"!\"")
        );
    }

    #[test]
    fn traces_every_turn() {
        let ignore = Ignore::parse("*\n!src\nsrc/**/*.log\n# x\nnothing\n").unwrap();
        let trace = ignore.trace("src/a/b.log");
        let steps: Vec<_> = trace
            .steps
            .iter()
            .map(|step| (step.pattern.line, step.matched.as_str(), step.ignored))
            .collect();
        assert_eq!(
            steps,
            [(Some(1), "src", true), (Some(2), "src", false), (Some(3), "src/a/b.log", true)]
        );
        assert!(ignore.matches("src/a/b.log") && !ignore.matches("src/a/b.txt"));
        assert!(ignore.trace("").decided_by.is_some());
        assert!(ignore.has_exceptions());
    }

    #[test]
    fn a_walk_hands_on_what_matched_the_directory() {
        let ignore = Ignore::new(&["d", "!d/keep", "**/x"]).unwrap();
        let (ignored, dir) = ignore.matches_below("d", None);
        assert!(ignored);
        assert!(ignore.matches_below("d/other", Some(&dir)).0);
        assert!(!ignore.matches_below("d/keep", Some(&dir)).0);
        assert!(!ignore.matches_below("e", None).0);
        assert!(ignore.matches_below("d/any", None).0);
    }

    #[test]
    fn cleans_paths() {
        for (path, cleaned) in
            [("a//b/./c/..", "a/b"), ("../x", "../x"), ("/..", "/"), ("./", "."), ("a/..", ".")]
        {
            assert_eq!(clean(path), cleaned);
        }
    }
}
