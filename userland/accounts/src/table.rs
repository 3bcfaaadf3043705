//! A file like `/etc/passwd`: lines of fields with colons between them.

use std::fs;
use std::io;

/// The lines of a file, to be changed and written back.
pub struct Table {
    path: &'static str,
    /// The lines, field by field; one that is no entry has a single field.
    pub rows: Vec<Vec<String>>,
    /// Whether the file is there.
    pub exists: bool,
    before: String,
}

impl Table {
    /// Reads a file; one that is missing has no lines.
    pub fn read(path: &'static str) -> Self {
        let text = fs::read(path);
        let exists = text.is_ok();
        let before = String::from_utf8_lossy(&text.unwrap_or_default()).into_owned();
        let rows = before.lines().map(|line| line.split(':').map(str::to_owned).collect());
        Self { path, rows: rows.collect(), exists, before }
    }

    /// The row whose first field is this.
    pub fn named(&self, name: &str) -> Option<&Vec<String>> {
        self.rows.iter().find(|row| row.len() > 1 && row[0] == name)
    }

    /// The same, to be changed.
    pub fn named_mut(&mut self, name: &str) -> Option<&mut Vec<String>> {
        self.rows.iter_mut().find(|row| row.len() > 1 && row[0] == name)
    }

    /// The row whose third field is this number.
    pub fn numbered(&self, id: u32) -> Option<&Vec<String>> {
        self.rows.iter().find(|row| row.get(2).and_then(|id| id.parse().ok()) == Some(id))
    }

    /// All numbers in the third field.
    pub fn ids(&self) -> Vec<u32> {
        self.rows.iter().filter_map(|row| row.get(2)?.parse().ok()).collect()
    }

    /// Adds a row at the end.
    pub fn push(&mut self, fields: &[&str]) {
        self.rows.push(fields.iter().map(|&field| field.to_owned()).collect());
    }

    /// Removes the rows whose first field is this.
    pub fn remove(&mut self, name: &str) {
        self.rows.retain(|row| row.len() < 2 || row[0] != name);
    }

    /// Writes the file if it was changed, and keeps what it was in `FILE-`, as the shadow tools and
    /// BusyBox do.
    pub fn save(&self) -> io::Result<()> {
        let text: String = self.rows.iter().map(|row| row.join(":") + "\n").collect();
        if text == self.before {
            return Ok(());
        }
        let (backup, new) = (format!("{}-", self.path), format!("{}+", self.path));
        let stat = guest::stat(self.path, true).ok();
        let dress = |path: &str| -> io::Result<()> {
            let Some(stat) = stat else { return Ok(()) };
            guest::chown(path, true, Some(stat.uid), Some(stat.gid))?;
            guest::chmod(path, stat.perm())
        };
        if let Some(stat) = stat {
            fs::write(&backup, &self.before)?;
            dress(&backup)?;
            guest::utimes(&backup, true, Some(stat.atime), Some(stat.mtime))?;
        }
        fs::write(&new, text)?;
        dress(&new)?;
        fs::rename(&new, self.path)
    }
}

/// The members that the fourth field of a group's row names.
pub fn members(row: &[String]) -> Vec<String> {
    let list = row.get(3).map_or("", String::as_str);
    list.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// Puts names into the fourth field of a group's row.
pub fn set_members(row: &mut Vec<String>, names: &[String]) {
    row.resize(4.max(row.len()), String::new());
    row[3] = names.join(",");
}
