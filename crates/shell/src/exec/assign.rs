//! Assignments.

use std::collections::BTreeMap;

use crate::Personality;
use crate::expand::{pattern, quote};
use crate::shell::{Flow, Run, Shell};
use crate::syntax::ir::{Assignment, Value as Right};
use crate::vars::{Assoc, Value, Var};

impl Shell<'_> {
    /// Assigns; answers what `set -x` shows of it.
    pub(crate) fn run_assignment(&mut self, assignment: &Assignment) -> Run<Option<Vec<u8>>> {
        let name = self.follow_reference(&assignment.name);
        match (&assignment.value, &assignment.index) {
            (Right::Scalar(word), None) => {
                let value = self.expand_text(word)?;
                let op: &[u8] = if assignment.append { b"+=" } else { b"=" };
                let traced = self.state.options.xtrace.then(|| {
                    let shown = match self.state.personality {
                        Personality::Dash => value.clone(),
                        Personality::Ash => quote::for_ash_trace(&value),
                        Personality::Bash => quote::for_trace(&value),
                    };
                    [assignment.name.as_bytes(), op, &shown].concat()
                });
                if let Some(traced) = &traced
                    && self.is_bash()
                {
                    self.trace(std::slice::from_ref(traced), &[]);
                }
                if assignment.append {
                    self.append(&name, value)?;
                } else {
                    self.assign(&name, value)?;
                }
                Ok(traced)
            }
            (Right::Scalar(word), Some(index)) => {
                let index = self.expand_text(index)?;
                let value = self.expand_text(word)?;
                self.assign_element(&name, &index, value, assignment.append)?;
                Ok(None)
            }
            (Right::Array(elements), _) => {
                if self.state.options.xtrace {
                    let words: Vec<Vec<u8>> =
                        elements.iter().map(|(_, word)| super::trace::source(word)).collect();
                    let op = if assignment.append { "+=(" } else { "=(" };
                    let head = [assignment.name.as_bytes(), op.as_bytes()].concat();
                    self.trace(&[[head, words.join(b" ".as_slice()), b")".to_vec()].concat()], &[]);
                }
                self.assign_array(&name, elements, assignment.append)?;
                Ok(None)
            }
        }
    }

    fn check_readonly(&mut self, name: &str) -> Run<()> {
        if !self.state.vars.get(name).is_some_and(|var| var.readonly) {
            return Ok(());
        }
        if self.is_bash() {
            self.complain(format!("{name}: readonly variable"));
            Err(Flow::Discard(1))
        } else {
            let text = format!("{name}: is read only");
            match self.state.builtin {
                Some(builtin) => self.complain_as(builtin.as_bytes(), text),
                None => self.complain(text),
            }
            Err(Flow::Error(2))
        }
    }

    /// `name=value`.
    pub(crate) fn assign(&mut self, name: &str, value: Vec<u8>) -> Run<()> {
        // The common case: a plain variable that exists already.
        if !matches!(name, "RANDOM" | "SECONDS" | "OPTIND")
            && !self.state.options.allexport
            && self.state.vars.get(name).is_some_and(Var::is_plain)
        {
            self.state.vars.force(name, value);
            return Ok(());
        }
        let name = &self.follow_reference(name);
        self.check_readonly(name)?;
        let value = self.by_attributes(name, value)?;
        match name.as_str() {
            "RANDOM" if !self.is_dash() => {
                self.state.random = crate::text::decode(&value).parse::<u32>().unwrap_or(0);
                return Ok(());
            }
            "SECONDS" if self.is_bash() => {
                let seconds: i64 = crate::text::decode(&value).parse().unwrap_or(0);
                self.state.started = self.fs.now().secs() - seconds;
                return Ok(());
            }
            "OPTIND" => self.state.getopts = (0, 0),
            _ => {}
        }
        let export = self.state.options.allexport;
        match self.state.vars.get_mut(name) {
            Some(var) => {
                var.exported |= export;
                match &mut var.value {
                    Value::Indexed(map) => {
                        map.insert(0, value);
                    }
                    Value::Assoc(map) => map.insert(b"0".to_vec(), value),
                    slot => *slot = Value::Scalar(value),
                }
            }
            None => {
                let var = self.state.vars.entry(name);
                var.exported = export;
                var.value = Value::Scalar(value);
            }
        }
        Ok(())
    }

    fn append(&mut self, name: &str, value: Vec<u8>) -> Run<()> {
        let old = self.state.vars.value(name).unwrap_or_default().to_vec();
        if self.state.vars.get(name).is_some_and(|var| var.integer) {
            let sum = [old.as_slice(), b"+(", &value, b")"].concat();
            let sum = if old.is_empty() { value } else { sum };
            return self.assign(name, sum);
        }
        self.assign(name, [old, value].concat())
    }

    /// What `declare -i`, `-u` and `-l` make of a value.
    fn by_attributes(&mut self, name: &str, value: Vec<u8>) -> Run<Vec<u8>> {
        let Some(var) = self.state.vars.get(name) else { return Ok(value) };
        let (integer, upper, lower) = (var.integer, var.upper, var.lower);
        Ok(if integer {
            self.arithmetic(&value)?.to_string().into_bytes()
        } else if upper {
            String::from_utf8_lossy(&value).to_uppercase().into_bytes()
        } else if lower {
            String::from_utf8_lossy(&value).to_lowercase().into_bytes()
        } else {
            value
        })
    }

    /// `name[index]=value`.
    pub(crate) fn assign_element(
        &mut self,
        name: &str,
        index: &[u8],
        value: Vec<u8>,
        append: bool,
    ) -> Run<()> {
        let name = &self.follow_reference(name);
        self.check_readonly(name)?;
        let value = self.by_attributes(name, value)?;
        if let Some(Value::Assoc(_)) = self.state.vars.get(name).map(|var| &var.value) {
            if let Value::Assoc(map) = &mut self.state.vars.entry(name).value {
                let old = if append { map.get(index).cloned() } else { None };
                map.insert(index.to_vec(), [old.unwrap_or_default(), value].concat());
            }
            return Ok(());
        }
        let mut at = self.arithmetic(index)?;
        let map = self.indexed(name);
        if at < 0 {
            at += map.keys().next_back().map_or(0, |last| last + 1);
        }
        if at < 0 {
            let text = format!("{name}[{}]: bad array subscript", crate::text::lossy(index));
            return self.expansion_error(text.as_bytes());
        }
        let slot = map.entry(at).or_default();
        if append {
            slot.extend(value);
        } else {
            *slot = value;
        }
        Ok(())
    }

    /// The variable as an indexed array, which it becomes if it is none.
    pub(crate) fn indexed(&mut self, name: &str) -> &mut BTreeMap<i64, Vec<u8>> {
        let var = self.state.vars.entry(name);
        if !matches!(var.value, Value::Indexed(_)) {
            let mut map = BTreeMap::new();
            if let Value::Scalar(value) = std::mem::replace(&mut var.value, Value::Unset) {
                map.insert(0, value);
            }
            var.value = Value::Indexed(map);
        }
        match &mut var.value {
            Value::Indexed(map) => map,
            _ => unreachable!("it has just been made one"),
        }
    }

    fn assign_array(
        &mut self,
        name: &str,
        elements: &[(Option<crate::syntax::ir::Word>, crate::syntax::ir::Word)],
        append: bool,
    ) -> Run<()> {
        self.check_readonly(name)?;
        let assoc = matches!(self.state.vars.get(name).map(|v| &v.value), Some(Value::Assoc(_)));
        if assoc {
            let mut map = match &self.state.vars.entry(name).value {
                Value::Assoc(map) if append => map.clone(),
                _ => Assoc::default(),
            };
            let mut pending: Option<Vec<u8>> = None;
            for (key, word) in elements {
                let value = self.expand_text(word)?;
                match (key, pending.take()) {
                    (Some(key), _) => {
                        let key = self.expand_text(key)?;
                        map.insert(key, value);
                    }
                    // `a=(k1 v1 k2 v2)`.
                    (None, Some(key)) => map.insert(key, value),
                    (None, None) => pending = Some(value),
                }
            }
            if let Some(key) = pending {
                map.insert(key, Vec::new());
            }
            self.state.vars.entry(name).value = Value::Assoc(map);
            return Ok(());
        }
        let mut out = Vec::new();
        let mut next = 0;
        if append {
            next = self.indexed(name).keys().next_back().map_or(0, |last| last + 1);
        }
        for (key, word) in elements {
            match key {
                Some(key) => {
                    let key = self.expand_text(key)?;
                    next = self.arithmetic(&key)?;
                    out.push((next, self.expand_text(word)?));
                    next += 1;
                }
                None => {
                    let mut fields = Vec::new();
                    self.expand_word(word, &mut fields)?;
                    for field in fields {
                        out.push((next, field));
                        next += 1;
                    }
                }
            }
        }
        for (_, value) in &mut out {
            *value = self.by_attributes(name, std::mem::take(value))?;
        }
        if !append {
            self.state.vars.entry(name).value = Value::Indexed(BTreeMap::new());
        }
        self.indexed(name).extend(out);
        if self.state.options.allexport {
            self.state.vars.entry(name).exported = true;
        }
        Ok(())
    }

    /// The value of `name` or `name[index]`, for arithmetic.
    pub(crate) fn scalar(&mut self, name: &str, index: Option<&[u8]>) -> Run<Option<Vec<u8>>> {
        use crate::syntax::ir::{Index, Op, Param, ParamName, Word};
        let index = match index {
            None => {
                if let Some(var) = self.state.vars.get(name)
                    && let Value::Scalar(value) = &var.value
                    && !var.nameref
                {
                    return Ok(Some(value.clone()));
                }
                None
            }
            Some(index) => {
                let text = crate::text::decode(index).into_owned();
                let word = crate::syntax::word::parse(
                    &text,
                    self.state.line,
                    self.dialect(),
                    crate::syntax::word::Context::Subscript,
                );
                Some(Index::Expr(word.unwrap_or_else(|_| Word::text(index))))
            }
        };
        let name = ParamName::Var(name.to_owned());
        let param = Param { name, index, indirect: false, op: Op::None, source: String::new() };
        Ok(match self.param_values(&param)? {
            crate::expand::param::Values::One(value) => Some(value),
            crate::expand::param::Values::Many { items, .. } => items.into_iter().next(),
            crate::expand::param::Values::Unset => None,
        })
    }

    /// `unset name` or `unset name[index]`.
    pub(crate) fn unset_variable(&mut self, name: &str, index: Option<&[u8]>) -> Run<bool> {
        let name = &self.follow_reference(name);
        if self.state.vars.get(name).is_some_and(|var| var.readonly) {
            return Ok(false);
        }
        match index {
            None => {
                if self.state.vars.is_local(name) {
                    let var = self.state.vars.entry(name);
                    *var = crate::vars::Var::unset();
                } else {
                    self.state.vars.remove(name);
                }
            }
            Some(index) => {
                if let Some(Value::Assoc(_)) = self.state.vars.get(name).map(|v| &v.value) {
                    if let Value::Assoc(map) = &mut self.state.vars.entry(name).value {
                        map.remove(index);
                    }
                } else if index == b"@" || index == b"*" {
                    self.state.vars.remove(name);
                } else {
                    let at = self.arithmetic(index)?;
                    let map = self.indexed(name);
                    let at =
                        if at < 0 { map.keys().next_back().map_or(0, |l| l + 1) + at } else { at };
                    map.remove(&at);
                }
            }
        }
        Ok(true)
    }

    /// Whether a text matches a pattern, with this shell's options.
    pub(crate) fn matches(&self, pattern: &[u8], text: &[u8], extended: bool) -> bool {
        let mut options = self.match_options();
        options.extended |= extended && self.is_bash();
        options.no_case = self.state.options.shopt.nocasematch;
        pattern::matches(pattern, text, options)
    }
}
