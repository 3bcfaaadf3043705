//! Redirections.

use vfs::{Errno, OpenFlags, OpenId, ResolveFlags};

use crate::Personality;
use crate::shell::{Flow, Run, Shell};
use crate::syntax::ir::{Redirect, RedirectKind, Word};

/// What descriptors were before redirections.
pub(crate) type Saved = Vec<(u32, Option<OpenId>)>;

/// How a file is opened for a redirection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Read,
    Write,
    Clobber,
    Append,
    ReadWrite,
}

impl Shell<'_> {
    /// Makes redirections; after an error none of them is left and the message has been said.
    pub(super) fn begin_redirects(&mut self, redirects: &[Redirect]) -> Run<Saved> {
        let mut saved = Saved::new();
        for redirect in redirects {
            if let Err(flow) = self.redirect(redirect, &mut saved) {
                self.end_redirects(saved);
                return Err(flow);
            }
        }
        Ok(saved)
    }

    /// Makes descriptors what they were.
    pub(super) fn end_redirects(&mut self, saved: Saved) {
        for (fd, id) in saved.into_iter().rev() {
            self.close_fd(fd);
            if let Some(id) = id {
                self.state.fds.insert(fd, id);
            }
        }
    }

    /// Keeps the redirections (`exec >file`).
    pub(super) fn keep_redirects(&mut self, saved: Saved) {
        for (_, id) in saved {
            if let Some(id) = id {
                self.fs.close(id);
            }
        }
    }

    fn replace_fd(&mut self, fd: u32, id: Option<OpenId>, saved: &mut Saved) {
        let old = self.state.fds.remove(&fd);
        saved.push((fd, old));
        if let Some(id) = id {
            self.state.fds.insert(fd, id);
        }
    }

    /// `{name}>file` stays after the command, `{name}>&-` closes what the variable says.
    fn redirect_variable(&mut self, name: &str, redirect: &Redirect) -> Run<()> {
        let closes = matches!(&redirect.kind,
            RedirectKind::Dup { source, .. } if source.constant() == Some(b"-"));
        let fd = if closes {
            let value = self.state.vars.value(name).unwrap_or_default();
            std::str::from_utf8(value).ok().and_then(|value| value.parse().ok())
        } else {
            (10..).find(|fd| !self.state.fds.contains_key(fd))
        };
        let Some(fd) = fd else {
            self.complain(format!("{name}: ambiguous redirect"));
            return Err(Flow::Error(1));
        };
        let plain = Redirect { fd: Some(fd), variable: None, kind: redirect.kind.clone() };
        let mut saved = Saved::new();
        self.redirect(&plain, &mut saved)?;
        self.keep_redirects(saved);
        if closes { Ok(()) } else { self.assign(name, fd.to_string().into_bytes()) }
    }

    fn redirect(&mut self, redirect: &Redirect, saved: &mut Saved) -> Run<()> {
        if let Some(name) = &redirect.variable {
            return self.redirect_variable(name, redirect);
        }
        let input = redirect.fd.unwrap_or(0);
        let output = redirect.fd.unwrap_or(1);
        match &redirect.kind {
            RedirectKind::Read(target) => self.redirect_file(input, target, How::Read, saved),
            RedirectKind::Write { target, clobber } => {
                let how = if *clobber { How::Clobber } else { How::Write };
                self.redirect_file(output, target, how, saved)
            }
            RedirectKind::Append(target) => self.redirect_file(output, target, How::Append, saved),
            RedirectKind::ReadWrite(target) => {
                self.redirect_file(input, target, How::ReadWrite, saved)
            }
            RedirectKind::OutputAndError { target, append } => {
                let how = if *append { How::Append } else { How::Write };
                self.redirect_both(target, how, saved)
            }
            RedirectKind::HereDoc { body } => {
                let body = self.expand_text(body)?;
                let id = self.fs.open_bytes(&body);
                self.replace_fd(input, Some(id), saved);
                Ok(())
            }
            RedirectKind::HereString(word) => {
                let mut text = self.expand_text(word)?;
                text.push(b'\n');
                let id = self.fs.open_bytes(&text);
                self.replace_fd(input, Some(id), saved);
                Ok(())
            }
            RedirectKind::Process(process) => {
                let id = self.process_end(process)?;
                let fd = if process.read { input } else { output };
                self.replace_fd(fd, Some(id), saved);
                Ok(())
            }
            RedirectKind::Dup { input: reads, source } => {
                let fd = if *reads { input } else { output };
                self.redirect_dup(fd, *reads, redirect.fd, source, saved)
            }
        }
    }

    fn redirect_both(&mut self, target: &Word, how: How, saved: &mut Saved) -> Run<()> {
        self.redirect_file(1, target, how, saved)?;
        let Some(id) = self.state.fds.get(&1).and_then(|id| self.fs.dup(*id).ok()) else {
            return Ok(());
        };
        self.replace_fd(2, Some(id), saved);
        Ok(())
    }

    fn redirect_dup(
        &mut self,
        fd: u32,
        reads: bool,
        written: Option<u32>,
        source: &Word,
        saved: &mut Saved,
    ) -> Run<()> {
        let text = self.expand_text(source)?;
        if text == b"-" {
            self.replace_fd(fd, None, saved);
            return Ok(());
        }
        let (digits, moves) = match text.strip_suffix(b"-") {
            Some(digits) if self.is_bash() => (digits, true),
            _ => (text.as_slice(), false),
        };
        let number = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<u32>().ok());
        let number = number.filter(|_| digits.iter().all(u8::is_ascii_digit));
        let Some(from) = number else {
            return match self.state.personality {
                Personality::Dash => {
                    self.complain("Syntax error: Bad fd number");
                    Err(Flow::Exit(2))
                }
                _ if !reads && matches!(written, None | Some(1)) => {
                    self.redirect_both(source, How::Write, saved)
                }
                Personality::Ash => {
                    self.complain("syntax error: bad fd number");
                    Err(Flow::Exit(2))
                }
                Personality::Bash => {
                    let message = [&text, b": ambiguous redirect".as_slice()].concat();
                    self.complain(message);
                    Err(Flow::Error(1))
                }
            };
        };
        let Some(id) = self.state.fds.get(&from).and_then(|id| self.fs.dup(*id).ok()) else {
            let message = format!("{from}: {}", Errno::EBADF);
            self.complain(message);
            return Err(self.redirect_flow());
        };
        self.replace_fd(fd, Some(id), saved);
        if moves && from != fd {
            self.replace_fd(from, None, saved);
        }
        Ok(())
    }

    fn redirect_flow(&self) -> Flow {
        Flow::Error(if self.is_dash() { 2 } else { 1 })
    }

    fn redirect_file(&mut self, fd: u32, target: &Word, how: How, saved: &mut Saved) -> Run<()> {
        let path = if self.is_bash() {
            let mut fields = Vec::new();
            self.expand_word(target, &mut fields)?;
            match <[Vec<u8>; 1]>::try_from(fields) {
                Ok([path]) => path,
                Err(_) => {
                    let written = written(target);
                    self.complain([written.as_slice(), b": ambiguous redirect"].concat());
                    return Err(Flow::Error(1));
                }
            }
        } else {
            self.expand_text(target)?
        };
        match self.open_for(&path, how) {
            Ok(id) => {
                self.replace_fd(fd, Some(id), saved);
                Ok(())
            }
            Err(errno) => {
                self.complain_open(&path, how, errno);
                Err(self.redirect_flow())
            }
        }
    }

    fn complain_open(&mut self, path: &[u8], how: How, errno: Errno) {
        let creates = !matches!(how, How::Read);
        let missing = matches!(errno, Errno::ENOENT | Errno::ENOTDIR);
        let exists = errno == Errno::EEXIST;
        let message: Vec<u8> = match self.state.personality {
            Personality::Bash if exists => [path, b": cannot overwrite existing file"].concat(),
            Personality::Bash => [path, b": ", errno.to_string().as_bytes()].concat(),
            Personality::Dash => {
                let verb: &[u8] = if creates { b"cannot create " } else { b"cannot open " };
                let why = match (missing, creates) {
                    (true, true) => "Directory nonexistent".to_owned(),
                    (true, false) => "No such file".to_owned(),
                    _ => errno.to_string(),
                };
                [verb, path, b": ", why.as_bytes()].concat()
            }
            Personality::Ash => {
                let verb: &[u8] = if creates { b"can't create " } else { b"can't open " };
                let why = match (missing, creates) {
                    (true, true) => "nonexistent directory".to_owned(),
                    (true, false) => "no such file".to_owned(),
                    _ => errno.to_string(),
                };
                [verb, path, b": ", why.as_bytes()].concat()
            }
        };
        self.complain(message);
    }

    /// Reads a file whole; a path of `/dev` that stands for a descriptor is read from that.
    pub(crate) fn read_path(&mut self, path: &[u8]) -> Run<Result<Vec<u8>, Errno>> {
        let id = match self.open_for(path, How::Read) {
            Ok(id) => id,
            Err(errno) => return Ok(Err(errno)),
        };
        let (mut out, mut buf) = (Vec::new(), [0; 4096]);
        let end = loop {
            match self.fs.read(id, &mut buf) {
                Ok(0) => break Ok(Ok(out)),
                Ok(n) => out.extend_from_slice(&buf[..n]),
                Err(Errno::EAGAIN) => break Err(crate::Stop::Blocked.into()),
                Err(errno) => break Ok(Err(errno)),
            }
        };
        self.fs.close(id);
        end
    }

    fn open_for(&mut self, path: &[u8], how: How) -> Result<OpenId, Errno> {
        if let Some(fd) = descriptor_of(path) {
            let id = *self.state.fds.get(&fd).ok_or(Errno::ENOENT)?;
            return self.fs.dup(id);
        }
        let caller = self.state.caller.clone();
        let writes = how != How::Read;
        let flags = OpenFlags {
            read: matches!(how, How::Read | How::ReadWrite),
            write: writes,
            append: how == How::Append,
            create: writes,
            truncate: matches!(how, How::Write | How::Clobber),
            ..OpenFlags::default()
        };
        if how == How::Write && self.state.options.noclobber {
            let found = self.fs.stat(&caller, caller.cwd, path, ResolveFlags::FOLLOW);
            if found.is_ok_and(|stat| stat.file_type == vfs::FileType::File) {
                return Err(Errno::EEXIST);
            }
        }
        if path == b"/dev/null"
            && self.fs.stat(&caller, caller.cwd, path, ResolveFlags::FOLLOW).is_err()
        {
            return Ok(self.fs.open_null());
        }
        self.fs.open(&caller, caller.cwd, path, (flags, ResolveFlags::FOLLOW), 0o666)
    }
}

/// The descriptor that a path of `/dev` stands for.
fn descriptor_of(path: &[u8]) -> Option<u32> {
    match path {
        b"/dev/stdin" => Some(0),
        b"/dev/stdout" => Some(1),
        b"/dev/stderr" => Some(2),
        _ => {
            let number = path.strip_prefix(b"/dev/fd/").or(path.strip_prefix(b"/proc/self/fd/"))?;
            std::str::from_utf8(number).ok()?.parse().ok()
        }
    }
}

/// A redirection's word as bash names it when it is ambiguous.
fn written(word: &Word) -> Vec<u8> {
    use crate::syntax::ir::Part;
    match word.parts.as_slice() {
        [Part::Param(param)] if crate::syntax::lexer::is_name(&param.source) => {
            format!("${}", param.source).into_bytes()
        }
        [Part::Param(param)] => format!("${{{}}}", param.source).into_bytes(),
        [Part::Literal(text)] => text.clone(),
        _ => b"*".to_vec(),
    }
}
