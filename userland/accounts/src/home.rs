//! Home directories.

use std::fs;
use std::io;
use std::path::Path;

/// Makes a directory and those above it.
pub fn make(path: &str, mode: u32) -> io::Result<()> {
    fs::create_dir_all(path)?;
    guest::chmod(path, mode)
}

/// Copies what a skeleton directory holds, and gives it to a user.
pub fn copy(from: &Path, to: &Path, uid: u32, gid: u32, keep_times: bool) -> io::Result<()> {
    let mut entries: Vec<_> = fs::read_dir(from)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let stat = guest::stat(&source, false)?;
        if stat.is_symlink() {
            guest::symlink(fs::read_link(&source)?, &target)?;
        } else if stat.is_dir() {
            fs::create_dir(&target)?;
            copy(&source, &target, uid, gid, keep_times)?;
        } else {
            fs::write(&target, fs::read(&source)?)?;
        }
        guest::chown(&target, false, Some(uid), Some(gid))?;
        if !stat.is_symlink() {
            guest::chmod(&target, stat.perm())?;
        }
        if keep_times {
            guest::utimes(&target, false, Some(stat.atime), Some(stat.mtime))?;
        }
    }
    Ok(())
}
