//! The same programs under Node's WASI, as a second opinion.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::case::{Arg, Case, Content};
use super::generate::Program;
use super::token;

/// What Node answered, or none if the case needs what Node has not: descriptors, users, terminals,
/// limits, a virtual clock, a seed, the extension.
pub fn run(case: &Case, program: &Program, scratch: &Path) -> Result<Option<Vec<u8>>, String> {
    let _ = fs::remove_dir_all(scratch);
    let root = scratch.join("root");
    fs::create_dir_all(&root).map_err(|err| err.to_string())?;
    let mut args = vec!["prog".to_owned()];
    let mut env = Vec::new();
    let mut stdin = Vec::new();
    for line in &case.lines {
        match &line.content {
            Content::Setup(word, words) => {
                let inside = |path: &str| root.join(path.trim_start_matches('/'));
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                let text = |word: &str| {
                    let bytes = token::unquote(word)?;
                    String::from_utf8(bytes).ok()
                };
                let done = match (word.as_str(), words.as_slice()) {
                    ("file", [path, content]) => {
                        token::unquote(content).map(|bytes| fs::write(inside(path), bytes))
                    }
                    ("dir", [path]) => Some(fs::create_dir(inside(path))),
                    ("link", [path, target]) => {
                        text(target).map(|target| std::os::unix::fs::symlink(target, inside(path)))
                    }
                    ("arg", [word]) => text(word).map(|word| {
                        args.push(word);
                        Ok(())
                    }),
                    ("env", [name, value]) => text(value).map(|value| {
                        env.push(format!("{name}={value}"));
                        Ok(())
                    }),
                    ("stdin", [word]) => token::unquote(word).map(|bytes| {
                        stdin = bytes;
                        Ok(())
                    }),
                    _ => return Ok(None),
                };
                match done {
                    Some(done) => done.map_err(|err| err.to_string())?,
                    None => return Ok(None),
                }
            }
            Content::Call(name, _) if name.starts_with("ext.") => return Ok(None),
            // Node's clocks, inodes and random bytes are this machine's, and it really sleeps.
            Content::Call(name, _) if name.starts_with("clock_time") => return Ok(None),
            Content::Call(name, _) if name == "random_get" => return Ok(None),
            Content::Call(_, args) if args.iter().any(of_this_machine) => return Ok(None),
            Content::Look(word, _) if word == "now" => return Ok(None),
            Content::Wat(_) => return Ok(None),
            _ => {}
        }
    }
    let write = |name: &str, bytes: &[u8]| {
        fs::write(scratch.join(name), bytes).map_err(|err| err.to_string())
    };
    write("module.wasm", &program.wasm)?;
    write("args", args.join("\0").as_bytes())?;
    write("env", env.join("\0").as_bytes())?;
    write("stdin", &stdin)?;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/harness/node.mjs");
    let output = Command::new("node")
        .args(["--no-warnings", script])
        .arg(scratch)
        .output()
        .map_err(|err| format!("node: {err}"))?;
    if !output.stderr.is_empty() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let from = output.stdout.len().checked_sub(program.len);
    Ok(from.map(|from| output.stdout[from..].to_vec()))
}

fn of_this_machine(arg: &Arg) -> bool {
    matches!(arg, Arg::Out(kind, _) if kind == "times" || kind == "inode")
}
