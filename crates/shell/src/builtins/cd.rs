//! `cd`, `pushd`, `popd`, `dirs`.

use std::rc::Rc;

use vfs::{Access, Errno, ResolveFlags};

use crate::Personality;
use crate::shell::{Run, Shell};

pub(super) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let mut physical = shell.state.options.physical;
    let mut rest = &args[1..];
    while let Some(arg) = rest.first() {
        if arg == b"--" {
            rest = &rest[1..];
            break;
        }
        let letters = match arg.strip_prefix(b"-") {
            Some(letters) if !letters.is_empty() => letters,
            _ => break,
        };
        for &letter in letters {
            match letter {
                b'P' => physical = true,
                b'L' => physical = false,
                b'e' | b'@' if shell.is_bash() => {}
                _ => {
                    return super::bad_option(
                        shell,
                        &args[0],
                        letter,
                        "cd [-L|[-P [-e]] [-@]] [dir]",
                    );
                }
            }
        }
        rest = &rest[1..];
    }
    if rest.len() > 1 && shell.is_bash() {
        shell.complain_as(&args[0], "too many arguments");
        return Ok(1);
    }
    let mut announce = false;
    let target = match rest.first().map(Vec::as_slice) {
        None => match shell.state.vars.value("HOME") {
            Some(home) => home.to_vec(),
            None if shell.is_bash() => return shell.fail(&args[0], "HOME not set", 1),
            None => return Ok(0),
        },
        Some(b"-") => match shell.state.vars.value("OLDPWD") {
            Some(old) => {
                announce = true;
                old.to_vec()
            }
            None if shell.is_bash() => return shell.fail(&args[0], "OLDPWD not set", 1),
            None => shell.state.cwd.clone(),
        },
        Some(dir) => dir.to_vec(),
    };
    if target.is_empty() {
        return Ok(0);
    }
    for candidate in candidates(shell, &target) {
        if let Ok(cwd) = change(shell, &candidate, physical) {
            let shown = announce || candidate != target;
            return if shown {
                shell.print(&args[0], &[cwd.as_slice(), b"\n"].concat())
            } else {
                Ok(0)
            };
        }
    }
    let errno = change(shell, &target, physical).err().unwrap_or(Errno::ENOENT);
    let shown = crate::text::lossy(&target).into_owned();
    let text = match shell.state.personality {
        Personality::Dash => format!("can't cd to {shown}"),
        Personality::Ash => format!("can't cd to {shown}: {errno}"),
        Personality::Bash => format!("{shown}: {errno}"),
    };
    shell.fail(&args[0], text, 1)
}

/// The directories that a relative path may mean: those of `CDPATH`, then the path itself.
fn candidates(shell: &Shell<'_>, target: &[u8]) -> Vec<Vec<u8>> {
    let relative = !target.starts_with(b"/")
        && !matches!(target.split(|b| *b == b'/').next(), Some(b"." | b".."));
    let mut out = Vec::new();
    if let Some(path) = shell.state.vars.value("CDPATH").filter(|_| relative) {
        for dir in path.split(|b| *b == b':') {
            match dir {
                b"" | b"." => out.push(target.to_vec()),
                dir => out.push([dir.strip_suffix(b"/").unwrap_or(dir), b"/", target].concat()),
            }
        }
    }
    out.push(target.to_vec());
    out
}

/// Changes the directory; answers the new `$PWD`.
fn change(shell: &mut Shell<'_>, target: &[u8], physical: bool) -> Result<Vec<u8>, Errno> {
    let caller = &shell.state.caller;
    let logical = logical_path(&shell.state.cwd, target);
    let path = if physical { target } else { &logical };
    let found = shell
        .fs
        .resolve(caller, caller.cwd, path, ResolveFlags::FOLLOW)
        .and_then(|spot| spot.existing())
        // The path may lead through a link whose parent is not what the text says.
        .or_else(|_| {
            shell.fs.resolve(caller, caller.cwd, target, ResolveFlags::FOLLOW)?.existing()
        })?;
    let inode = shell.fs.inode(found)?;
    if !inode.is_dir() {
        return Err(Errno::ENOTDIR);
    }
    caller.cred.check(inode, Access::EXECUTE)?;
    let cwd = if physical { shell.fs.path_of(found)?.as_bytes().to_vec() } else { logical };
    shell.state.caller.cwd = found;
    let old = std::mem::replace(&mut shell.state.cwd, cwd.clone());
    shell.state.vars.force("OLDPWD", old);
    shell.state.vars.force("PWD", cwd.clone());
    if shell.is_bash() {
        shell.state.vars.entry("OLDPWD").exported = true;
        shell.state.vars.entry("PWD").exported = true;
    }
    Ok(cwd)
}

/// Where a path leads by its text alone.
fn logical_path(cwd: &[u8], target: &[u8]) -> Vec<u8> {
    vfs::AbsPath::new(cwd).join(target).as_bytes().to_vec()
}

/// `dirs`: the working directory and those that `pushd` keeps.
pub(super) fn dirs(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    if args.iter().any(|arg| arg == b"-c") {
        shell.state.dirs = Rc::default();
        return Ok(0);
    }
    if args.iter().any(|arg| arg == b"-v") {
        let all = std::iter::once(&shell.state.cwd).chain(shell.state.dirs.iter().rev());
        let lines: Vec<u8> = all
            .enumerate()
            .flat_map(|(at, dir)| [format!("{at:2}  ").as_bytes(), dir, b"\n"].concat())
            .collect();
        return shell.print(&args[0], &lines);
    }
    if args.iter().any(|arg| arg == b"-p") {
        let mut all = vec![shell.state.cwd.clone()];
        all.extend(shell.state.dirs.iter().rev().cloned());
        let out = [all.join(b"\n".as_slice()), b"\n".to_vec()].concat();
        return shell.print(&args[0], &out);
    }
    print_dirs(shell, &args[0])
}

fn print_dirs(shell: &mut Shell<'_>, builtin: &[u8]) -> Run {
    let home = shell.state.vars.value("HOME").unwrap_or_default().to_vec();
    let short = |dir: &[u8]| match dir.strip_prefix(home.as_slice()) {
        Some(rest) if !home.is_empty() && (rest.is_empty() || rest[0] == b'/') => {
            [b"~", rest].concat()
        }
        _ => dir.to_vec(),
    };
    let mut all = vec![short(&shell.state.cwd)];
    all.extend(shell.state.dirs.iter().rev().map(|dir| short(dir)));
    let out = [all.join(b" ".as_slice()), b"\n".to_vec()].concat();
    shell.print(builtin, &out)
}

pub(super) fn pushd(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let old = shell.state.cwd.clone();
    let target = match args.get(1) {
        Some(target) => target.clone(),
        None => match Rc::make_mut(&mut shell.state.dirs).pop() {
            Some(top) => top,
            None => return shell.fail(&args[0], "no other directory", 1),
        },
    };
    if let Err(errno) = change(shell, &target, false) {
        let text = format!("{}: {errno}", crate::text::lossy(&target));
        return shell.fail(&args[0], text, 1);
    }
    Rc::make_mut(&mut shell.state.dirs).push(old);
    print_dirs(shell, &args[0])
}

pub(super) fn popd(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let Some(top) = Rc::make_mut(&mut shell.state.dirs).pop() else {
        return shell.fail(&args[0], "directory stack empty", 1);
    };
    if let Err(errno) = change(shell, &top, false) {
        let text = format!("{}: {errno}", crate::text::lossy(&top));
        return shell.fail(&args[0], text, 1);
    }
    print_dirs(shell, &args[0])
}
