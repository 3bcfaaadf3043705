//! TEST PROGRAMS: as much of each tool as the shell's cases use.

use shell::{ExecError, ExitStatus, Process, Programs, Stop};
use vfs::{Errno, Fs, OpenFlags, OpenId, ResolveFlags, SetTime};

pub const NAMES: [&str; 30] = [
    "basename", "cat", "chmod", "cp", "cut", "dirname", "echo", "env", "false", "grep", "head",
    "ln", "ls", "mkdir", "mv", "printf", "rev", "rm", "rmdir", "seq", "sleep", "sort", "tail",
    "tee", "touch", "tr", "true", "uniq", "wc", "yes",
];

type Done = Result<u8, ExecError>;

pub fn run(
    fs: &mut Fs,
    programs: &mut dyn Programs,
    name: &str,
    process: &Process,
) -> Result<ExitStatus, ExecError> {
    let args: Vec<String> =
        process.argv[1..].iter().map(|arg| String::from_utf8_lossy(arg).into_owned()).collect();
    let mut tool = Tool { fs, process, name, args };
    let status = match name {
        "true" => 0,
        "false" => 1,
        "env" => return tool.env(programs),
        _ => tool.run()?,
    };
    Ok(ExitStatus(status))
}

struct Tool<'a> {
    fs: &'a mut Fs,
    process: &'a Process,
    name: &'a str,
    args: Vec<String>,
}

impl Tool<'_> {
    fn fd(&self, number: u32) -> Option<OpenId> {
        self.process.fds.iter().find(|(fd, _)| *fd == number).map(|(_, id)| *id)
    }

    fn put(&mut self, fd: u32, mut bytes: &[u8]) -> Done {
        let Some(id) = self.fd(fd) else { return Ok(1) };
        while !bytes.is_empty() {
            match self.fs.write(id, bytes) {
                Ok(n) => bytes = &bytes[n..],
                Err(Errno::EAGAIN) => return Err(Stop::Blocked.into()),
                Err(Errno::EPIPE) => return Ok(141),
                Err(_) => return Ok(1),
            }
        }
        Ok(0)
    }

    fn get(&mut self, id: OpenId) -> Result<Vec<u8>, ExecError> {
        let mut buf = vec![0; 65536];
        match self.fs.read(id, &mut buf) {
            Ok(n) => {
                buf.truncate(n);
                Ok(buf)
            }
            Err(Errno::EAGAIN) => Err(Stop::Blocked.into()),
            Err(_) => Ok(Vec::new()),
        }
    }

    fn all(&mut self, id: OpenId) -> Result<Vec<u8>, ExecError> {
        let mut out = Vec::new();
        loop {
            let more = self.get(id)?;
            if more.is_empty() {
                return Ok(out);
            }
            out.extend(more);
        }
    }

    fn complain(&mut self, text: &str) -> Done {
        let line = format!("{}: {text}\n", self.name);
        self.put(2, line.as_bytes())?;
        Ok(1)
    }

    fn open(&mut self, path: &str) -> Result<OpenId, Errno> {
        let caller = self.process.caller.clone();
        let flags = OpenFlags { read: true, ..OpenFlags::default() };
        self.fs.open(&caller, caller.cwd, path.as_bytes(), (flags, ResolveFlags::FOLLOW), 0)
    }

    fn create(&mut self, path: &str, append: bool, content: &[u8]) -> Result<(), Errno> {
        let caller = self.process.caller.clone();
        let flags = OpenFlags {
            write: true,
            create: true,
            truncate: !append,
            append,
            ..OpenFlags::default()
        };
        let id = self.fs.open(
            &caller,
            caller.cwd,
            path.as_bytes(),
            (flags, ResolveFlags::FOLLOW),
            0o666,
        )?;
        self.fs.write(id, content)?;
        self.fs.close(id);
        Ok(())
    }

    /// The files named, or standard input; what cannot be opened is complained about.
    fn inputs(&mut self, names: &[String]) -> Result<(Vec<u8>, u8), ExecError> {
        let names = if names.is_empty() { vec!["-".to_owned()] } else { names.to_vec() };
        let (mut out, mut status) = (Vec::new(), 0);
        for name in names {
            let id = if name == "-" || name == "/dev/stdin" {
                self.fd(0)
            } else if let Some(fd) = name.strip_prefix("/dev/fd/") {
                fd.parse().ok().and_then(|fd| self.fd(fd))
            } else {
                match self.open(&name) {
                    Ok(id) => Some(id),
                    Err(errno) => {
                        status = self.complain(&format!("{name}: {errno}"))?;
                        None
                    }
                }
            };
            if let Some(id) = id {
                out.extend(self.all(id)?);
            }
        }
        Ok((out, status))
    }

    fn options(&mut self) -> Vec<String> {
        let mut options = Vec::new();
        while self.args.first().is_some_and(|arg| arg.starts_with('-') && arg.len() > 1) {
            let arg = self.args.remove(0);
            if arg == "--" {
                break;
            }
            options.push(arg);
        }
        options
    }

    fn run(&mut self) -> Done {
        let operands =
            self.args.iter().filter(|arg| !arg.starts_with('-') || arg.len() == 1).count();
        let least = match self.name {
            "chmod" | "cp" | "ln" | "mv" => 2,
            "basename" | "dirname" | "grep" | "tr" => 1,
            _ => 0,
        };
        if operands < least {
            return self.complain("missing operand");
        }
        match self.name {
            "basename" => {
                let name =
                    self.args[0].trim_end_matches('/').rsplit('/').next().unwrap_or("").to_owned();
                let name = match self.args.get(1) {
                    Some(suffix) => name.strip_suffix(suffix.as_str()).unwrap_or(&name).to_owned(),
                    None => name,
                };
                self.put(1, format!("{name}\n").as_bytes())
            }
            "dirname" => {
                let dir = self.args[0].trim_end_matches('/').rsplit_once('/');
                let dir =
                    dir.map_or(".", |(dir, _)| if dir.is_empty() { "/" } else { dir }).to_owned();
                self.put(1, format!("{dir}\n").as_bytes())
            }
            "cat" => self.cat(),
            "yes" => {
                let line = format!("{}\n", self.args.first().map_or("y", String::as_str));
                let block = line.repeat(1024);
                loop {
                    let status = self.put(1, block.as_bytes())?;
                    if status != 0 {
                        return Ok(status);
                    }
                }
            }
            "seq" => self.seq(),
            "head" => self.head(),
            "tail" => {
                let options = self.options();
                let n = count(&options, &mut self.args);
                let names = self.args.clone();
                let (bytes, status) = self.inputs(&names)?;
                let lines: Vec<&[u8]> = bytes.split_inclusive(|b| *b == b'\n').collect();
                let from = lines.len().saturating_sub(n);
                let out = lines[from..].concat();
                Ok(self.put(1, &out)?.max(status))
            }
            "wc" => {
                let options = self.options().join("");
                let names = self.args.clone();
                let (bytes, status) = self.inputs(&names)?;
                let n = match () {
                    () if options.contains('l') => bytes.iter().filter(|b| **b == b'\n').count(),
                    () if options.contains('w') => {
                        String::from_utf8_lossy(&bytes).split_whitespace().count()
                    }
                    () => bytes.len(),
                };
                let name = names.first().map(|name| format!(" {name}")).unwrap_or_default();
                Ok(self.put(1, format!("{n}{name}\n").as_bytes())?.max(status))
            }
            "sort" => {
                let options = self.options().join("");
                let names = self.args.clone();
                let (bytes, status) = self.inputs(&names)?;
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let mut lines: Vec<&str> = text.lines().collect();
                if options.contains('n') {
                    lines.sort_by_key(|line| line.trim().parse::<i64>().unwrap_or(0));
                } else {
                    lines.sort_unstable();
                }
                if options.contains('r') {
                    lines.reverse();
                }
                if options.contains('u') {
                    lines.dedup();
                }
                let out: String = lines.iter().map(|line| format!("{line}\n")).collect();
                Ok(self.put(1, out.as_bytes())?.max(status))
            }
            "uniq" => {
                let names = self.args.clone();
                let (bytes, status) = self.inputs(&names)?;
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let mut lines: Vec<&str> = text.lines().collect();
                lines.dedup();
                let out: String = lines.iter().map(|line| format!("{line}\n")).collect();
                Ok(self.put(1, out.as_bytes())?.max(status))
            }
            "rev" => {
                let names = self.args.clone();
                let (bytes, status) = self.inputs(&names)?;
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let out: String = text
                    .lines()
                    .map(|line| line.chars().rev().chain(['\n']).collect::<String>())
                    .collect();
                Ok(self.put(1, out.as_bytes())?.max(status))
            }
            "tr" => self.tr(),
            "cut" => self.cut(),
            "grep" => self.grep(),
            "tee" => {
                let append = !self.options().is_empty();
                let id = self.fd(0);
                let bytes = match id {
                    Some(id) => self.all(id)?,
                    None => Vec::new(),
                };
                for name in self.args.clone() {
                    if let Err(errno) = self.create(&name, append, &bytes) {
                        self.complain(&format!("{name}: {errno}"))?;
                    }
                }
                self.put(1, &bytes)
            }
            "echo" => {
                let text = format!("{}\n", self.args.join(" "));
                self.put(1, text.as_bytes())
            }
            "printf" => {
                let text = self.args.join(" ").replace("\\n", "\n");
                self.put(1, text.as_bytes())
            }
            "sleep" => {
                let seconds: i64 = self.args.first().and_then(|arg| arg.parse().ok()).unwrap_or(0);
                let now = self.fs.now();
                self.fs.set_now(vfs::Timestamp(now.0 + seconds * 1_000_000_000));
                Ok(0)
            }
            "ls" => self.ls(),
            _ => self.files(),
        }
    }

    fn cat(&mut self) -> Done {
        let names = if self.args.is_empty() { vec!["-".to_owned()] } else { self.args.clone() };
        let mut status = 0;
        for name in names {
            let id = if name == "-" || name == "/dev/stdin" {
                self.fd(0)
            } else if let Some(fd) = name.strip_prefix("/dev/fd/") {
                fd.parse().ok().and_then(|fd| self.fd(fd))
            } else {
                match self.open(&name) {
                    Ok(id) => Some(id),
                    Err(errno) => {
                        status = self.complain(&format!("{name}: {errno}"))?;
                        None
                    }
                }
            };
            let Some(id) = id else { continue };
            if self.fs.fstat(id).is_ok_and(|stat| stat.file_type == vfs::FileType::Dir) {
                status = self.complain(&format!("{name}: Is a directory"))?;
                continue;
            }
            loop {
                let bytes = self.get(id)?;
                if bytes.is_empty() {
                    break;
                }
                let put = self.put(1, &bytes)?;
                if put != 0 {
                    return Ok(put);
                }
            }
        }
        Ok(status)
    }

    fn seq(&mut self) -> Done {
        let numbers: Vec<i64> = self.args.iter().filter_map(|arg| arg.parse().ok()).collect();
        let (from, step, to) = match numbers.as_slice() {
            [to] => (1, 1, *to),
            [from, to] => (*from, 1, *to),
            [from, step, to] => (*from, *step, *to),
            _ => return self.complain("missing operand"),
        };
        let (mut n, mut out) = (from, String::new());
        while (step > 0 && n <= to) || (step < 0 && n >= to) {
            out.push_str(&format!("{n}\n"));
            n += step;
            if out.len() > 8192 {
                let status = self.put(1, out.as_bytes())?;
                if status != 0 {
                    return Ok(status);
                }
                out.clear();
            }
        }
        self.put(1, out.as_bytes())
    }

    fn head(&mut self) -> Done {
        let options = self.options();
        let bytes = options.iter().any(|option| option.starts_with("-c"));
        let n = count(&options, &mut self.args);
        let id = match self.args.first().cloned() {
            None => self.fd(0),
            Some(name) => match self.open(&name) {
                Ok(id) => Some(id),
                Err(errno) => {
                    return self.complain(&format!("cannot open '{name}' for reading: {errno}"));
                }
            },
        };
        let Some(id) = id else { return Ok(1) };
        let mut seen: Vec<u8> = Vec::new();
        loop {
            let end = if bytes {
                (seen.len() >= n).then_some(n)
            } else {
                let mut ends = seen.iter().enumerate().filter(|(_, b)| **b == b'\n');
                if n == 0 { Some(0) } else { ends.nth(n - 1).map(|(at, _)| at + 1) }
            };
            if let Some(end) = end {
                return self.put(1, &seen[..end]);
            }
            let more = self.get(id)?;
            if more.is_empty() {
                return self.put(1, &seen);
            }
            seen.extend(more);
        }
    }

    fn tr(&mut self) -> Done {
        let delete = self.args.first().is_some_and(|arg| arg == "-d");
        if delete {
            self.args.remove(0);
        }
        let set = |text: &str| -> Vec<u8> {
            let text = text
                .replace("\\n", "\n")
                .replace("[:lower:]", "a-z")
                .replace("[:upper:]", "A-Z")
                .replace("[:digit:]", "0-9");
            let bytes = text.as_bytes();
            let (mut out, mut i) = (Vec::new(), 0);
            while i < bytes.len() {
                if i + 2 < bytes.len() && bytes[i + 1] == b'-' {
                    out.extend(bytes[i]..=bytes[i + 2]);
                    i += 3;
                } else {
                    out.push(bytes[i]);
                    i += 1;
                }
            }
            out
        };
        let from = set(self.args.first().map_or("", String::as_str));
        let to = self.args.get(1).map(|arg| set(arg)).unwrap_or_default();
        let Some(id) = self.fd(0) else { return Ok(1) };
        loop {
            let bytes = self.get(id)?;
            if bytes.is_empty() {
                return Ok(0);
            }
            let out: Vec<u8> = bytes
                .iter()
                .filter_map(|b| match from.iter().position(|f| f == b) {
                    Some(_) if delete => None,
                    Some(at) => Some(to.get(at).or(to.last()).copied().unwrap_or(*b)),
                    None => Some(*b),
                })
                .collect();
            let status = self.put(1, &out)?;
            if status != 0 {
                return Ok(status);
            }
        }
    }

    fn cut(&mut self) -> Done {
        let (mut delimiter, mut field) = ('\t', 1_usize);
        let mut names = Vec::new();
        let mut args = self.args.clone().into_iter();
        while let Some(arg) = args.next() {
            if let Some(value) = arg.strip_prefix("-d") {
                let value = if value.is_empty() {
                    args.next().unwrap_or_default()
                } else {
                    value.to_owned()
                };
                delimiter = value.chars().next().unwrap_or('\t');
            } else if let Some(value) = arg.strip_prefix("-f") {
                let value = if value.is_empty() {
                    args.next().unwrap_or_default()
                } else {
                    value.to_owned()
                };
                field = value.parse().unwrap_or(1);
            } else {
                names.push(arg);
            }
        }
        let (bytes, status) = self.inputs(&names)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let out: String = text
            .lines()
            .map(|line| {
                let parts: Vec<&str> = line.split(delimiter).collect();
                let part = if parts.len() == 1 {
                    line
                } else {
                    parts.get(field.saturating_sub(1)).copied().unwrap_or("")
                };
                format!("{part}\n")
            })
            .collect();
        Ok(self.put(1, out.as_bytes())?.max(status))
    }

    /// Fixed strings, `^` and `$` only.
    fn grep(&mut self) -> Done {
        let options = self.options().join("");
        let pattern = self.args.remove(0);
        let names = self.args.clone();
        let (bytes, status) = self.inputs(&names)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (start, rest) = match pattern.strip_prefix('^') {
            Some(rest) => (true, rest.to_owned()),
            None => (false, pattern.clone()),
        };
        let (end, fixed) = match rest.strip_suffix('$') {
            Some(fixed) => (true, fixed.to_owned()),
            None => (false, rest),
        };
        let hit = |line: &str| match (start, end) {
            (true, true) => line == fixed,
            (true, false) => line.starts_with(&fixed),
            (false, true) => line.ends_with(&fixed),
            (false, false) => line.contains(&fixed),
        };
        let lines: Vec<&str> =
            text.lines().filter(|line| hit(line) != options.contains('v')).collect();
        let found = u8::from(lines.is_empty());
        if options.contains('c') {
            self.put(1, format!("{}\n", lines.len()).as_bytes())?;
        } else if !options.contains('q') {
            let out: String = lines.iter().map(|line| format!("{line}\n")).collect();
            let put = self.put(1, out.as_bytes())?;
            if put != 0 {
                return Ok(put);
            }
        }
        Ok(if status > 0 { 2 } else { found })
    }

    fn ls(&mut self) -> Done {
        let options = self.options().join("");
        let names = if self.args.is_empty() { vec![".".to_owned()] } else { self.args.clone() };
        let caller = self.process.caller.clone();
        let (mut out, mut status) = (String::new(), 0);
        let mut files = Vec::new();
        let mut dirs = Vec::new();
        for name in names {
            match self.fs.stat(&caller, caller.cwd, name.as_bytes(), ResolveFlags::NOFOLLOW) {
                Ok(stat) if stat.file_type == vfs::FileType::Dir && !options.contains('d') => {
                    dirs.push(name)
                }
                Ok(_) => files.push(name),
                Err(errno) => {
                    self.complain(&format!("cannot access '{name}': {errno}"))?;
                    status = 2;
                }
            }
        }
        files.sort();
        for name in &files {
            out.push_str(&format!("{name}\n"));
        }
        let many = files.len() + dirs.len() > 1;
        for (i, name) in dirs.iter().enumerate() {
            if many {
                if i > 0 || !files.is_empty() {
                    out.push('\n');
                }
                out.push_str(&format!("{name}:\n"));
            }
            let node = self
                .fs
                .resolve(&caller, caller.cwd, name.as_bytes(), ResolveFlags::FOLLOW)
                .and_then(|spot| spot.existing());
            for entry in node.and_then(|node| self.fs.list(node)).unwrap_or_default() {
                let entry = entry.name.to_string();
                if !entry.starts_with('.') || options.contains('a') || options.contains('A') {
                    out.push_str(&format!("{entry}\n"));
                }
            }
        }
        Ok(self.put(1, out.as_bytes())?.max(status))
    }

    /// Tools that change files.
    fn files(&mut self) -> Done {
        let options = self.options().join("");
        let caller = self.process.caller.clone();
        let at = caller.cwd;
        let args = self.args.clone();
        let result = match self.name {
            "mkdir" => args.iter().try_for_each(|path| {
                if options.contains('p') {
                    let mut sofar = String::new();
                    for part in path.split_inclusive('/') {
                        sofar.push_str(part);
                        let _ = self.fs.mkdir(
                            &caller,
                            at,
                            sofar.as_bytes(),
                            0o777,
                            ResolveFlags::NOFOLLOW,
                        );
                    }
                    return Ok(());
                }
                let made =
                    self.fs.mkdir(&caller, at, path.as_bytes(), 0o777, ResolveFlags::NOFOLLOW);
                made.map(|_| ()).map_err(|e| format!("cannot create directory ‘{path}’: {e}"))
            }),
            "rmdir" => args.iter().try_for_each(|path| {
                let done = self.fs.rmdir(&caller, at, path.as_bytes(), ResolveFlags::NOFOLLOW);
                done.map_err(|e| format!("failed to remove '{path}': {e}"))
            }),
            "touch" => args.iter().try_for_each(|path| {
                self.create(path, true, b"").map_err(|e| format!("cannot touch '{path}': {e}"))?;
                let times = (SetTime::Now, SetTime::Now);
                let done =
                    self.fs.utimes(&caller, at, path.as_bytes(), times, ResolveFlags::FOLLOW);
                done.map_err(|e| e.to_string())
            }),
            "rm" => args.iter().try_for_each(|path| {
                let done = if options.contains('r') {
                    self.remove_all(path)
                } else {
                    self.fs.unlink(&caller, at, path.as_bytes(), ResolveFlags::NOFOLLOW)
                };
                match done {
                    Err(_) if options.contains('f') => Ok(()),
                    done => done.map_err(|e| format!("cannot remove '{path}': {e}")),
                }
            }),
            "chmod" => {
                let mode = &args[0];
                args[1..].iter().try_for_each(|path| {
                    let old = self.fs.stat(&caller, at, path.as_bytes(), ResolveFlags::FOLLOW);
                    let old = old.map_or(0, |stat| stat.meta.mode);
                    let mode = match mode.as_str() {
                        "+x" | "a+x" => old | 0o111,
                        "-x" => old & !0o111,
                        mode => u32::from_str_radix(mode, 8).unwrap_or(old),
                    };
                    let done =
                        self.fs.chmod(&caller, at, path.as_bytes(), mode, ResolveFlags::FOLLOW);
                    done.map_err(|e| format!("cannot access '{path}': {e}"))
                })
            }
            "ln" => {
                let done = if options.contains('s') {
                    self.fs
                        .symlink(
                            &caller,
                            args[0].as_bytes(),
                            at,
                            args[1].as_bytes(),
                            ResolveFlags::NOFOLLOW,
                        )
                        .map(|_| ())
                } else {
                    let flags = ResolveFlags::NOFOLLOW;
                    self.fs.link(
                        &caller,
                        (at, args[0].as_bytes(), flags),
                        (at, args[1].as_bytes(), flags),
                    )
                };
                done.map_err(|e| format!("failed to create link '{}': {e}", args[1]))
            }
            "cp" => {
                let content = self.fs.read_file(&caller, at, args[0].as_bytes());
                let target = self.inside_dir(&args[1], &args[0]);
                content
                    .and_then(|content| self.create(&target, false, &content))
                    .map_err(|e| format!("cannot stat '{}': {e}", args[0]))
            }
            "mv" => {
                let target = self.inside_dir(&args[1], &args[0]);
                let flags = ResolveFlags::NOFOLLOW;
                self.fs
                    .rename(
                        &caller,
                        (at, args[0].as_bytes(), flags),
                        (at, target.as_bytes(), flags),
                    )
                    .map_err(|e| format!("cannot stat '{}': {e}", args[0]))
            }
            name => Err(format!("the test programs have no {name}")),
        };
        match result {
            Ok(()) => Ok(0),
            Err(text) => self.complain(&text),
        }
    }

    fn inside_dir(&self, target: &str, source: &str) -> String {
        let caller = &self.process.caller;
        let stat = self.fs.stat(caller, caller.cwd, target.as_bytes(), ResolveFlags::FOLLOW);
        match stat {
            Ok(stat) if stat.file_type == vfs::FileType::Dir => {
                let base = source.rsplit('/').next().unwrap_or(source);
                format!("{}/{base}", target.trim_end_matches('/'))
            }
            _ => target.to_owned(),
        }
    }

    fn remove_all(&mut self, path: &str) -> Result<(), Errno> {
        let caller = self.process.caller.clone();
        let at = caller.cwd;
        let stat = self.fs.stat(&caller, at, path.as_bytes(), ResolveFlags::NOFOLLOW)?;
        if stat.file_type != vfs::FileType::Dir {
            return self.fs.unlink(&caller, at, path.as_bytes(), ResolveFlags::NOFOLLOW);
        }
        let node =
            self.fs.resolve(&caller, at, path.as_bytes(), ResolveFlags::NOFOLLOW)?.existing()?;
        for entry in self.fs.list(node)? {
            self.remove_all(&format!("{path}/{}", entry.name))?;
        }
        self.fs.rmdir(&caller, at, path.as_bytes(), ResolveFlags::NOFOLLOW)
    }

    fn env(&mut self, programs: &mut dyn Programs) -> Result<ExitStatus, ExecError> {
        let mut env = self.process.env.clone();
        while let Some(arg) = self.args.first().cloned() {
            if arg == "-i" {
                env.clear();
            } else if let Some((name, value)) = arg.split_once('=') {
                env.retain(|(n, _)| n != name.as_bytes());
                env.push((name.as_bytes().to_vec(), value.as_bytes().to_vec()));
            } else {
                break;
            }
            self.args.remove(0);
        }
        let Some(name) = self.args.first().cloned() else {
            let out: Vec<u8> = env
                .iter()
                .flat_map(|(name, value)| [name.as_slice(), b"=", value, b"\n"].concat())
                .collect();
            return Ok(ExitStatus(self.put(1, &out)?));
        };
        let path = format!("/usr/bin/{name}").into_bytes();
        let argv = self.args.iter().map(|arg| arg.clone().into_bytes()).collect();
        programs.exec(self.fs, Process { path, argv, env, ..self.process.clone() })
    }
}

/// `-n 3`, `-n3`, `-3`, `-c 10`.
fn count(options: &[String], args: &mut Vec<String>) -> usize {
    for option in options {
        let digits = option.trim_start_matches(['-', 'n', 'c']);
        if let Ok(n) = digits.parse() {
            return n;
        }
        if (option == "-n" || option == "-c") && !args.is_empty() {
            return args.remove(0).parse().unwrap_or(10);
        }
    }
    10
}
