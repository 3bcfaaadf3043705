//! Port specifications of `EXPOSE`: `80`, `80/udp`, `8000-8010`, `127.0.0.1:80:8080/tcp`.

use std::net::IpAddr;

use thiserror::Error;

use crate::quote::quote;

/// A port specification that BuildKit refuses, in its words.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PortError {
    /// No port, or a protocol there is none of: BuildKit names the specification.
    #[error("invalid port: {}: {cause}", quote(.port))]
    Named {
        /// The specification.
        port: String,
        /// What is wrong with it.
        cause: String,
    },
    /// An address or range that is none.
    #[error("{0}")]
    Range(String),
}

/// The ports that `specs` expose, as `number/protocol`, ranges written out. Addresses and host ports are checked
/// and dropped.
///
/// # Errors
/// [`PortError`] for the first specification that is wrong.
pub fn expose_ports<T: AsRef<str>>(specs: &[T]) -> Result<Vec<String>, PortError> {
    let mut ports = Vec::new();
    for spec in specs {
        let (range, protocol) = port_spec(spec.as_ref())?;
        ports.extend((range.0..=range.1).map(|port| format!("{port}/{protocol}")));
    }
    Ok(ports)
}

/// What is wrong with a specification, and whether that is found before the checks look at it.
pub(crate) fn port_problem(spec: &str) -> (Option<PortError>, bool) {
    let problem = port_spec(spec).err();
    let is_named = matches!(problem, Some(PortError::Named { .. }));
    (problem, is_named)
}

/// `[address:[host port:]]port[/protocol]`, cut at its colons from the right.
pub(crate) fn port_parts(spec: &str) -> (Option<&str>, Option<&str>, &str) {
    let Some((rest, port)) = spec.rsplit_once(':') else { return (None, None, spec) };
    match rest.rsplit_once(':') {
        Some((address, host_port)) => (Some(address), Some(host_port), port),
        None => (None, Some(rest), port),
    }
}

fn port_spec(spec: &str) -> Result<((u16, u16), String), PortError> {
    let named = |cause: String| PortError::Named { port: spec.to_owned(), cause };
    let (address, host_port, port) = port_parts(spec);
    let (port, protocol) = port.split_once('/').unwrap_or((port, ""));
    if port.is_empty() {
        return Err(named("no port specified".to_owned()));
    }
    let protocol = match protocol.to_lowercase().as_str() {
        "" => "tcp".to_owned(),
        known @ ("tcp" | "udp" | "sctp") => known.to_owned(),
        other => return Err(named(format!("invalid proto: {other}"))),
    };
    let address = address.unwrap_or_default();
    let bare = address.strip_prefix('[').and_then(|bare| bare.strip_suffix(']')).unwrap_or(address);
    if !bare.is_empty() && bare.parse::<IpAddr>().is_err() {
        return Err(PortError::Range(format!("invalid IP address: {bare}")));
    }
    let range = port_range(port)
        .ok_or_else(|| PortError::Range(format!("invalid containerPort: {port}")))?;
    if let Some(host_port) = host_port.filter(|host_port| !host_port.is_empty()) {
        let host = port_range(host_port)
            .ok_or_else(|| PortError::Range(format!("invalid hostPort: {host_port}")))?;
        // A range of host ports may serve a single port, but not another range.
        if range.1 - range.0 != host.1 - host.0 && range.0 != range.1 {
            let cause = format!(
                "invalid ranges specified for container and host Ports: {port} and {host_port}"
            );
            return Err(PortError::Range(cause));
        }
    }
    Ok((range, protocol))
}

fn port_range(text: &str) -> Option<(u16, u16)> {
    let number = |text: &str| {
        text.parse::<u16>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
    };
    match text.split_once('-') {
        None => number(text).map(|port| (port, port)),
        Some((start, end)) => {
            Some((number(start)?, number(end)?)).filter(|(start, end)| start <= end)
        }
    }
}
