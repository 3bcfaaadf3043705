//! Pathname expansion.

use vfs::{Access, FileType, NodeId, ResolveFlags};

use super::pattern::{self, MatchOptions};
use crate::shell::{Flow, Run, Shell};

impl Shell<'_> {
    /// Appends the files that match, in order, or the text itself where there is none.
    pub(super) fn expand_pathnames(
        &mut self,
        pattern: &[u8],
        text: Vec<u8>,
        out: &mut Vec<Vec<u8>>,
    ) -> Run<()> {
        let shopt = self.state.options.shopt;
        let extended = self.is_bash() && shopt.extglob;
        if !is_pattern(pattern, extended) {
            out.push(text);
            return Ok(());
        }
        let mut found = Vec::new();
        let parts: Vec<&[u8]> = split_slashes(pattern);
        let search = Search {
            shell: self,
            options: MatchOptions {
                utf8: self.is_utf8(),
                no_case: shopt.nocaseglob,
                extended,
                caret: !self.is_dash(),
            },
            dot_glob: shopt.dotglob,
            star_star: shopt.globstar,
        };
        if pattern.starts_with(b"/") {
            let slashes = pattern.iter().take_while(|b| **b == b'/').count();
            search.below(&pattern[..slashes], &parts[slashes..], &mut found);
        } else {
            search.below(b"", &parts, &mut found);
        }
        if found.is_empty() {
            if shopt.failglob {
                let message = [b"no match: ".as_slice(), &text].concat();
                self.complain(message);
                return Err(Flow::Discard(1));
            }
            if !shopt.nullglob {
                out.push(text);
            }
            return Ok(());
        }
        found.sort();
        found.dedup();
        out.append(&mut found);
        Ok(())
    }
}

struct Search<'s, 'a> {
    shell: &'s Shell<'a>,
    options: MatchOptions,
    dot_glob: bool,
    star_star: bool,
}

impl Search<'_, '_> {
    fn node(&self, path: &[u8]) -> Option<NodeId> {
        let path = if path.is_empty() { b"." } else { path };
        let state = &self.shell.state;
        let found =
            self.shell.fs.resolve(&state.caller, state.caller.cwd, path, ResolveFlags::FOLLOW);
        found.ok()?.node
    }

    fn exists(&self, path: &[u8]) -> bool {
        let state = &self.shell.state;
        let found =
            self.shell.fs.resolve(&state.caller, state.caller.cwd, path, ResolveFlags::NOFOLLOW);
        found.is_ok_and(|spot| spot.node.is_some())
    }

    /// Files below the directory `base` (empty or ending in a slash) that match `parts`.
    fn below(&self, base: &[u8], parts: &[&[u8]], out: &mut Vec<Vec<u8>>) {
        let Some((first, rest)) = parts.split_first() else {
            out.push(base.to_vec());
            return;
        };
        if first.is_empty() {
            // A double or final slash.
            let path = if rest.is_empty() { base.to_vec() } else { [base, b"/"].concat() };
            if rest.is_empty() {
                if self.node(base).is_some_and(|node| self.is_dir(node)) {
                    out.push(path);
                }
            } else {
                self.below(&path, rest, out);
            }
            return;
        }
        if self.star_star && *first == b"**" {
            self.below_all(base, rest, out);
            return;
        }
        if !is_pattern(first, self.options.extended) {
            let path = [base, &unescape(first)].concat();
            if rest.is_empty() {
                if self.exists(&path) {
                    out.push(path);
                }
            } else if self.node(&path).is_some_and(|node| self.is_dir(node)) {
                self.below(&[&path, b"/".as_slice()].concat(), rest, out);
            }
            return;
        }
        let Some(dir) = self.node(base) else { return };
        let cred = &self.shell.state.caller.cred;
        let readable = self.shell.fs.inode(dir).is_ok_and(|d| cred.check(d, Access::READ).is_ok());
        let Ok(entries) = self.shell.fs.list(dir) else { return };
        if !readable {
            return;
        }
        let hidden = first.first() == Some(&b'.') || first.starts_with(b"\\.");
        let mut names: Vec<(Vec<u8>, FileType)> = entries
            .into_iter()
            .map(|entry| (entry.name.as_bytes().to_vec(), entry.file_type))
            .collect();
        // bash 5.2 skips them (`globskipdots`).
        if hidden && !self.shell.is_bash() {
            names.push((b".".to_vec(), FileType::Dir));
            names.push((b"..".to_vec(), FileType::Dir));
        }
        // bash writes one slash after a component that was a pattern.
        let extra = rest.iter().take_while(|part| part.is_empty()).count();
        let rest = if self.shell.is_bash() && extra < rest.len() { &rest[extra..] } else { rest };
        for (name, _) in names {
            if name.starts_with(b".") && !hidden && !self.dot_glob {
                continue;
            }
            if !pattern::matches(first, &name, self.options) {
                continue;
            }
            let path = [base, &name].concat();
            if rest.is_empty() {
                out.push(path);
            } else if self.node(&path).is_some_and(|node| self.is_dir(node)) {
                self.below(&[&path, b"/".as_slice()].concat(), rest, out);
            }
        }
    }

    /// `**`: this directory and all below it.
    fn below_all(&self, base: &[u8], rest: &[&[u8]], out: &mut Vec<Vec<u8>>) {
        if rest.is_empty() {
            if !base.is_empty() {
                out.push(base.to_vec());
            }
        } else {
            self.below(base, rest, out);
        }
        let Some(dir) = self.node(base) else { return };
        for entry in self.shell.fs.list(dir).unwrap_or_default() {
            let name = entry.name.as_bytes();
            if name.starts_with(b".") && !self.dot_glob {
                continue;
            }
            let path = [base, name].concat();
            if entry.file_type == FileType::Dir {
                if rest.is_empty() {
                    out.push(path.clone());
                    self.inside_all(&[&path, b"/".as_slice()].concat(), out);
                } else {
                    self.below_all(&[&path, b"/".as_slice()].concat(), rest, out);
                }
            } else if rest.is_empty() {
                out.push(path);
            }
        }
    }

    fn inside_all(&self, base: &[u8], out: &mut Vec<Vec<u8>>) {
        let mut found = Vec::new();
        self.below_all(base, &[], &mut found);
        found.retain(|path| path != base);
        out.append(&mut found);
    }

    fn is_dir(&self, node: NodeId) -> bool {
        self.shell.fs.inode(node).is_ok_and(vfs::Inode::is_dir)
    }
}

/// Whether something in it is not literal.
fn is_pattern(text: &[u8], extended: bool) -> bool {
    let mut i = 0;
    while i < text.len() {
        match text[i] {
            b'\\' => i += 1,
            b'*' | b'?' => return true,
            b'[' if text[i + 1..].contains(&b']') => return true,
            b'+' | b'@' | b'!' if extended && text.get(i + 1) == Some(&b'(') => return true,
            _ => {}
        }
        i += 1;
    }
    false
}

/// The parts between slashes; one within brackets or escaped is none.
fn split_slashes(pattern: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (i, &byte) in pattern.iter().enumerate() {
        if byte == b'/' {
            let end = if i > start && pattern[i - 1] == b'\\' { i - 1 } else { i };
            parts.push(&pattern[start..end]);
            start = i + 1;
        }
    }
    parts.push(&pattern[start..]);
    parts
}

fn unescape(text: &[u8]) -> Vec<u8> {
    let (mut out, mut i) = (Vec::with_capacity(text.len()), 0);
    while i < text.len() {
        if text[i] == b'\\' && i + 1 < text.len() {
            i += 1;
        }
        out.push(text[i]);
        i += 1;
    }
    out
}
