//! Checks beyond BuildKit's: what makes first images large, slow or unsafe, each with its reason.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::fix::replace;
use super::rules::Rule;
use super::script::{self, Command};
use super::{Edit, Fix, LintOptions, Linter};
use crate::ignore::clean;
use crate::instruction::{Instruction, Kind, Transfer};
use crate::parse::Parse;
use crate::span::Span;

macro_rules! rules {
    ($($id:ident $name:literal $format:literal $reason:literal)*) => {
        $(
            #[doc = $reason]
            pub static $id: Rule =
                Rule { name: $name, description: $reason, formats: &[$format], url: None, experimental: false };
        )*
        /// All rules of this family.
        pub static LAYERLAB_RULES: &[&Rule] = &[$(&$id),*];
    };
}

rules! {
    APT_UPDATE_ALONE "layerlab/apt-update-alone" "%s stands alone in its layer"
        "The cached package lists grow old while a later install still uses them; update and install belong in one RUN"
    APT_INSTALL_ASKS "layerlab/apt-install-asks" "%s install without -y waits for an answer"
        "Nobody answers during a build, so the install stops; -y answers yes"
    APT_LISTS_KEPT "layerlab/apt-lists-kept" "package lists stay in the layer"
        "The lists weigh tens of megabytes and are of no use in the image; remove them in the RUN that fetched them"
    CD_ALONE "layerlab/cd-alone" "cd %s has no effect on the instructions below"
        "Every RUN starts in the WORKDIR; a cd lasts until its own RUN ends"
    DELETED_LATER "layerlab/deleted-later" "%s is removed here, but stays in the layer of line %s"
        "A layer cannot shrink the ones below it: what a later RUN removes is hidden and still shipped"
    COPY_BEFORE_INSTALL "layerlab/copy-before-install" "every change of a source file runs %s again"
        "Copy the files that list the dependencies, install, then copy the rest: the install stays in the cache"
    UNPINNED_BASE "layerlab/unpinned-base" "base image %s may be another one tomorrow"
        "Without a tag, or with latest, the same Dockerfile builds on whatever was published last"
    SUDO "layerlab/sudo" "sudo is not needed in a build"
        "RUN is root unless USER says otherwise, and most images have no sudo"
    ADD_FOR_COPY "layerlab/add-for-copy" "ADD only copies %s"
        "ADD also unpacks archives and fetches URLs; where neither is meant, COPY says so"
    SECRET_COPIED "layerlab/secret-copied" "%s looks like a secret and becomes part of the image"
        "Whoever has the image can read every layer; hand secrets in with RUN --mount=type=secret"
    NO_DOCKERIGNORE "layerlab/no-dockerignore" "the whole context is copied and there is no .dockerignore"
        "Without the file, .git, caches and local secrets are sent, copied and make the cache miss"
}

/// Runs the checks of this family, for all stages.
pub fn lint_layerlab(parse: &Parse, options: &LintOptions) -> Vec<super::Finding> {
    let Ok(mut linter) = Linter::new(parse, options) else { return Vec::new() };
    let mut above = BTreeSet::new();
    for stage in &parse.stages {
        linter.unpinned(parse, stage, &above);
        above.extend(stage.name.as_deref());
        linter.stage_habits(parse, parse.body(stage));
    }
    linter.findings
}

/// The paths that earlier instructions of the stage wrote to, each with the line of the first that did.
type Written = BTreeMap<String, usize>;

impl Linter<'_> {
    fn unpinned(&mut self, parse: &Parse, stage: &crate::stage::Stage, above: &BTreeSet<&str>) {
        let base = stage.base.as_str();
        let tag = base.rsplit('/').next().unwrap_or_default().split_once(':').map(|(_, tag)| tag);
        if base == "scratch"
            || above.contains(base)
            || base.contains(['$', '@'])
            || tag.is_some_and(|tag| tag != "latest")
        {
            return;
        }
        let from = parse.from_of(stage);
        let span = from.node.args.first().map_or(from.span(), |word| word.span);
        self.report(&UNPINNED_BASE, from, &[base], span, None);
    }

    fn stage_habits(&mut self, parse: &Parse, body: &[Instruction]) {
        let mut workdir = "/".to_owned();
        let mut written = Written::new();
        let mut copied_all: Option<&Instruction> = None;
        for (at, instruction) in body.iter().enumerate() {
            match &instruction.kind {
                Kind::Workdir(path) => workdir = resolve(&workdir, path),
                Kind::Copy(copy) => {
                    if copy.from.is_none() {
                        self.copied(instruction, &copy.transfer);
                        if copied_all.is_none()
                            && copy.transfer.sources.iter().any(|source| clean(source) == ".")
                        {
                            copied_all = Some(instruction);
                        }
                    }
                    note_transfer(&mut written, &workdir, instruction, &copy.transfer);
                }
                Kind::Add(add) => {
                    self.copied(instruction, &add.transfer);
                    self.add_for_copy(instruction, add);
                    note_transfer(&mut written, &workdir, instruction, &add.transfer);
                }
                Kind::Run(run) => {
                    let commands = script::commands(&parse.text, instruction, parse.escape);
                    let cached = run.mounts.iter().any(|mount| mount.contains("/var/lib/apt"));
                    self.apt(parse, instruction, &commands, cached, body.get(at + 1));
                    self.shell_habits(parse, instruction, &commands);
                    self.deleted_later(instruction, &commands, &written, &workdir);
                    note_downloads(&mut written, &workdir, instruction, &commands);
                    if let (Some(copy), Some(install)) =
                        (copied_all, commands.iter().find_map(dependency_install))
                    {
                        let span = copy.span();
                        self.report(&COPY_BEFORE_INSTALL, copy, &[&install], span, None);
                        copied_all = None;
                    }
                }
                _ => {}
            }
        }
    }

    fn apt(
        &mut self,
        parse: &Parse,
        instruction: &Instruction,
        commands: &[Command],
        cached: bool,
        next: Option<&Instruction>,
    ) {
        let apt = |command: &&Command, verb: &str| {
            matches!(command.program(), "apt-get" | "apt")
                && command.operands().first() == Some(&verb)
        };
        let update = commands.iter().find(|command| apt(command, "update"));
        let installs: Vec<&Command> =
            commands.iter().filter(|command| apt(command, "install")).collect();
        for install in &installs {
            let yes = |text: &str| {
                let letters = text
                    .strip_prefix('-')
                    .filter(|letters| !letters.starts_with('-'))
                    .unwrap_or_default();
                matches!(text, "--yes" | "--assume-yes") || letters.contains('y') || text == "-qq"
            };
            if install.args().any(|word| yes(&word.text)) {
                continue;
            }
            let verb = install.args().find(|word| word.text == "install");
            let fix = verb.and_then(|verb| replace("add -y", verb.span, "install -y"));
            let span = verb.map_or(instruction.span(), |verb| verb.span);
            self.report(&APT_INSTALL_ASKS, instruction, &[install.program()], span, fix);
        }
        let Some(update) = update else { return };
        let words = update.call();
        let span = Span::new(
            words.first().map_or(0, |word| word.span.start),
            words.last().map_or(0, |word| word.span.end),
        );
        if installs.is_empty() {
            let fix = next.and_then(|next| join_runs(parse, instruction, next));
            let text = format!("{} update", update.program());
            self.report(&APT_UPDATE_ALONE, instruction, &[&text], span, fix);
            return;
        }
        let removes = |command: &Command| {
            command.program() == "rm"
                && command.args().any(|word| word.text.starts_with("/var/lib/apt"))
        };
        if !cached && !commands.iter().any(removes) {
            let end = instruction.node.args.last().map(|word| word.span.end);
            let fix = end.filter(|_| instruction.heredocs().is_empty()).map(|end| Fix {
                title: "remove the lists in the same layer".to_owned(),
                edits: vec![Edit {
                    span: Span::new(end, end),
                    text: " && rm -rf /var/lib/apt/lists/*".to_owned(),
                }],
            });
            self.report(&APT_LISTS_KEPT, instruction, &[], span, fix);
        }
    }

    fn shell_habits(&mut self, parse: &Parse, instruction: &Instruction, commands: &[Command]) {
        if let [only] = commands
            && only.program() == "cd"
            && let [directory] = only.operands().as_slice()
        {
            let plain =
                !directory.contains(['$', '~', '*', ' ']) && instruction.heredocs().is_empty();
            let fix = plain
                .then(|| replace("use WORKDIR", instruction.span(), format!("WORKDIR {directory}")))
                .flatten();
            self.report(&CD_ALONE, instruction, &[directory], instruction.span(), fix);
        }
        for command in commands {
            let Some(sudo) = command.words.iter().find(|word| word.text == "sudo") else {
                continue;
            };
            // `apt-get install sudo` is another matter.
            if command.call().iter().any(|word| word.span == sudo.span) {
                continue;
            }
            let after = &parse.text[sudo.span.end..];
            let end = sudo.span.end + (after.len() - after.trim_start_matches([' ', '\t']).len());
            let takes_options = after.trim_start().starts_with('-');
            let fix = (!takes_options)
                .then(|| replace("remove sudo", Span::new(sudo.span.start, end), ""))
                .flatten();
            self.report(&SUDO, instruction, &[], sudo.span, fix);
        }
    }

    fn deleted_later(
        &mut self,
        instruction: &Instruction,
        commands: &[Command],
        written: &Written,
        workdir: &str,
    ) {
        for command in commands.iter().filter(|command| command.program() == "rm") {
            for word in command
                .args()
                .filter(|word| !word.text.starts_with('-') && !word.text.contains('$'))
            {
                let path = resolve(workdir, &word.text);
                let below = format!("{path}/");
                let found = written.get_key_value(&path).or_else(|| {
                    let first = written.range(below.clone()..).next();
                    first.filter(|(written, _)| written.starts_with(&below))
                });
                if let Some((path, line)) = found {
                    let values = [path.as_str(), &line.to_string()];
                    self.report(&DELETED_LATER, instruction, &values, word.span, None);
                }
            }
        }
    }

    fn copied(&mut self, instruction: &Instruction, transfer: &Transfer) {
        let words = instruction.node.args.iter().rev();
        let words: HashMap<&str, Span> =
            words.map(|word| (word.text.as_str(), word.span)).collect();
        for source in &transfer.sources {
            let span = words.get(source.as_str()).copied().unwrap_or(instruction.span());
            if looks_secret(source) {
                self.report(&SECRET_COPIED, instruction, &[source], span, None);
            }
            if clean(source) == "." && self.options.no_ignore_file {
                self.report(&NO_DOCKERIGNORE, instruction, &[], span, None);
            }
        }
    }

    fn add_for_copy(&mut self, instruction: &Instruction, add: &crate::instruction::AddArgs) {
        let does_more = |source: &String| {
            let lower = source.to_lowercase();
            let archive = [".tar", ".tgz", ".gz", ".bz2", ".tbz2", ".xz", ".txz", ".zst", ".tzst"];
            lower.contains("://")
                || lower.starts_with("git@")
                || lower.contains(['$', '*', '?', '['])
                || archive.iter().any(|end| lower.ends_with(end))
        };
        let only_add = add.checksum.is_some() || add.keep_git_dir.is_some() || add.unpack.is_some();
        if only_add || add.transfer.sources.iter().any(does_more) {
            return;
        }
        let keyword = &instruction.node.keyword;
        let copy = if keyword.text == keyword.text.to_lowercase() { "copy" } else { "COPY" };
        let fix = replace(format!("use {copy}"), keyword.span, copy);
        let what = add.transfer.sources.first().map_or("a heredoc", String::as_str);
        self.report(&ADD_FOR_COPY, instruction, &[what], keyword.span, fix);
    }
}

/// Makes `next` part of `first`, where both are plain `RUN`s that stand directly below each other.
fn join_runs(parse: &Parse, first: &Instruction, next: &Instruction) -> Option<Fix> {
    let (Kind::Run(run), Kind::Run(before)) = (&next.kind, &first.kind) else { return None };
    let plain = |run: &crate::instruction::RunArgs| {
        run.command.shell && run.flags_used.is_empty() && run.command.files.is_empty()
    };
    let command = next.node.args.first()?;
    let between = Span::new(first.node.args.last()?.span.end, command.span.start);
    let gap = Span::new(first.span().end, next.span().start).of(&parse.text);
    let installs = script::commands(&parse.text, next, parse.escape);
    let installs = installs.iter().any(|command| command.operands().first() == Some(&"install"));
    if !plain(run) || !plain(before) || !gap.trim().is_empty() || !installs {
        return None;
    }
    replace("join it with the install below", between, format!(" && {}\n    ", parse.escape))
}

/// The command that installs what a project's files list, where `command` is one.
fn dependency_install(command: &Command) -> Option<String> {
    let operands = command.operands();
    let first = operands.first().copied().unwrap_or_default();
    let is_install = match command.program() {
        "npm" | "pnpm" => matches!(first, "install" | "ci" | "i"),
        "yarn" => matches!(first, "" | "install"),
        "pip" | "pip3" => {
            first == "install"
                && command.args().any(|word| word.text == "-r" || word.text == "--requirement")
        }
        "bundle" | "composer" | "poetry" => first == "install",
        "go" => operands.starts_with(&["mod", "download"]),
        "cargo" => first == "fetch",
        "mvn" => command.has("dependency:go-offline"),
        _ => false,
    };
    is_install.then(|| format!("{} {first}", command.program()).trim_end().to_owned())
}

/// Names that usually hold keys and passwords.
fn looks_secret(source: &str) -> bool {
    let path = clean(source).to_lowercase();
    let name = path.rsplit('/').next().unwrap_or_default();
    let directory =
        path.split('/').any(|part| matches!(part, ".ssh" | ".aws" | ".gnupg" | ".kube"));
    let named = matches!(
        name,
        ".env"
            | ".netrc"
            | ".npmrc"
            | ".pypirc"
            | ".pgpass"
            | ".htpasswd"
            | "id_rsa"
            | "id_dsa"
            | "id_ecdsa"
            | "id_ed25519"
            | "credentials"
            | "credentials.json"
            | "secrets.json"
            | "secrets.yml"
            | "secrets.yaml"
    );
    let example = ["example", "sample", "template", "dist"].iter().any(|word| name.ends_with(word));
    let kind =
        [".pem", ".key", ".p12", ".pfx", ".jks", ".keystore"].iter().any(|end| name.ends_with(end));
    directory || named || kind || (name.starts_with(".env.") && !example)
}

fn note_transfer(
    written: &mut Written,
    workdir: &str,
    instruction: &Instruction,
    transfer: &Transfer,
) {
    let line = instruction.lines().start;
    let dest = resolve(workdir, &transfer.dest);
    let into_directory =
        transfer.dest.ends_with('/') || transfer.dest == "." || transfer.sources.len() > 1;
    for source in &transfer.sources {
        let name = clean(source).rsplit('/').next().unwrap_or_default().to_owned();
        if into_directory && name != "." && !name.contains('*') {
            written.entry(resolve(&dest, &name)).or_insert(line);
        } else if !into_directory && dest != "/" {
            written.entry(dest.clone()).or_insert(line);
        }
    }
}

/// Notes what `curl -o` and `wget -O` write.
fn note_downloads(
    written: &mut Written,
    workdir: &str,
    instruction: &Instruction,
    commands: &[Command],
) {
    for command in commands {
        let option = match command.program() {
            "curl" => ["-o", "--output"],
            "wget" => ["-O", "--output-document"],
            _ => continue,
        };
        let words: Vec<&str> = command.args().map(|word| word.text.as_str()).collect();
        let after =
            words.iter().position(|word| option.contains(word)).and_then(|at| words.get(at + 1));
        if let Some(path) = after.filter(|path| **path != "-" && !path.contains('$')) {
            written.entry(resolve(workdir, path)).or_insert(instruction.lines().start);
        }
    }
}

/// `path` seen from the directory `from`.
fn resolve(from: &str, path: &str) -> String {
    if path.starts_with('/') { clean(path) } else { clean(&format!("{from}/{path}")) }
}
