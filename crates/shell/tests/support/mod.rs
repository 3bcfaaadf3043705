//! A small world for tests: a filesystem with a few TEST PROGRAMS, written here in Rust over the
//! vfs. They are not the userland and know only what the cases use.

mod programs;
#[allow(dead_code, reason = "who wants worlds only has no use for the suites")]
pub mod suite;

use shell::{ExecError, ExitStatus, Personality, Process, Programs, Script, Start, Stop};
use vfs::{Caller, Errno, FileType, Fs, NodeId, OpenFlags, Rdev, ResolveFlags, Stream};

pub use suite::Outcome;
use suite::{CASE_DIR, ENVIRONMENT};

/// A filesystem with `/usr/bin` full of test programs and an empty case directory.
pub fn world() -> Fs {
    let mut fs = Fs::default();
    let root = Caller { umask: 0, ..Caller::root() };
    let at = NodeId::ROOT;
    for dir in ["/usr", "/usr/bin", "/bin", "/dev", "/etc", "/root", "/tmp", CASE_DIR] {
        fs.mkdir(&root, at, dir.as_bytes(), 0o755, ResolveFlags::NOFOLLOW).expect(dir);
    }
    for (name, minor) in [("null", 3), ("zero", 5), ("full", 7), ("urandom", 9)] {
        let path = format!("/dev/{name}");
        let rdev = Rdev { major: 1, minor };
        fs.mknod(&root, at, path.as_bytes(), FileType::CharDevice, 0o666, rdev).expect("device");
    }
    put(&mut fs, "/etc/passwd", b"root:x:0:0:root:/root:/bin/bash\n", 0o644);
    for name in programs::NAMES.iter().chain(&["sh", "bash", "dash", "ash"]) {
        put(&mut fs, &format!("/usr/bin/{name}"), b"\x7fTEST", 0o755);
        if ["sh", "bash"].contains(name) {
            put(&mut fs, &format!("/bin/{name}"), b"\x7fTEST", 0o755);
        }
    }
    fs
}

pub fn put(fs: &mut Fs, path: &str, content: &[u8], mode: u32) {
    let root = Caller { umask: 0, ..Caller::root() };
    let flags = OpenFlags { write: true, create: true, truncate: true, ..OpenFlags::default() };
    let how = (flags, ResolveFlags::FOLLOW);
    let id = fs.open(&root, NodeId::ROOT, path.as_bytes(), how, mode).expect(path);
    fs.write(id, content).expect(path);
    fs.close(id);
}

/// Runs `NAME -c SCRIPT` in a new world.
pub fn run_command(personality: Personality, name: &str, script: &[u8]) -> Outcome {
    run_in(&mut world(), personality, name, Script::Command(script.to_vec()), &[], MAX_TICKS)
}

pub fn run_in(
    fs: &mut Fs,
    personality: Personality,
    name: &str,
    script: Script,
    args: &[Vec<u8>],
    max_ticks: u64,
) -> Outcome {
    let mut caller = Caller::root();
    caller.cwd = fs
        .resolve(&caller, NodeId::ROOT, CASE_DIR.as_bytes(), ResolveFlags::FOLLOW)
        .and_then(|spot| spot.existing())
        .expect("the case directory");
    let (input, output, error) =
        (fs.open_null(), fs.open_console(Stream::Stdout), fs.open_console(Stream::Stderr));
    let env = ENVIRONMENT;
    let start = Start {
        personality,
        name: name.as_bytes().to_vec(),
        script,
        args: args.to_vec(),
        env: env.iter().map(|(n, v)| (n.as_bytes().to_vec(), v.as_bytes().to_vec())).collect(),
        caller,
        fds: vec![(0, input), (1, output), (2, error)],
        options: Vec::new(),
        long_options: Vec::new(),
        ignored: Vec::new(),
        depth: 0,
    };
    let mut programs = TestPrograms { ticks: 0, max_ticks };
    let status = match shell::run(fs, &mut programs, start) {
        Ok(status) => i32::from(status.0),
        Err(stop) => {
            let text = format!("[{stop}]\n");
            fs.write(error, text.as_bytes()).expect("the console");
            -1
        }
    };
    Outcome {
        status,
        stdout: fs.console().stream(Stream::Stdout),
        stderr: fs.console().stream(Stream::Stderr),
        tree: suite::tree(fs.root()),
    }
}

/// Runs the test programs; `#!` as the kernel does.
pub struct TestPrograms {
    pub ticks: u64,
    pub max_ticks: u64,
}

/// More commands than any case needs.
pub const MAX_TICKS: u64 = 3_000_000;

impl Programs for TestPrograms {
    fn exec(&mut self, fs: &mut Fs, mut process: Process) -> Result<ExitStatus, ExecError> {
        let caller = process.caller.clone();
        let content = fs.read_file(&caller, caller.cwd, &process.path)?;
        if let Some(line) = content.strip_prefix(b"#!") {
            let line = line.split(|b| *b == b'\n').next().unwrap_or_default().trim_ascii();
            let mut words = line.splitn(2, |b| *b == b' ');
            let interpreter = words.next().unwrap_or_default().to_vec();
            let mut argv = vec![interpreter.clone()];
            argv.extend(words.next().map(|word| word.trim_ascii().to_vec()));
            argv.push(process.path.clone());
            argv.extend(process.argv.into_iter().skip(1));
            if fs.read_file(&caller, caller.cwd, &interpreter).is_err() {
                return Err(Errno::ENOENT.into());
            }
            process.path = interpreter;
            process.argv = argv;
            return self.exec(fs, process);
        }
        if content != b"\x7fTEST" {
            return Err(Errno::ENOEXEC.into());
        }
        let name = process.path.rsplit(|b| *b == b'/').next().unwrap_or_default().to_vec();
        let personality = match name.as_slice() {
            b"sh" | b"dash" => Some(Personality::Dash),
            b"bash" => Some(Personality::Bash),
            b"ash" => Some(Personality::Ash),
            _ => None,
        };
        if let Some(personality) = personality {
            return Ok(shell::main(fs, self, process, personality)?);
        }
        let name = String::from_utf8_lossy(&name).into_owned();
        programs::run(fs, self, &name, &process)
    }

    fn tick(&mut self) -> Result<(), Stop> {
        self.ticks += 1;
        if self.ticks > self.max_ticks {
            return Err(Stop::Limit(shell::Limit::Steps(self.max_ticks)));
        }
        Ok(())
    }
}
