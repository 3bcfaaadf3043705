//! `date`: the time of day.

use crate::when;
use guest::civil::{self, Civil};
use guest::{Arg, Failed, Long, Opts, input, out, quote};
use std::ffi::OsString;

const LONG: &[Long] = &[
    Long("date", Arg::Yes, 'd'),
    Long("debug", Arg::No, '#'),
    Long("file", Arg::Yes, 'f'),
    Long("iso-8601", Arg::Maybe, 'I'),
    Long("reference", Arg::Yes, 'r'),
    Long("rfc-2822", Arg::No, 'R'),
    Long("rfc-3339", Arg::Yes, '3'),
    Long("rfc-email", Arg::No, 'R'),
    Long("set", Arg::Yes, 's'),
    Long("uct", Arg::No, 'u'),
    Long("universal", Arg::No, 'u'),
    Long("utc", Arg::No, 'u'),
];

/// Runs `date`.
pub fn run(args: Vec<OsString>) -> i32 {
    let mut format: Option<String> = None;
    let (mut text, mut file, mut reference) = (None, None, None);
    let usage = "[OPTION]... [+FORMAT]\n  or:  date [-u|--utc|--universal] [MMDDhhmm[[CC]YY][.ss]]";
    let mut opts = Opts::new(args, "d:f:I::r:Rs:u", LONG, usage);
    let mut set_format = |new: &str| {
        if format.replace(new.into()).is_some() {
            guest::fail("multiple output formats specified");
        }
    };
    for opt in opts.by_ref() {
        match opt.code {
            'd' => text = Some(opt.text()),
            'f' => file = opt.value,
            'r' => reference = opt.value,
            'R' => set_format("%a, %d %b %Y %H:%M:%S %z"),
            'I' => {
                let given = opt.text();
                let how = if opt.value.is_some() { given.as_str() } else { "date" };
                set_format(guest::choose(
                    how,
                    "--iso-8601",
                    &[
                        (&["hours"], "%Y-%m-%dT%H%:z"),
                        (&["minutes"], "%Y-%m-%dT%H:%M%:z"),
                        (&["date"], "%Y-%m-%d"),
                        (&["seconds"], "%Y-%m-%dT%H:%M:%S%:z"),
                        (&["ns"], "%Y-%m-%dT%H:%M:%S,%N%:z"),
                    ],
                ));
            }
            '3' => set_format(guest::choose(
                &opt.text(),
                "--rfc-3339",
                &[
                    (&["date"], "%Y-%m-%d"),
                    (&["seconds"], "%Y-%m-%d %H:%M:%S%:z"),
                    (&["ns"], "%Y-%m-%d %H:%M:%S.%N%:z"),
                ],
            )),
            's' => guest::fail("cannot set date: Operation not permitted"),
            _ => {}
        }
    }
    let operands = opts.operands();
    if let Some(extra) = operands.get(1) {
        guest::extra_operand(extra);
    }
    if let Some(operand) = operands.first() {
        let operand = operand.to_string_lossy();
        match operand.strip_prefix('+') {
            Some(_) if format.is_some() => guest::fail("multiple output formats specified"),
            Some(new) => format = Some(new.into()),
            None if text.is_some() || reference.is_some() || file.is_some() => {
                guest::warn(format!(
                    "the argument {} lacks a leading '+';\nwhen using an option to specify \
                     date(s), any non-option\nargument must be a format string beginning with '+'",
                    quote::locale(operand.as_ref())
                ));
                guest::try_help();
            }
            None => match when::stamp(&operand, civil::now()) {
                Some(_) => guest::fail("cannot set date: Operation not permitted"),
                None => guest::fail(format!("invalid date {}", quote::locale(operand.as_ref()))),
            },
        }
    }
    let format = format.unwrap_or_else(|| "%a %b %e %H:%M:%S %Z %Y".into());
    let now = civil::now();
    let mut failed = Failed::default();
    let mut show = |time: Option<i64>, text: &str| match time {
        Some(time) => out::line(Civil::from_nanos(time).format(&format)),
        None => failed.say(format!("invalid date {}", quote::locale(text))),
    };
    if let Some(file) = file {
        match input::read_all(&file) {
            Ok(dates) => String::from_utf8_lossy(&dates)
                .lines()
                .for_each(|line| show(when::parse(line, now), line)),
            Err(error) => failed.path(&file, &error),
        }
    } else if let Some(reference) = reference {
        match guest::stat(&reference, true) {
            Ok(stat) => show(Some(stat.mtime), ""),
            Err(error) => failed.path(&reference, &error),
        }
    } else if let Some(text) = text {
        show(when::parse(&text, now), &text);
    } else {
        show(Some(now), "");
    }
    failed.status()
}
