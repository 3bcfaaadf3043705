//! Commands and what is mounted for them.

use dockerfile::quote;
use image::Digest;
use vfs::{AbsPath, Content, Fs, Limits, Timestamp, Tree};

use super::file::not_found;
use super::{Done, Fault, Solver, Task, text};
use crate::content_hash::{Selector, content_hash};
use crate::files::{CopyOptions, make_dirs, put_file};
use crate::graph::{ExecOp, Input, MountOp, MountOpKind, SecretOp};
use crate::miss::{Files, KeyInputs};
use crate::{Command, Mount, RunError};

/// What a command gets mounted, and the cache mounts among that.
struct Mounted {
    mounts: Vec<Mount>,
    /// Places in `mounts` and the ids under which their filesystems are kept.
    caches: Vec<(usize, String)>,
    /// Variables that hold secrets.
    env: Vec<String>,
}

impl Solver<'_, '_> {
    /// What decides a command, and how to run it.
    pub(super) fn exec_task<'t>(
        &self,
        exec: &'t ExecOp,
        ignore_cache: bool,
    ) -> Result<Task<'t>, Fault> {
        let base = self.input(exec.root)?;
        let mut operation = format!("RUN {} network={:?}", exec.args.join("\0"), exec.network);
        let mut digests = Vec::new();
        for mount in &exec.mounts {
            operation.push_str(&format!("\0{}", operation_of(mount)));
            if let MountOpKind::Bind { from, source, .. } = &mount.kind {
                digests.push(self.bind_digest(*from, source)?);
            }
        }
        for (name, _) in &exec.hosts {
            operation.push_str(&format!("\0host {name}"));
        }
        let content = (!digests.is_empty()).then(|| Digest::of(digests.join("\0")));
        let inputs = KeyInputs {
            parent: base.key,
            operation,
            env: exec.env.clone(),
            cwd: exec.cwd.clone(),
            user: exec.user.clone(),
            content,
        };
        let root = base.tree.clone();
        let make = Box::new(move |solver: &mut Solver<'_, '_>, run: super::Run| {
            solver.execute(exec, (&root, ignore_cache), &run)
        });
        Ok(Task { inputs, files: Files::new(), base, make })
    }

    fn bind_digest(&self, from: Input, source: &str) -> Result<String, Fault> {
        let tree = self.input(from)?.tree;
        let selector = Selector { path: source, follow_links: true, ..Selector::default() };
        match content_hash(&tree, &selector) {
            Ok(digest) => Ok(digest.to_string()),
            Err(crate::ContentHashError::NotFound(path)) => Err(not_found(&tree, &path)),
            Err(error) => Err(text(error)),
        }
    }

    fn execute(
        &mut self,
        exec: &ExecOp,
        (root, ignore_cache): (&Tree, bool),
        run: &super::Run,
    ) -> Result<Done, Fault> {
        let mounted = self.mounted(exec, run.time, ignore_cache)?;
        let Mounted { mounts, caches, env: secrets } = mounted;
        let mut env = exec.env.clone();
        let unset = |entry: &&String| {
            let name = entry.split_once('=').map_or(entry.as_str(), |(name, _)| name);
            let prefix = format!("{name}=");
            !exec.env.iter().any(|entry| entry.starts_with(&prefix))
        };
        env.extend(exec.proxy.iter().filter(unset).cloned());
        env.extend(secrets);
        let command = Command {
            root,
            args: &exec.args,
            env: &env,
            cwd: &exec.cwd,
            user: &exec.user,
            mounts: &mounts,
            hosts: &exec.hosts,
            seed: run.seed,
            time: run.time,
        };
        let shown = quote(&exec.args.join(" "));
        let ran = self.outside.executor.run(&command).map_err(|error| match error {
            RunError::NotLoaded(module) => Fault::NotLoaded(module),
            RunError::Stopped { message, output, points } => Fault::Failed {
                message: format!("process {shown} {message}"),
                exit_code: None,
                output,
                points,
            },
        })?;
        // What a failed command has put into a cache mount stays there.
        for (at, id) in caches {
            if let Some(tree) = ran.mounts.get(at) {
                self.mounted.insert(id.clone());
                self.cache.mounts.insert(id, tree.clone());
            }
        }
        if ran.exit_code != 0 {
            return Err(Fault::Failed {
                message: format!(
                    "process {shown} did not complete successfully: exit code: {}",
                    ran.exit_code
                ),
                exit_code: Some(ran.exit_code),
                output: ran.output,
                points: ran.points,
            });
        }
        Ok(Done { tree: ran.root, output: ran.output, time: ran.time, points: ran.points })
    }

    /// What is mounted; a step that ignores the cache begins with new cache mounts.
    fn mounted(
        &self,
        exec: &ExecOp,
        time: Timestamp,
        ignore_cache: bool,
    ) -> Result<Mounted, Fault> {
        let mut out = Mounted { mounts: Vec::new(), caches: Vec::new(), env: Vec::new() };
        for mount in &exec.mounts {
            let target = AbsPath::new(&mount.target);
            let (tree, source, read_only, tmpfs) = match &mount.kind {
                MountOpKind::Bind { from, source, read_only } => {
                    (self.input(*from)?.tree, source.as_str(), *read_only, None)
                }
                MountOpKind::Cache { id, from, source, read_only } => {
                    let base = self.input(*from)?;
                    // A mount that begins with something else is another one.
                    let id = format!("{id}\0{}", base.key.0);
                    let is_old = ignore_cache && !self.mounted.contains(&id);
                    let kept = self.cache.mounts.get(&id).filter(|_| !is_old);
                    let tree = kept.cloned().unwrap_or(base.tree);
                    out.caches.push((out.mounts.len(), id));
                    (tree, source.as_str(), *read_only, None)
                }
                MountOpKind::Tmpfs { size } => (tmpfs(time)?, "/", false, Some(*size)),
                MountOpKind::Secret(secret) => {
                    let Some(value) = self.request.secrets.get(&secret.id) else {
                        if secret.required {
                            return Err(Fault::from(format!("secret {}: not found", secret.id)));
                        }
                        continue;
                    };
                    if let Some(name) = &secret.env {
                        out.env.push(format!("{name}={}", String::from_utf8_lossy(value)));
                    }
                    if !secret.file {
                        continue;
                    }
                    (secret_file(secret, value, time)?, "/secret", true, None)
                }
            };
            let source = inside(&tree, source)?;
            out.mounts.push(Mount { target, tree, source, read_only, tmpfs });
        }
        Ok(out)
    }
}

/// Where a path leads in a mounted filesystem; links do not lead out of it.
fn inside(tree: &Tree, source: &str) -> Result<AbsPath, Fault> {
    let fs = Fs::new(tree.clone(), Limits::default());
    let path = crate::files::resolved(&fs, &AbsPath::new(source));
    match tree.lookup(&path) {
        Some(_) => Ok(path),
        None => Err(not_found(tree, &AbsPath::new(source))),
    }
}

fn tmpfs(time: Timestamp) -> Result<Tree, Fault> {
    let mut tree = Tree::new();
    tree.edit_meta(Tree::ROOT, |meta| {
        meta.mode = 0o1777;
        (meta.mtime, meta.ctime) = (time, time);
    })
    .map_err(text)?;
    Ok(tree)
}

/// A filesystem with a secret as its one file.
fn secret_file(secret: &SecretOp, value: &[u8], time: Timestamp) -> Result<Tree, Fault> {
    let options = CopyOptions::default();
    let tree = make_dirs(Tree::new(), &AbsPath::root(), &options, time).map_err(text)?;
    let path = AbsPath::new("/secret");
    let content = Content::from(value.to_vec());
    let mut tree = put_file(tree, &path, (content, secret.mode), time).map_err(text)?;
    if let Some((ino, _)) = tree.lookup(&path) {
        tree.edit_meta(ino, |meta| (meta.uid, meta.gid) = (secret.uid, secret.gid))
            .map_err(text)?;
    }
    Ok(tree)
}

/// What of a mount decides the key: neither the id of a cache nor the value of a secret do.
fn operation_of(mount: &MountOp) -> String {
    match &mount.kind {
        MountOpKind::Bind { read_only, .. } => format!("bind {} {read_only}", mount.target),
        MountOpKind::Cache { read_only, .. } => format!("cache {} {read_only}", mount.target),
        MountOpKind::Tmpfs { size } => format!("tmpfs {} {size}", mount.target),
        MountOpKind::Secret(secret) => format!(
            "secret {} {} {:?} {} {:o} {}:{}",
            mount.target,
            secret.id,
            secret.env,
            secret.required,
            secret.mode,
            secret.uid,
            secret.gid
        ),
    }
}
