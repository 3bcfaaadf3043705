//! `tar -c`

use crate::gzip;
use crate::tar::Job;
use guest::accounts::{Database, id_of, name_of};
use guest::{Failed, Kind, Stat, bytes, os, out};
use std::collections::HashMap;
use std::ffi::OsString;
use std::io::Write as _;
use tar::{Builder, EntryType, Header};

/// An archive is filled up to a multiple of this.
const RECORD: usize = 10_240;

struct Create<'a> {
    job: &'a Job,
    builder: Builder<Vec<u8>>,
    links: HashMap<(u64, u64), Vec<u8>>,
    failed: &'a mut Failed,
    warned: bool,
    /// The archive itself, which does not go into itself.
    own: Option<Stat>,
}

/// Creates an archive, or adds to one.
pub fn run(job: &Job, append: bool, failed: &mut Failed) {
    if job.names.is_empty() && !append {
        guest::warn("Cowardly refusing to create an empty archive");
        eprintln!("Try 'tar --help' or 'tar --usage' for more information.");
        std::process::exit(2);
    }
    let mut before = Vec::new();
    if append {
        before = crate::tar::read(job);
        before.truncate(crate::extract::end_of_members(&before));
    }
    if let Some(file) = &job.file
        && let Err(error) =
            std::fs::OpenOptions::new().write(true).create(true).truncate(true).open(file)
    {
        guest::warn(format!(
            "{}: Cannot open: {}",
            file.to_string_lossy(),
            guest::strerror(&error)
        ));
        guest::warn("Error is not recoverable: exiting now");
        std::process::exit(2);
    }
    let own = job.file.as_ref().and_then(|file| guest::stat(file, true).ok());
    let mut create = Create {
        job,
        builder: Builder::new(before),
        links: HashMap::new(),
        failed,
        warned: false,
        own,
    };
    let mut dir: Option<Vec<u8>> = None;
    for (at, name) in job.names.iter().enumerate() {
        for (_, change) in job.dirs.iter().filter(|(before, _)| *before == at) {
            let base = dir.clone().unwrap_or_default();
            dir = Some(join(&base, bytes(change)));
        }
        let path = dir.as_ref().map_or_else(|| name.clone(), |dir| os(join(dir, bytes(name))));
        create.add(&path, bytes(name));
    }
    let mut data = match create.builder.into_inner() {
        Ok(data) => data,
        Err(error) => guest::fail(error.to_string()),
    };
    data.resize(data.len().next_multiple_of(RECORD), 0);
    if job.gzip {
        data = gzip::compress(&data, 6);
    }
    match &job.file {
        None => out::put(data),
        Some(path) => {
            let written = std::fs::OpenOptions::new()
                .write(true)
                .open(path)
                .and_then(|mut file| file.write_all(&data));
            if let Err(error) = written {
                guest::warn(format!("{}: Wrote only 0 of {RECORD} bytes", path.to_string_lossy()));
                guest::fail(format!(
                    "Error is not recoverable: exiting now: {}",
                    guest::strerror(&error)
                ));
            }
        }
    }
}

/// A path below a directory, unless it is absolute.
fn join(dir: &[u8], path: &[u8]) -> Vec<u8> {
    if dir.is_empty() || path.starts_with(b"/") {
        return path.to_vec();
    }
    let slash: &[u8] = if dir.ends_with(b"/") { b"" } else { b"/" };
    [dir, slash, path].concat()
}

impl Create<'_> {
    fn add(&mut self, path: &OsString, name: &[u8]) {
        if self.job.excluded(name) {
            return;
        }
        let stat = match guest::stat(path, self.job.dereference) {
            Ok(stat) => stat,
            Err(error) => {
                let shown = String::from_utf8_lossy(name).into_owned();
                self.failed.say(format!("{shown}: Cannot stat: {}", guest::strerror(&error)));
                return;
            }
        };
        if self.own.is_some_and(|own| own.same_file(&stat)) {
            let shown = String::from_utf8_lossy(name).into_owned();
            guest::warn(format!("{shown}: file is the archive; not dumped"));
            return;
        }
        if stat.kind() == Kind::Socket {
            let shown = String::from_utf8_lossy(name).into_owned();
            guest::warn(format!("{shown}: socket ignored"));
            return;
        }
        let is_dir = stat.is_dir();
        let mut member = name.to_vec();
        if is_dir && !member.ends_with(b"/") {
            member.push(b'/');
        }
        let stripped = self.relative(&member);
        if self.job.verbose > 0 {
            self.say(&member, &stat);
        }
        if let Err(error) = self.member(path, &stripped, &stat) {
            let shown = String::from_utf8_lossy(name).into_owned();
            self.failed.say(format!("{shown}: Cannot open: {}", guest::strerror(&error)));
        }
        if is_dir && !self.job.flat {
            self.children(path, &member);
        }
    }

    fn children(&mut self, path: &OsString, member: &[u8]) {
        let mut names: Vec<OsString> = match std::fs::read_dir(path) {
            Ok(entries) => entries.flatten().map(|entry| entry.file_name()).collect(),
            Err(error) => {
                let shown = String::from_utf8_lossy(member).into_owned();
                self.failed.say(format!("{shown}: Cannot open: {}", guest::strerror(&error)));
                return;
            }
        };
        // As `--sort=name`: the order of a real directory is its own.
        guest::order::sort(&mut names, |a, b| bytes(a).cmp(bytes(b)));
        for name in names {
            let below = os(join(bytes(path), bytes(&name)));
            self.add(&below, &[member, bytes(&name)].concat());
        }
    }

    /// Without the slash it begins with.
    fn relative(&mut self, member: &[u8]) -> Vec<u8> {
        let rest = member.iter().position(|c| *c != b'/').map_or(&b"./"[..], |at| &member[at..]);
        if rest.len() < member.len() && !self.warned {
            self.warned = true;
            guest::warn("Removing leading `/' from member names");
        }
        rest.to_vec()
    }

    fn say(&self, member: &[u8], stat: &Stat) {
        let line = if self.job.verbose > 1 {
            let header = self.header(stat);
            crate::extract::long_line(&header, member, None, self.job.numeric)
        } else {
            member.to_vec()
        };
        if self.job.file.is_some() {
            out::put(line);
            out::put("\n");
        } else {
            eprintln!("{}", String::from_utf8_lossy(&line));
        }
    }

    fn header(&self, stat: &Stat) -> Header {
        let mut header = Header::new_gnu();
        let mode = match self.job.mode.as_deref().and_then(guest::mode::parse) {
            Some(change) => change.apply(stat.perm(), stat.is_dir(), 0),
            None => stat.perm(),
        };
        header.set_mode(mode);
        let set = |database, given: &Option<String>, id: u32| {
            let Some(text) = given else {
                return (u64::from(id), name_of(database, id).unwrap_or_default());
            };
            let (name, number) = match text.split_once(':') {
                Some((name, number)) => (name, number.parse().ok()),
                None => (text.as_str(), None),
            };
            let id = number.or_else(|| id_of(database, name)).unwrap_or(0);
            let name = if name.parse::<u32>().is_ok() {
                name_of(database, id).unwrap_or_default()
            } else {
                name.to_owned()
            };
            (u64::from(id), name)
        };
        let (uid, user) = set(Database::Users, &self.job.owner, stat.uid);
        let (gid, group) = set(Database::Groups, &self.job.group, stat.gid);
        header.set_uid(uid);
        header.set_gid(gid);
        if !self.job.numeric {
            // Names too long for their field are left out.
            let _ = header.set_username(&user);
            let _ = header.set_groupname(&group);
        }
        let mtime = self.job.mtime.unwrap_or(stat.mtime.div_euclid(1_000_000_000));
        header.set_mtime(mtime.max(0) as u64);
        header.set_size(0);
        let kind = match stat.kind() {
            Kind::Dir => EntryType::Directory,
            Kind::Symlink => EntryType::Symlink,
            Kind::Fifo => EntryType::Fifo,
            Kind::Char => EntryType::Char,
            Kind::Block => EntryType::Block,
            _ => EntryType::Regular,
        };
        header.set_entry_type(kind);
        if matches!(stat.kind(), Kind::Char | Kind::Block) {
            let _ = header.set_device_major((stat.rdev >> 32) as u32);
            let _ = header.set_device_minor(stat.rdev as u32);
        }
        header
    }

    /// The library would take `./` away from names: where they fit they are written as they are.
    fn put(&mut self, header: &mut Header, name: &[u8], content: &[u8]) -> std::io::Result<()> {
        match header.as_gnu_mut() {
            Some(gnu) if name.len() <= gnu.name.len() => {
                gnu.name[..name.len()].copy_from_slice(name);
                header.set_cksum();
                self.builder.append(header, content)
            }
            _ => self.builder.append_data(header, os(name), content),
        }
    }

    fn member(&mut self, path: &OsString, name: &[u8], stat: &Stat) -> std::io::Result<()> {
        let mut header = self.header(stat);
        let target = os(name);
        if stat.nlink > 1 && !stat.is_dir() {
            let key = (stat.dev, stat.ino);
            if let Some(first) = self.links.get(&key) {
                header.set_entry_type(EntryType::Link);
                return self.builder.append_link(&mut header, &target, os(first.clone()));
            }
            self.links.insert(key, name.to_vec());
        }
        match stat.kind() {
            Kind::File => {
                let content = std::fs::read(path)?;
                header.set_size(content.len() as u64);
                self.put(&mut header, name, &content)
            }
            Kind::Symlink => {
                let link = std::fs::read_link(path)?;
                self.builder.append_link(&mut header, &target, link)
            }
            _ => self.put(&mut header, name, &[]),
        }
    }
}
