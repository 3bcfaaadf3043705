//! Runs conformance suites, files of cases from the reference implementations.

fn main() {}
