//! `mapfile` and `readarray`.

use crate::shell::{Run, Shell};

pub(super) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let (mut trim, mut delimiter, mut count, mut skip, mut origin, mut fd) =
        (false, b'\n', 0_usize, 0_usize, None, 0_u32);
    let mut rest = args[1..].iter();
    let mut name = "MAPFILE".to_owned();
    while let Some(arg) = rest.next() {
        let Some(letters) = arg.strip_prefix(b"-").filter(|letters| !letters.is_empty()) else {
            name = crate::text::decode(arg).into_owned();
            break;
        };
        let mut letters = letters;
        while let Some((&letter, more)) = letters.split_first() {
            letters = more;
            if letter == b't' {
                trim = true;
                continue;
            }
            let value = if more.is_empty() {
                rest.next().cloned().unwrap_or_default()
            } else {
                more.to_vec()
            };
            letters = b"";
            let number = super::number(&value).unwrap_or(0).max(0) as usize;
            match letter {
                b'd' => delimiter = value.first().copied().unwrap_or(0),
                b'n' => count = number,
                b's' => skip = number,
                b'O' => origin = Some(number as i64),
                b'u' => fd = number as u32,
                b'c' | b'C' => {}
                _ => {
                    let usage = "mapfile [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]";
                    return super::bad_option(shell, &args[0], letter, usage);
                }
            }
        }
    }
    let mut bytes = Vec::new();
    let mut buf = [0; 4096];
    while let Ok(n @ 1..) = shell.read(fd, &mut buf)? {
        bytes.extend_from_slice(&buf[..n]);
    }
    let map = shell.indexed(&name);
    if origin.is_none() {
        map.clear();
    }
    let lines = bytes.split_inclusive(|b| *b == delimiter).skip(skip);
    for (i, line) in lines.enumerate() {
        if count > 0 && i >= count {
            break;
        }
        let line = if trim { line.strip_suffix(&[delimiter]).unwrap_or(line) } else { line };
        map.insert(origin.unwrap_or(0) + i as i64, line.to_vec());
    }
    Ok(0)
}
