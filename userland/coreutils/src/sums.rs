//! `md5sum`, `sha1sum`, `sha256sum` and their like.

use guest::{Arg, Failed, Long, Opts, bytes, input, out, quote};
use sha2::digest::Digest;
use std::ffi::OsString;
use std::io::{self, ErrorKind, Read};

const LONG: &[Long] = &[
    Long("binary", Arg::No, 'b'),
    Long("check", Arg::No, 'c'),
    Long("ignore-missing", Arg::No, 'I'),
    Long("quiet", Arg::No, 'Q'),
    Long("status", Arg::No, 'S'),
    Long("strict", Arg::No, 'R'),
    Long("tag", Arg::No, 'T'),
    Long("text", Arg::No, 't'),
    Long("warn", Arg::No, 'w'),
    Long("zero", Arg::No, 'z'),
];

/// Runs `md5sum`.
pub fn md5(args: Vec<OsString>) -> i32 {
    run(args, "MD5", 32, hash::<md5::Md5>)
}

/// Runs `sha1sum`.
pub fn sha1(args: Vec<OsString>) -> i32 {
    run(args, "SHA1", 40, hash::<sha1::Sha1>)
}

/// Runs `sha224sum`.
pub fn sha224(args: Vec<OsString>) -> i32 {
    run(args, "SHA224", 56, hash::<sha2::Sha224>)
}

/// Runs `sha256sum`.
pub fn sha256(args: Vec<OsString>) -> i32 {
    run(args, "SHA256", 64, hash::<sha2::Sha256>)
}

/// Runs `sha384sum`.
pub fn sha384(args: Vec<OsString>) -> i32 {
    run(args, "SHA384", 96, hash::<sha2::Sha384>)
}

/// Runs `sha512sum`.
pub fn sha512(args: Vec<OsString>) -> i32 {
    run(args, "SHA512", 128, hash::<sha2::Sha512>)
}

type Hash = fn(&OsString) -> io::Result<String>;

fn hash<D: Digest>(path: &OsString) -> io::Result<String> {
    let mut source = input::open(path)?.into_inner();
    let mut digest = D::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(len) => digest.update(&buffer[..len]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

#[derive(Default)]
struct Options {
    binary: bool,
    tag: bool,
    zero: bool,
    quiet: bool,
    status: bool,
    strict: bool,
    warn: bool,
    ignore_missing: bool,
}

fn run(args: Vec<OsString>, algorithm: &str, digits: usize, hash: Hash) -> i32 {
    let mut options = Options::default();
    let mut check = false;
    let mut opts = Opts::new(args, "bctwz", LONG, "[OPTION]... [FILE]...");
    for opt in opts.by_ref() {
        match opt.code {
            'b' => options.binary = true,
            'c' => check = true,
            't' => options.binary = false,
            'w' => options.warn = true,
            'z' => options.zero = true,
            'T' => options.tag = true,
            'Q' => options.quiet = true,
            'S' => options.status = true,
            'R' => options.strict = true,
            _ => options.ignore_missing = true,
        }
    }
    let only_checking = [
        (options.ignore_missing, "ignore-missing"),
        (options.status, "status"),
        (options.warn, "warn"),
        (options.quiet, "quiet"),
        (options.strict, "strict"),
    ];
    if let Some((_, name)) = only_checking.iter().find(|(set, _)| *set && !check) {
        guest::warn(format!("the --{name} option is meaningful only when verifying checksums"));
        guest::try_help();
    }
    if options.tag && check {
        guest::warn("the --tag option is meaningless when verifying checksums");
        guest::try_help();
    }
    let mut files = opts.operands();
    if files.is_empty() {
        files.push("-".into());
    }
    let mut failed = Failed::default();
    for file in &files {
        if check {
            failed.0 |= !verify(file, &options, algorithm, digits, hash);
            continue;
        }
        match hash(file) {
            Ok(sum) => print(&sum, bytes(file), &options, algorithm),
            Err(error) => failed.path(file, &error),
        }
    }
    failed.status()
}

fn print(sum: &str, name: &[u8], options: &Options, algorithm: &str) {
    let special = |c: &u8| matches!(c, b'\\' | b'\n' | b'\r');
    let escape = !options.zero && name.iter().any(special);
    let shown = if escape { escaped(name) } else { name.to_vec() };
    if escape {
        out::put("\\");
    }
    if options.tag {
        out::put(format!("{algorithm} ("));
        out::put(shown);
        out::put(format!(") = {sum}"));
    } else {
        out::put(sum);
        out::put(if options.binary { " *" } else { "  " });
        out::put(shown);
    }
    out::put(if options.zero { "\0" } else { "\n" });
}

/// A name with a backslash in front of what would break its line.
fn escaped(name: &[u8]) -> Vec<u8> {
    let mut shown = Vec::new();
    for &c in name {
        match c {
            b'\\' => shown.extend(b"\\\\"),
            b'\n' => shown.extend(b"\\n"),
            b'\r' => shown.extend(b"\\r"),
            c => shown.push(c),
        }
    }
    shown
}

/// A line of a list of checksums: the sum in lower case and the name.
fn parse(line: &[u8], algorithm: &str, digits: usize) -> Option<(String, Vec<u8>)> {
    let line = line.trim_ascii_start();
    let (escaped, line) = match line {
        [b'\\', rest @ ..] => (true, rest),
        _ => (false, line),
    };
    let (sum, name) = match line.strip_prefix(algorithm.as_bytes()) {
        Some(rest) => {
            let rest = rest.trim_ascii_start().strip_prefix(b"(")?;
            let close = rest.windows(4).rposition(|part| part == b") = ")?;
            (&rest[close + 4..], &rest[..close])
        }
        None => {
            let (sum, rest) = line.split_at_checked(digits)?;
            let rest = match rest {
                [b' ', b' ' | b'*', name @ ..] => name,
                [b' ', name @ ..] => name,
                _ => return None,
            };
            (sum, rest)
        }
    };
    if sum.len() != digits || !sum.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let sum = String::from_utf8_lossy(sum).to_ascii_lowercase();
    if !escaped {
        return Some((sum, name.to_vec()));
    }
    let mut plain = Vec::new();
    let mut chars = name.iter();
    while let Some(&c) = chars.next() {
        plain.push(match c {
            b'\\' => match chars.next()? {
                b'n' => b'\n',
                b'r' => b'\r',
                b'\\' => b'\\',
                _ => return None,
            },
            c => c,
        });
    }
    Some((sum, plain))
}

fn verify(list: &OsString, options: &Options, algorithm: &str, digits: usize, hash: Hash) -> bool {
    let text = match input::read_all(list) {
        Ok(text) => text,
        Err(error) => {
            Failed::default().path(list, &error);
            return false;
        }
    };
    let shown_list = if list == "-" { "'standard input'".into() } else { quote::colon(list) };
    let (mut proper, mut malformed, mut mismatched, mut unreadable, mut matched) = (0, 0, 0, 0, 0);
    let lines = text.split(|&c| c == b'\n').enumerate();
    for (index, line) in lines.filter(|(_, line)| !line.is_empty() && line[0] != b'#') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let Some((expected, name)) = parse(line, algorithm, digits) else {
            malformed += 1;
            if options.warn {
                guest::warn(format!(
                    "{shown_list}: {}: improperly formatted {algorithm} checksum line",
                    index + 1
                ));
            }
            continue;
        };
        proper += 1;
        let path = guest::os(name.as_slice());
        let shown =
            if name.contains(&b'\n') { [b"\\".as_slice(), &escaped(&name)].concat() } else { name };
        let say = |verdict: &str| {
            out::put(&shown);
            out::line(verdict);
        };
        match hash(&path) {
            Ok(sum) if sum == expected => {
                matched += 1;
                if !options.status && !options.quiet {
                    say(": OK");
                }
            }
            Ok(_) => {
                mismatched += 1;
                if !options.status {
                    say(": FAILED");
                }
            }
            Err(error) if options.ignore_missing && error.kind() == ErrorKind::NotFound => {}
            Err(error) => {
                unreadable += 1;
                Failed::default().path(&path, &error);
                if !options.status {
                    say(": FAILED open or read");
                }
            }
        }
    }
    if proper == 0 {
        guest::warn(format!("{shown_list}: no properly formatted checksum lines found"));
        return false;
    }
    if !options.status {
        let count = |count: u64, one: &str, many: &str| {
            if count > 0 {
                guest::warn(format!("WARNING: {count} {}", if count == 1 { one } else { many }));
            }
        };
        count(malformed, "line is improperly formatted", "lines are improperly formatted");
        count(unreadable, "listed file could not be read", "listed files could not be read");
        count(mismatched, "computed checksum did NOT match", "computed checksums did NOT match");
        if options.ignore_missing && matched == 0 {
            guest::warn(format!("{shown_list}: no file was verified"));
        }
    }
    mismatched == 0
        && unreadable == 0
        && !(options.strict && malformed > 0)
        && !(options.ignore_missing && matched == 0)
}
