//! `set -x`.

use super::redirect::Saved;
use crate::Personality;
use crate::expand::quote;
use crate::shell::Shell;
use crate::syntax::ir::Word;

impl Shell<'_> {
    /// Prints assignments (already in their shown form) and words.
    pub(super) fn trace(&mut self, assignments: &[Vec<u8>], argv: &[Vec<u8>]) {
        if !self.state.options.xtrace || (assignments.is_empty() && argv.is_empty()) {
            return;
        }
        let mut out = self.trace_prefix();
        let quote = |word: &Vec<u8>| match self.state.personality {
            Personality::Dash => word.clone(),
            Personality::Ash => quote::for_ash_trace(word),
            Personality::Bash => quote::for_trace(word),
        };
        let words: Vec<Vec<u8>> =
            assignments.iter().cloned().chain(argv.iter().map(quote)).collect();
        out.extend(words.join(b" ".as_slice()));
        out.push(b'\n');
        self.write_error(&out);
    }

    /// As [`Shell::trace`], to what standard error was before the command's redirections.
    pub(super) fn trace_outside(
        &mut self,
        saved: &Saved,
        assignments: &[Vec<u8>],
        argv: &[Vec<u8>],
    ) {
        let outside = saved.iter().find(|(fd, _)| *fd == 2).map(|(_, id)| *id);
        let Some(outside) = outside else { return self.trace(assignments, argv) };
        let inside = self.state.fds.remove(&2);
        self.state.fds.extend(outside.map(|id| (2, id)));
        self.trace(assignments, argv);
        self.state.fds.remove(&2);
        self.state.fds.extend(inside.map(|id| (2, id)));
    }

    /// bash shows `for` at every round, with the words as they are written.
    pub(super) fn trace_for(&mut self, name: &str, words: Option<&[Word]>) {
        let mut out = self.trace_prefix();
        out.extend(format!("for {name} in ").bytes());
        match words {
            Some(words) => {
                let shown: Vec<Vec<u8>> = words.iter().map(source).collect();
                out.extend(shown.join(b" ".as_slice()));
            }
            None => out.extend(b"\"$@\""),
        }
        out.push(b'\n');
        self.write_error(&out);
    }

    fn trace_prefix(&self) -> Vec<u8> {
        let prefix = self.state.vars.value("PS4").map_or_else(|| b"+ ".to_vec(), <[u8]>::to_vec);
        if !self.is_bash() || prefix.is_empty() {
            return prefix;
        }
        // bash repeats the first character for each level of substitution and `eval`; plain
        // subshells and stages of pipelines do not count.
        [&prefix[..1].repeat(self.state.trace_depth), prefix.as_slice()].concat()
    }
}

/// A word as it was written, roughly: for the trace only.
pub(super) fn source(word: &Word) -> Vec<u8> {
    use crate::syntax::ir::Part;
    let mut out = Vec::new();
    for part in &word.parts {
        match part {
            Part::Literal(text) => out.extend(text),
            Part::Quoted(text) => out.extend(quote::if_needed(text)),
            Part::Double(parts) => {
                out.push(b'"');
                out.extend(source(&Word { parts: parts.clone(), assignment: false }));
                out.push(b'"');
            }
            Part::Tilde(name) => {
                out.push(b'~');
                out.extend(name);
            }
            Part::Param(param)
                if crate::syntax::lexer::is_name(&param.source) || param.source.len() == 1 =>
            {
                out.extend(format!("${}", param.source).bytes());
            }
            Part::Param(param) => out.extend(format!("${{{}}}", param.source).bytes()),
            Part::Command(_) | Part::Process(_) => out.extend(b"$(...)"),
            Part::Arith(_) => out.extend(b"$((...))"),
        }
    }
    out
}
