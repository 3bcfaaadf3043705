//! The suites about the parser.

use dockerfile::{
    Detected, EMPTY_CONTINUATION_DETAIL, Heredoc, JsonError, Pass, chomp, detect_syntax,
    find_directive, heredoc_word, heredocs_of_line, json_array, parse, split_words,
};
use serde_json::{Value, json};

use crate::case::{Case, Outcome, strings};

pub fn ast(case: &Case) -> Outcome {
    Outcome::compare(&case.expected()["dump"], &json!(parse(case.input()).dump()))
}

pub fn errors(case: &Case) -> Outcome {
    let parse = parse(case.input());
    let error =
        parse.first_error().filter(|error| error.pass == Pass::Parser).map(|error| error.message());
    Outcome::compare(case.get("oracle_error"), &json!(error))
}

pub fn lines(case: &Case) -> Outcome {
    let parse = parse(case.input());
    let children: Vec<[usize; 2]> = parse
        .instructions
        .iter()
        .map(|instruction| [instruction.lines().start, instruction.lines().end])
        .collect();
    let (start, end) =
        (children.first().map(|lines| lines[0]), children.last().map(|lines| lines[1]));
    Outcome::covers(
        case.expected(),
        &json!({ "start_line": start, "end_line": end, "children": children }),
    )
}

pub fn units(case: &Case) -> Outcome {
    let input = case.input();
    let expected = case.expected();
    match case.text("kind") {
        "words" => Outcome::compare(expected, &json!(split_words(input, '\\'))),
        "json_array" => match json_array(input) {
            Ok(words) => Outcome::compare(expected, &json!(words)),
            Err(JsonError::NotStrings) => {
                let message =
                    "when using JSON array syntax, arrays must be comprised of strings only";
                Outcome::answer(expected, Err(message.to_owned()))
            }
            Err(JsonError::NotAnArray) => {
                Outcome::answer(expected, Err("not a JSON array".to_owned()))
            }
        },
        "name_val" => {
            let input = case.get("input");
            let line = format!(
                "{} {}",
                input["key"].as_str().unwrap_or_default(),
                input["rest"].as_str().unwrap_or_default()
            );
            let parse = parse(&line);
            match parse.first_error().filter(|error| error.pass == Pass::Parser) {
                Some(error) => Outcome::answer(expected, Err(error.message())),
                None => {
                    let args =
                        parse.instructions.iter().flat_map(|instruction| &instruction.node.args);
                    Outcome::compare(expected, &args.map(|word| json!(word.text)).collect())
                }
            }
        }
        "directives" => {
            let directives = parse(input).directives;
            let actual = directives.iter().map(
                |found| json!({ "name": found.name, "value": found.value, "line": found.line }),
            );
            Outcome::covers(expected, &actual.collect())
        }
        "detect_syntax" => detected(expected, detect_syntax(input)),
        "check_directive" => detected(expected, find_directive("check", input)),
        "warnings" => warnings(expected, input),
        _ => case.unknown_kind(),
    }
}

fn detected(expected: &Value, found: Option<Detected>) -> Outcome {
    let actual = found
        .map(|found| json!({ "ref": found.reference, "cmdline": found.value, "line": found.line }));
    Outcome::covers(expected, &json!(actual))
}

fn warnings(expected: &Value, input: &str) -> Outcome {
    let warnings = parse(input).warnings();
    let parts = expected["short_contains"].as_array().map(Vec::as_slice).unwrap_or_default();
    let short = parts
        .iter()
        .zip(&warnings)
        .all(|(parts, warning)| strings(parts).iter().all(|part| warning.contains(part)));
    let detail = expected["detail_contains"]
        .as_str()
        .is_none_or(|part| EMPTY_CONTINUATION_DETAIL.contains(part));
    match expected["count"].as_u64() == Some(warnings.len() as u64) && short && detail {
        true => Outcome::Pass,
        false => Outcome::fail(expected, json!(warnings)),
    }
}

pub fn heredoc(case: &Case) -> Outcome {
    let input = case.input();
    let expected = case.expected();
    match case.text("kind") {
        "file" => heredoc_file(expected, input),
        "chomp" => Outcome::compare(expected, &json!(chomp(input))),
        "word" => match heredoc_word(input) {
            Err(error) => Outcome::answer(expected, Err(error.to_string())),
            Ok(found) => {
                let word = found.map(|word| {
                    json!({ "name": word.name, "expand": word.expand, "chomp": word.chomp, "fd": word.fd })
                });
                Outcome::covers(expected, &json!(word))
            }
        },
        "line" => match heredocs_of_line(input) {
            Err(error) => Outcome::answer(expected, Err(error.to_string())),
            Ok(found) => {
                let names: Vec<String> = found.into_iter().map(|(_, word)| word.name).collect();
                Outcome::compare(expected, &json!(names))
            }
        },
        _ => case.unknown_kind(),
    }
}

fn heredoc_file(expected: &Value, input: &str) -> Outcome {
    let parse = parse(input);
    let first = expected["first_child"].as_u64().unwrap_or_default() as usize;
    let heredoc = |heredoc: &Heredoc| {
        let word = &heredoc.word;
        json!({
            "name": word.name, "content": heredoc.content, "expand": word.expand, "chomp": word.chomp, "fd": word.fd,
        })
    };
    let children =
        parse.instructions.iter().skip(first).map(|instruction| match instruction.heredocs() {
            [] => Value::Null,
            heredocs => heredocs.iter().map(heredoc).collect(),
        });
    Outcome::compare(&expected["heredocs_per_child"], &children.collect())
}
