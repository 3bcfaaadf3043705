//! `curl` 7.88.

use std::fs;
use std::io::Write as _;

use guest::out;

use crate::url::{Url, address};

/// Options that take a value and are not looked at here.
const WITH_VALUE: &str = "AbcCdDeEFhHmPQrtTuUxXyYz";
const LONG_WITH_VALUE: [&str; 30] = [
    "user-agent",
    "cookie",
    "cookie-jar",
    "data",
    "data-raw",
    "data-binary",
    "data-urlencode",
    "dump-header",
    "referer",
    "cert",
    "form",
    "header",
    "max-time",
    "connect-timeout",
    "proxy",
    "request",
    "retry",
    "retry-delay",
    "retry-max-time",
    "range",
    "user",
    "cacert",
    "capath",
    "key",
    "limit-rate",
    "max-redirs",
    "resolve",
    "tls-max",
    "noproxy",
    "upload-file",
];
const LONG_FLAGS: [&str; 30] = [
    "location",
    "insecure",
    "compressed",
    "verbose",
    "http1.1",
    "http2",
    "ipv4",
    "ipv6",
    "tlsv1.2",
    "tlsv1.3",
    "proto-default",
    "retry-connrefused",
    "retry-all-errors",
    "fail-with-body",
    "get",
    "globoff",
    "no-progress-meter",
    "progress-bar",
    "remote-time",
    "ssl-reqd",
    "location-trusted",
    "no-buffer",
    "parallel",
    "raw",
    "sslv2",
    "sslv3",
    "tlsv1",
    "tcp-nodelay",
    "anyauth",
    "basic",
];

#[derive(Default)]
struct Request {
    silent: bool,
    show_error: bool,
    head: bool,
    create_dirs: bool,
    write_out: String,
    /// Where each URL's content goes.
    targets: Vec<Target>,
    urls: Vec<String>,
}

#[derive(Clone)]
enum Target {
    File(String),
    /// `-O`: named as in the URL.
    Named,
}

/// Why a transfer failed: curl's exit status and text.
struct Failure(i32, String);

/// Runs `curl`.
pub fn run(args: Vec<String>) -> i32 {
    if args.is_empty() {
        eprintln!("curl: try 'curl --help' or 'curl --manual' for more information");
        return 2;
    }
    let request = match parse(args) {
        Ok(request) => request,
        Err(status) => return status,
    };
    if request.urls.is_empty() {
        eprintln!(
            "curl: no URL specified!\ncurl: try 'curl --help' or 'curl --manual' for more information"
        );
        return 2;
    }
    let mut status = 0;
    for (at, url) in request.urls.iter().enumerate() {
        let target = request.targets.get(at).cloned();
        let code = match fetch(url, target.as_ref(), &request) {
            Ok(()) => 0,
            Err(Failure(code, text)) => {
                out::flush();
                if !request.silent || request.show_error {
                    eprintln!("curl: ({code}) {text}");
                }
                code
            }
        };
        out::put(write_out(&request.write_out, url, code));
        status = code;
    }
    status
}

fn parse(args: Vec<String>) -> Result<Request, i32> {
    let mut request = Request::default();
    let mut args = args.into_iter();
    let misuse = |text: String| {
        eprintln!("curl: {text}\ncurl: try 'curl --help' or 'curl --manual' for more information");
        2
    };
    while let Some(arg) = args.next() {
        if let Some(long) = arg.strip_prefix("--").filter(|long| !long.is_empty()) {
            let mut value = || {
                args.next().ok_or_else(|| misuse(format!("option --{long}: requires parameter")))
            };
            match long {
                "silent" => request.silent = true,
                "show-error" => request.show_error = true,
                "fail" => {}
                "head" => request.head = true,
                "output" => request.targets.push(Target::File(value()?)),
                "remote-name" | "remote-name-all" => request.targets.push(Target::Named),
                "create-dirs" => request.create_dirs = true,
                "write-out" => request.write_out = value()?,
                "url" => request.urls.push(value()?),
                "proto" => drop(value()?),
                "version" => return Err(version()),
                long if LONG_WITH_VALUE.contains(&long) => drop(value()?),
                long if LONG_FLAGS.contains(&long) => {}
                long if long.strip_prefix("no-").is_some_and(|name| LONG_FLAGS.contains(&name)) => {
                }
                long => return Err(misuse(format!("option --{long}: is unknown"))),
            }
            continue;
        }
        let Some(letters) = arg.strip_prefix('-').filter(|letters| !letters.is_empty()) else {
            request.urls.push(arg);
            continue;
        };
        let mut rest = letters.chars();
        while let Some(letter) = rest.next() {
            let mut value = || match rest.as_str() {
                "" => args
                    .next()
                    .ok_or_else(|| misuse(format!("option -{letter}: requires parameter"))),
                attached => {
                    let attached = attached.to_owned();
                    rest = "".chars();
                    Ok(attached)
                }
            };
            match letter {
                's' => request.silent = true,
                'S' => request.show_error = true,
                'I' => request.head = true,
                'o' => request.targets.push(Target::File(value()?)),
                'O' => request.targets.push(Target::Named),
                'w' => request.write_out = value()?,
                'V' => return Err(version()),
                'f' | 'L' | 'k' | 'v' | 'i' | 'g' | 'G' | 'J' | 'R' | 'N' | '#' | '0' | '1'
                | '2' | '3' | '4' | '6' | 'a' | 'j' | 'l' | 'n' | 'p' | 'q' | 'B' | 'M' | 'Z' => {}
                letter if WITH_VALUE.contains(letter) => drop(value()?),
                letter => return Err(misuse(format!("option -{letter}: is unknown"))),
            }
        }
    }
    Ok(request)
}

/// Prints the version; answers status 0.
fn version() -> i32 {
    out::line(format!(
        "curl 7.88.1 (Layerlab {})\nProtocols: file http https",
        env!("CARGO_PKG_VERSION")
    ));
    0
}

/// What `-w` asks for.
fn write_out(format: &str, url: &str, code: i32) -> String {
    let text = format.replace("\\n", "\n").replace("\\t", "\t").replace("\\r", "\r");
    let known = [
        ("%{http_code}", "000".to_owned()),
        ("%{response_code}", "000".to_owned()),
        ("%{exitcode}", code.to_string()),
        ("%{url_effective}", url.to_owned()),
        ("%{url}", url.to_owned()),
        ("%{size_download}", "0".to_owned()),
        ("%{time_total}", "0.000000".to_owned()),
        ("%{content_type}", String::new()),
    ];
    known.iter().fold(text, |text, (name, value)| text.replace(name, value))
}

/// The head of the table that shows progress where it does not disturb the output.
fn begin_progress(shown: bool) {
    if shown {
        out::flush();
        eprint!(
            "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n\
             {:33}Dload  Upload   Total   Spent    Left  Speed\n\
             \r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0",
            ""
        );
    }
}

fn fetch(text: &str, target: Option<&Target>, request: &Request) -> Result<(), Failure> {
    let bad = || Failure(3, "URL using bad/illegal format or missing URL".into());
    let url = Url::parse(text).ok_or_else(bad)?;
    let target = match target {
        Some(Target::File(name)) if name != "-" => Some(name.clone()),
        Some(Target::Named) => match url.file_name() {
            Some(name) => Some(name.to_owned()),
            None => return Err(Failure(23, "Remote file name has no length!".into())),
        },
        _ => None,
    };
    let shown = !(request.silent || target.is_none() && guest::isatty(1));
    match url.scheme.as_str() {
        "file" => {
            let data = fs::read(&url.path)
                .map_err(|_| Failure(37, format!("Couldn't open file {}", url.path)))?;
            begin_progress(shown && !request.head);
            if request.head {
                let time = guest::stat(&url.path, true).map_or(0, |stat| stat.mtime);
                let time =
                    guest::civil::Civil::from_nanos(time).format("%a, %d %b %Y %H:%M:%S GMT");
                let head = format!(
                    "Content-Length: {}\r\nAccept-ranges: bytes\r\nLast-Modified: {time}\r\n",
                    data.len()
                );
                return keep(target, head.as_bytes(), request);
            }
            keep(target, &data, request)?;
            if shown {
                out::flush();
                let size = data.len();
                eprintln!(
                    "\r100{size:>6}  100{size:>6}    0     0   {size:>4}      0 --:--:-- --:--:-- --:--:-- {size:>5}"
                );
            }
            Ok(())
        }
        "http" | "https" | "ftp" | "ftps" => {
            begin_progress(shown);
            match address(&url.host) {
                None => Err(Failure(6, format!("Could not resolve host: {}", url.host))),
                Some(_) => Err(Failure(
                    7,
                    format!(
                        "Failed to connect to {} port {} after 0 ms: Couldn't connect to server",
                        url.host, url.port
                    ),
                )),
            }
        }
        scheme => {
            Err(Failure(1, format!("Protocol \"{scheme}\" not supported or disabled in libcurl")))
        }
    }
}

fn keep(target: Option<String>, data: &[u8], request: &Request) -> Result<(), Failure> {
    let Some(name) = target else {
        out::put(data);
        return Ok(());
    };
    if let Some((dir, _)) = name.rsplit_once('/').filter(|_| request.create_dirs) {
        let _ = fs::create_dir_all(dir);
    }
    fs::File::create(&name).and_then(|mut file| file.write_all(data)).map_err(|error| {
        if !request.silent {
            eprintln!("Warning: Failed to open the file {name}: {}", guest::strerror(&error));
        }
        Failure(23, "Failure writing output to destination".into())
    })
}
