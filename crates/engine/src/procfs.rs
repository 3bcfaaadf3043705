//! A container's `/proc`: what the kernel tells, as far as commands look at it.
//!
//! The machine is modelled: one processor, 2 GiB of memory, just started. A process's number is how
//! deep it was started; `/proc/self` is that of the one that runs now, and when it has ended that of
//! its parent again.

use builder::Command;
use shell::Process;
use vfs::{
    AbsPath, Caller, Content, Dir, Errno, Fs, Ino, Kind, Meta, MountFlags, Name, NodeId,
    ResolveFlags, Timestamp, Tree,
};

use crate::mounts::host_name;

/// The files of a process that are the same for all.
const SHARED: [&str; 6] = ["cgroup", "limits", "mountinfo", "mounts", "oom_score", "oom_score_adj"];
/// Memory of the machine in KiB.
const MEMORY: u64 = 2 << 20;
/// The modelled kernel, that of Debian 12.
const RELEASE: &str = "6.1.0-18-amd64";
const VERSION: &str = "#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)";

/// Where it is mounted.
pub const PLACE: &str = "/proc";

/// Mounts `/proc`; answers the mount's number.
///
/// # Errors
/// `ENOTDIR` where something else is in its place.
pub fn mount(fs: &mut Fs, command: &Command<'_>) -> Result<u32, Errno> {
    let flags = MountFlags { read_only: true, open_file_links: true };
    fs.mount(&AbsPath::new(PLACE), machine(command)?, &AbsPath::root(), flags)
}

/// Makes `/proc/self` that of a process about to run; answers the tree to put back when it has
/// ended ([`leave`]).
pub fn enter(fs: &mut Fs, dev: u32, process: &Process) -> Option<Tree> {
    let mut tree = fs.mounted(dev)?.clone();
    // Every name is new in its directory, so nothing here fails.
    let _ = describe(&mut tree, fs, process);
    fs.replace_mounted(dev, tree)
}

/// Gives `/proc/self` back to the process that goes on.
pub fn leave(fs: &mut Fs, dev: u32, before: Tree) {
    fs.replace_mounted(dev, before);
}

fn describe(tree: &mut Tree, fs: &Fs, process: &Process) -> Result<(), Errno> {
    let now = fs.now();
    let first = tree.lookup(&AbsPath::new("/1")).map(|(ino, _)| ino).ok_or(Errno::ENOENT)?;
    let has = |path: &str| tree.lookup(&AbsPath::new(path)).is_some();
    let (pid, dir) = if has("/1/status") {
        let pid = (2..).find(|pid| !has(&format!("/{pid}"))).unwrap_or(u32::MAX);
        (pid, replace(tree, Tree::ROOT, &pid.to_string(), 0o555, Kind::Dir(Dir::default()), now)?)
    } else {
        (1, first)
    };
    replace(
        tree,
        Tree::ROOT,
        "self",
        0o777,
        Kind::Symlink(pid.to_string().as_bytes().into()),
        now,
    )?;
    for name in SHARED.iter().filter(|_| pid > 1) {
        let shared =
            tree.get(first).and_then(vfs::Inode::dir).and_then(|dir| dir.get(name.as_bytes()));
        tree.link(shared.ok_or(Errno::ENOENT)?, dir, Name::new(name.as_bytes())?)?;
    }
    let name = process.path.rsplit(|&b| b == b'/').next().unwrap_or_default();
    let comm = &name[..name.len().min(15)];
    let joined = |parts: &[Vec<u8>]| -> Vec<u8> {
        parts.iter().flat_map(|part| part.iter().copied().chain([0])).collect()
    };
    let environ: Vec<Vec<u8>> =
        process.env.iter().map(|(name, value)| [name, b"=".as_slice(), value].concat()).collect();
    let caller = &process.caller;
    let path =
        |node: NodeId| fs.path_of(node).map_or(b"/".to_vec(), |path| path.as_bytes().to_vec());
    let program = fs
        .resolve(caller, caller.cwd, &process.path, ResolveFlags::FOLLOW)
        .and_then(|spot| spot.existing());
    let exe = program.map_or_else(|_| process.path.clone(), path);
    for (name, content) in [
        ("cmdline", joined(&process.argv)),
        ("comm", [comm, b"\n"].concat()),
        ("environ", joined(&environ)),
        ("status", status(pid, comm, caller).into_bytes()),
        ("stat", stat(pid, comm).into_bytes()),
    ] {
        replace(tree, dir, name, 0o444, Kind::File(Content::from(content)), now)?;
    }
    for (name, target) in [("cwd", path(caller.cwd)), ("exe", exe), ("root", b"/".to_vec())] {
        replace(tree, dir, name, 0o777, Kind::Symlink(target.into()), now)?;
    }
    let _ = tree.unlink(dir, b"fd").map(|ino| tree.forget(ino));
    let fds =
        tree.create(dir, Name::new(b"fd")?, Meta::root(0o500, now), Kind::Dir(Dir::default()))?;
    own(tree, fds, caller)?;
    for (number, id) in &process.fds {
        let (read, write, _) = fs.access_mode(*id).unwrap_or_default();
        let mode = 0o100 | if read { 0o400 } else { 0 } | if write { 0o200 } else { 0 };
        let target = Kind::Symlink(fs.open_file_text(*id).into());
        let name = Name::new(number.to_string().as_bytes())?;
        let link = tree.create(fds, name, Meta::root(mode, now), target)?;
        own(tree, link, caller)?;
    }
    Ok(())
}

/// A process's own files belong to it.
fn own(tree: &mut Tree, ino: Ino, caller: &Caller) -> Result<(), Errno> {
    tree.edit_meta(ino, |meta| (meta.uid, meta.gid) = (caller.cred.uid, caller.cred.gid))
}

fn replace(
    tree: &mut Tree,
    dir: Ino,
    name: &str,
    mode: u32,
    kind: Kind,
    time: Timestamp,
) -> Result<Ino, Errno> {
    let _ = tree.unlink(dir, name.as_bytes()).map(|ino| tree.forget(ino));
    tree.create(dir, Name::new(name.as_bytes())?, Meta::root(mode, time), kind)
}

fn status(pid: u32, comm: &[u8], caller: &Caller) -> String {
    let parent = pid - 1;
    let cred = &caller.cred;
    let groups: String = cred.groups.iter().map(|gid| format!("{gid} ")).collect();
    let four = |id: u32| format!("{id}\t{id}\t{id}\t{id}");
    // What a container's root may do by default, `DefaultCapabilities` of moby.
    let capabilities = if cred.uid == 0 { "00000000a80425fb" } else { "0000000000000000" };
    format!(
        "Name:\t{}\nUmask:\t{:04o}\nState:\tR (running)\nTgid:\t{pid}\nNgid:\t0\nPid:\t{pid}\n\
         PPid:\t{parent}\nTracerPid:\t0\nUid:\t{}\nGid:\t{}\nFDSize:\t64\nGroups:\t{groups}\n\
         VmSize:\t    2576 kB\nVmRSS:\t     896 kB\nThreads:\t1\nSigQ:\t0/7771\n\
         CapInh:\t0000000000000000\nCapPrm:\t{capabilities}\nCapEff:\t{capabilities}\n\
         CapBnd:\t00000000a80425fb\nCapAmb:\t0000000000000000\nNoNewPrivs:\t0\nSeccomp:\t2\n\
         Seccomp_filters:\t1\nCpus_allowed:\t1\nCpus_allowed_list:\t0\n",
        String::from_utf8_lossy(comm),
        caller.umask,
        four(cred.uid),
        four(cred.gid),
    )
}

fn stat(pid: u32, comm: &[u8]) -> String {
    let parent = pid - 1;
    let name = String::from_utf8_lossy(comm);
    let zeros = "0 ".repeat(29);
    format!(
        "{pid} ({name}) R {parent} {pid} {pid} 0 -1 4194560 120 0 0 0 0 0 0 0 20 0 1 0 100 2637824 224 {}\n",
        zeros.trim_end()
    )
}

/// What is the same for all processes of a container.
fn machine(command: &Command<'_>) -> Result<Tree, Errno> {
    let mut tree = Tree::new();
    let time = command.time;
    tree.edit_meta(Tree::ROOT, |meta| *meta = Meta::root(0o555, time))?;
    let mounts = mount_list(command);
    let free = MEMORY - (MEMORY >> 3);
    let seconds = time.secs();
    let files: [(&str, String); 22] = [
        ("cgroups", "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpuset\t0\t1\t1\ncpu\t0\t1\t1\nmemory\t0\t1\t1\npids\t0\t1\t1\n".into()),
        ("cmdline", "BOOT_IMAGE=/boot/vmlinuz root=/dev/vda1 ro quiet\n".into()),
        ("cpuinfo", cpuinfo()),
        ("devices", "Character devices:\n  1 mem\n  5 /dev/tty\n136 pts\n\nBlock devices:\n254 virtblk\n".into()),
        ("filesystems", "nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\tcgroup2\nnodev\tdevpts\nnodev\tmqueue\n\text4\nnodev\toverlay\n".into()),
        ("loadavg", "0.00 0.00 0.00 1/1 1\n".into()),
        ("meminfo", meminfo(free)),
        ("stat", format!("cpu  100 0 100 10000 0 0 0 0 0 0\ncpu0 100 0 100 10000 0 0 0 0 0 0\nintr 0\nctxt 1000\nbtime {}\nprocesses 1\nprocs_running 1\nprocs_blocked 0\n", seconds - 100)),
        ("swaps", "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n".into()),
        ("uptime", "100.00 100.00\n".into()),
        ("version", format!("Linux version {RELEASE} (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) {VERSION}\n")),
        ("sys/fs/file-max", "9223372036854775807\n".into()),
        ("sys/kernel/hostname", host_name(command)),
        ("sys/kernel/osrelease", format!("{RELEASE}\n")),
        ("sys/kernel/ostype", "Linux\n".into()),
        ("sys/kernel/pid_max", "4194304\n".into()),
        ("sys/kernel/random/entropy_avail", "256\n".into()),
        ("sys/kernel/version", format!("{VERSION}\n")),
        ("sys/net/core/somaxconn", "4096\n".into()),
        ("sys/vm/overcommit_memory", "0\n".into()),
        ("sys/vm/max_map_count", "65530\n".into()),
        ("sys/vm/swappiness", "60\n".into()),
    ];
    for (path, text) in files {
        put(&mut tree, path, Kind::File(Content::from(text.into_bytes())), time)?;
    }
    let zero = || "0\n".to_owned();
    let texts =
        ["0::/\n".to_owned(), LIMITS.to_owned(), mountinfo(&mounts), mounts, zero(), zero()];
    for (name, text) in SHARED.into_iter().zip(texts) {
        let path = format!("1/{name}");
        put(&mut tree, &path, Kind::File(Content::from(text.into_bytes())), time)?;
    }
    for (path, target) in
        [("mounts", "self/mounts"), ("self", "1"), ("thread-self", "1/task/1"), ("net", "self/net")]
    {
        put(&mut tree, path, Kind::Symlink(target.as_bytes().into()), time)?;
    }
    Ok(tree)
}

/// Puts a file down, with the directories above it.
fn put(tree: &mut Tree, path: &str, kind: Kind, time: Timestamp) -> Result<(), Errno> {
    let mut dir = Tree::ROOT;
    let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
    for part in above.split('/').filter(|part| !part.is_empty()) {
        let there =
            tree.get(dir).and_then(vfs::Inode::dir).and_then(|dir| dir.get(part.as_bytes()));
        dir = match there {
            Some(ino) => ino,
            None => {
                let meta = Meta::root(0o555, time);
                tree.create(dir, Name::new(part.as_bytes())?, meta, Kind::Dir(Dir::default()))?
            }
        };
    }
    let mode = if matches!(kind, Kind::Symlink(_)) { 0o777 } else { 0o444 };
    tree.create(dir, Name::new(name.as_bytes())?, Meta::root(mode, time), kind).map(|_| ())
}

/// `/proc/mounts` as in a container of BuildKit's, with what the command mounts.
fn mount_list(command: &Command<'_>) -> String {
    let mut out = String::from(
        "overlay / overlay rw,relatime,lowerdir=/var/lib/docker/overlay2/l/A,upperdir=/var/lib/docker/overlay2/B/diff,workdir=/var/lib/docker/overlay2/B/work 0 0\n\
         proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0\n\
         tmpfs /dev tmpfs rw,nosuid,size=65536k,mode=755 0 0\n\
         devpts /dev/pts devpts rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=666 0 0\n\
         shm /dev/shm tmpfs rw,nosuid,nodev,noexec,relatime,size=65536k 0 0\n\
         mqueue /dev/mqueue mqueue rw,nosuid,nodev,noexec,relatime 0 0\n\
         sysfs /sys sysfs ro,nosuid,nodev,noexec,relatime 0 0\n\
         cgroup /sys/fs/cgroup cgroup2 ro,nosuid,nodev,noexec,relatime,nsdelegate,memory_recursiveprot 0 0\n",
    );
    let disk =
        |target: &str, access: &str| format!("/dev/vda1 {target} ext4 {access},relatime 0 0\n");
    out.push_str(&disk("/etc/resolv.conf", "ro"));
    out.push_str(&disk("/etc/hosts", "ro"));
    for mount in command.mounts {
        // `mount` separates fields by spaces, which stand as octal numbers in them.
        let target = mount.target.to_string().replace('\\', "\\134").replace(' ', "\\040");
        let access = if mount.read_only { "ro" } else { "rw" };
        out.push_str(&match mount.tmpfs {
            Some(0) => format!("tmpfs {target} tmpfs {access},nosuid,nodev,noexec,relatime 0 0\n"),
            Some(size) => format!(
                "tmpfs {target} tmpfs {access},nosuid,nodev,noexec,relatime,size={}k 0 0\n",
                size.div_ceil(1024)
            ),
            None => disk(&target, access),
        });
    }
    out
}

/// The same as `/proc/self/mountinfo`.
fn mountinfo(mounts: &str) -> String {
    let rows = mounts.lines().enumerate().filter_map(|(number, line)| {
        let mut fields = line.split(' ');
        let (source, target) = (fields.next()?, fields.next()?);
        let (kind, options) = (fields.next()?, fields.next()?);
        let (access, rest) = options.split_once(',').unwrap_or((options, ""));
        let (id, parent) = (number + 100, if number == 0 { 1 } else { 100 });
        Some(format!(
            "{id} {parent} 0:{number} / {target} {access},relatime - {kind} {source} {access}{}{rest}\n",
            if rest.is_empty() { "" } else { "," }
        ))
    });
    rows.collect()
}

fn cpuinfo() -> String {
    "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\n\
     model name\t: Layerlab virtual processor\nstepping\t: 7\ncpu MHz\t\t: 2000.000\n\
     cache size\t: 16384 KB\nphysical id\t: 0\nsiblings\t: 1\ncore id\t\t: 0\ncpu cores\t: 1\n\
     fpu\t\t: yes\nflags\t\t: fpu sse sse2 x86-64\nbogomips\t: 4000.00\n\
     address sizes\t: 46 bits physical, 48 bits virtual\n\n"
        .into()
}

fn meminfo(free: u64) -> String {
    let rows = [
        ("MemTotal:", MEMORY),
        ("MemFree:", free),
        ("MemAvailable:", free),
        ("Buffers:", 0),
        ("Cached:", 0),
        ("SwapCached:", 0),
        ("Active:", 0),
        ("Inactive:", 0),
        ("SwapTotal:", 0),
        ("SwapFree:", 0),
        ("Dirty:", 0),
        ("Shmem:", 0),
        ("SReclaimable:", 0),
    ];
    rows.iter().map(|(name, size)| format!("{name:<15} {size:>8} kB\n")).collect()
}

/// `/proc/self/limits` of a container.
const LIMITS: &str = "\
Limit                     Soft Limit           Hard Limit           Units     
Max cpu time              unlimited            unlimited            seconds   
Max file size             unlimited            unlimited            bytes     
Max data size             unlimited            unlimited            bytes     
Max stack size            8388608              unlimited            bytes     
Max core file size        unlimited            unlimited            bytes     
Max processes             unlimited            unlimited            processes 
Max open files            1048576              1048576              files     
";
