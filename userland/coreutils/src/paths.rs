//! `readlink`, `realpath`, `basename` and `dirname`: names of files.

use guest::{Arg, Failed, Long, Opts, bytes, out, quote};
use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

/// Which components may be missing when a path is resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// None (`-e`).
    None,
    /// The last (`-f`).
    Last,
    /// Any (`-m`).
    Any,
}

/// The most symbolic links that are followed, as in Linux.
const MAX_LINKS: usize = 40;

/// The absolute path without links, `.` and `..`.
pub fn resolve(path: &Path, missing: Missing) -> io::Result<PathBuf> {
    if path.as_os_str().is_empty() && missing != Missing::Any {
        return Err(ErrorKind::NotFound.into());
    }
    let mut real = if path.is_absolute() { PathBuf::from("/") } else { guest::getcwd()? };
    let mut rest: Vec<OsString> = parts(path);
    let must_be_dir = bytes(path).ends_with(b"/");
    let mut links = 0;
    let mut is_dir = true;
    while let Some(part) = rest.pop() {
        if !is_dir && missing != Missing::Any {
            return Err(not_a_directory());
        }
        if part == ".." {
            real.pop();
            continue;
        }
        real.push(&part);
        match guest::stat(&real, false) {
            Ok(stat) if stat.is_symlink() => {
                links += 1;
                if links > MAX_LINKS {
                    return Err(too_many_links(&real));
                }
                let target = fs::read_link(&real)?;
                real.pop();
                if target.is_absolute() {
                    real = "/".into();
                }
                rest.extend(parts(&target));
            }
            Ok(stat) => is_dir = stat.is_dir(),
            Err(error) => match missing {
                Missing::Any => {}
                Missing::Last if rest.is_empty() && error.kind() == ErrorKind::NotFound => {}
                _ => return Err(error),
            },
        }
    }
    if must_be_dir && !is_dir && missing != Missing::Any {
        return Err(not_a_directory());
    }
    Ok(real)
}

/// The error that looking up a name below a file gives.
fn not_a_directory() -> io::Error {
    fs::metadata("/dev/null/x").err().unwrap_or_else(|| ErrorKind::NotADirectory.into())
}

/// The error the system itself has for a loop.
fn too_many_links(path: &Path) -> io::Error {
    fs::metadata(path).err().unwrap_or_else(|| ErrorKind::NotFound.into())
}

/// Components in reverse, so that the next is popped from the end.
fn parts(path: &Path) -> Vec<OsString> {
    let named = |part: Component| match part {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        _ => None,
    };
    let mut parts: Vec<OsString> = path.components().filter_map(named).collect();
    parts.reverse();
    parts
}

/// The way from the directory `base` to `path`, both absolute and resolved.
pub fn relative_to(path: &Path, base: &Path) -> PathBuf {
    let (path, base): (Vec<_>, Vec<_>) = (path.components().collect(), base.components().collect());
    let common = path.iter().zip(&base).take_while(|(a, b)| a == b).count();
    let mut way = PathBuf::new();
    base[common..].iter().for_each(|_| way.push(".."));
    way.extend(&path[common..]);
    if way.as_os_str().is_empty() { ".".into() } else { way }
}

/// Runs `readlink`.
pub fn readlink(args: Vec<OsString>) -> i32 {
    const LONG: &[Long] = &[
        Long("canonicalize", Arg::No, 'f'),
        Long("canonicalize-existing", Arg::No, 'e'),
        Long("canonicalize-missing", Arg::No, 'm'),
        Long("no-newline", Arg::No, 'n'),
        Long("quiet", Arg::No, 'q'),
        Long("silent", Arg::No, 's'),
        Long("verbose", Arg::No, 'v'),
        Long("zero", Arg::No, 'z'),
    ];
    let (mut missing, mut newline, mut verbose, mut end) = (None, true, false, "\n");
    let mut opts = Opts::new(args, "efmnqsvz", LONG, "[OPTION]... FILE...");
    for opt in opts.by_ref() {
        match opt.code {
            'e' => missing = Some(Missing::None),
            'f' => missing = Some(Missing::Last),
            'm' => missing = Some(Missing::Any),
            'n' => newline = false,
            'q' | 's' => verbose = false,
            'v' => verbose = true,
            _ => end = "\0",
        }
    }
    let files = opts.operands();
    if files.is_empty() {
        guest::missing_operand();
    }
    if !newline && files.len() > 1 {
        guest::warn("ignoring --no-newline with multiple arguments");
        newline = true;
    }
    let mut failed = Failed::default();
    for file in &files {
        let path = Path::new(file);
        let found = match missing {
            Some(missing) => resolve(path, missing),
            None => fs::read_link(path),
        };
        match found {
            Ok(path) => {
                out::put(bytes(&path));
                out::put(if newline { end } else { "" });
            }
            Err(error) if verbose => failed.path(file, &error),
            Err(_) => failed.0 = true,
        }
    }
    failed.status()
}

/// Runs `realpath`.
pub fn realpath(args: Vec<OsString>) -> i32 {
    const LONG: &[Long] = &[
        Long("canonicalize-existing", Arg::No, 'e'),
        Long("canonicalize-missing", Arg::No, 'm'),
        Long("logical", Arg::No, 'L'),
        Long("no-symlinks", Arg::No, 's'),
        Long("physical", Arg::No, 'P'),
        Long("quiet", Arg::No, 'q'),
        Long("relative-base", Arg::Yes, 'B'),
        Long("relative-to", Arg::Yes, 'R'),
        Long("strip", Arg::No, 's'),
        Long("zero", Arg::No, 'z'),
    ];
    let (mut missing, mut plain, mut quiet, mut end) = (Missing::Last, false, false, "\n");
    let (mut to, mut base) = (None, None);
    let mut opts = Opts::new(args, "emLPqsz", LONG, "[OPTION]... FILE...");
    for opt in opts.by_ref() {
        match opt.code {
            'e' => missing = Missing::None,
            'm' => missing = Missing::Any,
            's' => plain = true,
            'q' => quiet = true,
            'z' => end = "\0",
            'R' => to = opt.value,
            'B' => base = opt.value,
            _ => {}
        }
    }
    let files = opts.operands();
    if files.is_empty() {
        guest::missing_operand();
    }
    let real = |path: &Path| if plain { tidy(path) } else { resolve(path, missing) };
    let named = |dir: Option<OsString>| {
        dir.map(|dir| match real(Path::new(&dir)) {
            Ok(path) => path,
            Err(error) => {
                guest::fail(format!("{}: {}", quote::colon(&dir), guest::strerror(&error)))
            }
        })
    };
    let base = named(base);
    let to = named(to).or_else(|| base.clone());
    let mut failed = Failed::default();
    for file in &files {
        match real(Path::new(file)) {
            Ok(path) => {
                let below = base.as_ref().is_none_or(|base| path.starts_with(base));
                let path = match &to {
                    Some(to) if below => relative_to(&path, to),
                    _ => path,
                };
                out::put(bytes(&path));
                out::put(end);
            }
            Err(_) if quiet => failed.0 = true,
            Err(error) => failed.path(file, &error),
        }
    }
    failed.status()
}

/// Absolute and without `.` and `..`, links left as they are.
fn tidy(path: &Path) -> io::Result<PathBuf> {
    let mut real = if path.is_absolute() { PathBuf::from("/") } else { guest::getcwd()? };
    let mut rest = parts(path);
    while let Some(part) = rest.pop() {
        if part == ".." {
            real.pop();
        } else {
            real.push(part);
        }
    }
    Ok(real)
}

fn without_slashes(path: &[u8]) -> &[u8] {
    let end = path.iter().rposition(|c| *c != b'/').map_or(path.len().min(1), |at| at + 1);
    &path[..end]
}

/// Runs `basename`.
pub fn basename(args: Vec<OsString>) -> i32 {
    const LONG: &[Long] = &[
        Long("multiple", Arg::No, 'a'),
        Long("suffix", Arg::Yes, 's'),
        Long("zero", Arg::No, 'z'),
    ];
    let (mut multiple, mut suffix, mut end) = (false, None, "\n");
    let mut opts =
        Opts::new(args, "+as:z", LONG, "NAME [SUFFIX]\n  or:  basename OPTION... NAME...");
    for opt in opts.by_ref() {
        match opt.code {
            'a' => multiple = true,
            's' => (multiple, suffix) = (true, opt.value),
            _ => end = "\0",
        }
    }
    let mut names = opts.operands();
    if names.is_empty() {
        guest::missing_operand();
    }
    if !multiple {
        if let Some(extra) = names.get(2) {
            guest::extra_operand(extra);
        }
        suffix = names.get(1).cloned();
        names.truncate(1);
    }
    for name in &names {
        let name = without_slashes(bytes(name));
        let start = name.iter().rposition(|c| *c == b'/').map_or(0, |at| at + 1);
        let mut last = if start == name.len() { name } else { &name[start..] };
        if let Some(suffix) = &suffix
            && let Some(short) = last.strip_suffix(bytes(suffix))
            && !short.is_empty()
        {
            last = short;
        }
        out::put(last);
        out::put(end);
    }
    0
}

/// Runs `dirname`.
pub fn dirname(args: Vec<OsString>) -> i32 {
    const LONG: &[Long] = &[Long("zero", Arg::No, 'z')];
    let mut end = "\n";
    let mut opts = Opts::new(args, "z", LONG, "[OPTION] NAME...");
    for _ in opts.by_ref() {
        end = "\0";
    }
    let names = opts.operands();
    if names.is_empty() {
        guest::missing_operand();
    }
    for name in &names {
        let name = without_slashes(bytes(name));
        let dir = match name.iter().rposition(|c| *c == b'/') {
            Some(0) => b"/",
            Some(at) => without_slashes(&name[..at]),
            None => b".".as_slice(),
        };
        out::put(dir);
        out::put(end);
    }
    0
}
