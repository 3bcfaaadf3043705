//! The behaviours of `tests/suite/*.txt`, one program each.
//!
//! `UPDATE=1 cargo test -p wasi --test suite` writes what the programs answer into the files, for
//! review; `cargo test -p wasi --test suite -- --ignored` compares with Node's WASI.

#![allow(clippy::disallowed_methods, reason = "suites are files, and the other host is a program")]

mod harness;

use std::fs;
use std::path::{Path, PathBuf};

use harness::case;
use harness::check::check;
use harness::names::Kind;
use harness::{generate, node, render};

/// The files of cases, as (name, path).
fn files() -> Vec<(String, PathBuf)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite");
    let entries = fs::read_dir(dir).expect("the suite");
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .map(|path| (path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), path))
        .collect();
    files.sort();
    files
}

fn read(path: &Path) -> Vec<case::Case> {
    let text = fs::read_to_string(path).expect("a file of cases");
    case::parse(&text).unwrap_or_else(|err| panic!("{}: {err}", path.display()))
}

#[test]
fn every_case_answers_as_written() {
    let (mut differences, mut count) = (Vec::new(), 0);
    let update = std::env::var_os("UPDATE").is_some();
    for (name, path) in files() {
        let mut cases = read(&path);
        count += cases.len();
        differences.extend(cases.iter_mut().flat_map(|case| check(&name, case)));
        if update {
            fs::write(&path, case::write(&cases)).expect("the file of cases");
        }
    }
    println!("{count} cases");
    let all = differences.join("\n");
    assert!(update || differences.is_empty(), "{} differences\n{all}", differences.len());
}

#[test]
#[ignore = "needs Node 20 or later"]
fn node_answers_the_same_but_for_what_is_listed() {
    let listed = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/node-differs.md");
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("node");
    let (mut differences, mut compared) = (String::new(), 0);
    for (name, path) in files() {
        for case in read(&path) {
            let program = generate::program(&case).expect("a program");
            let region = match node::run(&case, &program, &scratch) {
                Ok(Some(region)) => region,
                Ok(None) => continue,
                Err(err) => panic!("{name}: {}: {err}", case.title),
            };
            compared += 1;
            for (number, answer) in &program.answers {
                let (line, node) = (&case.lines[*number], render::answer(answer, &region));
                if answer.kind != Kind::Nothing && line.expected.as_ref() != Some(&node) {
                    let ours = line.expected.as_deref().unwrap_or_default();
                    let (title, text) = (&case.title, &line.text);
                    differences +=
                        &format!("- {name}: {title}: `{text}` => `{node}`, not `{ours}`\n");
                }
            }
        }
    }
    println!("{compared} cases compared");
    let text = fs::read_to_string(&listed).unwrap_or_default();
    let known = text.find("\n- ").map_or("", |at| &text[at + 1..]);
    if std::env::var_os("UPDATE").is_some() {
        let intro = text.strip_suffix(known).unwrap_or_default();
        fs::write(&listed, format!("{intro}{differences}")).expect("the list");
    } else {
        assert_eq!(differences, known, "what Node answers otherwise is not what is listed");
    }
}
