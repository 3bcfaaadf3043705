//! Sessions of `docker` commands as people type them, with what they print.
//!
//! `tests/sessions/*.md` hold them: files under `=== PATH`, commands behind `$ `, and below each what
//! it prints. `[15000000 bytes]` in place of a file's text makes one of that size. Ids are written as
//! `<id>`; `exit N` follows what failed. `LAYERLAB_UPDATE=1 cargo test -p daemon` writes the answers
//! down as they are now.

#![allow(
    clippy::disallowed_methods,
    reason = "a test reads the sessions, the programs and the switch to update them"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use daemon::{Answer, Call, Daemon, Files};
use vfs::{AbsPath, Caller, Fs, Kind, Limits, NodeId, OpenFlags, ResolveFlags, Tree};

/// The files of a session.
#[derive(Default)]
struct Memory(BTreeMap<String, Vec<u8>>);

impl Files for Memory {
    fn directory(&mut self, path: &str) -> Result<Tree, String> {
        let prefix = match path.strip_prefix("/work/").unwrap_or(path) {
            "." | "/work" => String::new(),
            path => format!("{}/", path.trim_end_matches('/')),
        };
        let mut fs = Fs::new(Tree::new(), Limits::default());
        let root = Caller::root();
        let mut found = false;
        for (name, content) in &self.0 {
            let Some(name) = name.strip_prefix(&prefix) else { continue };
            found = true;
            let path = AbsPath::new("/").join(name);
            let mut dir = AbsPath::root();
            for part in path.parent().expect("a file has a directory").components() {
                dir = dir.join(part);
                let _ = fs.mkdir(&root, NodeId::ROOT, dir.as_bytes(), 0o755, ResolveFlags::FOLLOW);
            }
            let flags = OpenFlags { write: true, create: true, ..OpenFlags::default() };
            let how = (flags, ResolveFlags::FOLLOW);
            let file = fs.open(&root, NodeId::ROOT, path.as_bytes(), how, 0o644).expect("a file");
            fs.put_content(file, content.clone().into()).expect("room");
            fs.close(file);
        }
        if found { Ok(fs.into_root()) } else { Err(format!("{path}: not found")) }
    }

    fn read(&mut self, path: &str) -> Result<Vec<u8>, String> {
        let own = path.strip_prefix("/work/").unwrap_or(path);
        self.0.get(own).cloned().ok_or_else(|| format!("open {path}: no such file or directory"))
    }

    fn write(&mut self, path: &str, content: &[u8]) -> Result<(), String> {
        self.0.insert(path.to_owned(), content.to_vec());
        Ok(())
    }

    fn put_tree(&mut self, path: &str, tree: &Tree) -> Result<(), String> {
        for (name, _, inode) in tree.walk() {
            if let Kind::File(content) = &inode.kind {
                let name = String::from_utf8_lossy(name.file_name()).into_owned();
                let to =
                    if path.ends_with('/') { format!("{path}{name}") } else { path.to_owned() };
                self.0.insert(to, content.to_vec());
            }
        }
        Ok(())
    }

    fn working_directory(&mut self) -> String {
        "/work".to_owned()
    }

    fn write_back(&mut self, path: &str, before: &Tree, after: &Tree) -> Result<(), String> {
        let path = path.strip_prefix("/work").unwrap_or(path).trim_matches('/');
        for change in before.diff(after) {
            let name = format!("{path}{}", change.path);
            let name = name.trim_start_matches('/').to_owned();
            match after.lookup(&change.path).map(|(_, inode)| &inode.kind) {
                Some(Kind::File(content)) => drop(self.0.insert(name, content.to_vec())),
                Some(_) => {}
                None => drop(self.0.remove(&name)),
            }
        }
        Ok(())
    }
}

/// The words of a command line; quotes hold words together.
fn words(line: &str) -> Vec<String> {
    let (mut out, mut word, mut quote, mut open) = (Vec::new(), String::new(), None, false);
    for c in line.chars() {
        match (c, quote) {
            (c, Some(end)) if c == end => quote = None,
            ('\'' | '"', None) => {
                quote = Some(c);
                open = true;
            }
            (' ', None) => {
                if open || !word.is_empty() {
                    out.push(std::mem::take(&mut word));
                }
                open = false;
            }
            (c, _) => word.push(c),
        }
    }
    if open || !word.is_empty() {
        out.push(word);
    }
    out
}

struct Session {
    daemon: Daemon,
    files: Memory,
}

impl Session {
    fn new() -> Self {
        let daemon = Daemon::new(Arc::new(wasi::Module::compile));
        Self { daemon, files: Memory::default() }
    }

    /// Runs a line: `$(...)` is what a command printed, `<<< TEXT` is standard input, `| docker`
    /// hands the output on.
    fn run(&mut self, line: &str) -> Answer {
        let mut line = line.to_owned();
        while let Some((before, rest)) = line.split_once("$(") {
            let (inner, behind) = rest.split_once(')').expect("a closed substitution");
            let printed = String::from_utf8_lossy(&stdout(&self.run(inner))).into_owned();
            let printed = printed.split_whitespace().collect::<Vec<_>>().join(" ");
            line = format!("{before}{printed}{behind}");
        }
        if let Some((first, second)) = line.split_once(" | docker ") {
            let input = stdout(&self.run(first));
            return self.call(&format!("docker {second}"), &input);
        }
        match line.split_once(" <<< ") {
            Some((line, text)) => {
                let text = words(text).join(" ") + "\n";
                self.call(line, text.as_bytes())
            }
            None => self.call(&line, b""),
        }
    }

    fn call(&mut self, line: &str, input: &[u8]) -> Answer {
        let mut env = BTreeMap::new();
        let mut words = words(line);
        while words[0].contains('=') {
            let word = words.remove(0);
            let (name, value) = word.split_once('=').expect("an assignment");
            env.insert(name.to_owned(), value.to_owned());
        }
        assert_eq!(words.remove(0), "docker", "{line}");
        loop {
            let call =
                Call { args: &words, env: &env, input, files: &mut self.files, terminal: false };
            match self.daemon.docker(call) {
                Ok(answer) => return answer,
                Err(missing) => {
                    let path = root().join(format!("userland/dist/{}.wasm", missing.0));
                    let bytes = std::fs::read(&path).unwrap_or_else(|error| {
                        panic!("{}: {error}: run `cargo xtask build-userland`", path.display())
                    });
                    self.daemon.load_module(&missing.0, &bytes).expect("a module of ours");
                }
            }
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn stdout(answer: &Answer) -> Vec<u8> {
    let out = answer.output.iter().filter(|(stream, _)| *stream == vfs::Stream::Stdout);
    out.flat_map(|(_, bytes)| bytes.clone()).collect()
}

/// Twelve and more hexadecimal digits change with everything that they are a digest of.
fn masked(text: &str) -> String {
    let (mut out, mut run) = (String::new(), String::new());
    for c in text.chars().chain(['\0']) {
        if matches!(c, '0'..='9' | 'a'..='f') {
            run.push(c);
            continue;
        }
        let is_id = run.len() >= 12 && run.bytes().any(|b| b.is_ascii_digit());
        out.push_str(if is_id { "<id>" } else { &run });
        run.clear();
        if c != '\0' {
            out.push(c);
        }
    }
    out
}

fn play(text: &str) -> String {
    let mut session = Session::new();
    let mut out = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        if let Some(path) = line.strip_prefix("=== ") {
            let mut content = String::new();
            for line in lines.by_ref() {
                out.push_str(line);
                out.push('\n');
                if line == "===" {
                    break;
                }
                content.push_str(line);
                content.push('\n');
            }
            let size = content.strip_prefix('[').and_then(|rest| rest.strip_suffix(" bytes]\n"));
            let content = match size.and_then(|size| size.parse::<usize>().ok()) {
                Some(size) => b"0123456789abcde\n".iter().copied().cycle().take(size).collect(),
                None => content.into_bytes(),
            };
            session.files.0.insert(path.to_owned(), content);
        } else if let Some(command) = line.strip_prefix("$ ") {
            let answer = session.run(command);
            let all: Vec<u8> = answer.output.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
            for line in masked(&String::from_utf8_lossy(&all)).lines() {
                out.push_str(format!("> {line}").trim_end());
                out.push('\n');
            }
            if answer.status != 0 {
                out.push_str(&format!("exit {}\n", answer.status));
            }
            let is_answer = |line: &&str| line.starts_with('>') || line.starts_with("exit ");
            while lines.next_if(is_answer).is_some() {}
        }
    }
    out
}

#[test]
fn sessions_go_as_written() {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(root().join("tests/sessions"))
        .expect("tests/sessions")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    paths.sort();
    assert!(paths.len() >= 4, "the sessions are there");
    let mut wrong = String::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a session");
        let played = play(&text);
        if std::env::var_os("LAYERLAB_UPDATE").is_some() {
            std::fs::write(&path, played).expect("the session");
        } else if text != played {
            let differ = text.lines().zip(played.lines()).position(|(old, new)| old != new);
            let at = differ.unwrap_or(text.lines().count().min(played.lines().count()));
            let line = |text: &str| text.lines().nth(at).unwrap_or("(the end)").to_owned();
            wrong.push_str(&format!(
                "{}:{}\n  - {}\n  + {}\n",
                path.display(),
                at + 1,
                line(&text),
                line(&played)
            ));
        }
    }
    assert!(wrong.is_empty(), "LAYERLAB_UPDATE=1 writes what is printed now\n{wrong}");
}
