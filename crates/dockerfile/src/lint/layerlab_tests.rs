//! What the checks beyond BuildKit's find in small files, and what their fixes make of them.

use expect_test::{Expect, expect};

use super::{LintOptions, lint_layerlab};
use crate::parse::parse;

fn check(text: &str, expected: Expect) {
    let parse = parse(text);
    assert_eq!(parse.first_error(), None);
    let options = LintOptions { no_ignore_file: true, ..LintOptions::default() };
    let mut out = String::new();
    for finding in lint_layerlab(&parse, &options) {
        out.push_str(&format!("{} | {:?}\n", finding.summary(), finding.span.of(text)));
        if let Some(fix) = finding.fix {
            let fixed = fix.apply(text);
            assert_eq!(crate::parse::parse(&fixed).first_error(), None, "{fixed}");
            out.push_str(&format!("  {}: {fixed:?}\n", fix.title));
        }
    }
    expected.assert_eq(&out);
}

#[test]
fn apt() {
    check(
        "FROM debian:12\nRUN apt-get update\nRUN apt-get install \\\n  # tools\n  curl\n",
        expect![[r#"
            layerlab/apt-update-alone: apt-get update stands alone in its layer (line 2) | "apt-get update"
              join it with the install below: "FROM debian:12\nRUN apt-get update && \\\n    apt-get install \\\n  # tools\n  curl\n"
            layerlab/apt-install-asks: apt-get install without -y waits for an answer (line 3) | "install"
              add -y: "FROM debian:12\nRUN apt-get update\nRUN apt-get install -y \\\n  # tools\n  curl\n"
        "#]],
    );
    check(
        "FROM debian:12\nRUN apt-get update && apt-get install -yq curl\n",
        expect![[r#"
        layerlab/apt-lists-kept: package lists stay in the layer (line 2) | "apt-get update"
          remove the lists in the same layer: "FROM debian:12\nRUN apt-get update && apt-get install -yq curl && rm -rf /var/lib/apt/lists/*\n"
    "#]],
    );
    check(
        "FROM debian:12\nRUN --mount=type=cache,target=/var/lib/apt apt update && apt install --yes a\nRUN apt-get update && apt-get -qq install a && rm -rf /var/lib/apt/lists/*\n",
        expect![[""]],
    );
}

#[test]
fn shell_habits() {
    check(
        "FROM a:1\nRUN cd /srv\nRUN cd /x && make\nRUN sudo make\nRUN sudo -u x ls; apt-get install -y sudo\n",
        expect![[r#"
            layerlab/cd-alone: cd /srv has no effect on the instructions below (line 2) | "RUN cd /srv"
              use WORKDIR: "FROM a:1\nWORKDIR /srv\nRUN cd /x && make\nRUN sudo make\nRUN sudo -u x ls; apt-get install -y sudo\n"
            layerlab/sudo: sudo is not needed in a build (line 4) | "sudo"
              remove sudo: "FROM a:1\nRUN cd /srv\nRUN cd /x && make\nRUN make\nRUN sudo -u x ls; apt-get install -y sudo\n"
            layerlab/sudo: sudo is not needed in a build (line 5) | "sudo"
        "#]],
    );
}

#[test]
fn files() {
    check(
        "FROM a:1\nWORKDIR /app\nCOPY big.tar ./\nADD src /src\nADD x.tgz /\nADD https://a/b /c\nRUN rm -rf big.tar /srcs && curl -fsSL -o /t/z.zip http://z\nRUN rm -r /t\n",
        expect![[r#"
            layerlab/add-for-copy: ADD only copies src (line 4) | "ADD"
              use COPY: "FROM a:1\nWORKDIR /app\nCOPY big.tar ./\nCOPY src /src\nADD x.tgz /\nADD https://a/b /c\nRUN rm -rf big.tar /srcs && curl -fsSL -o /t/z.zip http://z\nRUN rm -r /t\n"
            layerlab/deleted-later: /app/big.tar is removed here, but stays in the layer of line 3 (line 7) | "big.tar"
            layerlab/deleted-later: /t/z.zip is removed here, but stays in the layer of line 7 (line 8) | "/t"
        "#]],
    );
    check(
        "FROM a:1\nCOPY . .\nRUN npm ci\nCOPY .env keys/id_rsa .env.example /k/\n",
        expect![[r#"
        layerlab/no-dockerignore: the whole context is copied and there is no .dockerignore (line 2) | "."
        layerlab/copy-before-install: every change of a source file runs npm ci again (line 2) | "COPY . ."
        layerlab/secret-copied: .env looks like a secret and becomes part of the image (line 4) | ".env"
        layerlab/secret-copied: keys/id_rsa looks like a secret and becomes part of the image (line 4) | "keys/id_rsa"
    "#]],
    );
}

#[test]
fn base_images() {
    check(
        "ARG V=1\nFROM ubuntu\nFROM localhost:5000/x:latest AS b\nFROM b\nFROM scratch\nFROM a:$V\nFROM a@sha256:00\n",
        expect![[r#"
            layerlab/unpinned-base: base image ubuntu may be another one tomorrow (line 2) | "ubuntu"
            layerlab/unpinned-base: base image localhost:5000/x:latest may be another one tomorrow (line 3) | "localhost:5000/x:latest"
        "#]],
    );
}

#[test]
fn a_rule_can_be_skipped() {
    check("FROM a:1\n# check=skip=layerlab/sudo\nRUN sudo make\n", expect![[""]]);
}
