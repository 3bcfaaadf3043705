//! How much a client sends when it hands files to BuildKit, as `transferring context:` shows it.

use vfs::{Kind, Tree};

/// A file or directory that is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// Its path from the context's root.
    pub path: String,
    /// Bytes of a file; none for a directory.
    pub bytes: Option<usize>,
}

/// A content is sent in pieces of this size.
const PIECE: usize = 32 << 10;

/// Bytes of all packets of tonistiigi/fsutil: a description of each path, the contents of the files,
/// and one packet at the end.
pub fn sent(files: &[Transfer]) -> usize {
    let each = files.iter().enumerate().map(|(id, file)| stat(file) + content(id, file));
    each.sum::<usize>() + 2
}

/// A packet with path, mode, size and time, as Protocol Buffers write them.
fn stat(file: &Transfer) -> usize {
    let mode = if file.bytes.is_some() { 1 + varint(0o644) } else { 1 + varint(1 << 31 | 0o755) };
    let size = file.bytes.filter(|bytes| *bytes > 0).map_or(0, |bytes| 1 + varint(bytes));
    let (path, time) = (1 + varint(file.path.len()) + file.path.len(), 10);
    let fields = path + mode + size + time;
    1 + varint(fields) + fields
}

/// The packets with a file's content; the last one is empty.
fn content(id: usize, file: &Transfer) -> usize {
    let Some(bytes) = file.bytes else { return 0 };
    let head = 2 + if id > 0 { 1 + varint(id) } else { 0 };
    let pieces = (0..bytes).step_by(PIECE).map(|at| {
        let piece = PIECE.min(bytes - at);
        head + 1 + varint(piece) + piece
    });
    pieces.sum::<usize>() + head
}

/// The length of a number in base 128.
fn varint(number: usize) -> usize {
    (usize::BITS - (number | 1).leading_zeros()).div_ceil(7) as usize
}

/// What a directory holds, in the order in which it is sent.
pub fn of_tree(tree: &Tree) -> Vec<Transfer> {
    let entries = tree.walk().skip(1).map(|(path, _, inode)| Transfer {
        path: path.to_string().trim_start_matches('/').to_owned(),
        bytes: match &inode.kind {
            Kind::File(content) => Some(usize::try_from(content.len()).unwrap_or(usize::MAX)),
            _ => None,
        },
    });
    entries.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What docker 28 printed for Dockerfiles of these lengths, and for contexts.
    #[test]
    fn as_measured() {
        let dockerfile = |bytes| Transfer { path: "Dockerfile".to_owned(), bytes: Some(bytes) };
        for (bytes, shown) in [(0, 31), (12, 49), (88, 125), (252, 291), (599, 638)] {
            assert_eq!(sent(&[dockerfile(bytes)]), shown);
        }
        let file = |path: &str, bytes| Transfer { path: path.to_owned(), bytes: Some(bytes) };
        assert_eq!(sent(&[]), 2);
        assert_eq!(sent(&[file("a.txt", 4)]), 36);
        assert_eq!(sent(&[file("a.txt", 4), file("b.txt", 3)]), 73);
    }
}
