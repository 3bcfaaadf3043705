//! Thousands of texts made of fragments that mean something to a Dockerfile: nothing panics, nothing is lost.
//!
//! `SOUP_ROUNDS` sets how many texts are tried; the seeds are fixed, so that a failure can be repeated.

mod properties;

use properties::{check_expansion, check_file, check_ignore};

const FRAGMENTS: [&str; 118] = [
    "FROM",
    "from",
    "From",
    "RUN",
    "run",
    "COPY",
    "ADD",
    "ENV",
    "ARG",
    "LABEL",
    "CMD",
    "ENTRYPOINT",
    "EXPOSE",
    "USER",
    "VOLUME",
    "WORKDIR",
    "SHELL",
    "STOPSIGNAL",
    "HEALTHCHECK",
    "ONBUILD",
    "MAINTAINER",
    "AS",
    "as",
    "NONE",
    "BOGUS",
    " ",
    " ",
    " ",
    " ",
    "\n",
    "\n",
    "\n",
    "\n",
    "\r\n",
    "\t",
    "\\",
    "\\\n",
    "\\ \n",
    "`\n",
    "`",
    "#",
    "# x",
    "# escape=`",
    "# syntax=docker/dockerfile:1",
    "# check=skip=all",
    "# check=error=true",
    "\u{feff}",
    "--",
    "--from=",
    "--from=a",
    "--chown=x:y",
    "--link",
    "--mount=type=cache,target=/x",
    "--mount=from=$x",
    "--platform=$TARGETPLATFORM",
    "--platform=linux/arm",
    "--interval=5s",
    "--retries=-1",
    "--exclude=\"a b\"",
    "<<EOF",
    "<<-EOF",
    "<<'E'",
    "3<<X",
    "<<",
    "EOF",
    "E",
    "X",
    "\tEOF",
    "[",
    "]",
    "[\"a\", \"b\"]",
    "[\"a\", 1]",
    "\"",
    "'",
    ",",
    "=",
    "==",
    "a=1",
    "A=$B",
    "$",
    "${",
    "}",
    "$a",
    "${a}",
    "${a:-b}",
    "${a:-${b}}",
    "${a#*x}",
    "${a%%x*}",
    "${a//x/$0}",
    "${a:?no}",
    "a",
    "b",
    "é",
    "😀",
    "/",
    ".",
    "./src",
    "80",
    "80/TCP",
    "1.2.3.4:80:80",
    "ubuntu",
    "ubuntu:latest",
    "scratch",
    "apt-get update",
    "apt-get install curl",
    "&&",
    "||",
    ";",
    "|",
    "(",
    ")",
    "cd /x",
    "sudo make",
    "rm -rf /x",
    "{",
    ":",
    "*",
    "?",
];

struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        // xorshift64*
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % end
    }

    fn text(&mut self, longest: usize) -> String {
        let len = self.below(longest);
        (0..len).map(|_| FRAGMENTS[self.below(FRAGMENTS.len())]).collect()
    }

    /// A text whose lines mostly begin as instructions do.
    fn file(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..self.below(9) {
            text.push_str(FRAGMENTS[self.below(25)]);
            text.push(' ');
            text.push_str(&self.text(9));
            text.push('\n');
        }
        text
    }
}

#[allow(clippy::disallowed_methods, reason = "a test may be told how long to run")]
fn rounds() -> u64 {
    std::env::var("SOUP_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(4_000)
}

#[test]
fn files() {
    for seed in 1..=rounds() {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let text = if seed % 2 == 0 { random.file() } else { random.text(30) };
        let places: Vec<usize> = (0..3).map(|_| random.below(text.len() + 1)).collect();
        let result = std::panic::catch_unwind(|| check_file(&text, places));
        assert!(result.is_ok(), "seed {seed}: {text:?}");
    }
}

#[test]
fn words_and_patterns() {
    for seed in 1..=rounds() {
        let mut random = Random(seed.wrapping_mul(0xD134_2543_DE82_EF95) | 1);
        let text = random.text(12);
        check_expansion(&text, "axbx/é\n", random.below(32) as u8);
        for path in ["a", "a/b", "src/é", "./x", ""] {
            check_ignore(&text, path);
        }
    }
}
