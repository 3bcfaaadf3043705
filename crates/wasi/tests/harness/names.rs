//! Names of functions, errno and flags, written down from the specification and not from the code
//! under test.

/// A function: its module, what it takes (`i` i32, `I` i64) and what it answers.
pub struct Function {
    pub module: &'static str,
    pub parameters: &'static str,
    pub answer: Kind,
}

/// What a function answers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Errno,
    Number,
    /// It does not come back.
    Nothing,
}

/// The function of that name.
pub fn function(name: &str) -> Option<Function> {
    let find = |table: &[(&str, &'static str)]| {
        table.iter().find(|entry| entry.0 == name).map(|entry| entry.1)
    };
    if let Some(parameters) = find(PREVIEW1) {
        let answer = if name == "proc_exit" { Kind::Nothing } else { Kind::Errno };
        return Some(Function { module: "wasi_snapshot_preview1", parameters, answer });
    }
    let name = name.strip_prefix("ext.")?;
    let (_, parameters) = EXTENSION.iter().find(|entry| entry.0 == name)?;
    let numbers = ["umask", "getuid", "getgid", "getpid", "getppid", "getgroups", "isatty"];
    let answer = if numbers.contains(&name) { Kind::Number } else { Kind::Errno };
    Some(Function { module: "layerlab_v1", parameters, answer })
}

const PREVIEW1: &[(&str, &str)] = &[
    ("args_get", "ii"),
    ("args_sizes_get", "ii"),
    ("environ_get", "ii"),
    ("environ_sizes_get", "ii"),
    ("clock_res_get", "ii"),
    ("clock_time_get", "iIi"),
    ("fd_advise", "iIIi"),
    ("fd_allocate", "iII"),
    ("fd_close", "i"),
    ("fd_datasync", "i"),
    ("fd_fdstat_get", "ii"),
    ("fd_fdstat_set_flags", "ii"),
    ("fd_fdstat_set_rights", "iII"),
    ("fd_filestat_get", "ii"),
    ("fd_filestat_set_size", "iI"),
    ("fd_filestat_set_times", "iIIi"),
    ("fd_pread", "iiiIi"),
    ("fd_prestat_get", "ii"),
    ("fd_prestat_dir_name", "iii"),
    ("fd_pwrite", "iiiIi"),
    ("fd_read", "iiii"),
    ("fd_readdir", "iiiIi"),
    ("fd_renumber", "ii"),
    ("fd_seek", "iIii"),
    ("fd_sync", "i"),
    ("fd_tell", "ii"),
    ("fd_write", "iiii"),
    ("path_create_directory", "iii"),
    ("path_filestat_get", "iiiii"),
    ("path_filestat_set_times", "iiiiIIi"),
    ("path_link", "iiiiiii"),
    ("path_open", "iiiiiIIii"),
    ("path_readlink", "iiiiii"),
    ("path_remove_directory", "iii"),
    ("path_rename", "iiiiii"),
    ("path_symlink", "iiiii"),
    ("path_unlink_file", "iii"),
    ("poll_oneoff", "iiii"),
    ("proc_exit", "i"),
    ("proc_raise", "i"),
    ("sched_yield", ""),
    ("random_get", "ii"),
    ("sock_accept", "iii"),
    ("sock_recv", "iiiiii"),
    ("sock_send", "iiiii"),
    ("sock_shutdown", "ii"),
];

const EXTENSION: &[(&str, &str)] = &[
    ("stat", "iiii"),
    ("fstat", "ii"),
    ("chmod", "iiii"),
    ("chown", "iiiii"),
    ("utimes", "iiiII"),
    ("mknod", "iiiI"),
    ("umask", "i"),
    ("getuid", ""),
    ("getgid", ""),
    ("getpid", ""),
    ("getppid", ""),
    ("getgroups", "ii"),
    ("getcwd", "iii"),
    ("chdir", "ii"),
    ("isatty", "i"),
    ("winsize", "ii"),
    ("setids", "iiii"),
    ("statfs", "iii"),
    ("spawn", "iii"),
];

/// `errno` in the order of its numbers.
pub const ERRNO: &[&str] = &[
    "ok",
    "2big",
    "acces",
    "addrinuse",
    "addrnotavail",
    "afnosupport",
    "again",
    "already",
    "badf",
    "badmsg",
    "busy",
    "canceled",
    "child",
    "connaborted",
    "connrefused",
    "connreset",
    "deadlk",
    "destaddrreq",
    "dom",
    "dquot",
    "exist",
    "fault",
    "fbig",
    "hostunreach",
    "idrm",
    "ilseq",
    "inprogress",
    "intr",
    "inval",
    "io",
    "isconn",
    "isdir",
    "loop",
    "mfile",
    "mlink",
    "msgsize",
    "multihop",
    "nametoolong",
    "netdown",
    "netreset",
    "netunreach",
    "nfile",
    "nobufs",
    "nodev",
    "noent",
    "noexec",
    "nolck",
    "nolink",
    "nomem",
    "nomsg",
    "noprotoopt",
    "nospc",
    "nosys",
    "notconn",
    "notdir",
    "notempty",
    "notrecoverable",
    "notsock",
    "notsup",
    "notty",
    "nxio",
    "overflow",
    "ownerdead",
    "perm",
    "pipe",
    "proto",
    "protonosupport",
    "prototype",
    "range",
    "rofs",
    "spipe",
    "srch",
    "stale",
    "timedout",
    "txtbsy",
    "xdev",
    "notcapable",
];

/// `rights` in the order of their bits.
pub const RIGHTS: &[&str] = &[
    "fd_datasync",
    "fd_read",
    "fd_seek",
    "fd_fdstat_set_flags",
    "fd_sync",
    "fd_tell",
    "fd_write",
    "fd_advise",
    "fd_allocate",
    "path_create_directory",
    "path_create_file",
    "path_link_source",
    "path_link_target",
    "path_open",
    "fd_readdir",
    "path_readlink",
    "path_rename_source",
    "path_rename_target",
    "path_filestat_get",
    "path_filestat_set_size",
    "path_filestat_set_times",
    "fd_filestat_get",
    "fd_filestat_set_size",
    "fd_filestat_set_times",
    "path_symlink",
    "path_remove_directory",
    "path_unlink_file",
    "poll_fd_readwrite",
];

/// `filetype` in the order of its numbers.
pub const FILETYPE: &[&str] =
    &["unknown", "block", "char", "dir", "file", "dgram", "stream", "link"];

/// Flags, whose names differ from type to type.
const FLAGS: &[(&str, i64)] = &[
    ("creat", 1),
    ("directory", 2),
    ("excl", 4),
    ("trunc", 8),
    ("append", 1),
    ("dsync", 2),
    ("nonblock", 4),
    ("rsync", 8),
    ("sync", 16),
    ("atim", 1),
    ("atim_now", 2),
    ("mtim", 4),
    ("mtim_now", 8),
    ("follow", 1),
    ("nofollow", 0),
    ("set", 0),
    ("cur", 1),
    ("end", 2),
    ("realtime", 0),
    ("monotonic", 1),
    ("process_cputime", 2),
    ("thread_cputime", 3),
    // What is usual for a file, and what for a directory.
    ("rw", 0x08e0_01ff),
    ("r", 0x08a0_00be),
    ("all", (1 << 28) - 1),
];

/// A number, or names joined by `|`; `all-name` leaves one out.
pub fn number(word: &str) -> Option<i64> {
    word.split('|').try_fold(0, |sum, part| {
        if let Some(out) = part.strip_prefix("all-") {
            return Some(sum | ((1 << 28) - 1) & !number(out)?);
        }
        let right = RIGHTS.iter().position(|name| *name == part).map(|bit| 1 << bit);
        let flag = || FLAGS.iter().find(|flag| flag.0 == part).map(|flag| flag.1);
        let octal = || i64::from_str_radix(part.strip_prefix("0o")?, 8).ok();
        let hex = || u64::from_str_radix(part.strip_prefix("0x")?, 16).ok().map(|n| n as i64);
        Some(sum | right.or_else(flag).or_else(octal).or_else(hex).or_else(|| part.parse().ok())?)
    })
}
