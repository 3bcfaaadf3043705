//! Every base image recipe is well-formed, of about the real image's size, and has the diff IDs that
//! its layers have.
//!
//! `LAYERLAB_UPDATE=1` writes the diff IDs into the recipes.

#![allow(
    clippy::disallowed_methods,
    reason = "a test reads the recipes and the switch to update them"
)]

use std::path::{Path, PathBuf};

use builder::Images as _;
use engine::{Catalogue, Recipe, make};
use vfs::Tree;

/// Bytes that `docker images` shows, in decimal megabytes, and the number of layers.
const SIZES: [(&str, f64, usize); 70] = [
    ("alpine:3.18", 7.34, 1),
    ("alpine:3.19", 7.4, 1),
    ("alpine:3.20", 7.8, 1),
    ("alpine:3.21", 7.83, 1),
    ("alpine:latest", 8.31, 1),
    ("amazonlinux:2", 164.0, 1),
    ("amazonlinux:latest", 145.0, 1),
    ("buildpack-deps:bookworm", 929.05, 4),
    ("busybox:latest", 4.27, 1),
    ("centos:7", 204.0, 1),
    ("centos:8", 231.0, 1),
    ("debian:bookworm-slim", 74.8, 1),
    ("debian:bookworm", 117.0, 1),
    ("debian:bullseye-slim", 80.6, 1),
    ("debian:bullseye", 124.3, 1),
    ("debian:trixie-slim", 78.6, 1),
    ("debian:trixie", 120.3, 1),
    ("diamol/ch03-web-ping:latest", 75.24, 6),
    ("diamol/node:latest", 75.24, 4),
    ("eclipse-temurin:17", 409.0, 2),
    ("eclipse-temurin:latest", 455.0, 2),
    ("fedora:latest", 174.0, 1),
    ("golang:alpine", 232.0, 2),
    ("golang:latest", 862.0, 2),
    ("hello-world:latest", 0.010072, 1),
    ("hashicorp/http-echo:latest", 8.34, 2),
    ("httpd:alpine", 63.5, 3),
    ("httpd:latest", 148.0, 3),
    ("mysql:8", 596.0, 3),
    ("nginx:alpine", 52.5, 3),
    ("nginx:latest", 192.0, 3),
    ("node:18-alpine", 127.0, 4),
    ("node:18-slim", 197.0, 5),
    ("node:18", 1090.0, 8),
    ("node:20-alpine", 134.0, 4),
    ("node:20-slim", 202.0, 5),
    ("node:20", 1100.0, 8),
    ("node:22-alpine", 161.0, 4),
    ("node:22-slim", 226.0, 5),
    ("node:22", 1120.0, 8),
    ("openjdk:17-slim", 408.0, 2),
    ("php:7.4-cli", 474.0, 3),
    ("php:8-apache", 504.0, 3),
    ("php:8-cli", 536.0, 3),
    ("postgres:alpine", 278.0, 3),
    ("postgres:latest", 438.0, 3),
    ("python:3.10-alpine", 45.9, 4),
    ("python:3.10-slim", 122.0, 4),
    ("python:3.10", 1000.0, 7),
    ("python:3.11-alpine", 53.8, 4),
    ("python:3.11-slim", 125.0, 4),
    ("python:3.11", 1010.0, 7),
    ("python:3.12-alpine", 48.6, 4),
    ("python:3.12-slim", 124.0, 4),
    ("python:3.12", 1020.0, 7),
    ("python:3.13-alpine", 45.6, 4),
    ("python:3.13-slim", 121.0, 4),
    ("python:3.13", 1030.0, 7),
    ("redis:alpine", 73.3, 3),
    ("redis:latest", 137.0, 3),
    ("rockylinux:8", 198.0, 1),
    ("rockylinux:9", 176.0, 1),
    ("ruby:slim", 204.0, 2),
    ("ruby:latest", 1010.0, 5),
    ("rust:slim", 794.0, 2),
    ("rust:latest", 1500.0, 5),
    ("ubuntu:18.04", 63.3, 3),
    ("ubuntu:20.04", 72.8, 1),
    ("ubuntu:22.04", 77.9, 1),
    ("ubuntu:latest", 78.1, 1),
];
/// How far sizes may be off, in percent.
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

fn parsed() -> Vec<Recipe> {
    recipes()
        .iter()
        .map(|(path, text)| {
            Recipe::parse(text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        })
        .collect()
}

#[test]
fn diff_ids_are_those_of_the_layers() {
    let update = std::env::var_os("LAYERLAB_UPDATE").is_some();
    let all = parsed();
    for ((path, text), recipe) in recipes().into_iter().zip(&all) {
        let whole =
            recipe.resolved(&all).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let trees = whole.trees().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        // The layers of what it is built on are that recipe's.
        let below = whole.layers.len() - recipe.layers.len();
        let mut before =
            below.checked_sub(1).map_or_else(Tree::new, |below| trees[below].0.clone());
        let mut out = text.clone();
        for (layer, (tree, time)) in recipe.layers.iter().zip(&trees[below..]) {
            let changes = before.diff_with_parents(tree);
            let diff_id = image::layer_digest(tree, &changes, *time).diff_id.to_string();
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
            before = tree.clone();
        }
        if update {
            std::fs::write(&path, out).unwrap();
        }
    }
}

#[test]
fn recipes_follow_their_format() {
    let all = parsed();
    for ((path, _), recipe) in recipes().iter().zip(&all) {
        let name = path.display();
        let layers = recipe.history.iter().filter(|entry| !entry.empty_layer).count();
        assert_eq!(layers, recipe.layers.len(), "{name}: history and layers");
        assert!(!recipe.note.is_empty(), "{name}: says what is modelled");
        assert!(recipe.references.iter().all(|reference| reference.contains(':')), "{name}: tags");
        let whole = recipe.resolved(&all).unwrap_or_else(|error| panic!("{name}: {error}"));
        make(&whole).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn every_recipe_is_in_the_catalogue_and_every_name_is_one_recipes() {
    let mut written: Vec<String> =
        parsed().into_iter().flat_map(|recipe| recipe.references).collect();
    written.push("scratch".to_owned());
    let mut known = Catalogue::new().references();
    written.sort();
    known.sort();
    assert_eq!(known, written);
    let mut once = known.clone();
    once.dedup();
    assert_eq!(once, known);
}

#[test]
fn layers_are_found_by_their_diff_ids() {
    let mut catalogue = Catalogue::new();
    for reference in ["ubuntu:18.04", "diamol/ch03-web-ping"] {
        for layer in catalogue.find(reference).unwrap().layers {
            assert_eq!(catalogue.layer(layer.diff_id).unwrap().diff_id, layer.diff_id);
        }
    }
    assert!(catalogue.layer(image::DiffId(image::Digest::of("nobody's"))).is_none());
}

#[test]
fn sizes_are_near_the_real_ones() {
    let mut catalogue = Catalogue::new();
    for (reference, megabytes, layers) in SIZES {
        let image = catalogue.find(reference).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(image.layers.len(), layers, "{reference}: layers");
        let bytes: u64 = image.layers.iter().map(|layer| layer.bytes).sum();
        let off = (bytes as f64 / 1e6 - megabytes).abs() / megabytes * 100.0;
        assert!(off <= TOLERANCE, "{reference}: {bytes} bytes, {off:.2} % off {megabytes} MB");
        // A modelled image takes no memory for its content.
        assert!(image.tree.usage().resident < 100_000, "{reference}: {:?}", image.tree.usage());
    }
}
