//! `PS1` and `PS2`.

use vfs::ResolveFlags;

use crate::Stop;
use crate::shell::{Flow, Shell};

impl Shell<'_> {
    /// Prints the prompt for a command's first line, or for those after it.
    pub(super) fn print_prompt(&mut self, more: bool) -> Result<(), Stop> {
        let name = if more { "PS2" } else { "PS1" };
        let format = self.state.vars.value(name).map(<[u8]>::to_vec).unwrap_or_default();
        let decoded = if self.is_dash() { format } else { self.decode_prompt(&format) };
        let status = self.state.status;
        let line = self.state.line;
        let prompt = match self.expand_prompt(&decoded) {
            Err(Flow::Stop(stop)) => return Err(stop),
            // What cannot be expanded is shown as it is.
            Err(_) => decoded,
            Ok(prompt) => prompt,
        };
        (self.state.status, self.state.line) = (status, line);
        self.write_error(&prompt);
        Ok(())
    }

    /// Replaces the escapes that bash's manual lists under PROMPTING, of which BusyBox knows the
    /// most used ones.
    fn decode_prompt(&self, format: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut rest = format.iter();
        while let Some(&byte) = rest.next() {
            if byte != b'\\' {
                out.push(byte);
                continue;
            }
            match rest.next().copied() {
                Some(b'u') => out.extend(self.user_name()),
                Some(b'h') => {
                    let name = self.host_name();
                    out.extend(name.split(|b| *b == b'.').next().unwrap_or_default());
                }
                Some(b'H') => out.extend(self.host_name()),
                Some(b'w') => out.extend(self.short_directory()),
                Some(b'W') => {
                    let directory = self.short_directory();
                    let last = directory.rsplit(|b| *b == b'/').next().unwrap_or_default();
                    out.extend(if last.is_empty() { &directory[..] } else { last });
                }
                Some(b'$') => out.push(if self.state.caller.cred.uid == 0 { b'#' } else { b'$' }),
                Some(b's') => {
                    let name = &self.state.name;
                    out.extend(name.rsplit(|b| *b == b'/').next().unwrap_or_default());
                }
                Some(b'v') => out.extend(b"5.2"),
                Some(b'V') => out.extend(b"5.2.15"),
                Some(b'n') => out.push(b'\n'),
                Some(b'r') => out.push(b'\r'),
                Some(b'a') => out.push(7),
                Some(b'e') => out.push(27),
                // They enclose what takes no room, for bash's own line editor.
                Some(b'[' | b']') => {}
                Some(b'\\') => out.push(b'\\'),
                Some(digit @ b'0'..=b'3') => {
                    let mut value = u32::from(digit - b'0');
                    let digits = rest.as_slice().iter().take(2);
                    let more = digits.take_while(|b| (b'0'..=b'7').contains(b)).count();
                    for _ in 0..more {
                        value = value * 8 + u32::from(rest.next().map_or(0, |digit| digit - b'0'));
                    }
                    out.push(value as u8);
                }
                Some(other) => out.extend([b'\\', other]),
                None => out.push(b'\\'),
            }
        }
        out
    }

    fn user_name(&self) -> Vec<u8> {
        let uid = self.state.caller.cred.uid.to_string();
        let passwd = self.read_text("/etc/passwd");
        let line = passwd.split(|b| *b == b'\n').find(|line| {
            line.split(|b| *b == b':').nth(2).is_some_and(|field| field == uid.as_bytes())
        });
        match line.and_then(|line| line.split(|b| *b == b':').next()) {
            Some(name) => name.to_vec(),
            None => b"I have no name!".to_vec(),
        }
    }

    fn host_name(&self) -> Vec<u8> {
        match self.state.vars.value("HOSTNAME") {
            Some(name) => name.to_vec(),
            None => {
                let name = self.read_text("/etc/hostname").trim_ascii().to_vec();
                if name.is_empty() { b"localhost".to_vec() } else { name }
            }
        }
    }

    /// `$PWD` with `~` for the home directory.
    fn short_directory(&self) -> Vec<u8> {
        let cwd = &self.state.cwd;
        let home = self.state.vars.value("HOME").filter(|home| home.len() > 1);
        match home.and_then(|home| cwd.strip_prefix(home)) {
            Some(rest) if rest.is_empty() || rest[0] == b'/' => [b"~", rest].concat(),
            _ => cwd.clone(),
        }
    }

    fn read_text(&self, path: &str) -> Vec<u8> {
        let caller = vfs::Caller::root();
        let at = vfs::NodeId::ROOT;
        let Ok(spot) = self.fs.resolve(&caller, at, path.as_bytes(), ResolveFlags::FOLLOW) else {
            return Vec::new();
        };
        match spot.node.and_then(|node| self.fs.inode(node).ok()).map(|inode| &inode.kind) {
            Some(vfs::Kind::File(content)) => content.to_vec(),
            _ => Vec::new(),
        }
    }
}
