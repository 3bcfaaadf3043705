//! What an editor is told about small files. `|` marks the cursor.

use std::collections::BTreeMap;

use expect_test::{Expect, expect};

use super::{
    CompletionSources, Severity, code_actions, complete, folding, format, hover, problems, symbols,
};
use crate::lint::LintOptions;
use crate::parse::{Parse, parse};
use crate::span::Span;

fn cursor(marked: &str) -> (Parse, usize) {
    let offset = marked.find('|').unwrap();
    (parse(&marked.replacen('|', "", 1)), offset)
}

fn check_complete(marked: &str, expected: Expect) {
    let (parse, offset) = cursor(marked);
    let files = ["src/", "src/main.rs", "Makefile"];
    let paths = |typed: &str| {
        files.iter().filter(|file| file.starts_with(typed)).map(|file| (*file).to_owned()).collect()
    };
    let images = ["ubuntu:18.04".to_owned(), "alpine:3".to_owned()];
    let sources = CompletionSources { images: &images, paths: Some(&paths), build_args: None };
    let shown: Vec<String> = complete(&parse, offset, &sources)
        .iter()
        .map(|found| format!("{} {:?}", found.insert, found.replace.of(&parse.text)))
        .collect();
    expected.assert_eq(&shown.join("\n"));
}

#[test]
fn completion() {
    check_complete(
        "|",
        expect![[r#"
        ADD ""
        ARG ""
        CMD ""
        COPY ""
        ENTRYPOINT ""
        ENV ""
        EXPOSE ""
        FROM ""
        HEALTHCHECK ""
        LABEL ""
        MAINTAINER ""
        ONBUILD ""
        RUN ""
        SHELL ""
        STOPSIGNAL ""
        USER ""
        VOLUME ""
        WORKDIR """#]],
    );
    check_complete("FROM a\nW|", expect![[r#"WORKDIR "W""#]]);
    check_complete("from a\nwo|", expect![[r#"workdir "wo""#]]);
    check_complete(
        "FROM a AS build\nFROM |",
        expect![[r#"
        build ""
        ubuntu:18.04 ""
        alpine:3 ""
        scratch """#]],
    );
    check_complete("FROM a AS build\nFROM b\nCOPY --from=|", expect![[r#"build """#]]);
    check_complete(
        "FROM a\nCOPY --ch|",
        expect![[r#"
        --chown= "--ch"
        --chmod= "--ch""#]],
    );
    check_complete(
        "FROM a\nCOPY \\\n  ./s|",
        expect![[r#"
        ./src/ "./s"
        ./src/main.rs "./s""#]],
    );
    check_complete(
        "ARG V=1\nFROM a\nARG V\nENV HOME=/x\nWORKDIR ${H|",
        expect![[r#"${HOME} "${H""#]],
    );
    check_complete("ARG V=1\nFROM a:$V|", expect![[r#"$V "$V""#]]);
    check_complete("FROM a\nRUN --mount=type=c|", expect![[r#"cache "c""#]]);
    check_complete(
        "FROM a\nONBUILD HEALTHCHECK |",
        expect![[r#"
        CMD ""
        NONE """#]],
    );
    check_complete(
        "# |",
        expect![[r#"
        syntax=docker/dockerfile:1 ""
        escape=` ""
        check=skip= """#]],
    );
    check_complete("FROM a\n# check=skip=Json|", expect![[r#"JSONArgsRecommended "Json""#]]);
    check_complete("FROM a\nRUN <<E\nW|\nE\n", expect![[""]]);
    check_complete("FROM a\nRUN echo |", expect![[""]]);
}

fn check_hover(marked: &str, expected: Expect) {
    let (parse, offset) = cursor(marked);
    let shown = hover(&parse, offset, &BTreeMap::new())
        .map(|card| format!("{:?} {}: {}", card.span.of(&parse.text), card.title, card.text));
    expected.assert_eq(&shown.unwrap_or_default());
}

#[test]
fn hovering() {
    check_hover(
        "FR|OM a",
        expect![[
            r#""FROM" FROM [--platform=PLATFORM] IMAGE [AS NAME]: Begins a stage on top of an image, of an earlier stage, or of scratch, which is nothing at all."#
        ]],
    );
    check_hover(
        "FROM a\nCOPY --ch|own=x a b",
        expect![[
            r#""--chown=x" --chown: The owner of what is copied, as USER[:GROUP]; without it, root."#
        ]],
    );
    check_hover(
        "FROM a\nENV A=1 B=2\nENV A=$B-$|A",
        expect![[r#""$A" A=1: Set by ENV on line 2; containers see it too."#]],
    );
    check_hover(
        "FROM a\nRUN echo $|X",
        expect![[r#""$X" $X: Not set by this file: the shell looks it up when the command runs."#]],
    );
    check_hover(
        "# b builds\nFROM a AS b\nFROM c\nCOPY --from=|b x y",
        expect![[r#""--from=b" b: Stage 0 of this file, from a on line 2. It builds."#]],
    );
    check_hover(
        "FROM scr|atch",
        expect![[r#""scratch" scratch: Nothing at all: a stage without any file."#]],
    );
    check_hover(
        "FROM a\nONBUILD R|UN x",
        expect![[
            r#""RUN" RUN [flags] COMMAND: Runs a command in a container of the image so far and keeps what it changed in the files as a layer."#
        ]],
    );
    check_hover("FROM a\n|\n", expect![[""]]);
}

#[test]
fn formatting() {
    let text = "\n\n# syntax=x\n  from   a  as   b  \n\n\n\nrun  --network=none   echo  'a  b' \\  \n\n   # why  \n    && c \t\ncopy <<E   /d \n  x  \n\n\nE\nonbuild run  x\nenv A   b  c\n\n\n";
    let formatted = format(text);
    expect![[r#"

        # syntax=x
        FROM a AS b

        RUN --network=none echo  'a  b' \
           # why
            && c
        COPY <<E /d
          x  


        E
        ONBUILD run  x
        ENV A b  c
    "#]]
    .assert_eq(&formatted);
    assert_eq!(format(&formatted), formatted);
    for text in ["", "FROM a \\", "FROM a\r\nRUN b \\\r\n\r\n c\r\n", "RUN <<A\n x ", "bogus  x\n"]
    {
        let formatted = format(text);
        assert_eq!(format(&formatted), formatted, "{text:?}");
    }
    assert_eq!(format("FROM a\r\nRUN b \\\r\n\r\n c\r\n"), "FROM a\r\nRUN b \\\r\n c\r\n");
}

#[test]
fn outline() {
    let parse = parse("# a\n# b\nARG V\nFROM a AS b\nRUN x \\\n  y\nCOPY <<E /d\nz\nE\n\nFROM c\n");
    let folds: Vec<String> = folding(&parse)
        .iter()
        .map(|fold| format!("{:?} {}-{}", fold.kind, fold.start, fold.end))
        .collect();
    assert_eq!(folds, ["Comment 1-2", "Stage 4-9", "Instruction 5-6", "Instruction 7-9"]);
    let symbols = symbols(&parse);
    let names: Vec<(&str, &str)> =
        symbols.iter().map(|symbol| (symbol.name.as_str(), symbol.detail.as_str())).collect();
    assert_eq!(names, [("ARG", "V"), ("b", "a"), ("stage-1", "c")]);
    assert_eq!(symbols[1].children[0].detail, "x y");
}

#[test]
fn problems_of_a_broken_file() {
    let parse = parse("FROM a:1 as x\nCOPPY b c\nCMD run it\nRUN sudo y\n");
    let found = problems(&parse, &LintOptions::default());
    let shown: Vec<String> = found
        .iter()
        .map(|problem| {
            format!("{:?} {:?} {}", problem.severity, problem.span.of(&parse.text), problem.message)
        })
        .collect();
    expect![[r#"
        Warning "as" 'as' and 'FROM' keywords' casing do not match
        Error "COPPY" unknown instruction: COPPY (did you mean COPY?)
        Warning "run it" JSON arguments recommended for CMD to prevent unintended behavior related to OS signals
        Hint "sudo" sudo is not needed in a build"#]].assert_eq(&shown.join("\n"));
    let titles: Vec<&str> =
        code_actions(&found, Span::new(0, 20)).iter().map(|fix| fix.title.as_str()).collect();
    assert_eq!(titles, ["write AS"]);
}

#[test]
fn errors_of_the_build_are_problems_too() {
    let parse = parse("FROM scratch\nVOLUME $Q\nSTOPSIGNAL x\nRUN --mount=type=cache a\n");
    let found = problems(&parse, &LintOptions::default());
    let errors: Vec<&str> = found
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
        .map(|problem| problem.message.as_str())
        .collect();
    let volume = "VOLUME specified can not be an empty string";
    assert_eq!(errors, [volume, "invalid signal: x", "invalid mount target \"/\""]);
}
