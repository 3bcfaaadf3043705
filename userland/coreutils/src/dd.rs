//! `dd`: copies blocks.

use guest::{bytes, number, quote};
use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::fd::FromRawFd;

struct Dd {
    input: Option<OsString>,
    output: Option<OsString>,
    in_block: usize,
    out_block: usize,
    count: Option<u64>,
    skip: u64,
    seek: u64,
    conversions: Vec<String>,
    status: String,
    count_bytes: bool,
}

/// Runs `dd`.
pub fn run(args: Vec<OsString>) -> i32 {
    let mut dd = Dd {
        input: None,
        output: None,
        in_block: 512,
        out_block: 512,
        count: None,
        skip: 0,
        seek: 0,
        conversions: Vec::new(),
        status: String::new(),
        count_bytes: false,
    };
    for arg in &args {
        let text = arg.to_string_lossy().into_owned();
        let Some((name, value)) = text.split_once('=') else {
            if text == "--help" || text == "--version" {
                guest::out::line("Usage: dd [OPERAND]...");
                return 0;
            }
            guest::warn(format!("unrecognized operand {}", quote::locale(arg)));
            guest::try_help();
        };
        let size = || match number::with_suffix(&value.replace('c', ""), true)
            .or_else(|_| product(value))
        {
            Ok(size) => size,
            Err(_) => guest::fail(format!("invalid number: {}", quote::locale(value))),
        };
        match name {
            "if" => dd.input = Some(guest::os(&bytes(arg)[3..])),
            "of" => dd.output = Some(guest::os(&bytes(arg)[3..])),
            "bs" => (dd.in_block, dd.out_block) = (size() as usize, size() as usize),
            "ibs" => dd.in_block = size() as usize,
            "obs" => dd.out_block = size() as usize,
            "count" => dd.count = Some(size()),
            "skip" | "iseek" => dd.skip = size(),
            "seek" | "oseek" => dd.seek = size(),
            "conv" => dd.conversions = value.split(',').map(str::to_owned).collect(),
            "status" => dd.status = value.to_owned(),
            "iflag" => dd.count_bytes = value.contains("count_bytes"),
            "oflag" | "cbs" => {}
            _ => {
                guest::warn(format!("unrecognized operand {}", quote::locale(arg)));
                guest::try_help();
            }
        }
    }
    if dd.in_block == 0 || dd.out_block == 0 {
        guest::fail(format!("invalid number: {}", quote::locale("0")));
    }
    dd.copy()
}

/// `2x3k`
fn product(text: &str) -> Result<u64, number::NotNumber> {
    text.split('x').try_fold(1u64, |all, part| {
        all.checked_mul(number::with_suffix(part, true)?).ok_or(number::NotNumber::Overflow)
    })
}

impl Dd {
    fn open_input(&self) -> io::Result<File> {
        match &self.input {
            Some(path) => File::open(path),
            // SAFETY: descriptor 0 belongs to this process and is opened nowhere else.
            None => Ok(unsafe { File::from_raw_fd(0) }),
        }
    }

    fn open_output(&self) -> io::Result<File> {
        let has = |name: &str| self.conversions.iter().any(|conversion| conversion == name);
        match &self.output {
            Some(path) => {
                let mut options = OpenOptions::new();
                options.write(true).create(!has("nocreat"));
                if has("excl") {
                    options.create_new(true);
                }
                let file = options.open(path)?;
                if !has("notrunc") && file.metadata().is_ok_and(|metadata| metadata.is_file()) {
                    file.set_len(self.seek * self.out_block as u64)?;
                }
                Ok(file)
            }
            // SAFETY: descriptor 1 belongs to this process and is opened nowhere else.
            None => Ok(unsafe { File::from_raw_fd(1) }),
        }
    }

    fn copy(&self) -> i32 {
        let open_failed = |path: &Option<OsString>, error: &io::Error| -> ! {
            guest::fail(format!(
                "failed to open {}: {}",
                quote::always(path.as_ref().map_or(std::ffi::OsStr::new(""), |path| path)),
                guest::strerror(error)
            ))
        };
        let mut input = self.open_input().unwrap_or_else(|error| open_failed(&self.input, &error));
        let mut output =
            self.open_output().unwrap_or_else(|error| open_failed(&self.output, &error));
        let skip = self.skip * self.in_block as u64;
        if skip > 0 && input.seek(SeekFrom::Current(skip as i64)).is_err() {
            let _ = io::copy(&mut (&mut input).take(skip), &mut io::sink());
        }
        if self.seek > 0 {
            let _ = output.seek(SeekFrom::Start(self.seek * self.out_block as u64));
        }
        let has = |name: &str| self.conversions.iter().any(|conversion| conversion == name);
        let (mut full_in, mut part_in, mut full_out, mut part_out, mut total) =
            (0u64, 0u64, 0u64, 0u64, 0u64);
        let (mut block, mut pending, mut status) = (vec![0; self.in_block], Vec::new(), 0);
        let mut left = if self.count_bytes { self.count } else { None };
        loop {
            if !self.count_bytes && self.count.is_some_and(|count| full_in + part_in >= count) {
                break;
            }
            let want = left.map_or(self.in_block, |left| left.min(self.in_block as u64) as usize);
            if want == 0 {
                break;
            }
            let len = match input.read(&mut block[..want]) {
                Ok(len) => len,
                Err(error) => {
                    let name = self.input.clone().unwrap_or_else(|| "standard input".into());
                    guest::warn(format!(
                        "error reading {}: {}",
                        quote::always(&name),
                        guest::strerror(&error)
                    ));
                    status = 1;
                    break;
                }
            };
            if len == 0 {
                break;
            }
            left = left.map(|left| left - len as u64);
            if len == self.in_block {
                full_in += 1
            } else {
                part_in += 1
            }
            let mut data = block[..len].to_vec();
            if has("sync") {
                data.resize(self.in_block, 0);
            }
            if has("ucase") {
                data.make_ascii_uppercase();
            }
            if has("lcase") {
                data.make_ascii_lowercase();
            }
            if has("swab") {
                data.chunks_exact_mut(2).for_each(|pair| pair.swap(0, 1));
            }
            pending.extend(data);
            let whole = if self.in_block == self.out_block {
                pending.len()
            } else {
                pending.len() / self.out_block * self.out_block
            };
            let ready: Vec<u8> = pending.drain(..whole).collect();
            for piece in ready.chunks(self.out_block) {
                if let Err(error) = output.write_all(piece) {
                    return self
                        .write_failed(&error, (full_in, part_in, full_out, part_out, total));
                }
                total += piece.len() as u64;
                if piece.len() == self.out_block { full_out += 1 } else { part_out += 1 }
            }
        }
        if !pending.is_empty() {
            if let Err(error) = output.write_all(&pending) {
                return self.write_failed(&error, (full_in, part_in, full_out, part_out, total));
            }
            total += pending.len() as u64;
            part_out += 1;
        }
        self.report((full_in, part_in, full_out, part_out, total));
        status
    }

    fn write_failed(&self, error: &io::Error, counts: (u64, u64, u64, u64, u64)) -> i32 {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return 141;
        }
        let name = self.output.clone().unwrap_or_else(|| "standard output".into());
        guest::warn(format!("error writing {}: {}", quote::always(&name), guest::strerror(error)));
        self.report(counts);
        1
    }

    fn report(&self, (full_in, part_in, full_out, part_out, total): (u64, u64, u64, u64, u64)) {
        if self.status == "none" {
            return;
        }
        eprintln!("{full_in}+{part_in} records in\n{full_out}+{part_out} records out");
        if self.status == "noxfer" {
            return;
        }
        let unit = |base: u64, names: &[&str]| {
            let mut size = total as f64;
            let mut at = 0;
            while size >= base as f64 && at + 1 < names.len() {
                size /= base as f64;
                at += 1;
            }
            let digits = if size < 9.95 && at > 0 { 1 } else { 0 };
            format!("{size:.digits$} {}", names[at])
        };
        let si = ["B", "kB", "MB", "GB", "TB"];
        let iec = ["B", "KiB", "MiB", "GiB", "TiB"];
        // Time is virtual: copying takes none.
        let shown = match total {
            1 => "1 byte".to_owned(),
            total if total < 1000 => format!("{total} bytes"),
            total if total < 1024 => format!("{total} bytes ({})", unit(1000, &si)),
            total => format!("{total} bytes ({}, {})", unit(1000, &si), unit(1024, &iec)),
        };
        eprintln!("{shown} copied, 0 s, Infinity B/s");
    }
}
