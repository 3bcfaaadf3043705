//! The record and its fields.

use crate::value::Value;
use regex_posix::Regex;
use std::rc::Rc;

/// How fields are kept apart.
#[derive(Clone, Debug)]
pub enum FieldSeparator {
    /// Blanks, with none at the ends.
    Blanks,
    /// One byte.
    Byte(u8),
    /// Each byte is a field.
    Each,
    /// A pattern.
    Pattern(Rc<Regex>),
}

/// Splits a text; with `lines` a line feed separates too.
pub fn split(text: &[u8], separator: &FieldSeparator, lines: bool) -> Vec<Vec<u8>> {
    if text.is_empty() {
        return Vec::new();
    }
    match separator {
        FieldSeparator::Blanks => text
            .split(|c| matches!(c, b' ' | b'\t' | b'\n' | 11 | 12 | b'\r'))
            .filter(|field| !field.is_empty())
            .map(<[u8]>::to_vec)
            .collect(),
        FieldSeparator::Byte(byte) => {
            text.split(|c| c == byte || lines && *c == b'\n').map(<[u8]>::to_vec).collect()
        }
        FieldSeparator::Each => text.iter().map(|c| vec![*c]).collect(),
        FieldSeparator::Pattern(regex) => {
            let mut fields = Vec::new();
            let lines: Vec<&[u8]> =
                if lines { text.split(|c| *c == b'\n').collect() } else { vec![text] };
            for line in lines {
                let (mut start, mut from) = (0, 0);
                while let Ok(Some((begin, end))) = regex.find(line, from) {
                    if end == begin {
                        // An empty match separates nothing.
                        from = end + 1;
                        if from > line.len() {
                            break;
                        }
                        continue;
                    }
                    fields.push(line[start..begin].to_vec());
                    (start, from) = (end, end);
                }
                fields.push(line[start..].to_vec());
            }
            fields
        }
    }
}

/// The record, split when its fields are asked for.
#[derive(Debug, Default)]
pub struct Record {
    whole: Vec<u8>,
    /// Whether `whole` has to be put together from the fields.
    stale: bool,
    /// None until they are asked for.
    fields: Option<Vec<Value>>,
}

impl Record {
    /// A new record.
    pub fn set(&mut self, whole: Vec<u8>) {
        *self = Record { whole, stale: false, fields: None };
    }

    /// The record, put together with `separator` if fields have changed.
    pub fn whole(&mut self, separator: &[u8], format: &[u8]) -> &[u8] {
        if self.stale {
            let fields = self.fields.as_deref().unwrap_or_default();
            let texts: Vec<_> = fields.iter().map(|field| field.to_text(format)).collect();
            self.whole = texts.join(separator);
            self.stale = false;
        }
        &self.whole
    }

    /// The fields.
    pub fn fields(&mut self, separator: &FieldSeparator, lines: bool) -> &mut Vec<Value> {
        let whole = &self.whole;
        self.fields.get_or_insert_with(|| {
            split(whole, separator, lines).iter().map(|field| Value::input(field)).collect()
        })
    }

    /// Says that a field was changed.
    pub fn changed(&mut self) {
        self.stale = true;
    }
}
