//! `getent` of glibc 2.36, over the files in `/etc`.

use std::ffi::OsString;

use guest::out;

use crate::{End, Exit};

/// A key was not found.
const NOT_FOUND: i32 = 2;

/// Runs `getent`.
pub fn run(args: Vec<OsString>) -> End {
    let words: Vec<String> = args
        .iter()
        .map(|arg| arg.to_string_lossy().into_owned())
        .filter(|word| !matches!(word.as_str(), "-i" | "--no-idn"))
        .collect();
    let Some((database, keys)) = words.split_first() else {
        guest::warn("wrong number of arguments");
        return hint();
    };
    match database.as_str() {
        "passwd" | "group" | "shadow" | "gshadow" => accounts(database, keys),
        "hosts" | "ahosts" | "ahostsv4" | "ahostsv6" => hosts(database, keys),
        "services" => table("/etc/services", keys, service),
        "protocols" => table("/etc/protocols", keys, protocol),
        "networks" => table("/etc/networks", keys, network),
        "aliases" | "ethers" | "initgroups" | "netgroup" | "rpc" => Err(Exit(NOT_FOUND)),
        _ => {
            out::flush();
            eprintln!("Unknown database: {database}");
            hint()
        }
    }
}

fn hint() -> End {
    out::line("Try `getent --help' or `getent --usage' for more information.");
    Err(Exit(1))
}

fn lines(path: &str) -> Vec<String> {
    let text = std::fs::read(path).unwrap_or_default();
    String::from_utf8_lossy(&text).lines().map(str::to_owned).collect()
}

fn accounts(database: &str, keys: &[String]) -> End {
    let rows = lines(&format!("/etc/{database}"));
    if keys.is_empty() {
        rows.iter().filter(|row| row.contains(':')).for_each(out::line);
        return Ok(());
    }
    let numbered = matches!(database, "passwd" | "group");
    let mut missing = false;
    for key in keys {
        let by_number = numbered && key.bytes().all(|b| b.is_ascii_digit());
        let field = if by_number { 2 } else { 0 };
        let fits = |row: &&String| row.split(':').nth(field) == Some(key.as_str());
        match rows.iter().find(fits) {
            Some(row) => out::line(row),
            None => missing = true,
        }
    }
    if missing { Err(Exit(NOT_FOUND)) } else { Ok(()) }
}

/// The lines of `/etc/hosts`: an address and its names.
fn host_rows() -> Vec<(String, Vec<String>)> {
    let rows = lines("/etc/hosts").into_iter().filter_map(|line| {
        let mut words = line.split('#').next()?.split_whitespace().map(str::to_owned);
        Some((words.next()?, words.collect()))
    });
    rows.collect()
}

fn hosts(database: &str, keys: &[String]) -> End {
    let rows = host_rows();
    let show = |(address, names): &(String, Vec<String>)| {
        out::line(format!("{address:<15} {}", names.join(" ")));
    };
    if keys.is_empty() {
        rows.iter().for_each(show);
        return Ok(());
    }
    let mut missing = false;
    for key in keys {
        let named = |row: &&(String, Vec<String>)| row.0 == *key || row.1.contains(key);
        let wanted = |row: &&(String, Vec<String>)| match database {
            "ahostsv4" => !row.0.contains(':'),
            "ahostsv6" => row.0.contains(':'),
            _ => true,
        };
        let found: Vec<_> = rows.iter().filter(named).filter(wanted).collect();
        if found.is_empty() {
            missing = true;
        } else if database == "hosts" {
            // The addresses of the newer protocol win where a name has both.
            let six = found.iter().find(|row| row.0.contains(':'));
            show(six.unwrap_or(&found[0]));
        } else {
            for (address, _) in found {
                for (kind, name) in [("STREAM", key.as_str()), ("DGRAM", ""), ("RAW", "")] {
                    out::line(format!("{address:<15} {kind:<6} {name}"));
                }
            }
        }
    }
    if missing { Err(Exit(NOT_FOUND)) } else { Ok(()) }
}

/// A row of `/etc/services` as it is shown, if a key asks for it.
fn service(words: &[&str], key: Option<&str>) -> Option<String> {
    let [name, port, aliases @ ..] = words else { return None };
    let number = port.split('/').next()?;
    let fits = key.is_none_or(|key| {
        let (wanted, protocol) = key.split_once('/').unwrap_or((key, ""));
        let named = *name == wanted || number == wanted || aliases.contains(&wanted);
        named && (protocol.is_empty() || port.ends_with(protocol))
    });
    let tail = if aliases.is_empty() { String::new() } else { format!(" {}", aliases.join(" ")) };
    fits.then(|| format!("{name:<21} {port}{tail}"))
}

fn protocol(words: &[&str], key: Option<&str>) -> Option<String> {
    let [name, number, aliases @ ..] = words else { return None };
    let fits = key.is_none_or(|key| *name == key || *number == key || aliases.contains(&key));
    fits.then(|| format!("{name:<21} {number} {}", aliases.join(" ")))
}

fn network(words: &[&str], key: Option<&str>) -> Option<String> {
    let [name, number, ..] = words else { return None };
    key.is_none_or(|key| *name == key).then(|| format!("{name:<21} {number}"))
}

fn table(path: &str, keys: &[String], show: fn(&[&str], Option<&str>) -> Option<String>) -> End {
    let rows = lines(path);
    let row = |line: &String, key: Option<&str>| {
        let words: Vec<&str> = line.split('#').next().unwrap_or("").split_whitespace().collect();
        show(&words, key)
    };
    if keys.is_empty() {
        rows.iter().filter_map(|line| row(line, None)).for_each(out::line);
        return Ok(());
    }
    let mut missing = false;
    for key in keys {
        match rows.iter().find_map(|line| row(line, Some(key))) {
            Some(text) => out::line(text),
            None => missing = true,
        }
    }
    if missing { Err(Exit(NOT_FOUND)) } else { Ok(()) }
}
