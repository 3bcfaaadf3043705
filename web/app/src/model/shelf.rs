//! The user's projects, as a list of them shows them.

use std::fmt;
use std::rc::Rc;

/// Which project: a name that the user never sees and that stays.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ProjectId(Rc<str>);

/// A saved project.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Which.
    pub id: ProjectId,
    /// What the user calls it.
    pub name: Rc<str>,
    /// Number of its files.
    pub files: u32,
    /// Their bytes.
    pub bytes: u64,
    /// When it was last changed, in milliseconds since 1970.
    pub changed: f64,
    /// Whether this version of the page can read it.
    pub readable: bool,
}

impl ProjectId {
    /// The ID with this text.
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A name like the wanted one that no other project has: `web`, `web 2`, `web 3`.
pub fn free_name(wanted: &str, taken: &[Entry]) -> Rc<str> {
    let is_taken = |name: &str| taken.iter().any(|entry| &*entry.name == name);
    if !is_taken(wanted) {
        return wanted.into();
    }
    let stem = match wanted.rsplit_once(' ') {
        Some((stem, number)) if number.parse::<u32>().is_ok() => stem,
        _ => wanted,
    };
    let mut names = (2_u32..).map(|number| format!("{stem} {number}"));
    names.find(|name| !is_taken(name)).unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_not_repeat() {
        let entry = |name: &str| Entry {
            id: ProjectId::new(name),
            name: name.into(),
            files: 1,
            bytes: 1,
            changed: 0.0,
            readable: true,
        };
        let taken = [entry("web"), entry("web 2"), entry("Step 7")];
        for (wanted, free) in
            [("api", "api"), ("web", "web 3"), ("web 2", "web 3"), ("Step 7", "Step 2")]
        {
            assert_eq!(&*free_name(wanted, &taken), free);
        }
    }
}
