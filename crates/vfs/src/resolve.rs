//! From a path to an inode, by the kernel's rules (`path_resolution(7)`).

use std::collections::VecDeque;

use crate::{Access, Caller, Errno, Fs, Kind, NAME_MAX, Name, NodeId, PATH_MAX, Result};

/// How many symbolic links one resolution may follow.
const MAX_LINKS: u32 = 40;

/// How a path is resolved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ResolveFlags {
    /// Follow a symbolic link in the last component. Those before it are always followed.
    pub follow: bool,
    /// Refuse (`ENOTCAPABLE`) to leave the starting directory by `..`, an absolute path or a link,
    /// as `openat2`'s `RESOLVE_BENEATH`.
    pub beneath: bool,
}

impl ResolveFlags {
    /// Follow the last component.
    pub const FOLLOW: Self = Self { follow: true, beneath: false };
    /// Take the last component itself, link or not.
    pub const NOFOLLOW: Self = Self { follow: false, beneath: false };
}

/// Where a path leads.
#[derive(Clone, Debug)]
pub struct Located {
    /// The directory that holds the last component (for `/`, `.` and `..`: the file itself).
    pub parent: NodeId,
    /// The last component; none for `/`, `.` and `..`.
    pub name: Option<Name>,
    /// The file, if it is there.
    pub node: Option<NodeId>,
    /// The path ended with a slash.
    pub must_be_dir: bool,
}

impl Located {
    /// The file.
    ///
    /// # Errors
    /// `ENOENT`.
    pub fn existing(&self) -> Result<NodeId> {
        self.node.ok_or(Errno::ENOENT)
    }

    /// The name under which something may be made or removed.
    ///
    /// # Errors
    /// `EINVAL` where the path has none (`.`, `..`, `/`).
    pub fn entry(&self) -> Result<&Name> {
        self.name.as_ref().ok_or(Errno::EINVAL)
    }
}

impl Fs {
    /// Resolves `path`, beginning at `at` unless it is absolute.
    /// The last component need not exist; all before it must.
    ///
    /// # Errors
    /// `ENOENT`, `ENOTDIR`, `EACCES`, `ELOOP`, `ENAMETOOLONG`, `ENOTCAPABLE`.
    pub fn resolve(
        &self,
        caller: &Caller,
        at: NodeId,
        path: &[u8],
        flags: ResolveFlags,
    ) -> Result<Located> {
        if path.is_empty() {
            return Err(Errno::ENOENT);
        }
        if path.len() >= PATH_MAX {
            return Err(Errno::ENAMETOOLONG);
        }
        if path.contains(&0) {
            return Err(Errno::EINVAL);
        }
        let mut walk =
            Walk { fs: self, caller, base: at, flags, here: at, todo: VecDeque::new(), links: 0 };
        walk.enter(path)?;
        walk.run(path.ends_with(b"/"))
    }
}

/// A resolution under way.
struct Walk<'a> {
    fs: &'a Fs,
    caller: &'a Caller,
    base: NodeId,
    flags: ResolveFlags,
    here: NodeId,
    todo: VecDeque<Vec<u8>>,
    links: u32,
}

impl Walk<'_> {
    /// Puts a path, given or found in a link, before what is left to do.
    fn enter(&mut self, path: &[u8]) -> Result<()> {
        if path.starts_with(b"/") {
            if self.flags.beneath {
                return Err(Errno::ENOTCAPABLE);
            }
            self.here = NodeId::ROOT;
        }
        let parts: Vec<_> =
            path.split(|&b| b == b'/').filter(|part| !part.is_empty() && *part != b".").collect();
        for part in parts.iter().rev() {
            self.todo.push_front(part.to_vec());
        }
        Ok(())
    }

    fn run(mut self, mut must_be_dir: bool) -> Result<Located> {
        loop {
            let Some(part) = self.todo.pop_front() else {
                let here = Some(self.here);
                return Ok(Located { parent: self.here, name: None, node: here, must_be_dir });
            };
            let dir = self.fs.inode(self.here)?;
            if !dir.is_dir() {
                return Err(Errno::ENOTDIR);
            }
            self.caller.cred.check(dir, Access::EXECUTE)?;
            if part == b".." {
                if self.flags.beneath && self.here == self.base {
                    return Err(Errno::ENOTCAPABLE);
                }
                self.here = self.fs.parent_of(self.here);
                continue;
            }
            if part.len() > NAME_MAX {
                return Err(Errno::ENAMETOOLONG);
            }
            let last = self.todo.is_empty();
            let Some(node) = self.fs.child_of(self.here, &part) else {
                if !last {
                    return Err(Errno::ENOENT);
                }
                let name = Some(Name::new(&part)?);
                return Ok(Located { parent: self.here, name, node: None, must_be_dir });
            };
            let inode = self.fs.inode(node)?;
            if let Kind::Symlink(target) = &inode.kind
                && (!last || self.flags.follow || must_be_dir)
            {
                if let Some(open) = self.fs.open_file_link(node, target) {
                    if !last || must_be_dir {
                        return Err(Errno::ENOTDIR);
                    }
                    let name = Some(Name::new(&part)?);
                    return Ok(Located { parent: self.here, name, node: Some(open), must_be_dir });
                }
                self.links += 1;
                if self.links > MAX_LINKS {
                    return Err(Errno::ELOOP);
                }
                if target.is_empty() {
                    return Err(Errno::ENOENT);
                }
                must_be_dir |= last && target.ends_with(b"/");
                self.enter(target)?;
                continue;
            }
            if !last {
                self.here = node;
                continue;
            }
            if must_be_dir && !inode.is_dir() {
                return Err(Errno::ENOTDIR);
            }
            let name = Some(Name::new(&part)?);
            return Ok(Located { parent: self.here, name, node: Some(node), must_be_dir });
        }
    }
}
