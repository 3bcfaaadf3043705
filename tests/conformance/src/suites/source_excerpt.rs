//! The suite about the excerpt under an error.

use dockerfile::{Lines, excerpt};
use serde_json::json;

use crate::case::{Case, Outcome};

pub fn check(case: &Case) -> Outcome {
    let input = case.get("input");
    let ranges = input["ranges"].as_array().map(Vec::as_slice).unwrap_or_default();
    let number = |value: &serde_json::Value| value.as_u64().unwrap_or_default() as usize;
    let ranges: Vec<Lines> =
        ranges.iter().map(|range| Lines::new(number(&range[0]), number(&range[1]))).collect();
    let text = |name: &str| input[name].as_str().unwrap_or_default();
    Outcome::compare(
        &case.expected()["text"],
        &json!(excerpt(text("filename"), text("text"), &ranges)),
    )
}
