//! What happens at terminals of the host machine.
//!
//! `tests/terminals/*.txt` are what a terminal shows, with what was typed between `«` and `»`;
//! `«^C»`, `«^D»` and `«^P^Q»` are those keys, and `==== N` goes on at terminal N.
//! `LAYERLAB_UPDATE=1 cargo test -p daemon` writes down what the terminals show now.

#![allow(
    clippy::disallowed_methods,
    reason = "a test reads the dialogues, the programs and the switch to update them"
)]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use daemon::{Daemon, NotLoaded, Shown, Terminals, Waits};
use engine::{Entry, Winsize};

struct Desk {
    daemon: Arc<Mutex<Daemon>>,
    terminals: Terminals,
    shown: String,
}

impl Desk {
    fn new() -> Self {
        let mut daemon = Daemon::new(Arc::new(wasi::Module::compile));
        let tree = daemon.base_tree("debian:bookworm-slim").expect("an image of ours");
        let daemon = Arc::new(Mutex::new(daemon));
        let terminals = Terminals::new(Arc::clone(&daemon), tree, "/root/project");
        let terminals = terminals.expect("a host");
        Self { daemon, terminals, shown: String::new() }
    }

    fn open(&mut self, tab: u32) {
        self.terminals.open(tab, Winsize::default()).expect("a shell");
        self.turn(tab, Entry::Go);
    }

    /// Shows what comes of an entry, and says what the terminal waits for then.
    fn turn(&mut self, tab: u32, entry: Entry) -> Waits {
        self.show(tab, |terminals| terminals.turn(tab, entry))
    }

    fn show(
        &mut self,
        tab: u32,
        turn: impl FnOnce(&mut Terminals) -> Result<Shown, NotLoaded>,
    ) -> Waits {
        let mut end = turn(&mut self.terminals);
        loop {
            match end {
                Ok(Shown { output, waits }) => {
                    self.shown.push_str(&String::from_utf8_lossy(&output));
                    return waits;
                }
                Err(NotLoaded(module)) => {
                    let path = root().join(format!("userland/dist/{module}.wasm"));
                    let bytes = std::fs::read(&path).unwrap_or_else(|error| {
                        panic!("{}: {error}: run `cargo xtask build-userland`", path.display())
                    });
                    let mut daemon = self.daemon.lock().expect("a daemon");
                    daemon.load_module(&module, &bytes).expect("a module of ours");
                    drop(daemon);
                    end = self.terminals.turn(tab, Entry::Go);
                }
            }
        }
    }

    /// Types what a dialogue types, and answers with what the terminals show.
    fn replay(&mut self, dialogue: &str) -> String {
        let mut tab = 0;
        let mut open = vec![0];
        self.open(0);
        for part in dialogue.split('«').skip(1) {
            let (typed, behind) = part.split_once('»').expect("a closed »");
            self.shown.push_str(&format!("«{typed}»\n"));
            let waits = match typed {
                "^C" => self.turn(tab, Entry::Interrupt),
                "^D" => self.turn(tab, Entry::EndOfFile),
                "^P^Q" => self.show(tab, |terminals| terminals.detach(tab)),
                line => self.turn(tab, Entry::Line(line.as_bytes().to_vec())),
            };
            if waits == Waits::Nothing {
                self.shown.push_str("[closed]\n");
            }
            if let Some((_, number)) = behind.split_once("\n==== ") {
                let number = number.lines().next().and_then(|line| line.parse().ok());
                tab = number.expect("the number of a terminal");
                self.shown.push_str(&format!("\n==== {tab}\n"));
                if !open.contains(&tab) {
                    open.push(tab);
                    self.open(tab);
                }
            }
        }
        std::mem::take(&mut self.shown)
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn dialogues() {
    let update = std::env::var_os("LAYERLAB_UPDATE").is_some();
    let folder = root().join("tests/terminals");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("the dialogues")
        .map(|entry| entry.expect("a file").path())
        .collect();
    paths.sort();
    assert!(!paths.is_empty());
    let mut failed = Vec::new();
    for path in paths {
        let expected = std::fs::read_to_string(&path).expect("a dialogue");
        let shown = Desk::new().replay(&expected) + "\n";
        if update {
            std::fs::write(&path, &shown).expect("a dialogue can be written");
        } else if shown != expected {
            failed.push(format!("{}:\n{shown}", path.display()));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn words_are_completed() {
    let mut desk = Desk::new();
    desk.open(0);
    desk.turn(0, Entry::Line(b"mkdir src; touch src/main.rs 'a file' Dockerfile".to_vec()));
    desk.turn(0, Entry::Line(b"docker pull alpine; docker run --name web alpine true".to_vec()));
    for (line, expected) in [
        ("cat Do", "Dockerfile "),
        ("cat src", "src/"),
        ("cat src/m", "src/main.rs "),
        ("cat a", "'a file' "),
        ("cd ", "src/"),
        ("docker inf", "info "),
        ("docker image ls --qu", "--quiet "),
        ("docker rmi al", "alpine:latest "),
        ("docker rm w", "web "),
        ("docker logs --fo", "--follow "),
        ("sha256s", "sha256sum "),
        ("ls > Do", "Dockerfile "),
    ] {
        let found = desk.terminals.complete(0, line, line.len());
        assert_eq!(found.words, [expected], "{line}");
    }
    let found = desk.terminals.complete(0, "docker image ", 13);
    assert!(found.words.contains(&"prune ".to_owned()), "{found:?}");
    assert_eq!(found.start, 13);
}
