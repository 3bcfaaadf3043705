//! Open files: what a file descriptor refers to.

use std::collections::BTreeMap;

use crate::change::clear_set_ids;
use crate::fs::OPEN_FILE;
use crate::pipe::{PipeEnd, PipeId};
use crate::{
    Access, Caller, Content, DirEntry, Errno, FileType, Fs, Kind, Limit, NodeId, Rdev,
    ResolveFlags, Result, Stat, Usage,
};

/// An entry of the system's open file table ("open file description").
///
/// Descriptors of one or several processes refer to it and share its offset; each reference is
/// counted ([`Fs::dup`]) and given back ([`Fs::close`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpenId(u32);

/// How a file is opened: the flags of `open(2)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of open(2)")]
pub struct OpenFlags {
    pub read: bool,
    pub write: bool,
    pub append: bool,
    pub create: bool,
    /// With `create`: fail if it exists.
    pub exclusive: bool,
    pub truncate: bool,
    /// Fail unless it is a directory.
    pub directory: bool,
}

/// Where [`Fs::seek`] counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whence {
    /// The beginning.
    Start,
    /// The present offset.
    Current,
    /// The end of the file.
    End,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct OpenFiles {
    files: BTreeMap<u32, OpenFile>,
}

#[derive(Clone, Debug)]
struct OpenFile {
    target: Target,
    read: bool,
    write: bool,
    append: bool,
    /// Whether root opened it: what root writes keeps setuid and setgid (`CAP_FSETID`).
    by_root: bool,
    offset: u64,
    refs: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    File(NodeId),
    Dir(NodeId),
    Device(NodeId, Device),
    Pipe(PipeId, PipeEnd),
    Console(Stream),
}

/// The character devices of a container's `/dev`, by their Linux numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Device {
    Null,
    Zero,
    Full,
    Random,
}

impl OpenId {
    /// The open file that a node stands for, if it is one of those (`Fs::open_file_link`).
    pub(crate) fn of_node(node: NodeId) -> Option<Self> {
        (node.dev == OPEN_FILE).then(|| u32::try_from(node.ino).ok().map(Self)).flatten()
    }
}

impl OpenFiles {
    pub fn uses(&self, node: NodeId) -> bool {
        self.files.values().any(|file| file.target.node() == Some(node))
    }
}

impl Target {
    fn node(self) -> Option<NodeId> {
        match self {
            Self::File(node) | Self::Dir(node) | Self::Device(node, _) => Some(node),
            Self::Pipe(..) | Self::Console(_) => None,
        }
    }
}

impl Fs {
    /// `openat`. `mode` is that of a file it makes, before the umask.
    ///
    /// # Errors
    /// As [`Fs::resolve`]; `EEXIST`, `EISDIR`, `ENOTDIR`, `EACCES`, `EROFS`, `ENXIO` (fifo, socket or
    /// a device there is no driver for), `ENFILE`, `EDQUOT`.
    pub fn open(
        &mut self,
        caller: &Caller,
        at: NodeId,
        path: &[u8],
        how: (OpenFlags, ResolveFlags),
        mode: u32,
    ) -> Result<OpenId> {
        let (flags, resolve) = how;
        let resolve = if flags.create && flags.exclusive {
            ResolveFlags { follow: false, ..resolve }
        } else {
            resolve
        };
        let spot = self.resolve(caller, at, path, resolve)?;
        if let Some(id) = spot.node.and_then(OpenId::of_node) {
            return self.dup(id);
        }
        self.room_for_open()?;
        let by_root = caller.cred.uid == 0;
        let node = match spot.node {
            Some(_) if flags.create && flags.exclusive => return Err(Errno::EEXIST),
            Some(node) => {
                self.may_open(caller, node, flags)?;
                if flags.truncate && matches!(self.inode(node)?.kind, Kind::File(_)) {
                    self.set_len(node, 0, by_root)?;
                }
                node
            }
            None if flags.create && spot.must_be_dir => return Err(Errno::EISDIR),
            None if flags.create => {
                self.make(caller, &spot, Kind::File(Content::default()), mode & 0o7777)?
            }
            None => return Err(Errno::ENOENT),
        };
        let target = match &self.inode(node)?.kind {
            Kind::File(_) => Target::File(node),
            Kind::Dir(_) => Target::Dir(node),
            Kind::CharDevice(Rdev { major: 5, minor: 0 }) => Target::Console(Stream::Stdout),
            Kind::CharDevice(rdev) => Target::Device(node, device(*rdev).ok_or(Errno::ENXIO)?),
            Kind::Symlink(_) => return Err(Errno::ELOOP),
            Kind::BlockDevice(_) | Kind::Fifo | Kind::Socket => return Err(Errno::ENXIO),
        };
        let id = self.insert_open(target, flags.read, flags.write, flags.append);
        self.file_mut(id)?.by_root = by_root;
        Ok(id)
    }

    /// `pipe`: (read end, write end). A write that finds `capacity` bytes unread, and a read that
    /// finds none while the write end is open, answer `EAGAIN`: programs run one after another, so
    /// waiting is for the caller to arrange.
    pub fn pipe(&mut self, capacity: usize) -> (OpenId, OpenId) {
        let id = self.pipes.create(capacity);
        let read = self.insert_open(Target::Pipe(id, PipeEnd::Read), true, false, false);
        (read, self.insert_open(Target::Pipe(id, PipeEnd::Write), false, true, false))
    }

    /// An open file from which these bytes are read, then the end: a here-document.
    pub fn open_bytes(&mut self, bytes: &[u8]) -> OpenId {
        let (read, write) = self.pipe(usize::MAX);
        let written = self.write(write, bytes);
        debug_assert_eq!(written, Ok(bytes.len()));
        self.close(write);
        read
    }

    /// Takes everything unread out of a pipe, by its read end.
    pub fn drain(&mut self, pipe: OpenId) -> Vec<u8> {
        match self.file(pipe).map(|file| file.target) {
            Ok(Target::Pipe(id, PipeEnd::Read)) => self.pipes.drain(id),
            _ => Vec::new(),
        }
    }

    /// The console: reads take its input, writes are recorded as of this stream.
    pub fn open_console(&mut self, stream: Stream) -> OpenId {
        self.insert_open(Target::Console(stream), true, true, false)
    }

    /// `/dev/null`, whether or not the tree has one.
    pub fn open_null(&mut self) -> OpenId {
        self.insert_open(
            Target::Device(NodeId { dev: u32::MAX, ino: 0 }, Device::Null),
            true,
            true,
            false,
        )
    }

    /// One more reference to the open file.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn dup(&mut self, id: OpenId) -> Result<OpenId> {
        self.file_mut(id)?.refs += 1;
        Ok(id)
    }

    /// One reference less; with the last, the file is closed. An id that is not open is ignored.
    pub fn close(&mut self, id: OpenId) {
        let Ok(file) = self.file_mut(id) else { return };
        file.refs -= 1;
        if file.refs > 0 {
            return;
        }
        let target = file.target;
        self.open.files.remove(&id.0);
        match target {
            Target::Pipe(pipe, end) => self.pipes.close(pipe, end),
            Target::File(node) | Target::Dir(node) => self.drop_if_unused(node),
            Target::Device(..) | Target::Console(_) => {}
        }
    }

    /// `read`.
    ///
    /// # Errors
    /// `EBADF`, `EISDIR`, `EAGAIN` (see [`Fs::pipe`]).
    pub fn read(&mut self, id: OpenId, buf: &mut [u8]) -> Result<usize> {
        let (target, offset) = match self.file(id)? {
            file if !file.read => return Err(Errno::EBADF),
            file => (file.target, file.offset),
        };
        match target {
            Target::File(_) => {
                let n = self.pread(id, offset, buf)?;
                self.file_mut(id)?.offset += n as u64;
                Ok(n)
            }
            Target::Dir(_) => Err(Errno::EISDIR),
            Target::Pipe(pipe, _) => {
                let out = self.pipes.read(pipe, buf);
                self.note_wait(id, out)
            }
            Target::Console(_) => match self.console.take_input(buf) {
                0 if self.console.awaits_input && !buf.is_empty() => {
                    self.note_wait(id, Err(Errno::EAGAIN))
                }
                read => Ok(read),
            },
            Target::Device(_, Device::Null) => Ok(0),
            Target::Device(_, Device::Zero | Device::Full) => {
                buf.fill(0);
                Ok(buf.len())
            }
            Target::Device(_, Device::Random) => {
                self.random(buf);
                Ok(buf.len())
            }
        }
    }

    /// `write`; may write less than given to a pipe.
    ///
    /// # Errors
    /// `EBADF`, `EPIPE`, `EAGAIN` (see [`Fs::pipe`]), `ENOSPC`, `EFBIG`, `EROFS`.
    pub fn write(&mut self, id: OpenId, bytes: &[u8]) -> Result<usize> {
        let file = self.file(id)?;
        if !file.write {
            return Err(Errno::EBADF);
        }
        match file.target {
            Target::File(node) => {
                let offset = if file.append { self.inode(node)?.size() } else { file.offset };
                let n = self.write_node(node, offset, bytes, file.by_root)?;
                self.file_mut(id)?.offset = offset + n as u64;
                Ok(n)
            }
            Target::Dir(_) => Err(Errno::EISDIR),
            Target::Pipe(pipe, _) => {
                let out = self.pipes.write(pipe, bytes);
                self.note_wait(id, out)
            }
            Target::Console(stream) => {
                self.console.push(stream, bytes, self.limits.console);
                Ok(bytes.len())
            }
            Target::Device(_, Device::Full) if !bytes.is_empty() => Err(Errno::ENOSPC),
            Target::Device(..) => Ok(bytes.len()),
        }
    }

    /// How many bytes [`Fs::read`] would find without waiting (`FIONREAD`), for devices that never
    /// end `u64::MAX`.
    ///
    /// # Errors
    /// `EBADF`, `EISDIR`, `EAGAIN` where a read would have to wait.
    pub fn readable(&self, id: OpenId) -> Result<u64> {
        let file = self.file(id)?;
        match file.target {
            _ if !file.read => Err(Errno::EBADF),
            Target::File(node) => Ok(self.inode(node)?.size().saturating_sub(file.offset)),
            Target::Dir(_) => Err(Errno::EISDIR),
            Target::Pipe(pipe, _) => self.pipes.readable(pipe),
            Target::Console(_) => Ok(self.console.unread() as u64),
            Target::Device(_, Device::Null) => Ok(0),
            Target::Device(..) => Ok(u64::MAX),
        }
    }

    /// How many bytes [`Fs::write`] would take without waiting; only pipes have a bound.
    ///
    /// # Errors
    /// `EBADF`, `EISDIR`, `EPIPE`, `EAGAIN` where a write would have to wait.
    pub fn writable(&self, id: OpenId) -> Result<u64> {
        let file = self.file(id)?;
        match file.target {
            _ if !file.write => Err(Errno::EBADF),
            Target::Dir(_) => Err(Errno::EISDIR),
            Target::Pipe(pipe, _) => self.pipes.writable(pipe),
            Target::File(_) | Target::Console(_) | Target::Device(..) => Ok(u64::MAX),
        }
    }

    /// The end of a pipe whose read or write last answered `EAGAIN`: what a process that was
    /// stopped there waits for.
    #[must_use]
    pub fn waits_for(&self) -> Option<OpenId> {
        self.waits_for
    }

    /// Makes a write that finds the pipe full answer `EPIPE` instead of `EAGAIN`: its reader is
    /// known to end without reading more. An id that is no pipe is ignored.
    pub fn break_when_full(&mut self, pipe: OpenId) {
        if let Ok(Target::Pipe(id, _)) = self.file(pipe).map(|file| file.target) {
            self.pipes.break_when_full(id);
        }
    }

    fn note_wait(&mut self, id: OpenId, out: Result<usize>) -> Result<usize> {
        if out == Err(Errno::EAGAIN) {
            self.waits_for = Some(id);
        }
        out
    }

    /// `pread`.
    ///
    /// # Errors
    /// `EBADF`, `EISDIR`, `ESPIPE`.
    pub fn pread(&mut self, id: OpenId, offset: u64, buf: &mut [u8]) -> Result<usize> {
        let file = self.file(id)?;
        if !file.read {
            return Err(Errno::EBADF);
        }
        match file.target {
            Target::File(node) => match &self.inode(node)?.kind {
                Kind::File(content) => Ok(content.read_at(offset, buf)),
                _ => Err(Errno::EINVAL),
            },
            Target::Dir(_) => Err(Errno::EISDIR),
            Target::Device(..) => self.read(id, buf),
            Target::Pipe(..) | Target::Console(_) => Err(Errno::ESPIPE),
        }
    }

    /// `pwrite`.
    ///
    /// # Errors
    /// As [`Fs::write`], and `ESPIPE`.
    pub fn pwrite(&mut self, id: OpenId, offset: u64, bytes: &[u8]) -> Result<usize> {
        let file = self.file(id)?;
        if !file.write {
            return Err(Errno::EBADF);
        }
        match file.target {
            Target::File(node) => self.write_node(node, offset, bytes, file.by_root),
            Target::Dir(_) => Err(Errno::EISDIR),
            Target::Device(..) => self.write(id, bytes),
            Target::Pipe(..) | Target::Console(_) => Err(Errno::ESPIPE),
        }
    }

    /// `lseek`; answers the new offset.
    ///
    /// # Errors
    /// `EBADF`, `ESPIPE`, `EINVAL` for a negative offset.
    pub fn seek(&mut self, id: OpenId, delta: i64, whence: Whence) -> Result<u64> {
        let file = self.file(id)?;
        let from = match (file.target, whence) {
            (Target::Pipe(..) | Target::Console(_), _) => return Err(Errno::ESPIPE),
            (Target::Device(..), _) => return Ok(0),
            (_, Whence::Start) => 0,
            (_, Whence::Current) => file.offset,
            (Target::File(node) | Target::Dir(node), Whence::End) => self.inode(node)?.size(),
        };
        let offset = from.checked_add_signed(delta).ok_or(Errno::EINVAL)?;
        self.file_mut(id)?.offset = offset;
        Ok(offset)
    }

    /// Gives an open regular file this content, shared and not copied: how whole files are put down.
    ///
    /// # Errors
    /// `EBADF`, `EINVAL` if it is not a regular file open for writing, `EFBIG`, `ENOSPC`, `EROFS`.
    pub fn put_content(&mut self, id: OpenId, content: Content) -> Result<()> {
        let node = match self.file(id)? {
            OpenFile { write: true, target: Target::File(node), .. } => *node,
            _ => return Err(Errno::EINVAL),
        };
        let old = self.content(node)?.clone();
        self.room_for_len(content.len())?;
        self.room_for(Usage {
            inodes: 0,
            bytes: content.len().saturating_sub(old.len()),
            resident: content.resident().saturating_sub(old.resident()),
        })?;
        let now = self.now();
        let tree = self.tree_mut(node)?;
        tree.edit_content(node.ino, |old| *old = content)?;
        tree.edit_meta(node.ino, |meta| (meta.mtime, meta.ctime) = (now, now))
    }

    /// `ftruncate`.
    ///
    /// # Errors
    /// `EBADF`, `EINVAL` if it is not a regular file open for writing, `EFBIG`, `ENOSPC`.
    pub fn ftruncate(&mut self, id: OpenId, len: u64) -> Result<()> {
        match self.file(id)? {
            OpenFile { write: true, target: Target::File(node), by_root, .. } => {
                let (node, by_root) = (*node, *by_root);
                self.set_len(node, len, by_root)
            }
            _ => Err(Errno::EINVAL),
        }
    }

    /// Makes a regular file at least `len` bytes long (`posix_fallocate`).
    ///
    /// # Errors
    /// As [`Fs::ftruncate`].
    pub fn allocate(&mut self, id: OpenId, len: u64) -> Result<()> {
        let node = self.node_of(id)?.ok_or(Errno::ESPIPE)?;
        if self.inode(node)?.size() < len { self.ftruncate(id, len) } else { Ok(()) }
    }

    /// `fstat`. Pipes and the console have made-up inodes on device `u32::MAX`.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn fstat(&self, id: OpenId) -> Result<Stat> {
        let file = self.file(id)?;
        if let Some(node) = file.target.node()
            && let Ok(stat) = self.stat_node(node)
        {
            return Ok(stat);
        }
        let (file_type, rdev) = match file.target {
            Target::Pipe(..) => (FileType::Fifo, Rdev::default()),
            Target::Console(_) => (FileType::CharDevice, Rdev { major: 136, minor: 0 }),
            _ => (FileType::CharDevice, Rdev { major: 1, minor: 3 }),
        };
        let mut meta = crate::Meta::root(0o620, self.now());
        if file_type == FileType::Fifo {
            meta.mode = 0o600;
        }
        Ok(Stat { dev: u32::MAX, ino: u64::from(id.0), file_type, nlink: 1, size: 0, rdev, meta })
    }

    /// The file or directory that is open; none for pipes and the console.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn node_of(&self, id: OpenId) -> Result<Option<NodeId>> {
        Ok(self.file(id)?.target.node().filter(|node| node.dev != u32::MAX))
    }

    /// What a link of `/proc/PID/fd` says of an open file: its path, or `pipe:[N]` if it has none.
    #[must_use]
    pub fn open_file_text(&self, id: OpenId) -> Vec<u8> {
        let path = match self.file(id).map(|file| file.target) {
            Ok(Target::Device(NodeId { dev: u32::MAX, .. }, _)) => return b"/dev/null".to_vec(),
            Ok(target) => target.node().and_then(|node| self.path_of(node).ok()),
            Err(_) => None,
        };
        path.map_or_else(
            || format!("pipe:[{}]", id.0).into_bytes(),
            |path| path.as_bytes().to_vec(),
        )
    }

    /// The entries of an open directory, by name.
    ///
    /// # Errors
    /// `EBADF`, `ENOTDIR`.
    pub fn list_open(&self, id: OpenId) -> Result<Vec<DirEntry>> {
        match self.file(id)?.target {
            Target::Dir(node) => self.list(node),
            _ => Err(Errno::ENOTDIR),
        }
    }

    /// Whether it is the console and that is a terminal.
    #[must_use]
    pub fn is_terminal(&self, id: OpenId) -> bool {
        self.console.terminal
            && matches!(self.file(id), Ok(OpenFile { target: Target::Console(_), .. }))
    }

    /// (may read, may write, appends).
    ///
    /// # Errors
    /// `EBADF`.
    pub fn access_mode(&self, id: OpenId) -> Result<(bool, bool, bool)> {
        let file = self.file(id)?;
        Ok((file.read, file.write, file.append))
    }

    /// Sets or clears `O_APPEND`.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn set_append(&mut self, id: OpenId, append: bool) -> Result<()> {
        self.file_mut(id)?.append = append;
        Ok(())
    }

    /// What was written to the console.
    #[must_use]
    pub fn console(&self) -> &Console {
        &self.console
    }

    /// The console, for its input and to take its output.
    pub fn console_mut(&mut self) -> &mut Console {
        &mut self.console
    }

    fn write_node(
        &mut self,
        node: NodeId,
        offset: u64,
        bytes: &[u8],
        by_root: bool,
    ) -> Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        let end = offset.checked_add(bytes.len() as u64).ok_or(Errno::EFBIG)?;
        let content = self.content(node)?;
        let more = Usage {
            inodes: 0,
            bytes: end.saturating_sub(content.len()),
            resident: content.cost_of_write(offset, bytes),
        };
        self.room_for_len(end)?;
        self.room_for(more)?;
        let now = self.now();
        let tree = self.tree_mut(node)?;
        tree.edit_content(node.ino, |content| content.write_at(offset, bytes))?;
        tree.edit_meta(node.ino, |meta| {
            (meta.mtime, meta.ctime) = (now, now);
            if !by_root {
                clear_set_ids(meta);
            }
        })?;
        Ok(bytes.len())
    }

    fn content(&self, node: NodeId) -> Result<&Content> {
        match &self.inode(node)?.kind {
            Kind::File(content) => Ok(content),
            _ => Err(Errno::EINVAL),
        }
    }

    fn may_open(&self, caller: &Caller, node: NodeId, flags: OpenFlags) -> Result<()> {
        let inode = self.inode(node)?;
        if inode.is_dir() {
            if flags.write || flags.create || flags.truncate {
                return Err(Errno::EISDIR);
            }
        } else if flags.directory {
            return Err(Errno::ENOTDIR);
        }
        if flags.read {
            caller.cred.check(inode, Access::READ)?;
        }
        if flags.write || flags.truncate {
            caller.cred.check(inode, Access::WRITE)?;
            if matches!(inode.kind, Kind::File(_)) {
                self.writable_mount(node)?;
            }
        }
        Ok(())
    }

    fn room_for_open(&mut self) -> Result<()> {
        let most = self.limits.open_files;
        let fits = self.open.files.len() < most;
        self.limited(if fits { Ok(()) } else { Err(Limit::OpenFiles(most)) })
    }

    fn insert_open(&mut self, target: Target, read: bool, write: bool, append: bool) -> OpenId {
        let id = (0..).find(|id| !self.open.files.contains_key(id)).unwrap_or(u32::MAX);
        let by_root = false;
        let file = OpenFile { target, read, write, append, by_root, offset: 0, refs: 1 };
        self.open.files.insert(id, file);
        OpenId(id)
    }

    fn file(&self, id: OpenId) -> Result<&OpenFile> {
        self.open.files.get(&id.0).ok_or(Errno::EBADF)
    }

    fn file_mut(&mut self, id: OpenId) -> Result<&mut OpenFile> {
        self.open.files.get_mut(&id.0).ok_or(Errno::EBADF)
    }
}

fn device(rdev: Rdev) -> Option<Device> {
    match (rdev.major, rdev.minor) {
        (1, 3) => Some(Device::Null),
        (1, 5) => Some(Device::Zero),
        (1, 7) => Some(Device::Full),
        (1, 8 | 9) => Some(Device::Random),
        _ => None,
    }
}

/// Which of a process's output streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// What processes wrote to their terminal or log, in order, and what they may read from it.
#[derive(Clone, Debug, Default)]
pub struct Console {
    /// Whether programs are told that it is a terminal.
    pub terminal: bool,
    /// Whether more input may come: a read that finds none answers `EAGAIN`, not the end.
    pub awaits_input: bool,
    input: Vec<u8>,
    consumed: usize,
    output: Vec<u8>,
    /// Where each run of one stream ends in `output`.
    runs: Vec<(Stream, usize)>,
    dropped: u64,
}

/// How far a console had come.
#[derive(Clone, Debug)]
pub(crate) struct ConsoleMark {
    consumed: usize,
    output: usize,
    runs: usize,
    last_run: Option<(Stream, usize)>,
    dropped: u64,
}

impl Console {
    /// Adds to what programs can read.
    pub fn push_input(&mut self, bytes: &[u8]) {
        self.input.extend_from_slice(bytes);
    }

    /// Forgets what was written and what was left to read.
    pub fn clear(&mut self) {
        let Self { terminal, awaits_input, .. } = *self;
        *self = Self { terminal, awaits_input, ..Self::default() };
    }

    /// What was written from the byte `from` on, whichever the stream.
    #[must_use]
    pub fn written_from(&self, from: usize) -> &[u8] {
        self.output.get(from..).unwrap_or_default()
    }

    /// Runs of output, each of one stream, in the order they were written.
    pub fn output(&self) -> impl Iterator<Item = (Stream, &[u8])> {
        let starts = std::iter::once(0).chain(self.runs.iter().map(|run| run.1));
        starts.zip(&self.runs).map(|(start, (stream, end))| (*stream, &self.output[start..*end]))
    }

    /// Everything written to one stream.
    #[must_use]
    pub fn stream(&self, stream: Stream) -> Vec<u8> {
        self.output().filter(|run| run.0 == stream).flat_map(|run| run.1.iter().copied()).collect()
    }

    /// How many bytes were written and kept.
    #[must_use]
    pub fn written(&self) -> usize {
        self.output.len()
    }

    /// How many bytes came after the limit and were dropped.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    fn push(&mut self, stream: Stream, bytes: &[u8], limit: usize) {
        let n = bytes.len().min(limit.saturating_sub(self.output.len()));
        self.dropped += (bytes.len() - n) as u64;
        if n == 0 {
            return;
        }
        self.output.extend_from_slice(&bytes[..n]);
        match self.runs.last_mut() {
            Some((last, end)) if *last == stream => *end = self.output.len(),
            _ => self.runs.push((stream, self.output.len())),
        }
    }

    fn unread(&self) -> usize {
        self.input.len() - self.consumed
    }

    fn take_input(&mut self, buf: &mut [u8]) -> usize {
        let left = &self.input[self.consumed..];
        let n = left.len().min(buf.len());
        buf[..n].copy_from_slice(&left[..n]);
        self.consumed += n;
        n
    }

    pub(crate) fn mark(&self) -> ConsoleMark {
        ConsoleMark {
            consumed: self.consumed,
            output: self.output.len(),
            runs: self.runs.len(),
            last_run: self.runs.last().copied(),
            dropped: self.dropped,
        }
    }

    pub(crate) fn rewind(&mut self, mark: ConsoleMark) {
        self.consumed = mark.consumed;
        self.output.truncate(mark.output);
        self.runs.truncate(mark.runs);
        if let (Some(last), Some(then)) = (self.runs.last_mut(), mark.last_run) {
            *last = then;
        }
        self.dropped = mark.dropped;
    }
}
