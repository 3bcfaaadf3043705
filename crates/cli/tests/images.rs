//! `layerlab image`: archives in, answers out. What the answers hold is tested in `crates/image`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use image::{Config, Entry, EntryKind, Image, Layer, RootFs, archive_files, write_archive};
use vfs::{AbsPath, Content, Meta, Timestamp};

fn layerlab(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_layerlab")).arg("image").args(arguments).output().unwrap()
}

fn answer(arguments: &[&str]) -> String {
    let out = layerlab(arguments);
    assert!(out.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

fn refusal(arguments: &[&str]) -> String {
    let out = layerlab(arguments);
    assert_eq!(out.status.code(), Some(1), "{arguments:?}");
    String::from_utf8(out.stderr).unwrap()
}

fn layer(files: &[(&str, &str)]) -> Arc<Layer> {
    let entries = files.iter().map(|(path, text)| Entry {
        path: AbsPath::new(path),
        meta: Meta::root(0o644, Timestamp::default()),
        kind: EntryKind::File(Content::from(text.as_bytes().to_vec())),
    });
    Arc::new(Layer::of_entries(entries.collect()))
}

fn image(architecture: &str, tag: &str, last: &str) -> Image {
    let layers =
        vec![layer(&[("/a", "one"), ("/b", "two")]), layer(&[("/.wh.a", ""), ("/c", last)])];
    let config = Config {
        architecture: architecture.into(),
        os: "linux".into(),
        rootfs: RootFs { diff_ids: layers.iter().map(|layer| layer.diff_id).collect() },
        ..Config::default()
    };
    Image::new(config, layers, vec![tag.into()])
}

/// A folder of this test's own with archives in it.
fn scratch(name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).unwrap();
    for (file, images) in [
        ("one.tar", vec![image("amd64", "lab/one:1", "three")]),
        ("other.tar", vec![image("amd64", "lab/one:2", "other")]),
        ("two.tar", vec![image("arm64", "lab/two:1", "x"), image("amd64", "lab/two:1", "x")]),
    ] {
        write_archive(&images, &mut fs::File::create(dir.join(file)).unwrap()).unwrap();
    }
    for (path, file) in archive_files(&[image("amd64", "lab/one:1", "three")]) {
        let path = dir.join("layout").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        file.write(&mut fs::File::create(path).unwrap()).unwrap();
    }
    dir
}

#[test]
fn each_question_has_an_answer_as_text_and_as_json() {
    let dir = scratch("image-answers");
    let path = |name: &str| dir.join(name).to_str().unwrap().to_owned();
    let (one, other, two) = (path("one.tar"), path("other.tar"), path("two.tar"));
    for (arguments, part) in [
        (&["inspect", &one][..], "Tags        lab/one:1"),
        (&["inspect", &path("layout")], "Tags        lab/one:1"),
        (&["inspect", "--platform", "arm64", &two], "Platform    linux/arm64"),
        (&["inspect", &two], "Platform    linux/amd64"),
        (&["ls", &one], "/c"),
        (&["ls", "--layers", "1", &one, "/a"], "/a"),
        (&["diff", &one], "D /a"),
        (&["diff", "--layer", "1", &one], "A /b"),
        (&["diff", &one, &other], "C /c"),
        (&["layers", &one], "WASTED"),
        (&["waste", &one], "removed by layer 2"),
    ] {
        let text = answer(arguments);
        assert!(text.contains(part), "{arguments:?}: {text}");
        let json = answer(&[arguments, &["--json"]].concat());
        assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "{arguments:?}: {json}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&answer(&["waste", "--json", &one])).unwrap();
    assert_eq!((&json["wastedBytes"], &json["totalBytes"]), (&3.into(), &11.into()));
}

#[test]
fn export_writes_a_filesystem_or_the_same_archive() {
    let dir = scratch("image-export");
    let one = dir.join("one.tar").to_str().unwrap().to_owned();
    let out = dir.join("out.tar").to_str().unwrap().to_owned();
    answer(&["export", "-o", &out, "--format", "archive", &one]);
    assert!(fs::read(&out).unwrap() == fs::read(&one).unwrap());
    answer(&["export", "-o", &out, &one]);
    let flat = Layer::read(fs::File::open(&out).unwrap(), image::TarLimits::default()).unwrap();
    let names: Vec<String> = flat.entries.iter().map(|entry| entry.path.to_string()).collect();
    assert_eq!(names, ["/b", "/c"]);
}

#[test]
fn what_cannot_be_answered_says_why() {
    let dir = scratch("image-refusals");
    let one = dir.join("one.tar").to_str().unwrap().to_owned();
    let text = dir.join("text").to_str().unwrap().to_owned();
    fs::write(&text, "no tar".repeat(200)).unwrap();
    for (arguments, part) in [
        (&["inspect", "/nowhere.tar"][..], "cannot read /nowhere.tar"),
        (&["inspect", &text], "this is no tar"),
        (&["inspect", "--image", "x", &one], "has no image \"x\"; it has: lab/one:1"),
        (&["ls", "--layers", "3", &one], "has no layer 3, it has 2"),
        (&["ls", &one, "/nothing"], "/nothing is not in the image"),
        (&["ls", "--platform", "a/b/c/d", &one], "is no platform"),
    ] {
        let said = refusal(arguments);
        assert!(said.contains(part), "{arguments:?}: {said}");
    }
}

#[test]
fn a_build_can_be_written_and_looked_into() {
    let dir = scratch("image-build");
    let context = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/builds/stages");
    let out = dir.join("built.tar").to_str().unwrap().to_owned();
    let build = |output: &str| {
        Command::new(env!("CARGO_BIN_EXE_layerlab"))
            .args(["build", "--quiet", "--tag", "lab/built", "--output", output])
            .arg(&context)
            .output()
            .unwrap()
    };
    let built = build(&format!("type=docker,dest={out}"));
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let id = String::from_utf8(built.stdout).unwrap();
    let json: serde_json::Value =
        serde_json::from_str(&answer(&["inspect", "--json", &out])).unwrap();
    assert_eq!(json["Id"], id.trim());
    assert_eq!(json["RepoTags"][0], "lab/built:latest");
    let flat = dir.join("flat.tar").to_str().unwrap().to_owned();
    assert!(build(&format!("type=tar,dest={flat}")).status.success());
    answer(&["export", "-o", &format!("{flat}.2"), &out]);
    assert!(fs::read(&flat).unwrap() == fs::read(format!("{flat}.2")).unwrap());
    let refused = build("type=registry,dest=x");
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("not supported here"));
}
