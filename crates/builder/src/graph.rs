//! What a build does, as a graph: BuildKit's LLB for the operations that a Dockerfile needs.
//!
//! [`Graph`] collects operations in the order in which the instructions ask for them. Operations
//! that are the same are one vertex, as in LLB, where the digest of an operation is its identity.

use std::collections::HashMap;
use std::sync::Arc;

use vfs::{AbsPath, Timestamp};

use crate::files::ChangeMode;

/// A vertex of a [`Graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct VertexId(pub usize);

/// A filesystem to work on; none is the empty one, `scratch`.
pub(crate) type Input = Option<VertexId>;

/// An operation. Two that are equal give the same filesystem.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Op {
    /// A directory given to the build: the main context, or a named one.
    Local {
        /// Empty for the main context.
        name: String,
    },
    /// An image.
    Image {
        /// As the Dockerfile names it, variables expanded.
        reference: String,
    },
    /// A file from the network.
    Http {
        url: String,
        /// The name it gets.
        file_name: String,
        checksum: Option<String>,
    },
    /// Changes to files.
    File { base: Input, actions: Vec<Action> },
    /// A command.
    Exec(Box<ExecOp>),
    /// The files of `upper` put over those of `base`: `COPY --link`.
    Merge { base: Input, upper: VertexId },
}

/// A change to files.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Action {
    /// Makes a directory and those above it.
    Mkdir { path: AbsPath, mode: u32, owner: Option<String>, created: Option<Timestamp> },
    /// Makes a file with this content.
    Mkfile { path: AbsPath, mode: u32, data: Arc<str> },
    /// Copies files.
    Copy(CopyAction),
}

/// What is copied, and how (`FileActionCopy` in `solver/pb/ops.proto`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CopyAction {
    /// Where the files come from.
    pub from: Input,
    /// The path in there.
    pub source: String,
    /// Absolute; a slash at its end says that it is a directory.
    pub dest: String,
    /// `USER[:GROUP]`.
    pub owner: Option<String>,
    pub mode: Option<ChangeMode>,
    /// Only what one of these patterns matches is taken; everything if there are none.
    pub include: Vec<String>,
    /// What one of these patterns matches is left out.
    pub exclude: Vec<String>,
    /// Paths without which the copy fails.
    pub required: Vec<String>,
    /// Whether the source may be a wildcard, is followed if it is a link, and stands for its
    /// contents if it is a directory. So it is for all but here-documents and downloads.
    pub local: bool,
    /// Whether an archive is unpacked.
    pub unpack: bool,
    /// The time that copies get; their own if none.
    pub created: Option<Timestamp>,
}

/// A command with all that it sees.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ExecOp {
    pub root: Input,
    pub args: Vec<String>,
    /// `NAME=value`.
    pub env: Vec<String>,
    pub cwd: String,
    pub user: String,
    pub network: NetworkMode,
    /// Variables that the command sees but that do not decide whether it is taken from the cache.
    pub proxy: Vec<String>,
    pub mounts: Vec<MountOp>,
    /// Names and addresses for `/etc/hosts`.
    pub hosts: Vec<(String, String)>,
}

/// Which network a command has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum NetworkMode {
    #[default]
    Default,
    None,
    Host,
}

/// Something mounted into a command's filesystem.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct MountOp {
    /// Absolute path.
    pub target: String,
    pub kind: MountOpKind,
}

/// What is mounted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum MountOpKind {
    /// Files of a context, a stage or an image; changes to them are lost.
    Bind { from: Input, source: String, read_only: bool },
    /// A directory that lives on between builds.
    Cache { id: String, from: Input, source: String, read_only: bool },
    /// An empty directory.
    Tmpfs { size: u64 },
    /// A secret as a file, as a variable, or both.
    Secret(SecretOp),
}

/// A secret of a command.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SecretOp {
    pub id: String,
    /// Whether it is mounted as a file.
    pub file: bool,
    /// The variable that holds it.
    pub env: Option<String>,
    pub required: bool,
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
}

/// A vertex as an instruction asked for it.
#[derive(Clone, Debug)]
pub(crate) struct Vertex {
    pub op: Op,
    /// As the progress shows it.
    pub name: String,
    /// First and last line of the instruction; none for what no instruction stands for.
    pub lines: Option<(usize, usize)>,
    /// The step that asked for it.
    pub step: usize,
    /// Whether the cache must not answer.
    pub ignore_cache: bool,
}

/// The vertices, each after its inputs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Graph {
    vertices: Vec<Vertex>,
    /// The first vertex with the same operation.
    same_as: Vec<VertexId>,
    by_op: HashMap<Op, VertexId>,
    /// The inputs as they were asked for: LLB keeps pointers to what each instruction made, and the
    /// order and the names of a definition follow them.
    asked: Vec<Vec<VertexId>>,
}

/// A vertex of a build's definition: what several instructions asked for alike is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// As the progress shows it: the name that was given last.
    pub name: String,
    /// What kind of operation.
    pub kind: VertexKind,
    /// The arguments of a command.
    pub args: Vec<String>,
    /// The lines of the instructions that asked for it, first and last of each.
    pub lines: Vec<(usize, usize)>,
    /// The steps that asked for it.
    pub steps: Vec<usize>,
    pub(crate) id: VertexId,
}

/// Kinds of operations, by the names of LLB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VertexKind {
    /// Files from outside: a context, an image, a download.
    Source,
    /// A change to files.
    File,
    /// A command.
    Exec,
    /// Files of one filesystem over another.
    Merge,
}

impl VertexKind {
    /// `source`, `file`, `exec`, `merge`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::File => "file",
            Self::Exec => "exec",
            Self::Merge => "merge",
        }
    }
}

impl Graph {
    /// Adds what an instruction asks for. Its inputs must be of this graph.
    pub fn add(&mut self, mut vertex: Vertex) -> VertexId {
        let id = VertexId(self.vertices.len());
        self.asked.push(vertex.op.inputs());
        vertex.op.each_input(&mut |input| *input = self.same_as[input.0]);
        let same = *self.by_op.entry(vertex.op.clone()).or_insert(id);
        self.vertices.push(vertex);
        self.same_as.push(same);
        id
    }

    /// The vertex that stands for all that are the same as this one.
    pub fn unique(&self, id: VertexId) -> VertexId {
        self.same_as[id.0]
    }

    /// Says which step a vertex belongs to.
    pub fn set_step(&mut self, id: VertexId, step: usize) {
        self.vertices[id.0].step = step;
    }

    pub fn get(&self, id: VertexId) -> &Vertex {
        &self.vertices[id.0]
    }

    /// Every vertex in the order in which it was asked for.
    pub fn iter(&self) -> impl Iterator<Item = (VertexId, &Vertex)> {
        self.vertices.iter().enumerate().map(|(at, vertex)| (VertexId(at), vertex))
    }

    /// All that `target` needs, inputs first, in the order of LLB's `Marshal`.
    pub fn definition(&self, target: Input) -> Vec<Described> {
        let mut out: Vec<Described> = Vec::new();
        let mut places: HashMap<VertexId, usize> = HashMap::new();
        let mut visited = vec![false; self.vertices.len()];
        // (vertex, whether its inputs have been visited)
        let mut stack: Vec<(VertexId, bool)> = target.map(|id| (id, false)).into_iter().collect();
        while let Some((id, inputs_done)) = stack.pop() {
            if !inputs_done {
                if std::mem::replace(&mut visited[id.0], true) {
                    continue;
                }
                stack.push((id, true));
                stack.extend(self.asked[id.0].iter().rev().map(|input| (*input, false)));
                continue;
            }
            let vertex = self.get(id);
            let place = *places.entry(self.unique(id)).or_insert_with(|| {
                out.push(Described {
                    name: String::new(),
                    kind: vertex.op.kind(),
                    args: match &vertex.op {
                        Op::Exec(exec) => exec.args.clone(),
                        _ => Vec::new(),
                    },
                    lines: Vec::new(),
                    steps: Vec::new(),
                    id: self.unique(id),
                });
                out.len() - 1
            });
            let described = &mut out[place];
            described.name.clone_from(&vertex.name);
            described.lines.extend(vertex.lines);
            described.steps.push(vertex.step);
        }
        out
    }
}

impl Op {
    fn kind(&self) -> VertexKind {
        match self {
            Self::Local { .. } | Self::Image { .. } | Self::Http { .. } => VertexKind::Source,
            Self::File { .. } => VertexKind::File,
            Self::Exec(_) => VertexKind::Exec,
            Self::Merge { .. } => VertexKind::Merge,
        }
    }

    /// What it works on, the filesystem it changes first.
    pub fn inputs(&self) -> Vec<VertexId> {
        let mut op = self.clone();
        let mut out = Vec::new();
        op.each_input(&mut |input| out.push(*input));
        out
    }

    fn each_input(&mut self, see: &mut dyn FnMut(&mut VertexId)) {
        match self {
            Self::Local { .. } | Self::Image { .. } | Self::Http { .. } => {}
            Self::File { base, actions } => {
                base.iter_mut().for_each(&mut *see);
                for action in actions {
                    if let Action::Copy(copy) = action {
                        copy.from.iter_mut().for_each(&mut *see);
                    }
                }
            }
            Self::Exec(exec) => {
                exec.root.iter_mut().for_each(&mut *see);
                for mount in &mut exec.mounts {
                    match &mut mount.kind {
                        MountOpKind::Bind { from, .. } | MountOpKind::Cache { from, .. } => {
                            from.iter_mut().for_each(&mut *see);
                        }
                        MountOpKind::Tmpfs { .. } | MountOpKind::Secret(_) => {}
                    }
                }
            }
            Self::Merge { base, upper } => {
                base.iter_mut().for_each(&mut *see);
                see(upper);
            }
        }
    }
}
