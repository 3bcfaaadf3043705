//! The native command `layerlab`: builds Dockerfiles with the same engine as the browser, and runs
//! its shells and WASI programs for trying and testing.

mod build;
mod compiled;
mod context;
mod docker;
mod dump;
mod host;
mod host_files;
mod images;
mod modules;
mod output;
mod sh;
mod state;
mod terminal;
mod transfer;
mod wasi;

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
    /// Look into an image that any tool saved.
    Image(images::ImageArguments),
    /// Run a docker command: images, containers, builds.
    Docker(docker::DockerArguments),
    /// Open the shell of a machine that has docker, or run a script there.
    Host(host::HostArguments),
    /// Run a script in a fresh container that has all programs.
    Sh(sh::ShArguments),
    /// Run a WASI command module.
    Wasi(wasi::WasiArguments),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Verb::Build(arguments) => build::run(&arguments),
        Verb::Image(arguments) => images::run(&arguments),
        Verb::Docker(arguments) => docker::run(&arguments),
        Verb::Host(arguments) => host::run(&arguments),
        Verb::Sh(arguments) => sh::run(&arguments),
        Verb::Wasi(arguments) => wasi::run(&arguments),
    }
}
