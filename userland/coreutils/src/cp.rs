//! `cp`: copies files and trees.

use crate::copy::{Copy, Existing, Follow};
use crate::target::Target;
use guest::{Arg, Long, Opts, out};
use std::ffi::OsString;
use std::fs;
use std::path::Path;

const LONG: &[Long] = &[
    Long("archive", Arg::No, 'a'),
    Long("attributes-only", Arg::No, 'A'),
    Long("backup", Arg::Maybe, 'b'),
    Long("copy-contents", Arg::No, 'C'),
    Long("dereference", Arg::No, 'L'),
    Long("force", Arg::No, 'f'),
    Long("interactive", Arg::No, 'i'),
    Long("link", Arg::No, 'l'),
    Long("no-clobber", Arg::No, 'n'),
    Long("no-dereference", Arg::No, 'P'),
    Long("no-preserve", Arg::Yes, 'N'),
    Long("no-target-directory", Arg::No, 'T'),
    Long("one-file-system", Arg::No, 'x'),
    Long("parents", Arg::No, 'D'),
    Long("preserve", Arg::Maybe, 'K'),
    Long("recursive", Arg::No, 'r'),
    Long("reflink", Arg::Maybe, '#'),
    Long("remove-destination", Arg::No, 'M'),
    Long("sparse", Arg::Yes, '#'),
    Long("strip-trailing-slashes", Arg::No, '/'),
    Long("suffix", Arg::Yes, 'S'),
    Long("symbolic-link", Arg::No, 's'),
    Long("target-directory", Arg::Yes, 't'),
    Long("update", Arg::No, 'u'),
    Long("verbose", Arg::No, 'v'),
];

/// Runs `cp`.
pub fn run(args: Vec<OsString>) -> i32 {
    let mut copy = Copy::default();
    let mut target = Target::default();
    let (mut follow, mut parents, mut strip) = (None, false, false);
    let (mut backup, mut suffix) = (false, None);
    let usage = "[OPTION]... [-T] SOURCE DEST\n  or:  cp [OPTION]... SOURCE... DIRECTORY\n  \
                 or:  cp [OPTION]... -t DIRECTORY SOURCE...";
    let mut opts = Opts::new(args, "abdfHilLnprst:uvxPRS:TZ", LONG, usage);
    for opt in opts.by_ref() {
        match opt.code {
            'a' => {
                copy.recursive = true;
                follow = Some(Follow::Never);
                preserve(&mut copy, "all", true);
            }
            'b' => backup = true,
            'd' => {
                follow = Some(Follow::Never);
                copy.links = true;
            }
            'f' => copy.force = true,
            'H' => follow = Some(Follow::Operands),
            'i' => copy.existing = Existing::Ask,
            'l' => copy.hard_link = true,
            'L' => follow = Some(Follow::Always),
            'n' => copy.existing = Existing::Keep,
            'p' => preserve(&mut copy, "mode,ownership,timestamps", true),
            'P' => follow = Some(Follow::Never),
            'r' | 'R' => copy.recursive = true,
            's' => copy.symlink = true,
            'S' => (backup, suffix) = (true, Some(opt.text())),
            't' => target.dir = opt.value,
            'T' => target.no_dir = true,
            'u' => copy.update = true,
            'v' => copy.verbose = true,
            'A' => copy.attributes_only = true,
            'C' => copy.copy_contents = true,
            'D' => parents = true,
            'K' => {
                let list = opt.value.as_ref().map(|list| list.to_string_lossy().into_owned());
                preserve(&mut copy, list.as_deref().unwrap_or("mode,ownership,timestamps"), true);
            }
            'N' => preserve(&mut copy, &opt.text(), false),
            'M' => copy.remove_first = true,
            '/' => strip = true,
            _ => {}
        }
    }
    if copy.hard_link && copy.symlink {
        guest::warn("cannot make both hard and symbolic links");
        guest::try_help();
    }
    copy.follow = match follow {
        Some(follow) => follow,
        None if copy.recursive && !copy.hard_link => Follow::Never,
        None if copy.recursive => Follow::Never,
        None => Follow::Always,
    };
    if backup {
        let suffix = suffix.or_else(|| std::env::var("SIMPLE_BACKUP_SUFFIX").ok());
        copy.backup = Some(suffix.unwrap_or_else(|| "~".into()));
    }
    copy.umask = guest::set_umask(0);
    guest::set_umask(copy.umask);
    let mut operands = opts.operands();
    if strip {
        for operand in &mut operands {
            let text = guest::bytes(operand);
            let end = text.iter().rposition(|c| *c != b'/').map_or(1, |at| at + 1);
            *operand = guest::os(&text[..end.min(text.len())]);
        }
    }
    let pairs = target.pairs(operands, parents);
    if parents && !pairs.into_dir {
        guest::warn("with --parents, the destination must be a directory");
        guest::try_help();
    }
    for (from, to) in pairs.pairs {
        if parents && let Some(dir) = to.parent() {
            make_parents(&mut copy, &from, dir);
        }
        copy.operand(&from, &to);
    }
    copy.failed.status()
}

fn preserve(copy: &mut Copy, list: &str, keep: bool) {
    let option = if keep { "--preserve" } else { "--no-preserve" };
    for word in list.split(',') {
        let kind = guest::choose(
            word,
            option,
            &[
                (&["mode"], 'm'),
                (&["timestamps"], 't'),
                (&["ownership"], 'o'),
                (&["links"], 'l'),
                (&["context"], 'c'),
                (&["xattr"], 'x'),
                (&["all"], 'a'),
            ],
        );
        match kind {
            'm' => copy.mode = keep,
            'o' => copy.owner = keep,
            't' => copy.times = keep,
            'l' => copy.links = keep,
            'a' => (copy.mode, copy.owner, copy.times, copy.links) = (keep, keep, keep, keep),
            _ => {}
        }
    }
}

/// `--parents`: the directories above a source are made below the destination too.
fn make_parents(copy: &mut Copy, from: &Path, dir: &Path) {
    if dir.exists() {
        return;
    }
    if let Some(above) = dir.parent() {
        make_parents(copy, from.parent().unwrap_or(Path::new("")), above);
    }
    match fs::create_dir(dir) {
        Ok(()) if copy.verbose => {
            let source = from.parent().unwrap_or(Path::new(""));
            out::line(format!("{} -> {}", source.display(), dir.display()));
        }
        Ok(()) => {}
        Err(error) => copy.failed.cannot("cannot make directory", dir, &error),
    }
}
