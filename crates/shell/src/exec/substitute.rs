//! Command and process substitution.

use std::collections::BTreeMap;
use std::rc::Rc;

use vfs::OpenId;

use crate::shell::{Flow, Run, Shell};
use crate::syntax::ir::{Item, Kind, List, ProcessSubst, Redirect, RedirectKind, Source};
use crate::{Limit, Stop};

/// The most bytes a substitution may give.
const MAX_BYTES: usize = 64 << 20;

/// A `>(list)` that waits for the command that writes to it.
#[derive(Clone)]
pub(crate) struct Consumer {
    list: Rc<Source>,
    /// The descriptors it begins with, one reference to each; 0 reads what was written.
    fds: BTreeMap<u32, OpenId>,
    /// The other end.
    write: OpenId,
}

impl Shell<'_> {
    /// `$(list)`: its output without the newlines at its end.
    pub(crate) fn substitute(&mut self, list: &List) -> Run<Vec<u8>> {
        let line = self.state.line;
        if let Some(mut bytes) = self.read_substitution(list)? {
            self.state.substitution.get_or_insert(0);
            bytes.retain(|b| *b != 0);
            while bytes.last() == Some(&b'\n') {
                bytes.pop();
            }
            return Ok(bytes);
        }
        let (read, write) = self.fs.pipe(MAX_BYTES);
        let out = self.subshell(|shell| {
            if let Ok(write) = shell.fs.dup(write) {
                shell.set_fd(1, write);
            }
            let inherit = shell.is_dash() || shell.state.options.shopt.inherit_errexit;
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
        // In dash and ash `$?` stays that of the last command until this one has ended.
        if self.is_bash() {
            self.state.status = status;
        }
        bytes.retain(|b| *b != 0);
        while bytes.last() == Some(&b'\n') {
            bytes.pop();
        }
        Ok(bytes)
    }

    /// `$(<file)` in bash: the file's content; none if it is no such substitution.
    fn read_substitution(&mut self, list: &List) -> Run<Option<Vec<u8>>> {
        let [Item { first, rest, background: None }] = list.0.as_slice() else { return Ok(None) };
        let [command] = first.stages.as_slice() else { return Ok(None) };
        let Kind::Simple { assignments, words, .. } = &command.kind else { return Ok(None) };
        let [Redirect { kind: RedirectKind::Read(target), fd: None | Some(0), .. }] =
            command.redirects.as_slice()
        else {
            return Ok(None);
        };
        if !self.is_bash() || !rest.is_empty() || !assignments.is_empty() || !words.is_empty() {
            return Ok(None);
        }
        let path = self.expand_text(target)?;
        Ok(Some(match self.read_path(&path)? {
            Ok(bytes) => bytes,
            Err(errno) => {
                self.complain([&path, b": ".as_slice(), errno.to_string().as_bytes()].concat());
                self.state.substitution = Some(1);
                Vec::new()
            }
        }))
    }

    /// `<(list)` and `>(list)`: a path that exists while the command runs.
    pub(crate) fn process_substitution(&mut self, process: &ProcessSubst) -> Run<Vec<u8>> {
        let id = self.process_end(process)?;
        let fd = (10..=63).rev().find(|fd| !self.state.fds.contains_key(fd)).unwrap_or(63);
        self.set_fd(fd, id);
        self.state.process_fds.push(fd);
        Ok(format!("/dev/fd/{fd}").into_bytes())
    }

    /// The command's end of a process substitution. What is read was written before; what is
    /// written is read when the command has ended.
    pub(crate) fn process_end(&mut self, process: &ProcessSubst) -> Run<OpenId> {
        let (read, write) = self.fs.pipe(MAX_BYTES);
        if !process.read {
            let mut fds = self.state.fds.clone();
            for id in fds.values() {
                // They are all open: the table holds a reference to each.
                let _ = self.fs.dup(*id);
            }
            if let Some(stdin) = fds.insert(0, read) {
                self.fs.close(stdin);
            }
            let list = Rc::clone(&process.list);
            self.state.consumers.push(Consumer { list, fds, write });
            return Ok(write);
        }
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

    /// Runs what reads from the command that has just ended, from number `from` on; with `at_end`
    /// also what the shell itself still writes to (`exec > >(list)`).
    pub(crate) fn run_consumers(&mut self, from: usize, at_end: bool) -> Run<()> {
        let mut rest = self.state.consumers.split_off(from.min(self.state.consumers.len()));
        while !rest.is_empty() {
            let consumer = rest.remove(0);
            let held: Vec<u32> = self
                .state
                .fds
                .iter()
                .filter(|(_, id)| **id == consumer.write)
                .map(|(fd, _)| *fd)
                .collect();
            if !held.is_empty() && !at_end {
                self.state.consumers.push(consumer);
                continue;
            }
            held.into_iter().for_each(|fd| self.close_fd(fd));
            let status = self.state.status;
            let out = self.subshell(|shell| {
                for id in std::mem::take(&mut shell.state.fds).into_values() {
                    shell.fs.close(id);
                }
                shell.state.fds = consumer.fds;
                shell.run_list(&consumer.list.list)
            });
            self.state.status = status;
            out?;
        }
        Ok(())
    }
}
