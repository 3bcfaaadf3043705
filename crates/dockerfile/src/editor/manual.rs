//! What each instruction and flag does, in our own words.

/// What an instruction does.
#[derive(Debug, PartialEq, Eq)]
pub struct InstructionHelp {
    /// Its name.
    pub name: &'static str,
    /// How it is written.
    pub usage: &'static str,
    /// What it does.
    pub text: &'static str,
}

/// What a flag does.
#[derive(Debug, PartialEq, Eq)]
pub struct FlagHelp {
    /// The instruction it belongs to.
    pub instruction: &'static str,
    /// Its name, without dashes.
    pub name: &'static str,
    /// What it does.
    pub text: &'static str,
}

/// What the instruction `name`, in any case, does.
pub fn instruction_help(name: &str) -> Option<&'static InstructionHelp> {
    MANUAL.iter().find(|help| help.name.eq_ignore_ascii_case(name))
}

/// What the flag `name` of `instruction` does.
pub fn flag_help(instruction: &str, name: &str) -> Option<&'static FlagHelp> {
    FLAG_MANUAL
        .iter()
        .find(|help| help.instruction.eq_ignore_ascii_case(instruction) && help.name == name)
}

const fn entry(name: &'static str, usage: &'static str, text: &'static str) -> InstructionHelp {
    InstructionHelp { name, usage, text }
}

static MANUAL: [InstructionHelp; 18] = [
    entry(
        "ADD",
        "ADD [flags] SOURCE... DEST",
        "Copies files into the image, and unpacks local archives and fetches URLs on the way. Makes a layer.",
    ),
    entry(
        "ARG",
        "ARG NAME[=DEFAULT]...",
        "Declares a build argument. It can be used below, and is gone from the finished image but for its history.",
    ),
    entry(
        "CMD",
        "CMD [\"PROGRAM\", \"ARGUMENT\"...]",
        "Says what a container runs when nothing else is asked for, or the arguments of the ENTRYPOINT. The last one counts.",
    ),
    entry(
        "COPY",
        "COPY [flags] SOURCE... DEST",
        "Copies files from the build context, or from another stage with --from, into the image. Makes a layer.",
    ),
    entry(
        "ENTRYPOINT",
        "ENTRYPOINT [\"PROGRAM\", \"ARGUMENT\"...]",
        "Says which program a container always runs; what stands behind the image name becomes its arguments.",
    ),
    entry(
        "ENV",
        "ENV NAME=VALUE...",
        "Sets environment variables for the instructions below and for containers. Makes no layer.",
    ),
    entry(
        "EXPOSE",
        "EXPOSE PORT[/PROTOCOL]...",
        "Notes which ports the program listens on. It opens nothing: docker run -p does.",
    ),
    entry(
        "FROM",
        "FROM [--platform=PLATFORM] IMAGE [AS NAME]",
        "Begins a stage on top of an image, of an earlier stage, or of scratch, which is nothing at all.",
    ),
    entry(
        "HEALTHCHECK",
        "HEALTHCHECK [flags] CMD COMMAND  or  HEALTHCHECK NONE",
        "Says how to find out whether a container is well. NONE turns off what the base image says.",
    ),
    entry(
        "LABEL",
        "LABEL NAME=VALUE...",
        "Attaches notes to the image, such as its author or source. Makes no layer.",
    ),
    entry(
        "MAINTAINER",
        "MAINTAINER NAME",
        "Names the author. Deprecated: use LABEL org.opencontainers.image.authors.",
    ),
    entry(
        "ONBUILD",
        "ONBUILD INSTRUCTION",
        "Keeps an instruction for later: it runs when another build starts FROM this image.",
    ),
    entry(
        "RUN",
        "RUN [flags] COMMAND",
        "Runs a command in a container of the image so far and keeps what it changed in the files as a layer.",
    ),
    entry(
        "SHELL",
        "SHELL [\"PROGRAM\", \"ARGUMENT\"...]",
        "Changes the shell that runs commands in shell form; without it, that is /bin/sh -c.",
    ),
    entry(
        "STOPSIGNAL",
        "STOPSIGNAL SIGNAL",
        "Says which signal docker stop sends first; without it, SIGTERM.",
    ),
    entry(
        "USER",
        "USER USER[:GROUP]",
        "Sets who runs the commands below and the container's program.",
    ),
    entry(
        "VOLUME",
        "VOLUME PATH...",
        "Marks directories whose content lives outside the container. Changes to them below are thrown away by the classic builder.",
    ),
    entry(
        "WORKDIR",
        "WORKDIR PATH",
        "Sets the directory for the instructions below and for containers, and makes it where it is missing.",
    ),
];

const fn flag(instruction: &'static str, name: &'static str, text: &'static str) -> FlagHelp {
    FlagHelp { instruction, name, text }
}

static FLAG_MANUAL: [FlagHelp; 23] = [
    flag("FROM", "platform", "The platform of the image, such as linux/arm64 or $BUILDPLATFORM."),
    flag(
        "COPY",
        "from",
        "The stage, image or named context to copy from, instead of the build context.",
    ),
    flag("COPY", "chown", "The owner of what is copied, as USER[:GROUP]; without it, root."),
    flag("COPY", "chmod", "The mode of what is copied, such as 0755."),
    flag(
        "COPY",
        "link",
        "Makes the layer independent of the ones below, so that it is kept when they change.",
    ),
    flag("COPY", "parents", "Keeps the directories that stand before each source."),
    flag("COPY", "exclude", "A pattern of what to leave out. May be given more than once."),
    flag("ADD", "chown", "The owner of what is added, as USER[:GROUP]; without it, root."),
    flag("ADD", "chmod", "The mode of what is added, such as 0755."),
    flag(
        "ADD",
        "link",
        "Makes the layer independent of the ones below, so that it is kept when they change.",
    ),
    flag("ADD", "keep-git-dir", "Keeps the .git directory of a repository."),
    flag("ADD", "checksum", "The digest that a remote source must have."),
    flag("ADD", "unpack", "Unpacks archives, or with =false leaves them packed."),
    flag("ADD", "exclude", "A pattern of what to leave out. May be given more than once."),
    flag(
        "RUN",
        "mount",
        "Files for this command alone: a cache, a secret, another stage, memory. May be given more than once.",
    ),
    flag("RUN", "network", "default, none or host."),
    flag("RUN", "security", "sandbox, or insecure for a container with all privileges."),
    flag("RUN", "device", "A device that the command may use."),
    flag("HEALTHCHECK", "interval", "Time between checks; 30s without it."),
    flag("HEALTHCHECK", "timeout", "Time a check may take; 30s without it."),
    flag("HEALTHCHECK", "start-period", "Time in which failures do not count; 0s without it."),
    flag(
        "HEALTHCHECK",
        "start-interval",
        "Time between checks in the start period; 5s without it.",
    ),
    flag(
        "HEALTHCHECK",
        "retries",
        "Failures in a row that make the container unhealthy; 3 without it.",
    ),
];
