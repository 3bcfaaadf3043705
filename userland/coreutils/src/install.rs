//! `install`: copies files to their places with owner and mode.

use crate::copy::Copy;
use crate::target::Target;
use guest::accounts::{self, Database};
use guest::{Arg, Failed, Long, Opts, mode, out, quote};
use std::ffi::OsString;
use std::fs;
use std::path::Path;

const LONG: &[Long] = &[
    Long("backup", Arg::Maybe, 'b'),
    Long("compare", Arg::No, 'C'),
    Long("directory", Arg::No, 'd'),
    Long("group", Arg::Yes, 'g'),
    Long("mode", Arg::Yes, 'm'),
    Long("no-target-directory", Arg::No, 'T'),
    Long("owner", Arg::Yes, 'o'),
    Long("preserve-timestamps", Arg::No, 'p'),
    Long("strip", Arg::No, 's'),
    Long("suffix", Arg::Yes, 'S'),
    Long("target-directory", Arg::Yes, 't'),
    Long("verbose", Arg::No, 'v'),
];

struct Install {
    mode: u32,
    uid: Option<u32>,
    gid: Option<u32>,
    verbose: bool,
    failed: Failed,
}

/// Runs `install`.
pub fn run(args: Vec<OsString>) -> i32 {
    let mut install =
        Install { mode: 0o755, uid: None, gid: None, verbose: false, failed: Failed::default() };
    let mut target = Target::default();
    let (mut directories, mut leading, mut times, mut compare) = (false, false, false, false);
    let mut backup = None;
    let usage = "[OPTION]... [-T] SOURCE DEST\n  or:  install [OPTION]... SOURCE... DIRECTORY\n  \
                 or:  install [OPTION]... -t DIRECTORY SOURCE...\n  \
                 or:  install [OPTION]... -d DIRECTORY...";
    let mut opts = Opts::new(args, "bcCdDg:m:o:pst:TvS:", LONG, usage);
    for opt in opts.by_ref() {
        match opt.code {
            'b' => backup = Some("~".to_owned()),
            'S' => backup = Some(opt.text()),
            'C' => compare = true,
            'd' => directories = true,
            'D' => leading = true,
            'g' => match accounts::id_of(Database::Groups, &opt.text()) {
                Some(gid) => install.gid = Some(gid),
                None => guest::fail(format!("invalid group {}", quote::locale(&opt.text()))),
            },
            'm' => match mode::parse(&opt.text()) {
                Some(change) => install.mode = change.apply(0, directories, 0),
                None => guest::fail(format!("invalid mode {}", quote::locale(&opt.text()))),
            },
            'o' => match accounts::id_of(Database::Users, &opt.text()) {
                Some(uid) => install.uid = Some(uid),
                None => guest::fail(format!("invalid user {}", quote::locale(&opt.text()))),
            },
            'p' => times = true,
            't' => target.dir = opt.value,
            'T' => target.no_dir = true,
            'v' => install.verbose = true,
            _ => {}
        }
    }
    let operands = opts.operands();
    if directories {
        if operands.is_empty() {
            guest::warn("missing file operand");
            guest::try_help();
        }
        for dir in &operands {
            install.directory(Path::new(dir));
        }
        return install.failed.status();
    }
    if leading {
        let above = match (&target.dir, operands.last()) {
            (Some(dir), _) => Some(Path::new(dir)),
            (None, Some(last)) => Path::new(last).parent(),
            _ => None,
        };
        if let Some(above) = above.filter(|above| !above.as_os_str().is_empty()) {
            install.make_all(above, 0o755);
        }
    }
    for (from, to) in target.pairs(operands, false).pairs {
        if compare && install.is_same(&from, &to) {
            continue;
        }
        if guest::stat(&from, true).is_ok_and(|stat| stat.is_dir()) {
            install.failed.say(format!("omitting directory {}", quote::always(&from)));
            continue;
        }
        let mut copy = Copy {
            remove_first: backup.is_none(),
            times,
            backup: backup.clone(),
            umask: 0o777,
            ..Copy::default()
        };
        let existed = guest::stat(&to, false).is_ok();
        if !copy.operand(&from, &to) {
            install.failed.0 = true;
            continue;
        }
        if install.verbose {
            if existed && backup.is_none() {
                out::line(format!("removed {}", quote::always(&to)));
            }
            out::line(format!("{} -> {}", quote::always(&from), quote::always(&to)));
        }
        install.finish(&to);
    }
    install.failed.status()
}

impl Install {
    fn finish(&mut self, path: &Path) {
        if (self.uid.is_some() || self.gid.is_some())
            && let Err(error) = guest::chown(path, true, self.uid, self.gid)
        {
            self.failed.cannot("cannot change ownership of", path, &error);
        }
        if let Err(error) = guest::chmod(path, self.mode) {
            self.failed.cannot("cannot change permissions of", path, &error);
        }
    }

    fn directory(&mut self, dir: &Path) {
        if self.make_all(dir, 0o755) {
            self.finish(dir);
        }
    }

    fn make_all(&mut self, dir: &Path, mode: u32) -> bool {
        if guest::stat(dir, true).is_ok_and(|stat| stat.is_dir()) {
            return true;
        }
        if let Some(parent) = dir.parent().filter(|parent| !parent.as_os_str().is_empty())
            && !self.make_all(parent, mode)
        {
            return false;
        }
        match fs::create_dir(dir) {
            Ok(()) => {
                if self.verbose {
                    out::line(format!("install: creating directory {}", quote::always(dir)));
                }
                let _ = guest::chmod(dir, mode);
                true
            }
            Err(error) => {
                self.failed.cannot("cannot create directory", dir, &error);
                false
            }
        }
    }

    fn is_same(&self, from: &Path, to: &Path) -> bool {
        let Ok(stat) = guest::stat(to, false) else { return false };
        stat.is_file()
            && stat.perm() == self.mode
            && self.uid.is_none_or(|uid| uid == stat.uid)
            && self.gid.is_none_or(|gid| gid == stat.gid)
            && matches!((fs::read(from), fs::read(to)), (Ok(a), Ok(b)) if a == b)
    }
}
