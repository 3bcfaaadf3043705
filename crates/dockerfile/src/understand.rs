//! A node to a typed instruction, with BuildKit's checks in BuildKit's order.

use std::collections::HashMap;

use crate::diagnostic::Problem;
use crate::duration::HealthDuration;
use crate::flags::{FlagKind, Flags};
use crate::heredoc::heredoc_word;
use crate::instruction::{
    AddArgs, ArgDef, CommandLine, CopyArgs, FromArgs, HealthcheckArgs, INSTRUCTIONS, InlineFile,
    KeyValue, Kind, Network, OnbuildArgs, RunArgs, Security, Transfer,
};
use crate::mount::{Device, Mount};
use crate::quote::quote;
use crate::suggest::with_suggestion;
use crate::syntax::{Node, Word};

use FlagKind::{Bool, Text, Texts};

/// The flags of each instruction that has any, with a placeholder for the value.
pub const FLAGS: [(&str, &[(&str, FlagKind)]); 5] = [
    (
        "ADD",
        &[
            ("chown", Text),
            ("chmod", Text),
            ("link", Bool),
            ("keep-git-dir", Bool),
            ("checksum", Text),
            ("unpack", Bool),
            ("exclude", Texts),
        ],
    ),
    (
        "COPY",
        &[
            ("chown", Text),
            ("from", Text),
            ("chmod", Text),
            ("link", Bool),
            ("parents", Bool),
            ("exclude", Texts),
        ],
    ),
    ("FROM", &[("platform", Text)]),
    (
        "HEALTHCHECK",
        &[
            ("interval", Text),
            ("timeout", Text),
            ("start-period", Text),
            ("start-interval", Text),
            ("retries", Text),
        ],
    ),
    ("RUN", &[("mount", Texts), ("network", Text), ("security", Text), ("device", Texts)]),
];

/// The flags that the instruction `name`, in upper case, has.
pub fn flags_of(name: &str) -> &'static [(&'static str, FlagKind)] {
    FLAGS.iter().find(|(known, _)| *known == name).map_or(&[], |(_, flags)| *flags)
}

type Understood<T> = Result<T, Problem>;

impl Kind {
    /// What `node` means.
    pub(crate) fn of(node: &Node) -> Understood<Kind> {
        let name = node.name();
        Ok(match name.as_str() {
            "ADD" => add(node)?,
            "ARG" => Kind::Arg(arg(node)?),
            "CMD" => Kind::Cmd(command(node)?),
            "COPY" => copy(node)?,
            "ENTRYPOINT" => Kind::Entrypoint(command(node)?),
            "ENV" => Kind::Env(pairs(node, "ENV")?),
            "EXPOSE" => expose(node)?,
            "FROM" => from(node)?,
            "HEALTHCHECK" => Kind::Healthcheck(healthcheck(node)?),
            "LABEL" => Kind::Label(pairs(node, "LABEL")?),
            "MAINTAINER" => Kind::Maintainer(one(node, "MAINTAINER")?),
            "ONBUILD" => onbuild(node)?,
            "RUN" => Kind::Run(Box::new(run(node)?)),
            "SHELL" => shell(node)?,
            // BuildKit reads no flags here, so any are let through.
            "STOPSIGNAL" => Kind::Stopsignal(single(node, "STOPSIGNAL")?),
            "USER" => Kind::User(one(node, "USER")?),
            "VOLUME" => volume(node)?,
            "WORKDIR" => Kind::Workdir(one(node, "WORKDIR")?),
            _ => {
                let given = &node.keyword.text;
                let message = format!("unknown instruction: {given}");
                return Err(Problem::at(
                    node.keyword.span,
                    with_suggestion(message, given, &INSTRUCTIONS, false),
                ));
            }
        })
    }
}

impl Node {
    /// The error that the instruction has, without prefix, or what it means.
    ///
    /// # Errors
    /// BuildKit's message.
    pub fn understand(&self) -> Result<Kind, String> {
        Kind::of(self).map_err(|problem| problem.cause)
    }
}

fn at_least_one(name: &str) -> Problem {
    Problem::new(format!("{name} requires at least one argument"))
}

fn flags(node: &Node, name: &str) -> Understood<Flags> {
    Flags::of(&node.flags, flags_of(name))
}

/// The only argument.
fn single(node: &Node, name: &str) -> Understood<String> {
    match node.args.as_slice() {
        [only] => Ok(only.text.clone()),
        _ => Err(Problem::new(format!("{name} requires exactly one argument"))),
    }
}

/// The only argument of an instruction without flags.
fn one(node: &Node, name: &str) -> Understood<String> {
    let value = single(node, name)?;
    flags(node, name)?;
    Ok(value)
}

fn texts(words: &[Word]) -> Vec<String> {
    words.iter().map(|word| word.text.clone()).collect()
}

fn pairs(node: &Node, name: &str) -> Understood<Vec<KeyValue>> {
    flags(node, name)?;
    if node.args.is_empty() {
        return Err(at_least_one(name));
    }
    let (triples, rest) = node.args.as_chunks::<3>();
    if !rest.is_empty() {
        return Err(Problem::new(format!("Bad input to {name}, too many arguments")));
    }
    triples
        .iter()
        .map(|[key, value, separator]| match key.text.is_empty() {
            true => Err(Problem::at(separator.span, format!("{name} names can not be blank"))),
            false => Ok(KeyValue {
                key: key.text.clone(),
                value: value.text.clone(),
                legacy: separator.text.is_empty(),
            }),
        })
        .collect()
}

fn arg(node: &Node) -> Understood<Vec<ArgDef>> {
    if node.args.is_empty() {
        return Err(at_least_one("ARG"));
    }
    // What the comments above say, by the name they begin with; the first to name one has the word.
    let mut said: HashMap<&str, &str> =
        node.comments.iter().rev().filter_map(|comment| comment.split_once(' ')).collect();
    node.args
        .iter()
        .map(|word| {
            let (key, value) = match word.text.split_once('=') {
                Some(("", _)) => return Err(Problem::at(word.span, "ARG names can not be blank")),
                Some((key, value)) => (key, Some(value.to_owned())),
                None => (word.text.as_str(), None),
            };
            let comment = said.remove(key).unwrap_or_default().to_owned();
            Ok(ArgDef { key: key.to_owned(), value, comment })
        })
        .collect()
}

/// Bytes that the heredocs of one instruction may hold together. BuildKit sets no limit.
const MAX_INLINE: usize = 64 << 20;

fn transfer(node: &Node, name: &str) -> Understood<Transfer> {
    let Some((dest, sources)) = node.args.split_last() else { return Ok(Transfer::default()) };
    let opens = |word: &Word| heredoc_word(&word.text).ok().flatten();
    if opens(dest).is_some() {
        return Err(Problem::at(
            dest.span,
            format!("{name} cannot accept a heredoc as a destination"),
        ));
    }
    // Of two heredocs with one name, BuildKit takes the last for both.
    let contents: HashMap<&str, &str> = node
        .heredocs
        .iter()
        .map(|heredoc| (heredoc.word.name.as_str(), heredoc.content.as_str()))
        .collect();
    let mut transfer = Transfer { dest: dest.text.clone(), ..Transfer::default() };
    let mut inline_bytes = 0;
    for source in sources {
        let Some(word) = opens(source) else {
            transfer.sources.push(source.text.clone());
            continue;
        };
        let content = contents.get(word.name.as_str()).copied().unwrap_or_default();
        inline_bytes += content.len();
        if inline_bytes > MAX_INLINE {
            let cause = format!(
                "not supported here: heredocs of more than {MAX_INLINE} bytes in one instruction, because every use of a name holds the text once more"
            );
            return Err(Problem::at(source.span, cause));
        }
        let data = if word.chomp { crate::heredoc::chomp(content) } else { content.to_owned() };
        transfer.inline.push(InlineFile {
            name: word.name,
            data,
            expand: word.expand,
            chomp: word.chomp,
        });
    }
    Ok(transfer)
}

fn needs_destination(node: &Node, name: &str) -> Understood<()> {
    if node.args.len() < 2 {
        let cause = format!(
            "{name} requires at least two arguments, but only one was provided. Destination could not be determined"
        );
        return Err(Problem::new(cause));
    }
    Ok(())
}

/// A flag's value, where it was given and is not empty: BuildKit does not tell the two apart.
fn value(flags: &Flags, name: &str) -> Option<String> {
    flags.text(name).filter(|value| !value.is_empty()).map(str::to_owned)
}

fn switch(flags: &Flags, name: &str) -> Option<bool> {
    flags.is_given(name).then(|| flags.is_on(name))
}

fn add(node: &Node) -> Understood<Kind> {
    needs_destination(node, "ADD")?;
    let flags = flags(node, "ADD")?;
    Ok(Kind::Add(AddArgs {
        transfer: transfer(node, "ADD")?,
        chown: value(&flags, "chown"),
        chmod: value(&flags, "chmod"),
        link: flags.is_on("link"),
        keep_git_dir: switch(&flags, "keep-git-dir"),
        checksum: value(&flags, "checksum"),
        unpack: switch(&flags, "unpack"),
        exclude: flags.texts("exclude"),
    }))
}

fn copy(node: &Node) -> Understood<Kind> {
    needs_destination(node, "COPY")?;
    let flags = flags(node, "COPY")?;
    Ok(Kind::Copy(CopyArgs {
        transfer: transfer(node, "COPY")?,
        from: value(&flags, "from"),
        chown: value(&flags, "chown"),
        chmod: value(&flags, "chmod"),
        link: flags.is_on("link"),
        parents: flags.is_on("parents"),
        exclude: flags.texts("exclude"),
    }))
}

fn from(node: &Node) -> Understood<Kind> {
    let (base, name) = match node.args.as_slice() {
        [base] => (base, None),
        [base, keyword, name] if keyword.text.eq_ignore_ascii_case("as") => {
            let lower = name.text.to_lowercase();
            let allowed = |c: char| {
                c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.')
            };
            if !lower.starts_with(|c: char| c.is_ascii_lowercase()) || !lower.chars().all(allowed) {
                let name_quoted = quote(&name.text);
                let cause = format!(
                    "invalid name for build stage: {name_quoted}, name can't start with a number or contain symbols"
                );
                return Err(Problem::at(name.span, cause));
            }
            (base, Some(lower))
        }
        _ => return Err(Problem::new("FROM requires either one or three arguments")),
    };
    let flags = flags(node, "FROM")?;
    Ok(Kind::From(FromArgs { base: base.text.clone(), name, platform: value(&flags, "platform") }))
}

/// The words of the exec form, or the one text of the shell form.
fn command_words(words: &[Word], json: bool) -> Vec<String> {
    if json || words.is_empty() {
        return texts(words);
    }
    vec![texts(words).join(" ")]
}

fn command(node: &Node) -> Understood<CommandLine> {
    flags(node, &node.name())?;
    Ok(command_line(node))
}

fn command_line(node: &Node) -> CommandLine {
    let file = |heredoc: &crate::heredoc::Heredoc| InlineFile {
        name: heredoc.word.name.clone(),
        data: heredoc.content.clone(),
        expand: heredoc.word.expand,
        chomp: heredoc.word.chomp,
    };
    CommandLine {
        args: command_words(&node.args, node.json),
        shell: !node.json,
        files: node.heredocs.iter().map(file).collect(),
    }
}

fn run(node: &Node) -> Understood<RunArgs> {
    let flags = flags(node, "RUN")?;
    let at = |name: &str, cause: String| match flags
        .word(name)
        .and_then(|index| node.flags.get(index))
    {
        Some(word) => Problem::at(word.span, cause),
        None => Problem::new(cause),
    };
    let devices =
        flags.texts("device").iter().map(|device| Device::parse(device)).collect::<Result<_, _>>();
    let devices = devices.map_err(|cause| at("device", cause))?;
    let mounts = flags.texts("mount");
    for mount in &mounts {
        Mount::check(mount).map_err(|cause| at("mount", cause))?;
    }
    let network = match flags.text("network").unwrap_or("default") {
        "default" => Network::Default,
        "none" => Network::None,
        "host" => Network::Host,
        other => return Err(at("network", format!("invalid network mode {}", quote(other)))),
    };
    let security = match flags.text("security").unwrap_or("sandbox") {
        "sandbox" => Security::Sandbox,
        "insecure" => Security::Insecure,
        other => return Err(at("security", format!("security {} is not valid", quote(other)))),
    };
    let flags_used = flags.used().into_iter().map(str::to_owned).collect();
    Ok(RunArgs { command: command_line(node), mounts, network, security, devices, flags_used })
}

fn expose(node: &Node) -> Understood<Kind> {
    if node.args.is_empty() {
        return Err(at_least_one("EXPOSE"));
    }
    flags(node, "EXPOSE")?;
    let mut ports = texts(&node.args);
    ports.sort();
    Ok(Kind::Expose(ports))
}

fn volume(node: &Node) -> Understood<Kind> {
    if node.args.is_empty() {
        return Err(at_least_one("VOLUME"));
    }
    flags(node, "VOLUME")?;
    let paths: Vec<String> = node.args.iter().map(|word| word.text.trim().to_owned()).collect();
    match paths.iter().position(String::is_empty) {
        Some(index) => {
            Err(Problem::at(node.args[index].span, "VOLUME specified can not be an empty string"))
        }
        None => Ok(Kind::Volume(paths)),
    }
}

fn shell(node: &Node) -> Understood<Kind> {
    flags(node, "SHELL")?;
    match (node.args.is_empty(), node.json) {
        (true, _) => Err(at_least_one("SHELL")),
        (_, true) => Ok(Kind::Shell(texts(&node.args))),
        _ => Err(Problem::new("SHELL requires the arguments to be in JSON form")),
    }
}

fn onbuild(node: &Node) -> Understood<Kind> {
    let args = node.all_args();
    let Some(first) = args.first() else { return Err(at_least_one("ONBUILD")) };
    flags(node, "ONBUILD")?;
    match first.text.trim().to_uppercase().as_str() {
        "ONBUILD" => {
            return Err(Problem::at(
                first.span,
                "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed",
            ));
        }
        trigger @ ("MAINTAINER" | "FROM") => {
            return Err(Problem::at(
                first.span,
                format!("{trigger} isn't allowed as an ONBUILD trigger"),
            ));
        }
        _ => {}
    }
    let original = node.original.trim_start();
    let keyword_len =
        original.char_indices().nth("ONBUILD".len()).map_or(original.len(), |(at, _)| at);
    let mut expression = original[keyword_len..].trim_start().to_owned();
    for heredoc in &node.heredocs {
        expression.push('\n');
        expression.push_str(&heredoc.content);
        expression.push_str(&heredoc.word.name);
    }
    Ok(Kind::Onbuild(OnbuildArgs { expression }))
}

fn healthcheck(node: &Node) -> Understood<HealthcheckArgs> {
    let Some((kind, rest)) = node.args.split_first() else {
        return Err(at_least_one("HEALTHCHECK"));
    };
    let kind_upper = kind.text.to_uppercase();
    if kind_upper == "NONE" {
        if let Some(extra) = rest.first() {
            return Err(Problem::at(extra.span, "HEALTHCHECK NONE takes no arguments"));
        }
        return Ok(HealthcheckArgs { test: vec![kind_upper], ..HealthcheckArgs::default() });
    }
    let flags = flags(node, "HEALTHCHECK")?;
    if kind_upper != "CMD" {
        return Err(Problem::at(
            kind.span,
            format!("Unknown type {} in HEALTHCHECK (try CMD)", quote(&kind_upper)),
        ));
    }
    let command = command_words(rest, node.json);
    if command.is_empty() {
        return Err(Problem::new("Missing command after HEALTHCHECK CMD"));
    }
    let mut test = vec![if node.json { "CMD" } else { "CMD-SHELL" }.to_owned()];
    test.extend(command);
    let at = |name: &str, cause: String| match flags
        .word(name)
        .and_then(|index| node.flags.get(index))
    {
        Some(word) => Problem::at(word.span, cause),
        None => Problem::new(cause),
    };
    let duration = |name: &str| {
        interval(name, flags.text(name).unwrap_or_default()).map_err(|cause| at(name, cause))
    };
    Ok(HealthcheckArgs {
        test,
        interval: duration("interval")?,
        timeout: duration("timeout")?,
        start_period: duration("start-period")?,
        start_interval: duration("start-interval")?,
        retries: retries(flags.text("retries").unwrap_or_default())
            .map_err(|cause| at("retries", cause))?,
    })
}

/// A duration of `HEALTHCHECK`: nothing and zero are zero, anything else is a millisecond at least.
///
/// # Errors
/// BuildKit's message about the flag `name`.
pub fn interval(name: &str, text: &str) -> Result<HealthDuration, String> {
    if text.is_empty() {
        return Ok(HealthDuration(0));
    }
    match HealthDuration::parse(text)? {
        HealthDuration(nanos) if nanos != 0 && nanos < 1_000_000 => {
            Err(format!("Interval {} cannot be less than 1ms", quote(name)))
        }
        duration => Ok(duration),
    }
}

fn retries(text: &str) -> Result<u32, String> {
    if text.is_empty() {
        return Ok(0);
    }
    let number = text.strip_prefix(['+', '-']).unwrap_or(text);
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("strconv.ParseInt: parsing {}: invalid syntax", quote(text)));
    }
    match text.parse::<i32>() {
        Err(_) => Err(format!("strconv.ParseInt: parsing {}: value out of range", quote(text))),
        Ok(negative @ ..0) => Err(format!("--retries cannot be negative ({negative})")),
        Ok(number) => Ok(number.unsigned_abs()),
    }
}
