//! What the parser says about small files.

use expect_test::{Expect, expect};

use crate::parse::{Parse, parse};

fn check(text: &str, expected: Expect) {
    let parse = parse(text);
    assert_lossless(text, &parse);
    let mut out = parse.dump();
    for error in &parse.diagnostics {
        let lines =
            error.lines.map_or("-".to_owned(), |lines| format!("{}-{}", lines.start, lines.end));
        out.push_str(&format!("{lines} {:?}: {error}\n", error.span.of(text)));
    }
    expected.assert_eq(&out);
}

fn assert_lossless(text: &str, parse: &Parse) {
    let printed: String = parse.items.iter().map(|item| item.span.of(text)).collect();
    assert_eq!(printed, text);
}

#[test]
fn spans_lead_back_through_continuations() {
    let text =
        "FROM busybox\nENV a=1 \\\n  # why\n  b=\"2 \\\n 3\"\nCOPY --from=x [\"a b\", \"/c\"]\n";
    let parse = parse(text);
    let spans: Vec<&str> =
        parse.instructions[1].node.args.iter().map(|word| word.span.of(text)).collect();
    assert_eq!(spans, ["a", "1", "=", "b", "\"2 \\\n 3\"", "="]);
    let copy = &parse.instructions[2].node;
    assert_eq!(copy.flags[0].span.of(text), "--from=x");
    assert_eq!(copy.args[0].span.of(text), "\"a b\"");
    assert_eq!(parse.instructions[1].text(), "ENV a=1   b=\"2  3\"");
}

#[test]
fn parsing_goes_on_after_errors() {
    check(
        "FORM a\nFROM b\nENV X\nCOPY --form=a b\nRUN --mount=from=$x true\nRUN echo\n",
        expect![[r#"
            (form "")
            (from "b")
            (env)
            (copy ["--form=a"] "b")
            (run ["--mount=from=$x"] "true")
            (run "echo")
            3-3 "X": ENV must have two arguments
            1-1 "FORM": dockerfile parse error on line 1: unknown instruction: FORM (did you mean FROM?)
            4-4 "COPY --form=a b": dockerfile parse error on line 4: COPY requires at least two arguments, but only one was provided. Destination could not be determined
            5-5 "--mount=from=$x": dockerfile parse error on line 5: 'from' doesn't support variable expansion, define alias stage instead
        "#]],
    );
}

#[test]
fn directives_and_marks() {
    check(
        "\u{feff}# escape=`\r\n# escape=`\r\nFROM a `\r\n  AS b\r\nRUN x \\\r\n",
        expect![[r##"
            (from "a" "AS" "b")
            (run "x \\")
            1-1 "# escape=`": only one escape parser directive can be used
        "##]],
    );
    check(
        "# escape=x\nFROM a",
        expect![[r#"
            (from "a")
            - "x": invalid escape token 'x' does not match ` or \
        "#]],
    );
}

#[test]
fn heredocs() {
    check(
        "FROM a\nRUN <<A cat <<-B\n1\nA\n\t2\n\tB\nONBUILD COPY <<C /d\nx\nC\nRUN <<D\nFROM x\n",
        expect![[r#"
            (from "a")
            (run "<<A cat <<-B")
            (onbuild (copy "<<C" "/d"))
            (run "<<D")
            10-11 "<<D": unterminated heredoc
        "#]],
    );
}

#[test]
fn files_without_a_stage() {
    check("", expect!["- \"\": the Dockerfile cannot be empty\n"]);
    check("# a\n\n", expect!["2-2 \"\": file with no instructions\n"]);
    check(
        "ARG a=1\n",
        expect![[r#"
            (arg "a=1")
            - "": dockerfile contains no stages to build
        "#]],
    );
    check(
        "RUN a\nFROM b\nENTRY c\n",
        expect![[r#"
            (run "a")
            (from "b")
            (entry "")
            1-1 "RUN": no build stage in current context
            3-3 "ENTRY": dockerfile parse error on line 3: unknown instruction: ENTRY
        "#]],
    );
}

#[test]
fn lines_that_are_too_long() {
    let long = "x".repeat(65_536);
    let text = format!("FROM a\nRUN {long}\nRUN b\n");
    let parse = parse(&text);
    assert_lossless(&text, &parse);
    assert_eq!(parse.dump(), "(from \"a\")\n(run \"b\")\n");
    assert_eq!(
        parse.diagnostics[0].message(),
        "dockerfile line greater than max allowed size of 65535"
    );
}

#[test]
fn hostile_files_take_linear_time_and_no_stack() {
    for text in [
        "RUN a \\\n".repeat(100_000),
        "ONBUILD ".repeat(8_000),
        "ONBUILD \\\n".repeat(100_000),
        "COPY <<A <<B /c\n".repeat(60_000),
        format!("FROM a\nRUN {}", "<<A ".repeat(10_000)),
        "ENV a=\"\\\n".repeat(100_000),
        "#\n".repeat(400_000),
        "ARG ${a:-".repeat(7_000),
    ] {
        assert_lossless(&text, &parse(&text));
    }
}
