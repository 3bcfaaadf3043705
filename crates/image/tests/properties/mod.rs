//! What holds for all bytes. The soup test and the fuzz targets try it on theirs.

// Each of those that include this file uses a part of it.
#![allow(dead_code)]

use image::{
    ArchiveReader, Config, Digest, Layer, TarLimits, TarReader, apply_layer, export_tree,
    layer_changes, read_archive, write_archive,
};
use vfs::{AbsPath, Tree};

/// Small, so that what is too large is found out soon.
pub const LIMITS: TarLimits =
    TarLimits { bytes: 1 << 20, entries: 1000, file: 1 << 19, header: 1 << 16 };

/// Any bytes are a layer or are refused. A layer is written again byte for byte, and what it is
/// applied to can be exported and read back.
pub fn check_layer(bytes: &[u8]) {
    let Ok(layer) = Layer::read(bytes, LIMITS) else { return };
    let mut tar = Vec::new();
    layer.write_tar(&mut tar).expect("memory takes all");
    assert_eq!(Digest::of(&tar), layer.diff_id.0);
    assert_eq!(tar.len() as u64, layer.tar_size);
    assert_eq!(layer.blob.digest, Digest::of(bytes));
    let _ = layer_changes(&Tree::new(), &layer.entries);
    let mut tree = Tree::new();
    if apply_layer(&mut tree, &layer.entries).is_err() {
        return;
    }
    let mut flat = Vec::new();
    export_tree(&tree, &mut flat).expect("memory takes all");
    let limits = TarLimits { bytes: u64::MAX, entries: u64::MAX, ..TarLimits::default() };
    let entries = TarReader::new(flat.as_slice(), limits).read_all().expect("we wrote it");
    let mut again = Tree::new();
    // A whiteout made by a link that leads elsewhere is a file like others in an export.
    image::unpack(&mut again, &AbsPath::root(), &entries).expect("we wrote it");
    let paths = |tree: &Tree| tree.walk().map(|(path, ..)| path).collect::<Vec<_>>();
    assert_eq!(paths(&again), paths(&tree));
    let analysis = image::Analysis::of(&[&layer.entries]).expect("it was applied just now");
    let listed: u64 = analysis.wasted.iter().map(|wasted| wasted.bytes).sum();
    assert_eq!(analysis.wasted_bytes(), listed);
}

/// As [`check_layer`], for bytes that come nearer to being a tar: whatever looks like a header gets
/// the right checksum.
pub fn check_tar(bytes: &[u8]) {
    let mut bytes = bytes.to_vec();
    for block in bytes.chunks_exact_mut(512) {
        if &block[257..262] == b"ustar" {
            block[148..156].fill(b' ');
            let sum: u32 = block.iter().map(|&b| u32::from(b)).sum();
            block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        }
    }
    check_layer(&bytes);
}

/// As [`check_layer`], for a stream of each compression.
pub fn check_compressed(kind: u8, bytes: &[u8]) {
    let magic: &[u8] = match kind % 5 {
        0 => &[0x1f, 0x8b, 8],
        1 => &[0x28, 0xb5, 0x2f, 0xfd],
        2 => b"BZh9",
        3 => &[0xfd, b'7', b'z', b'X', b'Z', 0],
        _ => &[0x50, 0x2a, 0x4d, 0x18],
    };
    check_layer(&[magic, bytes].concat());
}

/// Any configuration is read or refused; one that was read is written and read again.
pub fn check_config(bytes: &[u8]) {
    let Ok(config) = Config::from_json(bytes) else { return };
    let again = Config::from_json(&config.to_json()).expect("we wrote it");
    assert_eq!(again, config);
    assert_eq!(config.layer_history().len(), config.rootfs.diff_ids.len());
}

/// Any manifests and configuration are an archive or are refused, and so are any bytes.
pub fn check_archive(index: &[u8], manifest: &[u8], config: &[u8]) {
    let mut reader = ArchiveReader::new(LIMITS);
    let blob = |bytes: &[u8]| AbsPath::new(format!("blobs/sha256/{}", Digest::of(bytes).hex()));
    for (path, bytes) in [
        (AbsPath::new("index.json"), index),
        (AbsPath::new("manifest.json"), manifest),
        (AbsPath::new("config.json"), config),
        (blob(manifest), manifest),
        (blob(config), config),
    ] {
        reader.add(path, &mut &*bytes).expect("memory gives all");
    }
    if let Ok(archive) = reader.finish() {
        let mut bytes = Vec::new();
        write_archive(&archive.images, &mut bytes).expect("memory takes all");
        let again = read_archive(bytes.as_slice(), LIMITS).expect("we wrote it");
        assert_eq!(again.images.len(), archive.images.len());
    }
    let _ = read_archive(index, LIMITS);
}
