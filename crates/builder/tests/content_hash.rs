//! Digests of what `COPY` takes: which differences count, by upstream's own relations
//! (moby/buildkit `cache/contenthash/checksum_test.go`, `testChecksumIncludeExclude` and
//! `TestChecksumIncludeSymlink`).

use builder::{ContentHashError, Selector, content_hash};
use image::Digest;
use vfs::{AbsPath, Content, Kind, Meta, Name, Timestamp, Tree};

/// `path`, `path/` for a directory, `path=content`, `path>target` for a link.
fn tree(lines: &[&str]) -> Tree {
    let mut tree = Tree::new();
    for line in lines {
        let (path, mode, kind) = if let Some((path, target)) = line.split_once('>') {
            (path, 0o777, Kind::Symlink(target.as_bytes().into()))
        } else if let Some((path, text)) = line.split_once('=') {
            (path, 0o644, Kind::File(Content::from(text.as_bytes().to_vec())))
        } else {
            (*line, 0o755, Kind::Dir(vfs::Dir::default()))
        };
        let path = AbsPath::new(path);
        let (dir, _) = tree.lookup(&path.parent().unwrap()).unwrap();
        let name = Name::new(path.file_name()).unwrap();
        tree.create(dir, name, Meta::root(mode, Timestamp::default()), kind).unwrap();
    }
    tree
}

fn hash(tree: &Tree, path: &str, wildcard: bool, include: &[&str], exclude: &[&str]) -> Digest {
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let (include, exclude) = (&texts(include), &texts(exclude));
    let selector = Selector { path, wildcard, include, exclude, follow_links: false };
    content_hash(tree, &selector).unwrap()
}

#[test]
fn only_what_the_patterns_take_counts() {
    let before = tree(&["foo=data0", "bar=data1", "d0/", "d0/abc=abc", "d1/", "d1/def=def"]);
    let after = tree(&[
        "foo=data0",
        "bar=data1",
        "baz=data2",
        "d0/",
        "d0/abc=abc",
        "d0/xyz=xyz",
        "d1/",
        "d1/def=def",
        "d2/",
    ]);
    let nothing = Digest::of("");
    for wildcard in [false, true] {
        let old = |include: &[&str]| hash(&before, "", wildcard, include, &[]);
        let new = |include: &[&str]| hash(&after, "", wildcard, include, &[]);
        assert_ne!(old(&["foo"]), old(&["foo", "bar"]));
        assert_eq!(old(&["d0/*"]), old(&["d0/a*"]));
        assert_eq!(old(&["d2/foo"]), nothing);
        for same in [&["foo"][..], &["foo", "bar"], &["d1"], &["d1/*"], &["d0/a*"], &["d2/foo"]] {
            assert_eq!(old(same), new(same), "{same:?}");
        }
        for other in [&["d0"][..], &["d0/*"]] {
            assert_ne!(old(other), new(other), "{other:?}");
        }
        assert_eq!(new(&["**/abc"]), old(&["d0/a*"]));
        assert_eq!(hash(&after, "", wildcard, &["d0/*"], &["d0/xyz"]), old(&["d0/*"]));
        assert_eq!(hash(&after, "d2", wildcard, &["foo"], &[]), nothing);
    }
}

#[test]
fn links_above_the_wildcards_are_followed() {
    let tree = tree(&[
        "data/",
        "data/d0/",
        "data/d0/d1/",
        "data/d0/d1/d2/",
        "mnt/",
        "mnt/data>../data",
        "data/d0/d1/d2/foo=abc",
        "data/symlink-to-d0>d0",
    ]);
    let include = &["**/foo"][..];
    let digest = |path: &str, wildcard| hash(&tree, path, wildcard, include, &[]);
    assert_ne!(digest("data/d0", false), Digest::of(""));
    assert_eq!(digest("data/d0", false), digest("mnt/data/d0", false));
    assert_eq!(digest("data/d0", false), digest("mnt/data/d0", true));
    assert_eq!(digest("data/d*", true), digest("mnt/data/d*", true));
    assert_eq!(digest("data/d0/d1/d*", true), digest("mnt/data/d0/d1/d*", true));
    assert_eq!(digest("mnt/data/d0/d*/d2", true), digest("mnt/data/symlink-to-d0/d*/d2", true));
}

#[test]
fn a_slash_at_the_end_leaves_the_directory_itself_out() {
    let mut strict = tree(&["d/", "d/f=x"]);
    let open = strict.clone();
    let (ino, _) = strict.lookup(&AbsPath::new("/d")).unwrap();
    strict.edit_meta(ino, |meta| meta.mode = 0o700).unwrap();
    let digest = |tree, path| hash(tree, path, false, &[], &["nothing"]);
    assert_ne!(digest(&strict, "d"), digest(&open, "d"));
    assert_eq!(digest(&strict, "d/"), digest(&open, "d/"));
}

#[test]
fn what_has_no_digest_says_why() {
    let tree = tree(&["a>b", "b>a"]);
    let fails = |path, follow_links, wildcard| {
        let selector = Selector { path, follow_links, wildcard, ..Selector::default() };
        content_hash(&tree, &selector).unwrap_err()
    };
    assert_eq!(fails("a", true, false), ContentHashError::TooManyLinks);
    assert_eq!(fails("c/d", true, false).to_string(), "\"/c/d\": not found");
    assert_eq!(fails("[", false, true).to_string(), "syntax error in pattern");
}
