//! A container for one command: its filesystem, its devices, its user.

use builder::{Command, CommitPoints, Executor, Output, Ran, RunError};
use shell::{ExecError, ExitStatus, Process, Programs, Stop};
use vfs::{
    AbsPath, Caller, Cred, Errno, FileType, Fs, Kind, Limits, MountFlags, NodeId, OpenId, Rdev,
    ResolveFlags, Stream, Timestamp, Tree,
};

use crate::mounts::Mounts;
use crate::programs::{Halt, Modules, OwnProgram, Runner, directory, find};
use crate::recorder::Recorder;

/// Runs the commands of `RUN` over the engine's programs.
pub struct Containers {
    modules: Modules,
    /// See [`Limits::console`].
    console: usize,
    /// What commands read from standard input.
    input: Vec<u8>,
    own: Option<OwnProgram>,
    /// How many simple commands of a command are kept as commit points.
    points: usize,
    deadline: Option<Timestamp>,
}

impl Containers {
    /// Containers with these programs, and so many bytes of output kept of each command.
    #[must_use]
    pub fn new(modules: Modules, console: usize) -> Self {
        Self { modules, console, input: Vec::new(), own: None, points: 0, deadline: None }
    }

    /// The same with this as the standard input of commands.
    #[must_use]
    pub fn with_input(self, input: Vec<u8>) -> Self {
        Self { input, ..self }
    }

    /// The same, keeping so many simple commands of a command as commit points.
    #[must_use]
    pub fn with_points(self, points: usize) -> Self {
        Self { points, ..self }
    }

    /// The same, where a shell begins no command after this virtual time.
    #[must_use]
    pub fn until(self, deadline: Timestamp) -> Self {
        Self { deadline: Some(deadline), ..self }
    }

    /// The same with a program of the caller's.
    #[must_use]
    pub fn with_own(self, own: OwnProgram) -> Self {
        Self { own: Some(own), ..self }
    }
}

impl Executor for Containers {
    fn startable(&self, command: &Command<'_>) -> Result<(), String> {
        startable(command)
    }

    fn run(&mut self, command: &Command<'_>) -> Result<Ran, RunError> {
        let mut fs = namespace(command, self.console);
        let input = if self.input.is_empty() { fs.open_null() } else { fs.open_bytes(&self.input) };
        let fds = [
            (0, input),
            (1, fs.open_console(Stream::Stdout)),
            (2, fs.open_console(Stream::Stderr)),
        ];
        let recorder = Recorder::new(self.points).until(self.deadline);
        let mut runner = Runner::new(self.modules.clone())
            .with_own(self.own.clone())
            .with_recorder(recorder.clone());
        if let Err(message) = find_user(fs.root(), command.user) {
            let message = format!("did not complete successfully: {message}");
            let (output, points) = Default::default();
            return Err(RunError::Stopped { message, output, points });
        }
        let mounts = Mounts::attach(&mut fs, command);
        let (mounts, end) = match mounts {
            Ok(mounts) => {
                runner = runner.with_proc(mounts.proc());
                (mounts, start(&mut fs, &mut runner, command, &fds))
            }
            Err(message) => (Mounts::default(), Ok(not_started(&mut fs, &fds, &message))),
        };
        if let Some(limit) = fs.limit_reached() {
            // The program said what the kernel told it; this is what the number of the error means.
            let _ = fs.write(fds[2].1, format!("layerlab: {limit}\n").as_bytes());
        }
        for (_, id) in fds {
            fs.close(id);
        }
        match runner.halted() {
            Some(Halt::NotLoaded(module)) => return Err(RunError::NotLoaded(module)),
            Some(Halt::Held | Halt::Reads) => {
                let message = "waits for a terminal, and there is none".to_owned();
                let output = output_of(&fs);
                return Err(RunError::Stopped { message, output, points: CommitPoints::default() });
            }
            None => {}
        }
        let output = output_of(&fs);
        let points = recorder.take(&mounts, command.time);
        match end {
            Ok(status) => Ok(Ran {
                exit_code: i32::from(status.0),
                output,
                time: fs.now(),
                mounts: mounts.trees(&fs),
                root: mounts.clean(fs.into_root(), command.time),
                points,
            }),
            Err(stop) => Err(RunError::Stopped { message: stop_text(&stop), output, points }),
        }
    }
}

/// A container's filesystem with its `/dev`.
pub(crate) fn namespace(command: &Command<'_>, console: usize) -> Fs {
    let mut fs = Fs::new(command.root.clone(), Limits { console, ..Limits::default() });
    fs.set_now(command.time);
    fs.seed(command.seed);
    if let Ok(dev) = devices() {
        // An image without /dev, such as scratch, has no place to mount it.
        let _ = fs.mount(&AbsPath::new(DEV), dev, &AbsPath::root(), MountFlags::default());
    }
    fs
}

/// Puts another state of the root filesystem into a [`namespace`] in which these are mounted.
pub(crate) fn replace_root(fs: &mut Fs, mounts: &mut Mounts, root: Tree) {
    fs.set_root(root);
    // As above.
    let _ = fs.mount_again(1, &AbsPath::new(DEV));
    mounts.attach_again(fs);
}

/// Where a container has its devices.
const DEV: &str = "/dev";

/// Starts the command as runc does; what keeps it from starting is printed and exits with 1.
fn start(
    fs: &mut Fs,
    runner: &mut Runner,
    command: &Command<'_>,
    fds: &[(u32, OpenId)],
) -> Result<ExitStatus, Stop> {
    match prepare(fs, command, fds) {
        Ok(process) => match runner.exec(fs, process.clone()) {
            Ok(status) => Ok(status),
            Err(ExecError::Stopped(stop)) => Err(stop),
            Err(ExecError::Errno(errno)) => {
                let text = errno.to_string().to_lowercase();
                let name = String::from_utf8_lossy(&process.path).into_owned();
                Ok(not_started(fs, fds, &format!("exec {name}: {text}")))
            }
        },
        Err(message) => Ok(not_started(fs, fds, &message)),
    }
}

/// Whether a command could be started: its user is known, its program is there and may be executed.
///
/// # Errors
/// What runc says where it could not.
pub fn startable(command: &Command<'_>) -> Result<(), String> {
    let mut fs = Fs::new(command.root.clone(), Limits::default());
    prepare(&mut fs, command, &[]).map(|_| ())
}

/// The process of a command.
///
/// # Errors
/// As [`startable`].
pub(crate) fn prepare(
    fs: &mut Fs,
    command: &Command<'_>,
    fds: &[(u32, OpenId)],
) -> Result<Process, String> {
    let user = find_user(fs.root(), command.user)?;
    make_cwd(fs, command.cwd)
        .map_err(|errno| format!("chdir to cwd ({:?}): {errno}", command.cwd))?;
    let cwd = directory(fs, command.cwd)
        .map_err(|errno| format!("chdir to cwd ({:?}): {errno}", command.cwd))?;
    let mut env: Vec<(Vec<u8>, Vec<u8>)> = command
        .env
        .iter()
        .filter_map(|entry| entry.split_once('='))
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    if !env.iter().any(|(name, _)| name == b"HOME") {
        env.push((b"HOME".to_vec(), user.home.into_bytes()));
    }
    let caller = Caller { cred: user.cred, cwd, umask: 0o022 };
    let argv: Vec<Vec<u8>> = command.args.iter().map(|arg| arg.clone().into_bytes()).collect();
    let name = argv.first().cloned().unwrap_or_default();
    let path = find(fs, &caller, &env, &name).map_err(|errno| {
        let shown = String::from_utf8_lossy(&name).into_owned();
        match errno {
            Errno::EACCES => format!("exec: {shown:?}: permission denied"),
            _ if shown.contains('/') => {
                format!("exec: {shown:?}: stat {shown}: no such file or directory")
            }
            _ => format!("exec: {shown:?}: executable file not found in $PATH"),
        }
    })?;
    Ok(Process { path, argv, env, caller, fds: fds.to_vec(), ignored: Vec::new(), depth: 0 })
}

fn not_started(fs: &mut Fs, fds: &[(u32, OpenId)], message: &str) -> ExitStatus {
    let text = format!(
        "runc run failed: unable to start container process: error during container init: {message}\n"
    );
    if let Some((_, stderr)) = fds.iter().find(|fd| fd.0 == 2) {
        let _ = fs.write(*stderr, text.as_bytes());
    }
    ExitStatus(1)
}

/// A working directory that is not there is made, as BuildKit does.
fn make_cwd(fs: &mut Fs, cwd: &str) -> Result<(), Errno> {
    let root = Caller::root();
    let mut here = AbsPath::root();
    for name in AbsPath::new(cwd).components() {
        here = here.join(name);
        match fs.mkdir(&root, NodeId::ROOT, here.as_bytes(), 0o755, ResolveFlags::NOFOLLOW) {
            Ok(_) | Err(Errno::EEXIST) => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

struct User {
    cred: Cred,
    home: String,
}

/// The user that `USER` names: `NAME`, `UID`, each with `:GROUP` or `:GID`.
fn find_user(tree: &Tree, text: &str) -> Result<User, String> {
    let (name, group) = match text.split_once(':') {
        Some((name, group)) => (name, Some(group)),
        None => (text, None),
    };
    let name = if name.is_empty() { "0" } else { name };
    let passwd = text_of(tree, "/etc/passwd");
    let groups = text_of(tree, "/etc/group");
    let entry = passwd
        .lines()
        .map(|line| line.split(':').collect::<Vec<_>>())
        .find(|fields| fields.len() >= 6 && (fields[0] == name || fields[2] == name));
    let (uid, own_gid, home) = match &entry {
        Some(fields) => (fields[2].parse().ok(), fields[3].parse().ok(), fields[5].to_owned()),
        None => (name.parse().ok(), None, "/".to_owned()),
    };
    let uid = uid
        .ok_or_else(|| format!("unable to find user {name}: no matching entries in passwd file"))?;
    let login = entry.as_ref().map(|fields| fields[0]);
    let rows: Vec<Vec<&str>> = groups.lines().map(|line| line.split(':').collect()).collect();
    let gid = match group {
        Some(group) => {
            let row =
                rows.iter().find(|row| row.len() >= 3 && (row[0] == group || row[2] == group));
            row.and_then(|row| row[2].parse().ok()).or_else(|| group.parse().ok()).ok_or_else(
                || format!("unable to find group {group}: no matching entries in group file"),
            )?
        }
        None => own_gid.unwrap_or(0),
    };
    let member = |row: &Vec<&str>| {
        let gid = row.get(2)?.parse().ok()?;
        row.get(3)?.split(',').any(|name| Some(name) == login).then_some(gid)
    };
    // A group that is named replaces the supplementary ones. The primary group is always among them
    // (`ensureAdditionalGids` of containerd's `oci` package), and the kernel sorts them.
    let mut groups: Vec<u32> =
        if group.is_some() { Vec::new() } else { rows.iter().filter_map(member).collect() };
    groups.push(gid);
    groups.sort_unstable();
    groups.dedup();
    let home = if home.is_empty() { "/".to_owned() } else { home };
    let home = if entry.is_none() && uid == 0 { "/root".to_owned() } else { home };
    Ok(User { cred: Cred { uid, gid, groups }, home })
}

fn text_of(tree: &Tree, path: &str) -> String {
    match tree.lookup(&AbsPath::new(path)).map(|(_, inode)| &inode.kind) {
        Some(Kind::File(content)) => String::from_utf8_lossy(&content.to_vec()).into_owned(),
        _ => String::new(),
    }
}

/// A container's `/dev`.
fn devices() -> Result<Tree, Errno> {
    let mut fs = Fs::default();
    let (root, at, flags) =
        (Caller { umask: 0, ..Caller::root() }, NodeId::ROOT, ResolveFlags::NOFOLLOW);
    let devices = [
        ("null", 1, 3),
        ("zero", 1, 5),
        ("full", 1, 7),
        ("random", 1, 8),
        ("urandom", 1, 9),
        ("tty", 5, 0),
    ];
    for (name, major, minor) in devices {
        let rdev = Rdev { major, minor };
        fs.mknod(&root, at, name.as_bytes(), FileType::CharDevice, 0o666, rdev)?;
    }
    for (name, target) in [
        ("fd", "/proc/self/fd"),
        ("stdin", "/proc/self/fd/0"),
        ("stdout", "/proc/self/fd/1"),
        ("stderr", "/proc/self/fd/2"),
    ] {
        fs.symlink(&root, target.as_bytes(), at, name.as_bytes(), flags)?;
    }
    for (name, mode) in [("pts", 0o755), ("shm", 0o1777), ("mqueue", 0o1777)] {
        fs.mkdir(&root, at, name.as_bytes(), mode, flags)?;
    }
    Ok(fs.into_root())
}

fn output_of(fs: &Fs) -> Output {
    let runs = fs.console().output().map(|(stream, bytes)| (stream, bytes.to_vec())).collect();
    Output { runs, dropped: fs.console().dropped() }
}

pub(crate) fn stop_text(stop: &Stop) -> String {
    match stop {
        Stop::Limit(limit) => format!("was stopped here: {limit}; make the command do less"),
        Stop::Blocked => "was stopped here: it waits for input that nobody can give".to_owned(),
        Stop::Cancelled => "was cancelled".to_owned(),
    }
}
