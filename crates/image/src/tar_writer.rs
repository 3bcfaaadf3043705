//! Writing tars: layers, and trees as a whole.

use std::collections::HashMap;
use std::io::{self, Write};
use std::ops::Range;

use tar::{EntryType, Header};
use vfs::{AbsPath, Change, ChangeKind, Content, Ino, Inode, Kind, Meta, Timestamp, Tree};

use crate::entry::{Entry, EntryKind, WHITEOUT};
use crate::tar_reader::Piece;
use crate::{DiffId, Sha256Writer, pax};

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
    write_entries(entries_of(newer, changes, time), out)
}

/// Writes a whole filesystem as one tar, as `docker export` does: no whiteouts, no layers.
///
/// # Errors
/// Those of `out`.
pub fn export_tree(tree: &Tree, out: &mut impl Write) -> io::Result<()> {
    let mut names = FirstNames::default();
    let files = tree.walk().filter(|(path, ..)| !path.is_root());
    write_entries(files.filter_map(|(path, ino, inode)| names.entry(path, ino, inode)), out)
}

/// Writes entries as a tar.
///
/// # Errors
/// Those of `out`.
pub fn write_entries(
    entries: impl IntoIterator<Item = Entry>,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut sink = Stream(out);
    for entry in entries {
        write_entry(&mut sink, &entry)?;
    }
    sink.bytes(&END)
}

/// Writes one entry.
///
/// # Errors
/// Those of `out`.
pub(crate) fn write_one(entry: &Entry, out: &mut impl Write) -> io::Result<()> {
    write_entry(&mut Stream(out), entry)
}

/// Writes the header of a regular file of `size` bytes, which the caller writes behind it.
///
/// # Errors
/// Those of `out`.
pub(crate) fn write_file_header(path: &AbsPath, size: u64, out: &mut impl Write) -> io::Result<()> {
    let mut header = header(0o644, Timestamp::default());
    header.set_entry_type(EntryType::Regular);
    header.set_size(size);
    put_field(&mut header.as_old_mut().name, &path.as_bytes()[1..]);
    header.set_cksum();
    out.write_all(header.as_bytes())
}

/// The entries of the layer that [`write_layer`] writes.
pub(crate) fn entries_of<'a>(
    newer: &'a Tree,
    changes: &'a [Change],
    time: Timestamp,
) -> impl Iterator<Item = Entry> + 'a {
    let mut names = FirstNames::default();
    changes.iter().filter_map(move |change| {
        if change.kind == ChangeKind::Deleted {
            return Some(whiteout(&change.path, time));
        }
        let (ino, inode) = newer.lookup(&change.path)?;
        names.entry(change.path.clone(), ino, inode)
    })
}

/// The pieces of the tar of these entries, without a copy of what the files hold.
pub(crate) fn pieces_of(entries: &[Entry]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let written = entries.iter().try_for_each(|entry| write_entry(&mut pieces, entry));
    written.and_then(|()| pieces.bytes(&END)).expect("memory takes all");
    pieces
}

/// Writes pieces to a stream.
///
/// # Errors
/// Those of `out`.
pub(crate) fn write_pieces(pieces: &[Piece], out: &mut impl Write) -> io::Result<()> {
    let mut sink = Stream(out);
    pieces.iter().try_for_each(|piece| match piece {
        Piece::Bytes(bytes) => sink.bytes(bytes),
        Piece::Content(content, range) => sink.part(content, range.clone()),
    })
}

/// Two blocks of zeros.
const END: [u8; 1024] = [0; 1024];

/// The name in this tar under which an inode's content was written: the others link to it.
#[derive(Default)]
struct FirstNames(HashMap<Ino, AbsPath>);

impl FirstNames {
    fn entry(&mut self, path: AbsPath, ino: Ino, inode: &Inode) -> Option<Entry> {
        let first = self.0.get(&ino);
        let kind = match (&inode.kind, first) {
            (Kind::Socket, _) => return None,
            (Kind::Dir(_), _) => EntryKind::Dir,
            (_, Some(first)) => EntryKind::Link(first.clone()),
            (Kind::File(content), None) => EntryKind::File(content.clone()),
            (Kind::Symlink(target), None) => EntryKind::Symlink(target.clone()),
            (Kind::CharDevice(rdev), None) => EntryKind::CharDevice(*rdev),
            (Kind::BlockDevice(rdev), None) => EntryKind::BlockDevice(*rdev),
            (Kind::Fifo, None) => EntryKind::Fifo,
        };
        if inode.nlink() > 1 && !inode.is_dir() {
            self.0.entry(ino).or_insert_with(|| path.clone());
        }
        Some(Entry { path, meta: inode.meta.clone(), kind })
    }
}

fn whiteout(path: &AbsPath, time: Timestamp) -> Entry {
    let name = [WHITEOUT, path.file_name()].concat();
    let path = path.parent().unwrap_or_else(AbsPath::root).join(name);
    Entry { path, meta: Meta::root(0, time), kind: EntryKind::File(Content::default()) }
}

/// Where a tar goes: to a stream, or into memory where contents are shared and not copied.
trait Sink {
    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()>;
    fn content(&mut self, content: &Content) -> io::Result<()>;
}

struct Stream<W>(W);

impl<W: Write> Stream<W> {
    fn part(&mut self, content: &Content, range: Range<u64>) -> io::Result<()> {
        content.try_visit(range, |bytes| self.0.write_all(bytes))
    }
}

impl<W: Write> Sink for Stream<W> {
    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    fn content(&mut self, content: &Content) -> io::Result<()> {
        self.part(content, 0..content.len())
    }
}

impl Sink for Vec<Piece> {
    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.last_mut() {
            Some(Piece::Bytes(last)) => last.extend_from_slice(bytes),
            _ => self.push(Piece::Bytes(bytes.to_vec())),
        }
        Ok(())
    }

    fn content(&mut self, content: &Content) -> io::Result<()> {
        self.push(Piece::Content(content.clone(), 0..content.len()));
        Ok(())
    }
}

/// Writes one entry, preceded by a PAX header where names or values need one.
fn write_entry(out: &mut impl Sink, entry: &Entry) -> io::Result<()> {
    let meta = &entry.meta;
    let mut header = header(meta.mode, meta.mtime);
    header.set_uid(meta.uid.into());
    header.set_gid(meta.gid.into());
    let mut name = entry.path.as_bytes()[1..].to_vec();
    let mut link: &[u8] = b"";
    header.set_entry_type(match &entry.kind {
        EntryKind::File(_) => EntryType::Regular,
        EntryKind::Dir => EntryType::Directory,
        EntryKind::Symlink(_) => EntryType::Symlink,
        EntryKind::Link(_) => EntryType::Link,
        EntryKind::CharDevice(_) => EntryType::Char,
        EntryKind::BlockDevice(_) => EntryType::Block,
        EntryKind::Fifo => EntryType::Fifo,
    });
    match &entry.kind {
        EntryKind::File(content) => header.set_size(content.len()),
        EntryKind::Dir => name.push(b'/'),
        EntryKind::Symlink(target) => link = target,
        EntryKind::Link(target) => link = &target.as_bytes()[1..],
        EntryKind::CharDevice(rdev) | EntryKind::BlockDevice(rdev) => {
            header.set_device_major(rdev.major)?;
            header.set_device_minor(rdev.minor)?;
        }
        EntryKind::Fifo => {}
    }
    let mut records = Vec::new();
    if !fits(&name) {
        pax::put(&mut records, b"path", &name);
    }
    if !fits(link) {
        pax::put(&mut records, b"linkpath", link);
    }
    for (key, value) in meta.xattrs.iter().flat_map(|map| map.iter()) {
        pax::put(&mut records, &[b"SCHILY.xattr.", key.as_slice()].concat(), value);
    }
    if !records.is_empty() {
        let mut pax_header = self::header(0, Timestamp::default());
        pax_header.set_entry_type(EntryType::XHeader);
        pax_header.set_size(records.len() as u64);
        put_field(&mut pax_header.as_old_mut().name, b"PaxHeaders.0/entry");
        pax_header.set_cksum();
        out.bytes(pax_header.as_bytes())?;
        out.bytes(&records)?;
        out.bytes(padding(records.len() as u64))?;
    }
    put_field(&mut header.as_old_mut().name, &name);
    put_field(&mut header.as_old_mut().linkname, link);
    header.set_cksum();
    out.bytes(header.as_bytes())?;
    if let EntryKind::File(content) = &entry.kind {
        out.content(content)?;
        out.bytes(padding(content.len()))?;
    }
    Ok(())
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

/// Whether a header's 100-byte field holds it; other than ASCII goes into a PAX record.
fn fits(name: &[u8]) -> bool {
    name.len() <= 100 && name.is_ascii()
}

/// Fills a field with what it holds of a name; the whole is in a PAX record where it is longer.
fn put_field(field: &mut [u8; 100], bytes: &[u8]) {
    let n = bytes.len().min(field.len());
    field.fill(0);
    field[..n].copy_from_slice(&bytes[..n]);
}

/// The zeros that fill the last block.
fn padding(size: u64) -> &'static [u8] {
    &[0; 512][..(size.next_multiple_of(512) - size) as usize]
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
}
