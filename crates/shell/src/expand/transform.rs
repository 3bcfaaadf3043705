//! `${x^^}`, `${x@Q}` and their kind.

use super::param::{Values, name_text};
use super::substring::split_chars;
use super::{MatchOptions, pattern, quote};
use crate::shell::{Run, Shell};
use crate::syntax::ir::{CaseChange, Param};

impl Shell<'_> {
    pub(super) fn transform(&mut self, param: &Param, values: Values, op: u8) -> Run<Values> {
        let options = MatchOptions { utf8: self.is_utf8(), ..MatchOptions::default() };
        let each = |values: Values, apply: &dyn Fn(&[u8]) -> Vec<u8>| match values {
            Values::Unset => Values::Unset,
            Values::One(value) => Values::One(apply(&value)),
            Values::Many { items, star } => {
                Values::Many { items: items.iter().map(|item| apply(item)).collect(), star }
            }
        };
        Ok(match op {
            b'U' => each(values, &|v| case(v, b"?", CaseChange::Upper, true, options)),
            b'u' => each(values, &|v| case(v, b"?", CaseChange::Upper, false, options)),
            b'L' => each(values, &|v| case(v, b"?", CaseChange::Lower, true, options)),
            b'Q' => each(values, &quote::single_always),
            b'E' => each(values, &|v| crate::syntax::ansi::decode(&crate::text::decode(v))),
            b'K' | b'k' => each(values, &quote::single_always),
            b'A' if param.index.is_some() => {
                let name = name_text(&param.name);
                let var = self.state.vars.get(&name);
                let line = var.map(|var| crate::builtins::declaration(&name, var));
                let line = line.unwrap_or_default();
                Values::One(line.strip_suffix(b"\n").unwrap_or(&line).to_vec())
            }
            b'A' => {
                let name = name_text(&param.name);
                each(values, &|v| [name.as_bytes(), b"=", &quote::single_always(v)].concat())
            }
            b'a' => {
                let var = self.state.vars.get(&name_text(&param.name));
                Values::One(
                    var.map(crate::builtins::attribute_letters).unwrap_or_default().into_bytes(),
                )
            }
            _ => values,
        })
    }
}

/// Changes the case of the characters that match, or of the first one.
pub(super) fn case(
    value: &[u8],
    wanted: &[u8],
    change: CaseChange,
    all: bool,
    options: MatchOptions,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    for (i, c) in split_chars(value, options.utf8).iter().enumerate() {
        if (all || i == 0) && pattern::matches(wanted, c, options) {
            match std::str::from_utf8(c) {
                Ok(text) => {
                    let upper = match change {
                        CaseChange::Upper => true,
                        CaseChange::Lower => false,
                        CaseChange::Toggle => !text.chars().any(char::is_uppercase),
                    };
                    let text = if upper { text.to_uppercase() } else { text.to_lowercase() };
                    out.extend(text.bytes());
                }
                Err(_) => out.extend(c),
            }
        } else {
            out.extend(c);
        }
    }
    out
}
