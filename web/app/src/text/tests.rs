//! Every language has every sentence, with no other arguments, and the page asks for no other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::*;

/// Keys and the arguments their sentences name.
fn keys(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut last = String::new();
    for line in language.source().lines() {
        if let Some((key, _)) = line.split_once(" =")
            && line.starts_with(|c: char| c.is_ascii_lowercase())
        {
            last = key.into();
            assert!(keys.insert(last.clone(), BTreeSet::new()).is_none(), "{last} is there twice");
        }
        for argument in line.split('$').skip(1) {
            let end = argument.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
            let argument = &argument[..end.unwrap_or(argument.len())];
            keys.entry(last.clone()).or_default().insert(argument.into());
        }
    }
    keys
}

/// Every text between quotation marks in the sources of this crate.
fn quoted(directory: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(directory).expect("the sources are there") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            quoted(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = std::fs::read_to_string(&path).expect("readable");
            found.extend(source.split('"').map(str::to_owned));
        }
    }
}

#[test]
fn every_language_parses_and_has_the_same_keys() {
    let english = keys(Language::English);
    assert!(english.len() > 50, "the file was read: {}", english.len());
    for language in Language::ALL {
        assert!(FluentResource::try_new(language.source().into()).is_ok(), "{language:?}");
        let translated = keys(language);
        let names = |keys: &BTreeMap<String, BTreeSet<String>>| keys.keys().cloned().collect();
        let (theirs, ours): (Vec<String>, Vec<String>) = (names(&translated), names(&english));
        assert_eq!(theirs, ours, "{language:?}");
        for (key, arguments) in translated {
            // A language may need fewer: Korean has no plural.
            assert!(arguments.is_subset(&english[&key]), "{language:?} {key}: {arguments:?}");
        }
    }
}

#[test]
fn every_sentence_is_asked_for_somewhere() {
    let mut found = BTreeSet::new();
    quoted(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    for key in keys(Language::English).into_keys() {
        // Some keys are put together: `status-` and the name of a state.
        let made = found
            .iter()
            .any(|text| text.ends_with("-{}") && key.starts_with(text.trim_end_matches("{}")));
        assert!(made || found.contains(&key), "{key} is not used");
    }
}

#[test]
fn every_key_asked_for_exists() {
    let english = keys(Language::English);
    let mut sources = BTreeSet::new();
    quoted(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources);
    // By what stands before the quotation mark: `texts.get(`.
    let mut asked = 0;
    let mut check = |source: &str| {
        for call in ["texts.get(\"", "texts.with(\"", "texts.rich(\""] {
            for rest in source.split(call).skip(1) {
                let key = rest.split('"').next().unwrap_or_default();
                asked += 1;
                assert!(english.contains_key(key), "there is no sentence {key}");
            }
        }
    };
    fn each(directory: &Path, check: &mut dyn FnMut(&str)) {
        for entry in std::fs::read_dir(directory).expect("the sources are there") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                each(&path, check);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                // Calls are joined, however they are broken into lines.
                let source = std::fs::read_to_string(&path).expect("readable");
                check(
                    &source
                        .split_whitespace()
                        .collect::<Vec<_>>()
                        .join(" ")
                        .replace("( ", "(")
                        .replace(" .", "."),
                );
            }
        }
    }
    each(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui"), &mut check);
    assert!(asked > 50, "the sources were read: {asked}");
}

#[test]
fn the_browser_s_languages_are_taken_in_their_order() {
    for (tags, language) in [
        (vec![], Language::English),
        (vec!["fr", "ko-KR", "en"], Language::Korean),
        (vec!["en-GB", "ko"], Language::English),
        (vec!["KO"], Language::Korean),
        (vec!["kok"], Language::English),
    ] {
        assert_eq!(Language::wanted(&tags), language, "{tags:?}");
    }
}

#[test]
fn code_in_a_sentence_is_kept_apart() {
    let sentence = format!("{CODE}a.js{END} changed, like {CODE}b{END}.");
    assert_eq!(
        parts(&sentence),
        [(true, "a.js"), (false, " changed, like "), (true, "b"), (false, ".")]
    );
    assert_eq!(code("x\u{e001}y"), FluentValue::from("\u{e000}xy\u{e001}"));
}
