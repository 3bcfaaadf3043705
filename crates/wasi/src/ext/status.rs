//! The layout of `Stat`.

use vfs::{FileType, Stat};

const BLOCK: u64 = 4096;
const SECTOR: u64 = 512;
/// Up to this length ext4 keeps a link's target in the inode, without a block.
const FAST_SYMLINK: u64 = 59;

/// `Stat` of `docs/layerlab_v1.md`.
pub(super) fn encode(stat: &Stat) -> [u8; 88] {
    let mode = stat.file_type.mode_bits() | stat.meta.mode;
    let rdev = u64::from(stat.rdev.major) << 32 | u64::from(stat.rdev.minor);
    let words = [
        u64::from(stat.dev),
        stat.ino,
        u64::from(stat.nlink),
        u64::from(mode) | u64::from(stat.meta.uid) << 32,
        u64::from(stat.meta.gid),
        rdev,
        stat.size,
        blocks(stat),
        stat.meta.atime.0 as u64,
        stat.meta.mtime.0 as u64,
        stat.meta.ctime.0 as u64,
    ];
    let mut out = [0; 88];
    for (place, word) in out.chunks_exact_mut(8).zip(words) {
        place.copy_from_slice(&word.to_le_bytes());
    }
    out
}

/// Sectors that a file takes in blocks of 4 KiB, as on ext4.
fn blocks(stat: &Stat) -> u64 {
    match stat.file_type {
        FileType::Symlink if stat.size <= FAST_SYMLINK => 0,
        _ => stat.size.div_ceil(BLOCK) * (BLOCK / SECTOR),
    }
}
