//! The suites about word expansion.

use std::collections::BTreeMap;

use dockerfile::Lexer;
use dockerfile::pattern::{Part, ShellPattern, reverse, reverse_pattern};
use serde_json::{Value, json};

use crate::case::{Case, Outcome};

fn environment(case: &Case) -> BTreeMap<String, String> {
    let fields = case.get("env").as_object().into_iter().flatten();
    fields
        .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect()
}

pub fn expansion(case: &Case) -> Outcome {
    if case.text("platform") == "windows" {
        return Outcome::Skip("Windows".to_owned());
    }
    let expansion = Lexer::new('\\').expand(case.input(), &environment(case));
    let answer = expansion.map(
        |done| json!({ "word": done.text, "matched": done.matched, "unmatched": done.unmatched }),
    );
    Outcome::answer(case.expected(), answer.map_err(|error| error.to_string()))
}

pub fn words(case: &Case) -> Outcome {
    let words = Lexer::new('\\').words(case.input(), &environment(case));
    Outcome::answer(
        case.expected(),
        words.map(|words| json!({ "words": words })).map_err(|error| error.to_string()),
    )
}

pub fn units(case: &Case) -> Outcome {
    let expected = case.expected();
    match case.text("kind") {
        "pattern_to_regex" => {
            match ShellPattern::new(case.get("input")["pattern"].as_str().unwrap_or_default()) {
                Ok(pattern) => {
                    Outcome::compare(expected, &json!(regex_of(&pattern, case.get("input"))))
                }
                Err(error) => Outcome::answer(expected, Err(error.to_string())),
            }
        }
        "reverse_pattern" => Outcome::compare(expected, &json!(reverse_pattern(case.input()))),
        "reverse_string" => Outcome::compare(expected, &json!(reverse(case.input()))),
        _ => case.unknown_kind(),
    }
}

/// The pattern as the regular expression upstream makes of it; here patterns are matched without one.
fn regex_of(pattern: &ShellPattern, input: &Value) -> String {
    let mut out = if input["anchored"] == json!(true) { "^".to_owned() } else { String::new() };
    for part in pattern.parts() {
        match part {
            Part::Any if input["greedy"] == json!(true) => out.push_str(".*"),
            Part::Any => out.push_str(".*?"),
            Part::One => out.push('.'),
            Part::Literal(c) => {
                if "[]{}.+()|^$*?\\".contains(*c) {
                    out.push('\\');
                }
                out.push(*c);
            }
        }
    }
    out
}
