//! Files that are made to be slow or deep, each of about any size.

use std::time::{Duration, Instant};

use dockerfile::editor::{CompletionSources, complete, folding, format, hover, problems, symbols};
use dockerfile::lint::{LintOptions, lint};
use dockerfile::parse;

/// How much longer a file of four times the length may take: that, and as much again and a half for what else the
/// machine does. What takes quadratic time takes sixteen times as long.
const MAX_RATIO: u32 = 10;

/// What is too short to be compared.
const NOISE: Duration = Duration::from_millis(150);

/// Makes a file of about so many bytes.
pub type Make = fn(usize) -> String;

/// `piece` as often as it takes.
fn fill(len: usize, piece: &str) -> String {
    piece.repeat(len / piece.len())
}

/// `piece` as often as a line holds it, or a part of it where the file is to be short.
fn line(len: usize, piece: &str) -> String {
    fill((len / 8).min(60_000), piece)
}

/// What `piece` makes of one number after the other.
fn count(len: usize, piece: impl Fn(usize) -> String) -> String {
    let mut text = String::with_capacity(len + 100);
    for number in 0.. {
        if text.len() >= len {
            break;
        }
        text.push_str(&piece(number));
    }
    text
}

/// Two halves, the second after the first.
fn halves(len: usize, first: impl Fn(usize) -> String, second: impl Fn(usize) -> String) -> String {
    count(len / 2, first) + &count(len / 2, second)
}

/// The files, by what they are full of.
pub const FILES: [(&str, Make); 50] = [
    ("continuations", |len| fill(len, "RUN a \\\n")),
    ("one continued instruction", |len| format!("FROM a\nRUN x {}", fill(len, "b \\\n"))),
    ("empty continuation lines", |len| format!("FROM a\nRUN x \\\n{}y\n", fill(len, "\n \\\n"))),
    ("comments in a continuation", |len| format!("FROM a\nRUN x \\\n{}y\n", fill(len, "# c\n"))),
    ("heredocs", |len| format!("FROM a\n{}", fill(len, "RUN <<A\nx\nA\n"))),
    ("heredocs of one instruction", |len| {
        let words = count(len / 2, |n| format!("<<A{n} \\\n"));
        format!("FROM a\nCOPY {words}/d\n{}", count(len / 2, |n| format!("A{n}\n")))
    }),
    ("heredocs with one name", |len| {
        format!("FROM a\nCOPY {}/d\n{}", fill(len / 2, "<<A \\\n"), fill(len / 2, "$b\nA\n"))
    }),
    ("heredocs written otherwise", |len| {
        let word = "<<\"\\a\" \\\n";
        format!("FROM a\nCOPY {}/d\n{}", fill(len / 2, word), fill(len / 2, "\\\\a\n"))
    }),
    ("heredocs behind ONBUILD", |len| {
        format!("FROM a\nONBUILD COPY {}/d\n{}", fill(len / 2, "<<A \\\n"), fill(len / 2, "x\nA\n"))
    }),
    ("heredocs that do not end", |len| fill(len, "COPY <<A <<B /c\n")),
    ("quotes that do not end", |len| format!("FROM a\n{}", fill(len, "ENV a=\"b ' c\n"))),
    ("quotes over continuations", |len| format!("FROM a\nENV a=\"{}", fill(len, "b ' \\\n"))),
    ("nested substitutions", |len| {
        format!("FROM a\n{}", fill(len, &format!("ENV b={}\n", line(len, "${a:-"))))
    }),
    ("substitutions", |len| format!("FROM a\n{}", fill(len, "ENV b=${a:-${c:+d}}\n"))),
    ("doubled values", |len| format!("FROM a\nENV a=xxxxxxxx\n{}", fill(len, "ENV a=$a$a\n"))),
    ("long values", |len| {
        let long = line(len, "x");
        format!("FROM a\nENV a={long}\n{}", count(len - long.len(), |n| format!("ENV b{n}=$a\n")))
    }),
    ("long values in one variable", |len| {
        let long = line(len, "x");
        format!("FROM a\nENV a={long}\n{}", fill(len - long.len(), "ENV b=$a\n"))
    }),
    ("patterns on long values", |len| {
        let long = line(len, "x");
        format!("FROM a\nENV a={long}\n{}", fill(len - long.len(), "ENV b=${a//*y*z?/w}\n"))
    }),
    ("unknown variables", |len| format!("FROM a\n{}", count(len, |n| format!("USER $u{n}\n")))),
    ("unknown variables in one instruction", |len| {
        format!("FROM a\nENV x=1 \\\n{}", count(len, |n| format!("a{n}=$u{n} \\\n")))
    }),
    ("variables and unknown ones", |len| {
        let set = |n: usize| format!("ENV vvvv{n:04}=1\n");
        format!("FROM a\n{}", halves(len, set, |n| format!("USER $wwww{n:04}\n")))
    }),
    ("secrets", |len| format!("FROM a\nENV x=1 \\\n{}", count(len, |n| format!("KEY_{n}=1 \\\n")))),
    ("arguments with comments", |len| {
        let args = count(len / 2, |n| format!("a{n} \\\n"));
        format!("FROM a\n{}ARG x \\\n{args}", count(len / 2, |n| format!("# a{n} is\n")))
    }),
    ("findings below comments", |len| {
        let pairs = count(len / 2, |n| format!("KEY_{n}=1 \\\n"));
        format!("FROM a\n{}ENV x=1 \\\n{pairs}", fill(len / 2, "# comment\n"))
    }),
    ("skipped checks", |len| {
        let names = count((len / 8).min(60_000), |n| format!("Rule{n},"));
        format!("# check=skip={names}\nFROM a\n{}", fill(len - names.len(), "CMD x\n"))
    }),
    ("old pairs", |len| format!("FROM a\n{}", fill(len, "ENV a b c\n"))),
    ("stages", |len| count(len, |n| format!("FROM a AS s{n}\n"))),
    ("stages on each other", |len| {
        format!(
            "FROM a AS s0\n{}",
            count(len, |n| format!("FROM s{n} AS s{}\nENV v{n}=1\n", n + 1))
        )
    }),
    ("stages on one", |len| {
        let set =
            |n: usize| if n == 0 { "FROM a AS s\n".to_owned() } else { format!("ENV v{n}=1\n") };
        halves(len, set, |_| "FROM s\nENV w=1\n".to_owned())
    }),
    ("stages copied from", |len| {
        format!(
            "FROM a AS s0\n{}",
            count(len, |n| format!("FROM a AS s{}\nCOPY --from=s{n} a b\n", n + 1))
        )
    }),
    ("stages in a circle", |len| {
        let ring = count(len, |n| format!("FROM a AS s{n}\nCOPY --from=s{} a b\n", n + 1));
        format!("{ring}FROM a AS last\n")
    }),
    ("stages with arguments before", |len| {
        halves(len, |n| format!("ARG A{n}=a\n"), |n| format!("FROM --platform=$X $A{n}\n"))
    }),
    ("triggers on many stages", |len| {
        let set = |n: usize| if n == 0 { "FROM a AS s\n" } else { "ONBUILD USER u\n" }.to_owned();
        halves(len, set, |_| "FROM s\n".to_owned())
    }),
    ("ONBUILD behind ONBUILD", |len| {
        format!("FROM a\n{}", fill(len, &format!("{}\n", line(len, "ONBUILD "))))
    }),
    ("ONBUILD over continuations", |len| format!("FROM a\n{}", fill(len, "ONBUILD \\\n"))),
    ("instructions before a stage", |len| {
        halves(len, |_| "RUN a\n".to_owned(), |_| "X\n".to_owned())
    }),
    ("unknown instructions", |len| fill(len, "RUM a\n")),
    ("JSON elements", |len| format!("FROM a\nCMD [\"a\" \\\n{}]\n", fill(len, ",\"b\" \\\n"))),
    ("JSON arrays in each other", |len| {
        format!("FROM a\n{}", fill(len, &format!("CMD {}\n", line(len, "["))))
    }),
    ("ports", |len| {
        format!(
            "FROM a\nEXPOSE \\\n{}",
            count(len, |n| format!("1.2.3.4:{}:80/TCP \\\n", n % 60_000 + 1))
        )
    }),
    ("mounts", |len| {
        format!("FROM a\nRUN \\\n{}true\n", fill(len, "--mount=target=/x,from=y \\\n"))
    }),
    ("commands", |len| {
        format!("FROM a\nRUN x \\\n{}", fill(len, "&& sudo apt-get install a \\\n"))
    }),
    ("backslashes", |len| format!("FROM a\n{}", fill(len, &format!("RUN {}\n", line(len, "\\a"))))),
    ("files copied and removed", |len| {
        let copied = count(len / 2, |n| format!("f{n}.key \\\n"));
        format!(
            "FROM a\nCOPY {copied}/d/\nRUN rm {}x\n",
            count(len / 2, |n| format!("/d/g{n} \\\n"))
        )
    }),
    ("comments", |len| fill(len, "#\n")),
    ("blank lines", |len| fill(len, "\r\n")),
    ("one line", |len| format!("FROM a\nRUN {}", fill(len, "x"))),
    ("long lines", |len| format!("FROM a\n{}", fill(len, &format!("RUN {}\n", line(len, "x "))))),
    ("flags", |len| format!("FROM a\nCOPY \\\n{}a b\n", fill(len, "--exclude=\"x y\" \\\n"))),
    ("NUL and beyond", |len| fill(len, "\u{0}\u{feff}\u{2028}é😀 \\\n")),
];

/// All that an editor asks of a file, and the checks of a build.
pub fn look_at(text: &str) -> usize {
    let file = parse(text);
    let tokens = file.tokens();
    assert_eq!(tokens.last().map(|token| token.span.end), (!text.is_empty()).then_some(text.len()));
    let report = lint(&file, &LintOptions { all_stages: true, ..LintOptions::default() });
    let found = problems(&file, &LintOptions { no_ignore_file: true, ..LintOptions::default() });
    let none = std::collections::BTreeMap::new();
    for place in (0..=4).map(|part| text.len() / 4 * part) {
        if text.is_char_boundary(place) {
            hover(&file, place, &none);
        }
        complete(&file, place, &CompletionSources::default());
    }
    let shown = folding(&file).len() + symbols(&file).len() + format(text).len();
    tokens.len() + report.findings.len() + found.len() + shown
}

fn time(make: Make, len: usize) -> Duration {
    let text = make(len);
    let start = Instant::now();
    look_at(&text);
    start.elapsed()
}

/// How long a file of `len` bytes takes, where that is in proportion to one of a quarter of its length.
pub fn check(name: &str, make: Make, len: usize) -> Result<Duration, String> {
    let short = time(make, len / 4);
    let mut long = time(make, len);
    // Once more where another program may have been in the way.
    for _ in 0..3 {
        if long > short * MAX_RATIO + NOISE {
            long = long.min(time(make, len));
        }
    }
    match long > short * MAX_RATIO + NOISE {
        true => Err(format!("{name}: {len} bytes take {long:?}, a quarter of them {short:?}")),
        false => Ok(long),
    }
}
