//! Error numbers of the kernel's file calls.

/// Why a call failed, by the kernel's name for it.
///
/// [`std::fmt::Display`] gives glibc's `strerror` text, the one programs print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[rustfmt::skip]
#[allow(missing_docs, reason = "the text beside each name says what it means")]
pub enum Errno {
    #[error("Operation not permitted")] EPERM,
    #[error("No such file or directory")] ENOENT,
    #[error("Input/output error")] EIO,
    #[error("Argument list too long")] E2BIG,
    #[error("Exec format error")] ENOEXEC,
    #[error("Bad file descriptor")] EBADF,
    /// Also what a read or write of a pipe answers when it would have to wait for the other end:
    /// the filesystem never blocks, its caller decides what waiting means.
    #[error("Resource temporarily unavailable")] EAGAIN,
    #[error("Cannot allocate memory")] ENOMEM,
    #[error("Permission denied")] EACCES,
    #[error("Device or resource busy")] EBUSY,
    #[error("File exists")] EEXIST,
    #[error("Invalid cross-device link")] EXDEV,
    #[error("No such device or address")] ENXIO,
    #[error("Not a directory")] ENOTDIR,
    #[error("Is a directory")] EISDIR,
    #[error("Invalid argument")] EINVAL,
    #[error("Too many open files in system")] ENFILE,
    #[error("Too many open files")] EMFILE,
    #[error("Inappropriate ioctl for device")] ENOTTY,
    #[error("File too large")] EFBIG,
    #[error("No space left on device")] ENOSPC,
    #[error("Illegal seek")] ESPIPE,
    #[error("Read-only file system")] EROFS,
    #[error("Too many links")] EMLINK,
    #[error("Broken pipe")] EPIPE,
    #[error("Numerical result out of range")] ERANGE,
    #[error("File name too long")] ENAMETOOLONG,
    #[error("Function not implemented")] ENOSYS,
    #[error("Directory not empty")] ENOTEMPTY,
    #[error("Too many levels of symbolic links")] ELOOP,
    #[error("No data available")] ENODATA,
    #[error("Value too large for defined data type")] EOVERFLOW,
    #[error("Operation not supported")] EOPNOTSUPP,
    #[error("Disk quota exceeded")] EDQUOT,
    /// Not a kernel error: a path left the directory it was to stay beneath (WASI's `notcapable`).
    #[error("Capabilities insufficient")] ENOTCAPABLE,
}

/// The result of a file call.
pub type Result<T, E = Errno> = std::result::Result<T, E>;
