//! Variables that are used and not set, and what expanding them costs.

use std::collections::HashMap;

use super::fix::replace;
use super::{Checked, Linter, Rule, rules};
use crate::expand::{EnvList, ExpandError, Expansion, Lexer, name_len};
use crate::instruction::Instruction;
use crate::span::Span;
use crate::suggest::nearest;

/// Build arguments that are never variables of a step.
pub(super) const NOT_IN_ENVIRONMENT: [&str; 2] =
    ["BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"];

/// Bytes that the variables of one file may be expanded to. BuildKit sets no limit.
const MAX_COST: usize = 64 << 20;

/// The declared variables of a stage, those without a value included.
pub(super) type Declared = imbl::OrdSet<String>;

impl<'a> Linter<'a> {
    /// True once expanding has cost too much for one file; says so where that is found first.
    pub(super) fn is_spent(&mut self, instruction: &Instruction) -> Checked<bool> {
        if self.cost <= MAX_COST {
            return Ok(false);
        }
        if !std::mem::replace(&mut self.is_spent_told, true) {
            let cause = format!(
                "not supported here: variables that expand to more than {MAX_COST} bytes in one file, because nothing of use does"
            );
            self.error_at(instruction, cause)?;
        }
        Ok(true)
    }

    /// Expands a text and notes what it cost.
    pub(super) fn expand(
        &mut self,
        lexer: &Lexer,
        text: &str,
        env: &EnvList,
    ) -> Result<Expansion, ExpandError> {
        let outcome = lexer.expand_text(text, env);
        let cost = outcome.as_ref().map_or_else(ExpandError::cost, |expansion| expansion.cost);
        self.cost = self.cost.saturating_add(cost);
        outcome
    }

    /// Expands one word of `instruction` and reports the variables that are not set.
    pub(super) fn expand_word(
        &mut self,
        lexer: &Lexer,
        word: &str,
        env: &EnvList,
        declared: &Declared,
        instruction: &Instruction,
    ) -> Result<Expansion, ExpandError> {
        let outcome = self.expand(lexer, word, env);
        let unmatched = match &outcome {
            Ok(expansion) => &expansion.unmatched,
            Err(error) => &error.unmatched,
        };
        for name in unmatched {
            if declared.contains(name.as_str()) || NOT_IN_ENVIRONMENT.contains(&name.as_str()) {
                continue;
            }
            self.unknown(
                &rules::UNDEFINED_VAR,
                instruction,
                name,
                env.iter().map(|(name, _)| name),
            );
        }
        outcome
    }

    /// The one of `known` that may be meant; empty where none is near.
    pub(super) fn suggestion<'k>(
        &mut self,
        name: &str,
        known: impl Iterator<Item = &'k str>,
    ) -> String {
        let known: Vec<&str> = known.take(self.comparisons_left + 1).collect();
        // Among very many names a suggestion is slow to find and of little use.
        let Some(left) = self.comparisons_left.checked_sub(known.len()) else {
            self.comparisons_left = 0;
            return String::new();
        };
        self.comparisons_left = left;
        nearest(name, &known, true).unwrap_or_default()
    }

    /// Reports a name that is none of `known`, with the one that may be meant.
    pub(super) fn unknown<'k>(
        &mut self,
        rule: &'static Rule,
        instruction: &Instruction,
        name: &str,
        known: impl Iterator<Item = &'k str>,
    ) {
        let suggestion = self.suggestion(name, known);
        let place = self.variable_place(instruction, name);
        let fix = place
            .filter(|_| !suggestion.is_empty())
            .and_then(|place| replace(format!("use {suggestion}"), place, &suggestion));
        let span = place.unwrap_or(instruction.span());
        self.report(rule, instruction, &[name, &suggestion], span, fix);
    }

    /// Where `$name` or `${name` stands first: the name alone. None where a continuation cuts it in two.
    fn variable_place(&mut self, instruction: &Instruction, name: &str) -> Option<Span> {
        let span = instruction.span();
        let (_, places) = match self.variable_places.take() {
            Some(known) if known.0 == span.start => self.variable_places.insert(known),
            _ => {
                let places = variable_places(&self.parse.text, span);
                self.variable_places.insert((span.start, places))
            }
        };
        places.get(name).copied()
    }
}

/// The names behind `$` and `${` in `span`, each with the place where it stands first.
fn variable_places(text: &str, span: Span) -> HashMap<&str, Span> {
    let source = span.of(text);
    let mut places = HashMap::new();
    for (at, _) in source.match_indices('$') {
        let start = at + 1 + usize::from(source[at + 1..].starts_with('{'));
        let end = start + name_len(&source[start..]);
        places
            .entry(&source[start..end])
            .or_insert(Span::new(span.start + start, span.start + end));
    }
    places
}
