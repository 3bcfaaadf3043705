//! What a host call works on, and how it answers.

use vfs::{Caller, Fs, Kind, NodeId, OpenId, ResolveFlags, Timestamp};
use wasmer::{FunctionEnvMut, Memory, RuntimeError};

use crate::fd::{Descriptor, FdTable, Target};
use crate::guest::Guest;
use crate::{Errno, Exit, Limit, Process, Stop};

/// At every how many host calls [`Process::interrupt`] is asked.
const INTERRUPT_EVERY: u64 = 64;

/// What a call answers: a value, or why there is none.
pub(crate) type Answer<T = ()> = Result<T, Fail>;

/// Why a call does not answer a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fail {
    /// The process is told.
    Errno(Errno),
    /// The process is not told anything any more.
    End(Ending),
}

/// How a run ends, other than by returning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Exit(Exit),
    Stop(Stop),
}

impl From<Errno> for Fail {
    fn from(errno: Errno) -> Self {
        Self::Errno(errno)
    }
}

impl From<vfs::Errno> for Fail {
    fn from(errno: vfs::Errno) -> Self {
        Self::Errno(errno.into())
    }
}

impl From<Exit> for Fail {
    fn from(exit: Exit) -> Self {
        Self::End(Ending::Exit(exit))
    }
}

impl From<Stop> for Fail {
    fn from(stop: Stop) -> Self {
        Self::End(Ending::Stop(stop))
    }
}

/// A run: what all of its host calls share.
pub(crate) struct Env {
    /// The exported memory; set once the instance exists.
    pub memory: Option<Memory>,
    pub state: State,
}

pub(crate) struct State {
    pub fs: Fs,
    pub process: Process,
    pub fds: FdTable,
    /// The virtual time at which it started.
    pub started: Timestamp,
    /// Host calls made so far.
    pub calls: u64,
    /// Open files whose numbers preopened directories have taken: the process's children have them,
    /// and so have paths such as `/dev/fd/3`.
    pub hidden: Vec<(u32, OpenId)>,
    /// Set by the call that ended the run.
    pub ending: Option<Ending>,
    /// Kept from call to call so that reading and writing allocate once.
    pub buffer: Vec<u8>,
}

/// One host call.
pub(crate) struct Cx<'a> {
    pub state: &'a mut State,
    pub guest: Guest<'a>,
}

/// Unwinds the WebAssembly frames; what happened stands in [`State::ending`].
#[derive(Debug, thiserror::Error)]
#[error("the process has ended")]
struct Ended;

/// Makes a host call: checks the budgets, runs `call` and turns its answer into what the process
/// sees, its value or an errno.
pub(crate) fn enter(
    env: &mut FunctionEnvMut<'_, Env>,
    call: impl FnOnce(&mut Cx<'_>) -> Answer<u32>,
) -> Result<u32, RuntimeError> {
    let (Env { memory, state }, store) = env.data_and_store_mut();
    let guest = Guest::new(memory.as_ref().map(|memory| memory.view(&store)));
    let answer = state.budget(guest.size()).and_then(|()| call(&mut Cx { state, guest }));
    match answer {
        Ok(value) => Ok(value),
        Err(Fail::Errno(errno)) => Ok(errno.0.into()),
        Err(Fail::End(ending)) => {
            state.ending = Some(ending);
            Err(RuntimeError::user(Box::new(Ended)))
        }
    }
}

impl State {
    /// Counts a host call and checks what may be used.
    fn budget(&mut self, memory: u64) -> Answer {
        let limits = &self.process.limits;
        self.calls += 1;
        if self.calls > limits.calls {
            return Err(Stop::Limit(Limit::Calls(limits.calls)).into());
        }
        if memory > limits.memory {
            return Err(Stop::Limit(Limit::Memory(limits.memory)).into());
        }
        match &self.process.interrupt {
            Some(interrupt) if self.calls.is_multiple_of(INTERRUPT_EVERY) && interrupt() => {
                Err(Stop::Interrupted.into())
            }
            _ => Ok(()),
        }
    }

    pub fn caller(&self) -> &Caller {
        &self.process.caller
    }

    /// The open file behind a descriptor that has the right.
    pub fn file(&self, fd: u32, right: u64) -> Answer<OpenId> {
        let descriptor = self.fds.get(fd)?;
        descriptor.need(right)?;
        match descriptor.target {
            Target::Open(id) => Ok(id),
            Target::Preopen { .. } => Err(Errno::ISDIR.into()),
        }
    }

    /// Where paths given with a descriptor begin, if it is a directory and has the right.
    pub fn dir(&self, fd: u32, right: u64) -> Answer<Base> {
        let descriptor = self.fds.get(fd)?;
        let node = self.node(descriptor)?.ok_or(Errno::NOTDIR)?;
        // A preopened directory that has been removed is still one, in which nothing is found.
        if self.fs.inode(node).is_ok_and(|inode| !matches!(inode.kind, Kind::Dir(_))) {
            return Err(Errno::NOTDIR.into());
        }
        descriptor.need(right)?;
        Ok(Base { node, beneath: descriptor.beneath })
    }

    /// The descriptor of this process that a path of `/dev` or `/proc/self` stands for.
    pub fn own_descriptor(&self, base: NodeId, path: &[u8]) -> Option<OpenId> {
        let path = match path.strip_prefix(b"/") {
            Some(path) => path,
            None if base == NodeId::ROOT => path,
            None => return None,
        };
        let fd = match path {
            b"dev/stdin" => 0,
            b"dev/stdout" => 1,
            b"dev/stderr" => 2,
            _ => {
                let number =
                    path.strip_prefix(b"dev/fd/").or(path.strip_prefix(b"proc/self/fd/"))?;
                std::str::from_utf8(number).ok()?.parse().ok()?
            }
        };
        match self.fds.get(fd).ok()?.target {
            Target::Open(id) => Some(id),
            Target::Preopen { .. } => {
                self.hidden.iter().find(|hidden| hidden.0 == fd).map(|hidden| hidden.1)
            }
        }
    }

    /// The file or directory; none for pipes and the console.
    pub fn node(&self, descriptor: &Descriptor) -> Answer<Option<NodeId>> {
        match descriptor.target {
            Target::Open(id) => Ok(self.fs.node_of(id)?),
            Target::Preopen { node, .. } => Ok(Some(node)),
        }
    }

    /// Gives back what a descriptor refers to.
    pub fn release(&mut self, descriptor: Descriptor) {
        if let Target::Open(id) = descriptor.target {
            self.fs.close(id);
        }
    }
}

/// A directory that paths begin at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Base {
    pub node: NodeId,
    pub beneath: bool,
}

impl Base {
    /// `follow` is `lookupflags`: bit 0 follows a link in the last component.
    pub fn flags(self, lookup: u32) -> ResolveFlags {
        ResolveFlags { follow: lookup & 1 != 0, beneath: self.beneath }
    }
}
