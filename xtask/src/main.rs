//! Project automation: set-up, build, test, serve, dist, check.

fn main() {}
