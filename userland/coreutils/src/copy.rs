//! Copies files and trees: the work of `cp`, and of `mv` from one device to another.

use crate::rm;
use guest::{Failed, Kind, Stat, out, quote, strerror};
use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// Which symbolic links are followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Follow {
    /// None: links are copied.
    Never,
    /// Those on the command line.
    Operands,
    /// All.
    #[default]
    Always,
}

/// What happens to a destination that is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Existing {
    /// It is written over.
    #[default]
    Overwrite,
    /// It stays.
    Keep,
    /// A person decides.
    Ask,
}

/// How to copy.
#[derive(Debug, Default)]
pub struct Copy {
    /// Descend into directories.
    pub recursive: bool,
    /// Which symbolic links are followed.
    pub follow: Follow,
    /// What happens to a destination that is there.
    pub existing: Existing,
    /// Remove a destination that cannot be opened and try again.
    pub force: bool,
    /// Remove each destination before.
    pub remove_first: bool,
    /// Only where the source is newer or the destination is missing.
    pub update: bool,
    /// Say what is done.
    pub verbose: bool,
    /// Keep permissions.
    pub mode: bool,
    /// Keep owner and group.
    pub owner: bool,
    /// Keep times.
    pub times: bool,
    /// Keep hard links among the copied files.
    pub links: bool,
    /// Make hard links instead of copies.
    pub hard_link: bool,
    /// Make symbolic links instead of copies.
    pub symlink: bool,
    /// Copy no content.
    pub attributes_only: bool,
    /// Copy what named pipes and devices hold.
    pub copy_contents: bool,
    /// Ending of the name a destination is kept under before it is replaced.
    pub backup: Option<String>,
    /// For the work of `mv`: says `copied` instead of nothing.
    pub moving: bool,
    /// The umask, asked once.
    pub umask: u32,
    /// Whether anything went wrong.
    pub failed: Failed,
    /// Where each inode with several names was copied to.
    pub copied: HashMap<(u64, u64), PathBuf>,
    /// Directories this copy made, which it does not copy again.
    pub made: Vec<(u64, u64)>,
    /// The operand that is copied, and where to.
    pub top: (PathBuf, PathBuf),
}

impl Copy {
    /// Copies `from` to `to`, the source being an operand.
    pub fn operand(&mut self, from: &Path, to: &Path) -> bool {
        let follow = self.follow != Follow::Never;
        match guest::stat(from, follow) {
            Ok(stat) => {
                self.top = (from.to_owned(), to.to_owned());
                self.one(from, to, &stat)
            }
            Err(error) => {
                self.failed.cannot("cannot stat", from, &error);
                false
            }
        }
    }

    fn one(&mut self, from: &Path, to: &Path, stat: &Stat) -> bool {
        if stat.is_dir() && !self.recursive {
            self.failed
                .say(format!("-r not specified; omitting directory {}", quote::always(from)));
            return false;
        }
        let existing = guest::stat(to, false).ok();
        // What a link leads to is written, unless the link itself is to be replaced.
        let through = match existing {
            Some(link) if link.is_symlink() && !self.replaces(stat) => guest::stat(to, true).ok(),
            other => other,
        };
        if let Some(there) = through {
            let link = existing.is_some_and(|there| there.is_symlink());
            if there.same_file(stat) && !(self.remove_first && link) {
                if self.hard_link && !stat.is_dir() {
                    return true;
                }
                self.failed.say(format!(
                    "{} and {} are the same file",
                    quote::always(from),
                    quote::always(to)
                ));
                return false;
            }
            if !stat.is_dir() {
                if there.is_dir() && !link {
                    self.failed.say(format!(
                        "cannot overwrite directory {} with non-directory",
                        quote::always(to)
                    ));
                    return false;
                }
                if !self.may_replace(to, stat, &there) {
                    return true;
                }
            } else if !there.is_dir() {
                self.failed.say(format!(
                    "cannot overwrite non-directory {} with directory {}",
                    quote::always(to),
                    quote::always(from)
                ));
                return false;
            }
        }
        if let (Some(there), Some(suffix)) = (existing, &self.backup)
            && !there.is_dir()
        {
            let mut saved = to.as_os_str().to_owned();
            saved.push(suffix);
            if let Err(error) = fs::rename(to, saved) {
                self.failed.cannot("cannot backup", to, &error);
                return false;
            }
        }
        if stat.is_dir() {
            return self.dir(from, to, stat, existing.is_some());
        }
        if self.links && stat.nlink > 1 && !self.hard_link {
            let id = (stat.dev, stat.ino);
            if let Some(earlier) = self.copied.get(&id).cloned() {
                if existing.is_some() {
                    let _ = fs::remove_file(to);
                }
                self.say(from, to);
                return self.done(fs::hard_link(&earlier, to), to, "cannot create hard link");
            }
            self.copied.insert(id, to.to_owned());
        }
        self.file(from, to, stat)
    }

    /// Whether the destination is removed and made anew rather than written into.
    fn replaces(&self, from: &Stat) -> bool {
        self.remove_first
            || self.hard_link
            || self.symlink
            || self.backup.is_some()
            || from.is_symlink()
            || (!from.is_file() && !self.copy_contents && !from.is_dir())
    }

    fn may_replace(&self, to: &Path, stat: &Stat, there: &Stat) -> bool {
        if self.update && there.mtime >= stat.mtime {
            return false;
        }
        match self.existing {
            Existing::Overwrite => true,
            Existing::Keep => false,
            Existing::Ask => rm::confirm(&format!("overwrite {}? ", quote::always(to))),
        }
    }

    fn say(&self, from: &Path, to: &Path) {
        if self.verbose {
            let prefix = if self.moving { "copied " } else { "" };
            out::line(format!("{prefix}{} -> {}", quote::always(from), quote::always(to)));
        }
    }

    fn done(&mut self, result: io::Result<()>, path: &Path, what: &str) -> bool {
        if let Err(error) = &result {
            self.failed.cannot(what, path, error);
        }
        result.is_ok()
    }

    fn dir(&mut self, from: &Path, to: &Path, stat: &Stat, existed: bool) -> bool {
        if self.made.contains(&(stat.dev, stat.ino)) {
            self.failed.say(format!(
                "cannot copy a directory, {}, into itself, {}",
                quote::always(&self.top.0),
                quote::always(&self.top.1)
            ));
            return false;
        }
        if !existed {
            if let Err(error) = fs::create_dir(to) {
                self.failed.cannot("cannot create directory", to, &error);
                return false;
            }
            self.say(from, to);
        }
        if let Ok(made) = guest::stat(to, true) {
            self.made.push((made.dev, made.ino));
        }
        let names = match rm::list(from) {
            Ok(names) => names,
            Err(error) => {
                self.failed.cannot("cannot access", from, &error);
                return false;
            }
        };
        let mut ok = true;
        for name in names {
            let (from, to) = (from.join(&name), to.join(&name));
            match guest::stat(&from, self.follow == Follow::Always) {
                Ok(stat) => ok &= self.one(&from, &to, &stat),
                Err(error) => {
                    self.failed.cannot("cannot stat", &from, &error);
                    ok = false;
                }
            }
        }
        if !existed || self.mode || self.owner || self.times {
            ok &= self.attributes(to, stat, !existed);
        }
        ok
    }

    fn file(&mut self, from: &Path, to: &Path, stat: &Stat) -> bool {
        if self.replaces(stat) && guest::stat(to, false).is_ok() {
            if (self.hard_link || self.symlink) && !self.force && !self.remove_first {
                // Neither link(2) nor symlink(2) replaces anything.
            } else if let Err(error) = fs::remove_file(to) {
                self.failed.cannot("cannot remove", to, &error);
                return false;
            } else if self.verbose && self.remove_first {
                out::line(format!("removed {}", quote::always(to)));
            }
        }
        if self.hard_link {
            let result = fs::hard_link(from, to);
            self.say(from, to);
            if let Err(error) = &result {
                self.failed.say(format!(
                    "cannot create hard link {} to {}: {}",
                    quote::always(to),
                    quote::always(from),
                    strerror(error)
                ));
            }
            return result.is_ok();
        }
        if self.symlink {
            self.say(from, to);
            let in_cwd =
                to.parent().is_none_or(|dir| dir.as_os_str().is_empty() || dir == Path::new("."));
            if !from.is_absolute() && !in_cwd {
                self.failed.say(format!(
                    "{}: can make relative symbolic links only in current directory",
                    quote::colon(to)
                ));
                return false;
            }
            let result = guest::symlink(from, to);
            if let Err(error) = &result {
                self.failed.say(format!(
                    "cannot create symbolic link {} to {}: {}",
                    quote::always(to),
                    quote::always(from),
                    strerror(error)
                ));
            }
            return result.is_ok();
        }
        match stat.kind() {
            Kind::Symlink => {
                self.say(from, to);
                let result = fs::read_link(from).and_then(|target| guest::symlink(target, to));
                if !self.done(result, to, "cannot create symbolic link") {
                    return false;
                }
                if self.owner {
                    let _ = guest::chown(to, false, Some(stat.uid), Some(stat.gid));
                }
                if self.times {
                    let _ = guest::utimes(to, false, Some(stat.atime), Some(stat.mtime));
                }
                true
            }
            Kind::Fifo | Kind::Char | Kind::Block | Kind::Socket
                if self.recursive && !self.copy_contents =>
            {
                self.say(from, to);
                let mode = stat.mode & !self.umask;
                let result = guest::mknod(to, mode, stat.rdev);
                self.done(result, to, "cannot create special file")
                    && self.attributes(to, stat, false)
            }
            _ => self.regular(from, to, stat),
        }
    }

    fn regular(&mut self, from: &Path, to: &Path, stat: &Stat) -> bool {
        let mut source = match File::open(from) {
            Ok(source) => source,
            Err(error) => {
                self.failed.say(format!(
                    "cannot open {} for reading: {}",
                    quote::always(from),
                    strerror(&error)
                ));
                return false;
            }
        };
        let existed = guest::stat(to, true);
        if existed.is_err() && guest::stat(to, false).is_ok() {
            self.failed.say(format!("not writing through dangling symlink {}", quote::always(to)));
            return false;
        }
        let open = || {
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(!self.attributes_only).open(to)
        };
        let mut new = existed.is_err();
        self.say(from, to);
        let opened = match open() {
            Err(error) if self.force && !new => {
                if fs::remove_file(to).is_ok() {
                    new = true;
                    if self.verbose {
                        out::line(format!("removed {}", quote::always(to)));
                    }
                    open()
                } else {
                    Err(error)
                }
            }
            other => other,
        };
        let mut target = match opened {
            Ok(target) => target,
            Err(error) => {
                let error = match error.kind() {
                    // Linux names the missing directory, as `nx/` cannot be a regular file.
                    ErrorKind::IsADirectory if new => ErrorKind::NotADirectory.into(),
                    _ => error,
                };
                let text = match error.kind() {
                    ErrorKind::NotADirectory => "Not a directory".into(),
                    _ => strerror(&error),
                };
                self.failed
                    .say(format!("cannot create regular file {}: {text}", quote::always(to)));
                return false;
            }
        };
        if !self.attributes_only
            && let Err((error, reading)) = pour(&mut source, &mut target)
        {
            let (what, path) = if reading { ("reading", from) } else { ("writing", to) };
            self.failed.say(format!("error {what} {}: {}", quote::always(path), strerror(&error)));
            return false;
        }
        drop(target);
        self.attributes(to, stat, new)
    }

    /// Gives a copy the owner, mode and times it is to have.
    fn attributes(&mut self, to: &Path, stat: &Stat, new: bool) -> bool {
        let mut ok = true;
        if self.owner && guest::chown(to, true, Some(stat.uid), Some(stat.gid)).is_err() {
            // Only root may give files away; the group may still be kept.
            let _ = guest::chown(to, true, None, Some(stat.gid));
        }
        let mode = match (self.mode, new) {
            (true, _) => Some(stat.perm()),
            (false, true) => Some(stat.perm() & 0o777 & !self.umask),
            (false, false) => None,
        };
        if let Some(mode) = mode
            && guest::stat(to, true).is_ok_and(|there| there.perm() != mode)
        {
            let result = guest::chmod(to, mode);
            ok &= self.done(result, to, "setting permissions for");
        }
        if self.times {
            let result = guest::utimes(to, true, Some(stat.atime), Some(stat.mtime));
            ok &= self.done(result, to, "preserving times for");
        }
        ok
    }
}

/// Copies everything; the flag of an error tells whether reading failed.
fn pour(source: &mut File, target: &mut File) -> Result<(), (io::Error, bool)> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match source.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(len) => target.write_all(&buffer[..len]).map_err(|error| (error, false))?,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err((error, true)),
        }
    }
}
