//! Names for containers that were given none: an adjective and a person of science.

const ADJECTIVES: [&str; 32] = [
    "amber", "brisk", "calm", "clever", "curious", "daring", "eager", "early", "fair", "gentle",
    "glad", "happy", "honest", "jolly", "keen", "kind", "lively", "lucid", "merry", "modest",
    "neat", "noble", "patient", "proud", "quick", "quiet", "sharp", "steady", "sunny", "tidy",
    "vivid", "wise",
];

const PEOPLE: [&str; 32] = [
    "babbage",
    "bohr",
    "cantor",
    "cerf",
    "choi",
    "curie",
    "dijkstra",
    "euler",
    "faraday",
    "fermat",
    "franklin",
    "galois",
    "gauss",
    "germain",
    "goodall",
    "hamming",
    "heo",
    "hopper",
    "jang",
    "kepler",
    "knuth",
    "lamport",
    "lovelace",
    "mendel",
    "newton",
    "noether",
    "pascal",
    "ramanujan",
    "shannon",
    "sejong",
    "turing",
    "woo",
];

/// The name that an id stands for; another one for each `attempt`.
#[must_use]
pub fn generated(id: &str, attempt: usize) -> String {
    let digits = |range: std::ops::Range<usize>| {
        id.get(range).and_then(|part| usize::from_str_radix(part, 16).ok()).unwrap_or(0)
    };
    let adjective = ADJECTIVES[digits(0..4) % ADJECTIVES.len()];
    let person = PEOPLE[digits(4..8) % PEOPLE.len()];
    match attempt {
        0 => format!("{adjective}_{person}"),
        _ => format!("{adjective}_{person}{attempt}"),
    }
}
