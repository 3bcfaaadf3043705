//! What Tab offers.

use std::collections::BTreeSet;

use vfs::{Access, Caller, FileType, Fs, NodeId, ResolveFlags};

use super::Interactive;
use crate::builtins;
use crate::expand::quote;

/// What could stand where the cursor is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// Where the word begins that these replace, in bytes of the line.
    pub start: usize,
    /// Whole words as they would be typed, in order. One that ends with `/` or a blank is to be
    /// taken as it is.
    pub words: Vec<String>,
}

/// The simple command that the cursor is in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// The words before the cursor's, without their quotes, from the command's name on.
    pub before: Vec<String>,
    /// The beginning of the cursor's word, without its quotes.
    pub word: String,
    /// Where it begins, in bytes of the line.
    pub start: usize,
    /// Whether it is the target of a redirection.
    pub redirection: bool,
}

/// The words of a line up to the cursor, from the last `|`, `&`, `;` or parenthesis on. `cursor` is
/// in bytes; what follows it does not count.
#[must_use]
pub fn word_at(line: &str, cursor: usize) -> Words {
    let mut end = cursor.min(line.len());
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    let mut words = Words::default();
    let mut quote = None;
    let mut begun = false;
    let mut chars = line[..end].char_indices();
    while let Some((at, c)) = chars.next() {
        let starts = !begun;
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (Some('\''), c) => words.word.push(c),
            (_, '\\') => words.word.extend(chars.next().map(|(_, c)| c)),
            (Some(_), c) => words.word.push(c),
            (None, '\'' | '"') => quote = Some(c),
            (None, c) if c.is_whitespace() => {
                finish(&mut words, &mut begun);
                continue;
            }
            (None, '|' | '&' | ';' | '(' | ')' | '`') => {
                words = Words::default();
                begun = false;
                continue;
            }
            (None, '<' | '>') => {
                finish(&mut words, &mut begun);
                words.redirection = true;
                continue;
            }
            (None, c) => words.word.push(c),
        }
        if starts {
            (begun, words.start) = (true, at);
        }
    }
    if !begun {
        words.start = end;
    }
    words
}

fn finish(words: &mut Words, begun: &mut bool) {
    if !std::mem::take(begun) {
        return;
    }
    let word = std::mem::take(&mut words.word);
    let target = std::mem::take(&mut words.redirection);
    let name = word.split_once('=').map(|(name, _)| name);
    let assignment = words.before.is_empty() && name.is_some_and(crate::syntax::lexer::is_name);
    if !target && !assignment {
        words.before.push(word);
    }
}

impl Interactive {
    /// Completes the word at the cursor: commands where one begins, files elsewhere.
    #[must_use]
    pub fn complete(&self, fs: &Fs, line: &str, cursor: usize) -> Completion {
        let at = word_at(line, cursor);
        let words = if at.before.is_empty() && !at.redirection && !at.word.contains('/') {
            self.commands(fs, &at.word)
        } else {
            let directories = at.before.first().is_some_and(|name| name == "cd" || name == "rmdir");
            self.files(fs, &at.word, directories)
        };
        Completion { start: at.start, words }
    }

    fn commands(&self, fs: &Fs, start: &str) -> Vec<String> {
        let state = &self.state;
        let own = builtins::names(state.personality).map(str::to_owned);
        let mut found: BTreeSet<String> = own
            .chain(state.functions.keys().cloned())
            .filter(|name| name.starts_with(start))
            .collect();
        let aliases = state.aliases.keys().map(|name| String::from_utf8_lossy(name).into_owned());
        found.extend(aliases.filter(|name| name.starts_with(start)));
        for dir in state.vars.value("PATH").unwrap_or_default().split(|b| *b == b':') {
            for (name, kind) in list(fs, &state.caller, dir) {
                let path = [dir, b"/", name.as_bytes()].concat();
                let runs = name.starts_with(start)
                    && kind != FileType::Dir
                    && fs.access(&state.caller, state.caller.cwd, &path, Access::EXECUTE).is_ok();
                if runs {
                    found.insert(name);
                }
            }
        }
        found.into_iter().map(|name| name + " ").collect()
    }

    fn files(&self, fs: &Fs, word: &str, directories: bool) -> Vec<String> {
        let caller = &self.state.caller;
        let (dir, start) = match word.rfind('/') {
            Some(slash) => word.split_at(slash + 1),
            None => ("", word),
        };
        let home = self.state.vars.value("HOME").unwrap_or_default();
        let place = match dir.strip_prefix("~/") {
            Some(rest) => [home, b"/", rest.as_bytes()].concat(),
            None if dir.is_empty() => b".".to_vec(),
            None => dir.as_bytes().to_vec(),
        };
        let mut found: Vec<String> = list(fs, caller, &place)
            .into_iter()
            // Hidden files are offered to those who begin with a dot.
            .filter(|(name, _)| {
                name.starts_with(start) && (!start.is_empty() || !name.starts_with('.'))
            })
            .filter_map(|(name, kind)| {
                let path = [&place, b"/".as_slice(), name.as_bytes()].concat();
                let target = fs.stat(caller, caller.cwd, &path, ResolveFlags::FOLLOW);
                let is_dir = target.map_or(kind, |stat| stat.file_type) == FileType::Dir;
                if directories && !is_dir {
                    return None;
                }
                let quoted = quote::if_needed(name.as_bytes());
                let quoted = String::from_utf8_lossy(&quoted).into_owned();
                Some(format!("{dir}{quoted}{}", if is_dir { "/" } else { " " }))
            })
            .collect();
        found.sort();
        found
    }
}

/// The names in a directory, without those that are no UTF-8; nothing where it cannot be read.
fn list(fs: &Fs, caller: &Caller, path: &[u8]) -> Vec<(String, FileType)> {
    let at = if path.starts_with(b"/") { NodeId::ROOT } else { caller.cwd };
    let Ok(spot) = fs.resolve(caller, at, path, ResolveFlags::FOLLOW) else { return Vec::new() };
    let readable = fs.access(caller, at, path, Access::READ).is_ok();
    let Some(node) = spot.node.filter(|_| readable) else { return Vec::new() };
    let entries = fs.list(node).unwrap_or_default();
    let name = |name: &[u8]| std::str::from_utf8(name).ok().map(str::to_owned);
    entries
        .into_iter()
        .filter_map(|entry| {
            let kind = fs.inode(entry.node).ok()?.file_type();
            Some((name(entry.name.as_bytes())?, kind))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_line() {
        for (line, before, word, start, redirection) in [
            ("", "", "", 0, false),
            ("do", "", "do", 0, false),
            ("docker ", "docker", "", 7, false),
            ("docker build -t 'my app' .", "docker,build,-t,my app", ".", 25, false),
            ("cd /; ls", "", "ls", 6, false),
            ("a | b c", "b", "c", 6, false),
            ("X=1 make t", "make", "t", 9, false),
            ("echo hi >fi", "echo,hi", "fi", 9, true),
            ("cat 'a b", "cat", "a b", 4, false),
            (r"cat a\ b", "cat", "a b", 4, false),
            ("ls 한글/파", "ls", "한글/파", 3, false),
        ] {
            let at = word_at(line, line.len());
            assert_eq!(
                (at.before.join(",").as_str(), at.word.as_str(), at.start, at.redirection),
                (before, word, start, redirection),
                "{line}"
            );
        }
        assert_eq!(word_at("한", 1).word, "", "a cursor inside a character");
    }
}
