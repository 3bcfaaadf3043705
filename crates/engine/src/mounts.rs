//! What is mounted over a container's filesystem, and the places that are made for it.

use builder::{Command, Mount};
use vfs::{
    AbsPath, Caller, Content, Errno, Fs, Kind, Meta, MountFlags, Name, NodeId, OpenFlags,
    ResolveFlags, SetTime, Timestamp, Tree,
};

use crate::procfs;

/// The host name of a container that a build runs (`oci/spec.go` of BuildKit's executor).
const HOST_NAME: &str = "buildkitsandbox";

/// The line of the container's `/etc/hostname`: that of a mount, where its caller gives one.
pub fn host_name(command: &Command<'_>) -> String {
    let mount = command.mounts.iter().find(|mount| mount.target == AbsPath::new("/etc/hostname"));
    let given = mount.and_then(|mount| match &mount.tree.lookup(&mount.source)?.1.kind {
        Kind::File(content) => Some(String::from_utf8_lossy(&content.to_vec()).into_owned()),
        _ => None,
    });
    given.unwrap_or_else(|| format!("{HOST_NAME}\n"))
}

/// What BuildKit writes where the machine has no name server of its own (`executor/oci/resolvconf.go`).
const RESOLV_CONF: &str = "nameserver 8.8.8.8\nnameserver 8.8.4.4\nnameserver 2001:4860:4860::8888\n\
                           nameserver 2001:4860:4860::8844\n";

/// The mounts of one container.
#[derive(Clone, Default)]
pub struct Mounts {
    /// The numbers of the mounts that the command asked for, in its order.
    devices: Vec<u32>,
    /// The number of the mount at `/proc`.
    proc: Option<u32>,
    /// Where everything is mounted, in the order in which it was, with whether it is a directory.
    places: Vec<(u32, AbsPath, bool)>,
    /// Directories and files that were made as places to mount on, those above first.
    stubs: Vec<Stub>,
}

/// A directory or file that was made as a place to mount on.
#[derive(Clone)]
struct Stub {
    path: AbsPath,
    /// The time of the directory it is in.
    time: Timestamp,
    /// What was in that directory.
    beside: Vec<(Name, NodeId)>,
}

impl Mounts {
    /// Mounts `/proc`, what the command asks for, and `/etc/hosts` and `/etc/resolv.conf` as BuildKit does.
    ///
    /// # Errors
    /// A sentence as runc gives it.
    pub fn attach(fs: &mut Fs, command: &Command<'_>) -> Result<Self, String> {
        let mut out = Self::default();
        // A link that leads nowhere is left alone.
        out.proc = out.mount_proc(fs, command).ok();
        for (path, content) in
            [("/etc/hosts", hosts(command.hosts)), ("/etc/resolv.conf", RESOLV_CONF.to_owned())]
        {
            let mount = Mount {
                target: AbsPath::new(path),
                tree: file(content.into_bytes(), command.time),
                source: AbsPath::new("/file"),
                read_only: true,
                tmpfs: None,
            };
            // Something else at the place, such as a link that leads nowhere, is left alone.
            let _ = out.mount(fs, &mount);
        }
        for mount in command.mounts {
            let device = out.mount(fs, mount).map_err(|errno| {
                format!(
                    "error mounting {:?} to rootfs at {:?}: {}",
                    mount.source.to_string(),
                    mount.target.to_string(),
                    errno.to_string().to_lowercase()
                )
            })?;
            out.devices.push(device);
        }
        Ok(out)
    }

    /// The number of the mount at `/proc`, if there is one.
    pub fn proc(&self) -> Option<u32> {
        self.proc
    }

    fn mount_proc(&mut self, fs: &mut Fs, command: &Command<'_>) -> Result<u32, Errno> {
        let target = AbsPath::new(procfs::PLACE);
        self.make_place(fs, &target, true)?;
        let device = procfs::mount(fs, command)?;
        self.places.push((device, target, true));
        Ok(device)
    }

    fn mount(&mut self, fs: &mut Fs, mount: &Mount) -> Result<u32, Errno> {
        let is_dir = mount.tree.lookup(&mount.source).is_none_or(|(_, inode)| inode.is_dir());
        self.make_place(fs, &mount.target, is_dir)?;
        let flags = MountFlags { read_only: mount.read_only, ..MountFlags::default() };
        let device = fs.mount(&mount.target, mount.tree.clone(), &mount.source, flags)?;
        self.places.push((device, mount.target.clone(), is_dir));
        Ok(device)
    }

    /// Mounts everything again after the root filesystem was replaced ([`Fs::set_root`]). What finds
    /// no place any more is left out.
    pub fn attach_again(&mut self, fs: &mut Fs) {
        self.stubs.clear();
        for (device, target, is_dir) in self.places.clone() {
            if self.make_place(fs, &target, is_dir).is_ok() {
                // A place that is a file now and was a directory takes it all the same.
                let _ = fs.mount_again(device, &target);
            }
        }
    }

    /// Makes what is missing of a place to mount on.
    fn make_place(&mut self, fs: &mut Fs, target: &AbsPath, is_dir: bool) -> Result<(), Errno> {
        let (root, at) = (caller(), NodeId::ROOT);
        let mut here = AbsPath::root();
        let names: Vec<&[u8]> = target.components().collect();
        for (depth, name) in names.iter().enumerate() {
            let dir = here.clone();
            here = here.join(name);
            let spot = fs.resolve(&root, at, here.as_bytes(), ResolveFlags::FOLLOW)?;
            if spot.node.is_some() {
                continue;
            }
            let time = fs.stat(&root, at, dir.as_bytes(), ResolveFlags::FOLLOW)?.meta.mtime;
            let beside = listing(fs, &dir)?;
            if depth + 1 < names.len() || is_dir {
                fs.mkdir(&root, at, here.as_bytes(), 0o755, ResolveFlags::NOFOLLOW)?;
            } else {
                let how = OpenFlags { write: true, create: true, ..OpenFlags::default() };
                let open =
                    fs.open(&root, at, here.as_bytes(), (how, ResolveFlags::NOFOLLOW), 0o755)?;
                fs.close(open);
            }
            // What is made in another mount stays in it.
            if spot.parent.dev == 0 {
                self.stubs.push(Stub { path: here.clone(), time, beside });
            }
        }
        Ok(())
    }

    /// The filesystems of the command's mounts as they are now.
    pub fn trees(&self, fs: &Fs) -> Vec<Tree> {
        let trees = self.devices.iter().filter_map(|device| fs.mounted(*device));
        trees.cloned().collect()
    }

    /// Removes the places that were made and that nothing has been put into
    /// (`MountStubsCleaner` of BuildKit's `executor/stubs.go`); their directories are then as they were,
    /// unless something else happened there.
    pub fn clean(&self, root: Tree, began: Timestamp) -> Tree {
        if self.stubs.is_empty() {
            return root;
        }
        let mut fs = Fs::new(root, vfs::Limits::default());
        let (root, at, flags) = (caller(), NodeId::ROOT, ResolveFlags::NOFOLLOW);
        for Stub { path, time, beside } in self.stubs.iter().rev() {
            let Ok(stat) = fs.stat(&root, at, path.as_bytes(), flags) else { continue };
            let dir = path.parent().unwrap_or_else(AbsPath::root);
            let Ok(now) = fs.stat(&root, at, dir.as_bytes(), flags) else { continue };
            let removed = match stat.file_type {
                vfs::FileType::Dir => fs.rmdir(&root, at, path.as_bytes(), flags),
                vfs::FileType::File if stat.size == 0 => {
                    fs.unlink(&root, at, path.as_bytes(), flags)
                }
                // What is not empty has been used and stays.
                _ => continue,
            };
            if removed.is_ok() {
                let untouched = now.meta.mtime == began
                    && listing(&fs, &dir).is_ok_and(|listing| same(beside, &listing));
                let time = SetTime::At(if untouched { *time } else { now.meta.mtime });
                // The directory was just written to.
                let _ = fs.utimes(&root, at, dir.as_bytes(), (SetTime::Keep, time), flags);
            }
        }
        fs.into_root()
    }
}

/// What is in a directory.
fn listing(fs: &Fs, dir: &AbsPath) -> Result<Vec<(Name, NodeId)>, Errno> {
    let spot = fs.resolve(&caller(), NodeId::ROOT, dir.as_bytes(), ResolveFlags::FOLLOW)?;
    let entries = fs.list(spot.node.ok_or(Errno::ENOENT)?)?;
    Ok(entries.into_iter().map(|entry| (entry.name, entry.node)).collect())
}

/// Whether a directory holds what it held, where something may have been mounted on it then.
fn same(then: &[(Name, NodeId)], now: &[(Name, NodeId)]) -> bool {
    let mut pairs = then.iter().zip(now);
    then.len() == now.len()
        && pairs.all(|(then, now)| then.0 == now.0 && (then.1.dev != 0 || then.1 == now.1))
}

fn caller() -> Caller {
    Caller { umask: 0, ..Caller::root() }
}

/// `/etc/hosts`, with the names of `--add-host` behind the container's own.
fn hosts(added: &[(String, String)]) -> String {
    let mut out =
        format!("127.0.0.1\tlocalhost {HOST_NAME}\n::1\tlocalhost ip6-localhost ip6-loopback\n");
    for (name, address) in added {
        out.push_str(&format!("{address}\t{name}\n"));
    }
    out
}

/// A filesystem with one file, `/file`.
fn file(content: Vec<u8>, time: Timestamp) -> Tree {
    let mut tree = Tree::new();
    if let Ok(name) = Name::new(b"file") {
        let kind = Kind::File(Content::from(content));
        // An empty directory takes any name.
        let _ = tree.create(Tree::ROOT, name, Meta::root(0o644, time), kind);
    }
    tree
}
