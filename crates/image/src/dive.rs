//! The efficiency that dive shows, by its own rules (wagoodman/dive `dive/filetree/efficiency.go`),
//! so that both tools say the same of an image. What it misses is in [`crate::Analysis`]: a removed
//! or opaque directory wastes nothing, and a file that changes twice wastes its last version too.

use std::collections::{BTreeMap, HashMap};

use crate::entry::{Entry, EntryKind, WHITEOUT};

/// Names that dive does not take into its trees.
const IGNORED: &[u8] = b".wh..wh..";

/// What dive says of an image.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DiveMetric {
    /// `efficiencyScore`, 0 to 1.
    pub efficiency: f64,
    /// `inefficientBytes`: all versions of every path that two layers or more have.
    pub wasted_bytes: u64,
    /// Bytes of all layers but the lowest.
    pub user_bytes: u64,
    /// Those paths, smallest first, as dive sorts them.
    pub paths: Vec<DivePath>,
}

/// A path that two layers or more have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DivePath {
    /// Where, as text: dive knows no other bytes.
    pub path: String,
    /// How often layers have it.
    pub count: usize,
    /// The sum of its sizes.
    pub bytes: u64,
}

impl DiveMetric {
    /// `wastedUserPercent`: the part of the bytes above the lowest layer that is wasted; it can
    /// exceed 1.
    #[must_use]
    pub fn wasted_user_part(&self) -> f64 {
        if self.user_bytes == 0 { 0.0 } else { self.wasted_bytes as f64 / self.user_bytes as f64 }
    }
}

/// Measures the layers of an image, lowest first.
#[must_use]
pub fn dive_metric(layers: &[&[Entry]]) -> DiveMetric {
    let trees: Vec<Node> = layers.iter().map(|layer| Node::of(layer)).collect();
    let mut paths: HashMap<Vec<u8>, Seen> = HashMap::new();
    let mut repeated = Vec::new();
    // Dive stacks the lowest layer onto itself before it stacks the others.
    let mut stacked = trees.first().cloned().unwrap_or_default();
    for (at, tree) in trees.iter().enumerate() {
        if at > 0 {
            stacked.stack(&trees[at - 1]);
        }
        let mut leaves = Vec::new();
        tree.leaves(&mut Vec::new(), &mut leaves);
        for (path, node, is_whiteout) in leaves {
            let mut size = node.size;
            if is_whiteout {
                // What is not there ends dive's walk through this layer.
                let Some(hidden) = stacked.get(&path) else { break };
                size = if hidden.is_dir { hidden.sum() } else { 0 };
            }
            let seen = paths.entry(path.clone()).or_insert(Seen { min: size, sum: 0, count: 0 });
            seen.min = seen.min.min(size);
            seen.sum += size;
            seen.count += 1;
            if seen.count == 2 {
                repeated.push(path);
            }
        }
    }
    let (min, sum) =
        paths.values().fold((0, 0), |(min, sum), seen| (min + seen.min, sum + seen.sum));
    let mut listed: Vec<DivePath> = repeated
        .iter()
        .map(|path| {
            let seen = &paths[path];
            let path = String::from_utf8_lossy(path).into_owned();
            DivePath { path, count: seen.count, bytes: seen.sum }
        })
        .collect();
    listed.sort_by(|a, b| (a.bytes, &a.path).cmp(&(b.bytes, &b.path)));
    let size = |layer: &&[Entry]| layer.iter().map(Entry::size).sum::<u64>();
    DiveMetric {
        efficiency: if sum == 0 { 1.0 } else { min as f64 / sum as f64 },
        wasted_bytes: listed.iter().map(|path| path.bytes).sum(),
        user_bytes: layers.iter().skip(1).map(size).sum(),
        paths: listed,
    }
}

/// The sizes of a path in all layers.
struct Seen {
    min: u64,
    sum: u64,
    count: usize,
}

/// A file of dive's trees, where whiteouts are files too.
#[derive(Clone, Default)]
struct Node {
    children: BTreeMap<Vec<u8>, Node>,
    size: u64,
    is_dir: bool,
}

impl Node {
    fn of(layer: &[Entry]) -> Self {
        let mut root = Self::default();
        for entry in layer {
            let path: Vec<&[u8]> = entry.path.components().collect();
            root.add(&path, entry.size(), matches!(entry.kind, EntryKind::Dir));
        }
        root
    }

    fn add(&mut self, path: &[&[u8]], size: u64, is_dir: bool) {
        let Some((name, rest)) = path.split_first() else { return };
        if !self.children.contains_key(*name) && name.starts_with(IGNORED) {
            return;
        }
        let child = self.children.entry(name.to_vec()).or_default();
        if rest.is_empty() {
            (child.size, child.is_dir) = (size, is_dir);
        } else {
            child.add(rest, size, is_dir);
        }
    }

    fn get(&self, path: &[u8]) -> Option<&Self> {
        let mut names = path.split(|&b| b == b'/').filter(|name| !name.is_empty());
        names.try_fold(self, |node, name| node.children.get(name))
    }

    /// The size with all below.
    fn sum(&self) -> u64 {
        self.size + self.children.values().map(Self::sum).sum::<u64>()
    }

    /// Files and empty directories, siblings by name: path without `.wh.`, and whether it had one.
    fn leaves<'a>(&'a self, path: &mut Vec<u8>, out: &mut Vec<(Vec<u8>, &'a Self, bool)>) {
        for (name, child) in &self.children {
            let len = path.len();
            path.push(b'/');
            if child.children.is_empty() {
                let shown = name.strip_prefix(WHITEOUT);
                let whole = [path.as_slice(), shown.unwrap_or(name)].concat();
                out.push((whole, child, shown.is_some()));
            } else {
                path.extend_from_slice(name);
                child.leaves(path, out);
            }
            path.truncate(len);
        }
    }

    /// Puts a layer on top. A file over a directory keeps what was in the directory, as in dive.
    fn stack(&mut self, upper: &Self) {
        for (name, child) in &upper.children {
            match name.strip_prefix(WHITEOUT) {
                Some(hidden) => {
                    self.children.remove(hidden);
                }
                None => {
                    let mine = self.children.entry(name.clone()).or_default();
                    mine.stack(child);
                    (mine.size, mine.is_dir) = (child.size, child.is_dir);
                }
            }
        }
    }
}
