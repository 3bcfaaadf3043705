//! `$x` and `${...}`.

use super::{Fields, MatchOptions, Mode, has_glob, put};
use crate::shell::{Flow, Run, Shell};
use crate::syntax::ir::{Index, Op, Param, ParamName, ReplaceKind, Word};
use crate::vars::{Value, Var};

/// What a parameter gives before its operation.
#[derive(Clone, Debug)]
pub(crate) enum Values {
    Unset,
    One(Vec<u8>),
    /// `$@`, `$*`, `${a[@]}`, `${a[*]}`.
    Many {
        items: Vec<Vec<u8>>,
        star: bool,
    },
}

impl Shell<'_> {
    pub(super) fn expand_param(&mut self, param: &Param, mode: Mode, out: &mut Fields) -> Run<()> {
        if let (Op::None, ParamName::Var(name), None, false) =
            (&param.op, &param.name, &param.index, param.indirect)
            && let Some(value) =
                self.state.vars.get(name).filter(|var| !var.nameref).and_then(Var::get)
        {
            // The common case, without a copy.
            if mode.quoted {
                out.quoted(value);
            } else {
                out.value(value);
            }
            return Ok(());
        }
        if matches!(param.op, Op::Bad) {
            return self.bad_substitution(param);
        }
        if param.indirect {
            let Some(target) = self.indirect(param)? else { return Ok(()) };
            return self.expand_param(&target, mode, out);
        }
        match &param.op {
            Op::Names { star } => {
                let ParamName::Var(prefix) = &param.name else { return Ok(()) };
                let items = self.names_with_prefix(prefix);
                self.put_values(Values::Many { items, star: *star }, mode, out);
                return Ok(());
            }
            Op::Keys { star } => {
                let items = self.keys(&param.name);
                self.put_values(Values::Many { items, star: *star }, mode, out);
                return Ok(());
            }
            _ => {}
        }
        let values = self.param_values(param)?;
        self.operate(param, values, mode, out)
    }

    fn operate(&mut self, param: &Param, values: Values, mode: Mode, out: &mut Fields) -> Run<()> {
        if let Op::Test { kind, colon, word } = &param.op {
            return self.test_param(param, values, (*kind, *colon, word), mode, out);
        }
        let checked = !matches!(param.op, Op::Length)
            || !matches!(param.index, Some(Index::At | Index::Star));
        if matches!(values, Values::Unset) && self.state.options.nounset && checked {
            return self.unset_error(param);
        }
        let values = match &param.op {
            Op::None | Op::Test { .. } | Op::Bad | Op::Names { .. } | Op::Keys { .. } => values,
            Op::Length => Values::One(self.length(param, &values).to_string().into_bytes()),
            Op::TrimPrefix { longest, pattern } => {
                let pattern = self.expand_pattern(pattern)?;
                let options = self.match_options();
                let trim =
                    |value: &[u8]| super::pattern::trim_prefix(&pattern, value, *longest, options);
                if self.is_bash() {
                    map(values, trim)
                } else {
                    map_one(values, <[_]>::first_mut, trim)
                }
            }
            Op::TrimSuffix { longest, pattern } => {
                let pattern = self.expand_pattern(pattern)?;
                let options = self.match_options();
                let trim =
                    |value: &[u8]| super::pattern::trim_suffix(&pattern, value, *longest, options);
                if self.is_bash() {
                    map(values, trim)
                } else {
                    map_one(values, <[_]>::last_mut, trim)
                }
            }
            Op::Replace { kind, pattern, with } => {
                let pattern = self.expand_pattern(pattern)?;
                let with = match self.expand_both(with)? {
                    (_, template) if self.is_bash() && has_ampersand(&template) => {
                        Replacement::Template(template)
                    }
                    (text, _) => Replacement::Text(text),
                };
                let options = self.match_options();
                map(values, |value| replace(value, &pattern, &with, *kind, options))
            }
            Op::Substring { offset, length } => {
                self.substring(param, values, offset, length.as_ref())?
            }
            Op::Case { change, all, pattern } => {
                let pattern = match pattern {
                    Some(pattern) => self.expand_pattern(pattern)?,
                    None => b"?".to_vec(),
                };
                let options = self.match_options();
                map(values, |value| super::transform::case(value, &pattern, *change, *all, options))
            }
            Op::Transform(op) => self.transform(param, values, *op)?,
        };
        self.put_values(values, mode, out);
        Ok(())
    }

    fn put_values(&mut self, values: Values, mode: Mode, out: &mut Fields) {
        match values {
            Values::Unset => {
                if mode.quoted {
                    out.quoted(b"");
                }
            }
            Values::One(value) => put(out, &value, mode),
            Values::Many { items, star } => {
                if !out.splits() || (mode.quoted && star) {
                    let space: &[u8] = b" ";
                    let by_ifs = star || !self.is_bash();
                    let joiner = if by_ifs { out.joiner().to_vec() } else { space.to_vec() };
                    let joined = items.join(joiner.as_slice());
                    if mode.quoted {
                        out.quoted(&joined);
                    } else {
                        out.value(&joined);
                    }
                    return;
                }
                if !mode.quoted
                    && self.is_bash()
                    && !b" \t\n".contains(out.joiner().first().unwrap_or(&b' '))
                {
                    // bash joins and splits again, so that empty ones stay between delimiters.
                    let joiner = out.joiner()[..1].to_vec();
                    out.value(&items.join(joiner.as_slice()));
                    return;
                }
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        if mode.quoted {
                            out.end_field();
                        } else {
                            out.break_field();
                        }
                    }
                    put(out, item, mode);
                }
            }
        }
    }

    /// `-`, `=`, `?`, `+`.
    fn test_param(
        &mut self,
        param: &Param,
        values: Values,
        (kind, colon, word): (u8, bool, &Word),
        mode: Mode,
        out: &mut Fields,
    ) -> Run<()> {
        let set = match &values {
            Values::Unset => false,
            Values::One(value) => !(colon && value.is_empty()),
            // dash and ash take `$@` for set even when there is nothing in it.
            Values::Many { items, .. } if items.is_empty() => !colon && !self.is_bash(),
            Values::Many { items, .. } => !(colon && items.len() == 1 && items[0].is_empty()),
        };
        let inner = Mode { splits_literals: !mode.quoted, ..mode };
        match kind {
            b'+' if set => self.expand_parts_of(word, inner, out),
            b'+' => {
                if mode.quoted && !matches!(values, Values::Many { .. }) {
                    out.quoted(b"");
                }
                Ok(())
            }
            _ if set => {
                if mode.quoted && matches!(&values, Values::Many { items, .. } if items.is_empty())
                {
                    out.quoted(b"");
                }
                self.put_values(values, mode, out);
                Ok(())
            }
            b'-' => self.expand_parts_of(word, inner, out),
            b'=' => {
                let ParamName::Var(name) = &param.name else {
                    let text = match self.state.personality {
                        crate::Personality::Bash => {
                            format!("${}: cannot assign in this way", name_text(&param.name))
                        }
                        _ => format!("{}: bad variable name", name_text(&param.name)),
                    };
                    return self.expansion_error(text.as_bytes());
                };
                let value = self.expand_text(word)?;
                match &param.index {
                    Some(Index::Expr(index)) => {
                        let index = self.expand_text(index)?;
                        self.assign_element(name, &index, value.clone(), false)?;
                    }
                    _ => self.assign(name, value.clone())?,
                }
                put(out, &value, mode);
                Ok(())
            }
            _ => {
                let mut text = self.expand_text(word)?;
                if word.parts.is_empty() {
                    text = match (colon, self.is_bash()) {
                        (true, true) => b"parameter null or not set".to_vec(),
                        (false, true) => b"parameter not set".to_vec(),
                        (true, false) => b"parameter not set or null".to_vec(),
                        (false, false) => b"parameter not set".to_vec(),
                    };
                }
                let name = name_text(&param.name).into_bytes();
                let message = [&name, b": ".as_slice(), &text].concat();
                self.complain(message);
                Err(self.unset_flow())
            }
        }
    }

    fn expand_parts_of(&mut self, word: &Word, mode: Mode, out: &mut Fields) -> Run<()> {
        if word.parts.is_empty() && mode.quoted {
            out.quoted(b"");
        }
        self.expand_parts(&word.parts, mode, out)
    }

    /// What ends when a parameter is not set that has to be.
    pub(super) fn unset_flow(&self) -> Flow {
        match (self.is_bash(), self.state.is_command && !self.state.options.errexit) {
            (true, true) if self.state.subshell == 0 => Flow::Exit(127),
            (true, true) => Flow::Exit(1),
            (true, false) => Flow::Exit(1),
            _ => Flow::Error(2),
        }
    }

    fn unset_error(&mut self, param: &Param) -> Run<()> {
        let text = if self.is_bash() {
            let name = match (&param.name, &param.index) {
                (ParamName::Var(_), Some(_)) => param.source.clone(),
                (ParamName::Positional(n), _) => format!("${n}"),
                (ParamName::Special(b'!'), _) => "$!".to_owned(),
                (name, _) => name_text(name),
            };
            format!("{name}: unbound variable")
        } else {
            format!("{}: parameter not set", name_text(&param.name))
        };
        self.complain(text);
        Err(self.unset_flow())
    }

    fn bad_substitution<T>(&mut self, param: &Param) -> Run<T> {
        if self.is_bash() {
            self.complain(format!("${{{}}}: bad substitution", param.source));
            Err(Flow::Discard(1))
        } else {
            let text =
                if self.is_dash() { "Bad substitution" } else { "syntax error: bad substitution" };
            self.complain(text);
            Err(Flow::Error(2))
        }
    }

    /// An error in an expansion: it ends the command, and the script except in bash.
    pub(crate) fn expansion_error<T>(&mut self, text: &[u8]) -> Run<T> {
        self.complain(text);
        Err(if self.is_bash() { Flow::Discard(1) } else { Flow::Error(2) })
    }

    /// `${!x}`: the parameter that `$x` names.
    fn indirect(&mut self, param: &Param) -> Run<Option<Param>> {
        let direct = Param { indirect: false, op: Op::None, ..param.clone() };
        if let ParamName::Var(name) = &param.name
            && let Some(var) = self.state.vars.get(name)
            && var.nameref
        {
            let target = var.get().unwrap_or_default().to_vec();
            return Ok(Some(literal_param(target)));
        }
        let target = match self.param_values(&direct)? {
            Values::One(target) => target,
            Values::Many { items, .. } => items.first().cloned().unwrap_or_default(),
            Values::Unset => {
                if matches!(param.op, Op::Test { kind: b'-' | b'+', .. }) {
                    let name = ParamName::Var(String::new());
                    return Ok(Some(Param { name, indirect: false, ..param.clone() }));
                }
                let text = format!("{}: invalid indirect expansion", name_text(&param.name));
                return self.expansion_error(text.as_bytes());
            }
        };
        let text = crate::text::decode(&target).into_owned();
        let parsed = crate::syntax::word::parse(
            &format!("${{{text}}}"),
            self.state.line,
            self.dialect(),
            crate::syntax::word::Context::Plain,
        );
        let found = parsed.ok().and_then(|word| match word.parts.into_iter().next() {
            Some(crate::syntax::ir::Part::Param(found)) if matches!(found.op, Op::None) => {
                Some(found)
            }
            _ => None,
        });
        let Some(found) = found else {
            let message = format!("{text}: invalid variable name");
            return self.expansion_error(message.as_bytes());
        };
        Ok(Some(Param { op: param.op.clone(), indirect: false, ..*found }))
    }

    /// The value or values of a parameter.
    pub(crate) fn param_values(&mut self, param: &Param) -> Run<Values> {
        Ok(match &param.name {
            ParamName::Positional(n) => match self.state.positional.get(n.wrapping_sub(1)) {
                Some(value) => Values::One(value.clone()),
                None => Values::Unset,
            },
            ParamName::Special(c @ (b'@' | b'*')) => {
                Values::Many { items: self.state.positional.to_vec(), star: *c == b'*' }
            }
            ParamName::Special(c) => match self.special_parameter(*c) {
                Some(value) => Values::One(value),
                None => Values::Unset,
            },
            ParamName::Var(name) => self.var_values(name, param.index.as_ref())?,
        })
    }

    fn var_values(&mut self, name: &str, index: Option<&Index>) -> Run<Values> {
        if let Some(value) = self.dynamic_variable(name) {
            return Ok(value);
        }
        let name = self.follow_reference(name);
        let kept = self.dynamic_array(&name).map(|items| {
            let items = items.into_iter().enumerate();
            Value::Indexed(items.map(|(i, item)| (i as i64, item)).collect())
        });
        // Subscripts of associative arrays are text, others are arithmetic.
        let assoc = matches!(self.state.vars.get(&name).map(|v| &v.value), Some(Value::Assoc(_)));
        let (mut key, mut at) = (Vec::new(), 0);
        if let Some(Index::Expr(word)) = index {
            key = self.expand_text(word)?;
            if !assoc {
                at = self.arithmetic(&key)?;
            }
        }
        let value = match (&kept, self.state.vars.get(&name)) {
            (Some(value), _) => value,
            (None, Some(var)) => &var.value,
            (None, None) if self.is_bash() && matches!(index, Some(Index::At | Index::Star)) => {
                &Value::Unset
            }
            (None, None) => return Ok(Values::Unset),
        };
        let one = |value: Option<&Vec<u8>>| value.map_or(Values::Unset, |v| Values::One(v.clone()));
        Ok(match (index, value) {
            // `"${x[@]}"` of what is unset is no word at all.
            (Some(Index::At | Index::Star), Value::Unset) => {
                Values::Many { items: Vec::new(), star: matches!(index, Some(Index::Star)) }
            }
            (_, Value::Unset) => Values::Unset,
            (None, Value::Scalar(value)) => Values::One(value.clone()),
            (None, Value::Indexed(map)) => one(map.get(&0)),
            (None, Value::Assoc(map)) => one(map.get(b"0")),
            (Some(Index::At | Index::Star), value) => {
                let items: Vec<Vec<u8>> = match value {
                    Value::Unset => Vec::new(),
                    Value::Scalar(value) => vec![value.clone()],
                    Value::Indexed(map) => map.values().cloned().collect(),
                    Value::Assoc(map) => map.iter().map(|(_, value)| value.clone()).collect(),
                };
                Values::Many { items, star: matches!(index, Some(Index::Star)) }
            }
            (Some(Index::Expr(_)), Value::Assoc(map)) => one(map.get(&key)),
            (Some(Index::Expr(_)), Value::Indexed(map)) => {
                let end = map.keys().next_back().map_or(0, |last| last + 1);
                one(map.get(&if at < 0 { end + at } else { at }))
            }
            (Some(Index::Expr(_)), Value::Scalar(value)) if at == 0 || at == -1 => {
                Values::One(value.clone())
            }
            (Some(Index::Expr(_)), Value::Scalar(_)) => Values::Unset,
        })
    }

    /// The name that a name reference leads to.
    pub(crate) fn follow_reference(&self, name: &str) -> String {
        let mut name = name.to_owned();
        for _ in 0..10 {
            match self.state.vars.get(&name) {
                Some(var) if var.nameref => {
                    let target = var.get().unwrap_or_default();
                    if target.is_empty() {
                        break;
                    }
                    name = crate::text::decode(target).into_owned();
                }
                _ => break,
            }
        }
        name
    }

    fn names_with_prefix(&self, prefix: &str) -> Vec<Vec<u8>> {
        self.state
            .vars
            .iter()
            .filter(|(name, var)| name.starts_with(prefix) && var.value != Value::Unset)
            .map(|(name, _)| name.as_bytes().to_vec())
            .collect()
    }

    fn keys(&self, name: &ParamName) -> Vec<Vec<u8>> {
        let ParamName::Var(name) = name else { return Vec::new() };
        match self.state.vars.get(&self.follow_reference(name)).map(|var| &var.value) {
            Some(Value::Indexed(map)) => map.keys().map(|k| k.to_string().into_bytes()).collect(),
            Some(Value::Assoc(map)) => map.iter().map(|(key, _)| key.clone()).collect(),
            Some(Value::Scalar(_)) => vec![b"0".to_vec()],
            _ => Vec::new(),
        }
    }

    fn length(&self, param: &Param, values: &Values) -> usize {
        match values {
            Values::Unset => 0,
            Values::One(value) => self.char_count(value),
            Values::Many { items, .. } if param.index.is_some() || self.is_bash() => items.len(),
            Values::Many { items, .. } => items.join(b" ".as_slice()).len(),
        }
    }

    /// Characters in the shell's locale: bash counts them in a UTF-8 one, the others count bytes.
    pub(crate) fn char_count(&self, text: &[u8]) -> usize {
        if self.is_utf8() { String::from_utf8_lossy(text).chars().count() } else { text.len() }
    }

    pub(crate) fn is_utf8(&self) -> bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .iter()
            .find_map(|name| self.state.vars.value(name).filter(|value| !value.is_empty()));
        let utf8 = |locale: &[u8]| {
            let upper = locale.to_ascii_uppercase();
            upper.ends_with(b"UTF-8") || upper.ends_with(b"UTF8")
        };
        !self.is_dash() && locale.is_some_and(utf8)
    }

    pub(crate) fn match_options(&self) -> MatchOptions {
        MatchOptions {
            utf8: self.is_utf8(),
            no_case: false,
            extended: self.is_bash() && self.state.options.shopt.extglob,
            caret: !self.is_dash(),
        }
    }
}

fn literal_param(value: Vec<u8>) -> Param {
    let parts = vec![crate::syntax::ir::Part::Quoted(value)];
    Param {
        name: ParamName::Var(String::new()),
        index: None,
        indirect: false,
        op: Op::Test { kind: b'-', colon: false, word: Word { parts, assignment: false } },
        source: String::new(),
    }
}

pub(crate) fn name_text(name: &ParamName) -> String {
    match name {
        ParamName::Var(name) => name.clone(),
        ParamName::Positional(n) => n.to_string(),
        ParamName::Special(c) => char::from(*c).to_string(),
    }
}

fn map(values: Values, apply: impl Fn(&[u8]) -> Vec<u8>) -> Values {
    match values {
        Values::Unset => Values::Unset,
        Values::One(value) => Values::One(apply(&value)),
        Values::Many { items, star } => {
            Values::Many { items: items.iter().map(|item| apply(item)).collect(), star }
        }
    }
}

/// As `map`, but of several values only one is changed: dash and ash trim what `$@` gives as one text.
fn map_one(
    values: Values,
    which: impl Fn(&mut [Vec<u8>]) -> Option<&mut Vec<u8>>,
    apply: impl Fn(&[u8]) -> Vec<u8>,
) -> Values {
    let Values::Many { mut items, star } = values else { return map(values, apply) };
    if let Some(item) = which(&mut items) {
        *item = apply(item);
    }
    Values::Many { items, star }
}

/// What a match is replaced by.
enum Replacement {
    Text(Vec<u8>),
    /// `&` is what matched, a backslash quotes (bash 5.2's `patsub_replacement`).
    Template(Vec<u8>),
}

impl Replacement {
    fn of(&self, matched: &[u8]) -> Vec<u8> {
        let template = match self {
            Self::Text(text) => return text.clone(),
            Self::Template(template) => template,
        };
        let mut out = Vec::new();
        let mut bytes = template.iter();
        while let Some(&byte) = bytes.next() {
            match byte {
                b'&' => out.extend_from_slice(matched),
                b'\\' => out.extend(bytes.next()),
                byte => out.push(byte),
            }
        }
        out
    }
}

/// Whether there is an `&` that is not quoted.
fn has_ampersand(template: &[u8]) -> bool {
    let mut bytes = template.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'&' => return true,
            b'\\' => drop(bytes.next()),
            _ => {}
        }
    }
    false
}

fn replace(
    value: &[u8],
    pattern: &[u8],
    with: &Replacement,
    kind: ReplaceKind,
    options: MatchOptions,
) -> Vec<u8> {
    use super::pattern::{longest_match, matches};
    if pattern.is_empty() && matches!(kind, ReplaceKind::First | ReplaceKind::All) {
        return value.to_vec();
    }
    match kind {
        ReplaceKind::Prefix => match longest_match(pattern, value, options) {
            Some(len) => [&with.of(&value[..len]), &value[len..]].concat(),
            None => value.to_vec(),
        },
        ReplaceKind::Suffix => {
            let at = (0..=value.len()).find(|&at| matches(pattern, &value[at..], options));
            let ended = |at| [&value[..at], &with.of(&value[at..])].concat();
            at.map_or_else(|| value.to_vec(), ended)
        }
        ReplaceKind::First | ReplaceKind::All => {
            let plain = !has_glob(pattern) && !pattern.contains(&b'\\');
            let (mut out, mut at) = (Vec::with_capacity(value.len()), 0);
            while at < value.len() {
                let len = if plain {
                    value[at..].starts_with(pattern).then_some(pattern.len())
                } else {
                    longest_match(pattern, &value[at..], options)
                };
                match len {
                    Some(len) if len > 0 => {
                        out.extend(with.of(&value[at..at + len]));
                        at += len;
                        if kind == ReplaceKind::First {
                            break;
                        }
                    }
                    _ => {
                        out.push(value[at]);
                        at += 1;
                    }
                }
            }
            out.extend_from_slice(&value[at.min(value.len())..]);
            out
        }
    }
}
