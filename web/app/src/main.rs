//! The page: a Yew application that shows the build.

fn main() {}
