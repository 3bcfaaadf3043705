//! Checks of `COPY` and `ADD`.

use std::collections::HashMap;

use super::stages::{Names, Source, State};
use super::{Checked, Linter, rules};
use crate::chmod::check_chmod;
use crate::expand::Lexer;
use crate::ignore::clean;
use crate::instruction::{AddArgs, CopyArgs, Instruction, Transfer};
use crate::quote::quote;
use crate::reference::check_digest;
use crate::remote::{SourceKind, source_kind};
use crate::span::Span;

impl Linter<'_> {
    pub(super) fn copy(
        &mut self,
        instruction: &Instruction,
        copy: &CopyArgs,
        state: &State,
        names: &Names,
    ) -> Checked<()> {
        self.inline_variables(instruction, state, &copy.transfer)?;
        if let Some(from) = &copy.from {
            match names.source(from) {
                Source::Stage(index) if index >= state.stage => {
                    let stage = &self.parse.stages[state.stage];
                    let unnamed = format!("stage-{}", stage.index);
                    let here = quote(stage.name.as_deref().unwrap_or(&unnamed));
                    let cause = format!(
                        "cannot copy from stage {}, it needs to be defined before current stage {here}",
                        quote(from)
                    );
                    return self.error_at(instruction, cause);
                }
                _ => {}
            }
        }
        self.chmod(instruction, copy.chmod.as_deref())?;
        for source in &copy.transfer.sources {
            let kind = match source_kind(source) {
                SourceKind::Path => continue,
                SourceKind::Http => "URL",
                SourceKind::Git => "git ref",
            };
            return self.error_at(instruction, format!("source can't be a {kind} for COPY"));
        }
        if copy.from.is_none() {
            self.ignored(instruction, "Copy", &copy.transfer);
        }
        Ok(())
    }

    pub(super) fn add(
        &mut self,
        instruction: &Instruction,
        add: &AddArgs,
        state: &State,
    ) -> Checked<()> {
        self.inline_variables(instruction, state, &add.transfer)?;
        self.chmod(instruction, add.chmod.as_deref())?;
        if add.checksum.as_deref().is_some_and(|checksum| !checksum.is_empty()) {
            let cause = match add.transfer.sources.as_slice() {
                [only] => match source_kind(only) {
                    SourceKind::Path => Err("checksum requires HTTP(S) or Git sources".to_owned()),
                    SourceKind::Http => check_digest(add.checksum.as_deref().unwrap_or_default()),
                    // A commit, in as many digits as were thought enough.
                    SourceKind::Git => Ok(()),
                },
                _ => Err("checksum can't be specified for multiple sources".to_owned()),
            };
            if let Err(cause) = cause {
                return self.error_at(instruction, cause);
            }
        }
        self.ignored(instruction, "Add", &add.transfer);
        Ok(())
    }

    fn chmod(&mut self, instruction: &Instruction, chmod: Option<&str>) -> Checked<()> {
        match chmod.filter(|chmod| !chmod.is_empty()).map(check_chmod) {
            Some(Err(error)) => self.error_at(instruction, error.to_string()),
            _ => Ok(()),
        }
    }

    fn inline_variables(
        &mut self,
        instruction: &Instruction,
        state: &State,
        transfer: &Transfer,
    ) -> Checked<()> {
        let lexer = Lexer { skip_quotes: true, ..Lexer::new('\\') };
        for file in transfer.inline.iter().filter(|file| file.expand) {
            if self.is_spent(instruction)? {
                break;
            }
            let (env, declared) = (&state.env, &state.declared);
            if let Err(error) = self.expand_word(&lexer, &file.data, env, declared, instruction) {
                return self.error_at(instruction, error.to_string());
            }
        }
        Ok(())
    }

    fn ignored(&mut self, instruction: &Instruction, what: &str, transfer: &Transfer) {
        let Some(ignore) = self.options.ignore.filter(|ignore| !ignore.has_exceptions()) else {
            return;
        };
        let words: HashMap<&str, Span> = instruction
            .node
            .args
            .iter()
            .rev()
            .map(|word| (word.text.as_str(), word.span))
            .collect();
        for source in &transfer.sources {
            if source.contains("://") {
                continue;
            }
            let path = clean(source);
            if ignore.matches(&path) {
                let span = words.get(source.as_str()).copied().unwrap_or(instruction.span());
                self.report(&rules::COPY_IGNORED_FILE, instruction, &[what, &path], span, None);
            }
        }
    }
}
