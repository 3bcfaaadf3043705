//! `cargo xtask serve`: the playground on this machine, rebuilt when its sources change.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args;

use crate::process;
use crate::project::Project;
use crate::{setup, web};

/// What can be chosen.
#[derive(Args)]
pub struct Options {
    /// Build as for the published site, which takes longer and runs faster.
    #[arg(long)]
    release: bool,
    /// The port to listen on.
    #[arg(long, default_value_t = 8080)]
    port: u16,
}

/// Serves until it is interrupted.
pub fn run(project: &Project, options: &Options) -> Result<()> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
    if TcpListener::bind(address).is_err() {
        bail!(
            "port {} is taken: stop the program that listens there, or choose another port \
             with `--port`",
            options.port
        );
    }
    setup::page_tools(project)?;
    web::prepare(project)?;
    thread::spawn(move || announce(address));
    let mut trunk = project.trunk();
    trunk
        .args(["serve", "--address", "127.0.0.1", "--port", &options.port.to_string()])
        .arg(format!("--release={}", options.release));
    process::run(&mut trunk)
}

/// Says where the playground is as soon as something answers there.
fn announce(address: SocketAddr) {
    while TcpStream::connect(address).is_err() {
        thread::sleep(Duration::from_millis(200));
    }
    eprintln!("xtask: the playground is at http://{address}");
}
