//! Typed instructions: what a node means.

use crate::duration::HealthDuration;
use crate::heredoc::Heredoc;
use crate::mount::{Device, Mount};
use crate::span::{Lines, Span};
use crate::syntax::{Node, Word};

/// The names of all instructions, in alphabetical order.
pub const INSTRUCTIONS: [&str; 18] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

/// An instruction and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Instruction {
    /// What it means.
    pub kind: Kind,
    /// How it is written.
    pub node: Node,
}

impl Instruction {
    /// Where it stands, heredocs included, without its last line end.
    pub fn span(&self) -> Span {
        self.node.span
    }

    /// The lines it stands on, counted from 1.
    pub fn lines(&self) -> Lines {
        self.node.lines.unwrap_or(Lines::new(1, 1))
    }

    /// The text as the builders print it: continuations and comments folded, without heredoc bodies.
    pub fn text(&self) -> &str {
        self.node.original.trim()
    }

    /// The keyword in upper case.
    pub fn name(&self) -> String {
        self.node.name()
    }

    /// The heredocs it opens.
    pub fn heredocs(&self) -> &[Heredoc] {
        &self.node.heredocs
    }

    /// What the comment above says about `name`: the text behind `# name `.
    pub fn described(&self, name: &str) -> String {
        let said = |line: &String| line.strip_prefix(name)?.strip_prefix(' ').map(str::to_owned);
        self.node.comments.iter().find_map(said).filter(|_| !name.is_empty()).unwrap_or_default()
    }
}

/// What an instruction means. Texts are as written, variables unexpanded; see [`Kind::expanded`].
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// `FROM`
    From(FromArgs),
    /// `RUN`
    Run(Box<RunArgs>),
    /// `COPY`
    Copy(CopyArgs),
    /// `ADD`
    Add(AddArgs),
    /// `ENV`
    Env(Vec<KeyValue>),
    /// `ARG`
    Arg(Vec<ArgDef>),
    /// `LABEL`
    Label(Vec<KeyValue>),
    /// `WORKDIR`
    Workdir(String),
    /// `CMD`
    Cmd(CommandLine),
    /// `ENTRYPOINT`
    Entrypoint(CommandLine),
    /// `USER`
    User(String),
    /// `EXPOSE`: port specifications, sorted as BuildKit sorts them.
    Expose(Vec<String>),
    /// `VOLUME`
    Volume(Vec<String>),
    /// `STOPSIGNAL`
    Stopsignal(String),
    /// `HEALTHCHECK`
    Healthcheck(HealthcheckArgs),
    /// `SHELL`
    Shell(Vec<String>),
    /// `ONBUILD`
    Onbuild(OnbuildArgs),
    /// `MAINTAINER`
    Maintainer(String),
    /// An instruction that is wrong; the diagnostics say why.
    Invalid,
}

/// `FROM [--platform=P] BASE [AS NAME]`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FromArgs {
    /// The image or earlier stage.
    pub base: String,
    /// The stage's name, in lower case.
    pub name: Option<String>,
    /// The platform.
    pub platform: Option<String>,
}

/// A command in shell form or exec form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandLine {
    /// The words of the exec form, or the one text of the shell form. Empty for `CMD []`.
    pub args: Vec<String>,
    /// True for the shell form: the words of the `SHELL` instruction go before it.
    pub shell: bool,
    /// The heredocs of a `RUN`, bodies as written.
    pub files: Vec<InlineFile>,
}

/// A file whose content stands in the Dockerfile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InlineFile {
    /// The heredoc's name, which is the file's name.
    pub name: String,
    /// The content. For `COPY` and `ADD` tabs are dropped already, for `RUN` they are not.
    pub data: String,
    /// True where variables in the content are expanded; `COPY` and `ADD` only.
    pub expand: bool,
    /// True for `<<-`.
    pub chomp: bool,
}

/// `RUN [flags] COMMAND`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunArgs {
    /// The command.
    pub command: CommandLine,
    /// The values of `--mount`, unread, because variables in them are expanded first: see [`RunArgs::mounts`].
    pub mounts: Vec<String>,
    /// The network mode.
    pub network: Network,
    /// The security mode.
    pub security: Security,
    /// The devices asked for.
    pub devices: Vec<Device>,
    /// The names of the flags that were given, sorted.
    pub flags_used: Vec<String>,
}

impl RunArgs {
    /// The mounts, with `expand` applied to their values.
    ///
    /// # Errors
    /// BuildKit's message about an option, or the one `expand` gives.
    pub fn mounts(
        &self,
        expand: &mut dyn FnMut(&str) -> Result<String, String>,
    ) -> Result<Vec<Mount>, String> {
        self.mounts.iter().map(|mount| Mount::parse(mount, expand)).collect()
    }

    /// What each mount names in `from=`, where variables are not allowed; empty where it names nothing.
    pub fn mount_sources(&self) -> Vec<String> {
        self.mounts.iter().map(|mount| Mount::source_of(mount)).collect()
    }
}

/// `RUN --network`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Network {
    /// The builder's own network.
    #[default]
    Default,
    /// No network.
    None,
    /// The host's network.
    Host,
}

/// `RUN --security`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Security {
    /// The usual confinement.
    #[default]
    Sandbox,
    /// None.
    Insecure,
}

/// What `COPY` and `ADD` copy, and where to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transfer {
    /// Source paths, URLs included, in order.
    pub sources: Vec<String>,
    /// Sources that are heredocs, in order.
    pub inline: Vec<InlineFile>,
    /// The destination.
    pub dest: String,
}

/// `COPY [flags] SOURCE... DEST`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CopyArgs {
    /// Sources and destination.
    pub transfer: Transfer,
    /// The stage, image or named context to copy from.
    pub from: Option<String>,
    /// Owner, as `USER[:GROUP]`.
    pub chown: Option<String>,
    /// Mode.
    pub chmod: Option<String>,
    /// True where the copy is a layer of its own.
    pub link: bool,
    /// True where parent directories are kept.
    pub parents: bool,
    /// Patterns of what to leave out.
    pub exclude: Vec<String>,
}

/// `ADD [flags] SOURCE... DEST`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddArgs {
    /// Sources and destination.
    pub transfer: Transfer,
    /// Owner, as `USER[:GROUP]`.
    pub chown: Option<String>,
    /// Mode.
    pub chmod: Option<String>,
    /// True where the copy is a layer of its own.
    pub link: bool,
    /// Whether `.git` is kept, where said.
    pub keep_git_dir: Option<bool>,
    /// The digest a remote source must have.
    pub checksum: Option<String>,
    /// Whether archives are unpacked, where said.
    pub unpack: Option<bool>,
    /// Patterns of what to leave out.
    pub exclude: Vec<String>,
}

/// A pair of `ENV` or `LABEL`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyValue {
    /// The name.
    pub key: String,
    /// The value, quotes and variables as written.
    pub value: String,
    /// True for the deprecated `name value` form.
    pub legacy: bool,
}

/// A declaration of `ARG`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArgDef {
    /// The name.
    pub key: String,
    /// The default, quotes and variables as written.
    pub value: Option<String>,
    /// The description in the comment above.
    pub comment: String,
}

/// `HEALTHCHECK`. Durations are zero where they were not given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HealthcheckArgs {
    /// `NONE`, or `CMD` or `CMD-SHELL` and the command, as an image config writes it.
    pub test: Vec<String>,
    /// Time between checks.
    pub interval: HealthDuration,
    /// Time a check may take.
    pub timeout: HealthDuration,
    /// Time before failures count.
    pub start_period: HealthDuration,
    /// Time between checks during the start period.
    pub start_interval: HealthDuration,
    /// Failures in a row that make a container unhealthy; 0 where not given.
    pub retries: u32,
}

/// `ONBUILD INSTRUCTION`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OnbuildArgs {
    /// The instruction to run later, heredocs included, as an image config keeps it.
    pub expression: String,
}

impl Kind {
    /// The instruction with `expand` applied to every text that BuildKit expands word by word.
    ///
    /// `EXPOSE` splits into words when it expands, and `RUN` expands its mounts only: those are left as they are.
    ///
    /// # Errors
    /// The first error of `expand`.
    pub fn expanded<E>(
        &self,
        expand: &mut dyn FnMut(&str) -> Result<String, E>,
    ) -> Result<Kind, E> {
        let mut kind = self.clone();
        match &mut kind {
            Kind::Env(pairs) | Kind::Label(pairs) => {
                for pair in pairs {
                    pair.key = expand(&pair.key)?;
                    pair.value = expand(&pair.value)?;
                }
            }
            Kind::Arg(defs) => {
                for def in defs {
                    def.key = expand(&def.key)?;
                    expand_option(&mut def.value, expand)?;
                }
            }
            Kind::Copy(copy) => {
                expand_option(&mut copy.chown, expand)?;
                expand_option(&mut copy.chmod, expand)?;
                copy.transfer.expand(expand)?;
            }
            Kind::Add(add) => {
                expand_option(&mut add.chown, expand)?;
                expand_option(&mut add.chmod, expand)?;
                expand_option(&mut add.checksum, expand)?;
                add.transfer.expand(expand)?;
            }
            Kind::Workdir(text) | Kind::User(text) | Kind::Stopsignal(text) => {
                *text = expand(text)?
            }
            Kind::Volume(paths) => expand_all(paths, expand)?,
            Kind::From(_)
            | Kind::Run(_)
            | Kind::Cmd(_)
            | Kind::Entrypoint(_)
            | Kind::Expose(_)
            | Kind::Healthcheck(_)
            | Kind::Shell(_)
            | Kind::Onbuild(_)
            | Kind::Maintainer(_)
            | Kind::Invalid => {}
        }
        Ok(kind)
    }
}

impl Transfer {
    fn expand<E>(&mut self, expand: &mut dyn FnMut(&str) -> Result<String, E>) -> Result<(), E> {
        expand_all(&mut self.sources, expand)?;
        self.dest = expand(&self.dest)?;
        Ok(())
    }

    /// Expands the contents of heredocs whose names were not quoted. `expand` should leave quotes alone:
    /// see [`Lexer::skip_quotes`](crate::Lexer::skip_quotes).
    ///
    /// # Errors
    /// The first error of `expand`.
    pub fn expand_inline<E>(
        &mut self,
        expand: &mut dyn FnMut(&str) -> Result<String, E>,
    ) -> Result<(), E> {
        for file in self.inline.iter_mut().filter(|file| file.expand) {
            file.data = expand(&file.data)?;
        }
        Ok(())
    }
}

fn expand_option<E>(
    text: &mut Option<String>,
    expand: &mut dyn FnMut(&str) -> Result<String, E>,
) -> Result<(), E> {
    if let Some(text) = text {
        *text = expand(text)?;
    }
    Ok(())
}

fn expand_all<E>(
    texts: &mut [String],
    expand: &mut dyn FnMut(&str) -> Result<String, E>,
) -> Result<(), E> {
    for text in texts {
        *text = expand(text)?;
    }
    Ok(())
}

impl Node {
    /// A node that stands nowhere, for an instruction that does not come from a file.
    pub fn synthetic(keyword: &str, args: &[&str]) -> Node {
        Node {
            keyword: Word::new(keyword),
            args: args.iter().map(|arg| Word::new(*arg)).collect(),
            ..Node::default()
        }
    }
}
