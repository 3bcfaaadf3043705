//! `wget` 1.21.

use guest::out;

use crate::url::{Url, address};

const WITH_VALUE: &str = "oaeitOTwQPUl";
const LONG_WITH_VALUE: [&str; 22] = [
    "output-file",
    "append-output",
    "execute",
    "input-file",
    "tries",
    "output-document",
    "timeout",
    "wait",
    "waitretry",
    "quota",
    "directory-prefix",
    "user-agent",
    "header",
    "user",
    "password",
    "post-data",
    "method",
    "body-data",
    "progress",
    "connect-timeout",
    "read-timeout",
    "referer",
];
const LONG_FLAGS: [&str; 18] = [
    "no-check-certificate",
    "continue",
    "recursive",
    "no-parent",
    "mirror",
    "no-clobber",
    "timestamping",
    "show-progress",
    "no-cache",
    "https-only",
    "inet4-only",
    "inet6-only",
    "server-response",
    "spider",
    "no-cookies",
    "content-disposition",
    "no-directories",
    "trust-server-names",
];

/// Runs `wget`.
pub fn run(args: Vec<String>) -> i32 {
    let (mut quiet, mut brief, mut target) = (false, false, None);
    let mut urls = Vec::new();
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        if let Some(long) = arg.strip_prefix("--").filter(|long| !long.is_empty()) {
            let (name, value) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (long, None),
            };
            match name {
                "quiet" => quiet = true,
                "no-verbose" => brief = true,
                "version" => {
                    out::line(format!("GNU Wget 1.21.3 (Layerlab {})", env!("CARGO_PKG_VERSION")));
                    return 0;
                }
                name if LONG_WITH_VALUE.contains(&name) => {
                    let value = value.or_else(|| args.next());
                    if name == "output-document" {
                        target = value;
                    }
                }
                name if LONG_FLAGS.contains(&name) => {}
                _ => return misuse(&format!("unrecognized option '{arg}'")),
            }
            continue;
        }
        let Some(letters) = arg.strip_prefix('-').filter(|letters| !letters.is_empty()) else {
            urls.push(arg);
            continue;
        };
        let mut rest = letters;
        while let Some(letter) = rest.chars().next() {
            rest = &rest[letter.len_utf8()..];
            match letter {
                'q' => quiet = true,
                'n' => {
                    brief |= rest.starts_with('v');
                    rest = rest.get(1..).unwrap_or_default();
                }
                'c' | 'N' | 'S' | 'b' | 'd' | 'v' | 'x' | 'r' | 'k' | 'p' | 'm' | 'E' | 'H'
                | 'L' | '4' | '6' | 'K' | 'F' => {}
                letter if WITH_VALUE.contains(letter) => {
                    let value = if rest.is_empty() { args.next() } else { Some(rest.to_owned()) };
                    rest = "";
                    if letter == 'O' {
                        target = value;
                    }
                }
                letter => return misuse(&format!("invalid option -- '{letter}'")),
            }
        }
    }
    if urls.is_empty() {
        return misuse("missing URL");
    }
    if let Some(name) = target.as_ref().filter(|name| *name != "-")
        && let Err(error) = std::fs::write(name, b"")
    {
        eprintln!("{name}: {}", guest::strerror(&error));
        return 1;
    }
    let mut status = 0;
    for url in &urls {
        let code = fetch(url, quiet, brief);
        status = if status == 0 { code } else { status.min(code) };
    }
    status
}

fn misuse(text: &str) -> i32 {
    eprintln!(
        "wget: {text}\nUsage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options."
    );
    if text == "missing URL" { 1 } else { 2 }
}

/// Tries one; answers wget's exit status.
fn fetch(text: &str, quiet: bool, brief: bool) -> i32 {
    let Some(url) = Url::parse(text) else {
        if !quiet {
            eprintln!("{text}: Invalid host name.");
        }
        return 1;
    };
    if !matches!(url.scheme.as_str(), "http" | "https" | "ftp") {
        if !quiet {
            eprintln!("{text}: Unsupported scheme ‘{}’.", url.scheme);
        }
        return 1;
    }
    let loud = !quiet && !brief;
    let written = format!("{}{}", if text.contains("://") { "" } else { "http://" }, text);
    if loud {
        let now = guest::civil::Civil::from_nanos(guest::civil::now()).format("%Y-%m-%d %H:%M:%S");
        let slash = if written.matches('/').count() == 2 { "/" } else { "" };
        eprintln!("--{now}--  {written}{slash}");
        if url.scheme == "ftp" {
            eprintln!("           => ‘{}’", url.file_name().unwrap_or(".listing"));
        }
    }
    let port = url.port;
    match address(&url.host) {
        None => {
            let host = &url.host;
            if loud {
                eprintln!("Resolving {host} ({host})... failed: Name or service not known.");
            }
            if !quiet {
                eprintln!("wget: unable to resolve host address ‘{host}’");
            }
        }
        Some(address) if loud => {
            let mut place = format!("{}:{port}", url.host);
            if address != url.host {
                eprintln!("Resolving {0} ({0})... {address}", url.host);
                place = format!("{0} ({0})|{address}|:{port}", url.host);
            }
            let own = address.starts_with("127.") || address == "::1";
            let why = if own { "Connection refused" } else { "Network is unreachable" };
            eprintln!("Connecting to {place}... failed: {why}.");
        }
        Some(_) => {}
    }
    4
}
