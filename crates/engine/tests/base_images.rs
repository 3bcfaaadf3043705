//! Every base image recipe is well-formed, of about the real image's size, and has the diff IDs that
//! its layers have.
//!
//! `LAYERLAB_UPDATE=1` writes the diff IDs into the recipes.

#![allow(
    clippy::disallowed_methods,
    reason = "a test reads the recipes and the switch to update them"
)]

use std::path::{Path, PathBuf};

use engine::{Recipe, make};
use vfs::Tree;

/// Bytes that `docker images` shows, in decimal megabytes, and how far ours may be off, in percent.
const SIZES: [(&str, f64); 6] = [
    ("ubuntu:24.04", 78.1),
    ("ubuntu:22.04", 77.9),
    ("alpine:3.20", 7.8),
    ("busybox:latest", 4.27),
    ("debian:bookworm-slim", 74.8),
    ("debian:bookworm", 117.0),
];
const TOLERANCE: f64 = 1.0;

fn recipes() -> Vec<(PathBuf, String)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../images");
    let mut found: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| (path.clone(), std::fs::read_to_string(path).unwrap()))
        .collect();
    found.sort();
    found
}

#[test]
fn diff_ids_are_those_of_the_layers() {
    let update = std::env::var_os("LAYERLAB_UPDATE").is_some();
    for (path, text) in recipes() {
        let recipe =
            Recipe::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let trees = recipe.trees().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut before = Tree::new();
        let mut out = text.clone();
        for (layer, (tree, time)) in recipe.layers.iter().zip(trees) {
            let changes = before.diff_with_parents(&tree);
            let diff_id = image::layer_digest(&tree, &changes, time).diff_id.to_string();
            if update {
                let old = format!("\"diff_id\": \"{}\"", layer.diff_id);
                out = out.replacen(&old, &format!("\"diff_id\": \"{diff_id}\""), 1);
            } else {
                assert_eq!(
                    layer.diff_id,
                    diff_id,
                    "{}: run with LAYERLAB_UPDATE=1",
                    path.display()
                );
            }
            before = tree;
        }
        if update {
            std::fs::write(&path, out).unwrap();
        }
    }
}

#[test]
fn recipes_follow_their_format() {
    for (path, text) in recipes() {
        let recipe = Recipe::parse(&text).unwrap();
        let name = path.display();
        let layers = recipe.history.iter().filter(|entry| !entry.empty_layer).count();
        assert_eq!(layers, recipe.layers.len(), "{name}: history and layers");
        assert!(!recipe.note.is_empty(), "{name}: says what is modelled");
        assert!(recipe.references.iter().all(|reference| reference.contains(':')), "{name}: tags");
        make(&recipe).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn sizes_are_near_the_real_ones() {
    let recipes: Vec<_> = recipes().iter().map(|(_, text)| Recipe::parse(text).unwrap()).collect();
    for (reference, megabytes) in SIZES {
        let recipe =
            recipes.iter().find(|recipe| recipe.references.iter().any(|known| known == reference));
        let image = make(recipe.unwrap_or_else(|| panic!("no recipe for {reference}"))).unwrap();
        let bytes: u64 = image.layers.iter().map(|layer| layer.bytes).sum();
        let off = (bytes as f64 / 1e6 - megabytes).abs() / megabytes * 100.0;
        assert!(off <= TOLERANCE, "{reference}: {bytes} bytes, {off:.2} % off {megabytes} MB");
        // A modelled image takes no memory for its content.
        assert!(image.tree.usage().resident < 100_000, "{reference}: {:?}", image.tree.usage());
    }
}
