//! Where the bytes of an image are: which layer brought them, which later one made them useless.

use std::collections::BTreeMap;

use vfs::{AbsPath, Ino, Tree};

use crate::apply::apply_tracking;
use crate::dive::{DiveMetric, dive_metric};
use crate::{ApplyError, Entry};

/// What an image's layers hold and waste.
///
/// Bytes are those of files' contents, each hard-linked file once: not those of tar headers, and not
/// of compressed blobs.
#[derive(Clone, Debug, Default)]
pub struct Analysis {
    /// One for each layer, lowest first.
    pub layers: Vec<LayerBytes>,
    /// Every file that is in a layer and not in the filesystem that the image shows, in the order
    /// in which they were hidden.
    pub wasted: Vec<Wasted>,
    /// Bytes in all layers.
    pub total_bytes: u64,
    /// Bytes that a container of the image sees.
    pub visible_bytes: u64,
    /// What dive says of the same image, which is something else.
    pub dive: DiveMetric,
}

/// What one layer does, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LayerBytes {
    /// Of files at paths where nothing was.
    pub added: u64,
    /// Of files at paths where something was.
    pub replaced: u64,
    /// Of files that it took away or replaced, in the layers below and in itself.
    pub hidden: u64,
    /// Of its own files that it or a later layer took away or replaced.
    pub wasted: u64,
}

/// A file that nobody sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wasted {
    /// Where it was put.
    pub path: AbsPath,
    /// The layer it is in, counted from 0.
    pub layer: usize,
    /// Its size.
    pub bytes: u64,
    /// The layer that hid it.
    pub hidden_by: usize,
    /// How.
    pub how: Hidden,
}

/// How a file was hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hidden {
    /// Something else is at its path.
    Replaced,
    /// Nothing is at its path.
    Removed,
}

impl Analysis {
    /// Looks at the layers of an image, lowest first.
    ///
    /// # Errors
    /// [`ApplyError`] where a layer cannot be applied.
    pub fn of(layers: &[&[Entry]]) -> Result<Self, ApplyError> {
        let mut out = Self { dive: dive_metric(layers), ..Self::default() };
        let mut tree = Tree::new();
        // Files that are still seen: who brought them.
        let mut seen: BTreeMap<Ino, (AbsPath, usize, u64)> = BTreeMap::new();
        for (at, layer) in layers.iter().enumerate() {
            let below = tree.clone();
            let mut bytes = LayerBytes::default();
            apply_tracking(&mut tree, layer, |entry, ino| {
                let size = entry.size();
                if size > 0 {
                    match below.lookup(&entry.path) {
                        None => bytes.added += size,
                        Some(_) => bytes.replaced += size,
                    }
                    seen.insert(ino, (entry.path.clone(), at, size));
                }
            })?;
            out.layers.push(bytes);
            out.total_bytes += bytes.added + bytes.replaced;
            seen.retain(|ino, (path, layer, size)| {
                if tree.get(*ino).is_some() {
                    return true;
                }
                let is_there = tree.lookup(path).is_some();
                let how = if is_there { Hidden::Replaced } else { Hidden::Removed };
                let (path, layer, bytes) = (path.clone(), *layer, *size);
                out.layers[at].hidden += bytes;
                out.layers[layer].wasted += bytes;
                out.wasted.push(Wasted { path, layer, bytes, hidden_by: at, how });
                false
            });
        }
        out.visible_bytes = tree.usage().bytes;
        Ok(out)
    }

    /// Bytes in layers that no container sees: the sum of the layers less the final filesystem.
    #[must_use]
    pub fn wasted_bytes(&self) -> u64 {
        self.total_bytes - self.visible_bytes
    }

    /// The part of all bytes that is seen, 0 to 1; 1 where there are none.
    #[must_use]
    pub fn efficiency(&self) -> f64 {
        if self.total_bytes == 0 {
            return 1.0;
        }
        self.visible_bytes as f64 / self.total_bytes as f64
    }
}

#[cfg(test)]
mod tests {
    use vfs::{Content, Meta, Timestamp};

    use super::*;
    use crate::EntryKind;

    /// `path` of a file with its size, `path/` of a directory, `path=target` of a hard link.
    fn layer(rows: &[(&str, u64)]) -> Vec<Entry> {
        rows.iter()
            .map(|(name, size)| {
                let (name, kind) = match name.split_once('=') {
                    Some((name, target)) => (name, EntryKind::Link(AbsPath::new(target))),
                    None if name.ends_with('/') => (*name, EntryKind::Dir),
                    None => (*name, EntryKind::File(Content::synthetic(1, *size))),
                };
                Entry { path: AbsPath::new(name), meta: Meta::root(0o755, Timestamp(0)), kind }
            })
            .collect()
    }

    /// What happens, the layers, and dive's efficiency and waste beside the true waste.
    type Case = (&'static str, Vec<Vec<Entry>>, f64, u64, u64);

    /// The cases of which both answers are known.
    #[test]
    fn dive_and_the_truth() {
        let cases: [Case; 7] = [
            (
                "a file is removed",
                vec![layer(&[("f", 100)]), layer(&[(".wh.f", 0)])],
                0.0,
                100,
                100,
            ),
            (
                "its directory is removed",
                vec![layer(&[("d/", 0), ("d/f", 100)]), layer(&[(".wh.d", 0)])],
                1.0,
                0,
                100,
            ),
            (
                "its directory is made opaque",
                vec![layer(&[("d/", 0), ("d/f", 100)]), layer(&[("d/", 0), ("d/.wh..wh..opq", 0)])],
                1.0,
                0,
                100,
            ),
            (
                "it gets another owner",
                vec![layer(&[("f", 100)]), layer(&[("f", 100)])],
                0.5,
                200,
                100,
            ),
            (
                "it is rewritten",
                vec![layer(&[("f", 10)]), layer(&[("f", 20)]), layer(&[("f", 27)])],
                10.0 / 57.0,
                57,
                30,
            ),
            ("it stays", vec![layer(&[("f", 10)]), layer(&[("g", 20)])], 1.0, 0, 0),
            ("there is nothing", vec![layer(&[])], 1.0, 0, 0),
        ];
        for (what, layers, efficiency, dive, truth) in cases {
            let layers: Vec<&[Entry]> = layers.iter().map(Vec::as_slice).collect();
            let found = Analysis::of(&layers).unwrap();
            assert!((found.dive.efficiency - efficiency).abs() < 1e-9, "{what}: {:?}", found.dive);
            assert_eq!(found.dive.wasted_bytes, dive, "{what}");
            assert_eq!(found.wasted_bytes(), truth, "{what}");
            let listed: u64 = found.wasted.iter().map(|wasted| wasted.bytes).sum();
            assert_eq!(listed, truth, "{what}");
        }
    }

    #[test]
    fn every_byte_has_one_who_brought_it_and_one_who_hid_it() {
        let layers = [
            layer(&[("a", 1), ("b", 2), ("d/", 0), ("d/x", 4), ("d/y=b", 0)]),
            layer(&[("a", 8), (".wh.d", 0), ("c", 16), ("c", 32)]),
            layer(&[(".wh.b", 0)]),
        ];
        let layers: Vec<&[Entry]> = layers.iter().map(Vec::as_slice).collect();
        let found = Analysis::of(&layers).unwrap();
        let rows: Vec<_> = found
            .wasted
            .iter()
            .map(|w| (w.path.to_string(), w.layer, w.bytes, w.hidden_by, w.how))
            .collect();
        assert_eq!(
            rows,
            [
                ("/a".to_owned(), 0, 1, 1, Hidden::Replaced),
                ("/d/x".to_owned(), 0, 4, 1, Hidden::Removed),
                ("/c".to_owned(), 1, 16, 1, Hidden::Replaced),
                ("/b".to_owned(), 0, 2, 2, Hidden::Removed),
            ]
        );
        assert_eq!(
            found.layers,
            [
                LayerBytes { added: 7, replaced: 0, hidden: 0, wasted: 7 },
                LayerBytes { added: 48, replaced: 8, hidden: 21, wasted: 16 },
                LayerBytes { added: 0, replaced: 0, hidden: 2, wasted: 0 },
            ]
        );
        assert_eq!((found.total_bytes, found.visible_bytes), (63, 40));
    }
}
