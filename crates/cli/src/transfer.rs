//! Directories of this machine go into a filesystem of the engine, and what changed comes back.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use vfs::{
    AbsPath, Caller, ChangeKind, Content, Errno, Fs, Inode, Kind, NodeId, OpenFlags, ResolveFlags,
    SetTime, Timestamp, Tree,
};

/// A file cannot be carried over.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// This machine refuses.
    #[error("{path}: {source}", path = .path.display())]
    Host {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The engine's filesystem refuses.
    #[error("{path}: {errno}")]
    Fs {
        /// Where.
        path: AbsPath,
        /// Why.
        errno: Errno,
    },
}

/// The time of a host's file as the engine writes it.
pub fn timestamp(time: SystemTime) -> Timestamp {
    let nanos = match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_nanos()).unwrap_or(i64::MAX),
    };
    Timestamp(nanos)
}

/// Copies what `from` holds into the directory `to`, which must be there: files, directories and
/// symbolic links with their modes and times; they belong to root. Answers the newest time.
///
/// # Errors
/// [`TransferError`].
pub fn copy_in(fs: &mut Fs, from: &Path, to: &AbsPath) -> Result<Timestamp, TransferError> {
    let host = |path: &Path, source| TransferError::Host { path: path.to_owned(), source };
    let mut entries = fs::read_dir(from)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|source| host(from, source))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    let mut newest = Timestamp(i64::MIN);
    for entry in entries {
        let path = entry.path();
        let target = to.join(entry.file_name().as_encoded_bytes());
        let metadata = entry.metadata().map_err(|source| host(&path, source))?;
        let mtime = metadata.modified().map_or(fs.now(), timestamp);
        newest = newest.max(mtime);
        let refused = |errno| TransferError::Fs { path: target.clone(), errno };
        if metadata.is_dir() {
            make_dir(fs, &target).map_err(refused)?;
            newest = newest.max(copy_in(fs, &path, &target)?);
        } else if metadata.is_symlink() {
            let link = fs::read_link(&path).map_err(|source| host(&path, source))?;
            let link = link.as_os_str().as_encoded_bytes();
            fs.symlink(&root(), link, NodeId::ROOT, target.as_bytes(), NOFOLLOW)
                .map_err(refused)?;
        } else if metadata.is_file() {
            let content = fs::read(&path).map_err(|source| host(&path, source))?;
            put_file(fs, &target, content).map_err(refused)?;
        } else {
            // Sockets, devices and fifos stay where they are.
            continue;
        }
        attributes(fs, &target, &metadata, mtime).map_err(refused)?;
    }
    Ok(newest)
}

/// Makes or replaces a file.
///
/// # Errors
/// Those of the filesystem.
pub fn put_file(fs: &mut Fs, path: &AbsPath, content: Vec<u8>) -> vfs::Result<()> {
    let flags = OpenFlags { write: true, create: true, truncate: true, ..OpenFlags::default() };
    let file = fs.open(&root(), NodeId::ROOT, path.as_bytes(), (flags, NOFOLLOW), 0o644)?;
    let put = fs.put_content(file, Content::from(content));
    fs.close(file);
    put
}

/// Makes a directory, unless it is there.
///
/// # Errors
/// Those of the filesystem.
pub fn make_dir(fs: &mut Fs, path: &AbsPath) -> vfs::Result<()> {
    match fs.mkdir(&root(), NodeId::ROOT, path.as_bytes(), 0o755, NOFOLLOW) {
        Ok(_) | Err(Errno::EEXIST) => Ok(()),
        Err(errno) => Err(errno),
    }
}

/// Does on this machine, below `to`, what was done in the engine's filesystem below `from`.
///
/// # Errors
/// [`TransferError::Host`].
pub fn copy_out(
    before: &Tree,
    after: &Tree,
    from: &AbsPath,
    to: &Path,
) -> Result<(), TransferError> {
    let mut links = HashMap::new();
    for change in before.diff(after) {
        if !change.path.starts_with(from) || change.path == *from {
            continue;
        }
        let below = &change.path.as_bytes()[from.as_bytes().len()..];
        let below = String::from_utf8_lossy(below.strip_prefix(b"/").unwrap_or(below)).into_owned();
        let path = to.join(below);
        let done = match (change.kind, after.lookup(&change.path)) {
            (ChangeKind::Deleted, _) | (_, None) => remove(&path),
            (_, Some((ino, inode))) => match links.get(&ino) {
                Some(first) => remove(&path).and_then(|()| fs::hard_link(first, &path)),
                None => {
                    if !inode.is_dir() {
                        links.insert(ino, path.clone());
                    }
                    write_out(&path, inode)
                }
            },
        };
        done.map_err(|source| TransferError::Host { path, source })?;
    }
    Ok(())
}

const NOFOLLOW: ResolveFlags = ResolveFlags::NOFOLLOW;

fn root() -> Caller {
    Caller { umask: 0, ..Caller::root() }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(_) => Ok(()),
    }
}

fn write_out(path: &Path, inode: &Inode) -> io::Result<()> {
    let there = fs::symlink_metadata(path).ok();
    match &inode.kind {
        Kind::Dir(_) => {
            if there.is_some_and(|metadata| !metadata.is_dir()) {
                remove(path)?;
            }
            fs::create_dir_all(path)?;
        }
        Kind::File(content) => {
            if there.is_some_and(|metadata| !metadata.is_file()) {
                remove(path)?;
            }
            fs::write(path, content.to_vec())?;
        }
        Kind::Symlink(target) => {
            remove(path)?;
            return symlink(&String::from_utf8_lossy(target), path);
        }
        // A program without privileges cannot make devices here either.
        _ => return Ok(()),
    }
    set_mode(path, inode.meta.mode)?;
    let since = Duration::from_nanos(inode.meta.mtime.0.max(0).unsigned_abs());
    fs::File::open(path)?.set_modified(UNIX_EPOCH + since)
}

#[cfg(unix)]
fn symlink(target: &str, path: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, path)
}

#[cfg(not(unix))]
fn symlink(_: &str, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

fn attributes(
    fs: &mut Fs,
    path: &AbsPath,
    metadata: &fs::Metadata,
    mtime: Timestamp,
) -> vfs::Result<()> {
    if !metadata.is_symlink() {
        fs.chmod(&root(), NodeId::ROOT, path.as_bytes(), mode_of(metadata), NOFOLLOW)?;
    }
    let at = SetTime::At(mtime);
    fs.utimes(&root(), NodeId::ROOT, path.as_bytes(), (at, at), NOFOLLOW)
}

#[cfg(unix)]
fn mode_of(metadata: &fs::Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o7777
}

#[cfg(not(unix))]
fn mode_of(metadata: &fs::Metadata) -> u32 {
    if metadata.is_dir() { 0o755 } else { 0o644 }
}
