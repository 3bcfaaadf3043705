//! Arithmetic: `$((...))`, `((...))`, `let`, subscripts.

use crate::shell::{Run, Shell};
use crate::{Personality, text};

/// How deep parentheses and variables that hold expressions may be nested.
const MAX_DEPTH: u32 = 48;

impl Shell<'_> {
    /// The value of an expression whose expansions have been made.
    pub(crate) fn arithmetic(&mut self, expression: &[u8]) -> Run<i64> {
        if let Some(value) = plain_number(expression) {
            return Ok(value);
        }
        self.arithmetic_at(expression, 0)
    }

    fn arithmetic_at(&mut self, expression: &[u8], depth: u32) -> Run<i64> {
        let mut arith = Arith {
            bash: self.is_bash(),
            dash: self.is_dash(),
            shell: self,
            src: expression,
            pos: 0,
            token_start: 0,
            skip: 0,
            depth,
        };
        arith.blanks();
        if arith.pos == expression.len() {
            return if arith.dash { arith.error(Problem::Operand) } else { Ok(0) };
        }
        let value = arith.comma()?;
        arith.blanks();
        if arith.pos < expression.len() {
            return arith.error(Problem::Trailing);
        }
        Ok(value)
    }
}

enum Problem {
    Operand,
    Trailing,
    Division,
    Exponent,
    Paren,
    Colon,
    Base,
    Number,
    Depth,
}

struct Arith<'e, 's, 'a> {
    shell: &'s mut Shell<'a>,
    src: &'e [u8],
    pos: usize,
    token_start: usize,
    /// Inside an operand that is not evaluated.
    skip: u32,
    depth: u32,
    bash: bool,
    dash: bool,
}

/// Binary operators with their precedence, longest first among those that share a beginning.
const BINARY: [(&[u8], u8); 18] = [
    (b"||", 1),
    (b"&&", 2),
    (b"|", 3),
    (b"^", 4),
    (b"&", 5),
    (b"==", 6),
    (b"!=", 6),
    (b"<<", 8),
    (b">>", 8),
    (b"<=", 7),
    (b">=", 7),
    (b"<", 7),
    (b">", 7),
    (b"+", 9),
    (b"-", 9),
    (b"*", 10),
    (b"/", 10),
    (b"%", 10),
];

impl Arith<'_, '_, '_> {
    fn blanks(&mut self) {
        while matches!(self.src.get(self.pos), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.pos += 1;
        }
    }

    fn peek(&self) -> u8 {
        self.src.get(self.pos).copied().unwrap_or(0)
    }

    fn rest(&self) -> &[u8] {
        &self.src[self.pos..]
    }

    fn eat(&mut self, op: &[u8]) -> bool {
        self.blanks();
        if self.rest().starts_with(op) {
            self.token_start = self.pos;
            self.pos += op.len();
            return true;
        }
        false
    }

    fn comma(&mut self) -> Run<i64> {
        let mut value = self.assignment()?;
        while !self.dash && self.eat(b",") {
            value = self.assignment()?;
        }
        Ok(value)
    }

    /// A variable at the present position: its name, subscript and what follows.
    fn variable(&mut self) -> Run<Option<(String, Option<Vec<u8>>)>> {
        self.blanks();
        let is_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
        if !(self.peek().is_ascii_alphabetic() || self.peek() == b'_') {
            return Ok(None);
        }
        let len = self.rest().iter().take_while(|b| is_name(b)).count();
        let name = text::decode(&self.rest()[..len]).into_owned();
        self.token_start = self.pos;
        self.pos += len;
        if self.bash && self.peek() == b'[' {
            let (mut end, mut open) = (self.pos, 0_u32);
            while end < self.src.len() {
                match self.src[end] {
                    b'[' => open += 1,
                    b']' => open -= 1,
                    _ => {}
                }
                end += 1;
                if open == 0 {
                    let index = self.src[self.pos + 1..end - 1].to_vec();
                    self.pos = end;
                    return Ok(Some((name, Some(index))));
                }
            }
            return self.error(Problem::Operand);
        }
        Ok(Some((name, None)))
    }

    fn assignment(&mut self) -> Run<i64> {
        let start = self.pos;
        if let Some((name, index)) = self.variable()? {
            self.blanks();
            let ops: [&[u8]; 11] =
                [b"<<=", b">>=", b"+=", b"-=", b"*=", b"/=", b"%=", b"&=", b"^=", b"|=", b"="];
            for op in ops {
                if !self.rest().starts_with(op) || (op == b"=" && self.rest().starts_with(b"==")) {
                    continue;
                }
                self.pos += op.len();
                let right = self.assignment()?;
                if self.skip > 0 {
                    return Ok(0);
                }
                let value = match op {
                    b"=" => right,
                    _ => {
                        let left = self.load(&name, index.as_deref())?;
                        self.apply(&op[..op.len() - 1], left, right)?
                    }
                };
                self.store(&name, index.as_deref(), value)?;
                return Ok(value);
            }
        }
        self.pos = start;
        self.ternary()
    }

    fn ternary(&mut self) -> Run<i64> {
        let condition = self.binary(1)?;
        if !self.eat(b"?") {
            return Ok(condition);
        }
        let yes = self.maybe(condition != 0, |arith| arith.comma())?;
        if !self.eat(b":") {
            return self.error(Problem::Colon);
        }
        let no = self.maybe(condition == 0, |arith| arith.assignment())?;
        Ok(if condition != 0 { yes } else { no })
    }

    fn maybe(&mut self, evaluate: bool, run: impl FnOnce(&mut Self) -> Run<i64>) -> Run<i64> {
        self.skip += u32::from(!evaluate);
        let out = run(self);
        self.skip -= u32::from(!evaluate);
        out
    }

    fn operator(&mut self, least: u8) -> Option<(&'static [u8], u8)> {
        self.blanks();
        let rest = self.rest();
        let (op, level) = BINARY.iter().find(|(op, _)| rest.starts_with(op)).copied()?;
        // `a += 1` is an assignment, `**` an exponent.
        let after = rest.get(op.len()).copied();
        if op == b"*" && after == Some(b'*') && self.bash {
            return None;
        }
        if after == Some(b'=')
            && !matches!(op, b"==" | b"!=" | b"<=" | b">=" | b"<" | b">" | b"||" | b"&&")
        {
            return None;
        }
        (level >= least).then_some((op, level))
    }

    fn binary(&mut self, least: u8) -> Run<i64> {
        let mut left = self.power()?;
        while let Some((op, level)) = self.operator(least) {
            self.pos += op.len();
            left = match op {
                b"&&" => {
                    let right = self.maybe(left != 0, |arith| arith.binary(level + 1))?;
                    i64::from(left != 0 && right != 0)
                }
                b"||" => {
                    let right = self.maybe(left == 0, |arith| arith.binary(level + 1))?;
                    i64::from(left != 0 || right != 0)
                }
                _ => {
                    let right = self.binary(level + 1)?;
                    if self.skip > 0 { 0 } else { self.apply(op, left, right)? }
                }
            };
        }
        Ok(left)
    }

    fn power(&mut self) -> Run<i64> {
        let base = self.unary()?;
        if !self.bash || !self.eat(b"**") {
            return Ok(base);
        }
        let exponent = self.power()?;
        if exponent < 0 && self.skip == 0 {
            return self.error(Problem::Exponent);
        }
        Ok(base.wrapping_pow(exponent.clamp(0, i64::from(u32::MAX)) as u32))
    }

    fn apply(&mut self, op: &[u8], left: i64, right: i64) -> Run<i64> {
        Ok(match op {
            b"+" => left.wrapping_add(right),
            b"-" => left.wrapping_sub(right),
            b"*" => left.wrapping_mul(right),
            b"/" | b"%" if right == 0 => return self.error(Problem::Division),
            b"/" => left.wrapping_div(right),
            b"%" => left.wrapping_rem(right),
            b"<<" => left.wrapping_shl(right as u32),
            b">>" => left.wrapping_shr(right as u32),
            b"<" => i64::from(left < right),
            b"<=" => i64::from(left <= right),
            b">" => i64::from(left > right),
            b">=" => i64::from(left >= right),
            b"==" => i64::from(left == right),
            b"!=" => i64::from(left != right),
            b"&" => left & right,
            b"^" => left ^ right,
            _ => left | right,
        })
    }

    fn unary(&mut self) -> Run<i64> {
        self.blanks();
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return self.error(Problem::Depth);
        }
        let out = self.unary_inner();
        self.depth -= 1;
        out
    }

    fn unary_inner(&mut self) -> Run<i64> {
        let two = [self.peek(), self.src.get(self.pos + 1).copied().unwrap_or(0)];
        if !self.dash && (two == *b"++" || two == *b"--") {
            let start = self.pos;
            self.pos += 2;
            if let Some((name, index)) = self.variable()? {
                if self.skip > 0 {
                    return Ok(0);
                }
                let delta = if two == *b"++" { 1 } else { -1 };
                let value = self.load(&name, index.as_deref())?.wrapping_add(delta);
                self.store(&name, index.as_deref(), value)?;
                return Ok(value);
            }
            self.pos = start;
        }
        match self.peek() {
            b'-' => {
                self.pos += 1;
                Ok(self.unary()?.wrapping_neg())
            }
            b'+' => {
                self.pos += 1;
                self.unary()
            }
            b'!' => {
                self.pos += 1;
                Ok(i64::from(self.unary()? == 0))
            }
            b'~' => {
                self.pos += 1;
                Ok(!self.unary()?)
            }
            b'(' => {
                self.pos += 1;
                let value = self.comma()?;
                if !self.eat(b")") {
                    return self.error(Problem::Paren);
                }
                Ok(value)
            }
            b'0'..=b'9' => self.number(),
            _ => self.postfix(),
        }
    }

    fn postfix(&mut self) -> Run<i64> {
        let Some((name, index)) = self.variable()? else {
            return self.error(Problem::Operand);
        };
        let value = if self.skip > 0 { 0 } else { self.load(&name, index.as_deref())? };
        if !self.dash {
            self.blanks();
            let delta = match self.rest() {
                [b'+', b'+', ..] => 1,
                [b'-', b'-', ..] => -1,
                _ => return Ok(value),
            };
            self.pos += 2;
            if self.skip == 0 {
                self.store(&name, index.as_deref(), value.wrapping_add(delta))?;
            }
        }
        Ok(value)
    }

    fn number(&mut self) -> Run<i64> {
        self.token_start = self.pos;
        let digits = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'#' | b'@' | b'_');
        let len = self.rest().iter().take_while(|b| digits(b)).count();
        let literal = &self.src[self.pos..self.pos + len];
        let text = String::from_utf8_lossy(literal).into_owned();
        let value = if let Some((base, digits)) = text.split_once('#').filter(|_| self.bash) {
            let base: u32 = base.parse().unwrap_or(0);
            if !(2..=64).contains(&base) {
                return self.error(Problem::Base);
            }
            based(digits, base)
        } else if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
            if hex.is_empty() { Some(0) } else { based(hex, 16) }
        } else if text.len() > 1 && text.starts_with('0') {
            based(&text[1..], 8)
        } else {
            self.decimal(&text)
        };
        let Some(value) = value else {
            if self.dash {
                // dash reads `12abc` as a number and a name.
                let octal = text.starts_with('0');
                let is_digit = |b: &u8| b.is_ascii_digit() && (!octal || *b < b'8');
                let digits = text.bytes().take_while(is_digit).count();
                self.pos += digits;
                return Ok(based(&text[..digits], if octal { 8 } else { 10 }).unwrap_or(0));
            }
            return self.error(Problem::Number);
        };
        self.pos += len;
        Ok(value)
    }

    /// dash takes what is too large for the largest there is.
    fn decimal(&self, digits: &str) -> Option<i64> {
        if self.shell.is_dash() && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
        {
            return Some(digits.parse().unwrap_or(i64::MAX));
        }
        based(digits, 10)
    }

    fn load(&mut self, name: &str, index: Option<&[u8]>) -> Run<i64> {
        if self.skip > 0 {
            return Ok(0);
        }
        let value = self.shell.scalar(name, index)?;
        let Some(value) = value else {
            // dash 0.5.12 and ash take it for 0 all the same.
            if self.shell.state.options.nounset && self.shell.is_bash() {
                let text = if self.bash {
                    format!("{name}: unbound variable")
                } else {
                    format!("{name}: parameter not set")
                };
                self.shell.complain(text);
                return Err(self.shell.unset_flow());
            }
            return Ok(0);
        };
        if let Some(number) = plain_number(&value) {
            return Ok(number);
        }
        if self.dash {
            let trimmed = value.trim_ascii();
            if trimmed.is_empty() {
                return Ok(0);
            }
            let negative = trimmed.starts_with(b"-");
            let digits =
                trimmed.strip_prefix(b"-").or(trimmed.strip_prefix(b"+")).unwrap_or(trimmed);
            let text = String::from_utf8_lossy(digits).into_owned();
            let number = match text.strip_prefix("0x") {
                Some(hex) => based(hex, 16),
                None if text.len() > 1 && text.starts_with('0') => based(&text[1..], 8),
                None => self.decimal(&text),
            };
            return match number {
                Some(number) => Ok(if negative { -number } else { number }),
                None => {
                    let message = [b"Illegal number: ".as_slice(), &value].concat();
                    self.shell.expansion_error(&message)
                }
            };
        }
        if self.depth >= MAX_DEPTH {
            return self.error(Problem::Depth);
        }
        let depth = self.depth + 8;
        self.shell.arithmetic_at(&value, depth)
    }

    fn store(&mut self, name: &str, index: Option<&[u8]>, value: i64) -> Run<()> {
        let text = value.to_string().into_bytes();
        match index {
            Some(index) => self.shell.assign_element(name, index, text, false),
            None => self.shell.assign(name, text),
        }
    }

    fn error<T>(&mut self, problem: Problem) -> Run<T> {
        let whole = String::from_utf8_lossy(self.src).into_owned();
        let from =
            |at: usize| String::from_utf8_lossy(&self.src[at.min(self.src.len())..]).into_owned();
        let message = match self.shell.state.personality {
            Personality::Dash => {
                let what = match problem {
                    Problem::Division => "division by zero",
                    Problem::Trailing | Problem::Number => "expecting EOF",
                    Problem::Paren => "expecting ')'",
                    Problem::Colon => "expecting ':'",
                    Problem::Depth => "expression too complex",
                    _ => "expecting primary",
                };
                format!("arithmetic expression: {what}: \"{whole}\"")
            }
            Personality::Ash => match problem {
                Problem::Division => "divide by zero".to_owned(),
                Problem::Exponent => "exponent less than 0".to_owned(),
                _ => "arithmetic syntax error".to_owned(),
            },
            Personality::Bash => {
                let shown = whole.trim_start();
                match problem {
                    Problem::Division => {
                        format!(
                            "{shown}: division by 0 (error token is \"{}\")",
                            from(self.token_start)
                        )
                    }
                    Problem::Exponent => format!(
                        "{shown}: exponent less than 0 (error token is \"{}\")",
                        from(self.token_start)
                    ),
                    Problem::Operand => {
                        let at = self.operator_before();
                        format!(
                            "{shown}: syntax error: operand expected (error token is \"{}\")",
                            from(at)
                        )
                    }
                    Problem::Trailing => format!(
                        "{shown}: syntax error in expression (error token is \"{}\")",
                        from(self.pos)
                    ),
                    Problem::Paren => {
                        format!(
                            "{shown}: missing `)' (error token is \"{}\")",
                            from(self.token_start)
                        )
                    }
                    Problem::Colon => format!(
                        "{shown}: `:' expected for conditional expression (error token is \"{}\")",
                        from(self.token_start)
                    ),
                    Problem::Base => format!(
                        "{shown}: invalid arithmetic base (error token is \"{}\")",
                        from(self.token_start)
                    ),
                    Problem::Number => format!(
                        "{shown}: value too great for base (error token is \"{}\")",
                        from(self.token_start)
                    ),
                    Problem::Depth => format!(
                        "{shown}: expression recursion level exceeded (error token is \"{}\")",
                        from(self.token_start)
                    ),
                }
            }
        };
        let message = format!("{}{message}", self.shell.state.arith_prefix);
        self.shell.expansion_error(message.as_bytes())
    }

    /// Where bash says an operand was missing: at the operator before.
    fn operator_before(&self) -> usize {
        if self.pos < self.src.len() {
            return self.pos;
        }
        let end = self.src.iter().rposition(|b| !b.is_ascii_whitespace());
        end.unwrap_or(self.pos)
    }
}

/// The value of digits in a base; it wraps around.
fn based(digits: &str, base: u32) -> Option<i64> {
    if digits.is_empty() {
        return None;
    }
    let mut value = 0_i64;
    for b in digits.bytes() {
        let digit = match b {
            b'0'..=b'9' => u32::from(b - b'0'),
            b'a'..=b'z' => u32::from(b - b'a') + 10,
            b'A'..=b'Z' if base <= 36 => u32::from(b - b'A') + 10,
            b'A'..=b'Z' => u32::from(b - b'A') + 36,
            b'@' => 62,
            b'_' => 63,
            _ => return None,
        };
        if digit >= base {
            return None;
        }
        value = value.wrapping_mul(i64::from(base)).wrapping_add(i64::from(digit));
    }
    Some(value)
}

/// A decimal number by itself, the common case.
fn plain_number(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > 18 || (digits[0] == b'0' && digits.len() > 1) {
        return None;
    }
    let mut value = 0_i64;
    for b in digits {
        if !b.is_ascii_digit() {
            return None;
        }
        value = value * 10 + i64::from(b - b'0');
    }
    Some(if negative { -value } else { value })
}
