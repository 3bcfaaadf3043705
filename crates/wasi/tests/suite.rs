//! The behaviours of `tests/suite/*.txt`, one program each.
//!
//! `UPDATE=1 cargo test -p wasi --test suite` writes what the programs answer into the files, for
//! review; `cargo test -p wasi --test suite -- --ignored` compares with Node's WASI.

mod harness;

use std::fs;
use std::path::{Path, PathBuf};

use harness::case::{self, Case, Content};
use harness::generate::{self, Program};
use harness::{node, render, setup};

fn files() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite");
    let entries = fs::read_dir(dir).expect("the suite");
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    files.sort();
    files
}

/// What every line of a case that answers something answers.
fn answers(case: &Case, program: &Program) -> Result<Vec<Option<String>>, String> {
    let mut outcome = setup::run(case, program)?;
    let unanswered = vec![0xff; program.len];
    let region = outcome.answers.take().unwrap_or(unanswered);
    let lines = case.lines.iter().enumerate().map(|(number, line)| match &line.content {
        Content::Call(..) => {
            let answer = program.answers.get(&number).ok_or("a call without an answer")?;
            Ok(Some(render::answer(answer, &region)))
        }
        Content::Look(word, args) => outcome.look(word, args).map(Some),
        _ => Ok(None),
    });
    lines.collect()
}

#[test]
fn every_case_answers_as_written() {
    let update = std::env::var_os("UPDATE").is_some();
    let (mut failures, mut count) = (Vec::new(), 0);
    for path in files() {
        let text = fs::read_to_string(&path).expect("a file of cases");
        let mut cases = case::parse(&text).unwrap_or_else(|err| panic!("{}: {err}", path.display()));
        for case in &mut cases {
            count += 1;
            let name = format!("{}: {}", path.file_stem().unwrap().display(), case.title);
            let given = generate::program(case).and_then(|program| answers(case, &program));
            let given = given.unwrap_or_else(|err| panic!("{name}: {err}"));
            for (line, given) in case.lines.iter_mut().zip(given) {
                if line.expected != given {
                    failures.push(format!(
                        "{name}\n  {}\n    expected {}\n    given    {}",
                        line.text,
                        line.expected.as_deref().unwrap_or("nothing"),
                        given.as_deref().unwrap_or("nothing"),
                    ));
                    line.expected = given;
                }
            }
            let code = case.lines.iter().any(|line| line.text == "exit");
            assert!(code || update || case.lines.iter().any(|line| line.expected.is_some()));
        }
        if update {
            fs::write(&path, case::write(&cases)).expect("the file of cases");
        }
    }
    assert!(update || failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
    println!("{count} cases");
}

#[test]
#[ignore = "needs Node 20 or later"]
fn node_answers_the_same_but_for_what_is_listed() {
    let listed = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/node-differs.md");
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("node");
    let (mut differences, mut compared) = (String::new(), 0);
    for path in files() {
        let cases = case::parse(&fs::read_to_string(&path).expect("a file")).expect("cases");
        for case in &cases {
            let program = generate::program(case).expect("a program");
            let title = format!("{}: {}", path.file_stem().unwrap().display(), case.title);
            let region = match node::run(case, &program, &scratch) {
                Ok(Some(region)) => region,
                Ok(None) => continue,
                Err(err) => panic!("{title}: {err}"),
            };
            compared += 1;
            for (number, answer) in &program.answers {
                let (line, node) = (&case.lines[*number], render::answer(answer, &region));
                if line.expected.as_ref() != Some(&node) {
                    let ours = line.expected.as_deref().unwrap_or_default();
                    differences +=
                        &format!("- {title}: `{}` => `{node}`, not `{ours}`\n", line.text);
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
