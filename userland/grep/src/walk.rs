//! Which files are searched.

use crate::options::Options;
use crate::search::Search;
use guest::{bytes, glob};
use std::path::Path;

/// Searches an operand; a directory with all it holds if that is asked for.
pub fn operand(search: &mut Search<'_>, options: &Options, path: &Path) {
    let stat = match guest::stat(path, true) {
        Ok(stat) => stat,
        Err(error) => return search.complain(path, &error),
    };
    if stat.is_dir() && options.recursive {
        if !excluded_dir(options, path) {
            tree(search, options, path, true);
        }
    } else if stat.is_dir() && options.skip_dirs || !included(options, path, true) {
        // Left out without a word.
    } else {
        search.file(path, bytes(path));
    }
}

/// Searches what a directory holds; `named` is false for the working directory nobody named.
pub fn tree(search: &mut Search<'_>, options: &Options, dir: &Path, named: bool) {
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) => return search.complain(dir, &error),
    };
    for entry in entries {
        if search.done {
            return;
        }
        let name = match entry {
            Ok(entry) => entry.file_name(),
            Err(error) => return search.complain(dir, &error),
        };
        let path = if named { dir.join(&name) } else { name.into() };
        let stat = match guest::stat(&path, options.follow) {
            Ok(stat) => stat,
            Err(error) => {
                search.complain(&path, &error);
                continue;
            }
        };
        if stat.is_dir() {
            if !excluded_dir(options, &path) {
                tree(search, options, &path, true);
            }
        } else if stat.is_file() && included(options, &path, false) {
            search.file(&path, bytes(&path));
        }
    }
}

fn base(path: &Path) -> &[u8] {
    let path = bytes(path);
    path.rsplit(|c| *c == b'/').find(|part| !part.is_empty()).unwrap_or(path)
}

fn excluded_dir(options: &Options, path: &Path) -> bool {
    let whole = bytes(path);
    options.exclude_dirs.iter().any(|glob| {
        glob::matches(glob.as_bytes(), base(path)) || glob::matches(glob.as_bytes(), whole)
    })
}

/// The last pattern that fits decides; without one, whether the first is an exclusion.
fn included(options: &Options, path: &Path, operand: bool) -> bool {
    let fits = |glob: &str| {
        let pattern = glob.as_bytes();
        let whole = operand && glob::matches(pattern, bytes(path));
        whole || glob::matches(pattern, base(path))
    };
    match options.globs.iter().rev().find(|(_, glob)| fits(glob)) {
        Some((include, _)) => *include,
        None => options.globs.first().is_none_or(|(include, _)| !include),
    }
}
