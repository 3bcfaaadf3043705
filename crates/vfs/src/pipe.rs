//! Pipes between programs that run one after another.

use std::collections::BTreeMap;

use crate::{Errno, Result};

/// Which pipe.
pub(crate) type PipeId = u32;

/// All pipes of a namespace.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pipes {
    pipes: BTreeMap<PipeId, Pipe>,
    next: PipeId,
}

#[derive(Clone, Debug)]
struct Pipe {
    buffer: Vec<u8>,
    /// How much of `buffer` has been read.
    read: usize,
    capacity: usize,
    readers: u32,
    writers: u32,
    /// A write that finds it full answers `EPIPE`.
    breaks: bool,
}

/// The end of a pipe that an open file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PipeEnd {
    Read,
    Write,
}

impl Pipes {
    /// A pipe with one open file at each end.
    pub fn create(&mut self, capacity: usize) -> PipeId {
        let id = self.next;
        self.next += 1;
        let pipe =
            Pipe { buffer: Vec::new(), read: 0, capacity, readers: 1, writers: 1, breaks: false };
        self.pipes.insert(id, pipe);
        id
    }

    /// Bytes, 0 at the end when nobody can write any more, `EAGAIN` when somebody still can.
    pub fn read(&mut self, id: PipeId, buf: &mut [u8]) -> Result<usize> {
        let pipe = self.pipes.get_mut(&id).ok_or(Errno::EBADF)?;
        let left = &pipe.buffer[pipe.read..];
        if left.is_empty() && !buf.is_empty() && pipe.writers > 0 {
            return Err(Errno::EAGAIN);
        }
        let n = left.len().min(buf.len());
        buf[..n].copy_from_slice(&left[..n]);
        pipe.read += n;
        if pipe.read == pipe.buffer.len() {
            pipe.buffer.clear();
            pipe.read = 0;
        }
        Ok(n)
    }

    /// All of `bytes`, or as much as fits; `EAGAIN` when full, `EPIPE` when nobody can read.
    pub fn write(&mut self, id: PipeId, bytes: &[u8]) -> Result<usize> {
        let pipe = self.pipes.get_mut(&id).ok_or(Errno::EBADF)?;
        if pipe.readers == 0 {
            return Err(Errno::EPIPE);
        }
        let room = pipe.capacity.saturating_sub(pipe.buffer.len() - pipe.read);
        if room == 0 && !bytes.is_empty() {
            return Err(if pipe.breaks { Errno::EPIPE } else { Errno::EAGAIN });
        }
        let n = room.min(bytes.len());
        pipe.buffer.extend_from_slice(&bytes[..n]);
        Ok(n)
    }

    /// How many bytes [`Pipes::read`] would find; 0 is the end.
    pub fn readable(&self, id: PipeId) -> Result<u64> {
        let pipe = self.pipes.get(&id).ok_or(Errno::EBADF)?;
        match pipe.buffer.len() - pipe.read {
            0 if pipe.writers > 0 => Err(Errno::EAGAIN),
            n => Ok(n as u64),
        }
    }

    /// How many bytes [`Pipes::write`] would take.
    pub fn writable(&self, id: PipeId) -> Result<u64> {
        let pipe = self.pipes.get(&id).ok_or(Errno::EBADF)?;
        if pipe.readers == 0 {
            return Err(Errno::EPIPE);
        }
        match pipe.capacity.saturating_sub(pipe.buffer.len() - pipe.read) {
            0 if pipe.breaks => Err(Errno::EPIPE),
            0 => Err(Errno::EAGAIN),
            n => Ok(n as u64),
        }
    }

    /// From now on a write that finds the pipe full answers `EPIPE`.
    pub fn break_when_full(&mut self, id: PipeId) {
        if let Some(pipe) = self.pipes.get_mut(&id) {
            pipe.breaks = true;
        }
    }

    /// Takes everything that has not been read.
    pub fn drain(&mut self, id: PipeId) -> Vec<u8> {
        let Some(pipe) = self.pipes.get_mut(&id) else { return Vec::new() };
        let mut out = std::mem::take(&mut pipe.buffer);
        out.drain(..std::mem::take(&mut pipe.read));
        out
    }

    /// The last open file of this end was closed.
    pub fn close(&mut self, id: PipeId, end: PipeEnd) {
        let Some(pipe) = self.pipes.get_mut(&id) else { return };
        match end {
            PipeEnd::Read => pipe.readers -= 1,
            PipeEnd::Write => pipe.writers -= 1,
        }
        if pipe.readers == 0 && pipe.writers == 0 {
            self.pipes.remove(&id);
        }
    }
}
