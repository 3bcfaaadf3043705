//! From words to fields.

mod arith;
mod fields;
pub(crate) mod param;
mod pathname;
pub(crate) mod pattern;
pub(crate) mod quote;
pub(crate) mod regex;
mod special;
mod substring;
mod transform;

pub(crate) use fields::Fields;
pub(crate) use pattern::MatchOptions;

use crate::shell::{Run, Shell};
use crate::syntax::ir::{Part, Word};

/// How the parts of a word are taken.
#[derive(Clone, Copy)]
pub(crate) struct Mode {
    /// Inside double quotes.
    quoted: bool,
    /// Unquoted text comes from the word in `${x:-word}` and is split like a value.
    splits_literals: bool,
}

const PLAIN: Mode = Mode { quoted: false, splits_literals: false };

impl Shell<'_> {
    /// Expands the words of a command: fields, split and with pathnames.
    pub fn expand_words(&mut self, words: &[Word]) -> Run<Vec<Vec<u8>>> {
        let mut out = Vec::with_capacity(words.len());
        for word in words {
            self.expand_word(word, &mut out)?;
        }
        Ok(out)
    }

    /// Appends the fields of one word.
    pub fn expand_word(&mut self, word: &Word, out: &mut Vec<Vec<u8>>) -> Run<()> {
        match word.parts.as_slice() {
            [Part::Literal(text)] if !has_glob(text) => {
                out.push(text.clone());
                return Ok(());
            }
            [Part::Quoted(text)] => {
                out.push(text.clone());
                return Ok(());
            }
            _ if word.assignment => {
                out.push(self.expand_text(word)?);
                return Ok(());
            }
            _ => {}
        }
        let mut fields = Fields::splitting(self.ifs());
        self.expand_parts(&word.parts, PLAIN, &mut fields)?;
        for field in fields.finish() {
            match field.pattern {
                Some(pattern) if !self.state.options.noglob => {
                    self.expand_pathnames(&pattern, field.text, out)?;
                }
                _ => out.push(field.text),
            }
        }
        Ok(())
    }

    /// Expands to one text: nothing is split, no pathnames (assignments, `case`, redirections).
    pub fn expand_text(&mut self, word: &Word) -> Run<Vec<u8>> {
        if let Some(text) = word.constant() {
            return Ok(text.to_vec());
        }
        let mut fields = Fields::joining(self.ifs());
        self.expand_parts(&word.parts, PLAIN, &mut fields)?;
        Ok(fields.into_text())
    }

    /// Expands to a pattern: what was quoted is escaped.
    pub fn expand_pattern(&mut self, word: &Word) -> Run<Vec<u8>> {
        let mut fields = Fields::joining(self.ifs());
        self.expand_parts(&word.parts, PLAIN, &mut fields)?;
        Ok(fields.into_pattern())
    }

    /// Expands to a text and to a pattern.
    pub fn expand_both(&mut self, word: &Word) -> Run<(Vec<u8>, Vec<u8>)> {
        let mut fields = Fields::joining(self.ifs());
        self.expand_parts(&word.parts, PLAIN, &mut fields)?;
        Ok(fields.into_both())
    }

    fn expand_parts(&mut self, parts: &[Part], mode: Mode, out: &mut Fields) -> Run<()> {
        for part in parts {
            self.expand_part(part, mode, out)?;
        }
        Ok(())
    }

    fn expand_part(&mut self, part: &Part, mode: Mode, out: &mut Fields) -> Run<()> {
        match part {
            Part::Literal(text) if mode.splits_literals => out.value(text),
            Part::Literal(text) => out.literal(text),
            Part::Quoted(text) => out.quoted(text),
            Part::Double(parts) => {
                // `"$@"` without parameters is no field at all, `""` is one.
                if parts.is_empty() {
                    out.quoted(b"");
                }
                self.expand_parts(parts, Mode { quoted: true, ..mode }, out)?;
            }
            Part::Tilde(name) => {
                let home = self.tilde(name);
                // An empty one is no field of its own outside bash.
                if self.is_bash() || !home.is_empty() {
                    out.quoted(&home);
                }
            }
            Part::Param(param) => self.expand_param(param, mode, out)?,
            Part::Command(source) => {
                let text = self.substitute(&source.list)?;
                put(out, &text, mode);
            }
            Part::Arith(expression) => {
                let text = self.expand_text(expression)?;
                let number = self.arithmetic(&text)?;
                put(out, number.to_string().as_bytes(), mode);
            }
            Part::Process(process) => {
                let path = self.process_substitution(process)?;
                out.quoted(&path);
            }
        }
        Ok(())
    }

    /// `$IFS`, or what it is when unset.
    pub fn ifs(&self) -> Vec<u8> {
        self.state.vars.value("IFS").map_or_else(|| b" \t\n".to_vec(), <[u8]>::to_vec)
    }

    fn tilde(&mut self, name: &[u8]) -> Vec<u8> {
        let written = || [b"~", name].concat();
        match name {
            b"" => match self.state.vars.value("HOME") {
                Some(home) => home.to_vec(),
                None => self.home_of_uid(),
            },
            b"+" if self.is_bash() => self.state.cwd.clone(),
            b"-" if self.is_bash() => {
                self.state.vars.value("OLDPWD").map_or_else(written, <[u8]>::to_vec)
            }
            _ => self.passwd_home(|fields| fields[0] == name).unwrap_or_else(written),
        }
    }

    fn home_of_uid(&self) -> Vec<u8> {
        let uid = self.state.caller.cred.uid.to_string();
        let home = self.passwd_home(|fields| fields[2] == uid.as_bytes());
        home.unwrap_or_else(|| if self.is_bash() { b"/".to_vec() } else { b"~".to_vec() })
    }

    fn passwd_home(&self, fits: impl Fn(&[&[u8]]) -> bool) -> Option<Vec<u8>> {
        let caller = vfs::Caller::root();
        let passwd = self.fs.read_file(&caller, vfs::NodeId::ROOT, b"/etc/passwd").ok()?;
        passwd.split(|&b| b == b'\n').find_map(|line| {
            let fields: Vec<&[u8]> = line.split(|&b| b == b':').collect();
            (fields.len() >= 6 && fits(&fields)).then(|| fields[5].to_vec())
        })
    }
}

fn put(out: &mut Fields, text: &[u8], mode: Mode) {
    if mode.quoted {
        out.quoted(text);
    } else {
        out.value(text);
    }
}

/// Whether text has a character that makes it a pattern.
pub(crate) fn has_glob(text: &[u8]) -> bool {
    text.iter().any(|b| matches!(b, b'*' | b'?' | b'[' | b'('))
}
