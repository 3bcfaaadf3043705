//! `file` 5.44, for the types that turn up in images.

use std::ffi::OsString;

use guest::{Arg, Kind, Long, Opts, Stat, input, out};

const LONG: &[Long] = &[
    Long("brief", Arg::No, 'b'),
    Long("dereference", Arg::No, 'L'),
    Long("no-dereference", Arg::No, 'h'),
    Long("mime", Arg::No, 'i'),
    Long("mime-type", Arg::No, 'M'),
    Long("mime-encoding", Arg::No, 'E'),
    Long("no-pad", Arg::No, 'N'),
    Long("separator", Arg::Yes, 'F'),
    Long("files-from", Arg::Yes, 'f'),
    Long("print0", Arg::No, '0'),
];

/// What a file is: in words, as a MIME type, and its encoding.
struct Type {
    words: String,
    mime: String,
    encoding: &'static str,
}

impl Type {
    fn binary(words: impl Into<String>, mime: &str) -> Self {
        Self { words: words.into(), mime: mime.into(), encoding: "binary" }
    }
}

/// Runs `file`.
pub fn run(args: Vec<OsString>) -> i32 {
    let (mut brief, mut follow, mut mime, mut encoding) = (false, false, false, false);
    let (mut pad, mut separator, mut null) = (true, ":".to_owned(), false);
    let mut files = Vec::new();
    let mut opts = Opts::new(args, "bchif:F:kLm:nNprsSvzZ0", LONG, "[OPTION...] [FILE...]");
    for opt in opts.by_ref() {
        match opt.code {
            'b' => brief = true,
            'L' => follow = true,
            'h' => follow = false,
            'i' => (mime, encoding) = (true, true),
            'M' => mime = true,
            'E' => encoding = true,
            'N' => pad = false,
            'F' => separator = opt.text(),
            '0' => null = true,
            'f' => {
                let text = input::read_all(opt.value()).unwrap_or_default();
                files.extend(String::from_utf8_lossy(&text).lines().map(OsString::from));
            }
            _ => {}
        }
    }
    files.extend(opts.operands());
    if files.is_empty() {
        out::flush();
        eprintln!("Usage: file [-bcCdEhikLlNnprsSvzZ0] [--apple] [--extension] [--mime-encoding]");
        return 1;
    }
    let shown = |file: &OsString| match file.to_string_lossy() {
        name if name == "-" => "/dev/stdin".to_owned(),
        name => name.into_owned(),
    };
    let width = files.iter().map(|file| shown(file).chars().count()).max().unwrap_or(0) + 1;
    for file in &files {
        let name = shown(file);
        let found = examine(file, follow);
        if !brief {
            let label = format!("{name}{separator}");
            let width = if pad { width + 1 } else { 0 };
            let label = if null { format!("{name}\0") } else { format!("{label:<width$}") };
            out::put(if pad || null { label } else { format!("{label} ") });
        }
        out::line(match (mime, encoding) {
            (true, true) if found.mime.starts_with("inode/") || found.mime.is_empty() => {
                format!("{}; charset=binary", found.mime)
            }
            (true, true) => format!("{}; charset={}", found.mime, found.encoding),
            (true, false) => found.mime,
            (false, true) => found.encoding.to_owned(),
            _ => found.words,
        });
    }
    0
}

fn examine(file: &OsString, follow: bool) -> Type {
    let shown = file.to_string_lossy();
    let stat = match guest::stat(file, follow) {
        _ if file == "-" => Stat { mode: 0o100_644, size: 1, ..Stat::default() },
        Ok(stat) => stat,
        Err(error) => {
            let why = guest::strerror(&error);
            let words = format!("cannot open `{shown}' ({why})");
            return Type { mime: words.clone(), words, encoding: "binary" };
        }
    };
    let special = |stat: &Stat| format!(" ({}/{})", stat.rdev >> 32, stat.rdev as u32);
    let mut prefix = String::new();
    for (bit, word) in [(0o4000, "setuid "), (0o2000, "setgid "), (0o1000, "sticky ")] {
        if stat.perm() & bit != 0 {
            prefix.push_str(word);
        }
    }
    match stat.kind() {
        Kind::Dir => Type::binary(
            format!("{}directory", prefix.replace(' ', ", ")).replace(", directory", ", directory"),
            "inode/directory",
        ),
        Kind::Symlink => {
            let target = std::fs::read_link(file).unwrap_or_default();
            let broken = if guest::stat(file, true).is_err() { "broken " } else { "" };
            let target = target.to_string_lossy();
            Type::binary(format!("{broken}symbolic link to {target}"), "inode/symlink")
        }
        Kind::Fifo => Type::binary("fifo (named pipe)", "inode/fifo"),
        Kind::Socket => Type::binary("socket", "inode/socket"),
        Kind::Char => {
            Type::binary(format!("character special{}", special(&stat)), "inode/chardevice")
        }
        Kind::Block => {
            Type::binary(format!("block special{}", special(&stat)), "inode/blockdevice")
        }
        _ => match input::read_all(file) {
            Ok(data) if data.is_empty() => Type::binary("empty", "inode/x-empty"),
            Ok(data) if data.len() == 1 => {
                Type::binary("very short file (no magic)", "application/octet-stream")
            }
            Ok(data) => {
                let mut found = content(&data);
                found.words = format!(
                    "{}{}",
                    prefix.trim_end().replace(' ', ", ") + if prefix.is_empty() { "" } else { " " },
                    found.words
                );
                found
            }
            Err(error) => {
                let why = guest::strerror(&error);
                Type::binary(
                    format!("regular file, no read permission ({why})"),
                    "application/octet-stream",
                )
            }
        },
    }
}

fn content(data: &[u8]) -> Type {
    magic(data).unwrap_or_else(|| text(data))
}

fn le(data: &[u8], at: usize, len: usize) -> u64 {
    data.get(at..at + len)
        .unwrap_or_default()
        .iter()
        .rev()
        .fold(0, |sum, b| sum << 8 | u64::from(*b))
}

fn be(data: &[u8], at: usize, len: usize) -> u64 {
    data.get(at..at + len).unwrap_or_default().iter().fold(0, |sum, b| sum << 8 | u64::from(*b))
}

/// Binary formats, by how they begin.
fn magic(data: &[u8]) -> Option<Type> {
    let begins = |magic: &[u8]| data.starts_with(magic);
    let at =
        |place: usize, magic: &[u8]| data.get(place..).is_some_and(|rest| rest.starts_with(magic));
    Some(if begins(b"\x7fELF") {
        elf(data)
    } else if begins(b"\x1f\x8b") {
        gzip(data)
    } else if begins(b"BZh") {
        let size = char::from(*data.get(3)?);
        Type::binary(
            format!("bzip2 compressed data, block size = {size}00k"),
            "application/x-bzip2",
        )
    } else if begins(b"\xfd7zXZ\0") {
        let check = match data.get(7)? & 15 {
            0 => "NONE",
            1 => "CRC32",
            4 => "CRC64",
            _ => "SHA-256",
        };
        Type::binary(format!("XZ compressed data, checksum {check}"), "application/x-xz")
    } else if begins(b"\x28\xb5\x2f\xfd") {
        Type::binary("Zstandard compressed data (v0.8+), Dictionary ID: None", "application/zstd")
    } else if begins(b"PK\x03\x04") {
        let version = match le(data, 4, 2) {
            10 => "v1.0",
            20 => "v2.0",
            45 => "v4.5",
            _ => "v?",
        };
        let method = match le(data, 8, 2) {
            0 => "store",
            8 => "deflate",
            _ => "unknown",
        };
        let words =
            format!("Zip archive data, at least {version} to extract, compression method={method}");
        Type::binary(words, "application/zip")
    } else if at(257, b"ustar  \0") {
        Type::binary("POSIX tar archive (GNU)", "application/x-tar")
    } else if at(257, b"ustar\0") {
        Type::binary("POSIX tar archive", "application/x-tar")
    } else if begins(b"\x89PNG\r\n\x1a\n") {
        let colour = match data.get(25)? {
            0 => "grayscale",
            2 => "/color RGB",
            3 => "colormap",
            4 => "gray+alpha",
            _ => "/color RGBA",
        };
        let depth = data.get(24)?;
        let separator = if colour.starts_with('/') { "-bit" } else { "-bit " };
        let laced = if data.get(28) == Some(&1) { "interlaced" } else { "non-interlaced" };
        let (width, height) = (be(data, 16, 4), be(data, 20, 4));
        let words =
            format!("PNG image data, {width} x {height}, {depth}{separator}{colour}, {laced}");
        Type::binary(words, "image/png")
    } else if begins(b"GIF87a") || begins(b"GIF89a") {
        let version = String::from_utf8_lossy(&data[3..6]).into_owned();
        let (width, height) = (le(data, 6, 2), le(data, 8, 2));
        Type::binary(format!("GIF image data, version {version}, {width} x {height}"), "image/gif")
    } else if begins(b"\xff\xd8\xff") {
        Type::binary("JPEG image data", "image/jpeg")
    } else if begins(b"%PDF-") {
        let version = String::from_utf8_lossy(data.get(5..8)?).into_owned();
        Type::binary(format!("PDF document, version {version}"), "application/pdf")
    } else if begins(b"\0asm") {
        let version = le(data, 4, 4);
        let words = format!("WebAssembly (wasm) binary module version {version:#x} (MVP)");
        Type::binary(words, "application/wasm")
    } else if begins(b"!<arch>\ndebian-binary") {
        Type::binary("Debian binary package (format 2.0)", "application/vnd.debian.binary-package")
    } else if begins(b"!<arch>\n") {
        Type::binary("current ar archive", "application/x-archive")
    } else if begins(b"SQLite format 3\0") {
        Type::binary("SQLite 3.x database", "application/vnd.sqlite3")
    } else if begins(b"\xca\xfe\xba\xbe") {
        Type::binary("compiled Java class data", "application/x-java-applet")
    } else {
        return None;
    })
}

fn gzip(data: &[u8]) -> Type {
    let flags = data.get(3).copied().unwrap_or(0);
    let mut words = "gzip compressed data".to_owned();
    if flags & 8 != 0 {
        let name = data.get(10..).unwrap_or_default().split(|b| *b == 0).next().unwrap_or_default();
        words.push_str(&format!(", was \"{}\"", String::from_utf8_lossy(name)));
    }
    let time = le(data, 4, 4);
    if time != 0 {
        let time = guest::civil::Civil::from_nanos(time as i64 * 1_000_000_000);
        words.push_str(&format!(", last modified: {}", time.format("%a %b %e %H:%M:%S %Y")));
    }
    match data.get(8) {
        Some(2) => words.push_str(", max compression"),
        Some(4) => words.push_str(", max speed"),
        _ => {}
    }
    if data.get(9) == Some(&3) {
        words.push_str(", from Unix");
    }
    let size = le(data, data.len().saturating_sub(4), 4);
    words.push_str(&format!(", original size modulo 2^32 {size}"));
    Type::binary(words, "application/gzip")
}

fn elf(data: &[u8]) -> Type {
    let wide = data.get(4) == Some(&2);
    let bits = if wide { 64 } else { 32 };
    let machine = match le(data, 18, 2) {
        3 => "Intel 80386",
        40 => "ARM, EABI5",
        62 => "x86-64",
        183 => "ARM aarch64",
        243 => "UCB RISC-V",
        _ => "unknown arch",
    };
    let (kind, mime) = match le(data, 16, 2) {
        1 => ("relocatable", "application/x-object"),
        2 => ("executable", "application/x-executable"),
        3 => ("shared object", "application/x-sharedlib"),
        4 => ("core file", "application/x-coredump"),
        _ => ("no file type", "application/octet-stream"),
    };
    Type::binary(format!("ELF {bits}-bit LSB {kind}, {machine}, version 1 (SYSV)"), mime)
}

/// Text, in which encoding and language, or data that is none.
fn text(data: &[u8]) -> Type {
    let control = |b: &u8| {
        *b < 7 || *b == 0x0b || (0x0e..0x1b).contains(b) || (0x1c..0x20).contains(b) || *b == 0x7f
    };
    let utf16 = data.starts_with(b"\xff\xfe") || data.starts_with(b"\xfe\xff");
    let (encoding, charset) =
        if data.starts_with(b"\xef\xbb\xbf") && std::str::from_utf8(data).is_ok() {
            ("Unicode text, UTF-8 (with BOM) text", "utf-8")
        } else if utf16 && data[0] == 0xff {
            ("Unicode text, UTF-16, little-endian text", "utf-16le")
        } else if utf16 {
            ("Unicode text, UTF-16, big-endian text", "utf-16be")
        } else if data.iter().any(control) {
            return Type::binary("data", "application/octet-stream");
        } else if data.is_ascii() {
            ("ASCII text", "us-ascii")
        } else if std::str::from_utf8(data).is_ok() {
            ("Unicode text, UTF-8 text", "utf-8")
        } else if data.iter().any(|b| (0x80..0xa0).contains(b)) {
            ("Non-ISO extended-ASCII text", "unknown-8bit")
        } else {
            ("ISO-8859 text", "iso-8859-1")
        };
    let head = String::from_utf8_lossy(&data[..data.len().min(4096)]).into_owned();
    let language = language(&head, data);
    let mut words = match &language {
        Some(language) if language.complete => {
            return Type {
                words: language.words.clone(),
                mime: language.mime.into(),
                encoding: charset,
            };
        }
        Some(language) if language.words == "Perl script" => "Perl script text executable".into(),
        Some(language) => format!(
            "{}, {encoding}{}",
            language.words,
            if language.script { " executable" } else { "" }
        ),
        None => encoding.to_owned(),
    };
    let longest = data.split(|b| *b == b'\n').map(<[u8]>::len).max().unwrap_or(0);
    if longest > 300 {
        words.push_str(&format!(", with very long lines ({longest})"));
    }
    let crlf = data.windows(2).filter(|pair| pair == b"\r\n").count();
    let lf = data.iter().filter(|b| **b == b'\n').count() - crlf;
    let cr = data.iter().filter(|b| **b == b'\r').count() - crlf;
    let mut ends = Vec::new();
    for (number, name) in [(crlf, "CRLF"), (cr, "CR"), (lf, "LF")] {
        if number > 0 {
            ends.push(name);
        }
    }
    if ends.is_empty() {
        words.push_str(", with no line terminators");
    } else if ends != ["LF"] {
        words.push_str(&format!(", with {} line terminators", ends.join(", ")));
    }
    if data.contains(&0x1b) {
        words.push_str(", with escape sequences");
    }
    let mime = language.map_or("text/plain", |language| language.mime);
    Type { words, mime: mime.into(), encoding: charset }
}

struct Language {
    words: String,
    mime: &'static str,
    script: bool,
    complete: bool,
}

fn language(head: &str, data: &[u8]) -> Option<Language> {
    let plain =
        |words: &str, mime| Language { words: words.into(), mime, script: false, complete: false };
    if let Some(line) = head.strip_prefix("#!") {
        let line = line.lines().next().unwrap_or_default().trim();
        let mut words = line.split_whitespace();
        let mut program = words.next().unwrap_or_default();
        if program.ends_with("/env") {
            program = words.find(|word| !word.starts_with('-')).unwrap_or_default();
        }
        let name = program.rsplit('/').next().unwrap_or_default();
        let (words, mime) = match name {
            "sh" | "dash" | "ash" => ("POSIX shell script", "text/x-shellscript"),
            "bash" => ("Bourne-Again shell script", "text/x-shellscript"),
            "zsh" => ("Paul Falstad's zsh script", "text/x-shellscript"),
            "perl" => ("Perl script", "text/x-perl"),
            "ruby" => ("Ruby script", "text/x-ruby"),
            "node" => ("Node.js script", "application/javascript"),
            "awk" | "mawk" => ("awk script", "text/x-awk"),
            "php" => ("PHP script", "text/x-php"),
            _ if name.starts_with("python") => ("Python script", "text/x-script.python"),
            _ => (&*format!("a {line} script"), "text/plain"),
        };
        return Some(Language { words: words.into(), mime, script: true, complete: false });
    }
    let trimmed = head.trim_start();
    let lower = trimmed.get(..64.min(trimmed.len())).unwrap_or_default().to_ascii_lowercase();
    if trimmed.starts_with(['{', '[']) && is_json(data) {
        return Some(Language {
            words: "JSON text data".into(),
            mime: "application/json",
            script: false,
            complete: true,
        });
    }
    if let Some(rest) = trimmed.strip_prefix("<?xml version=") {
        let version = rest.get(1..4).unwrap_or("1.0");
        return Some(plain(&format!("XML {version} document"), "text/xml"));
    }
    if ["<!doctype html", "<html", "<head", "<title", "<body"]
        .iter()
        .any(|tag| lower.starts_with(tag))
    {
        return Some(plain("HTML document", "text/html"));
    }
    if head.lines().any(|line| line.starts_with("#include <") || line.starts_with("#include \"")) {
        let cpp = head.contains("using namespace") || head.contains("class ");
        return Some(if cpp {
            plain("C++ source", "text/x-c++")
        } else {
            plain("C source", "text/x-c")
        });
    }
    let is_python = |line: &str| {
        line.starts_with("def ") && line.ends_with(':')
            || line.starts_with("from ") && line.contains(" import ")
            || line.starts_with("import ") && !line.ends_with(';')
    };
    if head.lines().any(is_python) {
        return Some(plain("Python script", "text/x-script.python"))
            .map(|language| Language { script: true, ..language });
    }
    None
}

/// Whether all of it is one JSON array or object.
fn is_json(data: &[u8]) -> bool {
    let mut at = 0;
    json_value(data, &mut at, 0) && data[at..].iter().all(u8::is_ascii_whitespace)
}

fn json_value(data: &[u8], at: &mut usize, depth: u32) -> bool {
    let skip = |at: &mut usize| {
        while data.get(*at).is_some_and(u8::is_ascii_whitespace) {
            *at += 1;
        }
    };
    skip(at);
    if depth > 500 {
        return false;
    }
    match data.get(*at) {
        Some(open @ (b'{' | b'[')) => {
            let close = if *open == b'{' { b'}' } else { b']' };
            *at += 1;
            skip(at);
            if data.get(*at) == Some(&close) {
                *at += 1;
                return true;
            }
            loop {
                if close == b'}' {
                    skip(at);
                    if data.get(*at) != Some(&b'"') || !json_value(data, at, depth + 1) {
                        return false;
                    }
                    skip(at);
                    if data.get(*at) != Some(&b':') {
                        return false;
                    }
                    *at += 1;
                }
                if !json_value(data, at, depth + 1) {
                    return false;
                }
                skip(at);
                let end = data.get(*at).copied();
                *at += 1;
                match end {
                    Some(b',') => {}
                    Some(b) => return b == close,
                    None => return false,
                }
            }
        }
        Some(b'"') => {
            *at += 1;
            while let Some(b) = data.get(*at) {
                *at += if *b == b'\\' { 2 } else { 1 };
                if *b == b'"' {
                    return true;
                }
            }
            false
        }
        Some(_) => {
            let start = *at;
            while data.get(*at).is_some_and(|b| b.is_ascii_alphanumeric() || b"+-.".contains(b)) {
                *at += 1;
            }
            let word = &data[start..*at];
            matches!(word, b"true" | b"false" | b"null")
                || std::str::from_utf8(word).is_ok_and(|word| word.parse::<f64>().is_ok())
        }
        None => false,
    }
}
