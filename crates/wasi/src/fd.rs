//! The descriptors of a process.

use std::collections::BTreeMap;

use vfs::{DirEntry, FileType, Fs, NodeId, OpenId};

use crate::Errno;
use crate::abi::{fdflags, rights};
use crate::context::Answer;

/// What a descriptor number stands for.
pub(crate) struct Descriptor {
    pub target: Target,
    /// `fdflags` as they were set, `append` excepted: that one the open file has.
    pub flags: u16,
    /// What may be done with it.
    pub base: u64,
    /// What may at most be done with what is opened through it.
    pub inheriting: u64,
    /// Whether paths that lead out of it are refused.
    pub beneath: bool,
    /// Whether the process began with it.
    pub given: bool,
    /// The directory as it was when reading it began, so that cookies stay true while it changes.
    pub listing: Option<Vec<DirEntry>>,
}

#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// An open file, directory, pipe, device or the console.
    Open(OpenId),
    /// A directory the process was given.
    Preopen { name: Vec<u8>, node: NodeId },
}

/// All descriptors by number.
pub(crate) struct FdTable {
    entries: BTreeMap<u32, Descriptor>,
    limit: usize,
}

impl Descriptor {
    /// An open file with all rights that its kind and its mode of opening give.
    pub fn inherited(fs: &Fs, id: OpenId) -> Self {
        let kind = fs.fstat(id).map_or(FileType::File, |stat| stat.file_type);
        let base = match kind {
            FileType::Dir => rights::DIR,
            _ if fs.is_terminal(id) => rights::TERMINAL,
            _ => rights::FILE,
        };
        let (read, write, _) = fs.access_mode(id).unwrap_or_default();
        let mut without = 0;
        if !read {
            without |= rights::FD_READ;
        }
        if !write {
            without |= rights::FD_WRITE | rights::FD_ALLOCATE | rights::FD_FILESTAT_SET_SIZE;
        }
        let inheriting = if kind == FileType::Dir { rights::DIR | rights::FILE } else { 0 };
        Self { base: base & !without, inheriting, ..Self::new(Target::Open(id)) }
    }

    pub fn preopen(name: Vec<u8>, node: NodeId, beneath: bool) -> Self {
        let (base, inheriting) = (rights::DIR, rights::DIR | rights::FILE);
        Self { base, inheriting, beneath, ..Self::new(Target::Preopen { name, node }) }
    }

    pub fn new(target: Target) -> Self {
        Self {
            target,
            flags: 0,
            base: 0,
            inheriting: 0,
            beneath: false,
            given: false,
            listing: None,
        }
    }

    /// Checks a right.
    ///
    /// The specification calls a missing one `notcapable`. What concerns reading, writing and
    /// position answers `badf` instead, as for a file that was not opened for it: so do wasmtime
    /// and the public wasi-testsuite.
    pub fn need(&self, right: u64) -> Answer {
        const AS_NOT_OPENED: u64 =
            rights::FD_READ | rights::FD_WRITE | rights::FD_SEEK | rights::FD_TELL;
        if self.base & right == right {
            Ok(())
        } else if right & AS_NOT_OPENED != 0 {
            Err(Errno::BADF.into())
        } else {
            Err(Errno::NOTCAPABLE.into())
        }
    }

    /// Whether waiting is to be answered by `again`.
    pub fn nonblocking(&self) -> bool {
        self.flags & fdflags::NONBLOCK != 0
    }
}

impl FdTable {
    pub fn new(limit: usize) -> Self {
        Self { entries: BTreeMap::new(), limit }
    }

    pub fn get(&self, fd: u32) -> Answer<&Descriptor> {
        self.entries.get(&fd).ok_or(Errno::BADF.into())
    }

    pub fn get_mut(&mut self, fd: u32) -> Answer<&mut Descriptor> {
        self.entries.get_mut(&fd).ok_or(Errno::BADF.into())
    }

    /// The lowest number that is free, or none when as many as allowed are in use.
    pub fn free(&self) -> Answer<u32> {
        if self.entries.len() >= self.limit {
            return Err(Errno::MFILE.into());
        }
        let taken = (0..).zip(self.entries.keys()).take_while(|(i, fd)| i == *fd).count();
        Ok(taken as u32)
    }

    /// Gives a number its descriptor; answers what it stood for before.
    pub fn set(&mut self, fd: u32, descriptor: Descriptor) -> Option<Descriptor> {
        self.entries.insert(fd, descriptor)
    }

    pub fn remove(&mut self, fd: u32) -> Answer<Descriptor> {
        self.entries.remove(&fd).ok_or(Errno::BADF.into())
    }

    pub fn drain(&mut self) -> impl Iterator<Item = Descriptor> {
        std::mem::take(&mut self.entries).into_values()
    }

    /// The open files that the process began with and still has.
    pub fn given(&self) -> impl Iterator<Item = (u32, OpenId)> {
        self.entries.iter().filter_map(|(fd, descriptor)| match descriptor.target {
            Target::Open(id) if descriptor.given => Some((*fd, id)),
            _ => None,
        })
    }

    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Descriptor> {
        self.entries.values_mut()
    }
}
