//! Two sorted files beside each other: `comm` and `join`.

use guest::{Arg, Long, Opts, bytes, input, out, quote};
use std::cmp::Ordering;
use std::ffi::OsString;
use std::io::BufRead;

/// A line without its end; none at the end of the file.
fn next(source: &mut impl BufRead, file: &OsString, end: u8) -> Option<Vec<u8>> {
    let mut line = Vec::new();
    match input::read_line(source, end, &mut line) {
        Ok(true) => {
            if line.last() == Some(&end) {
                line.pop();
            }
            Some(line)
        }
        Ok(false) => None,
        Err(error) => guest::fail(format!("{}: {}", quote::colon(file), guest::strerror(&error))),
    }
}

fn open(file: &OsString) -> impl BufRead + use<> {
    match input::open(file) {
        Ok(source) => source,
        Err(error) => guest::fail(format!("{}: {}", quote::colon(file), guest::strerror(&error))),
    }
}

fn two(files: &[OsString]) -> (&OsString, &OsString) {
    match files {
        [] => guest::missing_operand(),
        [one] => {
            guest::warn(format!("missing operand after {}", quote::locale(one)));
            guest::try_help()
        }
        [one, two] => (one, two),
        [_, _, extra, ..] => guest::extra_operand(extra),
    }
}

const COMM: &[Long] = &[
    Long("check-order", Arg::No, 'k'),
    Long("nocheck-order", Arg::No, 'K'),
    Long("output-delimiter", Arg::Yes, 'd'),
    Long("total", Arg::No, 't'),
    Long("zero-terminated", Arg::No, 'z'),
];

/// Runs `comm`.
pub fn comm(args: Vec<OsString>) -> i32 {
    let (mut hidden, mut delimiter, mut end, mut total) =
        ([false; 3], b"\t".to_vec(), b'\n', false);
    let mut check = None;
    let mut opts = Opts::new(args, "123z", COMM, "[OPTION]... FILE1 FILE2");
    for opt in opts.by_ref() {
        match opt.code {
            '1' => hidden[0] = true,
            '2' => hidden[1] = true,
            '3' => hidden[2] = true,
            'd' => delimiter = opt.value.map(|value| bytes(&value).to_vec()).unwrap_or_default(),
            'z' => end = 0,
            't' => total = true,
            'k' => check = Some(true),
            _ => check = Some(false),
        }
    }
    let files = opts.operands();
    let (one, two) = two(&files);
    let (mut left, mut right) = (open(one), open(two));
    let (mut a, mut b) = (next(&mut left, one, end), next(&mut right, two, end));
    let mut counts = [0u64; 3];
    let mut disorder = [false; 2];
    let mut unpaired = false;
    let put = |column: usize, line: &[u8]| {
        if hidden[column] {
            return;
        }
        let before = hidden[..column].iter().filter(|hidden| !**hidden).count();
        out::put(delimiter.repeat(before));
        out::put(line);
        out::put([end]);
    };
    loop {
        let order = match (&a, &b) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(a), Some(b)) => a.cmp(b),
        };
        let column = match order {
            Ordering::Less => 0,
            Ordering::Greater => 1,
            Ordering::Equal => 2,
        };
        unpaired |= column < 2;
        counts[column] += 1;
        put(column, if column == 1 { b.as_deref() } else { a.as_deref() }.unwrap_or_default());
        for (file, advances) in [(0, order.is_le()), (1, order.is_ge())] {
            if !advances {
                continue;
            }
            let (slot, new) = if file == 0 {
                (&mut a, next(&mut left, one, end))
            } else {
                (&mut b, next(&mut right, two, end))
            };
            let before = std::mem::replace(slot, new);
            let wrong = matches!((&before, &*slot), (Some(before), Some(now)) if before > now);
            if wrong && !disorder[file] && check != Some(false) && (unpaired || check == Some(true))
            {
                disorder[file] = true;
                guest::warn(format!("file {} is not in sorted order", file + 1));
                if check == Some(true) {
                    guest::exit(1);
                }
            }
        }
    }
    if total {
        let shown = counts.map(|count| count.to_string().into_bytes());
        out::put(shown.join(delimiter.as_slice()));
        out::put(&delimiter);
        out::put("total");
        out::put([end]);
    }
    if disorder.contains(&true) {
        guest::warn("input is not in sorted order");
        return 1;
    }
    0
}

const JOIN: &[Long] = &[
    Long("check-order", Arg::No, 'k'),
    Long("header", Arg::No, 'h'),
    Long("ignore-case", Arg::No, 'i'),
    Long("nocheck-order", Arg::No, 'K'),
    Long("zero-terminated", Arg::No, 'z'),
];

struct Join {
    keys: [usize; 2],
    separator: Option<u8>,
    ignore_case: bool,
    unpaired: [bool; 2],
    paired: bool,
    empty: Vec<u8>,
    /// File (0 for the key) and field of each column.
    format: Option<Vec<(usize, usize)>>,
    end: u8,
}

/// Runs `join`.
pub fn join(args: Vec<OsString>) -> i32 {
    let mut join = Join {
        keys: [0, 0],
        separator: None,
        ignore_case: false,
        unpaired: [false; 2],
        paired: true,
        empty: Vec::new(),
        format: None,
        end: b'\n',
    };
    let mut header = false;
    let mut opts = Opts::new(args, "a:e:i1:2:j:o:t:v:z", JOIN, "[OPTION]... FILE1 FILE2");
    for opt in opts.by_ref() {
        let text = opt.text();
        let number = || match text.parse::<usize>() {
            Ok(number) if number > 0 => number - 1,
            _ => guest::fail(format!("invalid field number: {}", quote::locale(&text))),
        };
        let file = || match text.as_str() {
            "1" => 0,
            "2" => 1,
            _ => guest::fail(format!("invalid file number: {}", quote::locale(&text))),
        };
        match opt.code {
            'a' => join.unpaired[file()] = true,
            'v' => {
                join.unpaired[file()] = true;
                join.paired = false;
            }
            'e' => join.empty = text.clone().into_bytes(),
            'i' => join.ignore_case = true,
            '1' => join.keys[0] = number(),
            '2' => join.keys[1] = number(),
            'j' => join.keys = [number(); 2],
            'o' if text == "auto" => {}
            'o' => {
                let parts = text.split([',', ' ']).filter(|part| !part.is_empty());
                let parts = parts.map(|part| match part.split_once('.') {
                    None if part == "0" => (0, 0),
                    Some((file @ ("1" | "2"), field)) => {
                        let field = field.parse::<usize>().ok().filter(|field| *field > 0);
                        let Some(field) = field else {
                            guest::fail(format!("invalid field number: {}", quote::locale(part)))
                        };
                        (usize::from(file == "2") + 1, field - 1)
                    }
                    _ => guest::fail(format!("invalid field specifier: {}", quote::locale(part))),
                });
                join.format.get_or_insert_default().extend(parts);
            }
            't' => join.separator = Some(*text.as_bytes().first().unwrap_or(&b'\n')),
            'z' => join.end = 0,
            'h' => header = true,
            _ => {}
        }
    }
    let files = opts.operands();
    let (one, two) = two(&files);
    let lines = |file: &OsString| {
        let mut source = open(file);
        std::iter::from_fn(move || next(&mut source, file, b'\n')).collect::<Vec<_>>()
    };
    let split = |line: &Vec<u8>| join.split(line.as_slice());
    let (left, right): (Vec<_>, Vec<_>) =
        (lines(one).iter().map(split).collect(), lines(two).iter().map(split).collect());
    let (mut i, mut j) = (0, 0);
    if header && let (Some(a), Some(b)) = (left.first(), right.first()) {
        join.print(Some(a), Some(b));
        (i, j) = (1, 1);
    }
    while i < left.len() || j < right.len() {
        let order = match (left.get(i), right.get(j)) {
            (Some(a), Some(b)) => join.compare(&join.key(a, 0), &join.key(b, 1)),
            (Some(_), None) => Ordering::Less,
            _ => Ordering::Greater,
        };
        match order {
            Ordering::Less => {
                if join.unpaired[0] {
                    join.print(Some(&left[i]), None);
                }
                i += 1;
            }
            Ordering::Greater => {
                if join.unpaired[1] {
                    join.print(None, Some(&right[j]));
                }
                j += 1;
            }
            Ordering::Equal => {
                let key = join.key(&left[i], 0);
                let run = |lines: &[Vec<Vec<u8>>], from: usize, file| {
                    let same =
                        |line: &&Vec<Vec<u8>>| join.compare(&join.key(line, file), &key).is_eq();
                    lines[from..].iter().take_while(same).count()
                };
                let (rows, columns) = (run(&left, i, 0), run(&right, j, 1));
                if join.paired {
                    for a in &left[i..i + rows] {
                        for b in &right[j..j + columns] {
                            join.print(Some(a), Some(b));
                        }
                    }
                }
                (i, j) = (i + rows, j + columns);
            }
        }
    }
    0
}

impl Join {
    fn split(&self, line: &[u8]) -> Vec<Vec<u8>> {
        match self.separator {
            Some(separator) => line.split(|c| *c == separator).map(<[u8]>::to_vec).collect(),
            None => line
                .split(|c| matches!(c, b' ' | b'\t'))
                .filter(|field| !field.is_empty())
                .map(<[u8]>::to_vec)
                .collect(),
        }
    }

    fn key(&self, fields: &[Vec<u8>], file: usize) -> Vec<u8> {
        fields.get(self.keys[file]).cloned().unwrap_or_default()
    }

    fn compare(&self, a: &[u8], b: &[u8]) -> Ordering {
        if self.ignore_case {
            a.to_ascii_uppercase().cmp(&b.to_ascii_uppercase())
        } else {
            a.cmp(b)
        }
    }

    fn print(&self, a: Option<&Vec<Vec<u8>>>, b: Option<&Vec<Vec<u8>>>) {
        let key = match (a, b) {
            (Some(a), _) => self.key(a, 0),
            (None, Some(b)) => self.key(b, 1),
            (None, None) => Vec::new(),
        };
        let field = |fields: Option<&Vec<Vec<u8>>>, at: usize| {
            let found = fields.and_then(|fields| fields.get(at)).filter(|field| !field.is_empty());
            found.unwrap_or(&self.empty).clone()
        };
        let columns: Vec<Vec<u8>> = match &self.format {
            Some(format) => format
                .iter()
                .map(|(file, at)| match file {
                    0 => key.clone(),
                    1 => field(a, *at),
                    _ => field(b, *at),
                })
                .collect(),
            None => {
                let rest = |fields: Option<&Vec<Vec<u8>>>, key: usize| {
                    let fields = fields.into_iter().flatten().enumerate();
                    fields.filter(|(at, _)| *at != key).map(|(_, f)| f.clone()).collect::<Vec<_>>()
                };
                let (left, right) = (rest(a, self.keys[0]), rest(b, self.keys[1]));
                std::iter::once(key).chain(left).chain(right).collect()
            }
        };
        out::put(columns.join([self.separator.unwrap_or(b' ')].as_slice()));
        out::put([self.end]);
    }
}
