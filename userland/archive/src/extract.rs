//! `tar -x` and `tar -t`

use crate::tar::{Job, read};
use guest::accounts::{Database, id_of};
use guest::civil::Civil;
use guest::{Failed, bytes, glob, os, out};
use std::ffi::OsString;
use std::io::Read as _;
use tar::{Archive, EntryType, Header};

/// Where the last member ends.
pub fn end_of_members(data: &[u8]) -> usize {
    let mut archive = Archive::new(data);
    let mut end = 0;
    if let Ok(entries) = archive.entries() {
        for entry in entries.flatten() {
            end =
                entry.raw_file_position() as usize + (entry.size() as usize).next_multiple_of(512);
        }
    }
    end.min(data.len())
}

/// A line of `tar -tv`.
pub fn long_line(header: &Header, name: &[u8], link: Option<&[u8]>, numeric: bool) -> Vec<u8> {
    let kind = header.entry_type();
    let bits = match kind {
        EntryType::Directory => 0o040_000,
        EntryType::Symlink => 0o120_000,
        EntryType::Char => 0o020_000,
        EntryType::Block => 0o060_000,
        EntryType::Fifo => 0o010_000,
        _ => 0o100_000,
    };
    let mode = bits | header.mode().unwrap_or(0);
    let mut letters = guest::mode::letters(&guest::Stat { mode, ..guest::Stat::default() });
    if kind == EntryType::Link {
        letters.replace_range(0..1, "h");
    }
    let text = |bytes: Option<&[u8]>| {
        bytes
            .filter(|bytes| !bytes.is_empty() && !numeric)
            .map(|b| String::from_utf8_lossy(b).into_owned())
    };
    let number = |id: std::io::Result<u64>| id.unwrap_or(0).to_string();
    let user = text(header.username_bytes()).unwrap_or_else(|| number(header.uid()));
    let group = text(header.groupname_bytes()).unwrap_or_else(|| number(header.gid()));
    let size = if matches!(kind, EntryType::Char | EntryType::Block) {
        let part = |part: std::io::Result<Option<u32>>| part.ok().flatten().unwrap_or(0);
        format!("{},{}", part(header.device_major()), part(header.device_minor()))
    } else {
        header.size().unwrap_or(0).to_string()
    };
    let owner = format!("{user}/{group}");
    let time = Civil::from_nanos(header.mtime().unwrap_or(0) as i64 * 1_000_000_000);
    let width = 19usize.saturating_sub(owner.len() + 1).max(size.len());
    let mut line =
        format!("{letters} {owner} {size:>width$} {} ", time.format("%Y-%m-%d %H:%M")).into_bytes();
    line.extend(name);
    if let Some(link) = link {
        line.extend(if kind == EntryType::Link { b" link to ".as_slice() } else { b" -> " });
        line.extend(link);
    }
    line
}

/// Which members were asked for.
struct Wanted<'a> {
    job: &'a Job,
    found: Vec<bool>,
}

impl Wanted<'_> {
    fn takes(&mut self, name: &[u8]) -> bool {
        if self.job.excluded(name) {
            return false;
        }
        if self.job.names.is_empty() {
            return true;
        }
        let mut takes = false;
        for (wanted, found) in self.job.names.iter().zip(&mut self.found) {
            let wanted = bytes(wanted);
            let wanted = wanted.strip_suffix(b"/").unwrap_or(wanted);
            let plain = name.strip_suffix(b"/").unwrap_or(name);
            let fits = plain == wanted
                || plain.strip_prefix(wanted).is_some_and(|rest| rest.starts_with(b"/"))
                || self.job.wildcards && glob::matches(wanted, plain);
            *found |= fits;
            takes |= fits;
        }
        takes
    }

    fn missing(self, failed: &mut Failed) {
        for (name, _) in self.job.names.iter().zip(self.found).filter(|(_, found)| !found) {
            failed.say(format!("{}: Not found in archive", name.to_string_lossy()));
        }
    }
}

fn check(data: &[u8]) {
    let blank = data.iter().all(|c| *c == 0);
    let header = data.get(..512).map(Header::from_byte_slice);
    let looks = header.is_some_and(|header| header.cksum().is_ok());
    if !blank && !looks {
        guest::warn("This does not look like a tar archive");
        guest::warn("Exiting with failure status due to previous errors");
        std::process::exit(2);
    }
}

/// Lists an archive.
pub fn list(job: &Job, failed: &mut Failed) {
    let data = read(job);
    check(&data);
    let mut wanted = Wanted { job, found: vec![false; job.names.len()] };
    let mut archive = Archive::new(data.as_slice());
    for entry in archive.entries().into_iter().flatten() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(_) => {
                failed.say("Unexpected EOF in archive");
                break;
            }
        };
        let name = entry.path_bytes().into_owned();
        if !wanted.takes(&name) {
            continue;
        }
        if job.verbose > 0 {
            let link = entry.link_name_bytes();
            out::line(long_line(entry.header(), &name, link.as_deref(), job.numeric));
        } else {
            out::line(&name);
        }
    }
    wanted.missing(failed);
}

/// Unpacks an archive.
pub fn extract(job: &Job, failed: &mut Failed) {
    let data = read(job);
    check(&data);
    if let Some((_, dir)) = job.dirs.last()
        && let Err(error) = std::env::set_current_dir(dir)
    {
        guest::warn(format!("{}: Cannot open: {}", dir.to_string_lossy(), guest::strerror(&error)));
        guest::warn("Error is not recoverable: exiting now");
        std::process::exit(2);
    }
    let umask = guest::set_umask(0);
    guest::set_umask(umask);
    let mut wanted = Wanted { job, found: vec![false; job.names.len()] };
    // Directories get their modes and times when everything is in them.
    let mut dirs = Vec::new();
    let mut archive = Archive::new(data.as_slice());
    for entry in archive.entries().into_iter().flatten() {
        let mut entry = match entry {
            Ok(entry) => entry,
            Err(_) => {
                failed.say("Unexpected EOF in archive");
                break;
            }
        };
        let name = entry.path_bytes().into_owned();
        if !wanted.takes(&name) {
            continue;
        }
        let Some(target) = target(&name, job.strip) else { continue };
        if job.verbose > 0 {
            let link = entry.link_name_bytes();
            let line = if job.verbose > 1 {
                long_line(entry.header(), &name, link.as_deref(), job.numeric)
            } else {
                name.clone()
            };
            if job.to_stdout {
                eprintln!("{}", String::from_utf8_lossy(&line));
            } else {
                out::line(line);
            }
        }
        let header = entry.header().clone();
        if job.to_stdout {
            let mut content = Vec::new();
            let _ = entry.read_to_end(&mut content);
            out::put(content);
            continue;
        }
        let link = entry.link_name_bytes().map(|link| link.into_owned());
        let shown = String::from_utf8_lossy(&name).into_owned();
        if name.split(|c| *c == b'/').any(|part| part == b"..") {
            failed.say(format!("{shown}: Member name contains '..'"));
            continue;
        }
        let mut content = Vec::new();
        if entry.read_to_end(&mut content).is_err()
            || (content.len() as u64) < header.size().unwrap_or(0)
        {
            failed.say("Unexpected EOF in archive");
            break;
        }
        match make(job, &header, &target, &content, link.as_deref()) {
            Ok(()) if header.entry_type() == EntryType::Directory => dirs.push((target, header)),
            Ok(()) => attributes(job, &header, &target, umask),
            Err(error) => failed.say(format!("{shown}: Cannot open: {}", guest::strerror(&error))),
        }
    }
    for (target, header) in dirs.iter().rev() {
        attributes(job, header, target, umask);
    }
    wanted.missing(failed);
}

/// Where a member goes.
fn target(name: &[u8], strip: usize) -> Option<OsString> {
    let parts: Vec<&[u8]> = name.split(|c| *c == b'/').filter(|part| !part.is_empty()).collect();
    if strip > 0 && parts.len() <= strip {
        return None;
    }
    let path = parts[strip..].join(b"/".as_slice());
    Some(os(if path.is_empty() { b".".to_vec() } else { path }))
}

fn make(
    job: &Job,
    header: &Header,
    target: &OsString,
    content: &[u8],
    link: Option<&[u8]>,
) -> std::io::Result<()> {
    let path = std::path::Path::new(target);
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        std::fs::create_dir_all(parent)?;
    }
    let kind = header.entry_type();
    if kind == EntryType::Directory {
        return match guest::stat(target, true) {
            Ok(stat) if stat.is_dir() => Ok(()),
            _ => std::fs::create_dir(target),
        };
    }
    if guest::stat(target, false).is_ok() {
        if job.keep_old {
            return Err(std::io::ErrorKind::AlreadyExists.into());
        }
        std::fs::remove_file(target)?;
    }
    match kind {
        EntryType::Symlink => guest::symlink(os(link.unwrap_or_default()), target),
        EntryType::Link => {
            let first = crate::extract::target(link.unwrap_or_default(), job.strip);
            std::fs::hard_link(first.unwrap_or_default(), target)
        }
        EntryType::Fifo => guest::mknod(target, 0o010_644, 0),
        EntryType::Char | EntryType::Block => {
            let bits = if kind == EntryType::Char { 0o020_000 } else { 0o060_000 };
            let part =
                |part: std::io::Result<Option<u32>>| u64::from(part.ok().flatten().unwrap_or(0));
            let rdev = part(header.device_major()) << 32 | part(header.device_minor());
            guest::mknod(target, bits | 0o644, rdev)
        }
        _ => std::fs::write(target, content),
    }
}

fn attributes(job: &Job, header: &Header, target: &OsString, umask: u32) {
    let kind = header.entry_type();
    if kind == EntryType::Link {
        return;
    }
    if job.owners {
        let id = |database, name: Option<&[u8]>, id: std::io::Result<u64>| {
            let name = name.map(String::from_utf8_lossy).unwrap_or_default().into_owned();
            let named = if job.numeric || name.is_empty() { None } else { id_of(database, &name) };
            named.unwrap_or(id.unwrap_or(0) as u32)
        };
        let uid = id(Database::Users, header.username_bytes(), header.uid());
        let gid = id(Database::Groups, header.groupname_bytes(), header.gid());
        let _ = guest::chown(target, false, Some(uid), Some(gid));
    }
    if kind == EntryType::Symlink {
        return;
    }
    let mode = header.mode().unwrap_or(0o644) & 0o7777;
    let _ = guest::chmod(target, if job.permissions { mode } else { mode & !umask & 0o777 });
    if !job.touch {
        let mtime = header.mtime().unwrap_or(0) as i64 * 1_000_000_000;
        let _ = guest::utimes(target, true, None, Some(mtime));
    }
}
