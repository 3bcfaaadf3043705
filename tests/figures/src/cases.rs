//! What is measured, natively and in a browser.

use vfs::{Content, Dir, Ino, Kind, Meta, Name, Timestamp, Tree};

/// The time of all files.
pub const TIME: Timestamp = Timestamp(1_700_000_000_000_000_000);

/// `count` files, a hundred to a directory, `size` bytes each.
#[must_use]
pub fn tree(count: usize, size: usize) -> Tree {
    let mut tree = Tree::new();
    let mut dir = Tree::ROOT;
    for at in 0..count {
        if at % 100 == 0 {
            let name = Name::new(format!("dir{:05}", at / 100).as_bytes()).unwrap();
            let kind = Kind::Dir(Dir::default());
            dir = tree.create(Tree::ROOT, name, Meta::root(0o755, TIME), kind).unwrap();
        }
        let name = Name::new(format!("file{:02}", at % 100).as_bytes()).unwrap();
        // Bytes that differ from file to file and cost nothing to make.
        let content = Content::synthetic(at as u64, size as u64).to_vec();
        let kind = Kind::File(Content::from(content));
        tree.create(dir, name, Meta::root(0o644, TIME), kind).unwrap();
    }
    tree
}

/// A filesystem in which one file after another is changed.
pub struct Edits {
    tree: Tree,
    files: Vec<Ino>,
    at: usize,
}

impl Edits {
    /// Takes a filesystem that has files.
    #[must_use]
    pub fn new(tree: Tree) -> Self {
        let files = tree.walk().filter(|(_, _, inode)| !inode.is_dir()).map(|(_, ino, _)| ino);
        let files = files.collect();
        Self { tree, files, at: 0 }
    }

    /// Takes a snapshot, changes a file, and counts what a layer of the difference holds: the file
    /// and its directory.
    pub fn next_difference(&mut self) -> usize {
        let before = self.tree.clone();
        self.at = (self.at + 7919) % self.files.len();
        let file = self.files[self.at];
        self.tree.edit_content(file, |content| content.write_at(0, b"x")).unwrap();
        self.tree.edit_meta(file, |meta| meta.mtime = Timestamp(meta.mtime.0 + 1)).unwrap();
        before.diff_with_parents(&self.tree).len()
    }
}
