//! The changes of a layer as a tree of directories.

use protocol::{Change, ChangeKind};

/// A path of the tree, with what is below it.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The last component; `/` for the root.
    pub name: String,
    /// Index of its change in the list it was made from; none for a directory that is only there
    /// because something below it changed.
    pub change: Option<usize>,
    /// Whether something can be below it.
    pub directory: bool,
    /// Absolute path.
    pub path: String,
    /// Bytes of the files added or changed at and below it.
    pub bytes: u64,
    /// Bytes of what is deleted at and below it.
    pub deleted: u64,
    /// What is below it, in the order of the list.
    pub children: Vec<Node>,
}

/// A line of the tree as it is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line<'a> {
    /// The path.
    pub node: &'a Node,
    /// Depth, from 1.
    pub level: usize,
    /// Position among its siblings, from 1.
    pub position: usize,
    /// Number of its siblings and itself.
    pub siblings: usize,
    /// Whether what is below it is shown.
    pub open: bool,
}

/// The tree of these changes, which are ordered by path.
pub fn tree(changes: &[Change]) -> Node {
    let mut root = Node::new("/", "/");
    root.directory = true;
    for (index, change) in changes.iter().enumerate() {
        root.place(change, index);
    }
    root.add_up(changes);
    root
}

impl Node {
    fn new(name: &str, path: &str) -> Self {
        Self {
            name: name.into(),
            change: None,
            directory: false,
            path: path.into(),
            bytes: 0,
            deleted: 0,
            children: Vec::new(),
        }
    }

    fn place(&mut self, change: &Change, index: usize) {
        let mut node = self;
        for name in change.path.split('/').filter(|name| !name.is_empty()) {
            // Ordered input: what is there already is most often the last, and a name behind
            // the last is new.
            let new = node.children.last().is_none_or(|last| last.name.as_str() < name);
            let find = || node.children.iter().rposition(|child| child.name == name);
            let place = match if new { None } else { find() } {
                Some(place) => place,
                None => {
                    let path = format!("{}/{name}", node.path.trim_end_matches('/'));
                    node.children.push(Self::new(name, &path));
                    node.children.len() - 1
                }
            };
            node.directory = true;
            node = &mut node.children[place];
        }
        node.change = Some(index);
        node.directory |= change.directory;
    }

    fn add_up(&mut self, changes: &[Change]) {
        for child in &mut self.children {
            child.add_up(changes);
            self.bytes += child.bytes;
            self.deleted += child.deleted;
        }
        if let Some(change) = self.change.and_then(|index| changes.get(index)) {
            match change.kind {
                ChangeKind::Deleted => self.deleted += change.size,
                _ if change.directory => {}
                _ => self.bytes += change.size,
            }
        }
    }

    /// The lines that are seen when these directories are open. The root itself is no line.
    pub fn lines(&self, open: &dyn Fn(&Node) -> bool) -> Vec<Line<'_>> {
        let mut lines = Vec::new();
        self.push_lines(open, 1, &mut lines);
        lines
    }

    fn push_lines<'a>(
        &'a self,
        open: &dyn Fn(&Node) -> bool,
        level: usize,
        to: &mut Vec<Line<'a>>,
    ) {
        let siblings = self.children.len();
        for (position, node) in (1..).zip(&self.children) {
            let is_open = !node.children.is_empty() && open(node);
            to.push(Line { node, level, position, siblings, open: is_open });
            if is_open {
                node.push_lines(open, level + 1, to);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(kind: ChangeKind, path: &str, size: u64, directory: bool) -> Change {
        Change {
            kind,
            path: path.into(),
            mode: String::new(),
            owner: String::new(),
            size,
            size_before: None,
            link: None,
            directory,
        }
    }

    fn shown(node: &Node, closed: &[&str]) -> Vec<String> {
        let open = |node: &Node| !closed.contains(&node.path.as_str());
        let line = |line: Line<'_>| {
            let Line { node, level, position, siblings, .. } = line;
            let indent = "  ".repeat(level - 1);
            format!("{indent}{} {position}/{siblings} +{} -{}", node.name, node.bytes, node.deleted)
        };
        node.lines(&open).into_iter().map(line).collect()
    }

    #[test]
    fn directories_add_up() {
        use ChangeKind::{Added, Deleted, Modified};
        let changes = [
            change(Modified, "/srv", 4096, true),
            change(Added, "/srv/app.js", 312, false),
            change(Added, "/srv/log", 4096, true),
            change(Deleted, "/srv/tmp", 50, true),
            change(Modified, "/var/x/y", 8, false),
        ];
        let tree = tree(&changes);
        assert_eq!(
            shown(&tree, &["/srv/nothing"]),
            [
                "srv 1/2 +312 -50",
                "  app.js 1/3 +312 -0",
                "  log 2/3 +0 -0",
                "  tmp 3/3 +0 -50",
                "var 2/2 +8 -0",
                "  x 1/1 +8 -0",
                "    y 1/1 +8 -0",
            ]
        );
        assert_eq!(shown(&tree, &["/srv", "/var"]), ["srv 1/2 +312 -50", "var 2/2 +8 -0"]);
        assert_eq!(tree.children[1].change, None, "not listed, only passed through");
        assert!(tree.children[1].children[0].directory);
    }
}
