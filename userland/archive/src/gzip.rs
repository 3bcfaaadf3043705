//! `gzip`, `gunzip` and `zcat`, as gzip 1.12.

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use guest::{Arg, Failed, Long, Opts, bytes, input, os, out};
use std::ffi::OsString;
use std::io::{Read as _, Write as _};

const LONG: &[Long] = &[
    Long("best", Arg::No, '9'),
    Long("decompress", Arg::No, 'd'),
    Long("fast", Arg::No, '1'),
    Long("force", Arg::No, 'f'),
    Long("keep", Arg::No, 'k'),
    Long("list", Arg::No, 'l'),
    Long("name", Arg::No, 'N'),
    Long("no-name", Arg::No, 'n'),
    Long("quiet", Arg::No, 'q'),
    Long("recursive", Arg::No, 'r'),
    Long("stdout", Arg::No, 'c'),
    Long("suffix", Arg::Yes, 'S'),
    Long("test", Arg::No, 't'),
    Long("to-stdout", Arg::No, 'c'),
    Long("uncompress", Arg::No, 'd'),
    Long("verbose", Arg::No, 'v'),
];

struct Gzip {
    decompress: bool,
    stdout: bool,
    keep: bool,
    force: bool,
    test: bool,
    list: bool,
    verbose: bool,
    recursive: bool,
    level: u32,
    suffix: Vec<u8>,
    failed: Failed,
    listed: bool,
    /// Something was left as it is, which gives exit status 2.
    warned: bool,
}

/// Runs `gzip` under one of its names.
pub fn run(args: Vec<OsString>, name: &str) -> i32 {
    let mut gzip = Gzip {
        decompress: name != "gzip",
        stdout: name == "zcat",
        keep: false,
        force: false,
        test: false,
        list: false,
        verbose: false,
        recursive: false,
        level: 6,
        suffix: b".gz".to_vec(),
        failed: Failed::default(),
        listed: false,
        warned: false,
    };
    // The scripts gunzip and zcat run gzip, whose name their messages bear.
    guest::set_name("gzip");
    let mut opts = Opts::new(args, "123456789cdfhklLnNqrS:tvV", LONG, "[OPTION]... [FILE]...");
    for opt in opts.by_ref() {
        match opt.code {
            'c' => gzip.stdout = true,
            'd' => gzip.decompress = true,
            'f' => gzip.force = true,
            'k' => gzip.keep = true,
            'l' => gzip.list = true,
            'r' => gzip.recursive = true,
            'S' => gzip.suffix = bytes(&opt.value()).to_vec(),
            't' => gzip.test = true,
            'v' => gzip.verbose = true,
            digit @ '1'..='9' => gzip.level = digit as u32 - '0' as u32,
            _ => {}
        }
    }
    let files = opts.operands();
    if files.is_empty() {
        gzip.file(&"-".into());
    }
    for file in &files {
        gzip.file(file);
    }
    match gzip.failed.status() {
        0 if gzip.warned => 2,
        status => status,
    }
}

/// Compresses with what a header without name and time holds.
pub fn compress(text: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(level));
    // Writing to memory does not fail.
    let _ = encoder.write_all(text);
    encoder.finish().unwrap_or_default()
}

/// Decompresses all members.
pub fn decompress(data: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    MultiGzDecoder::new(data).read_to_end(&mut text)?;
    Ok(text)
}

impl Gzip {
    fn file(&mut self, file: &OsString) {
        let shown = file.to_string_lossy().into_owned();
        if file != "-" {
            match guest::stat(file, true) {
                Ok(stat) if stat.is_dir() => return self.dir(file, &shown),
                Ok(_) => {}
                Err(error) => {
                    // `gunzip x` finds x.gz.
                    let with = os([bytes(file), &self.suffix].concat());
                    if self.decompress && guest::stat(&with, true).is_ok() {
                        return self.file(&with);
                    }
                    let missing = if self.decompress { format!("{shown}.gz") } else { shown };
                    return self.failed.say(format!("{missing}: {}", guest::strerror(&error)));
                }
            }
        }
        let data = match input::read_all(file) {
            Ok(data) => data,
            Err(error) => return self.failed.say(format!("{shown}: {}", guest::strerror(&error))),
        };
        if self.decompress || self.test || self.list {
            self.unpack(file, &shown, &data);
        } else {
            self.pack(file, &shown, &data);
        }
    }

    fn dir(&mut self, dir: &OsString, shown: &str) {
        if !self.recursive {
            out::flush();
            eprintln!("gzip: {shown} is a directory -- ignored");
            self.warned = true;
            return;
        }
        let mut names: Vec<OsString> = std::fs::read_dir(dir)
            .map(|entries| entries.flatten().map(|entry| entry.file_name()).collect())
            .unwrap_or_default();
        guest::order::sort(&mut names, |a, b| bytes(a).cmp(bytes(b)));
        for name in names {
            self.file(&os([bytes(dir), b"/", bytes(&name)].concat()));
        }
    }

    fn pack(&mut self, file: &OsString, shown: &str, data: &[u8]) {
        let packed = compress(data, self.level);
        if self.stdout || file == "-" {
            return out::put(packed);
        }
        if bytes(file).ends_with(&self.suffix) && !self.force {
            let suffix = String::from_utf8_lossy(&self.suffix).into_owned();
            // gzip's exit status is 0 then.
            return guest::warn(format!("{shown} already has {suffix} suffix -- unchanged"));
        }
        let target = os([bytes(file), &self.suffix].concat());
        let ratio = ratio(data.len(), packed.len());
        if self.replace(file, &target, &packed) && self.verbose {
            let target = target.to_string_lossy();
            let done = if self.keep { "created" } else { "replaced with" };
            eprintln!("{shown}:\t{ratio} -- {done} {target}");
        }
    }

    fn unpack(&mut self, file: &OsString, shown: &str, data: &[u8]) {
        let shown_input = if file == "-" { "stdin" } else { shown };
        let writes = !(self.stdout || self.test || self.list || file == "-");
        let unpacked = if writes { self.unpacked_name(file, shown) } else { None };
        if writes && unpacked.is_none() {
            return;
        }
        if !data.starts_with(&[0x1f, 0x8b]) {
            if self.force && self.stdout {
                return out::put(data);
            }
            out::flush();
            eprintln!("\ngzip: {shown_input}: not in gzip format");
            self.failed.0 = true;
            return;
        }
        let text = match decompress(data) {
            Ok(text) => text,
            Err(error) => {
                out::flush();
                let text = error.to_string();
                let what = if text.contains("failed to fill")
                    || text.contains("EOF")
                    || error.kind() == std::io::ErrorKind::UnexpectedEof
                {
                    "unexpected end of file"
                } else {
                    "invalid compressed data--format violated"
                };
                eprintln!("\ngzip: {shown_input}: {what}");
                self.failed.0 = true;
                return;
            }
        };
        if self.list {
            if !self.listed {
                out::line("         compressed        uncompressed  ratio uncompressed_name");
                self.listed = true;
            }
            let name = shown.strip_suffix(".gz").unwrap_or(shown);
            let name = if file == "-" { "stdout" } else { name };
            return out::line(format!(
                "{:>19} {:>19} {} {name}",
                data.len(),
                text.len(),
                ratio(text.len(), data.len())
            ));
        }
        if self.test {
            if self.verbose {
                eprintln!("{shown}:\t OK");
            }
            return;
        }
        if self.stdout || file == "-" {
            return out::put(text);
        }
        let Some(target) = unpacked else { return };
        let ratio = ratio(text.len(), data.len());
        if self.replace(file, &target, &text) && self.verbose {
            let target = target.to_string_lossy();
            let done = if self.keep { "created" } else { "replaced with" };
            eprintln!("{shown}:\t{ratio} -- {done} {target}");
        }
    }

    /// The name of the file that comes out; none if it cannot be told.
    fn unpacked_name(&mut self, file: &OsString, shown: &str) -> Option<OsString> {
        let path = bytes(file);
        let target = if let Some(stem) = path.strip_suffix(self.suffix.as_slice()) {
            stem.to_vec()
        } else if let Some(stem) = path.strip_suffix(b".tgz").or(path.strip_suffix(b".taz")) {
            [stem, b".tar"].concat()
        } else {
            out::flush();
            eprintln!("gzip: {shown}: unknown suffix -- ignored");
            self.warned = true;
            return None;
        };
        Some(os(target))
    }

    /// Puts the new file into the place of the old one, with its mode and times.
    fn replace(&mut self, file: &OsString, target: &OsString, content: &[u8]) -> bool {
        if !self.force && guest::stat(target, false).is_ok() {
            let shown = target.to_string_lossy().into_owned();
            out::flush();
            eprintln!("gzip: {shown} already exists;\tnot overwritten");
            self.warned = true;
            return false;
        }
        let done = std::fs::write(target, content).and_then(|()| {
            let stat = guest::stat(file, true)?;
            guest::chmod(target, stat.perm())?;
            let _ = guest::chown(target, true, Some(stat.uid), Some(stat.gid));
            guest::utimes(target, true, Some(stat.atime), Some(stat.mtime))
        });
        if let Err(error) = done {
            let shown = target.to_string_lossy().into_owned();
            self.failed.say(format!("{shown}: {}", guest::strerror(&error)));
            return false;
        }
        if !self.keep
            && let Err(error) = std::fs::remove_file(file)
        {
            let shown = file.to_string_lossy().into_owned();
            self.failed.say(format!("{shown}: {}", guest::strerror(&error)));
        }
        true
    }
}

/// How much was saved, as `-v` and `-l` show it.
fn ratio(text: usize, packed: usize) -> String {
    let saved = if text == 0 {
        0.0
    } else {
        // gzip leaves header and trailer out of the account.
        (text as f64 - (packed as f64 - 18.0)) / text as f64 * 100.0
    };
    format!("{saved:5.1}%")
}
