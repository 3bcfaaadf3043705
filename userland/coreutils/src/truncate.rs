//! `truncate`: makes files shorter or longer.

use guest::{Arg, Failed, Long, Opts, number, quote};
use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::ErrorKind;

const LONG: &[Long] = &[
    Long("io-blocks", Arg::No, 'o'),
    Long("no-create", Arg::No, 'c'),
    Long("reference", Arg::Yes, 'r'),
    Long("size", Arg::Yes, 's'),
];

/// Runs `truncate`.
pub fn run(args: Vec<OsString>) -> i32 {
    let (mut create, mut reference, mut size) = (true, None, None);
    let mut opts = Opts::new(args, "cor:s:", LONG, "OPTION... FILE...");
    for opt in opts.by_ref() {
        match opt.code {
            'c' => create = false,
            'r' => reference = opt.value,
            's' => size = Some(opt.text()),
            _ => {}
        }
    }
    let files = opts.operands();
    if size.is_none() && reference.is_none() {
        guest::warn("you must specify either ‘--size’ or ‘--reference’");
        guest::try_help();
    }
    if files.is_empty() {
        guest::warn("missing file operand");
        guest::try_help();
    }
    let base = reference.map(|reference| match guest::stat(&reference, true) {
        Ok(stat) => stat.size,
        Err(error) => guest::fail(format!(
            "cannot stat {}: {}",
            quote::always(&reference),
            guest::strerror(&error)
        )),
    });
    let change = size.map(|text| {
        let text = text.trim_start();
        let mode = text.chars().next().filter(|c| "+-<>/%".contains(*c));
        let digits = text.strip_prefix(['+', '-', '<', '>', '/', '%']).unwrap_or(text);
        match number::with_suffix(digits, false) {
            Ok(0) if matches!(mode, Some('/' | '%')) => guest::fail("division by zero"),
            Ok(number) => (mode, number),
            Err(_) => guest::fail(format!("Invalid number: {}", quote::locale(text))),
        }
    });
    let mut failed = Failed::default();
    for file in &files {
        let opened = OpenOptions::new().write(true).create(create).truncate(false).open(file);
        let opened = match opened {
            Ok(opened) => opened,
            Err(error) if error.kind() == ErrorKind::NotFound && !create => continue,
            Err(error) => {
                failed.say(format!(
                    "cannot open {} for writing: {}",
                    quote::always(file),
                    guest::strerror(&error)
                ));
                continue;
            }
        };
        let old = base.unwrap_or_else(|| guest::stat(file, true).map_or(0, |stat| stat.size));
        let new = match change {
            None => old,
            Some((None, size)) => size,
            Some((Some('+'), more)) => old.saturating_add(more),
            Some((Some('-'), less)) => old.saturating_sub(less),
            Some((Some('<'), most)) => old.min(most),
            Some((Some('>'), least)) => old.max(least),
            Some((Some('/'), unit)) => old / unit * unit,
            Some((_, unit)) => old.div_ceil(unit).saturating_mul(unit),
        };
        if let Err(error) = opened.set_len(new) {
            failed.say(format!(
                "failed to truncate {} at {new} bytes: {}",
                quote::always(file),
                guest::strerror(&error)
            ));
        }
    }
    failed.status()
}
