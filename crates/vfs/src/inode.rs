//! Inodes: what a name points to.

use std::collections::BTreeMap;
use std::sync::Arc;

use imbl::OrdMap;

use crate::{Content, Name};

/// Nanoseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// From whole seconds since the epoch; saturates.
    #[must_use]
    pub fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1_000_000_000))
    }

    /// Whole seconds since the epoch, rounded down.
    #[must_use]
    pub fn secs(self) -> i64 {
        self.0.div_euclid(1_000_000_000)
    }

    /// Nanoseconds within the second, 0 to 999,999,999.
    #[must_use]
    pub fn subsec_nanos(self) -> u32 {
        self.0.rem_euclid(1_000_000_000) as u32
    }
}

/// An inode's number within its tree.
pub type Ino = u64;

/// Extended attributes by name.
pub type Xattrs = BTreeMap<Vec<u8>, Vec<u8>>;

/// What is known of a file besides its name and content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    /// Permission bits with setuid, setgid and sticky: `0o7777` at most.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Last access as set by a caller; reads do not move it (a `noatime` mount).
    pub atime: Timestamp,
    /// Last change of the content.
    pub mtime: Timestamp,
    /// Last change of the inode.
    pub ctime: Timestamp,
    /// Extended attributes; none is the common case and costs nothing.
    pub xattrs: Option<Arc<Xattrs>>,
}

impl Meta {
    /// Attributes of a file of `mode` that belongs to root and was made at `time`.
    #[must_use]
    pub fn root(mode: u32, time: Timestamp) -> Self {
        Self { mode, uid: 0, gid: 0, atime: time, mtime: time, ctime: time, xattrs: None }
    }
}

/// The kind of a file and what it holds.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A regular file.
    File(Content),
    /// A directory.
    Dir(Dir),
    /// A symbolic link and its target, as written.
    Symlink(Arc<[u8]>),
    /// A character device.
    CharDevice(Rdev),
    /// A block device.
    BlockDevice(Rdev),
    /// A named pipe.
    Fifo,
    /// A socket; layers leave it out.
    Socket,
}

/// The numbers of a device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rdev {
    /// Which driver.
    pub major: u32,
    /// Which of the driver's devices.
    pub minor: u32,
}

/// The entries of a directory, ordered by name.
#[derive(Clone, Debug, Default)]
pub struct Dir {
    pub(crate) entries: OrdMap<Name, Ino>,
    /// How many entries are directories; each counts as a link to this one by its `..`.
    pub(crate) subdirs: u32,
}

impl Dir {
    /// The entry `name`.
    #[must_use]
    pub fn get(&self, name: &[u8]) -> Option<Ino> {
        self.entries.get(name).copied()
    }

    /// All entries in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&Name, Ino)> {
        self.entries.iter().map(|(name, ino)| (name, *ino))
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// A file of any kind.
#[derive(Clone, Debug)]
pub struct Inode {
    /// Attributes.
    pub meta: Meta,
    /// Kind and content.
    pub kind: Kind,
    /// Every name it has, as (directory, name). A directory has one, the root none; a file that
    /// was unlinked while open has none.
    pub(crate) links: Vec<(Ino, Name)>,
}

impl Inode {
    /// What `ls -l` shows first.
    #[must_use]
    pub fn file_type(&self) -> FileType {
        match self.kind {
            Kind::File(_) => FileType::File,
            Kind::Dir(_) => FileType::Dir,
            Kind::Symlink(_) => FileType::Symlink,
            Kind::CharDevice(_) => FileType::CharDevice,
            Kind::BlockDevice(_) => FileType::BlockDevice,
            Kind::Fifo => FileType::Fifo,
            Kind::Socket => FileType::Socket,
        }
    }

    /// Number of links, as `stat` reports it.
    #[must_use]
    pub fn nlink(&self) -> u32 {
        match &self.kind {
            Kind::Dir(dir) => 2 + dir.subdirs,
            _ => self.links.len() as u32,
        }
    }

    /// Size in bytes, as `stat` reports it: content, length of a link's target, 4096 for a directory.
    #[must_use]
    pub fn size(&self) -> u64 {
        match &self.kind {
            Kind::File(content) => content.len(),
            Kind::Symlink(target) => target.len() as u64,
            Kind::Dir(_) => 4096,
            _ => 0,
        }
    }

    /// The device's numbers; zero for what is no device.
    #[must_use]
    pub fn rdev(&self) -> Rdev {
        match self.kind {
            Kind::CharDevice(rdev) | Kind::BlockDevice(rdev) => rdev,
            _ => Rdev::default(),
        }
    }

    /// Type and permissions as `ls -l` shows them: `drwxr-xr-x`.
    #[must_use]
    pub fn mode_text(&self) -> String {
        let kind = match self.kind {
            Kind::File(_) => '-',
            Kind::Dir(_) => 'd',
            Kind::Symlink(_) => 'l',
            Kind::CharDevice(_) => 'c',
            Kind::BlockDevice(_) => 'b',
            Kind::Fifo => 'p',
            Kind::Socket => 's',
        };
        let mode = self.meta.mode;
        let mut out = String::from(kind);
        for (shift, special, letter) in [(6, 0o4000, 's'), (3, 0o2000, 's'), (0, 0o1000, 't')] {
            let bits = mode >> shift;
            out.push(if bits & 4 != 0 { 'r' } else { '-' });
            out.push(if bits & 2 != 0 { 'w' } else { '-' });
            out.push(match (mode & special != 0, bits & 1 != 0) {
                (true, true) => letter,
                (true, false) => letter.to_ascii_uppercase(),
                (false, true) => 'x',
                (false, false) => '-',
            });
        }
        out
    }

    /// Whether both are the same but for their times and names: type, content, link target, mode,
    /// owner, extended attributes, device numbers. Of a directory what it holds does not count.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        let (a, b) = (&self.meta, &other.meta);
        let same_kind = match (&self.kind, &other.kind) {
            (Kind::File(x), Kind::File(y)) => x.same_as(y),
            (Kind::Symlink(x), Kind::Symlink(y)) => x == y,
            _ => self.file_type() == other.file_type() && self.rdev() == other.rdev(),
        };
        same_kind && (a.mode, a.uid, a.gid) == (b.mode, b.uid, b.gid) && a.xattrs == b.xattrs
    }

    /// The directory, if it is one.
    #[must_use]
    pub fn dir(&self) -> Option<&Dir> {
        match &self.kind {
            Kind::Dir(dir) => Some(dir),
            _ => None,
        }
    }

    /// Whether it is a directory.
    #[must_use]
    pub fn is_dir(&self) -> bool {
        matches!(self.kind, Kind::Dir(_))
    }
}

/// Kinds of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum FileType {
    File,
    Dir,
    Symlink,
    CharDevice,
    BlockDevice,
    Fifo,
    Socket,
}

impl FileType {
    /// The type bits of `st_mode` (`S_IFMT`).
    #[must_use]
    pub fn mode_bits(self) -> u32 {
        match self {
            Self::Fifo => 0o010_000,
            Self::CharDevice => 0o020_000,
            Self::Dir => 0o040_000,
            Self::BlockDevice => 0o060_000,
            Self::File => 0o100_000,
            Self::Symlink => 0o120_000,
            Self::Socket => 0o140_000,
        }
    }

    /// The reverse of [`FileType::mode_bits`]; other bits of `mode` are ignored.
    #[must_use]
    pub fn from_mode(mode: u32) -> Option<Self> {
        [
            Self::Fifo,
            Self::CharDevice,
            Self::Dir,
            Self::BlockDevice,
            Self::File,
            Self::Symlink,
            Self::Socket,
        ]
        .into_iter()
        .find(|kind| kind.mode_bits() == mode & 0o170_000)
    }
}

/// What `stat` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stat {
    /// Which mount.
    pub dev: u32,
    /// Inode number, unique within `dev`.
    pub ino: Ino,
    /// Kind of file.
    pub file_type: FileType,
    /// Number of links.
    pub nlink: u32,
    /// Size in bytes.
    pub size: u64,
    /// Numbers of a device.
    pub rdev: Rdev,
    /// Mode, owner, times, extended attributes.
    pub meta: Meta,
}
