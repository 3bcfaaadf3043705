//! The suites about `.dockerignore`.

use dockerfile::{Ignore, MatchKind, ignore_patterns};
use serde_json::json;

use crate::case::{Case, Outcome, strings};

pub fn matches(case: &Case) -> Outcome {
    if case.text("platform") == "windows" {
        return Outcome::Skip("Windows".to_owned());
    }
    let path = case.text("path");
    let ignore = Ignore::new(&strings(case.get("patterns"))).map_err(|error| error.to_string());
    let traced =
        ignore.as_ref().is_ok_and(|ignore| ignore.trace(path).ignored != ignore.matches(path));
    if traced {
        return Outcome::fail("the trace to say the same", "it does not");
    }
    Outcome::answer(case.expected(), ignore.map(|ignore| json!({ "match": ignore.matches(path) })))
}

pub fn units(case: &Case) -> Outcome {
    let expected = case.expected();
    match case.text("kind") {
        "compile" => match Ignore::new(&[case.input()]) {
            Err(error) => Outcome::answer(expected, Err(error.to_string())),
            Ok(ignore) => {
                let pattern = ignore.patterns().first();
                let kind = pattern.map(|pattern| match pattern.kind() {
                    MatchKind::Exact => "exact",
                    MatchKind::Prefix => "prefix",
                    MatchKind::Suffix => "suffix",
                    MatchKind::Regexp => "regexp",
                });
                let regexp = pattern.and_then(|pattern| pattern.regexp());
                // The expression for Windows paths is no concern of ours.
                let expected =
                    json!({ "type": expected["type"], "regexp_unix": expected["regexp_unix"] });
                Outcome::compare(&expected, &json!({ "type": kind, "regexp_unix": regexp }))
            }
        },
        "new" => {
            let ignore =
                Ignore::new(&strings(case.get("input"))).map_err(|error| error.to_string());
            let facts = |ignore: Ignore| {
                let patterns = ignore.patterns();
                json!({ "count": patterns.len(), "exclusions": ignore.has_exceptions() })
            };
            Outcome::answer(expected, ignore.map(facts))
        }
        _ if expected.is_array() => {
            Outcome::compare(expected, &json!(ignore_patterns(case.input())))
        }
        _ => case.unknown_kind(),
    }
}
