//! The native command: builds Dockerfiles with the same engine as the browser.

fn main() {}
