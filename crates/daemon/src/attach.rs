//! Processes of containers that are attached to a terminal.

use std::collections::BTreeMap;

use engine::{Terminal, TurnEnd};
use vfs::{Stream, Timestamp, Tree};

use crate::docker::command_env;
use crate::{Bind, Container, Daemon, State, Status};

/// A process of a container that goes on at a terminal, because `docker run -it`, `exec -it`,
/// `attach` or `start -ai` asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attach {
    /// The container's id.
    pub container: String,
    /// What runs.
    pub process: AttachedProcess,
}

/// Which process of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttachedProcess {
    /// Its own.
    Main,
    /// One that `docker exec` starts.
    Exec {
        /// Program and arguments.
        args: Vec<String>,
        /// `--env`
        env: Vec<String>,
        /// `--user`
        user: Option<String>,
        /// `--workdir`
        cwd: Option<String>,
    },
}

/// What a container changed of something of the host that it had mounted.
pub struct HostChange {
    /// What was mounted.
    pub bind: Bind,
    /// As it was.
    pub before: Tree,
    /// As it is.
    pub after: Tree,
}

/// What a container whose process was ended from outside ends with.
const KILLED: u8 = 137;

impl Daemon {
    /// The processes of a container have changed files of the host, which this gives.
    fn take_mounted(
        &mut self,
        attach: &Attach,
        mounted: impl Iterator<Item = Tree>,
    ) -> Vec<HostChange> {
        let State { containers, volumes, binds, .. } = &mut self.state;
        let Some(container) = containers.find(&attach.container) else { return Vec::new() };
        let mut mounted = mounted;
        for (mount, tree) in container.volumes.iter().zip(&mut mounted) {
            volumes.insert(mount.name.clone(), tree);
        }
        let mut out = Vec::new();
        for (bind, after) in container.binds.iter().zip(&mut mounted) {
            let before = binds.insert(bind.source.clone(), after.clone()).unwrap_or_default();
            if !bind.read_only && !before.same_snapshot(&after) {
                out.push(HostChange { bind: bind.clone(), before, after });
            }
        }
        out
    }

    /// A terminal at which the process is to run.
    ///
    /// # Errors
    /// What keeps it from starting, as runc says it.
    pub fn open_terminal(&self, attach: &Attach) -> Result<Terminal, String> {
        let state = &self.state;
        let container = state.containers.find(&attach.container).ok_or("no such container")?;
        let (more_env, user, cwd) = match &attach.process {
            AttachedProcess::Main => (&[][..], None, None),
            AttachedProcess::Exec { env, user, cwd, .. } => {
                (env.as_slice(), user.as_deref(), cwd.as_deref())
            }
        };
        let args = match &attach.process {
            AttachedProcess::Main => container.command(),
            AttachedProcess::Exec { args, .. } => args.clone(),
        };
        let mut env = command_env(container, more_env);
        if !env.iter().any(|entry| entry.starts_with("TERM=")) {
            env.push("TERM=xterm".to_owned());
        }
        let mounts = container.mounts(&state.volumes, &state.binds);
        let dir = cwd.unwrap_or(&container.config.working_dir);
        let command = builder::Command {
            root: &container.tree,
            args: &args,
            env: &env,
            cwd: if dir.is_empty() { "/" } else { dir },
            user: user.unwrap_or(&container.config.user),
            mounts: &mounts,
            hosts: &[],
            seed: state.ids,
            time: state.now,
        };
        Terminal::open(&command, self.modules.clone(), None)
    }

    /// The process runs from now on, unless it does already.
    pub(crate) fn start_attached(&mut self, attach: &Attach) {
        let state = &mut self.state;
        if attach.process == AttachedProcess::Main
            && let Some(container) = state.containers.get_mut(&attach.container)
            && !container.is_running(state.now)
        {
            let ended = Timestamp(i64::MAX);
            container.status = Status::Started { at: state.now, ended, code: 0 };
        }
    }

    /// The filesystem of a container that runs; none if it was ended or removed.
    #[must_use]
    pub fn running_tree(&self, container: &str) -> Option<&Tree> {
        let state = &self.state;
        let found = state.containers.find(container)?;
        found.is_running(state.now).then_some(&found.tree)
    }

    /// Takes over what a turn at a terminal did: to the container's files, its volumes, its logs, and
    /// how far it is. What it did to files of the host is for the caller to do there.
    #[must_use]
    pub fn after_turn(
        &mut self,
        attach: &Attach,
        terminal: &Terminal,
        output: &[u8],
        end: &TurnEnd,
    ) -> Vec<HostChange> {
        let changes = self.take_mounted(attach, terminal.mounted().into_iter());
        let state = &mut self.state;
        state.now = state.now.max(terminal.now());
        let Some(container) = state.containers.get_mut(&attach.container) else { return changes };
        container.tree = terminal.root();
        if attach.process != AttachedProcess::Main {
            return changes;
        }
        let runs = vec![(Stream::Stdout, output.to_vec())];
        crate::append(&mut container.logs, builder::Output { runs, dropped: 0 });
        let (TurnEnd::Ended(code), Status::Started { at, .. }) = (end, container.status) else {
            return changes;
        };
        container.status = Status::Started { at, ended: state.now, code: *code };
        if container.auto_remove {
            state.remove_container(&attach.container, true);
        }
        changes
    }

    /// The exit status of an attached process whose container was ended or removed from elsewhere.
    #[must_use]
    pub fn status_of_ended(&self, attach: &Attach) -> u8 {
        let found = self.state.containers.find(&attach.container);
        found.and_then(|container| container.exit_code(self.state.now)).unwrap_or(KILLED)
    }
}

impl Container {
    /// What is mounted in it: its volumes, then what it has of the host, each in their order, then its
    /// host name.
    pub(crate) fn mounts(
        &self,
        volumes: &BTreeMap<String, Tree>,
        binds: &BTreeMap<String, Tree>,
    ) -> Vec<builder::Mount> {
        let volumes = self.volumes.iter().map(|mount| builder::Mount {
            target: mount.target.clone(),
            tree: volumes.get(&mount.name).cloned().unwrap_or_default(),
            source: vfs::AbsPath::root(),
            read_only: mount.read_only,
            tmpfs: None,
        });
        let binds = self.binds.iter().map(|bind| builder::Mount {
            target: bind.target.clone(),
            tree: binds.get(&bind.source).cloned().unwrap_or_default(),
            source: match bind.is_file {
                true => vfs::AbsPath::root().join(bind.name().as_bytes()),
                false => vfs::AbsPath::root(),
            },
            read_only: bind.read_only,
            tmpfs: None,
        });
        volumes.chain(binds).chain(self.host_name_mount()).collect()
    }

    fn host_name_mount(&self) -> Option<builder::Mount> {
        let content = format!("{}\n", self.host_name).into_bytes();
        let tree = crate::trees::single("hostname", content).ok()?;
        Some(builder::Mount {
            target: vfs::AbsPath::new("/etc/hostname"),
            tree,
            source: vfs::AbsPath::new("/hostname"),
            read_only: false,
            tmpfs: None,
        })
    }
}
