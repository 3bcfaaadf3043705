//! Error numbers of preview 1, and which of them stands for which of the kernel's.

/// An error number of WASI preview 1; 0 is success.
///
/// Numbers: `wasi_snapshot_preview1.witx`, type `errno`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Errno(pub u16);

#[allow(missing_docs, reason = "the names of the specification")]
impl Errno {
    pub const SUCCESS: Self = Self(0);
    pub const TOOBIG: Self = Self(1);
    pub const ACCES: Self = Self(2);
    pub const AGAIN: Self = Self(6);
    pub const BADF: Self = Self(8);
    pub const BUSY: Self = Self(10);
    pub const DQUOT: Self = Self(19);
    pub const EXIST: Self = Self(20);
    pub const FAULT: Self = Self(21);
    pub const FBIG: Self = Self(22);
    pub const INVAL: Self = Self(28);
    pub const IO: Self = Self(29);
    pub const ISDIR: Self = Self(31);
    pub const LOOP: Self = Self(32);
    pub const MFILE: Self = Self(33);
    pub const MLINK: Self = Self(34);
    pub const NAMETOOLONG: Self = Self(37);
    pub const NFILE: Self = Self(41);
    pub const NOENT: Self = Self(44);
    pub const NOEXEC: Self = Self(45);
    pub const NOMEM: Self = Self(48);
    pub const NOSPC: Self = Self(51);
    pub const NOSYS: Self = Self(52);
    pub const NOTDIR: Self = Self(54);
    pub const NOTEMPTY: Self = Self(55);
    pub const NOTSOCK: Self = Self(57);
    pub const NOTSUP: Self = Self(58);
    pub const NOTTY: Self = Self(59);
    pub const NXIO: Self = Self(60);
    pub const OVERFLOW: Self = Self(61);
    pub const PERM: Self = Self(63);
    pub const PIPE: Self = Self(64);
    pub const RANGE: Self = Self(68);
    pub const ROFS: Self = Self(69);
    pub const SPIPE: Self = Self(70);
    pub const XDEV: Self = Self(75);
    pub const NOTCAPABLE: Self = Self(76);
}

impl From<vfs::Errno> for Errno {
    fn from(errno: vfs::Errno) -> Self {
        use vfs::Errno as Kernel;
        match errno {
            Kernel::EPERM => Self::PERM,
            Kernel::ENOENT => Self::NOENT,
            Kernel::EIO => Self::IO,
            Kernel::E2BIG => Self::TOOBIG,
            Kernel::ENOEXEC => Self::NOEXEC,
            Kernel::EBADF => Self::BADF,
            Kernel::EAGAIN => Self::AGAIN,
            Kernel::ENOMEM => Self::NOMEM,
            Kernel::EACCES => Self::ACCES,
            Kernel::EBUSY => Self::BUSY,
            Kernel::EEXIST => Self::EXIST,
            Kernel::EXDEV => Self::XDEV,
            Kernel::ENXIO => Self::NXIO,
            Kernel::ENOTDIR => Self::NOTDIR,
            Kernel::EISDIR => Self::ISDIR,
            Kernel::EINVAL => Self::INVAL,
            Kernel::ENFILE => Self::NFILE,
            Kernel::EMFILE => Self::MFILE,
            Kernel::ENOTTY => Self::NOTTY,
            Kernel::EFBIG => Self::FBIG,
            Kernel::ENOSPC => Self::NOSPC,
            Kernel::ESPIPE => Self::SPIPE,
            Kernel::EROFS => Self::ROFS,
            Kernel::EMLINK => Self::MLINK,
            Kernel::EPIPE => Self::PIPE,
            Kernel::ERANGE => Self::RANGE,
            Kernel::ENAMETOOLONG => Self::NAMETOOLONG,
            Kernel::ENOSYS => Self::NOSYS,
            Kernel::ENOTEMPTY => Self::NOTEMPTY,
            Kernel::ELOOP => Self::LOOP,
            // Preview 1 has no number for a missing extended attribute, and no call that meets one.
            Kernel::ENODATA => Self::IO,
            Kernel::EOVERFLOW => Self::OVERFLOW,
            Kernel::EOPNOTSUPP => Self::NOTSUP,
            Kernel::EDQUOT => Self::DQUOT,
            // A path that leaves its preopen: wasmtime and the public wasi-testsuite say `perm`,
            // Node says `notcapable`; the specification names no number.
            Kernel::ENOTCAPABLE => Self::PERM,
        }
    }
}
