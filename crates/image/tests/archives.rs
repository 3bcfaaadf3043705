//! Archives of images: ours read back, and are what skopeo and umoci take them for; theirs are read.
//!
//! The programs come from apt; where one is not installed its test says so and is skipped.
#![allow(clippy::disallowed_methods, reason = "runs the programs on real files")]

mod support;

use std::fs;
use std::path::Path;

use image::{
    Archive, ArchiveReader, Config, ContainerConfig, Image, Layer, Platform, TarLimits, TarReader,
    apply_layer, archive_files, export_tree, read_archive, write_archive,
};
use support::{Scratch, has, is_root, listing, sample, sh, try_sh};
use vfs::{AbsPath, Timestamp, Tree};

fn saved(images: &[Image]) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_archive(images, &mut bytes).unwrap();
    bytes
}

fn read(bytes: &[u8]) -> Archive {
    read_archive(bytes, TarLimits::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// Reads a folder that is an OCI layout.
fn read_folder(dir: &Path) -> Archive {
    let mut reader = ArchiveReader::new(TarLimits::default());
    let mut stack = vec![dir.to_owned()];
    while let Some(at) = stack.pop() {
        for entry in fs::read_dir(&at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                stack.push(path);
            } else {
                let name = path.strip_prefix(dir).unwrap().to_str().unwrap();
                let mut file = fs::File::open(&path).unwrap();
                reader.add(AbsPath::new(name), &mut file).unwrap();
            }
        }
    }
    reader.finish().unwrap_or_else(|error| panic!("{error}"))
}

fn assert_same(theirs: &Image, ours: &Image) {
    assert_eq!(theirs.id(), ours.id());
    assert_same_layers(theirs, ours);
}

fn assert_same_layers(theirs: &Image, ours: &Image) {
    assert_eq!(theirs.config.rootfs.diff_ids, ours.config.rootfs.diff_ids);
    assert_eq!(theirs.config.config, ours.config.config);
    for (a, b) in theirs.layers.iter().zip(&ours.layers) {
        let (mut x, mut y) = (Vec::new(), Vec::new());
        a.write_tar(&mut x).unwrap();
        b.write_tar(&mut y).unwrap();
        assert!(x == y, "the tars of {} differ", b.diff_id);
    }
    assert_eq!(listing(&theirs.tree().unwrap()), listing(&ours.tree().unwrap()));
}

#[test]
fn what_is_saved_reads_back_and_is_the_same_each_time() {
    let image = sample();
    let bytes = saved(std::slice::from_ref(&image));
    assert!(bytes == saved(std::slice::from_ref(&image)), "reproducible");
    let archive = read(&bytes);
    assert_eq!(archive.images.len(), 1);
    assert_same(&archive.images[0], &image);
    assert_eq!(archive.images[0].tags, image.tags);
    assert!(saved(&archive.images) == bytes, "saved again");
    // As a tar that is compressed, and as a folder's files in any order.
    let mut reader = ArchiveReader::new(TarLimits::default());
    for (path, file) in archive_files(&archive.images).into_iter().rev() {
        let mut bytes = Vec::new();
        file.write(&mut bytes).unwrap();
        reader.add(AbsPath::new(path), &mut bytes.as_slice()).unwrap();
    }
    assert_same(&reader.finish().unwrap().images[0], &image);
}

#[test]
fn images_share_what_they_have_in_common() {
    let (image, mut other) = (sample(), sample());
    other.config.config.env.push("B=c".into());
    let other = Image::new(other.config, other.layers, Vec::new());
    let one = saved(std::slice::from_ref(&image)).len();
    let both = saved(&[image.clone(), other.clone()]);
    assert!(both.len() < one + 8192, "{} {one}", both.len());
    let archive = read(&both);
    assert_eq!(archive.images.len(), 2);
    assert_same(&archive.images[1], &other);
    let chosen = |name: Option<&str>| archive.choose(name, &Platform::default()).map(Image::id);
    assert_eq!(chosen(Some("lab/sample:two")), Some(image.id()));
    let short = &other.id().0.hex()[..12];
    assert_eq!(chosen(Some(short)), Some(other.id()));
    assert_eq!(chosen(Some("nobody")), None);
}

/// The files of an archive: path and bytes.
type Files = Vec<(String, Vec<u8>)>;

#[test]
fn damage_is_told() {
    let image = sample();
    let files = |edit: &dyn Fn(&mut Files)| {
        let mut all: Files = archive_files(std::slice::from_ref(&image))
            .into_iter()
            .map(|(path, file)| {
                let mut bytes = Vec::new();
                file.write(&mut bytes).unwrap();
                (path, bytes)
            })
            .collect();
        edit(&mut all);
        let mut reader = ArchiveReader::new(TarLimits::default());
        for (path, bytes) in &all {
            reader.add(AbsPath::new(path), &mut bytes.as_slice()).unwrap();
        }
        reader.finish().map(|_| "no error".to_owned()).unwrap_or_else(|error| error.to_string())
    };
    let layer = image.layers[1].diff_id.0.hex();
    let config = image.id().0.hex();
    let at = |hex: &str| format!("blobs/sha256/{hex}");
    let said = files(&|all| all.retain(|(path, _)| *path != at(&layer)));
    assert!(said.contains("is missing, which"), "{said}");
    let said = files(&|all| {
        let (_, bytes) = all.iter_mut().find(|(path, _)| *path == at(&layer)).unwrap();
        // A byte of a file's content.
        let last = bytes.iter().rposition(|b| *b != 0).unwrap();
        bytes[last] ^= 1;
    });
    assert!(said.contains("it was damaged or changed"), "{said}");
    let said = files(&|all| {
        let (_, bytes) = all.iter_mut().find(|(path, _)| *path == at(&config)).unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap().replace("A=b", "A=c");
        *bytes = text.into_bytes();
    });
    assert!(said.contains("it was damaged or changed"), "{said}");
    let said = files(&|all| {
        let (_, bytes) = all.iter_mut().find(|(path, _)| *path == at(&layer)).unwrap();
        bytes.truncate(700);
    });
    assert!(said.contains("was cut off"), "{said}");
    // Where the tar itself breaks, the digest says why.
    let said = files(&|all| {
        let (_, bytes) = all.iter_mut().find(|(path, _)| *path == at(&layer)).unwrap();
        bytes[0] ^= 1;
        bytes[600] ^= 1;
    });
    assert!(said.contains("it was damaged or changed"), "{said}");
    let said = files(&|all| {
        let manifest = all
            .iter()
            .find(|(_, bytes)| {
                bytes.starts_with(
                    b"{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest",
                )
            })
            .unwrap()
            .1
            .clone();
        *all = vec![("manifest.json".to_owned(), manifest)];
    });
    assert!(said.contains("skopeo's dir: layout"), "{said}");
    let said = files(&|all| all.retain(|(path, _)| path.starts_with("blobs")));
    assert!(said.contains("neither manifest.json nor index.json"), "{said}");
    let said = files(&|all| {
        for (path, bytes) in all.iter_mut().filter(|(path, _)| !path.contains("blobs")) {
            *bytes = format!("{{\"{path}\"").into_bytes();
        }
    });
    assert!(said.contains("is malformed"), "{said}");
}

#[test]
fn of_several_platforms_one_is_chosen() {
    let make = |architecture: &str| {
        let image = sample();
        let config = Config { architecture: architecture.into(), ..image.config };
        Image::new(config, image.layers, vec!["multi:1".into()])
    };
    let images = [make("arm64"), make("amd64"), make("s390x")];
    // An index of an index, as registries have it.
    let mut files = archive_files(&images);
    let bytes = |file: &image::ArchiveFile| {
        let mut bytes = Vec::new();
        file.write(&mut bytes).unwrap();
        bytes
    };
    let inner = bytes(&files["index.json"]);
    let digest = image::Digest::of(&inner);
    let outer = format!(
        r#"{{"schemaVersion":2,"manifests":[{{"mediaType":"application/vnd.oci.image.index.v1+json",
        "digest":"{digest}","size":{},"annotations":{{"io.containerd.image.name":"docker.io/library/multi:1"}}}}]}}"#,
        inner.len()
    );
    files.remove("manifest.json");
    let mut reader = ArchiveReader::new(TarLimits::default());
    for (path, file) in &files {
        if path != "index.json" {
            reader.add(AbsPath::new(path), &mut bytes(file).as_slice()).unwrap();
        }
    }
    let nested = AbsPath::new(format!("blobs/sha256/{}", digest.hex()));
    reader.add(nested, &mut inner.as_slice()).unwrap();
    reader.add(AbsPath::new("index.json"), &mut outer.as_bytes()).unwrap();
    let archive = reader.finish().unwrap();
    for platform in ["linux/amd64", "arm64", "linux/s390x"] {
        let platform = Platform::parse(platform).unwrap();
        let chosen = archive.choose(Some("multi:1"), &platform).unwrap();
        assert_eq!(chosen.platform(), platform);
    }
}

#[test]
fn export_and_import_flatten() {
    let image = sample();
    let tree = image.tree().unwrap();
    let mut tar = Vec::new();
    export_tree(&tree, &mut tar).unwrap();
    let layer = Layer::read(tar.as_slice(), TarLimits::default()).unwrap();
    let flat = Image::import(
        layer,
        ContainerConfig::default(),
        "Imported from -",
        Timestamp::from_secs(1_700_000_000),
    );
    assert_eq!(listing(&flat.tree().unwrap()), listing(&tree));
    assert_eq!(flat.layers.len(), 1);
    assert_eq!(flat.config.history[0].comment, "Imported from -");
    let names = TarReader::new(tar.as_slice(), TarLimits::default()).read_all().unwrap();
    assert!(names.iter().all(|entry| entry.whiteout().is_none()));
}

#[test]
fn skopeo_takes_ours_and_ours_takes_skopeos() {
    if !has("skopeo", "skopeo") {
        return;
    }
    let scratch = Scratch::new("skopeo");
    let image = sample();
    fs::write(scratch.0.join("ours.tar"), saved(std::slice::from_ref(&image))).unwrap();
    let policy = "skopeo --insecure-policy --tmpdir .";
    for source in ["docker-archive:ours.tar:lab/sample:1", "oci-archive:ours.tar:two"] {
        let inspected = sh(&scratch.0, &format!("{policy} inspect --config --raw {source}"));
        assert_eq!(inspected.as_bytes(), image.config_json, "{source}");
        // To every other format. Skopeo writes the configuration anew, so the image ID is another
        // one; the layers, compressed or not, are the same.
        for (target, file) in [
            ("docker-archive:theirs.tar:lab/sample:1", "theirs.tar"),
            ("oci-archive:theirs-oci.tar:1", "theirs-oci.tar"),
            ("oci:theirs-dir:1", ""),
        ] {
            sh(&scratch.0, "rm -rf theirs*");
            sh(&scratch.0, &format!("{policy} copy {source} {target}"));
            let archive = if file.is_empty() {
                read_folder(&scratch.0.join("theirs-dir"))
            } else {
                read(&fs::read(scratch.0.join(file)).unwrap())
            };
            assert_eq!(archive.images.len(), 1, "{source} {target}");
            assert_same_layers(&archive.images[0], &image);
        }
    }
    // Compressed in another way, and with Docker's media types.
    for options in ["--dest-compress-format zstd", "--format v2s2 --dest-compress-format gzip"] {
        sh(&scratch.0, "rm -rf theirs*");
        let copy = format!(
            "{policy} copy {options} docker-archive:ours.tar:lab/sample:1 oci:theirs-dir:1"
        );
        if !try_sh(&scratch.0, &copy).status.success() {
            eprintln!("skipped: this skopeo cannot copy with {options}");
            continue;
        }
        assert_same_layers(&read_folder(&scratch.0.join("theirs-dir")).images[0], &image);
    }
}

#[test]
fn umoci_unpacks_the_tree_that_we_show() {
    if !has("umoci", "umoci") || !has("tar", "tar") {
        return;
    }
    if !is_root() {
        eprintln!("skipped: umoci gives files to their owners for root only");
        return;
    }
    let scratch = Scratch::new("umoci");
    let image = sample();
    let layout = scratch.0.join("layout");
    for (path, file) in archive_files(std::slice::from_ref(&image)) {
        let path = layout.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut bytes = Vec::new();
        file.write(&mut bytes).unwrap();
        fs::write(path, bytes).unwrap();
    }
    sh(&scratch.0, "umoci unpack --image layout:two bundle && umoci stat --image layout:two");
    sh(&scratch.0, "tar --sort=name -C bundle/rootfs -cf rootfs.tar .");
    let rootfs = fs::File::open(scratch.0.join("rootfs.tar")).unwrap();
    let layer = Layer::read(rootfs, TarLimits::default()).unwrap();
    let mut unpacked = Tree::new();
    apply_layer(&mut unpacked, &layer.entries).unwrap();
    assert_eq!(listing(&unpacked), listing(&image.tree().unwrap()));
    // What umoci adds to an image is read as it meant it.
    sh(
        &scratch.0,
        "rm bundle/rootfs/etc/passwd && echo new > bundle/rootfs/new && \
         umoci repack --image layout:three bundle",
    );
    let archive = read_folder(&layout);
    let repacked = archive.choose(Some("three"), &Platform::default()).unwrap();
    let tree = repacked.tree().unwrap();
    assert!(tree.lookup(&AbsPath::new("/etc/passwd")).is_none());
    assert!(tree.lookup(&AbsPath::new("/new")).is_some());
    assert_eq!(repacked.layers.len(), 4);
}
