//! Pipelines: stages one after another over bounded pipes.
//!
//! A stage that finds its pipe full is stopped where it is and the next one runs on what there is.
//! If that one ends without wanting more, the stopped stage counts as killed by SIGPIPE, which is
//! what would have happened to it. If it does want more, the filesystem goes back to what it was
//! before the stopped stage, which runs again with a larger bound; so what both finally did is
//! what they would have done side by side. A stopped stage that is more than one program (a loop,
//! a group, a function) does not die as a whole: once its reader has ended, it runs again with a
//! pipe that breaks at the bound.

use std::rc::Rc;

use vfs::{Checkpoint, Errno, OpenId};

use crate::shell::{Flow, Run, Shell};
use crate::signals;
use crate::syntax::ir::{Command, Kind};

use super::program::Lookup;
use crate::{Limit, Stop};

/// A pipe's first bound, Linux's own.
const FIRST_BOUND: usize = 64 << 10;
/// By how much a bound grows.
const GROWTH: usize = 16;
/// The largest bound.
const LAST_BOUND: usize = FIRST_BOUND * GROWTH * GROWTH * GROWTH;

/// A stage that has run, and the pipe to the next one.
struct Stage {
    before: Checkpoint,
    /// How many commands had been told of.
    told: usize,
    next_pid: u32,
    status: u8,
    /// It was stopped because its pipe was full.
    stopped: bool,
    pipe: Option<(OpenId, OpenId)>,
    /// The pipe's reader has not ended yet.
    is_read: bool,
}

/// How a stage's pipe is made.
#[derive(Clone, Copy)]
struct Bound {
    bytes: usize,
    /// Its reader is known to want no more than that: a write beyond is one nobody reads.
    breaks: bool,
}

impl Shell<'_> {
    pub(super) fn run_stages(&mut self, stages: &[Rc<Command>]) -> Run {
        let mut done: Vec<Stage> = Vec::with_capacity(stages.len());
        let out = self.run_all_stages(stages, &mut done);
        if let Err(flow) = out {
            // Whoever is above may go on without going back to a checkpoint.
            for stage in &done {
                if let Some((read, write)) = stage.pipe.filter(|_| stage.is_read) {
                    self.fs.close(read);
                    self.fs.close(write);
                }
            }
            return Err(flow);
        }
        let statuses: Vec<u8> = done.iter().map(|stage| stage.status).collect();
        let last = statuses.last().copied().unwrap_or(0);
        let failed = statuses.iter().rev().find(|status| **status != 0).copied();
        self.state.pipe_status = Rc::new(statuses);
        Ok(if self.state.options.pipefail { failed.unwrap_or(0) } else { last })
    }

    fn run_all_stages(&mut self, stages: &[Rc<Command>], done: &mut Vec<Stage>) -> Run<()> {
        let mut bounds = vec![Bound { bytes: FIRST_BOUND, breaks: false }; stages.len()];
        while done.len() < stages.len() {
            let at = done.len();
            let (before, next_pid) = (self.fs.checkpoint(), self.next_pid);
            let pipe = (at + 1 < stages.len()).then(|| self.fs.pipe(bounds[at].bytes));
            if let Some((_, write)) = pipe.filter(|_| bounds[at].breaks) {
                self.fs.break_when_full(write);
            }
            let input = at.checked_sub(1).and_then(|left| done[left].pipe);
            let last = at + 1 == stages.len();
            done.push(Stage {
                before,
                told: self.programs.told(),
                next_pid,
                status: 0,
                stopped: false,
                pipe,
                is_read: true,
            });
            let in_place = last && self.state.options.shopt.lastpipe;
            match self.run_stage(&stages[at], input.map(|p| p.0), pipe.map(|p| p.1), in_place) {
                Ok(status) => {
                    done[at].status = status;
                    if let Some((_, write)) = pipe {
                        self.fs.close(write);
                    }
                    if let Some(left) = at.checked_sub(1)
                        && done[left].stopped
                        && self.outlives_pipe(&stages[left])
                    {
                        // It is not one program that dies with its pipe: what it does after
                        // the write that fails has to happen.
                        bounds[left].breaks = true;
                        self.go_back(left, done);
                        continue;
                    }
                    self.end_input(at, done);
                }
                Err(Flow::Stop(Stop::Blocked)) => {
                    let (writes, reads) = self.waits(input, pipe);
                    if writes {
                        done[at].status = 128 + signals::PIPE;
                        done[at].stopped = true;
                        self.end_input(at, done);
                    } else if reads {
                        if !done[at - 1].stopped {
                            return Err(Stop::Limit(Limit::Deadlock).into());
                        }
                        bounds[at - 1].bytes *= GROWTH;
                        if bounds[at - 1].bytes > LAST_BOUND {
                            return Err(Stop::Limit(Limit::PipeBytes(LAST_BOUND)).into());
                        }
                        self.go_back(at - 1, done);
                    } else {
                        return Err(Stop::Blocked.into());
                    }
                }
                Err(flow) => return Err(flow),
            }
        }
        Ok(())
    }

    /// Makes everything what it was before a stage ran.
    fn go_back(&mut self, to: usize, done: &mut Vec<Stage>) {
        done.truncate(to + 1);
        if let Some(stage) = done.pop() {
            self.fs.restore(stage.before);
            self.programs.untell(stage.told);
            self.next_pid = stage.next_pid;
        }
        if let Some(left) = done.last_mut() {
            left.is_read = true;
        }
    }

    /// Whether a stage goes on after a program in it was killed by SIGPIPE.
    fn outlives_pipe(&self, command: &Command) -> bool {
        match &command.kind {
            Kind::Simple { words, .. } => {
                let name = words.first().and_then(|word| word.constant());
                !name.is_some_and(|name| !matches!(self.look_up(name), Lookup::Function(_)))
                    || matches!(name, Some(b"eval" | b"." | b"source"))
            }
            _ => true,
        }
    }

    /// Whether a stage that was stopped waits to write to its pipe, or to read from the one before.
    fn waits(
        &self,
        input: Option<(OpenId, OpenId)>,
        output: Option<(OpenId, OpenId)>,
    ) -> (bool, bool) {
        let (read, write) = (input.map(|pipe| pipe.0), output.map(|pipe| pipe.1));
        match self.fs.waits_for() {
            Some(id) if Some(id) == write => (true, false),
            Some(id) if Some(id) == read => (false, true),
            // It may have asked without trying, as `poll` does.
            _ => (
                write.is_some_and(|id| self.fs.writable(id) == Err(Errno::EAGAIN)),
                read.is_some_and(|id| self.fs.readable(id) == Err(Errno::EAGAIN)),
            ),
        }
    }

    /// Closes the pipe that a stage which has ended, or was stopped for good, read from.
    fn end_input(&mut self, at: usize, done: &mut [Stage]) {
        let Some(left) = at.checked_sub(1) else { return };
        done[left].is_read = false;
        if let Some((read, write)) = done[left].pipe {
            self.fs.close(read);
            if done[left].stopped {
                self.fs.close(write);
            }
        }
    }

    fn run_stage(
        &mut self,
        command: &Rc<Command>,
        input: Option<OpenId>,
        output: Option<OpenId>,
        in_place: bool,
    ) -> Run {
        if in_place {
            let Some(input) = input.and_then(|input| self.fs.dup(input).ok()) else { return Ok(0) };
            let old = self.state.fds.insert(0, input);
            let out = self.run_command(command);
            self.close_fd(0);
            if let Some(old) = old {
                self.state.fds.insert(0, old);
            }
            return out;
        }
        self.subshell(|shell| {
            if let Some(input) = input.and_then(|input| shell.fs.dup(input).ok()) {
                shell.set_fd(0, input);
            }
            if let Some(output) = output.and_then(|output| shell.fs.dup(output).ok()) {
                shell.set_fd(1, output);
            }
            shell.run_command(command)
        })
    }
}
