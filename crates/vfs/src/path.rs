//! Paths inside the filesystem: bytes, as the kernel takes them.

use std::fmt;
use std::sync::Arc;

use crate::Errno;

/// The longest file name, in bytes (`NAME_MAX`).
pub const NAME_MAX: usize = 255;
/// The longest path, in bytes (`PATH_MAX`).
pub const PATH_MAX: usize = 4096;

/// One file name: not empty, no `/`, no NUL, at most [`NAME_MAX`] bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<[u8]>);

impl Name {
    /// Checks the rules of a file name; `.` and `..` are not names.
    ///
    /// # Errors
    /// `ENAMETOOLONG`, `ENOENT` for an empty name, `EINVAL` for the rest.
    pub fn new(bytes: &[u8]) -> Result<Self, Errno> {
        match bytes {
            b"" => Err(Errno::ENOENT),
            b"." | b".." => Err(Errno::EINVAL),
            _ if bytes.len() > NAME_MAX => Err(Errno::ENAMETOOLONG),
            _ if bytes.iter().any(|&b| b == b'/' || b == 0) => Err(Errno::EINVAL),
            _ => Ok(Self(bytes.into())),
        }
    }

    /// The bytes of the name.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::borrow::Borrow<[u8]> for Name {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

/// An absolute path without `.`, `..`, empty components or a final slash (the root is `/`).
///
/// It names a place in a tree; it has not been resolved, so links in it are not followed.
/// The order is that of the bytes, which puts a directory before what it holds.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AbsPath(Box<[u8]>);

impl AbsPath {
    /// The root, `/`.
    #[must_use]
    pub fn root() -> Self {
        Self(b"/".to_vec().into())
    }

    /// Reads a path from the root: a missing leading slash is supplied, `.` dropped, `..` taken
    /// lexically and stopped at the root.
    #[must_use]
    pub fn new(path: impl AsRef<[u8]>) -> Self {
        Self::root().join(path.as_ref().strip_prefix(b"/").unwrap_or(path.as_ref()))
    }

    /// `path` seen from here, lexically; an absolute `path` replaces this one.
    #[must_use]
    pub fn join(&self, path: impl AsRef<[u8]>) -> Self {
        let path = path.as_ref();
        let mut parts: Vec<&[u8]> =
            if path.starts_with(b"/") { Vec::new() } else { self.components().collect() };
        for part in path.split(|&b| b == b'/') {
            match part {
                b"" | b"." => {}
                b".." => {
                    parts.pop();
                }
                name => parts.push(name),
            }
        }
        let mut out = Vec::new();
        for part in parts {
            out.push(b'/');
            out.extend_from_slice(part);
        }
        if out.is_empty() {
            out.push(b'/');
        }
        Self(out.into())
    }

    /// The path of the entry `name` of this directory.
    #[must_use]
    pub fn child(&self, name: &Name) -> Self {
        let mut out = Vec::with_capacity(self.0.len() + 1 + name.as_bytes().len());
        if !self.is_root() {
            out.extend_from_slice(&self.0);
        }
        out.push(b'/');
        out.extend_from_slice(name.as_bytes());
        Self(out.into())
    }

    /// The names from the root down.
    pub fn components(&self) -> impl DoubleEndedIterator<Item = &[u8]> {
        self.0.split(|&b| b == b'/').filter(|part| !part.is_empty())
    }

    /// The directory this is in; none for the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        if self.is_root() {
            return None;
        }
        let slash = self.0.iter().rposition(|&b| b == b'/').unwrap_or(0);
        Some(Self(if slash == 0 { b"/".to_vec() } else { self.0[..slash].to_vec() }.into()))
    }

    /// The last component; empty for the root.
    #[must_use]
    pub fn file_name(&self) -> &[u8] {
        self.components().next_back().unwrap_or_default()
    }

    /// Whether this is `/`.
    #[must_use]
    pub fn is_root(&self) -> bool {
        &*self.0 == b"/"
    }

    /// Whether this lies inside `dir` (or is it).
    #[must_use]
    pub fn starts_with(&self, dir: &AbsPath) -> bool {
        dir.is_root()
            || self.0.strip_prefix(&*dir.0).is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
    }

    /// The bytes, beginning with `/`.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for AbsPath {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for AbsPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Display for AbsPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_lexically() {
        for (base, path, expected) in [
            ("/", "a/b", "/a/b"),
            ("/a", "../b", "/b"),
            ("/a", "../../..", "/"),
            ("/a", "/x//y/.", "/x/y"),
            ("/a", "", "/a"),
        ] {
            assert_eq!(AbsPath::new(base).join(path).to_string(), expected, "{base} + {path}");
        }
    }

    #[test]
    fn parents_and_prefixes() {
        let path = AbsPath::new("/a/bc");
        assert_eq!(path.parent().unwrap().to_string(), "/a");
        assert_eq!(path.file_name(), b"bc");
        assert!(path.starts_with(&AbsPath::new("/a")));
        assert!(!path.starts_with(&AbsPath::new("/a/b")));
        assert!(AbsPath::root().parent().is_none());
    }

    #[test]
    fn names_are_checked() {
        assert_eq!(Name::new(b".."), Err(Errno::EINVAL));
        assert_eq!(Name::new(b"a/b"), Err(Errno::EINVAL));
        assert_eq!(Name::new(&[b'x'; 256]), Err(Errno::ENAMETOOLONG));
        assert!(Name::new(&[b'x'; 255]).is_ok());
    }
}
