//! What `find` does with a file.

use crate::find::Walk;
use crate::parse::{Action, Batch, Sink, with_name};
use crate::printf;
use crate::test::Visit;
use guest::accounts::{Database, name_of};
use guest::civil::Civil;
use guest::{Kind, bytes, os, out};
use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;

/// How many bytes of names one command gets at most.
const BATCH_BYTES: usize = 128 * 1024;

impl Walk<'_> {
    /// Does it; the answer is whether it went well.
    pub fn act(&mut self, action: &Action, visit: &Visit) -> bool {
        match action {
            Action::Print(end, sink) => {
                let mut line = bytes(&visit.path).to_vec();
                line.push(*end);
                self.put(*sink, &line)
            }
            Action::Printf(pieces, sink) => {
                let mut text = Vec::new();
                printf::write(pieces, visit, &mut text);
                self.put(*sink, &text)
            }
            Action::Ls(sink) => {
                let line = self.listing(visit);
                self.put(*sink, &line)
            }
            Action::Exec(words, in_dir) => {
                let (name, dir) = self.place(visit, *in_dir);
                self.run(&with_name(words, &name), dir) == Some(0)
            }
            Action::Batch(number) => {
                let batch = &mut self.command.batches[*number];
                batch.names.push(visit.path.clone());
                let len: usize = batch.names.iter().map(|name| bytes(name).len() + 1).sum();
                if len > BATCH_BYTES {
                    self.flush_batch(*number);
                }
                true
            }
            Action::Delete => self.delete(visit),
            Action::Prune => {
                self.pruned = true;
                true
            }
            Action::Quit => {
                self.quit = true;
                true
            }
        }
    }

    fn put(&mut self, sink: Sink, text: &[u8]) -> bool {
        match sink {
            None => out::put(text),
            Some(number) => {
                if let Err(error) = self.command.files[number].write_all(text) {
                    self.failed.say(format!("write error: {}", guest::strerror(&error)));
                }
            }
        }
        true
    }

    /// The name a command gets and where it runs.
    fn place(&self, visit: &Visit, in_dir: bool) -> (OsString, Option<PathBuf>) {
        if !in_dir {
            return (visit.path.clone(), None);
        }
        let path = bytes(&visit.path);
        let name = visit.name();
        let dir = &path[..path.len() - name.len()];
        let dir = if dir.is_empty() { b".".as_slice() } else { dir };
        (os([b"./", name].concat()), Some(os(dir).into()))
    }

    fn run(&mut self, words: &[OsString], dir: Option<PathBuf>) -> Option<u32> {
        out::flush();
        let env: Vec<_> = std::env::vars_os().collect();
        match guest::spawn(words, &env, dir.as_deref()) {
            Ok(status) => Some(status),
            Err(error) => {
                let name = words[0].to_string_lossy().into_owned();
                guest::warn(format!("‘{name}’: {}", guest::strerror(&error)));
                None
            }
        }
    }

    /// Runs the commands that wait for names.
    pub fn flush_batches(&mut self) {
        for number in 0..self.command.batches.len() {
            self.flush_batch(number);
        }
    }

    fn flush_batch(&mut self, number: usize) {
        let Batch { command, names, in_dir } = &mut self.command.batches[number];
        if names.is_empty() {
            return;
        }
        let (command, names, in_dir) = (command.clone(), std::mem::take(names), *in_dir);
        let groups: Vec<(Vec<OsString>, Option<PathBuf>)> = if in_dir {
            names
                .into_iter()
                .map(|name| {
                    let path = PathBuf::from(&name);
                    let base = path.file_name().unwrap_or(&name).to_owned();
                    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty());
                    let dir = dir.map_or_else(|| PathBuf::from("."), PathBuf::from);
                    (vec![os([b"./", bytes(&base)].concat())], Some(dir))
                })
                .collect()
        } else {
            vec![(names, None)]
        };
        for (names, dir) in groups {
            let words: Vec<OsString> = command.iter().cloned().chain(names).collect();
            if self.run(&words, dir) != Some(0) {
                self.failed.0 = true;
            }
        }
    }

    fn delete(&mut self, visit: &Visit) -> bool {
        // `.` itself cannot be deleted and does not count.
        if visit.name() == b"." {
            return true;
        }
        let done = if visit.stat.kind() == Kind::Dir {
            std::fs::remove_dir(&visit.path)
        } else {
            std::fs::remove_file(&visit.path)
        };
        match done {
            Ok(()) => true,
            Err(error) => {
                let shown = visit.path.to_string_lossy().into_owned();
                self.failed.say(format!("cannot delete ‘{shown}’: {}", guest::strerror(&error)));
                false
            }
        }
    }

    fn listing(&self, visit: &Visit) -> Vec<u8> {
        let stat = &visit.stat;
        let named = |database, id: u32| name_of(database, id).unwrap_or_else(|| id.to_string());
        let time = Civil::from_nanos(stat.mtime);
        let half_a_year = 15_778_476_000_000_000;
        let recent = stat.mtime <= self.now && stat.mtime > self.now - half_a_year;
        let when = time.format(if recent { "%b %e %H:%M" } else { "%b %e  %Y" });
        let mut line = format!(
            "{:>9} {:>6} {} {:>3} {:<8} {:<8} {:>8} {when} ",
            stat.ino,
            stat.blocks.div_ceil(2),
            guest::mode::letters(stat),
            stat.nlink,
            named(Database::Users, stat.uid),
            named(Database::Groups, stat.gid),
            stat.size,
        )
        .into_bytes();
        line.extend(bytes(&visit.path));
        if stat.kind() == Kind::Symlink
            && let Ok(target) = std::fs::read_link(&visit.path)
        {
            line.extend(b" -> ");
            line.extend(bytes(&target));
        }
        line.push(b'\n');
        line
    }
}
