//! Command and process substitution.

use vfs::OpenId;

use crate::shell::{Flow, Run, Shell};
use crate::syntax::ir::{List, ProcessSubst};
use crate::{Limit, Stop};

/// The most bytes a substitution may give.
const MAX_BYTES: usize = 64 << 20;

impl Shell<'_> {
    /// `$(list)`: its output without the newlines at its end.
    pub(crate) fn substitute(&mut self, list: &List) -> Run<Vec<u8>> {
        let line = self.state.line;
        let (read, write) = self.fs.pipe(MAX_BYTES);
        let out = self.subshell(|shell| {
            if let Ok(write) = shell.fs.dup(write) {
                shell.set_fd(1, write);
            }
            let inherit = !shell.is_bash() || shell.state.options.shopt.inherit_errexit;
            if !inherit {
                shell.state.options.errexit = false;
            }
            shell.state.trace_depth += 1;
            shell.run_list(list)
        });
        let blocked =
            matches!(out, Err(Flow::Stop(Stop::Blocked))) && self.fs.waits_for() == Some(write);
        self.fs.close(write);
        let mut bytes = self.fs.drain(read);
        self.fs.close(read);
        if blocked {
            return Err(Stop::Limit(Limit::PipeBytes(MAX_BYTES)).into());
        }
        let status = out?;
        self.state.line = line;
        self.state.substitution = Some(status);
        self.state.status = status;
        bytes.retain(|b| *b != 0);
        while bytes.last() == Some(&b'\n') {
            bytes.pop();
        }
        Ok(bytes)
    }

    /// `<(list)`: a path that reads its output, which exists when the command runs. `>(list)`
    /// would have to run beside the command and cannot.
    pub(crate) fn process_substitution(&mut self, process: &ProcessSubst) -> Run<Vec<u8>> {
        let id = self.process_output(process)?;
        let fd = (10..=63).rev().find(|fd| !self.state.fds.contains_key(fd)).unwrap_or(63);
        self.set_fd(fd, id);
        self.state.process_fds.push(fd);
        Ok(format!("/dev/fd/{fd}").into_bytes())
    }

    /// Runs the list and answers a file to read its output from.
    pub(crate) fn process_output(&mut self, process: &ProcessSubst) -> Run<OpenId> {
        if !process.read {
            let text: &[u8] = b"not supported here: >(command), because nothing runs side by side";
            return self.expansion_error(text);
        }
        let (read, write) = self.fs.pipe(MAX_BYTES);
        let list = &process.list.list;
        let out = self.subshell(|shell| {
            if let Ok(write) = shell.fs.dup(write) {
                shell.set_fd(1, write);
            }
            shell.run_list(list)
        });
        self.fs.close(write);
        match out {
            Ok(_) => Ok(read),
            Err(flow) => {
                self.fs.close(read);
                Err(flow)
            }
        }
    }
}
