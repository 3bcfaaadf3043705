//! The suite about chain ids.

use serde_json::json;

use crate::case::{Case, Outcome, strings};

pub fn check(case: &Case) -> Outcome {
    let layers = strings(case.get("input"));
    let mut chain: Vec<String> = Vec::new();
    for layer in layers {
        let next = match chain.last() {
            None => layer,
            Some(below) => image::chain(below, layer).to_string(),
        };
        chain.push(next);
    }
    Outcome::compare(case.expected(), &json!(chain))
}
