//! Several patterns as one.

use crate::options::{Dialect, Options};
use regex_posix::{Error, Regex, Syntax};

/// The patterns of one call.
pub struct Patterns {
    all: Vec<Regex>,
    words: bool,
    lines: bool,
    utf8: bool,
}

impl Patterns {
    /// Compiles them; what is suspicious about them is said on standard error.
    pub fn new(texts: &[Vec<u8>], options: &Options) -> Result<Patterns, Error> {
        let utf8 = guest::utf8_locale();
        let syntax = Syntax {
            extended: options.dialect == Dialect::Extended,
            ignore_case: options.ignore_case,
            utf8,
            grep: true,
            ..Syntax::default()
        };
        let mut all = Vec::new();
        for text in texts {
            let regex = match options.dialect {
                Dialect::Fixed => Regex::fixed(text, syntax)?,
                _ => Regex::new(text, syntax)?,
            };
            for warning in regex.warnings() {
                guest::warn(format!("warning: {warning}"));
            }
            all.push(regex);
        }
        Ok(Patterns { all, words: options.words, lines: options.lines, utf8 })
    }

    /// Whether a line matches.
    pub fn matches(&self, line: &[u8]) -> Result<bool, Error> {
        if self.words || self.lines {
            return Ok(self.find(line, 0)?.is_some());
        }
        for regex in &self.all {
            if regex.is_match(line)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The leftmost longest match at or after `start`.
    pub fn find(&self, line: &[u8], start: usize) -> Result<Option<(usize, usize)>, Error> {
        let mut best: Option<(usize, usize)> = None;
        for regex in &self.all {
            let found = match (self.lines, self.words) {
                (true, _) => regex.find(line, start)?.filter(|found| *found == (0, line.len())),
                (false, true) => self.word(regex, line, start)?,
                (false, false) => regex.find(line, start)?,
            };
            if let Some((from, to)) = found
                && best.is_none_or(|best| from < best.0 || (from == best.0 && to > best.1))
            {
                best = Some((from, to));
            }
        }
        Ok(best)
    }

    /// A match with no letter of a word on either side.
    fn word(
        &self,
        regex: &Regex,
        line: &[u8],
        start: usize,
    ) -> Result<Option<(usize, usize)>, Error> {
        let mut at = start;
        while let Some((from, to)) = regex.find(line, at)? {
            if !self.is_word(&line[..from], true) {
                if !self.is_word(&line[to..], false) {
                    return Ok(Some((from, to)));
                }
                let ends = regex.ends(line, from)?;
                if let Some(end) = ends.into_iter().find(|end| !self.is_word(&line[*end..], false))
                {
                    return Ok(Some((from, end)));
                }
            }
            at = from + 1;
            if at > line.len() {
                break;
            }
        }
        Ok(None)
    }

    fn is_word(&self, text: &[u8], last: bool) -> bool {
        regex_posix::is_word(text, last, self.utf8)
    }
}
