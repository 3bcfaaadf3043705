//! `cargo xtask bench`: the figures that `vfs` and `image` are held to, each beside what it is measured
//! against in the same run.
#![allow(
    clippy::disallowed_methods,
    reason = "measures time and memory, and runs tar on real files"
)]

use std::fs;
use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use figures::{Edits, TIME, tree};
use image::{Config, Image, Layer, RootFs, TarLimits, layer_digest, read_archive, write_archive};
use vfs::{Kind, Tree};

fn main() {
    // Memory is measured in processes of their own, where nothing was freed before.
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.get(1).map(String::as_str) {
        Some("memory") => memory(),
        Some("reading") => reading(Path::new(&arguments[2])),
        _ => {
            one_file_of_many();
            alone(&["memory"]);
            tar_and_digest();
            let path =
                std::env::temp_dir().join(format!("layerlab-bench-{}.tar", std::process::id()));
            write_sample(&path);
            alone(&["reading", &path.to_string_lossy()]);
            fs::remove_file(path).unwrap();
        }
    }
}

fn alone(arguments: &[&str]) {
    let me = std::env::current_exe().unwrap();
    assert!(Command::new(me).args(arguments).status().unwrap().success());
}

/// The middle one of the times that `run` takes.
fn median(times: usize, mut run: impl FnMut()) -> Duration {
    let mut taken: Vec<Duration> = (0..times)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    taken.sort();
    taken[taken.len() / 2]
}

/// The most bytes of memory that this process had so far (Linux only; 0 elsewhere).
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

fn one_file_of_many() {
    println!("snapshot, change of one file, difference (budget 1 ms at 100,000 files)");
    let mut first = None;
    for count in [1_000, 10_000, 100_000] {
        let mut edits = Edits::new(tree(count, 0));
        let taken = median(501, || assert_eq!(black_box(edits.next_difference()), 2));
        let first = *first.get_or_insert(taken);
        let ratio = taken.as_secs_f64() / first.as_secs_f64();
        println!("  {count:>7} files  {taken:>10.1?}  {ratio:.2} of the time for 1,000");
    }
}

fn memory() {
    let before = peak();
    let tree = tree(100_000, 0);
    println!("memory of 100,000 empty files in 1,000 directories");
    println!("  {:.1} MB", (peak() - before) as f64 / 1e6);
    black_box(&tree);
}

fn tar_and_digest() {
    println!("tar and SHA-256 of 100 MB in 1,000 files (at most 2 times tar cf - | sha256sum)");
    let tree = tree(1_000, 100_000);
    let changes = Tree::new().diff_with_parents(&tree);
    let folder = std::env::temp_dir().join(format!("layerlab-bench-{}", std::process::id()));
    for (path, _, inode) in tree.walk() {
        let at = folder.join(&path.to_string()[1..]);
        match &inode.kind {
            Kind::File(content) => fs::write(at, content.to_vec()).unwrap(),
            _ => fs::create_dir_all(at).unwrap(),
        }
    }
    let command = format!("tar cf - -C {} . | sha256sum", folder.display());
    let theirs =
        || assert!(Command::new("sh").args(["-c", &command]).output().unwrap().status.success());
    let ours = || {
        black_box(layer_digest(&tree, &changes, TIME));
    };
    theirs();
    ours();
    // In turns, so that a busy machine slows both.
    let (mut us, mut them) = (Vec::new(), Vec::new());
    for _ in 0..7 {
        us.push(median(1, ours));
        them.push(median(1, theirs));
    }
    us.sort();
    them.sort();
    let (us, them) = (us[3], them[3]);
    let ratio = us.as_secs_f64() / them.as_secs_f64();
    println!("  ours {us:.1?}, theirs {them:.1?}: {ratio:.2}");
    fs::remove_dir_all(folder).unwrap();
}

fn reading(path: &Path) {
    println!("reading a 200 MB docker-archive from a file (memory at most 1.5 times its size)");
    let size = fs::metadata(path).unwrap().len();
    let before = peak();
    let start = Instant::now();
    let archive = read_archive(fs::File::open(path).unwrap(), TarLimits::default()).unwrap();
    let taken = start.elapsed();
    let tree = archive.images[0].tree().unwrap();
    let used = peak() - before;
    println!(
        "  {:.1} MB in {taken:.1?}, memory {:.1} MB: {:.2} of its size",
        size as f64 / 1e6,
        used as f64 / 1e6,
        used as f64 / size as f64
    );
    black_box(&tree);
}

fn write_sample(path: &Path) {
    let tree = tree(2_000, 100_000);
    let layer = Layer::of_changes(&tree, &Tree::new().diff_with_parents(&tree), TIME);
    let config = Config {
        architecture: "amd64".into(),
        os: "linux".into(),
        rootfs: RootFs { diff_ids: vec![layer.diff_id] },
        ..Config::default()
    };
    let image = Image::new(config, vec![Arc::new(layer)], vec!["bench".into()]);
    let mut file = std::io::BufWriter::new(fs::File::create(path).unwrap());
    write_archive(&[image], &mut file).unwrap();
    file.flush().unwrap();
}
