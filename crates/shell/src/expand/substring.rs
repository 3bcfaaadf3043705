//! `${x:offset:length}`.

use super::param::Values;
use crate::shell::{Run, Shell};
use crate::syntax::ir::{Param, ParamName, Word};

impl Shell<'_> {
    pub(super) fn substring(
        &mut self,
        param: &Param,
        values: Values,
        offset: &Word,
        length: Option<&Word>,
    ) -> Run<Values> {
        let offset_text = self.expand_text(offset)?;
        let offset = self.arithmetic(&offset_text)?;
        let length = match length {
            Some(length) => {
                let text = self.expand_text(length)?;
                Some((self.arithmetic(&text)?, text))
            }
            None => None,
        };
        match values {
            Values::Unset => Ok(Values::Unset),
            Values::One(value) => {
                let chars = split_chars(&value, self.is_utf8());
                match range(chars.len() as i64, offset, length.as_ref().map(|l| l.0), true) {
                    Some((from, to)) => Ok(Values::One(chars[from..to].concat())),
                    None => {
                        self.too_short(length.map(|l| l.1))?;
                        Ok(Values::One(Vec::new()))
                    }
                }
            }
            Values::Many { mut items, star } => {
                let positional = matches!(param.name, ParamName::Special(_));
                if positional {
                    items.insert(0, self.state.name.clone());
                    // `${@: -1}` counts from the end of the parameters, not of `$0` and them.
                }
                match range(items.len() as i64, offset, length.as_ref().map(|l| l.0), false) {
                    Some((from, to)) => Ok(Values::Many { items: items[from..to].to_vec(), star }),
                    None => {
                        self.too_short(length.map(|l| l.1))?;
                        Ok(Values::Many { items: Vec::new(), star })
                    }
                }
            }
        }
    }

    fn too_short(&mut self, length: Option<Vec<u8>>) -> Run<()> {
        let text = length.unwrap_or_default();
        self.expansion_error(&[&text, b": substring expression < 0".as_slice()].concat())
    }
}

/// From and to; none for a negative length that ends before the beginning.
fn range(count: i64, offset: i64, length: Option<i64>, text: bool) -> Option<(usize, usize)> {
    let from = if offset < 0 { count + offset } else { offset };
    if from < 0 || from > count {
        return Some((0, 0));
    }
    let to = match length {
        None => count,
        Some(length) if length < 0 && text => count + length,
        Some(length) if length < 0 => return None,
        Some(length) => from.saturating_add(length).min(count),
    };
    (to >= from).then_some((from as usize, to as usize))
}

/// The characters of a text, or its bytes.
pub(super) fn split_chars(text: &[u8], utf8: bool) -> Vec<Vec<u8>> {
    if !utf8 {
        return text.iter().map(|b| vec![*b]).collect();
    }
    let mut out = Vec::new();
    for chunk in text.utf8_chunks() {
        out.extend(chunk.valid().chars().map(|c| c.to_string().into_bytes()));
        out.extend(chunk.invalid().iter().map(|b| vec![*b]));
    }
    out
}
