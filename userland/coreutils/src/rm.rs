//! `rm`: removes files and trees.

use guest::{Arg, Failed, Kind, Long, Opts, Stat, bytes, out, quote};
use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

const LONG: &[Long] = &[
    Long("dir", Arg::No, 'd'),
    Long("force", Arg::No, 'f'),
    Long("interactive", Arg::Maybe, 'P'),
    Long("no-preserve-root", Arg::No, 'N'),
    Long("one-file-system", Arg::No, 'O'),
    Long("preserve-root", Arg::Maybe, 'K'),
    Long("recursive", Arg::No, 'r'),
    Long("verbose", Arg::No, 'v'),
];

#[derive(Clone, Copy, PartialEq)]
enum Ask {
    /// Only before what is write-protected, and only a person at a terminal.
    Protected,
    Once,
    Always,
    Never,
}

struct Rm {
    ask: Ask,
    recursive: bool,
    dirs: bool,
    verbose: bool,
    keep_root: bool,
    failed: Failed,
    terminal: bool,
}

/// Runs `rm`.
pub fn run(args: Vec<OsString>) -> i32 {
    let mut rm = Rm {
        ask: Ask::Protected,
        recursive: false,
        dirs: false,
        verbose: false,
        keep_root: true,
        failed: Failed::default(),
        terminal: false,
    };
    let mut opts = Opts::new(args, "dfiIrRv", LONG, "[OPTION]... [FILE]...");
    for opt in opts.by_ref() {
        match opt.code {
            'd' => rm.dirs = true,
            'f' => rm.ask = Ask::Never,
            'i' => rm.ask = Ask::Always,
            'I' => rm.ask = Ask::Once,
            'r' | 'R' => rm.recursive = true,
            'v' => rm.verbose = true,
            'N' => rm.keep_root = false,
            'P' => {
                let how = match opt.value.is_some() {
                    true => opt.text(),
                    false => "always".into(),
                };
                rm.ask = guest::choose(
                    &how,
                    "--interactive",
                    &[
                        (&["never", "no", "none"], Ask::Never),
                        (&["once"], Ask::Once),
                        (&["always", "yes"], Ask::Always),
                    ],
                );
            }
            _ => {}
        }
    }
    let files = opts.operands();
    if files.is_empty() {
        if rm.ask == Ask::Never {
            return 0;
        }
        guest::warn("missing operand");
        guest::try_help();
    }
    if rm.ask == Ask::Once && (rm.recursive || files.len() > 3) {
        let plural = if files.len() == 1 { "argument" } else { "arguments" };
        let how = if rm.recursive { " recursively" } else { "" };
        if !confirm(&format!("remove {} {plural}{how}? ", files.len())) {
            return 0;
        }
    }
    rm.terminal = guest::isatty(0);
    for file in &files {
        rm.operand(Path::new(file));
    }
    rm.failed.status()
}

/// Asks on standard error and reads an answer.
pub fn confirm(question: &str) -> bool {
    out::flush();
    eprint!("{}: {question}", guest::name());
    let _ = io::stderr().flush();
    let mut answer = String::new();
    let _ = io::stdin().read_line(&mut answer);
    answer.starts_with(['y', 'Y'])
}

impl Rm {
    fn operand(&mut self, path: &Path) {
        let trimmed = bytes(path).trim_ascii_end();
        let end = trimmed.iter().rposition(|&c| c != b'/').map_or(0, |at| at + 1);
        let last = trimmed[..end].rsplit(|&c| c == b'/').next().unwrap_or_default();
        if self.recursive && matches!(last, b"." | b"..") {
            self.failed.say(format!(
                "refusing to remove {} or {} directory: skipping {}",
                quote::always("."),
                quote::always(".."),
                quote::always(path)
            ));
            return;
        }
        if self.recursive && self.keep_root && is_root(path) {
            let shown = quote::always(path);
            if path == Path::new("/") {
                self.failed.say(format!("it is dangerous to operate recursively on {shown}"));
            } else {
                self.failed.say(format!(
                    "it is dangerous to operate recursively on {shown} (same as {})",
                    quote::always("/")
                ));
            }
            guest::warn("use --no-preserve-root to override this failsafe");
            return;
        }
        match guest::stat(path, false) {
            Ok(stat) => {
                self.remove(path, &stat);
            }
            Err(error) if self.ask == Ask::Never && is_absent(&error) => {}
            Err(error) => self.failed.cannot("cannot remove", path, &error),
        }
    }

    /// True if it is gone.
    fn remove(&mut self, path: &Path, stat: &Stat) -> bool {
        if !stat.is_dir() {
            if !self.agreed(path, stat, false) {
                return false;
            }
            return self.finish(path, fs::remove_file(path), "removed");
        }
        if !self.recursive {
            if !self.dirs {
                let shown = quote::always(path);
                self.failed.say(format!("cannot remove {shown}: Is a directory"));
                return false;
            }
            if !self.agreed(path, stat, false) {
                return false;
            }
            return self.finish(path, fs::remove_dir(path), "removed directory");
        }
        let names = match list(path) {
            Ok(names) => names,
            Err(error) => {
                // An unreadable directory may be empty all the same.
                if fs::remove_dir(path).is_ok() {
                    return self.finish(path, Ok(()), "removed directory");
                }
                self.failed.cannot("cannot remove", path, &error);
                return false;
            }
        };
        if !names.is_empty() && !self.agreed(path, stat, true) {
            return false;
        }
        let mut all_gone = true;
        for name in &names {
            let child = join(path, name);
            match guest::stat(&child, false) {
                Ok(stat) => all_gone &= self.remove(&child, &stat),
                Err(error) => {
                    all_gone = false;
                    self.failed.cannot("cannot remove", &child, &error);
                }
            }
        }
        if !all_gone || !self.agreed(path, stat, false) {
            return false;
        }
        self.finish(path, fs::remove_dir(path), "removed directory")
    }

    fn finish(&mut self, path: &Path, done: io::Result<()>, what: &str) -> bool {
        match done {
            Ok(()) => {
                if self.verbose {
                    out::line(format!("{what} {}", quote::always(path)));
                }
                true
            }
            Err(error) if self.ask == Ask::Never && is_absent(&error) => true,
            Err(error) => {
                self.failed.cannot("cannot remove", path, &error);
                false
            }
        }
    }

    fn agreed(&self, path: &Path, stat: &Stat, descend: bool) -> bool {
        let protected = self.ask == Ask::Protected
            && self.terminal
            && stat.mode & 0o222 == 0
            && !stat.is_symlink();
        if self.ask != Ask::Always && !protected {
            return true;
        }
        let guard = if protected { "write-protected " } else { "" };
        let shown = quote::always(path);
        if descend {
            return confirm(&format!("descend into {guard}directory {shown}? "));
        }
        confirm(&format!("remove {guard}{} {shown}? ", kind_name(stat)))
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

fn is_root(path: &Path) -> bool {
    match (guest::stat(path, false), guest::stat("/", true)) {
        (Ok(stat), Ok(root)) => stat.same_file(&root),
        _ => false,
    }
}

/// The names in a directory, in the order the system gives them.
pub fn list(dir: &Path) -> io::Result<Vec<OsString>> {
    fs::read_dir(dir)?.map(|entry| Ok(entry?.file_name())).collect()
}

/// `dir/name` without a doubled slash.
pub fn join(dir: &Path, name: &OsString) -> PathBuf {
    dir.join(name)
}

/// What GNU calls a file of this type.
pub fn kind_name(stat: &Stat) -> &'static str {
    match stat.kind() {
        Kind::File if stat.size == 0 => "regular empty file",
        Kind::File => "regular file",
        Kind::Dir => "directory",
        Kind::Symlink => "symbolic link",
        Kind::Char => "character special file",
        Kind::Block => "block special file",
        Kind::Fifo => "fifo",
        Kind::Socket => "socket",
        Kind::Unknown => "weird file",
    }
}
