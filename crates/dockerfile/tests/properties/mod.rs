//! What holds for every text. The soup test and the fuzz targets try it on theirs.

// Each of those that include this file uses a part of it.
#![allow(dead_code)]

use std::collections::BTreeMap;

use dockerfile::editor::{
    CompletionSources, code_actions, complete, folding, format, hover, problems, symbols,
};
use dockerfile::lint::{LintOptions, lint};
use dockerfile::pattern::ShellPattern;
use dockerfile::{EnvList, Ignore, Lexer, Span, excerpt, expose_ports, parse};

/// Nothing panics, nothing is lost, every place is one of the text, and fixes break nothing.
pub fn check_file(text: &str, places: impl IntoIterator<Item = usize>) {
    let parse = parse(text);
    assert_eq!(concat(text, parse.items.iter().map(|item| item.span)), text);
    assert_eq!(concat(text, parse.tokens().iter().map(|token| token.span)), text);
    for diagnostic in &parse.diagnostics {
        assert!(is_place(text, diagnostic.span), "{diagnostic:?}");
        excerpt("Dockerfile", text, diagnostic.lines.as_slice());
    }
    for instruction in &parse.instructions {
        for word in instruction.node.args.iter().chain(&instruction.node.flags) {
            assert!(is_place(text, word.span), "{word:?}");
        }
    }
    lint(&parse, &LintOptions::default());
    lint(&parse, &LintOptions { all_stages: true, ..LintOptions::default() });
    let found = problems(&parse, &LintOptions { no_ignore_file: true, ..LintOptions::default() });
    assert!(found.iter().all(|problem| is_place(text, problem.span)), "{found:?}");
    for fix in code_actions(&found, Span::new(0, text.len())) {
        let mut end = 0;
        for edit in &fix.edits {
            assert!(end <= edit.span.start && is_place(text, edit.span), "{fix:?}");
            end = edit.span.end;
        }
        let fixed = fix.apply(text);
        if parse.first_error().is_none() {
            let error = dockerfile::parse(&fixed).first_error().cloned();
            assert_eq!(error, None, "{} breaks the file", fix.title);
        }
    }
    for fold in folding(&parse) {
        assert!(fold.start < fold.end);
    }
    symbols(&parse);
    let formatted = format(text);
    assert_eq!(format(&formatted), formatted, "formatting twice changes more");
    for place in places {
        if text.is_char_boundary(place) {
            hover(&parse, place, &BTreeMap::new());
        }
        complete(&parse, place, &CompletionSources::default());
    }
}

/// Splitting into words adds nothing, and a text without quotes, escapes and variables stays as it is.
pub fn check_expansion(text: &str, value: &str, modes: u8) {
    let mut env = EnvList::default();
    env.set("a", value);
    env.set("B", "");
    let is_on = |mode: u8| modes & 1 << mode != 0;
    let lexer = Lexer {
        raw_quotes: is_on(0),
        raw_escapes: is_on(1),
        skip_quotes: is_on(2),
        skip_unset: is_on(3),
        ..Lexer::new(if is_on(4) { '`' } else { '\\' })
    };
    let expansion = lexer.expand(text, &env);
    if !text.contains(['$', '\'', '"', '\\', '`', '\u{feff}']) {
        assert_eq!(expansion.as_ref().unwrap().text, text);
    }
    if let Ok(expansion) = expansion {
        let mut left = expansion.text.chars();
        for c in expansion.words.concat().chars() {
            assert!(left.any(|other| other == c), "{text:?} {:?}", expansion.words);
        }
    }
    if let Ok(pattern) = ShellPattern::new(text) {
        pattern.replace_first(value, text);
        let end = pattern.match_prefix(value, true);
        assert!(end.is_none_or(|end| value.is_char_boundary(end)));
        assert_eq!(end.is_some(), pattern.match_prefix(value, false).is_some());
        if text.len() * value.len() < 10_000 {
            pattern.replace_all(value, text);
        }
    }
    let _ = expose_ports(&[text]);
}

/// The trace says what the verdict says, and every pattern knows where it stands.
pub fn check_ignore(patterns: &str, path: &str) {
    let Ok(ignore) = Ignore::parse(patterns) else { return };
    for pattern in ignore.patterns() {
        assert!(pattern.span.is_some_and(|span| is_place(patterns, span)), "{pattern:?}");
    }
    let trace = ignore.trace(path);
    assert_eq!(trace.ignored, ignore.matches(path), "{patterns:?} {path:?}");
    if let Some(step) = trace.steps.last() {
        assert!(path.starts_with(&step.matched), "{step:?}");
        // What a pattern without exceptions leaves out, it leaves out with all that is in it.
        if !ignore.has_exceptions() {
            assert!(ignore.matches(&format!("{path}/below")), "{patterns:?} {path:?}");
        }
    }
}

fn is_place(text: &str, span: Span) -> bool {
    text.get(span.start..span.end).is_some()
}

fn concat(text: &str, spans: impl Iterator<Item = Span>) -> String {
    spans.map(|span| span.of(text)).collect()
}
