//! Addresses of what is to be fetched, and where their hosts are.

/// The parts of a URL.
#[derive(Debug, PartialEq, Eq)]
pub struct Url {
    /// `http`.
    pub scheme: String,
    /// The host's name or address.
    pub host: String,
    /// The port, that of the scheme if none is written.
    pub port: u16,
    /// What follows, with its slash.
    pub path: String,
}

impl Url {
    /// Reads a URL; one without a scheme is of the scheme that its host's name begins with, or http.
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() || text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return None;
        }
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
            None if text.starts_with("ftp.") => ("ftp".into(), text),
            None => ("http".into(), text),
        };
        let at = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(at);
        let host_port = authority.rsplit('@').next().unwrap_or_default();
        let (host, port) = match host_port.rsplit_once(':') {
            Some((host, port)) if !port.is_empty() && !host_port.ends_with(']') => {
                (host, Some(port.parse().ok()?))
            }
            _ => (host_port.trim_end_matches(':'), None),
        };
        if host.is_empty() && scheme != "file" {
            return None;
        }
        let default = match scheme.as_str() {
            "https" => 443,
            "ftp" => 21,
            _ => 80,
        };
        let path = path.split('#').next().unwrap_or_default();
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        Some(Self { scheme, host, port: port.unwrap_or(default), path })
    }

    /// The last part of the path, under which a download is kept.
    pub fn file_name(&self) -> Option<&str> {
        let path = self.path.split('?').next().unwrap_or_default();
        path.rsplit('/').next().filter(|name| !name.is_empty())
    }
}

/// The address of a host, if it is one or `/etc/hosts` has its name.
pub fn address(host: &str) -> Option<String> {
    if host.parse::<std::net::IpAddr>().is_ok() {
        return Some(host.to_owned());
    }
    let hosts = std::fs::read_to_string("/etc/hosts").unwrap_or_default();
    let found = hosts.lines().find_map(|line| {
        let mut words = line.split('#').next()?.split_whitespace();
        let address = words.next()?;
        words.any(|name| name.eq_ignore_ascii_case(host)).then(|| address.to_owned())
    });
    found.or_else(|| (host == "localhost").then(|| "127.0.0.1".into()))
}

#[cfg(test)]
mod tests {
    use super::Url;

    #[test]
    fn parts() {
        let url = |text| {
            let Url { scheme, host, port, path } = Url::parse(text)?;
            Some(format!("{scheme} {host} {port} {path}"))
        };
        let table = [
            ("http://a/b", Some("http a 80 /b")),
            ("HTTPS://u:p@a:8443?q#f", Some("https a 8443 /?q")),
            ("a.b/c", Some("http a.b 80 /c")),
            ("ftp.a/c", Some("ftp ftp.a 21 /c")),
            ("file:///etc/x", Some("file  80 /etc/x")),
            ("http://[::1]:1/", Some("http ::1 1 /")),
            ("http://", None),
            ("http://a b", None),
            ("http://a:x/", None),
        ];
        for (text, parts) in table {
            assert_eq!(url(text).as_deref(), parts, "{text}");
        }
    }
}
