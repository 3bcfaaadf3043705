//! What Tab offers behind `docker`.

use std::collections::BTreeSet;

use super::{COMMANDS, Command, GROUPS, short};
use crate::Daemon;

/// What the operands of a command are.
enum Operands {
    /// An image, then a command of its own.
    Image,
    Images,
    /// Containers that run.
    Running,
    /// All containers.
    Containers,
    Volumes,
    /// Files, or something that nobody can know.
    Other,
}

/// What could be the next word after these, which begins with `word`; none where that is a file.
pub fn complete(daemon: &Daemon, before: &[String], word: &str) -> Option<Vec<String>> {
    let words: Vec<&str> = before.iter().map(String::as_str).collect();
    let found = command(&words);
    let Some((command, used)) = found else { return Some(names(&words, word)) };
    if word.starts_with('-') {
        let flags = command.usage.flags.iter().map(|flag| format!("--{} ", flag.long));
        let mut flags: Vec<String> = flags.filter(|flag| flag.starts_with(word)).collect();
        flags.sort();
        return Some(flags);
    }
    let last = words.last().copied().unwrap_or_default();
    if let Some(flag) = command.usage.flags.iter().find(|flag| {
        !flag.value.is_empty()
            && (last.strip_prefix("--") == Some(flag.long)
                || last.strip_prefix('-').is_some_and(|letters| letters.ends_with(flag.short)))
    }) {
        return (flag.value != "list" && flag.value != "string").then(Vec::new);
    }
    let operands = words[used..].iter().filter(|word| !word.starts_with('-')).count();
    let state = &daemon.state;
    let images = || {
        let names = state.images.all().into_iter().flat_map(|image| {
            let names = state.images.names(&image.id);
            let id = short(&image.id.to_string());
            if names.is_empty() {
                vec![id]
            } else {
                names.iter().map(ToString::to_string).collect()
            }
        });
        names.collect::<BTreeSet<String>>()
    };
    let containers = |running: bool| {
        let all = state.containers.newest_first();
        let chosen = all.filter(|container| !running || container.is_running(state.now));
        chosen.map(|container| container.name.clone()).collect::<BTreeSet<String>>()
    };
    let found = match operands_of(command) {
        Operands::Image if operands == 0 => {
            let known = daemon.catalogue.references();
            images().into_iter().chain(known).collect()
        }
        Operands::Images => images(),
        Operands::Running if operands == 0 || !command.usage.command_follows => containers(true),
        Operands::Containers => containers(false),
        Operands::Volumes => state.volumes.keys().cloned().collect(),
        _ => return None,
    };
    Some(found.into_iter().filter(|name| name.starts_with(word)).map(|name| name + " ").collect())
}

/// The command that these words begin with, and how many of them name it.
fn command(words: &[&str]) -> Option<(&'static Command, usize)> {
    let all = COMMANDS.iter().flat_map(|commands| commands.iter());
    let named = all.flat_map(|command| command.names.iter().map(move |name| (command, *name)));
    named
        .filter(|(_, name)| words.starts_with(&name.split(' ').collect::<Vec<_>>()))
        .map(|(command, name)| (command, name.split(' ').count()))
        .max_by_key(|(_, used)| *used)
}

/// The next words of commands' names.
fn names(before: &[&str], word: &str) -> Vec<String> {
    let all = COMMANDS.iter().flat_map(|commands| commands.iter());
    let mut found: BTreeSet<&str> = all
        .flat_map(|command| command.names)
        .filter_map(|name| {
            let mut rest = name.split(' ');
            before.iter().all(|word| rest.next() == Some(word)).then(|| rest.next()).flatten()
        })
        .collect();
    if before.is_empty() {
        found.extend(GROUPS.iter().map(|(name, _)| *name));
    }
    found.into_iter().filter(|name| name.starts_with(word)).map(|name| format!("{name} ")).collect()
}

fn operands_of(command: &Command) -> Operands {
    match command.usage.of {
        "container run" | "container create" | "image pull" => Operands::Image,
        "image rm" | "image tag" | "image history" | "image save" | "image push" => {
            Operands::Images
        }
        "container exec" | "container stop" | "container kill" | "container attach"
        | "container top" | "container port" => Operands::Running,
        "container start" | "container restart" | "container rm" | "container logs"
        | "container diff" | "container commit" | "container export" | "container rename"
        | "container wait" => Operands::Containers,
        "volume rm" | "volume inspect" => Operands::Volumes,
        _ => Operands::Other,
    }
}
