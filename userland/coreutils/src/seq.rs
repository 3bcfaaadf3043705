//! `seq`: numbers in a row.

use guest::float;
use guest::{Arg, Long, Opts, out, quote};
use std::ffi::OsString;

const LONG: &[Long] = &[
    Long("equal-width", Arg::No, 'w'),
    Long("format", Arg::Yes, 'f'),
    Long("separator", Arg::Yes, 's'),
];

/// A decimal number: `value` / 10^`scale`.
#[derive(Clone, Copy)]
struct Decimal {
    value: i128,
    scale: usize,
}

/// Runs `seq`.
pub fn run(args: Vec<OsString>) -> i32 {
    let (mut equal_width, mut format, mut separator) = (false, None, "\n".to_owned());
    // Negative numbers are operands, not options.
    let numbers_at = args.iter().position(
        |arg| matches!(guest::bytes(arg), [b'-', c, ..] if c.is_ascii_digit() || *c == b'.'),
    );
    let operand = |arg: &OsString| guest::bytes(arg).first().is_some_and(u8::is_ascii_digit);
    let mut args = args;
    if let Some(at) = numbers_at
        && !args[..at].iter().any(operand)
    {
        args.insert(at, "--".into());
    }
    let usage = "[OPTION]... LAST\n  or:  seq [OPTION]... FIRST LAST\n  \
                 or:  seq [OPTION]... FIRST INCREMENT LAST";
    let mut opts = Opts::new(args, "+f:s:w", LONG, usage);
    for opt in opts.by_ref() {
        match opt.code {
            'f' => format = Some(opt.text()),
            's' => separator = opt.text(),
            _ => equal_width = true,
        }
    }
    let operands = opts.operands();
    if operands.is_empty() {
        guest::missing_operand();
    }
    if let Some(extra) = operands.get(3) {
        guest::extra_operand(extra);
    }
    if format.is_some() && equal_width {
        guest::warn("format string may not be specified when printing equal width strings");
        guest::try_help();
    }
    let numbers: Vec<Decimal> =
        operands.iter().map(|text| number(&text.to_string_lossy())).collect();
    let one = Decimal { value: 1, scale: 0 };
    let (first, step, last) = match numbers[..] {
        [last] => (one, one, last),
        [first, last] => (first, one, last),
        _ => (numbers[0], numbers[1], numbers[2]),
    };
    if step.value == 0 {
        guest::warn(format!("invalid Zero increment value: {}", quote::locale(&operands[1])));
        guest::try_help();
    }
    let shown_scale = first.scale.max(step.scale);
    let scale = shown_scale.max(last.scale);
    let raise =
        |number: Decimal| number.value.saturating_mul(10i128.pow((scale - number.scale) as u32));
    let (from, by, to) = (raise(first), raise(step), raise(last));
    let show = |value: i128| -> String {
        let value = value / 10i128.pow((scale - shown_scale) as u32);
        let unit = 10i128.pow(shown_scale as u32);
        let sign = if value < 0 { "-" } else { "" };
        let value = value.abs();
        match shown_scale {
            0 => format!("{sign}{value}"),
            _ => format!("{sign}{}.{:0shown_scale$}", value / unit, value % unit),
        }
    };
    let width = if equal_width {
        let end = if by > 0 { to.max(from) } else { to.min(from) };
        let last_shown = from + (end - from) / by * by;
        show(from).len().max(show(last_shown).len())
    } else {
        0
    };
    let format = format.map(|text| match float::Directive::in_format(&text) {
        Ok(parts) => parts,
        Err(message) => guest::fail(message),
    });
    let mut value = from;
    let mut begun = false;
    while if by > 0 { value <= to } else { value >= to } {
        if begun {
            out::put(&separator);
        }
        begun = true;
        match &format {
            Some((before, directive, after)) => {
                let number = value as f64 / 10f64.powi(scale as i32);
                out::put(format!("{before}{}{after}", directive.format(number)));
            }
            None => {
                let text = show(value);
                match text.strip_prefix('-') {
                    Some(digits) if width > 0 => {
                        out::put(format!("-{digits:0>width$}", width = width - 1));
                    }
                    _ => out::put(format!("{text:0>width$}")),
                }
            }
        }
        value += by;
    }
    if begun {
        out::put("\n");
    }
    0
}

fn number(text: &str) -> Decimal {
    let invalid = || -> ! {
        guest::warn(format!("invalid floating point argument: {}", quote::locale(text)));
        guest::try_help()
    };
    let digits = text.strip_prefix('+').unwrap_or(text);
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => match exponent.parse::<i32>() {
            Ok(exponent @ -15..=18) => (mantissa, exponent),
            _ => invalid(),
        },
        None => (digits, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let plain = format!("{whole}{fraction}");
    let unsigned = plain.strip_prefix('-').unwrap_or(&plain);
    if unsigned.is_empty() || !unsigned.bytes().all(|c| c.is_ascii_digit()) || fraction.len() > 18 {
        invalid();
    }
    let Ok(mut value) = plain.parse::<i128>() else { invalid() };
    let mut scale = fraction.len() as i32 - exponent;
    if scale < 0 {
        value = value.saturating_mul(10i128.pow(scale.unsigned_abs()));
        scale = 0;
    }
    if value.abs() > 10i128.pow(30) {
        invalid();
    }
    Decimal { value, scale: scale as usize }
}
