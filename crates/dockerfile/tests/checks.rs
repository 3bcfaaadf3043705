//! What `docker build --check` answers to small files, each of them once answered otherwise here.

use expect_test::{Expect, expect};

use dockerfile::lint::{LintOptions, lint};

/// The findings and the error, each on a line, as `docker build --check` has them.
fn check(text: &str, expected: Expect) {
    let report =
        lint(&dockerfile::parse(text), &LintOptions { all_stages: true, ..LintOptions::default() });
    let mut lines: Vec<String> = report.findings.iter().map(|found| found.summary()).collect();
    lines.extend(report.error.map(|error| {
        let place = error.lines.map_or("-".to_owned(), |l| format!("{}-{}", l.start, l.end));
        format!("{place}: {error}")
    }));
    expected.assert_eq(&lines.join("\n"));
}

#[test]
fn directives() {
    check(
        "# escape= \nFROM scratch\n",
        expect![[r#"-: invalid escape token ' ' does not match ` or \"#]],
    );
    check(
        "  # check=skip=all\nFROM scratch as x\n",
        expect!["FromAsCasing: 'as' and 'FROM' keywords' casing do not match (line 2)"],
    );
    check("#!/bin/sh\n# check=skip=all\nFROM scratch as x\n", expect![[""]]);
    check(
        "# check= \nFROM scratch as x\n",
        expect!["FromAsCasing: 'as' and 'FROM' keywords' casing do not match (line 2)"],
    );
}

#[test]
fn flags_are_read_byte_by_byte() {
    check(
        "FROM scratch\nCOPY --from=é a b\n",
        expect![[
            r#"2-2: failed to parse stage name "Ã©": invalid reference format: repository name (library/Ã©) must be lowercase"#
        ]],
    );
    check(
        "FROM scratch\nMAINTAINER --unpack=1 \u{a0} --x\n",
        expect![[r#"
        MaintainerDeprecated: Maintainer instruction is deprecated in favor of using label (line 2)
        2-2: dockerfile parse error on line 2: unknown flag: --unpack"#]],
    );
    check("FROM scratch\nCOPY --chmod=à a /b\n", expect!["2-2: invalid syntax"]);
}

#[test]
fn heredoc_words() {
    check(
        "FROM scratch\nCOPY <<\u{b}EOF /x\nEOF\n",
        expect![
            "3-3: dockerfile parse error on line 3: unknown instruction: EOF (did you mean ENV?)"
        ],
    );
    check("FROM scratch\nCOPY <<\tEOF /x\nEOF\n", expect![[""]]);
}

#[test]
fn braces_drop_what_stands_before_them_in_a_word() {
    check("FROM scratch\nEXPOSE a${A:-80}\n", expect![[""]]);
    check("FROM scratch\nEXPOSE a\"b${A:-80}\"c\n", expect!["2-2: invalid containerPort: b80c"]);
    check(
        "FROM scratch\nCOPY <<${A:-x} /x\n${A:-x}\n",
        expect!["3-3: dockerfile parse error on line 3: unknown instruction: ${A:-x}"],
    );
}

#[test]
fn variables() {
    check("FROM scratch\nENV A=$½x\n", expect![[""]]);
    check(
        "FROM scratch\nUSER ${B:+y} ${A/a/b\n",
        expect![[r#"
        UndefinedVar: Usage of undefined variable '$B' (line 2)
        2-2: failed to process "${B:+y} ${A/a/b": syntax error: missing '}'"#]],
    );
    check(
        "FROM scratch\nCOPY ${A:-'q q'} \n",
        expect![[r#"2-2: failed to process "${A:-'q": syntax error: missing '}'"#]],
    );
    check(
        "FROM scratch\nVOLUME $Q\n",
        expect![[r#"
        UndefinedVar: Usage of undefined variable '$Q' (line 2)
        2-2: VOLUME specified can not be an empty string"#]],
    );
    check(
        "FROM scratch\nRUN --mount=target=$Q a\n",
        expect![[r#"
        UndefinedVar: Usage of undefined variable '$Q' (line 2)
        2-2: invalid mount target "/""#]],
    );
}

#[test]
fn values() {
    check("FROM scratch\nSTOPSIGNAL RTMAX-15\n", expect!["2-2: invalid signal: RTMAX-15"]);
    check(
        "FROM scratch\nCOPY --chmod=64a a b\n",
        expect![
            "2-2: invalid chmod parameter: '64a'. it should be octal string and between 0 and 07777"
        ],
    );
    check("FROM scratch\nCOPY --chmod=u a b\n", expect!["2-2: invalid syntax"]);
    check("FROM scratch\nCOPY https://x/y b\n", expect!["2-2: source can't be a URL for COPY"]);
    check("FROM scratch\nCOPY git@h:r b\n", expect!["2-2: source can't be a git ref for COPY"]);
    check(
        "FROM scratch\nADD --checksum=md5:1 http://x/y /z\n",
        expect!["2-2: unsupported digest algorithm"],
    );
    check(
        "FROM scratch\nADD --checksum=abc x /z\n",
        expect!["2-2: checksum requires HTTP(S) or Git sources"],
    );
    check(
        "FROM UPPER\n",
        expect![[r#"
        InvalidDefaultArgInFrom: Default value for ARG UPPER results in empty or invalid base image name (line 1)
        1-1: failed to parse stage name "UPPER": invalid reference format: repository name (library/UPPER) must be lowercase"#]],
    );
    check(
        "FROM --platform=lin.ux/amd64 scratch\n",
        expect![[
            r#"1-1: failed to parse platform lin.ux/amd64: "lin.ux" is an invalid OS component of "lin.ux/amd64": OSAndVersion specifier component must match "^([A-Za-z0-9_-]+)(?:\\(([A-Za-z0-9_.%-]*)((?:\\+[A-Za-z0-9_.%-]+)*)\\))?$": invalid argument"#
        ]],
    );
    check("FROM --platform=windows(10.0.1)/amd64 scratch AS amd64\n", expect![[""]]);
    check(
        "FROM scratch\nRUN --mount=type=cache a\n",
        expect![[r#"2-2: invalid mount target "/""#]],
    );
    check(
        "FROM scratch\nRUN --mount=from=UP,target=/x a\n",
        expect![[
            r#"-: failed to parse stage name "UP": invalid reference format: repository name (library/UP) must be lowercase"#
        ]],
    );
}

#[test]
fn stages() {
    check(
        "FROM scratch AS a\nCOPY --from=b . .\nFROM scratch AS b\n",
        expect![[
            r#"2-2: cannot copy from stage "b", it needs to be defined before current stage "a""#
        ]],
    );
    check(
        "FROM scratch AS a\nCOPY --from=b . .\nFROM scratch AS b\nCOPY --from=a . .\n",
        expect!["2-4: circular dependency detected on stage: a"],
    );
    check(
        "FROM scratch AS a\nRUN --mount=from=b,target=/x a\nFROM scratch AS b\n",
        expect![[
            r#"2-2: cannot mount from stage "b" to "/x", stage needs to be defined before current command"#
        ]],
    );
    check("FROM scratch\nCOPY --from=7 . .\n", expect!["-: invalid stage index 7"]);
    check("FROM scratch AS a\nONBUILD FOO\nFROM a AS b\nFROM scratch\n", expect![[""]]);
    check(
        "FROM scratch AS a\nONBUILD ENV a b\nONBUILD FOO\nFROM a\n",
        expect!["4-4: unknown instruction: FOO (did you mean FROM?)"],
    );
    check(
        "FROM scratch AS a\nONBUILD CMD x\nONBUILD ENV a b\nFROM a\ncmd [\"x\"]\n",
        expect![[r#"
            ConsistentInstructionCasing: Command 'cmd' should match the case of the command majority (uppercase) (line 5)
            JSONArgsRecommended: JSON arguments recommended for CMD to prevent unintended behavior related to OS signals (line 4)
            LegacyKeyValueFormat: "ENV key=value" should be used instead of legacy "ENV key value" format (line 4)
            MultipleInstructionsDisallowed: Multiple cmd instructions should not be used in the same stage because only the last one will be used (line 4)"#]],
    );
}

#[test]
fn no_fix_for_a_name_that_a_continuation_cuts_in_two() {
    let parse = dockerfile::parse("FROM $TARGETAR\\\n\n\nF");
    let report = lint(&parse, &LintOptions::default());
    let fixes: Vec<_> = report
        .findings
        .iter()
        .filter(|found| found.rule.name == "UndefinedArgInFrom")
        .map(|found| (found.detail.as_str(), found.fix.is_some()))
        .collect();
    let detail = "FROM argument 'TARGETARF' is not declared (did you mean TARGETARCH?)";
    assert_eq!(fixes, [(detail, false)]);
}

#[test]
fn what_grows_without_bound_is_refused() {
    let doubled = format!("FROM scratch\nENV a=12345678\n{}", "ENV a=$a$a\n".repeat(20));
    let report = lint(&dockerfile::parse(&doubled), &LintOptions::default());
    let cause = report.error.unwrap().cause;
    assert!(cause.contains("not supported here: variables that make a text longer"), "{cause}");

    let long = "x".repeat(60_000);
    let many = format!("FROM scratch\nENV a={long}\n{}", "ENV b=$a\n".repeat(2_000));
    let report = lint(&dockerfile::parse(&many), &LintOptions::default());
    let cause = report.error.unwrap().cause;
    assert!(cause.contains("not supported here: variables that expand to more"), "{cause}");

    let pattern = format!("FROM scratch\nENV a={long}\nENV b=${{a//{}/y}}\n", "*?".repeat(50));
    let report = lint(&dockerfile::parse(&pattern), &LintOptions::default());
    let cause = report.error.unwrap().cause;
    assert!(cause.contains("a pattern of 100 parts on a value of 60000 bytes"), "{cause}");
}
