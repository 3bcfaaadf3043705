//! The native command `layerlab`: builds Dockerfiles with the same engine as the browser.

mod build;
mod context;
mod modules;
mod progress;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A laboratory for container images.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Build an image from a Dockerfile.
    Build(build::BuildArguments),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Verb::Build(arguments) => build::run(&arguments),
    }
}
