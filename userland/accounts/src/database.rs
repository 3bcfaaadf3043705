//! The account files as one, and the numbers that are free in them.

use crate::table::{Table, members, set_members};
use crate::{End, fail};

/// The files of users and groups.
pub struct Database {
    /// `/etc/passwd`
    pub users: Table,
    /// `/etc/group`
    pub groups: Table,
    /// `/etc/shadow`
    pub shadow: Table,
    /// `/etc/gshadow`
    pub group_shadow: Table,
    /// `/etc/subuid`
    pub sub_users: Table,
    /// `/etc/subgid`
    pub sub_groups: Table,
}

impl Database {
    /// Reads them all.
    pub fn read() -> Self {
        Self {
            users: Table::read("/etc/passwd"),
            groups: Table::read("/etc/group"),
            shadow: Table::read("/etc/shadow"),
            group_shadow: Table::read("/etc/gshadow"),
            sub_users: Table::read("/etc/subuid"),
            sub_groups: Table::read("/etc/subgid"),
        }
    }

    /// Writes what was changed.
    pub fn save(&self) -> End {
        let all = [
            &self.users,
            &self.groups,
            &self.shadow,
            &self.group_shadow,
            &self.sub_users,
            &self.sub_groups,
        ];
        for table in all {
            if let Err(error) = table.save() {
                return fail(1, format!("cannot write: {}", guest::strerror(&error)));
            }
        }
        Ok(())
    }

    /// A group by its name or number.
    pub fn group(&self, text: &str) -> Option<&Vec<String>> {
        let numbered = || self.groups.numbered(text.parse().ok()?);
        self.groups.named(text).or_else(numbered)
    }

    /// The number of a group that is named or numbered.
    pub fn gid(&self, text: &str) -> Option<u32> {
        self.group(text)?.get(2)?.parse().ok()
    }

    /// Whether a group names a user as its member.
    pub fn is_member(&self, user: &str, group: &str) -> bool {
        self.groups.named(group).is_some_and(|row| members(row).iter().any(|name| name == user))
    }

    /// Adds a group without members.
    pub fn add_group(&mut self, name: &str, gid: u32, password: &str) {
        let mark = if self.group_shadow.exists { "x" } else { password };
        self.groups.push(&[name, mark, &gid.to_string(), ""]);
        if self.group_shadow.exists {
            self.group_shadow.push(&[name, password, "", ""]);
        }
    }

    /// Makes a user a member of a group, or no longer one.
    pub fn set_member(&mut self, user: &str, group: &str, is_member: bool) {
        let tables = [&mut self.groups, &mut self.group_shadow];
        for row in tables.into_iter().filter_map(|table| table.named_mut(group)) {
            let mut names = members(row);
            match (names.iter().position(|name| name == user), is_member) {
                (None, true) => names.push(user.to_owned()),
                (Some(at), false) => {
                    names.remove(at);
                }
                _ => continue,
            }
            set_members(row, &names);
        }
    }

    /// The names of the groups that name a user.
    pub fn groups_of(&self, user: &str) -> Vec<String> {
        let rows = self.groups.rows.iter();
        rows.filter(|row| members(row).iter().any(|name| name == user))
            .map(|row| row[0].clone())
            .collect()
    }

    /// Gives a user ranges of subordinate ids, the first that are free, as `useradd` does.
    pub fn add_subordinate(&mut self, user: &str) {
        const FIRST: u64 = 100_000;
        const COUNT: u64 = 65_536;
        for table in [&mut self.sub_users, &mut self.sub_groups] {
            if !table.exists {
                continue;
            }
            let range = |row: &Vec<String>| -> Option<(u64, u64)> {
                Some((row.get(1)?.parse().ok()?, row.get(2)?.parse().ok()?))
            };
            let mut taken: Vec<_> = table.rows.iter().filter_map(range).collect();
            taken.sort_unstable();
            let mut start = FIRST;
            for (first, count) in taken {
                if first >= start + COUNT {
                    break;
                }
                start = start.max(first + count);
            }
            table.push(&[user, &start.to_string(), &COUNT.to_string()]);
        }
    }
}

/// The days since the epoch, as `/etc/shadow` has them.
pub fn today() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |since| (since.as_secs() / 86_400) as i64)
}

/// What `/etc/login.defs` sets.
pub fn login_defs(name: &str) -> Option<String> {
    setting("/etc/login.defs", name)
}

/// The value of `NAME value` or `NAME=value` in a file of settings.
pub fn setting(file: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    text.lines().find_map(|line| {
        let rest = line.trim().strip_prefix(name)?;
        let rest = rest.strip_prefix(|c: char| c == '=' || c.is_whitespace())?;
        Some(rest.trim().trim_matches('"').to_owned())
    })
}

/// Bounds of the numbers for people's accounts, or for those of the system.
pub fn range(kind: &str, system: bool) -> (u32, u32) {
    let value = |name: String, default: u32| {
        login_defs(&name).and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let first = value(format!("{kind}_MIN"), 1000);
    if system {
        (value(format!("SYS_{kind}_MIN"), 101), value(format!("SYS_{kind}_MAX"), first - 1))
    } else {
        (first, value(format!("{kind}_MAX"), 60_000))
    }
}

/// The number that `useradd` and `groupadd` take: above all that are in use, for the system's own
/// below them; `preferred` if that is free.
pub fn next_id(taken: &[u32], (min, max): (u32, u32), system: bool, preferred: Option<u32>) -> u32 {
    if let Some(id) = preferred.filter(|id| (min..=max).contains(id) && !taken.contains(id)) {
        return id;
    }
    let inside = taken.iter().copied().filter(|id| (min..=max).contains(id));
    let next = if system {
        inside.min().map_or(max, |lowest| lowest.saturating_sub(1))
    } else {
        inside.max().map_or(min, |highest| highest + 1)
    };
    if (min..=max).contains(&next) {
        return next;
    }
    let free = |id: &u32| !taken.contains(id);
    if system { (min..=max).rev().find(free) } else { (min..=max).find(free) }.unwrap_or(max)
}

/// The first number of a range that neither users nor groups have, as Debian's `adduser` takes.
pub fn first_free(database: &Database, (min, max): (u32, u32)) -> u32 {
    let (users, groups) = (database.users.ids(), database.groups.ids());
    (min..=max).find(|id| !users.contains(id) && !groups.contains(id)).unwrap_or(max)
}
