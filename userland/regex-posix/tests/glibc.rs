//! Patterns whose matches were recorded from glibc's `regcomp` and `regexec`.

use regex_posix::{Regex, Syntax};

fn answer(flags: &str, pattern: &str, text: &str) -> String {
    let syntax = Syntax {
        extended: flags.contains('E'),
        ignore_case: flags.contains('i'),
        utf8: true,
        ..Syntax::default()
    };
    let found =
        Regex::new(pattern.as_bytes(), syntax).and_then(|regex| regex.captures(text.as_bytes(), 0));
    match found {
        Err(error) => format!("error: {error}"),
        Ok(None) => "none".into(),
        Ok(Some(groups)) => {
            let show = |group: &Option<(usize, usize)>| match group {
                Some((from, to)) => format!("{from}..{to}"),
                None => "-".into(),
            };
            groups.iter().map(show).collect::<Vec<_>>().join(" ")
        }
    }
}

#[test]
fn same_as_glibc() {
    let mut differences = String::new();
    for line in include_str!("glibc.txt").lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [flags, pattern, text, expected] = fields[..] else {
            panic!("not four fields: {line}")
        };
        let found = answer(flags, pattern, text);
        if found != expected {
            differences += &format!("{flags} {pattern} {text}: {expected}, not {found}\n");
        }
    }
    assert!(differences.is_empty(), "{differences}");
}
