//! Damaged scripts: whatever the text, the interpreter ends without a panic.
//!
//! `LAYERLAB_MUTATIONS=100000 cargo test --release -p shell --test mutations` looks longer.

#![allow(clippy::disallowed_methods, reason = "a test reads the suites and how long it is to look")]

#[allow(dead_code, reason = "this test needs only part of it")]
mod support;

use shell::{Personality, Script};

#[test]
fn damaged_scripts_do_not_panic() {
    let count: u64 =
        std::env::var("LAYERLAB_MUTATIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(400);
    let scripts = scripts();
    assert!(scripts.len() > 300, "the suite is there");
    let mut random = Random(7);
    let base = support::world();
    for round in 0..count {
        let script = mutate(&scripts, &mut random);
        let personality = match round % 3 {
            0 => Personality::Dash,
            1 => Personality::Ash,
            _ => Personality::Bash,
        };
        let text = script.clone();
        let mut fs = base.clone();
        let run = move || {
            support::run_in(&mut fs, personality, "sh", Script::Command(text), &[], 3000);
        };
        // A panic or an overflow names the script.
        let thread = std::thread::Builder::new().stack_size(16 << 20).spawn(run).expect("a thread");
        assert!(thread.join().is_ok(), "{personality:?} {:?}", String::from_utf8_lossy(&script));
    }
}

fn scripts() -> Vec<Vec<u8>> {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/shell");
    let mut out = Vec::new();
    let list = |dir: &std::path::Path| {
        std::fs::read_dir(dir).expect("tests/shell").flatten().map(|entry| entry.path())
    };
    let mut files: Vec<_> = list(&dir).chain(list(&dir.join("userland"))).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    files.sort();
    for path in files {
        let text = std::fs::read_to_string(path).expect("a suite");
        let blocks = text.split("````sh\n").skip(1);
        out.extend(blocks.filter_map(|b| b.split("\n````").next()).map(|b| b.as_bytes().to_vec()));
    }
    out
}

const PIECES: [&str; 44] = [
    "$(",
    ")",
    "${",
    "}",
    "'",
    "\"",
    "`",
    "\\",
    "\n",
    ";",
    "&",
    "&&",
    "||",
    "|",
    "<",
    ">",
    ">>",
    "<<",
    "<<E\n",
    "((",
    "))",
    "[[",
    "]]",
    "{",
    "$((",
    "*",
    "?",
    "[",
    "]",
    "!",
    "#",
    "%",
    "/",
    "for",
    "case x in",
    "esac",
    "if",
    "then",
    "fi",
    "99999999999999999999",
    "~",
    "=",
    "\u{e9}",
    "@",
];

fn mutate(scripts: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut script = scripts[random.below(scripts.len())].clone();
    for _ in 0..=random.below(4) {
        let at = random.below(script.len() + 1);
        let end = (at + random.below(6)).min(script.len());
        match random.below(5) {
            0 => drop(script.drain(at..end)),
            1 => script.splice(at..at, PIECES[random.below(PIECES.len())].bytes()).for_each(drop),
            2 => {
                let copy = script[at..end].to_vec();
                script.splice(at..at, copy).for_each(drop);
            }
            3 => script.insert(at, random.below(256) as u8),
            _ => {
                let other = &scripts[random.below(scripts.len())];
                let from = random.below(other.len() + 1);
                script.truncate(at);
                script.extend_from_slice(&other[from..]);
            }
        }
    }
    script
}

/// Numbers that are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }
}
