//! Thousands of texts made of fragments that mean something to a Dockerfile: nothing panics, nothing is lost.
//!
//! `SOUP_ROUNDS` sets how many texts are tried; the seeds are fixed, so that a failure can be repeated.

use std::collections::BTreeMap;

use dockerfile::editor::{
    CompletionSources, code_actions, complete, folding, format, hover, problems, symbols,
};
use dockerfile::lint::{LintOptions, lint};
use dockerfile::{
    EnvList, Ignore, Lexer, Span, excerpt, expose_ports, parse, pattern::ShellPattern,
};

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

fn concat(text: &str, spans: impl Iterator<Item = Span>) -> String {
    spans.map(|span| span.of(text)).collect()
}

fn check_file(text: &str, random: &mut Random) {
    let parse = parse(text);
    assert_eq!(concat(text, parse.items.iter().map(|item| item.span)), text);
    assert_eq!(concat(text, parse.tokens().iter().map(|token| token.span)), text);
    for diagnostic in &parse.diagnostics {
        assert!(text.get(diagnostic.span.start..diagnostic.span.end).is_some(), "{diagnostic:?}");
        excerpt("Dockerfile", text, diagnostic.lines.as_slice());
    }
    for instruction in &parse.instructions {
        for word in instruction.node.args.iter().chain(&instruction.node.flags) {
            assert!(text.get(word.span.start..word.span.end).is_some(), "{word:?}");
        }
    }
    lint(&parse, &LintOptions::default());
    let found = problems(&parse, &LintOptions { no_ignore_file: true, ..LintOptions::default() });
    for fix in code_actions(&found, Span::new(0, text.len())) {
        let mut end = 0;
        for edit in &fix.edits {
            assert!(
                end <= edit.span.start && text.get(edit.span.start..edit.span.end).is_some(),
                "{fix:?}"
            );
            end = edit.span.end;
        }
        let fixed = fix.apply(text);
        if parse.first_error().is_none() {
            assert_eq!(
                dockerfile::parse(&fixed).first_error(),
                None,
                "{} breaks the file",
                fix.title
            );
        }
    }
    for fold in folding(&parse) {
        assert!(fold.start < fold.end);
    }
    symbols(&parse);
    let formatted = format(text);
    assert_eq!(format(&formatted), formatted, "formatting twice changes more");
    for _ in 0..3 {
        let at = random.below(text.len() + 1);
        hover(&parse, at, &BTreeMap::new());
        complete(&parse, at, &CompletionSources::default());
    }
}

#[test]
fn files() {
    for seed in 1..=rounds() {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let text = if seed % 2 == 0 { random.file() } else { random.text(30) };
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            check_file(&text, &mut random)
        }));
        assert!(result.is_ok(), "seed {seed}: {text:?}");
    }
}

#[test]
fn words_and_patterns() {
    let mut env = EnvList::default();
    env.set("a", "axbx/é\n");
    env.set("B", "");
    for seed in 1..=rounds() {
        let mut random = Random(seed.wrapping_mul(0xD134_2543_DE82_EF95) | 1);
        let text = random.text(12);
        for skip_unset in [false, true] {
            let lexer = Lexer {
                skip_unset,
                raw_quotes: seed % 3 == 0,
                raw_escapes: seed % 5 == 0,
                ..Lexer::new('\\')
            };
            if let Ok(expansion) = lexer.expand(&text, &env) {
                // Splitting drops blanks, and what stands before braces in a word; it adds nothing.
                let mut left = expansion.text.chars();
                for c in expansion.words.concat().chars() {
                    assert!(left.any(|other| other == c), "{text:?}");
                }
            }
        }
        if let Ok(pattern) = ShellPattern::new(&text) {
            pattern.replace_all("axbx/é\n", &text);
        }
        let _ = expose_ports(&[&text]);
        if let Ok(ignore) = Ignore::parse(&text) {
            for path in ["a", "a/b", "src/é", "./x", ""] {
                assert_eq!(ignore.trace(path).ignored, ignore.matches(path), "{text:?} {path:?}");
            }
        }
    }
}
