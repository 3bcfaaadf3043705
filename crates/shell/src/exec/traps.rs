//! Running traps.

use crate::shell::{Flow, Run, Shell};
use crate::signals;

impl Shell<'_> {
    /// Runs what traps say about the signals that have come, or what happens without.
    pub(crate) fn run_pending_traps(&mut self) -> Run<()> {
        while !self.state.pending.is_empty() && !self.state.in_trap {
            let signal = self.state.pending.remove(0);
            let Some(action) = self.state.traps.get(&signal).cloned() else {
                if signals::ignored_by_default(signal) {
                    continue;
                }
                return Err(Flow::Killed(128 + signal));
            };
            if action.is_empty() {
                continue;
            }
            self.run_trap(&action)?;
        }
        Ok(())
    }

    pub(super) fn run_err_trap(&mut self, status: u8) -> Run<()> {
        let Some(action) = self.state.err_trap.clone() else { return Ok(()) };
        if self.state.in_trap {
            return Ok(());
        }
        self.state.status = status;
        self.run_trap(&action)
    }

    /// `DEBUG`, before a command.
    pub(super) fn run_debug_trap(&mut self) -> Run<()> {
        match self.state.debug_trap.clone() {
            Some(action) if !self.state.in_trap => self.run_trap(&action),
            _ => Ok(()),
        }
    }

    /// `RETURN`, after a function or a sourced file.
    pub(crate) fn run_return_trap(&mut self) -> Run<()> {
        match self.state.return_trap.clone() {
            Some(action) if !self.state.in_trap => self.run_trap(&action),
            _ => Ok(()),
        }
    }

    fn run_trap(&mut self, action: &[u8]) -> Run<()> {
        let (status, line) = (self.state.status, self.state.line);
        self.state.in_trap = true;
        let out = self.eval_text(action);
        self.state.in_trap = false;
        self.state.status = status;
        self.state.line = line;
        out.map(|_| ())
    }
}
