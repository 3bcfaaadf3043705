//! Archives that somebody wrote to do harm, or that were damaged: each is refused with a sentence.

use image::{TarError, TarLimits, TarReader, apply_layer};
use tar::{EntryType, Header};
use vfs::Tree;

/// A header with this name, type and size.
fn header(name: &str, kind: EntryType, size: u64) -> Header {
    let mut header = Header::new_ustar();
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(kind);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(size);
    header.set_cksum();
    header
}

fn entry(mut header: Header, data: &[u8]) -> Vec<u8> {
    header.set_cksum();
    let mut out = header.as_bytes().to_vec();
    out.extend_from_slice(data);
    out.resize(out.len().next_multiple_of(512), 0);
    out
}

fn file(name: &str) -> Vec<u8> {
    entry(header(name, EntryType::Regular, 1), b"x")
}

fn link(name: &str, kind: EntryType, target: &str) -> Vec<u8> {
    let mut header = header(name, kind, 0);
    header.as_old_mut().linkname[..target.len()].copy_from_slice(target.as_bytes());
    entry(header, b"")
}

fn pax(records: &[(&str, &str)]) -> Vec<u8> {
    let mut text = String::new();
    for (key, value) in records {
        let rest = key.len() + value.len() + 3;
        let len =
            (1..4).map(|digits| rest + digits).find(|len| rest + len.to_string().len() == *len);
        text.push_str(&format!("{} {key}={value}\n", len.expect("a short record")));
    }
    raw_pax(&text)
}

fn raw_pax(records: &str) -> Vec<u8> {
    entry(header("x", EntryType::XHeader, records.len() as u64), records.as_bytes())
}

fn with(mut header: Header, edit: impl FnOnce(&mut Header)) -> Vec<u8> {
    edit(&mut header);
    entry(header, b"")
}

fn limits() -> TarLimits {
    TarLimits { bytes: 2000, entries: 5, file: 1000, header: 1024 }
}

/// What reading and applying says.
fn refusal(archive: &[u8]) -> String {
    let entries = match TarReader::new(archive, limits()).read_all() {
        Ok(entries) => entries,
        Err(error) => return error.to_string(),
    };
    match apply_layer(&mut Tree::new(), &entries) {
        Ok(()) => "accepted".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn hostile_archives_are_refused_with_a_sentence() {
    let regular = |name| header(name, EntryType::Regular, 0);
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("parent", file("../etc/passwd"), "leads out of the root"),
        ("parent below", file("a/../../b"), "leads out of the root"),
        ("hard link out", link("a", EntryType::Link, "../../etc/passwd"), "leads out of the root"),
        (
            "pax name out",
            [pax(&[("path", "../../b")]), file("a")].concat(),
            "leads out of the root",
        ),
        ("hard link to nothing", link("a", EntryType::Link, "b"), "is a hard link to /b, which is"),
        ("hard link to itself", [file("a"), link("a", EntryType::Link, "a")].concat(), "hard link"),
        (
            "hard link to a directory",
            [entry(header("d", EntryType::Directory, 0), b""), link("a", EntryType::Link, "d")]
                .concat(),
            "/a cannot be unpacked: Operation not permitted",
        ),
        ("link without target", link("a", EntryType::Symlink, ""), "without a usable target"),
        (
            "links in a circle",
            [link("a", EntryType::Symlink, "b"), link("b", EntryType::Symlink, "a"), file("a/x")]
                .concat(),
            "Too many levels of symbolic links",
        ),
        ("file as directory", [file("a"), file("a/b")].concat(), "Not a directory"),
        ("negative size", with(regular("a"), |h| h.as_old_mut().size = [0xff; 12]), "negative"),
        (
            "size that is no number",
            with(regular("a"), |h| h.as_old_mut().size = *b"12345678zzz\0"),
            "its size is no number",
        ),
        ("negative pax size", [pax(&[("size", "-1")]), file("a")].concat(), "its size is negative"),
        (
            "size of everything",
            [pax(&[("size", "9223372036854775807")]), file("a")].concat(),
            "too large: a would exceed the limit of 1000",
        ),
        (
            "file too large",
            entry(header("a", EntryType::Regular, 1001), &[0; 1001]),
            "the limit of 1000",
        ),
        (
            "all files too large",
            [
                entry(header("a", EntryType::Regular, 900), &[0; 900]),
                entry(header("b", EntryType::Regular, 900), &[0; 900]),
                entry(header("c", EntryType::Regular, 900), &[0; 900]),
            ]
            .concat(),
            "too large: c would exceed the limit of 2000",
        ),
        ("too many entries", ["a", "b", "c", "d", "e", "f"].map(file).concat(), "limit of 5"),
        (
            "header too large",
            entry(header("x", EntryType::XHeader, 2000), &[b'x'; 2000]),
            "limit of 1024",
        ),
        ("malformed records", [raw_pax("99 path=a\n"), file("a")].concat(), "PAX records"),
        ("owner out of range", [pax(&[("uid", "4294967296")]), file("a")].concat(), "owner"),
        ("cut in a file", file("a")[..512].to_vec(), "ends inside a: it was cut off"),
        ("cut in a header", file("a")[..100].to_vec(), "ends inside a header"),
        (
            "wrong checksum",
            {
                let mut bytes = file("a");
                bytes[0] = b'b';
                bytes
            },
            "its checksum is wrong, this is no tar",
        ),
        ("text", b"hello ".repeat(200), "its checksum is wrong"),
        ("zeros in the middle", [vec![0; 512], file("a")].concat(), "a block of zeros"),
        ("unknown type", entry(header("a", EntryType::new(b'Q'), 0), b""), "the type 'Q'"),
        ("contiguous file", entry(header("a", EntryType::Continuous, 0), b""), "the type '7'"),
        ("whiteout of nothing", file("d/.wh."), "is a whiteout without a name"),
        ("no name", file(""), "is empty"),
        (
            "name too long",
            [pax(&[("path", &"n".repeat(301))]), file("a")].concat(),
            "no file can be named",
        ),
        ("file as root", file("./"), "Is a directory"),
        (
            "sparse map outside",
            [pax(&[("GNU.sparse.map", "90,99"), ("GNU.sparse.size", "9")]), file("a")].concat(),
            "its map of holes is malformed",
        ),
        (
            "sparse bomb",
            [
                pax(&[("GNU.sparse.map", "0,1"), ("GNU.sparse.size", "9223372036854775807")]),
                file("a"),
            ]
            .concat(),
            "the limit of 1000",
        ),
    ];
    for (what, archive, why) in cases {
        let said = refusal(&archive);
        assert!(said.contains(why), "{what}: {said}");
    }
}

#[test]
fn odd_archives_are_read_as_docker_reads_them() {
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("absolute names lie in the root", file("/etc/passwd")),
        ("dots inside", file("a/../b/./c")),
        ("a later entry wins", [file("a"), file("a")].concat()),
        ("links that point outside are text", link("a", EntryType::Symlink, "../../../etc")),
        (
            "global records are ignored",
            [entry(header("g", EntryType::XGlobalHeader, 12), b"12 path=../x\n"), file("a")]
                .concat(),
        ),
        ("directories may have sizes", entry(header("d", EntryType::Directory, 77), b"")),
        ("no end", vec![]),
    ];
    for (what, archive) in cases {
        assert_eq!(refusal(&archive), "accepted", "{what}");
    }
}

#[test]
fn a_link_out_of_the_root_leads_nowhere_else() {
    let archive = [link("out", EntryType::Symlink, "../../../../etc"), file("out/passwd")].concat();
    let entries = TarReader::new(archive.as_slice(), limits()).read_all().unwrap();
    let mut tree = Tree::new();
    apply_layer(&mut tree, &entries).unwrap();
    let paths: Vec<String> = tree.walk().map(|(path, ..)| path.to_string()).collect();
    assert_eq!(paths, ["/", "/etc", "/etc/passwd", "/out"]);
}

#[test]
fn errors_are_errors_of_the_kind_they_say() {
    let error = TarReader::new(&file("../a")[..], limits()).next_entry().unwrap_err();
    assert!(matches!(error, TarError::Name { .. }));
}
