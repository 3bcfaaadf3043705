//! `test` and `[`.

use super::file_test;
use crate::Personality;
use crate::shell::{Run, Shell};

pub(super) fn bracket(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    match args.split_last() {
        Some((last, rest)) if last == b"]" && !rest.is_empty() => evaluate(shell, rest),
        _ => match shell.state.personality {
            Personality::Dash => shell.fail(&args[0], "missing ]", 2),
            Personality::Ash => {
                shell.complain("missing ]");
                Ok(2)
            }
            Personality::Bash => {
                shell.complain_as(&args[0], "missing `]'");
                Ok(2)
            }
        },
    }
}

pub(super) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    evaluate(shell, args)
}

fn evaluate(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let mut test = Test { shell, name: &args[0], words: &args[1..], at: 0, depth: 0 };
    match test.all()? {
        Ok(truth) => Ok(u8::from(!truth)),
        Err(Problem(message)) => {
            let name = args[0].clone();
            match shell.state.personality {
                Personality::Ash => {
                    shell.complain(message);
                    Ok(2)
                }
                _ => {
                    shell.complain_as(&name, message);
                    Ok(2)
                }
            }
        }
    }
}

/// A message about the arguments.
struct Problem(Vec<u8>);

type Truth = Run<Result<bool, Problem>>;

struct Test<'t, 's, 'a> {
    shell: &'s mut Shell<'a>,
    name: &'t [u8],
    words: &'t [Vec<u8>],
    at: usize,
    depth: u32,
}

fn problem(text: impl Into<Vec<u8>>) -> Truth {
    Ok(Err(Problem(text.into())))
}

fn is_unary(word: &[u8], bash: bool) -> bool {
    matches!(word, [b'-', op] if b"bcdefghkLnprsStuwxzGON".contains(op) || (bash && b"avoR".contains(op)))
}

fn is_binary(word: &[u8], dash: bool) -> bool {
    match word {
        b"=" | b"!=" | b"-eq" | b"-ne" | b"-lt" | b"-le" | b"-gt" | b"-ge" | b"-nt" | b"-ot"
        | b"-ef" | b"<" | b">" => true,
        b"==" => !dash,
        _ => false,
    }
}

impl Test<'_, '_, '_> {
    fn all(&mut self) -> Truth {
        let (words, bash) = (self.words, self.shell.is_bash());
        let dash = self.shell.is_dash();
        // POSIX decides by the number of arguments first.
        match words {
            [] => return Ok(Ok(false)),
            [one] => return Ok(Ok(!one.is_empty())),
            [not, one] if not == b"!" => return Ok(Ok(one.is_empty())),
            [op, operand] if is_unary(op, bash) => return self.unary(op[1], operand),
            [_, op] if !bash && is_binary(op, dash) => {
                return problem([op, b": argument expected".as_slice()].concat());
            }
            [op, _] if bash => {
                return problem([op, b": unary operator expected".as_slice()].concat());
            }
            [left, op, right] if is_binary(op, dash) => return self.binary(left, op, right),
            [not, ..] if not == b"!" && words.len() <= 4 => {
                let mut rest = Test {
                    shell: self.shell,
                    name: self.name,
                    words: &words[1..],
                    at: 0,
                    depth: 0,
                };
                return Ok(rest.all()?.map(|truth| !truth));
            }
            [open, word, close] if open == b"(" && close == b")" => {
                return Ok(Ok(!word.is_empty()));
            }
            [left, op, right] if op == b"-a" => {
                return Ok(Ok(!left.is_empty() && !right.is_empty()));
            }
            [left, op, right] if op == b"-o" => {
                return Ok(Ok(!left.is_empty() || !right.is_empty()));
            }
            [_, op, _] if bash => {
                return problem([op, b": binary operator expected".as_slice()].concat());
            }
            _ => {}
        }
        let truth = self.or()?;
        if truth.is_ok() && self.at < self.words.len() {
            return self.unexpected();
        }
        Ok(truth)
    }

    fn unexpected(&mut self) -> Truth {
        let word = self.words[self.at].clone();
        match self.shell.state.personality {
            Personality::Bash => problem("too many arguments"),
            Personality::Ash => problem([&word, b": unknown operand".as_slice()].concat()),
            Personality::Dash => {
                let first = self.words[self.at.saturating_sub(1)].clone();
                let _ = word;
                problem([&first, b": unexpected operator".as_slice()].concat())
            }
        }
    }

    fn peek(&self) -> &[u8] {
        self.words.get(self.at).map(Vec::as_slice).unwrap_or_default()
    }

    fn or(&mut self) -> Truth {
        let mut truth = match self.and()? {
            Ok(truth) => truth,
            problem => return Ok(problem),
        };
        while self.peek() == b"-o" {
            self.at += 1;
            match self.and()? {
                Ok(right) => truth |= right,
                problem => return Ok(problem),
            }
        }
        Ok(Ok(truth))
    }

    fn and(&mut self) -> Truth {
        let mut truth = match self.not()? {
            Ok(truth) => truth,
            problem => return Ok(problem),
        };
        while self.peek() == b"-a" {
            self.at += 1;
            match self.not()? {
                Ok(right) => truth &= right,
                problem => return Ok(problem),
            }
        }
        Ok(Ok(truth))
    }

    fn not(&mut self) -> Truth {
        let mut negated = false;
        while self.peek() == b"!" && self.at + 1 < self.words.len() {
            self.at += 1;
            negated = !negated;
        }
        Ok(self.primary()?.map(|truth| truth != negated))
    }

    fn primary(&mut self) -> Truth {
        let (bash, dash) = (self.shell.is_bash(), self.shell.is_dash());
        let left = self.words.len() - self.at;
        if left == 0 {
            return problem("argument expected");
        }
        let words = &self.words[self.at..];
        if left >= 3 && is_binary(&words[1], dash) {
            self.at += 3;
            return self.binary(&words[0], &words[1], &words[2]);
        }
        if words[0] == b"(" && left > 1 {
            self.at += 1;
            self.depth += 1;
            if self.depth > 60 {
                return problem("too many arguments");
            }
            let truth = self.or()?;
            self.depth -= 1;
            if truth.is_ok() {
                if self.peek() != b")" {
                    return problem(if bash { "`)' expected" } else { "closing paren expected" });
                }
                self.at += 1;
            }
            return Ok(truth);
        }
        if left >= 2 && is_unary(&words[0], bash) {
            self.at += 2;
            return self.unary(words[0][1], &words[1]);
        }
        self.at += 1;
        Ok(Ok(!words[0].is_empty()))
    }

    fn unary(&mut self, op: u8, operand: &[u8]) -> Truth {
        Ok(Ok(match op {
            b'n' => !operand.is_empty(),
            b'z' => operand.is_empty(),
            b'v' => self.shell.is_set(operand)?,
            b'o' => self.shell.option_on(operand),
            _ => file_test::unary(self.shell, op, operand),
        }))
    }

    fn binary(&mut self, left: &[u8], op: &[u8], right: &[u8]) -> Truth {
        let number = |text: &[u8]| super::number(text).filter(|_| !text.is_empty());
        Ok(Ok(match op {
            b"=" | b"==" => left == right,
            b"!=" => left != right,
            b"<" => left < right,
            b">" => left > right,
            b"-nt" | b"-ot" | b"-ef" => {
                let op = std::str::from_utf8(op).unwrap_or_default();
                file_test::binary(self.shell, op, left, right)
            }
            _ => {
                let (Some(a), Some(b)) = (number(left), number(right)) else {
                    let bad = if number(left).is_none() { left } else { right };
                    let shown = crate::text::lossy(bad).into_owned();
                    return problem(match self.shell.state.personality {
                        Personality::Bash => format!("{shown}: integer expression expected"),
                        Personality::Dash => format!("Illegal number: {shown}"),
                        Personality::Ash => format!("{shown}: bad number"),
                    });
                };
                match op {
                    b"-eq" => a == b,
                    b"-ne" => a != b,
                    b"-lt" => a < b,
                    b"-le" => a <= b,
                    b"-gt" => a > b,
                    _ => a >= b,
                }
            }
        }))
    }
}
