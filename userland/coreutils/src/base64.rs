//! `base64`: bytes as text.

use guest::{Arg, Long, Opts, input, out, quote};
use std::ffi::OsString;

const LONG: &[Long] = &[
    Long("decode", Arg::No, 'd'),
    Long("ignore-garbage", Arg::No, 'i'),
    Long("wrap", Arg::Yes, 'w'),
];

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Runs `base64`.
pub fn run(args: Vec<OsString>) -> i32 {
    let (mut decode, mut ignore, mut wrap) = (false, false, 76usize);
    let mut opts = Opts::new(args, "diw:", LONG, "[OPTION]... [FILE]");
    for opt in opts.by_ref() {
        match opt.code {
            'd' => decode = true,
            'i' => ignore = true,
            _ => match opt.text().parse() {
                Ok(columns) => wrap = columns,
                Err(_) => guest::fail(format!("invalid wrap size: {}", quote::locale(&opt.text()))),
            },
        }
    }
    let operands = opts.operands();
    if let Some(extra) = operands.get(1) {
        guest::extra_operand(extra);
    }
    let file = operands.first().cloned().unwrap_or_else(|| "-".into());
    let text = input::read_all(&file).unwrap_or_else(|error| {
        guest::fail(format!("{}: {}", quote::colon(&file), guest::strerror(&error)))
    });
    if decode {
        let (bytes, valid) = decoded(&text, ignore);
        out::put(bytes);
        if !valid {
            guest::fail("invalid input");
        }
        return 0;
    }
    let encoded = encoded(&text);
    if wrap == 0 {
        out::put(encoded);
    } else {
        encoded.chunks(wrap).for_each(out::line);
    }
    0
}

fn encoded(text: &[u8]) -> Vec<u8> {
    let mut result = Vec::with_capacity(text.len().div_ceil(3) * 4);
    for chunk in text.chunks(3) {
        let mut three = [0; 3];
        three[..chunk.len()].copy_from_slice(chunk);
        let bits = u32::from_be_bytes([0, three[0], three[1], three[2]]);
        for index in 0..4 {
            result.push(if index > chunk.len() {
                b'='
            } else {
                LETTERS[(bits >> (18 - 6 * index) & 63) as usize]
            });
        }
    }
    result
}

/// The bytes up to what is wrong, and whether nothing is.
fn decoded(text: &[u8], ignore: bool) -> (Vec<u8>, bool) {
    let mut result = Vec::new();
    let (mut bits, mut count, mut padding) = (0u32, 0, 0);
    for c in text {
        if *c == b'\n' {
            continue;
        }
        if *c == b'=' && count + padding >= 2 && count + padding < 4 {
            padding += 1;
        } else if let Some(value) = LETTERS.iter().position(|letter| letter == c)
            && padding == 0
        {
            bits = bits << 6 | value as u32;
            count += 1;
        } else if !ignore {
            flush(&mut result, bits, count);
            return (result, false);
        }
        if count + padding == 4 {
            flush(&mut result, bits, count);
            (bits, count, padding) = (0, 0, 0);
        }
    }
    flush(&mut result, bits, count);
    (result, count == 0 && padding == 0)
}

fn flush(result: &mut Vec<u8>, bits: u32, count: usize) {
    if count >= 2 {
        let aligned = bits << (6 * (4 - count));
        result.extend(&aligned.to_be_bytes()[1..count]);
    }
}
