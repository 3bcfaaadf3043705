//! The whole userland in one place, whatever a base image has of it.

use vfs::{Caller, Content, Errno, Fs, NodeId, OpenFlags, ResolveFlags};

use super::program_names;

/// Where Debian has its programs; below `/`, the other places are links to these.
const DIRS: [&str; 2] = ["/usr/bin", "/usr/sbin"];
/// The size of a modelled program in bytes.
const SIZE: u64 = 65_536;

/// Puts a modelled file into `/usr/bin` for every program of ours that is in neither `/usr/bin` nor
/// `/usr/sbin`.
///
/// # Errors
/// Those of making a file, for example `ENOENT` where there is no `/usr/bin`.
pub fn install(fs: &mut Fs) -> Result<(), Errno> {
    let root = Caller::root();
    for name in program_names() {
        let paths = DIRS.map(|dir| format!("{dir}/{name}"));
        let there = |path: &String| {
            fs.stat(&root, NodeId::ROOT, path.as_bytes(), ResolveFlags::FOLLOW).is_ok()
        };
        if paths.iter().any(there) {
            continue;
        }
        let flags = OpenFlags { write: true, create: true, ..OpenFlags::default() };
        let how = (flags, ResolveFlags::FOLLOW);
        let file = fs.open(&root, NodeId::ROOT, paths[0].as_bytes(), how, 0o755)?;
        let put = fs.put_content(file, Content::synthetic(0, SIZE));
        fs.close(file);
        put?;
    }
    Ok(())
}
