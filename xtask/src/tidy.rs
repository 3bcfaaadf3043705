//! Holds the dependencies between crates against the table in ARCHITECTURE.md.
//!
//! The table stands below the heading `## Crates`, and has a row for every member of the
//! workspace:
//!
//! ```text
//! | crate | depends on | must not know |
//! |---|---|---|
//! | `vfs` | | Docker, `tar`, `wasmer` |
//! | `image` | `vfs` | `wasmer` |
//! ```
//!
//! Names between backticks are packages, everything else is prose. `depends on` lists exactly the
//! members of the workspace in the crate's `[dependencies]`, on every target. None of the packages
//! in `must not know`, ours or others', may be reached from the crate through `[dependencies]`.
//! Dependencies of tests and of build scripts are free.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::process;
use crate::project::Project;

/// Answers an error that lists every difference.
pub fn check(project: &Project) -> Result<()> {
    let page = fs::read_to_string(project.root.join("ARCHITECTURE.md"))
        .context("cannot read ARCHITECTURE.md, which holds the table of crates")?;
    let rows = rows(&page)?;
    let metadata = process::text(project.cargo().args(["metadata", "--format-version", "1"]))?;
    let graph = Graph::of(&serde_json::from_str(&metadata).context("cargo metadata is no JSON")?)?;
    let differences = differences(&rows, &graph);
    if !differences.is_empty() {
        bail!(
            "crates differ from the table in ARCHITECTURE.md: change one or the other\n  {}",
            differences.join("\n  ")
        );
    }
    Ok(())
}

/// What the table says of one crate.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    name: String,
    depends_on: BTreeSet<String>,
    must_not_know: BTreeSet<String>,
}

/// Reads the table.
fn rows(page: &str) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let lines = page.lines().skip_while(|line| *line != "## Crates").skip(1);
    for line in lines.take_while(|line| !line.starts_with("## ")) {
        let Some(cells) = line.strip_prefix('|') else { continue };
        let mut cells = cells.split('|').map(quoted);
        let (Some(names), Some(depends_on), Some(must_not_know)) =
            (cells.next(), cells.next(), cells.next())
        else {
            bail!("a row of the table of crates has fewer than three cells: {line}");
        };
        // The head of the table and the line below it name no package.
        if let Some(name) = names.into_iter().next() {
            rows.push(Row { name, depends_on, must_not_know });
        }
    }
    ensure!(!rows.is_empty(), "ARCHITECTURE.md has no table below the heading `## Crates`");
    Ok(rows)
}

/// What stands between backticks.
fn quoted(cell: &str) -> BTreeSet<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Who depends on whom, by name: versions do not matter here.
#[derive(Default)]
struct Graph {
    members: BTreeSet<String>,
    dependencies: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    /// Reads the output of `cargo metadata`, leaving out dependencies of tests and build scripts.
    fn of(metadata: &Value) -> Result<Self> {
        let list = |value: &'_ Value| value.as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let members: BTreeSet<String> =
            list(&metadata["workspace_members"]).iter().map(text).collect();
        let mut names: BTreeMap<String, String> = list(&metadata["packages"])
            .iter()
            .map(|package| (text(&package["id"]), text(&package["name"])))
            .collect();
        // A registry may have a package of the same name as one of ours; it is another one.
        let ours: BTreeSet<String> =
            members.iter().filter_map(|id| names.get(id).cloned()).collect();
        for (id, name) in &mut names {
            if !members.contains(id) && ours.contains(name.as_str()) {
                name.push_str(" of the registry");
            }
        }
        let name = |id: &Value| {
            let id = text(id);
            names.get(&id).cloned().with_context(|| format!("no package has the id {id}"))
        };
        let mut graph = Self::default();
        for id in list(&metadata["workspace_members"]) {
            graph.members.insert(name(&id)?);
        }
        for node in list(&metadata["resolve"]["nodes"]) {
            let dependencies = graph.dependencies.entry(name(&node["id"])?).or_default();
            for dependency in list(&node["deps"]) {
                let kinds = list(&dependency["dep_kinds"]);
                if kinds.iter().any(|kind| kind["kind"].is_null()) {
                    dependencies.insert(name(&dependency["pkg"])?);
                }
            }
        }
        Ok(graph)
    }

    fn direct(&self, name: &str) -> BTreeSet<String> {
        self.dependencies.get(name).cloned().unwrap_or_default()
    }

    /// Everything that `name` is built from, itself left out.
    fn reachable(&self, name: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut waiting = self.direct(name);
        while let Some(next) = waiting.pop_first() {
            if found.insert(next.clone()) {
                waiting.extend(self.direct(&next));
            }
        }
        found
    }
}

fn differences(rows: &[Row], graph: &Graph) -> Vec<String> {
    let mut differences = Vec::new();
    for row in rows {
        let name = &row.name;
        if !graph.members.contains(name) {
            differences.push(format!("{name} is in the table and not in the workspace"));
            continue;
        }
        let direct: BTreeSet<String> =
            graph.direct(name).intersection(&graph.members).cloned().collect();
        for other in direct.difference(&row.depends_on) {
            differences.push(format!("{name} depends on {other}, and the table does not say so"));
        }
        for other in row.depends_on.difference(&direct) {
            differences.push(format!("{name} does not depend on {other}, as the table says"));
        }
        for other in graph.reachable(name).intersection(&row.must_not_know) {
            differences.push(format!("{name} must not know {other}, and is built from it"));
        }
    }
    let listed: BTreeSet<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    for name in graph.members.iter().filter(|name| !listed.contains(name.as_str())) {
        differences.push(format!("{name} is in the workspace and not in the table"));
    }
    differences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_are_as_architecture_says() {
        let project = Project::find().expect("tests run in the repository");
        if let Err(error) = check(&project) {
            panic!("{error:#}");
        }
    }

    fn names(list: &[&str]) -> BTreeSet<String> {
        list.iter().map(|name| (*name).to_owned()).collect()
    }

    fn graph() -> Graph {
        let edges = [("image", ["vfs", "tar"].as_slice()), ("vfs", &[]), ("tar", &["filetime"])];
        Graph {
            members: names(&["image", "vfs"]),
            dependencies: edges.iter().map(|(a, b)| ((*a).to_owned(), names(b))).collect(),
        }
    }

    fn check_table(rows_of_table: &str, expected: &[&str]) {
        let page = format!(
            "# Page\n\n## Crates\n\nProse.\n\n| crate | depends on | must not know |\n\
             |---|---|---|\n{rows_of_table}\n## Next\n| `other` | | |\n"
        );
        let rows = rows(&page).expect("the table is well formed");
        assert_eq!(differences(&rows, &graph()), expected);
    }

    #[test]
    fn a_table_that_is_right() {
        check_table("| `vfs` | | Docker, `tar` |\n| `image` | `vfs` | `wasmer` |\n", &[]);
    }

    #[test]
    fn every_kind_of_difference() {
        check_table(
            "| `vfs` | `image` | |\n| `shell` | | |\n",
            &[
                "vfs does not depend on image, as the table says",
                "shell is in the table and not in the workspace",
                "image is in the workspace and not in the table",
            ],
        );
        check_table(
            "| `vfs` | | |\n| `image` | | a clock, `filetime` |\n",
            &[
                "image depends on vfs, and the table does not say so",
                "image must not know filetime, and is built from it",
            ],
        );
    }

    #[test]
    fn a_page_without_table() {
        assert!(rows("# Page\n\n## Crates\n\nNone.\n").is_err());
        assert!(rows("## Crates\n| `vfs` |\n").is_err());
    }

    #[test]
    fn kinds_of_dependencies() {
        let metadata = serde_json::json!({
            "packages": [
                {"id": "1", "name": "image"}, {"id": "2", "name": "vfs"}, {"id": "3", "name": "wat"},
            ],
            "workspace_members": ["1", "2"],
            "resolve": {"nodes": [
                {"id": "1", "deps": [
                    {"pkg": "2", "dep_kinds": [{"kind": null}, {"kind": "dev"}]},
                    {"pkg": "3", "dep_kinds": [{"kind": "dev"}, {"kind": "build"}]},
                ]},
                {"id": "2", "deps": []},
            ]},
        });
        let graph = Graph::of(&metadata).expect("every id has a name");
        assert_eq!(graph.reachable("image"), names(&["vfs"]));
    }
}
