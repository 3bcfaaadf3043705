//! The values of `RUN --mount` and `RUN --device`.

use crate::csv::fields;
use crate::quote::quote;
use crate::suggest::with_suggestion;

/// What a mount is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MountKind {
    /// Files of the context or of another stage.
    #[default]
    Bind,
    /// A directory that lives on between builds.
    Cache,
    /// An empty directory in memory.
    Tmpfs,
    /// A secret given to the build.
    Secret,
    /// The agent socket given to the build.
    Ssh,
}

impl MountKind {
    /// The name in `type=`.
    pub fn name(self) -> &'static str {
        match self {
            MountKind::Bind => "bind",
            MountKind::Cache => "cache",
            MountKind::Tmpfs => "tmpfs",
            MountKind::Secret => "secret",
            MountKind::Ssh => "ssh",
        }
    }
}

/// All kinds of mounts.
pub const MOUNT_KINDS: [MountKind; 5] =
    [MountKind::Bind, MountKind::Cache, MountKind::Tmpfs, MountKind::Secret, MountKind::Ssh];

/// How builds share a cache mount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// At the same time.
    Shared,
    /// Each its own.
    Private,
    /// One after the other.
    Locked,
}

/// The keys that `RUN --mount` knows.
pub const MOUNT_KEYS: [&str; 19] = [
    "type",
    "from",
    "source",
    "target",
    "readonly",
    "id",
    "sharing",
    "required",
    "size",
    "mode",
    "uid",
    "gid",
    "src",
    "dst",
    "destination",
    "ro",
    "rw",
    "readwrite",
    "env",
];

/// A mount of a `RUN`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mount {
    /// What it is made of.
    pub kind: MountKind,
    /// The stage, image or context it comes from; empty where not given.
    pub from: String,
    /// The path in there; empty where not given.
    pub source: String,
    /// Where it is mounted; empty where not given.
    pub target: String,
    /// True where it cannot be written to.
    pub read_only: bool,
    /// The id of a cache, secret or agent; empty where not given.
    pub id: String,
    /// How a cache is shared.
    pub sharing: Option<Sharing>,
    /// True where the build fails without it.
    pub required: bool,
    /// The size limit of a tmpfs, in bytes; 0 for none.
    pub size_limit: i64,
    /// Mode.
    pub mode: Option<u32>,
    /// User id.
    pub uid: Option<u32>,
    /// Group id.
    pub gid: Option<u32>,
    /// The environment variable that holds a secret.
    pub env: Option<String>,
}

impl Mount {
    /// Checks what can be checked before variables are known.
    ///
    /// # Errors
    /// BuildKit's message.
    pub(crate) fn check(text: &str) -> Result<(), String> {
        for field in fields(text).map_err(|error| format!("failed to parse csv mounts: {error}"))? {
            let Some((key, value)) = field.split_once('=') else { continue };
            let is_variable = value.match_indices('$').any(|(at, _)| at + 1 < value.len());
            if key.eq_ignore_ascii_case("from") && is_variable {
                return Err(format!(
                    "'{}' doesn't support variable expansion, define alias stage instead",
                    key.to_lowercase()
                ));
            }
        }
        Ok(())
    }

    /// The value of `from=`, which is known before variables are.
    pub(crate) fn source_of(text: &str) -> String {
        let fields = fields(text).unwrap_or_default();
        let from = fields.iter().rev().filter_map(|field| field.split_once('='));
        let from = from.into_iter().find(|(key, _)| key.eq_ignore_ascii_case("from"));
        from.map(|(_, value)| value.to_owned()).unwrap_or_default()
    }

    /// Reads a mount, with `expand` applied to its values.
    ///
    /// # Errors
    /// BuildKit's message.
    pub fn parse(
        text: &str,
        expand: &mut dyn FnMut(&str) -> Result<String, String>,
    ) -> Result<Mount, String> {
        let mut mount = Mount::default();
        // Unless said, what is made for writing can be written to.
        let mut said_read_only = None;
        for field in fields(text).map_err(|error| format!("failed to parse csv mounts: {error}"))? {
            let Some((key, value)) = field.split_once('=') else {
                match field.to_lowercase().as_str() {
                    "readonly" | "ro" => said_read_only = Some(true),
                    "readwrite" | "rw" => said_read_only = Some(false),
                    "required" => mount.require("required", true)?,
                    _ => return Err(format!("invalid field '{field}' must be a key=value pair")),
                }
                continue;
            };
            let key = key.to_lowercase();
            let value = expand(value)?;
            let invalid = || format!("invalid value for {key}: {value}");
            match key.as_str() {
                "type" => mount.kind = kind(&value)?,
                "from" => mount.from = value,
                "source" | "src" => mount.source = value,
                "target" | "dst" | "destination" => mount.target = value,
                "readonly" | "ro" => said_read_only = Some(parse_bool(&value).ok_or_else(invalid)?),
                "readwrite" | "rw" => {
                    said_read_only = Some(!parse_bool(&value).ok_or_else(invalid)?)
                }
                "required" => {
                    mount.require(&key, false)?;
                    mount.required = parse_bool(&value).ok_or_else(invalid)?;
                }
                "size" if mount.kind == MountKind::Tmpfs => {
                    mount.size_limit = ram_in_bytes(&value).ok_or_else(invalid)?
                }
                "size" => return Err(mount.unexpected(&key)),
                "id" => mount.id = value,
                "sharing" => mount.sharing = Some(sharing(&value)?),
                "mode" => mount.mode = Some(number(&key, &value, 8)?),
                "uid" => mount.uid = Some(number(&key, &value, 10)?),
                "gid" => mount.gid = Some(number(&key, &value, 10)?),
                "env" => mount.env = Some(value),
                _ => {
                    let message = format!("unexpected key '{key}' in '{field}'");
                    return Err(with_suggestion(message, &key, &MOUNT_KEYS, true));
                }
            }
        }
        mount.validate(said_read_only)?;
        Ok(mount)
    }

    fn unexpected(&self, key: &str) -> String {
        format!("unexpected key '{key}' for mount type '{}'", self.kind.name())
    }

    fn require(&mut self, key: &str, required: bool) -> Result<(), String> {
        if !matches!(self.kind, MountKind::Secret | MountKind::Ssh) {
            return Err(self.unexpected(key));
        }
        self.required = required;
        Ok(())
    }

    fn validate(&mut self, said_read_only: Option<bool>) -> Result<(), String> {
        if !matches!(self.kind, MountKind::Secret | MountKind::Ssh | MountKind::Cache) {
            let given = [("mode", self.mode), ("uid", self.uid), ("gid", self.gid)];
            if let Some((key, _)) = given.iter().find(|(_, value)| value.is_some()) {
                return Err(format!(
                    "{key} not allowed for {} type mounts",
                    quote(self.kind.name())
                ));
            }
        }
        self.read_only =
            said_read_only.unwrap_or(!matches!(self.kind, MountKind::Cache | MountKind::Tmpfs));
        if self.kind == MountKind::Secret {
            let problem = if !self.from.is_empty() {
                Some("secret mount should not have a from")
            } else if self.sharing.is_some() {
                Some("secret mount should not define sharing")
            } else if self.source.is_empty() && self.target.is_empty() && self.id.is_empty() {
                Some("invalid secret mount. one of source, target required")
            } else if !self.source.is_empty() && !self.id.is_empty() {
                Some("both source and id can't be set")
            } else {
                None
            };
            if let Some(problem) = problem {
                return Err(problem.to_owned());
            }
        }
        if self.sharing.is_some() && self.kind != MountKind::Cache {
            return Err(format!("invalid cache sharing set for {} mount", self.kind.name()));
        }
        Ok(())
    }
}

fn kind(value: &str) -> Result<MountKind, String> {
    let lower = value.to_lowercase();
    MOUNT_KINDS.into_iter().find(|kind| kind.name() == lower).ok_or_else(|| {
        let names = MOUNT_KINDS.map(MountKind::name);
        with_suggestion(format!("unsupported mount type {}", quote(value)), value, &names, true)
    })
}

fn sharing(value: &str) -> Result<Sharing, String> {
    match value.to_lowercase().as_str() {
        "shared" => Ok(Sharing::Shared),
        "private" => Ok(Sharing::Private),
        "locked" => Ok(Sharing::Locked),
        _ => {
            let names = ["shared", "private", "locked"];
            Err(with_suggestion(
                format!("unsupported sharing value {}", quote(value)),
                value,
                &names,
                true,
            ))
        }
    }
}

/// Digits alone, without the sign that Rust would take.
fn number(key: &str, value: &str, radix: u32) -> Result<u32, String> {
    let number = u32::from_str_radix(value, radix).ok().filter(|_| !value.starts_with('+'));
    number.ok_or_else(|| format!("invalid value {value} for {key}"))
}

/// A truth value, as Go's `strconv.ParseBool` reads it.
fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// A size such as `64m`, as go-units' `RAMInBytes` reads it: units of 1024.
fn ram_in_bytes(text: &str) -> Option<i64> {
    let number_len = text.rfind(|c: char| c.is_ascii_digit() || c == '.')? + 1;
    let number = text[..number_len].trim_end();
    let number: f64 = number.parse().ok().filter(|number: &f64| *number >= 0.0)?;
    let suffix = text[number_len..].strip_prefix(' ').unwrap_or(&text[number_len..]).to_lowercase();
    let power = match suffix.chars().next() {
        None => 0,
        Some(unit) => "bkmgtp".find(unit)?,
    };
    let rest = suffix.get(1..).unwrap_or_default();
    if !(rest.is_empty() || power > 0 && (rest == "b" || rest == "ib")) {
        return None;
    }
    Some((number * 1024f64.powi(i32::try_from(power).ok()?)) as i64)
}

/// A device that a `RUN` asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// The device's name.
    pub name: String,
    /// True where the build fails without it.
    pub required: bool,
}

impl Device {
    /// Reads the value of `RUN --device`.
    ///
    /// # Errors
    /// BuildKit's message.
    pub fn parse(text: &str) -> Result<Device, String> {
        let mut device = Device::default();
        for field in
            fields(text).map_err(|error| format!("failed to parse csv devices: {error}"))?
        {
            let pair = field.split_once('=').map(|(key, value)| (key.to_lowercase(), value));
            match pair {
                None if field.eq_ignore_ascii_case("required") => device.required = true,
                None if device.name.is_empty() => device.name = field,
                None => return Err(format!("invalid field '{field}' must be a key=value pair")),
                Some((key, value)) => match key.as_str() {
                    "name" if !device.name.is_empty() => {
                        return Err(format!("device name already set to {}", device.name));
                    }
                    "name" => device.name = value.to_owned(),
                    "required" => {
                        device.required = parse_bool(value)
                            .ok_or_else(|| format!("invalid value for {key}: {value}"))?;
                    }
                    _ if device.name.is_empty() => device.name = field,
                    _ => {
                        let message = format!("unexpected key '{key}' in '{field}'");
                        return Err(with_suggestion(message, &key, &["name", "required"], true));
                    }
                },
            }
        }
        Ok(device)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mount(text: &str) -> Result<Mount, String> {
        Mount::parse(text, &mut |value| Ok(value.to_owned()))
    }

    #[test]
    fn mounts() {
        let cache = mount("type=cache,target=/c,sharing=locked,uid=7,mode=0755").unwrap();
        assert_eq!(
            (cache.kind, cache.read_only, cache.uid, cache.mode),
            (MountKind::Cache, false, Some(7), Some(0o755))
        );
        assert!(mount("target=/c").unwrap().read_only);
        assert_eq!(mount("type=tmpfs,target=/t,size=1.5KiB").unwrap().size_limit, 1536);
        assert_eq!(
            mount("type=cahe").unwrap_err(),
            "unsupported mount type \"cahe\" (did you mean cache?)"
        );
        assert_eq!(
            mount("targt=/c").unwrap_err(),
            "unexpected key 'targt' in 'targt=/c' (did you mean target?)"
        );
        assert_eq!(mount("uid=1").unwrap_err(), "uid not allowed for \"bind\" type mounts");
        assert_eq!(
            mount("type=secret").unwrap_err(),
            "invalid secret mount. one of source, target required"
        );
        assert_eq!(
            mount("required").unwrap_err(),
            "unexpected key 'required' for mount type 'bind'"
        );
    }
}
