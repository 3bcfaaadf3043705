//! `ps` and `pidof`, over `/proc`.

use std::ffi::OsString;

use guest::accounts::{self, Database};
use guest::out;

struct Row {
    pid: u32,
    parent: u32,
    name: String,
    command: String,
    uid: u32,
    state: String,
    memory: u64,
    size: u64,
}

fn rows() -> Vec<Row> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let mut rows: Vec<Row> = entries
        .filter_map(|entry| {
            let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
            let status = crate::proc(&format!("/proc/{pid}/status"));
            let field = |name: &str| -> String {
                let line =
                    status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
                line.unwrap_or_default().split_whitespace().next().unwrap_or_default().to_owned()
            };
            let name = field("Name");
            let line = crate::proc(&format!("/proc/{pid}/cmdline"));
            let command = line.trim_end_matches('\0').replace('\0', " ");
            let command = if command.is_empty() { format!("[{name}]") } else { command };
            Some(Row {
                pid,
                parent: field("PPid").parse().unwrap_or(0),
                command,
                uid: field("Uid").parse().unwrap_or(0),
                state: field("State"),
                memory: field("VmRSS").parse().unwrap_or(0),
                size: field("VmSize").parse().unwrap_or(0),
                name,
            })
        })
        .collect();
    rows.sort_by_key(|row| row.pid);
    rows
}

fn user(uid: u32) -> String {
    accounts::name_of(Database::Users, uid).unwrap_or_else(|| uid.to_string())
}

/// Runs `ps`.
pub fn run(args: Vec<OsString>) -> i32 {
    let (mut full, mut of_users, mut columns) = (false, false, None);
    let mut words = args.iter().map(|arg| arg.to_string_lossy().into_owned());
    while let Some(word) = words.next() {
        let letters = word.strip_prefix('-').unwrap_or(&word);
        match letters {
            "o" => columns = words.next(),
            "p" | "C" | "u" | "U" if word.starts_with('-') => {
                words.next();
            }
            _ if letters.starts_with('o') && letters.len() > 1 => {
                columns = Some(letters[1..].trim_start_matches('=').to_owned());
            }
            _ => {
                of_users |= letters.contains('u') && !word.starts_with('-');
                full |= letters.contains('f') && word.starts_with('-');
            }
        }
    }
    let columns = columns.unwrap_or_else(|| {
        match (of_users, full) {
            (true, _) => "user,pid,%cpu,%mem,vsz,rss,tty,stat,start,time,args",
            (_, true) => "user=UID,pid,ppid,c,stime,tty,time,args=CMD",
            _ => "pid,tty,time,comm=CMD",
        }
        .to_owned()
    });
    let columns: Vec<(String, String)> = columns
        .split([',', ' '])
        .filter(|name| !name.is_empty())
        .map(|name| match name.split_once('=') {
            Some((name, head)) => (name.to_owned(), head.to_owned()),
            None => (name.to_owned(), head(name)),
        })
        .collect();
    let is_headed = columns.iter().any(|column| !column.1.is_empty());
    let cells: Vec<Vec<String>> = rows()
        .iter()
        .map(|row| columns.iter().map(|(name, _)| cell(row, name, of_users)).collect())
        .collect();
    let heads: Vec<String> = columns.iter().map(|column| column.1.clone()).collect();
    for line in is_headed.then_some(&heads).into_iter().chain(&cells) {
        let mut text = String::new();
        for (at, value) in line.iter().enumerate() {
            let (width, left) = layout(&columns[at].0);
            if at > 0 {
                text.push(' ');
            }
            text.push_str(&match left {
                true if at + 1 == line.len() => value.clone(),
                true => format!("{value:<width$}"),
                false => format!("{value:>width$}"),
            });
        }
        out::line(text.trim_end());
    }
    0
}

fn head(name: &str) -> String {
    match name {
        "args" | "cmd" | "comm" | "command" => "COMMAND".into(),
        "rss" | "vsz" | "pid" | "ppid" | "user" | "uid" | "stat" | "start" | "time" | "%cpu"
        | "%mem" | "c" | "stime" => name.to_ascii_uppercase(),
        "pcpu" => "%CPU".into(),
        "pmem" => "%MEM".into(),
        "tty" | "tt" => "TTY".into(),
        "state" | "s" => "S".into(),
        other => other.to_ascii_uppercase(),
    }
}

/// The width of a column, and whether its values are at its left.
fn layout(name: &str) -> (usize, bool) {
    match name {
        "user" => (8, true),
        "uid" => (5, false),
        "pid" | "ppid" => (5, false),
        "%cpu" | "%mem" | "pcpu" | "pmem" => (4, false),
        "vsz" => (6, false),
        "rss" => (5, false),
        "c" => (2, false),
        "tty" | "tt" => (8, true),
        "stat" => (4, true),
        "start" | "stime" => (5, true),
        "time" => (8, false),
        _ => (15, true),
    }
}

fn cell(row: &Row, name: &str, short: bool) -> String {
    match name {
        "user" => user(row.uid),
        "uid" => row.uid.to_string(),
        "pid" => row.pid.to_string(),
        "ppid" => row.parent.to_string(),
        "%cpu" | "%mem" | "pcpu" | "pmem" => "0.0".into(),
        "vsz" => row.size.to_string(),
        "rss" => row.memory.to_string(),
        "c" => "0".into(),
        "tty" | "tt" => "?".into(),
        "stat" | "state" | "s" => row.state.clone(),
        "start" | "stime" => guest::civil::Civil::from_nanos(guest::civil::now()).format("%H:%M"),
        "time" if short => "  0:00".into(),
        "time" => "00:00:00".into(),
        "comm" => row.name.clone(),
        _ => row.command.clone(),
    }
}

/// Runs `pidof`.
pub fn pidof(args: Vec<OsString>) -> i32 {
    let names: Vec<String> = args
        .iter()
        .map(|arg| arg.to_string_lossy().into_owned())
        .filter(|word| !word.starts_with('-'))
        .collect();
    let rows = rows();
    let found: Vec<String> = rows
        .iter()
        .rev()
        .filter(|row| names.iter().any(|name| name.rsplit('/').next() == Some(&row.name)))
        .map(|row| row.pid.to_string())
        .collect();
    if found.is_empty() {
        return 1;
    }
    out::line(found.join(" "));
    0
}
