//! Prepares what a case asks for, runs its program, and looks at what it left.

use std::sync::Arc;

use vfs::{
    AbsPath, Caller, Cred, FileType, Fs, Kind, MountFlags, NodeId, OpenFlags, OpenId, ResolveFlags,
    Stream, Timestamp, Tree,
};
use wasi::{Exit, Module, Preopen, Process, Spawn, SpawnError, SpawnRequest, Stop, Winsize};

use super::case::{Case, Content};
use super::generate::Program;
use super::{names, token};

/// What a case starts with: 5 s after the epoch, so that times before that can be told apart.
const START: i64 = 5_000_000_000;

/// A run that has ended.
pub struct Outcome {
    pub exit: Result<Exit, Stop>,
    /// The region of answers, if the program wrote it.
    pub answers: Option<Vec<u8>>,
    fs: Fs,
    /// Read ends of pipes the program was to write to, by its descriptor.
    pipes: Vec<(u32, OpenId)>,
}

/// Runs the program of a case.
pub fn run(case: &Case, program: &Program) -> Result<Outcome, String> {
    let mut fs = Fs::default();
    fs.set_now(Timestamp(START));
    fs.seed(7);
    let mut process = Process::new(Vec::new(), Vec::new(), Caller::root());
    let stdin = fs.open_console(Stream::Stdout);
    let stdout = fs.open_console(Stream::Stdout);
    let stderr = fs.open_console(Stream::Stderr);
    process.fds = vec![(0, stdin), (1, stdout), (2, stderr)];
    process.argv = vec![b"prog".to_vec()];
    (process.pid, process.ppid) = (42, 41);
    let mut preopens = Vec::new();
    let mut pipes = Vec::new();
    for line in &case.lines {
        if let Content::Setup(word, args) = &line.content {
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            let prepared = match (word.as_str(), args.as_slice()) {
                ("fd", args) => descriptor(&mut fs, &mut process, &mut pipes, args),
                ("preopen", args) => preopen(&fs, args).map(|preopen| preopens.push(preopen)),
                (word, args) => prepare(&mut fs, &mut process, word, args),
            };
            prepared.ok_or_else(|| format!("cannot prepare `{}`", line.text))?;
        }
    }
    if preopens.is_empty() {
        process.preopens[0].node = process.caller.cwd;
    } else {
        process.preopens = preopens;
    }
    let module = Module::compile(&program.wasm).map_err(|err| err.to_string())?;
    let exit = wasi::run(&module, &mut fs, process);
    let written = fs.console().stream(Stream::Stdout);
    let answers = written.len().checked_sub(program.len).map(|from| written[from..].to_vec());
    Ok(Outcome { exit, answers, fs, pipes })
}

fn prepare(fs: &mut Fs, process: &mut Process, word: &str, args: &[&str]) -> Option<()> {
    let root = Caller { umask: 0, ..Caller::root() };
    let caller = &mut process.caller;
    match (word, args) {
        ("file", [path, content, rest @ ..]) => {
            let mode = rest.first().map_or(Some(0o644), |mode| names::number(mode))?;
            let flags = OpenFlags { write: true, create: true, ..OpenFlags::default() };
            let how = (flags, ResolveFlags::FOLLOW);
            let id = fs.open(&root, NodeId::ROOT, path.as_bytes(), how, mode as u32).ok()?;
            fs.write(id, &token::unquote(content)?).ok()?;
            fs.close(id);
            // Writing took setuid away.
            let follow = ResolveFlags::FOLLOW;
            fs.chmod(&root, NodeId::ROOT, path.as_bytes(), mode as u32, follow).ok()?;
        }
        ("dir", [path, rest @ ..]) => {
            let mode = rest.first().map_or(Some(0o755), |mode| names::number(mode))?;
            let flags = ResolveFlags::NOFOLLOW;
            fs.mkdir(&root, NodeId::ROOT, path.as_bytes(), mode as u32, flags).ok()?;
        }
        ("link", [path, target]) => {
            let target = token::unquote(target)?;
            let flags = ResolveFlags::NOFOLLOW;
            fs.symlink(&root, &target, NodeId::ROOT, path.as_bytes(), flags).ok()?;
        }
        ("readonly", [path]) => {
            let flags = MountFlags { read_only: true, ..MountFlags::default() };
            fs.mount(&AbsPath::new(path), Tree::new(), &AbsPath::root(), flags).ok()?;
        }
        ("stdin", [text]) => fs.console_mut().push_input(&token::unquote(text)?),
        ("tty", []) => {
            fs.console_mut().terminal = true;
            process.winsize = Winsize { rows: 40, columns: 100 };
        }
        ("arg", [text]) => process.argv.push(token::unquote(text)?),
        ("env", [name, value]) => {
            process.env.push((name.as_bytes().to_vec(), token::unquote(value)?));
        }
        ("user", [uid, gid, groups @ ..]) => {
            let groups = groups.iter().map(|group| group.parse().ok()).collect::<Option<_>>()?;
            caller.cred = Cred { uid: uid.parse().ok()?, gid: gid.parse().ok()?, groups };
        }
        ("umask", [mask]) => caller.umask = names::number(mask)? as u32,
        ("cwd", [path]) => caller.cwd = node(fs, path)?,
        ("now", [nanos]) => fs.set_now(Timestamp(nanos.parse().ok()?)),
        ("limit", [which, limit]) => {
            let limit = limit.parse().ok()?;
            match *which {
                "calls" => process.limits.calls = limit,
                "steps" => process.limits.steps = limit,
                "memory" => process.limits.memory = limit,
                "descriptors" => process.limits.descriptors = limit as usize,
                _ => return None,
            }
        }
        ("interrupt", []) => process.interrupt = Some(Arc::new(|| true)),
        ("spawn", [answer]) => {
            let answer = match *answer {
                "noent" => Err(SpawnError::Errno(vfs::Errno::ENOENT)),
                "blocked" => Err(SpawnError::Stop(Stop::Blocked)),
                status => Ok(status.parse().ok()?),
            };
            process.spawn = Some(Box::new(Describe(answer)));
        }
        _ => return None,
    }
    Some(())
}

fn preopen(fs: &Fs, args: &[&str]) -> Option<Preopen> {
    let [name, path, rest @ ..] = args else { return None };
    let (guest_name, node) = (name.as_bytes().to_vec(), node(fs, path)?);
    Some(Preopen { guest_name, node, beneath: rest == ["beneath"] })
}

fn descriptor(
    fs: &mut Fs,
    process: &mut Process,
    pipes: &mut Vec<(u32, OpenId)>,
    args: &[&str],
) -> Option<()> {
    let [fd, rest @ ..] = args else { return None };
    let fd: u32 = fd.parse().ok()?;
    process.fds.retain(|(other, _)| *other != fd);
    let id = match rest {
        ["closed"] => return Some(()),
        ["null"] => fs.open_null(),
        // The writer has ended, or is still to run.
        ["reads", text, rest @ ..] => {
            let (read, write) = fs.pipe(usize::MAX);
            fs.write(write, &token::unquote(text)?).ok()?;
            if rest != ["writer"] {
                fs.close(write);
            }
            read
        }
        ["writes", capacity] => {
            let (read, write) = fs.pipe(capacity.parse().ok()?);
            pipes.push((fd, read));
            write
        }
        ["unread"] => {
            let (read, write) = fs.pipe(64);
            fs.close(read);
            write
        }
        ["file", path, how] => {
            let flags = OpenFlags {
                read: how.contains('r'),
                write: how.contains('w'),
                append: how.contains('a'),
                ..OpenFlags::default()
            };
            let how = (flags, ResolveFlags::FOLLOW);
            fs.open(&Caller::root(), NodeId::ROOT, path.as_bytes(), how, 0).ok()?
        }
        _ => return None,
    };
    process.fds.push((fd, id));
    Some(())
}

fn node(fs: &Fs, path: &str) -> Option<NodeId> {
    let found = fs.resolve(&Caller::root(), NodeId::ROOT, path.as_bytes(), ResolveFlags::FOLLOW);
    found.ok()?.existing().ok()
}

/// Stands for a program: writes down how it was called.
struct Describe(Result<u8, SpawnError>);

impl Spawn for Describe {
    fn spawn(&mut self, fs: &mut Fs, request: SpawnRequest) -> Result<u8, SpawnError> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let argv: Vec<_> = request.argv.iter().map(|arg| text(arg)).collect();
        let env: Vec<_> =
            request.env.iter().map(|(n, v)| format!("{}={}", text(n), text(v))).collect();
        let cwd = fs.path_of(request.caller.cwd)?;
        let line = format!(
            "{} [{}] in {} by {}\n",
            argv.join(" "),
            env.join(" "),
            text(cwd.as_bytes()),
            request.ppid
        );
        if let Some((_, stdout)) = request.fds.iter().find(|(fd, _)| *fd == 1) {
            fs.write(*stdout, line.as_bytes())?;
        }
        for (_, id) in request.fds {
            fs.close(id);
        }
        self.0.clone()
    }
}

impl Outcome {
    /// What a line that looks at the outcome shows.
    pub fn look(&mut self, word: &str, args: &[String]) -> Result<String, String> {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        Ok(match (word, args.as_slice()) {
            ("exit", []) => match &self.exit {
                Ok(Exit::Code(code)) => format!("code {code}"),
                Ok(Exit::Signal { number, trap: None }) => format!("signal {number}"),
                Ok(Exit::Signal { number, trap: Some(_) }) => format!("trap, signal {number}"),
                Err(stop) => stop.to_string(),
            },
            ("stderr", []) => token::quote(&self.fs.console().stream(Stream::Stderr)),
            ("now", []) => self.fs.now().0.to_string(),
            ("pipe", [fd]) => {
                let pipe = self.pipes.iter().find(|(number, _)| number.to_string() == *fd);
                let (_, read) = pipe.ok_or_else(|| format!("no pipe {fd}"))?;
                token::quote(&self.fs.drain(*read))
            }
            ("open", []) => {
                // Ids are reused from 0 on: what the next one is tells whether all were closed.
                let kept = self.pipes.len();
                let ids: Vec<_> = (0..=kept).map(|_| self.fs.open_null()).collect();
                let taken = format!("{:?}", ids[0]);
                if kept == 0 { taken } else { format!("{taken} with {kept} pipes") }
            }
            ("after", [path]) => self.describe(path),
            _ => return Err(format!("cannot look at `{word}`")),
        })
    }

    fn describe(&self, path: &str) -> String {
        let resolved =
            self.fs.resolve(&Caller::root(), NodeId::ROOT, path.as_bytes(), ResolveFlags::NOFOLLOW);
        let Ok(node) = resolved.and_then(|spot| spot.existing()) else { return "none".to_owned() };
        let (Ok(inode), Ok(stat)) = (self.fs.inode(node), self.fs.stat_node(node)) else {
            return "none".to_owned();
        };
        let owner = match (stat.meta.uid, stat.meta.gid) {
            (0, 0) => String::new(),
            (uid, gid) => format!(" {uid}:{gid}"),
        };
        let kind = match &inode.kind {
            Kind::File(content) => token::quote(&content.to_vec()),
            Kind::Dir(dir) => {
                let names: Vec<_> = dir.iter().map(|(name, _)| name.to_string()).collect();
                format!("[{}]", names.join(" "))
            }
            Kind::Symlink(target) => format!("-> {}", token::quote(target)),
            other => format!("{other:?}"),
        };
        let mode = if stat.file_type == FileType::Symlink {
            String::new()
        } else {
            format!("{:04o} ", stat.meta.mode)
        };
        format!("{mode}{kind}{owner}")
    }
}
