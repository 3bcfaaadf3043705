//! Compound commands.

use crate::shell::{Flow, Run, Shell};
use crate::syntax::ir::{AfterArm, CaseArm, Command, Kind, List, Word};
use std::rc::Rc;

impl Shell<'_> {
    pub(super) fn run_command(&mut self, command: &Command) -> Run {
        let substituted = self.state.process_fds.len();
        let consumers = self.state.consumers.len();
        let out = self.run_command_inner(command);
        while self.state.process_fds.len() > substituted {
            if let Some(fd) = self.state.process_fds.pop() {
                self.close_fd(fd);
            }
        }
        if self.state.consumers.len() > consumers {
            self.run_consumers(consumers, false)?;
        }
        out
    }

    fn run_command_inner(&mut self, command: &Command) -> Run {
        self.programs.tick()?;
        self.state.line = command.line;
        if self.state.options.noexec {
            return Ok(0);
        }
        if self.state.debug_trap.is_some()
            && !matches!(
                command.kind,
                Kind::Group(_)
                    | Kind::Subshell(_)
                    | Kind::If { .. }
                    | Kind::While { .. }
                    | Kind::For { .. }
                    | Kind::Function { .. }
            )
        {
            self.run_debug_trap()?;
        }
        let status = match &command.kind {
            Kind::Simple { assignments, words, arrays } => {
                self.run_simple(command, assignments, words, arrays)?
            }
            kind if command.redirects.is_empty() => self.run_kind(kind)?,
            kind => {
                let saved = match self.begin_redirects(&command.redirects) {
                    Ok(saved) => saved,
                    Err(Flow::Error(status)) => return Ok(status),
                    Err(flow) => return Err(flow),
                };
                let out = self.run_kind(kind);
                self.end_redirects(saved);
                out?
            }
        };
        self.state.status = status;
        Ok(status)
    }

    fn run_kind(&mut self, kind: &Kind) -> Run {
        match kind {
            Kind::Simple { .. } => Ok(0),
            Kind::Group(list) => self.deeper(|shell| shell.run_list(list)),
            Kind::Subshell(list) => self.subshell(|shell| shell.run_list(list)),
            Kind::If { arms, otherwise } => self.run_if(arms, otherwise.as_ref()),
            Kind::While { until, condition, body } => self.run_while(*until, condition, body),
            Kind::For { name, words, body } => self.run_for(name, words.as_deref(), body),
            Kind::Select { name, words, body } => self.run_select(name, words.as_deref(), body),
            Kind::ArithFor { init, condition, update, body } => {
                self.run_arith_for([init.as_ref(), condition.as_ref(), update.as_ref()], body)
            }
            Kind::Case { subject, arms } => self.run_case(subject, arms),
            Kind::Function { name, function } => {
                Rc::make_mut(&mut self.state.functions).insert(name.clone(), Rc::clone(function));
                Ok(0)
            }
            Kind::Arith { expression, source } => {
                if self.state.options.xtrace {
                    let text = format!("(( {source} ))").into_bytes();
                    self.trace(&[text], &[]);
                }
                let text = self.expand_text(expression)?;
                let before = std::mem::replace(&mut self.state.arith_prefix, "((: ");
                let value = self.arithmetic(&text);
                self.state.arith_prefix = before;
                match value {
                    Ok(value) => Ok(u8::from(value == 0)),
                    Err(Flow::Discard(status)) => Ok(status),
                    Err(flow) => Err(flow),
                }
            }
            Kind::Test(expr) => self.run_test_command(expr),
        }
    }

    fn run_if(&mut self, arms: &[(List, List)], otherwise: Option<&List>) -> Run {
        self.deeper(|shell| {
            for (condition, body) in arms {
                if shell.run_tested(condition)? == 0 {
                    return shell.run_list(body);
                }
            }
            otherwise.map_or(Ok(0), |body| shell.run_list(body))
        })
    }

    /// Runs a loop's body; none if the loop ends.
    fn run_body(&mut self, body: &List) -> Run<(u8, bool)> {
        match self.run_list(body) {
            Ok(status) => Ok((status, true)),
            Err(Flow::Break(n)) if n > 1 && self.state.loops > 1 => Err(Flow::Break(n - 1)),
            Err(Flow::Break(_)) => Ok((0, false)),
            Err(Flow::Continue(n)) if n > 1 && self.state.loops > 1 => Err(Flow::Continue(n - 1)),
            Err(Flow::Continue(_)) => Ok((0, true)),
            Err(flow) => Err(flow),
        }
    }

    fn looping(&mut self, run: impl FnOnce(&mut Self) -> Run) -> Run {
        self.state.loops += 1;
        let out = self.deeper(run);
        self.state.loops -= 1;
        out
    }

    fn run_while(&mut self, until: bool, condition: &List, body: &List) -> Run {
        self.looping(|shell| {
            let mut status = 0;
            loop {
                shell.programs.tick()?;
                let test = match shell.run_tested(condition) {
                    Ok(test) => test,
                    Err(Flow::Break(n)) if n > 1 && shell.state.loops > 1 => {
                        return Err(Flow::Break(n - 1));
                    }
                    Err(Flow::Break(_)) => return Ok(0),
                    Err(Flow::Continue(n)) if n > 1 && shell.state.loops > 1 => {
                        return Err(Flow::Continue(n - 1));
                    }
                    Err(Flow::Continue(_)) => continue,
                    Err(flow) => return Err(flow),
                };
                if (test == 0) == until {
                    return Ok(status);
                }
                let (last, goes_on) = shell.run_body(body)?;
                status = last;
                if !goes_on {
                    return Ok(status);
                }
            }
        })
    }

    fn run_for(&mut self, name: &str, words: Option<&[Word]>, body: &List) -> Run {
        if !crate::syntax::lexer::is_name(name) {
            self.complain(format!("`{name}': not a valid identifier"));
            return Ok(1);
        }
        let values = match words {
            Some(words) => self.expand_words(words)?,
            None => self.state.positional.to_vec(),
        };
        self.looping(|shell| {
            let mut status = 0;
            for value in values {
                shell.programs.tick()?;
                if shell.is_bash() && shell.state.options.xtrace {
                    shell.trace_for(name, words);
                }
                if shell.state.debug_trap.is_some() {
                    shell.run_debug_trap()?;
                }
                match shell.assign(name, value) {
                    Err(Flow::Discard(status)) => return Ok(status),
                    out => out?,
                }
                let (last, goes_on) = shell.run_body(body)?;
                status = last;
                if !goes_on {
                    break;
                }
            }
            Ok(status)
        })
    }

    /// `select`: a menu on standard error, the choice from standard input.
    fn run_select(&mut self, name: &str, words: Option<&[Word]>, body: &List) -> Run {
        let values = match words {
            Some(words) => self.expand_words(words)?,
            None => self.state.positional.to_vec(),
        };
        if values.is_empty() {
            return Ok(0);
        }
        self.looping(|shell| {
            let mut menu = true;
            loop {
                shell.programs.tick()?;
                if menu {
                    let width = values.len().to_string().len();
                    for (at, value) in values.iter().enumerate() {
                        let line = format!("{:>width$}) {}\n", at + 1, crate::text::lossy(value));
                        shell.write_error(line.as_bytes());
                    }
                }
                let prompt = shell.state.vars.value("PS3").unwrap_or(b"#? ").to_vec();
                shell.write_error(&prompt);
                let words = [b"read".to_vec(), b"-r".to_vec()];
                if crate::builtins::read_line(shell, &words)? != 0 {
                    shell.print(b"select", b"\n")?;
                    return Ok(1);
                }
                let reply = shell.state.vars.value("REPLY").unwrap_or_default().to_vec();
                menu = reply.trim_ascii().is_empty();
                if menu {
                    continue;
                }
                let chosen = std::str::from_utf8(reply.trim_ascii())
                    .ok()
                    .and_then(|text| text.parse::<usize>().ok())
                    .and_then(|number| values.get(number.checked_sub(1)?));
                shell.assign(name, chosen.cloned().unwrap_or_default())?;
                let (last, goes_on) = shell.run_body(body)?;
                if !goes_on {
                    return Ok(last);
                }
            }
        })
    }

    fn run_arith_for(&mut self, parts: [Option<&Word>; 3], body: &List) -> Run {
        let [init, condition, update] = parts;
        let evaluate = |shell: &mut Self, word: Option<&Word>| match word {
            Some(word) => {
                let text = shell.expand_text(word)?;
                shell.arithmetic(&text)
            }
            None => Ok(1),
        };
        self.looping(|shell| {
            let mut status = 0;
            evaluate(shell, init)?;
            loop {
                shell.programs.tick()?;
                if evaluate(shell, condition)? == 0 {
                    return Ok(status);
                }
                let (last, goes_on) = shell.run_body(body)?;
                status = last;
                if !goes_on {
                    return Ok(status);
                }
                evaluate(shell, update)?;
            }
        })
    }

    fn run_case(&mut self, subject: &Word, arms: &[CaseArm]) -> Run {
        let subject = self.expand_text(subject)?;
        if !self.is_bash() {
            self.state.status = 0;
        }
        if self.state.options.xtrace && self.is_bash() {
            let shown = crate::expand::quote::for_trace(&subject);
            self.trace(&[[b"case ".as_slice(), &shown, b" in"].concat()], &[]);
        }
        self.deeper(|shell| {
            let mut status = 0;
            let mut falls = false;
            for arm in arms {
                let mut hit = falls;
                for pattern in &arm.patterns {
                    if hit {
                        break;
                    }
                    let pattern = shell.expand_pattern(pattern)?;
                    hit = shell.matches(&pattern, &subject, false);
                }
                if !hit {
                    continue;
                }
                status = shell.run_list(&arm.body)?;
                match arm.after {
                    AfterArm::Leave => break,
                    AfterArm::FallThrough => falls = true,
                    AfterArm::TestNext => falls = false,
                }
            }
            Ok(status)
        })
    }
}
