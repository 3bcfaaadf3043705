//! `docker inspect`, and templates over what it shows.

use serde_json::{Value, json};

use super::flags::{MANY, Parsed, usage};
use super::{Command, Failure, Session};
use crate::{Container, Reference, Status, StoredImage};

pub const INSPECT: Command = Command {
    names: &["inspect"],
    usage: usage("inspect", (1, MANY), &["format", "size", "type"]),
    run: |session, parsed| inspect(session, parsed, &["container", "image", "volume"]),
};

pub const INSPECT_IMAGE: Command = Command {
    names: &["image inspect"],
    usage: usage("image inspect", (1, MANY), &["format"]),
    run: |session, parsed| inspect(session, parsed, &["image"]),
};

pub const INSPECT_CONTAINER: Command = Command {
    names: &["container inspect"],
    usage: usage("container inspect", (1, MANY), &["format", "size"]),
    run: |session, parsed| inspect(session, parsed, &["container"]),
};

fn inspect(session: &mut Session<'_>, parsed: &Parsed, kinds: &[&str]) -> Result<u8, Failure> {
    let kinds: Vec<&str> = match parsed.last("type") {
        Some(kind) => vec![kind],
        None => kinds.to_vec(),
    };
    let (mut found, mut missing) = (Vec::new(), String::new());
    for name in &parsed.operands {
        match kinds.iter().find_map(|kind| look(session, kind, name)) {
            Some(value) => found.push(value),
            None => missing.push_str(&match kinds.as_slice() {
                [kind] => format!("Error response from daemon: No such {kind}: {name}\n"),
                _ => format!("Error: No such object: {name}\n"),
            }),
        }
    }
    match parsed.last("format") {
        Some(format) => {
            for value in &found {
                let line = template(format, value).map_err(Failure::client)?;
                session.line(line);
            }
        }
        None => {
            // Four blanks as Go's `MarshalIndent` of the client has them.
            let mut text = Vec::new();
            let formatter = serde_json::ser::PrettyFormatter::with_indent(b"    ");
            let mut to = serde_json::Serializer::with_formatter(&mut text, formatter);
            serde::Serialize::serialize(&found, &mut to).map_err(Failure::client)?;
            text.push(b'\n');
            session.print(text);
        }
    }
    session.complain(&missing);
    Ok(u8::from(!missing.is_empty()))
}

fn look(session: &Session<'_>, kind: &str, name: &str) -> Option<Value> {
    let state = &session.daemon.state;
    match kind {
        "container" => state.containers.find(name).map(|found| container(session, found)),
        "image" => state.images.find(name).map(|found| image(session, &found)),
        "volume" => state.volumes.contains_key(name).then(|| volume(name)),
        _ => None,
    }
}

fn image(session: &Session<'_>, image: &StoredImage) -> Value {
    let tags: Vec<String> =
        session.daemon.state.images.names(&image.id).iter().map(Reference::to_string).collect();
    let config = &image.config;
    let last = config.history.last();
    json!({
        "Id": image.id.to_string(),
        "RepoTags": tags,
        "RepoDigests": session.daemon.state.images.digests(&image.id),
        "Parent": image.parent.map(|parent| parent.to_string()).unwrap_or_default(),
        "Comment": last.map(|entry| entry.comment.clone()).unwrap_or_default(),
        "Created": config.created.map(image::format_rfc3339).unwrap_or_default(),
        "Author": config.author,
        "Config": config.config,
        "Architecture": config.architecture,
        "Os": config.os,
        "Size": image.size(),
        "RootFS": {
            "Type": "layers",
            "Layers": image.layers.iter().map(|layer| layer.diff_id.to_string()).collect::<Vec<_>>(),
        },
    })
}

fn container(session: &Session<'_>, container: &Container) -> Value {
    let now = session.now();
    let command = container.command();
    let (started, finished) = match container.status {
        Status::Created => (String::new(), String::new()),
        Status::Started { at, ended, .. } if now < ended => {
            (image::format_rfc3339(at), String::new())
        }
        Status::Started { at, ended, .. } => {
            (image::format_rfc3339(at), image::format_rfc3339(ended))
        }
    };
    let never = "0001-01-01T00:00:00Z".to_owned();
    let or_never = |text: String| if text.is_empty() { never.clone() } else { text };
    let mut config = json!(container.config);
    config["Hostname"] = json!(container.host_name);
    config["Image"] = json!(container.image_name);
    json!({
        "Id": container.id,
        "Created": image::format_rfc3339(container.created),
        "Path": command.first().cloned().unwrap_or_default(),
        "Args": command.get(1..).unwrap_or_default(),
        "State": {
            "Status": container.state(now),
            "Running": container.is_running(now),
            "Paused": false,
            "ExitCode": container.exit_code(now).unwrap_or(0),
            "StartedAt": or_never(started),
            "FinishedAt": or_never(finished),
        },
        "Image": container.image.to_string(),
        "Name": format!("/{}", container.name),
        "Config": config,
        "Mounts": mounts(container),
    })
}

fn mounts(container: &Container) -> Vec<Value> {
    let volumes = container.volumes.iter().map(|mount| {
        json!({
            "Type": "volume",
            "Name": mount.name,
            "Source": format!("/var/lib/docker/volumes/{}/_data", mount.name),
            "Destination": mount.target.to_string(),
            "Driver": "local",
            "Mode": if mount.read_only { "ro" } else { "z" },
            "RW": !mount.read_only,
            "Propagation": "",
        })
    });
    let binds = container.binds.iter().map(|bind| {
        json!({
            "Type": "bind",
            "Source": bind.source,
            "Destination": bind.target.to_string(),
            "Mode": if bind.read_only { "ro" } else { "" },
            "RW": !bind.read_only,
            "Propagation": "rprivate",
        })
    });
    volumes.chain(binds).collect()
}

/// A volume as `docker volume inspect` shows it.
pub fn volume(name: &str) -> Value {
    json!({
        "Driver": "local",
        "Labels": null,
        "Mountpoint": format!("/var/lib/docker/volumes/{name}/_data"),
        "Name": name,
        "Options": null,
        "Scope": "local",
    })
}

/// Fills a template: `{{.Config.Cmd}}`, `{{json .Config}}`, `{{.ID}}\t{{.Names}}`.
///
/// # Errors
/// A sentence that names what is not understood.
pub fn template(format: &str, value: &Value) -> Result<String, String> {
    let format = format.strip_prefix("table ").unwrap_or(format);
    let format = format.replace("\\t", "\t").replace("\\n", "\n");
    let mut out = String::new();
    let mut rest = format.as_str();
    if rest == "json" {
        return Ok(value.to_string());
    }
    while let Some((before, behind)) = rest.split_once("{{") {
        out.push_str(before);
        let (inside, behind) = behind
            .split_once("}}")
            .ok_or_else(|| format!("template parsing error: unclosed action in {format:?}"))?;
        out.push_str(&action(inside.trim(), value)?);
        rest = behind;
    }
    out.push_str(rest);
    Ok(out)
}

fn action(text: &str, value: &Value) -> Result<String, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let unknown =
        || format!("template parsing error: {text:?} is not supported here; use fields and json");
    match words.as_slice() {
        ["json", path] => Ok(at(value, path).ok_or_else(unknown)?.to_string()),
        ["len", path] => Ok(match at(value, path).ok_or_else(unknown)? {
            Value::Array(items) => items.len().to_string(),
            Value::Object(items) => items.len().to_string(),
            Value::String(text) => text.len().to_string(),
            _ => "0".to_owned(),
        }),
        ["upper", path] => Ok(plain(at(value, path).ok_or_else(unknown)?).to_uppercase()),
        ["lower", path] => Ok(plain(at(value, path).ok_or_else(unknown)?).to_lowercase()),
        ["println", path] => Ok(plain(at(value, path).ok_or_else(unknown)?) + "\n"),
        [path] => Ok(plain(at(value, path).ok_or_else(unknown)?)),
        _ => Err(unknown()),
    }
}

fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    let path = path.strip_prefix('.')?;
    path.split('.').filter(|name| !name.is_empty()).try_fold(value, |value, name| value.get(name))
}

/// A value as Go prints it.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(plain).collect::<Vec<_>>().join(" "))
        }
        Value::Object(items) => {
            let pairs = items.iter().map(|(name, value)| format!("{name}:{}", plain(value)));
            format!("map[{}]", pairs.collect::<Vec<_>>().join(" "))
        }
        Value::Null => "<nil>".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates() {
        let value = json!({"Config": {"Cmd": ["a", "b"], "Env": null}, "ID": "x"});
        let fill = |text: &str| template(text, &value);
        assert_eq!(fill("{{.ID}}: {{.Config.Cmd}}").as_deref(), Ok("x: [a b]"));
        assert_eq!(fill("{{json .Config.Cmd}}").as_deref(), Ok("[\"a\",\"b\"]"));
        assert!(fill("{{range .Config.Cmd}}").is_err());
        assert!(fill("{{.Nothing}}").is_err());
        assert!(fill("{{.ID").is_err());
    }
}
