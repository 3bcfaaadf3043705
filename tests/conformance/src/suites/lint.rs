//! The suites about build checks.

use std::collections::BTreeMap;

use dockerfile::Ignore;
use dockerfile::lint::{Finding, LintOptions, LintReport, RULES, lint};
use serde_json::{Value, json};

use crate::case::{Case, Outcome};

pub fn rules(case: &Case) -> Outcome {
    let Some(rule) = RULES.iter().find(|rule| rule.name == case.id()) else {
        return Outcome::fail("a rule of this name", "there is none");
    };
    for (field, actual) in [
        ("description", json!(rule.description)),
        ("url", json!(rule.url)),
        ("message_formats", json!(rule.formats)),
        ("experimental", json!(rule.experimental)),
        ("deprecated", json!(false)),
    ] {
        if case.get(field) != &actual {
            return Outcome::fail(case.get(field), actual);
        }
    }
    Outcome::Pass
}

/// Runs the checks as a build does and as `--check` does.
///
/// `error_regexp` is what a build says about the context after the checks have passed, so it is not looked at here.
pub fn cases(case: &Case) -> Outcome {
    let input = case.get("input");
    let parse = dockerfile::parse(input["dockerfile"].as_str().unwrap_or_default());
    let ignore = match input["dockerignore"].as_str().map(Ignore::parse).transpose() {
        Ok(ignore) => ignore,
        Err(error) => return Outcome::fail("a .dockerignore that can be read", error),
    };
    let attrs = input["attrs"].as_object().into_iter().flatten();
    let attrs: BTreeMap<&str, &str> =
        attrs.map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default())).collect();
    let build_args = attrs.iter().filter_map(|(name, value)| {
        Some((name.strip_prefix("build-arg:")?.to_owned(), (*value).to_owned()))
    });
    let build_args: BTreeMap<String, String> = build_args.collect();
    for (mode, all_stages) in [("build", false), ("lint", true)] {
        let options = LintOptions {
            build_args: Some(&build_args),
            target: attrs.get("target").copied(),
            ignore: ignore.as_ref(),
            all_stages,
            ..LintOptions::default()
        };
        let expected = case.expected().get(mode).unwrap_or(&Value::Null);
        if expected.is_null() {
            continue;
        }
        let actual = answer(&lint(&parse, &options));
        let expected =
            json!({ "warnings": sorted(&expected["warnings"]), "error": expected["error"] });
        if expected != actual {
            return Outcome::fail(format!("{mode} {expected}"), actual);
        }
    }
    Outcome::Pass
}

fn answer(report: &LintReport) -> Value {
    let finding = |finding: &Finding| {
        json!({
            "rule": finding.rule.name,
            "line": finding.lines.start,
            "detail": finding.detail,
            "description": finding.rule.description,
            "url": finding.rule.url,
            "level": 1,
        })
    };
    let warnings: Value = report.findings.iter().map(finding).collect();
    json!({ "warnings": sorted(&warnings), "error": report.error.as_ref().map(|error| error.message()) })
}

/// The warnings in an order of their own: upstream compares them sorted as well.
fn sorted(warnings: &Value) -> Value {
    let mut warnings = warnings.as_array().cloned().unwrap_or_default();
    let key = |warning: &Value| {
        let text = |name: &str| warning[name].as_str().unwrap_or_default().to_owned();
        (warning["line"].as_u64(), text("rule"), text("detail"))
    };
    warnings.sort_by_key(key);
    warnings.into()
}
