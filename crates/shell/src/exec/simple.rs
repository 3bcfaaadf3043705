//! Simple commands: assignments, words, redirections.

use std::rc::Rc;

use super::program::Lookup;
use crate::builtins::Builtin;
use crate::shell::{Flow, Run, Shell};
use crate::syntax::ir::{Assignment, Command, Redirect, Word};
use crate::vars::Var;
use crate::{Ended, ExitStatus};

impl Shell<'_> {
    pub(super) fn run_simple(
        &mut self,
        command: &Command,
        assignments: &[Assignment],
        words: &[Word],
        arrays: &[Assignment],
    ) -> Run {
        let mut shown = Vec::new();
        let out = self.simple(command, assignments, words, arrays, &mut shown);
        if let Ok(status) | Err(Flow::Exit(status)) = out
            && !shown.is_empty()
        {
            let Self { fs, programs, state, .. } = self;
            programs.ended(
                fs,
                &Ended {
                    words: &shown,
                    line: command.line,
                    subshell: state.subshell,
                    status: ExitStatus(status),
                    cwd: &state.cwd,
                    env: &|| state.vars.environment(),
                },
            );
        }
        out
    }

    /// Runs the command; `shown` is then what ran, or empty for a function, whose commands are told of
    /// one by one.
    fn simple(
        &mut self,
        command: &Command,
        assignments: &[Assignment],
        words: &[Word],
        arrays: &[Assignment],
        shown: &mut Vec<Vec<u8>>,
    ) -> Run {
        self.state.substitution = None;
        let argv = self.expand_words(words)?;
        let Some(name) = argv.first().cloned() else {
            return self.only_assignments(assignments, &command.redirects, shown);
        };
        let found = self.look_up(&name);
        if !matches!(found, Lookup::Function(_)) {
            shown.clone_from(&argv);
        }
        let status = match found {
            Lookup::Builtin(builtin) if builtin.special && !self.is_bash() => {
                self.special_builtin(builtin, &argv, assignments, arrays, &command.redirects)?
            }
            _ => {
                let saved = self.begin_redirects(&command.redirects);
                let saved = match saved {
                    Ok(saved) => saved,
                    Err(Flow::Error(status)) => {
                        self.state.status = status;
                        return Ok(status);
                    }
                    Err(flow) => return Err(flow),
                };
                let keeps =
                    matches!(found, Lookup::Builtin(b) if b.name == "exec") && argv.len() == 1;
                let out = self.with_assignments(assignments, |shell, traced| {
                    let traced = if shell.is_bash() { &[] } else { traced };
                    shell.trace_outside(&saved, traced, &argv);
                    match &found {
                        Lookup::Function(function) => shell.call_function(&name, function, &argv),
                        Lookup::Builtin(builtin) => shell.call_builtin(*builtin, &argv, arrays),
                        Lookup::Program => shell.run_program(&argv),
                    }
                });
                if keeps {
                    self.keep_redirects(saved);
                } else {
                    self.end_redirects(saved);
                }
                out?
            }
        };
        self.state.pipe_status = Rc::new(vec![status]);
        if self.is_bash() {
            self.state.last_argument = argv.last().cloned();
        }
        Ok(status)
    }

    /// dash's and ash's special builtins: assignments stay, errors end the script.
    fn special_builtin(
        &mut self,
        builtin: Builtin,
        argv: &[Vec<u8>],
        assignments: &[Assignment],
        arrays: &[Assignment],
        redirects: &[Redirect],
    ) -> Run {
        let saved = self.begin_redirects(redirects)?;
        let traced = self.assign_all(assignments)?;
        self.trace_outside(&saved, &traced, argv);
        let out = self.call_builtin(builtin, argv, arrays);
        if builtin.name == "exec" && argv.len() == 1 {
            self.keep_redirects(saved);
        } else {
            self.end_redirects(saved);
        }
        out
    }

    fn only_assignments(
        &mut self,
        assignments: &[Assignment],
        redirects: &[Redirect],
        shown: &mut Vec<Vec<u8>>,
    ) -> Run {
        let saved = match self.begin_redirects(redirects) {
            Ok(saved) => saved,
            Err(Flow::Error(status)) => return Ok(status),
            Err(flow) => return Err(flow),
        };
        let traced = self.assign_all(assignments);
        if let Ok(traced) = &traced
            && !self.is_bash()
        {
            self.trace(traced, &[]);
        }
        self.end_redirects(saved);
        traced?;
        for Assignment { name, .. } in assignments {
            let value = self.state.vars.value(name).unwrap_or_default();
            shown.push([name.as_bytes(), b"=", value].concat());
        }
        let status = self.state.substitution.take().unwrap_or(0);
        self.state.pipe_status = Rc::new(vec![status]);
        Ok(status)
    }

    fn assign_all(&mut self, assignments: &[Assignment]) -> Run<Vec<Vec<u8>>> {
        let mut traced = Vec::new();
        for assignment in assignments {
            traced.extend(self.run_assignment(assignment)?);
        }
        Ok(traced)
    }

    /// Runs with assignments that hold for this command only and are exported.
    fn with_assignments(
        &mut self,
        assignments: &[Assignment],
        run: impl FnOnce(&mut Self, &[Vec<u8>]) -> Run,
    ) -> Run {
        if assignments.is_empty() {
            return run(self, &[]);
        }
        let mut traced = Vec::new();
        let mut saved: Vec<(String, Option<Var>)> = Vec::new();
        let mut failed = None;
        for assignment in assignments {
            let old = self.state.vars.get(&assignment.name).cloned();
            match self.run_assignment(assignment) {
                Ok(shown) => traced.extend(shown),
                Err(Flow::Discard(_)) if self.is_bash() => continue,
                Err(flow) => {
                    failed = Some(flow);
                    break;
                }
            }
            saved.push((assignment.name.clone(), old));
            self.state.vars.entry(&assignment.name).exported = true;
        }
        let out = match failed {
            Some(flow) => Err(flow),
            None => run(self, &traced),
        };
        for (name, var) in saved.into_iter().rev() {
            self.state.vars.put(&name, var);
        }
        out
    }

    pub(crate) fn call_builtin(
        &mut self,
        builtin: Builtin,
        argv: &[Vec<u8>],
        arrays: &[Assignment],
    ) -> Run {
        // `readonly a=(1)` assigns before the attribute forbids it, `declare -A a=(..)` after.
        let before = argv[0] == b"readonly"
            || argv.iter().any(|arg| arg.starts_with(b"-") && arg.contains(&b'r'));
        if before {
            for array in arrays {
                self.run_assignment(array)?;
            }
        }
        // What these run is not theirs.
        let runs_others = matches!(builtin.name, "." | "source" | "eval" | "command" | "builtin");
        let outer = self.state.builtin;
        self.state.builtin = (!runs_others).then_some(builtin.name);
        let out = (builtin.run)(self, argv);
        self.state.builtin = outer;
        let status = match out {
            // bash gives up the line only for an assignment of its own.
            Err(Flow::Discard(status)) if !runs_others => status,
            Err(Flow::Error(status)) if !builtin.special && !self.is_bash() => status,
            out => out?,
        };
        if !before {
            for array in arrays {
                self.run_assignment(array)?;
            }
        }
        Ok(status)
    }
}
