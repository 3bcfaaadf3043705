//! Users and groups, from `/etc/passwd` and `/etc/group`.

use std::cell::RefCell;

/// One of the two databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    /// `/etc/passwd`
    Users,
    /// `/etc/group`
    Groups,
}

/// An entry: its name, its id, and all fields of its line.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Name of the user or group.
    pub name: String,
    /// Its number.
    pub id: u32,
    /// The whole line, field by field.
    pub fields: Vec<String>,
}

thread_local! {
    static READ: RefCell<[Option<Vec<Entry>>; 2]> = const { RefCell::new([None, None]) };
}

/// All entries, in the order of the file; none if the file cannot be read.
pub fn entries(database: Database) -> Vec<Entry> {
    READ.with_borrow_mut(|read| {
        let (slot, path) = match database {
            Database::Users => (&mut read[0], "/etc/passwd"),
            Database::Groups => (&mut read[1], "/etc/group"),
        };
        slot.get_or_insert_with(|| {
            let text = std::fs::read(path).unwrap_or_default();
            String::from_utf8_lossy(&text).lines().filter_map(parse).collect()
        })
        .clone()
    })
}

fn parse(line: &str) -> Option<Entry> {
    let fields: Vec<String> = line.split(':').map(String::from).collect();
    let id = fields.get(2)?.parse().ok()?;
    Some(Entry { name: fields[0].clone(), id, fields })
}

/// The name that belongs to an id.
pub fn name_of(database: Database, id: u32) -> Option<String> {
    entries(database).into_iter().find(|entry| entry.id == id).map(|entry| entry.name)
}

/// The id that belongs to a name, or the number the text is.
pub fn id_of(database: Database, name: &str) -> Option<u32> {
    let found = entries(database).into_iter().find(|entry| entry.name == name);
    found.map(|entry| entry.id).or_else(|| name.parse().ok())
}
