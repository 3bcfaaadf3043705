//! Layers as tars.

use std::collections::HashMap;
use std::io::{self, Read, Write};

use tar::{EntryType, Header};
use vfs::{AbsPath, Change, ChangeKind, Content, Ino, Inode, Kind, Timestamp, Tree};

use crate::{DiffId, Sha256Writer};

/// What [`layer_digest`] finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LayerDigest {
    /// Digest of the tar.
    pub diff_id: DiffId,
    /// Size of the tar in bytes.
    pub tar_size: u64,
}

/// The diff ID of the layer that [`write_layer`] would write.
#[must_use]
pub fn layer_digest(newer: &Tree, changes: &[Change], time: Timestamp) -> LayerDigest {
    let mut out = Sha256Writer::default();
    write_layer(newer, changes, time, &mut out).expect("writing to a hasher does not fail");
    let (digest, tar_size) = out.finish();
    LayerDigest { diff_id: DiffId(digest), tar_size }
}

/// Writes the layer that leads to `newer` by these changes (of [`Tree::diff_with_parents`]).
///
/// The tar is a function of the changes alone: entries in the order of `changes`, whole seconds,
/// no user names, PAX records only where a header field does not suffice, whiteouts dated `time`.
/// Sockets are left out.
///
/// # Errors
/// Those of `out`.
pub fn write_layer(
    newer: &Tree,
    changes: &[Change],
    time: Timestamp,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut first_names = HashMap::new();
    for change in changes {
        if change.kind == ChangeKind::Deleted {
            write_entry(out, whiteout(&change.path, time), io::empty())?;
        } else if let Some((ino, inode)) = newer.lookup(&change.path) {
            write_file(out, &change.path, ino, inode, &mut first_names)?;
        }
    }
    out.write_all(&[0; 1024])
}

/// What goes into a tar header, with names that may not fit into it.
struct Entry {
    name: Vec<u8>,
    link: Vec<u8>,
    header: Header,
    xattrs: Vec<(Vec<u8>, Vec<u8>)>,
}

fn write_file(
    out: &mut impl Write,
    path: &AbsPath,
    ino: Ino,
    inode: &Inode,
    first_names: &mut HashMap<Ino, Vec<u8>>,
) -> io::Result<()> {
    let mut name = path.as_bytes()[1..].to_vec();
    let meta = &inode.meta;
    let mut header = header(meta.mode, meta.mtime);
    header.set_uid(meta.uid.into());
    header.set_gid(meta.gid.into());
    let mut link = Vec::new();
    let mut body = None;
    match &inode.kind {
        Kind::Socket => return Ok(()),
        Kind::Dir(_) => {
            header.set_entry_type(EntryType::Directory);
            name.push(b'/');
        }
        // The first name in the layer carries the content, the others link to it.
        _ if first_names.contains_key(&ino) => {
            header.set_entry_type(EntryType::Link);
            link = first_names[&ino].clone();
        }
        Kind::File(content) => {
            header.set_entry_type(EntryType::Regular);
            header.set_size(content.len());
            body = Some(content);
        }
        Kind::Symlink(target) => {
            header.set_entry_type(EntryType::Symlink);
            link = target.to_vec();
        }
        Kind::CharDevice(rdev) | Kind::BlockDevice(rdev) => {
            header.set_entry_type(if matches!(inode.kind, Kind::CharDevice(_)) {
                EntryType::Char
            } else {
                EntryType::Block
            });
            header.set_device_major(rdev.major)?;
            header.set_device_minor(rdev.minor)?;
        }
        Kind::Fifo => header.set_entry_type(EntryType::Fifo),
    }
    if inode.nlink() > 1 && !inode.is_dir() {
        first_names.entry(ino).or_insert_with(|| name.clone());
    }
    let xattrs = meta.xattrs.iter().flat_map(|map| map.iter());
    let xattrs = xattrs.map(|(name, value)| (name.clone(), value.clone())).collect();
    let entry = Entry { name, link, header, xattrs };
    match body {
        Some(content) => write_entry(out, entry, ContentReader { content, offset: 0 }),
        None => write_entry(out, entry, io::empty()),
    }
}

fn whiteout(path: &AbsPath, time: Timestamp) -> Entry {
    let full = &path.as_bytes()[1..];
    let at = full.len() - path.file_name().len();
    let name = [&full[..at], b".wh.", path.file_name()].concat();
    let mut header = header(0, time);
    header.set_entry_type(EntryType::Regular);
    Entry { name, link: Vec::new(), header, xattrs: Vec::new() }
}

fn header(mode: u32, mtime: Timestamp) -> Header {
    let mut header = Header::new_ustar();
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_size(0);
    // A tar header has no negative time; a PAX record could say it, no layer needs it.
    header.set_mtime(mtime.secs().max(0) as u64);
    header
}

/// Writes one entry, preceded by a PAX header where names or values need one.
fn write_entry(out: &mut impl Write, entry: Entry, mut body: impl Read) -> io::Result<()> {
    let Entry { name, link, mut header, xattrs } = entry;
    let mut records: Vec<(Vec<u8>, &[u8])> = Vec::new();
    let name_fits = fits(&name);
    if !name_fits {
        records.push((b"path".to_vec(), &name));
    }
    if !fits(&link) {
        records.push((b"linkpath".to_vec(), &link));
    }
    for (key, value) in &xattrs {
        records.push(([b"SCHILY.xattr.", key.as_slice()].concat(), value));
    }
    if !records.is_empty() {
        let mut pax = Vec::new();
        for (key, value) in records {
            pax_record(&mut pax, &key, value);
        }
        let mut pax_header = self::header(0, Timestamp::default());
        pax_header.set_entry_type(EntryType::XHeader);
        pax_header.set_size(pax.len() as u64);
        put_field(&mut pax_header.as_old_mut().name, b"PaxHeaders.0/entry");
        pax_header.set_cksum();
        out.write_all(pax_header.as_bytes())?;
        write_padded(out, &mut pax.as_slice())?;
    }
    put_field(&mut header.as_old_mut().name, if name_fits { &name } else { last_bytes(&name) });
    put_field(&mut header.as_old_mut().linkname, last_bytes(&link));
    header.set_cksum();
    out.write_all(header.as_bytes())?;
    write_padded(out, &mut body)
}

/// Whether a header's 100-byte field holds it; other than ASCII goes into a PAX record.
fn fits(name: &[u8]) -> bool {
    name.len() <= 100 && name.is_ascii()
}

/// What old readers see of a name that is in a PAX record.
fn last_bytes(name: &[u8]) -> &[u8] {
    if name.len() <= 100 { name } else { &name[..100] }
}

fn put_field(field: &mut [u8; 100], bytes: &[u8]) {
    field.fill(0);
    field[..bytes.len()].copy_from_slice(bytes);
}

/// `LENGTH KEY=VALUE\n`, where LENGTH counts itself (POSIX pax, "pax Extended Header").
fn pax_record(out: &mut Vec<u8>, key: &[u8], value: &[u8]) {
    let rest = key.len() + value.len() + 3;
    let mut len = rest + rest.to_string().len();
    if rest + len.to_string().len() > len {
        len += 1;
    }
    out.extend_from_slice(format!("{len} ").as_bytes());
    out.extend_from_slice(key);
    out.push(b'=');
    out.extend_from_slice(value);
    out.push(b'\n');
}

fn write_padded(out: &mut impl Write, body: &mut impl Read) -> io::Result<()> {
    let written = io::copy(body, out)?;
    let padding = written.next_multiple_of(512) - written;
    out.write_all(&[0; 512][..padding as usize])
}

struct ContentReader<'a> {
    content: &'a Content,
    offset: u64,
}

impl Read for ContentReader<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.content.read_at(self.offset, buf);
        self.offset += n as u64;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vfs::{Caller, Fs, NodeId, OpenFlags, ResolveFlags};

    const AT: NodeId = NodeId::ROOT;
    const FLAGS: ResolveFlags = ResolveFlags::NOFOLLOW;

    fn write(fs: &mut Fs, path: &str, text: &str) {
        let how = OpenFlags { write: true, create: true, truncate: true, ..OpenFlags::default() };
        let file = fs.open(&Caller::root(), AT, path.as_bytes(), (how, FLAGS), 0o666).unwrap();
        fs.write(file, text.as_bytes()).unwrap();
        fs.close(file);
    }

    /// (name, type, link, size) of every entry, read by the `tar` crate.
    fn entries(newer: &Tree, changes: &[Change]) -> Vec<String> {
        let mut bytes = Vec::new();
        write_layer(newer, changes, Timestamp::default(), &mut bytes).unwrap();
        assert_eq!(bytes.len() % 512, 0);
        let mut archive = tar::Archive::new(bytes.as_slice());
        let entries = archive.entries().unwrap().map(|entry| {
            let entry = entry.unwrap();
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let link = entry.link_name_bytes().map(|l| String::from_utf8_lossy(&l).into_owned());
            let kind = entry.header().entry_type().as_byte() as char;
            format!("{kind} {name} {} {}", link.unwrap_or_default(), entry.size())
        });
        entries.collect()
    }

    #[test]
    fn layers_hold_parents_links_and_whiteouts() {
        let mut fs = Fs::default();
        let root = Caller::root();
        fs.mkdir(&root, AT, b"/d", 0o755, FLAGS).unwrap();
        write(&mut fs, "/d/old", "x");
        let before = fs.root().clone();
        fs.set_now(Timestamp::from_secs(5));
        fs.unlink(&root, AT, b"/d/old", FLAGS).unwrap();
        let long = format!("/d/{}", "n".repeat(200));
        write(&mut fs, &long, "long");
        write(&mut fs, "/d/한글", "utf-8");
        fs.link(&root, (AT, b"/d/\xed\x95\x9c\xea\xb8\x80", FLAGS), (AT, b"/z", FLAGS)).unwrap();
        fs.symlink(&root, "t".repeat(150).as_bytes(), AT, b"/s", FLAGS).unwrap();
        let changes = before.diff_with_parents(fs.root());
        assert_eq!(
            entries(fs.root(), &changes),
            [
                "5 d/  0".to_owned(),
                format!("0 {}  4", &long[1..]),
                "0 d/.wh.old  0".to_owned(),
                "0 d/한글  5".to_owned(),
                format!("2 s {} 0", "t".repeat(150)),
                "1 z d/한글 0".to_owned(),
            ]
        );
    }

    #[test]
    fn the_digest_is_that_of_the_tar() {
        let before = Tree::new();
        let mut fs = Fs::default();
        write(&mut fs, "/f", "content");
        let changes = before.diff_with_parents(fs.root());
        let mut bytes = Vec::new();
        write_layer(fs.root(), &changes, Timestamp::default(), &mut bytes).unwrap();
        let digest = layer_digest(fs.root(), &changes, Timestamp::default());
        assert_eq!(digest.diff_id.0, crate::Digest::of(&bytes));
        assert_eq!(digest.tar_size, bytes.len() as u64);
    }

    #[test]
    fn pax_lengths_count_themselves() {
        for n in [1, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 980, 990, 995] {
            let mut out = Vec::new();
            pax_record(&mut out, b"path", &vec![b'x'; n]);
            let text = String::from_utf8(out).unwrap();
            let len: usize = text.split(' ').next().unwrap().parse().unwrap();
            assert_eq!(len, text.len(), "{n}");
        }
    }
}
