//! Tars that other programs write are read as they meant them, whatever the format and compression.
#![allow(clippy::disallowed_methods, reason = "runs the programs on real files")]

mod support;

use std::path::Path;

use image::{DiffId, Digest, Entry, EntryKind, Layer, TarLimits, apply_layer};
use support::{Scratch, has, is_root, listing, sh};
use vfs::Tree;

/// A folder with all kinds of files.
fn make_tree(scratch: &Scratch) {
    let long = "n".repeat(120);
    let deep = vec!["d".repeat(60); 4].join("/");
    sh(
        &scratch.0,
        &format!(
            "mkdir tree && cd tree && mkdir -p dir {deep} && echo text > file && : > empty && \
         echo long > {long} && echo deep > {deep}/file && ln -s file link && ln -s {long} longlink && \
         ln file hard && ln {long} dir/longhard && mkfifo pipe && echo 한글 > 한글 && \
         touch -d @1234567890 file {long} empty && \
         truncate -s 200000 sparse && printf x | dd of=sparse bs=1 seek=100000 conv=notrunc 2>/dev/null && \
         touch -d @1234567890 sparse 한글 {deep}/file"
        ),
    );
    if is_root() {
        sh(
            &scratch.0,
            "cd tree && mknod null c 1 3 && chown 1000:50 file dir && chown -h 7:8 link",
        );
    }
    // Last, because a new owner takes the bit away.
    sh(&scratch.0, "cd tree && chmod 4755 file && chmod 1777 dir");
}

fn read(path: &Path) -> Layer {
    let file = std::fs::File::open(path).unwrap();
    Layer::read(file, TarLimits::default()).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}

fn tree_of(layer: &Layer) -> Tree {
    let mut tree = Tree::new();
    apply_layer(&mut tree, &layer.entries).unwrap();
    tree
}

/// What lies in `tree/`, whoever wrote the tar.
fn rows(layer: &Layer) -> Vec<String> {
    listing(&tree_of(layer))
}

#[test]
fn every_format_of_gnu_tar_holds_the_same() {
    let scratch = Scratch::new("gnu-tar");
    if !has("tar", "tar") {
        return;
    }
    make_tree(&scratch);
    let mut expected: Option<Vec<String>> = None;
    for options in [
        "--format=gnu",
        "--format=oldgnu",
        "--format=pax",
        "--format=pax --sparse --sparse-version=0.0",
        "--format=pax --sparse --sparse-version=0.1",
        "--format=pax --sparse --sparse-version=1.0",
        "--format=gnu --sparse",
        "--format=posix --numeric-owner",
    ] {
        sh(&scratch.0, &format!("tar --sort=name {options} -cf out.tar tree"));
        let path = scratch.0.join("out.tar");
        let layer = read(&path);
        assert_eq!(layer.diff_id, DiffId(Digest::of(std::fs::read(&path).unwrap())), "{options}");
        // What was read can be written again, byte for byte.
        let mut again = Vec::new();
        layer.write_tar(&mut again).unwrap();
        assert!(again == std::fs::read(&path).unwrap(), "{options}");
        let rows = rows(&layer);
        match &expected {
            None => expected = Some(rows),
            Some(expected) => assert_eq!(&rows, expected, "{options}"),
        }
    }
    let expected = expected.unwrap().join("\n");
    for part in
        ["File 4755", "1234567890 /tree/file ", "/tree/hard = /tree/file", "-> file", "한글"]
    {
        assert!(expected.contains(part), "{part} in\n{expected}");
    }
    let sparse = tree_of(&read(&scratch.0.join("out.tar")));
    let (_, inode) = sparse.lookup(&vfs::AbsPath::new("/tree/sparse")).unwrap();
    assert_eq!(inode.size(), 200_000);
}

#[test]
fn bsdtar_holds_the_same_as_gnu_tar() {
    let scratch = Scratch::new("bsdtar");
    if !has("tar", "tar") || !has("bsdtar", "libarchive-tools") {
        return;
    }
    make_tree(&scratch);
    sh(&scratch.0, "tar --sort=name -cf gnu.tar tree");
    let mut expected = rows(&read(&scratch.0.join("gnu.tar")));
    expected.sort();
    for format in ["pax", "gnutar", "rpax"] {
        // Which of two names is the file and which the link is up to the order of the folder.
        let order = "tar -tf gnu.tar | sed 's,/$,,' | LC_ALL=C sort > names";
        sh(
            &scratch.0,
            &format!(
                "{order}; bsdtar --format={format} --no-recursion --no-read-sparse -cf out.tar -T names"
            ),
        );
        let mut actual = rows(&read(&scratch.0.join("out.tar")));
        actual.sort();
        assert_eq!(actual, expected, "{format}");
    }
}

#[test]
fn compression_is_told_by_content() {
    let scratch = Scratch::new("compression");
    if !has("tar", "tar") {
        return;
    }
    make_tree(&scratch);
    sh(&scratch.0, "tar --sort=name -cf out.tar tree");
    let plain = read(&scratch.0.join("out.tar"));
    for (program, package, command) in [
        ("gzip", "gzip", "gzip -c out.tar"),
        ("gzip", "gzip", "(head -c 3000 out.tar | gzip; tail -c +3001 out.tar | gzip)"),
        ("zstd", "zstd", "zstd -qc out.tar"),
        ("zstd", "zstd", "zstd -q --ultra -22 --long=24 -c out.tar"),
        // Two frames with one between them that is to be skipped.
        (
            "zstd",
            "zstd",
            "(head -c 3000 out.tar | zstd -qc; printf 'P*M\\030\\003\\000\\000\\000abc'; \
          tail -c +3001 out.tar | zstd -qc)",
        ),
        ("bzip2", "bzip2", "bzip2 -c out.tar"),
        ("bzip2", "bzip2", "(head -c 3000 out.tar | bzip2; tail -c +3001 out.tar | bzip2)"),
        ("xz", "xz-utils", "xz -c out.tar"),
        ("xz", "xz-utils", "xz -9 -T2 -c out.tar"),
    ] {
        if !has(program, package) {
            continue;
        }
        sh(&scratch.0, &format!("{command} > packed"));
        let layer = read(&scratch.0.join("packed"));
        assert_eq!((layer.diff_id, layer.tar_size), (plain.diff_id, plain.tar_size), "{command}");
        let packed = std::fs::read(scratch.0.join("packed")).unwrap();
        assert_eq!(layer.blob.digest, Digest::of(&packed), "{command}");
        assert_eq!(layer.blob.compression.name(), program, "{command}");
        // Cut anywhere it is refused.
        for cut in [packed.len() / 3, packed.len() / 2, packed.len() - 30] {
            assert!(Layer::read(&packed[..cut], TarLimits::default()).is_err(), "{command} {cut}");
        }
    }
}

#[test]
fn bombs_do_not_go_off() {
    let scratch = Scratch::new("bombs");
    let limits = TarLimits { bytes: 1 << 20, file: 1 << 20, ..TarLimits::default() };
    for (program, package) in
        [("gzip", "gzip"), ("zstd", "zstd"), ("bzip2", "bzip2"), ("xz", "xz-utils")]
    {
        if !has(program, package) {
            continue;
        }
        sh(&scratch.0, &format!("truncate -s 8M big; tar -cf - big | {program} -c > bomb"));
        let file = std::fs::File::open(scratch.0.join("bomb")).unwrap();
        let refused = Layer::read(file, limits).expect_err("a bomb").to_string();
        assert!(refused.contains("too large: big"), "{program}: {refused}");
    }
}

#[test]
fn attributes_come_through() {
    let scratch = Scratch::new("xattrs");
    if !has("setfattr", "attr") || !has("tar", "tar") {
        return;
    }
    sh(&scratch.0, "mkdir tree && echo x > tree/f");
    if !support::try_sh(&scratch.0, "setfattr -n user.colour -v blue tree/f").status.success() {
        eprintln!("skipped: the temporary folder takes no extended attributes");
        return;
    }
    sh(&scratch.0, "tar --xattrs --format=pax -cf out.tar tree");
    let layer = read(&scratch.0.join("out.tar"));
    let file: &Entry = layer
        .entries
        .iter()
        .find(|entry| matches!(entry.kind, EntryKind::File(_)))
        .expect("the file");
    let xattrs = file.meta.xattrs.as_ref().expect("attributes");
    assert_eq!(xattrs.get(&b"user.colour"[..]).map(Vec::as_slice), Some(&b"blue"[..]));
}
