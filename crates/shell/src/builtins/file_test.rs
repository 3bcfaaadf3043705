//! What `test` and `[[ ]]` ask of files.

use vfs::{Access, FileType, ResolveFlags};

use crate::shell::Shell;

/// `-e file` and its kind; false for an operator that is none.
pub(crate) fn unary(shell: &Shell<'_>, op: u8, operand: &[u8]) -> bool {
    let caller = &shell.state.caller;
    let access = |access| shell.fs.access(caller, caller.cwd, operand, access).is_ok();
    match op {
        b'r' => return access(Access::READ),
        b'w' => return access(Access::WRITE),
        b'x' => return access(Access::EXECUTE),
        b't' => {
            let fd = std::str::from_utf8(operand).ok().and_then(|text| text.trim().parse().ok());
            let id = fd.and_then(|fd: u32| shell.state.fds.get(&fd));
            return id.is_some_and(|id| shell.fs.is_terminal(*id));
        }
        _ => {}
    }
    let flags =
        if matches!(op, b'h' | b'L') { ResolveFlags::NOFOLLOW } else { ResolveFlags::FOLLOW };
    let stat = match descriptor(operand).and_then(|fd| shell.state.fds.get(&fd)) {
        Some(id) => shell.fs.fstat(*id),
        None => shell.fs.stat(caller, caller.cwd, operand, flags),
    };
    let Ok(stat) = stat else { return false };
    match op {
        b'e' | b'a' => true,
        b'f' => stat.file_type == FileType::File,
        b'd' => stat.file_type == FileType::Dir,
        b'h' | b'L' => stat.file_type == FileType::Symlink,
        b'p' => stat.file_type == FileType::Fifo,
        b'S' => stat.file_type == FileType::Socket,
        b'b' => stat.file_type == FileType::BlockDevice,
        b'c' => stat.file_type == FileType::CharDevice,
        b's' => stat.size > 0,
        b'u' => stat.meta.mode & 0o4000 != 0,
        b'g' => stat.meta.mode & 0o2000 != 0,
        b'k' => stat.meta.mode & 0o1000 != 0,
        b'O' => stat.meta.uid == caller.cred.uid,
        b'G' => stat.meta.gid == caller.cred.gid,
        b'N' => stat.meta.mtime > stat.meta.atime,
        _ => false,
    }
}

fn descriptor(path: &[u8]) -> Option<u32> {
    match path {
        b"/dev/stdin" => Some(0),
        b"/dev/stdout" => Some(1),
        b"/dev/stderr" => Some(2),
        _ => std::str::from_utf8(path.strip_prefix(b"/dev/fd/")?).ok()?.parse().ok(),
    }
}

/// `-nt`, `-ot`, `-ef`.
pub(crate) fn binary(shell: &Shell<'_>, op: &str, left: &[u8], right: &[u8]) -> bool {
    let caller = &shell.state.caller;
    let stat = |path| shell.fs.stat(caller, caller.cwd, path, ResolveFlags::FOLLOW).ok();
    match (op, stat(left), stat(right)) {
        ("-ef", Some(a), Some(b)) => (a.dev, a.ino) == (b.dev, b.ino),
        ("-nt", Some(a), Some(b)) => a.meta.mtime > b.meta.mtime,
        ("-nt", Some(_), None) => true,
        ("-ot", Some(a), Some(b)) => a.meta.mtime < b.meta.mtime,
        ("-ot", None, Some(_)) => true,
        _ => false,
    }
}
