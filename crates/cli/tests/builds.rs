//! The builds of `tests/builds`: each directory is a build context, `NAME.image-id` beside it the ID
//! that the image must have. The browser's journeys hold the same IDs.
//!
//! `LAYERLAB_UPDATE=1` writes the IDs.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn builds() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/builds")
}

fn layerlab(arguments: &[&str], dir: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_layerlab"))
        .arg("build")
        .args(arguments)
        .arg(dir)
        .output()
        .unwrap()
}

#[test]
fn images_have_their_ids() {
    let mut tried = 0;
    for entry in std::fs::read_dir(builds()).unwrap() {
        let dir = entry.unwrap().path();
        if !dir.is_dir() {
            continue;
        }
        tried += 1;
        let out = layerlab(&["--quiet"], &dir);
        let errors = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(out.status.success(), "{}: {errors}", dir.display());
        let id = String::from_utf8(out.stdout).unwrap();
        let file = dir.with_extension("image-id");
        if std::env::var_os("LAYERLAB_UPDATE").is_some() {
            std::fs::write(&file, &id).unwrap();
        }
        let expected = std::fs::read_to_string(&file).unwrap_or_else(|error| {
            panic!("{}: {error}; run with LAYERLAB_UPDATE=1", file.display())
        });
        assert_eq!(id, expected, "{}", dir.display());
    }
    assert!(tried >= 3, "only {tried} builds were found");
}

#[test]
fn a_failing_step_is_shown_where_it_stands() {
    let dir = builds().join("hello");
    let file = std::env::temp_dir().join(format!("layerlab-{}.Dockerfile", std::process::id()));
    std::fs::write(&file, "FROM ubuntu\nRUN tasdouch /tmp/x\n").unwrap();
    let out = layerlab(&["--file", file.to_str().unwrap()], &dir);
    std::fs::remove_file(&file).unwrap();
    let errors = String::from_utf8(out.stderr).unwrap();
    assert_eq!(out.status.code(), Some(1));
    for line in [
        "/bin/sh: 1: tasdouch: not found",
        " > [2/2] RUN tasdouch /tmp/x:",
        "   2 | >>> RUN tasdouch /tmp/x",
        "ERROR: failed to build: failed to solve: process \"/bin/sh -c tasdouch /tmp/x\" did not complete \
         successfully: exit code: 127",
    ] {
        assert!(
            errors.lines().any(|found| found.contains(line)),
            "{line} is missing in:\n{errors}"
        );
    }
}
