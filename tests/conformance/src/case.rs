//! A case of a suite, and how it went.

use std::fmt::Display;

use serde_json::Value;

/// A case, with ways to get at its fields.
pub struct Case<'a> {
    value: &'a Value,
}

/// How a case went.
pub enum Outcome {
    /// As expected.
    Pass,
    /// Not as expected. Both sides are one line.
    Fail {
        /// What the case says.
        expected: String,
        /// What happened.
        actual: String,
    },
    /// Not run, and why.
    Skip(String),
}

impl Outcome {
    /// A failure.
    pub fn fail(expected: impl Display, actual: impl Display) -> Outcome {
        Outcome::Fail { expected: one_line(expected), actual: one_line(actual) }
    }

    /// Pass where both are the same.
    pub fn compare(expected: &Value, actual: &Value) -> Outcome {
        if expected == actual { Outcome::Pass } else { Outcome::fail(expected, actual) }
    }

    /// Pass where all that `expected` has is in `actual` as well; more may be there.
    pub fn covers(expected: &Value, actual: &Value) -> Outcome {
        if is_covered(expected, actual) { Outcome::Pass } else { Outcome::fail(expected, actual) }
    }

    /// Checks an answer that may be an error: `error`, `error_equals`, `error_contains`, `ok` in `expected`.
    pub fn answer(expected: &Value, answer: Result<Value, String>) -> Outcome {
        let wants_error = expected
            .get("error")
            .is_some_and(|error| !error.is_null() && *error != Value::Bool(false));
        let exact = [expected.get("error_equals"), expected.get("error")]
            .into_iter()
            .flatten()
            .find_map(Value::as_str);
        let part = expected.get("error_contains").and_then(Value::as_str);
        match answer {
            Err(message) => {
                let matches = match (exact, part) {
                    (Some(exact), _) => message == exact,
                    (None, Some(part)) => message.contains(part),
                    (None, None) => wants_error,
                };
                if matches {
                    Outcome::Pass
                } else {
                    Outcome::fail(expected, format!("error {message:?}"))
                }
            }
            Ok(actual) if wants_error || exact.is_some() || part.is_some() => {
                Outcome::fail(expected, actual)
            }
            Ok(_) if expected.get("ok") == Some(&Value::Bool(true)) && only_says_ok(expected) => {
                Outcome::Pass
            }
            Ok(actual) => {
                let mut expected = expected.clone();
                if let Some(fields) = expected.as_object_mut() {
                    fields.remove("ok");
                }
                Outcome::covers(&expected, &actual)
            }
        }
    }
}

fn only_says_ok(expected: &Value) -> bool {
    expected.as_object().is_some_and(|fields| fields.len() == 1)
}

fn is_covered(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => expected
            .iter()
            .all(|(name, value)| is_covered(value, actual.get(name).unwrap_or(&Value::Null))),
        (Value::Array(expected), Value::Array(actual)) => {
            expected.len() == actual.len()
                && expected.iter().zip(actual).all(|(one, other)| is_covered(one, other))
        }
        _ => expected == actual,
    }
}

fn one_line(text: impl Display) -> String {
    text.to_string().replace('\n', "\\n")
}

impl<'a> Case<'a> {
    /// Wraps a case.
    pub fn new(value: &'a Value) -> Self {
        Case { value }
    }

    /// The case's name.
    pub fn id(&self) -> &'a str {
        self.text("id")
    }

    /// A field; null where it is not there.
    pub fn get(&self, name: &str) -> &'a Value {
        self.value.get(name).unwrap_or(&Value::Null)
    }

    /// A field that is a text; empty where it is none.
    pub fn text(&self, name: &str) -> &'a str {
        self.get(name).as_str().unwrap_or_default()
    }

    /// The field `input` as a text.
    pub fn input(&self) -> &'a str {
        self.text("input")
    }

    /// The field `expected`.
    pub fn expected(&self) -> &'a Value {
        self.get("expected")
    }

    /// What to answer to a kind of case that is not known here.
    pub fn unknown_kind(&self) -> Outcome {
        Outcome::fail(
            self.expected(),
            format!("the runner does not know the kind {:?}", self.text("kind")),
        )
    }
}

/// The strings of an array.
pub fn strings(value: &Value) -> Vec<String> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}
