//! Parameters the shell itself keeps: `$?`, `$RANDOM`, `$LINENO` and their kind.

use super::param::Values;
use crate::Personality;
use crate::shell::Shell;

impl Shell<'_> {
    /// `$? $# $$ $! $- $0`.
    pub(super) fn special_parameter(&self, name: u8) -> Option<Vec<u8>> {
        let state = &self.state;
        Some(match name {
            b'?' => state.status.to_string().into_bytes(),
            b'#' => state.positional.len().to_string().into_bytes(),
            b'$' => state.pid.to_string().into_bytes(),
            b'!' => state.last_background?.to_string().into_bytes(),
            b'-' => state.options.flags(state.personality, state.is_command).into_bytes(),
            b'0' => state.name.clone(),
            _ => return None,
        })
    }

    /// Variables whose value is made when it is asked for.
    pub(super) fn dynamic_variable(&mut self, name: &str) -> Option<Values> {
        let bash = self.is_bash();
        let one = |value: String| Some(Values::One(value.into_bytes()));
        if let Some(var) = self.state.vars.get(name)
            && !matches!(name, "RANDOM" | "SECONDS" | "LINENO" | "_")
            && var.get().is_some()
        {
            return None;
        }
        match name {
            "LINENO" if self.state.personality != Personality::Ash => {
                one(self.message_line().to_string())
            }
            "RANDOM" if !self.is_dash() => one(self.next_random().to_string()),
            "SECONDS" if bash => one((self.fs.now().secs() - self.state.started).to_string()),
            "EPOCHSECONDS" if bash => one(self.fs.now().secs().to_string()),
            "EPOCHREALTIME" if bash => {
                let now = self.fs.now();
                one(format!("{}.{:06}", now.secs(), now.subsec_nanos() / 1000))
            }
            "GROUPS" if bash => one(self.state.caller.cred.gid.to_string()),
            "BASHPID" if bash => one((self.state.pid + self.state.subshell).to_string()),
            "BASH_SUBSHELL" if bash => one(self.state.subshell.to_string()),
            "_" if bash => self.state.last_argument.clone().map(Values::One),
            "UID" | "EUID" if bash => one(self.state.caller.cred.uid.to_string()),
            _ => None,
        }
    }

    /// Arrays that bash keeps itself.
    pub(super) fn dynamic_array(&self, name: &str) -> Option<Vec<Vec<u8>>> {
        if !self.is_bash() {
            return None;
        }
        let running = &self.state.functions_running;
        let in_functions = |item: fn(&Self, &str) -> Vec<u8>| {
            running.iter().rev().map(|name| item(self, name)).collect::<Vec<_>>()
        };
        match name {
            "PIPESTATUS" => {
                let statuses = self.state.pipe_status.iter();
                Some(statuses.map(|status| status.to_string().into_bytes()).collect())
            }
            "BASH_LINENO" => {
                let mut lines: Vec<u32> = self.state.call_lines.iter().rev().copied().collect();
                if !self.state.is_command {
                    lines.push(0);
                }
                Some(lines.iter().map(|line| line.to_string().into_bytes()).collect())
            }
            "DIRSTACK" => {
                let dirs = self.state.dirs.iter().rev().cloned();
                Some(std::iter::once(self.state.cwd.clone()).chain(dirs).collect())
            }
            "FUNCNAME" if !running.is_empty() => {
                let mut names = in_functions(|_, name| name.as_bytes().to_vec());
                if !self.state.is_command {
                    names.push(b"main".to_vec());
                }
                Some(names)
            }
            "BASH_SOURCE" => {
                let source = self.state.source.clone();
                let mut sources = in_functions(|shell, _| shell.state.source.clone());
                if !source.is_empty() {
                    sources.push(source);
                }
                Some(sources)
            }
            _ => None,
        }
    }

    /// bash's generator (Park and Miller's), so that `RANDOM=42` gives what it gives there.
    pub(crate) fn next_random(&mut self) -> u32 {
        let last = match self.state.random {
            0 => 123_459_876,
            seed => seed,
        };
        let (high, low) = (i64::from(last / 127_773), i64::from(last % 127_773));
        let next = 16_807 * low - 2_836 * high;
        self.state.random = (if next < 0 { next + 0x7fff_ffff } else { next }) as u32;
        ((self.state.random >> 16) ^ (self.state.random & 0xffff)) & 0x7fff
    }
}
