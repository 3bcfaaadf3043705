//! `[[ ]]`.

use crate::builtins::file_test;
use crate::shell::{Flow, Run, Shell};
use crate::syntax::ir::TestExpr;

impl Shell<'_> {
    pub(super) fn run_test_command(&mut self, expr: &TestExpr) -> Run {
        match self.evaluate(expr) {
            Ok(truth) => Ok(u8::from(!truth)),
            Err(Flow::Discard(status)) => Ok(status),
            Err(flow) => Err(flow),
        }
    }

    fn evaluate(&mut self, expr: &TestExpr) -> Run<bool> {
        match expr {
            TestExpr::And(a, b) => Ok(self.evaluate(a)? && self.evaluate(b)?),
            TestExpr::Or(a, b) => Ok(self.evaluate(a)? || self.evaluate(b)?),
            TestExpr::Not(inner) => Ok(!self.evaluate(inner)?),
            TestExpr::Unary(op, operand) => {
                let operand = self.expand_text(operand)?;
                self.trace_test(&[&[b'-', *op], &operand]);
                Ok(match op {
                    b'n' => !operand.is_empty(),
                    b'z' => operand.is_empty(),
                    b'v' => self.is_set(&operand)?,
                    b'o' => self.option_on(&operand),
                    _ => file_test::unary(self, *op, &operand),
                })
            }
            TestExpr::Binary(op, left, right) => {
                let left = self.expand_text(left)?;
                match *op {
                    "==" | "!=" => {
                        let pattern = self.expand_pattern(right)?;
                        self.trace_test(&[&left, op.as_bytes(), &pattern]);
                        Ok(self.matches(&pattern, &left, true) == (*op == "=="))
                    }
                    "=~" => {
                        let pattern = self.expand_pattern(right)?;
                        self.trace_test(&[&left, b"=~", &pattern]);
                        self.match_regex(&left, &pattern)
                    }
                    _ => {
                        let right = self.expand_text(right)?;
                        self.trace_test(&[&left, op.as_bytes(), &right]);
                        self.compare(op, &left, &right)
                    }
                }
            }
        }
    }

    fn compare(&mut self, op: &str, left: &[u8], right: &[u8]) -> Run<bool> {
        Ok(match op {
            "<" => left < right,
            ">" => left > right,
            "-ef" | "-nt" | "-ot" => file_test::binary(self, op, left, right),
            _ => {
                let before = std::mem::replace(&mut self.state.arith_prefix, "[[: ");
                let values =
                    self.arithmetic(left).and_then(|left| Ok((left, self.arithmetic(right)?)));
                self.state.arith_prefix = before;
                let (left, right) = values?;
                match op {
                    "-eq" => left == right,
                    "-ne" => left != right,
                    "-lt" => left < right,
                    "-le" => left <= right,
                    "-gt" => left > right,
                    _ => left >= right,
                }
            }
        })
    }

    fn trace_test(&mut self, words: &[&[u8]]) {
        if self.state.options.xtrace {
            let text = [b"[[ ".as_slice(), &words.join(b" ".as_slice()), b" ]]"].concat();
            self.trace(&[text], &[]);
        }
    }

    /// Whether `name`, `name[index]` or a position is set (`-v`).
    pub(crate) fn is_set(&mut self, name: &[u8]) -> Run<bool> {
        let text = crate::text::decode(name).into_owned();
        if let Ok(n) = text.parse::<usize>() {
            return Ok(n == 0 || n <= self.state.positional.len());
        }
        let (name, index) = match text.split_once('[') {
            Some((name, index)) => (name, Some(index.trim_end_matches(']'))),
            None => (text.as_str(), None),
        };
        Ok(self.scalar(name, index.map(str::as_bytes))?.is_some())
    }

    pub(crate) fn option_on(&self, name: &[u8]) -> bool {
        let named = self.state.options.named(self.state.personality);
        named.iter().any(|(option, on)| option.as_bytes() == name && *on)
    }

    /// `=~`: the pattern is an extended regular expression in which what was quoted is escaped.
    fn match_regex(&mut self, text: &[u8], pattern: &[u8]) -> Run<bool> {
        let found = crate::expand::regex::search(pattern, text);
        let Ok(found) = found else { return Err(Flow::Discard(2)) };
        let map = self.indexed("BASH_REMATCH");
        map.clear();
        if let Some(groups) = &found {
            map.extend(groups.iter().enumerate().map(|(i, range)| {
                let value = range.map(|(from, to)| text[from..to].to_vec()).unwrap_or_default();
                (i as i64, value)
            }));
        }
        Ok(found.is_some())
    }
}
