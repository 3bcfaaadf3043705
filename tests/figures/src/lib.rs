//! What the filesystem and layers are held to.
//!
//! `cargo xtask bench` measures it natively (`benches/figures.rs`), and with `--browser` as a
//! WebAssembly module that imports nothing: `tests/e2e/figures.mjs` calls the functions below in
//! Chromium and takes the times.

mod cases;

use std::cell::RefCell;

pub use cases::{Edits, TIME, tree};
use image::layer_digest;
use vfs::Tree;

thread_local! {
    static TREE: RefCell<Tree> = RefCell::default();
    static EDITS: RefCell<Option<Edits>> = const { RefCell::new(None) };
}

/// Makes the filesystem that the other functions work on: `count` files of `size` bytes.
// Safety: no other function of this module has the name, nor has one of std.
#[unsafe(no_mangle)]
pub extern "C" fn fill(count: u32, size: u32) {
    EDITS.set(None);
    TREE.set(tree(count as usize, size as usize));
}

/// Snapshot, change of one file, difference, so many times; answers how many changes there were.
// Safety: as of `fill`.
#[unsafe(no_mangle)]
pub extern "C" fn differences(times: u32) -> u32 {
    EDITS.with_borrow_mut(|edits| {
        let edits = edits.get_or_insert_with(|| Edits::new(TREE.with_borrow(Tree::clone)));
        (0..times).map(|_| edits.next_difference() as u32).sum()
    })
}

/// Makes the tar of all files and its SHA-256; answers the tar's size.
// Safety: as of `fill`.
#[unsafe(no_mangle)]
pub extern "C" fn digest() -> u32 {
    TREE.with_borrow(|tree| {
        let changes = Tree::new().diff_with_parents(tree);
        layer_digest(tree, &changes, TIME).tar_size as u32
    })
}
