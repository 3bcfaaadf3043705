//! Users and groups of an image, by name or number.

use vfs::{AbsPath, Kind, Tree};

/// (uid, gid) of `user[:group]`, as `--chown` and `USER` write it: a name of the image's
/// `/etc/passwd` and `/etc/group`, or a number. A name that is not there is 0, as with BuildKit's
/// file operations; without a group it is the user's own, and 0 for a bare number that has none.
#[must_use]
pub fn owner_ids(tree: &Tree, owner: &str) -> (u32, u32) {
    let (user, group) = match owner.split_once(':') {
        Some((user, group)) => (user, Some(group)),
        None => (owner, None),
    };
    let entry = find_user(tree, user);
    let uid = user.parse().ok().or(entry.map(|(uid, _)| uid)).unwrap_or(0);
    let gid = match group {
        Some(group) => group.parse().ok().or_else(|| find_group(tree, group)).unwrap_or(0),
        None => user.parse().ok().or(entry.map(|(_, gid)| gid)).unwrap_or(0),
    };
    (uid, gid)
}

/// The name of a user id.
#[must_use]
pub fn user_name(tree: &Tree, uid: u32) -> Option<String> {
    name_of(&text_at(tree, "/etc/passwd"), uid)
}

/// The name of a group id.
#[must_use]
pub fn group_name(tree: &Tree, gid: u32) -> Option<String> {
    name_of(&text_at(tree, "/etc/group"), gid)
}

fn find_user(tree: &Tree, name: &str) -> Option<(u32, u32)> {
    text_at(tree, "/etc/passwd").lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next()? == name).then_some(())?;
        let uid = fields.nth(1)?.parse().ok()?;
        Some((uid, fields.next()?.parse().ok()?))
    })
}

fn find_group(tree: &Tree, name: &str) -> Option<u32> {
    text_at(tree, "/etc/group").lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next()? == name).then_some(())?;
        fields.nth(1)?.parse().ok()
    })
}

fn name_of(text: &str, id: u32) -> Option<String> {
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(id)).then(|| name.to_owned())
    })
}

pub(crate) fn text_at(tree: &Tree, path: &str) -> String {
    match tree.lookup(&AbsPath::new(path)) {
        Some((_, inode)) => match &inode.kind {
            Kind::File(content) => String::from_utf8_lossy(&content.to_vec()).into_owned(),
            _ => String::new(),
        },
        None => String::new(),
    }
}
