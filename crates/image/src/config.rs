//! The image configuration.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use vfs::Timestamp;

use crate::{
    DiffId, Digest, ImageId, ParseDigestError, ParseTimeError, format_rfc3339, parse_rfc3339,
};

/// An image configuration (OCI image-spec `config.md`, with Docker's additions).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Config {
    /// CPU architecture, `amd64` for all our images.
    pub architecture: String,
    /// Operating system, `linux`.
    pub os: String,
    /// Variant of the architecture, as `v8` of `arm64`; empty for none.
    pub variant: String,
    /// Windows: the version it needs; empty elsewhere.
    pub os_version: String,
    /// Windows: what it needs of the kernel.
    pub os_features: Vec<String>,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// Who made it; empty for nobody.
    pub author: String,
    /// How containers of it run.
    pub config: ContainerConfig,
    /// Its layers.
    pub rootfs: RootFs,
    /// What made it, oldest first.
    pub history: Vec<History>,
}

/// How containers of an image run. The order of the fields is that of Docker's JSON.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[allow(missing_docs, reason = "the names of the specification, config.md")]
pub struct ContainerConfig {
    #[serde(skip_serializing_if = "String::is_empty", deserialize_with = "null_as_default")]
    pub user: String,
    #[serde(skip_serializing_if = "BTreeSet::is_empty", with = "set_as_object")]
    pub exposed_ports: BTreeSet<String>,
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "null_as_default")]
    pub env: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entrypoint: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cmd: Option<Vec<String>>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty", with = "set_as_object")]
    pub volumes: BTreeSet<String>,
    #[serde(skip_serializing_if = "String::is_empty", deserialize_with = "null_as_default")]
    pub working_dir: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "null_as_default")]
    pub labels: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "String::is_empty", deserialize_with = "null_as_default")]
    pub stop_signal: String,
    /// Docker: a shell-form command line that Windows must not quote again.
    #[serde(skip_serializing_if = "std::ops::Not::not", deserialize_with = "null_as_default")]
    pub args_escaped: bool,
    /// Docker.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healthcheck: Option<Healthcheck>,
    /// Docker: triggers for images built from this one.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "null_as_default")]
    pub on_build: Vec<String>,
    /// Docker: the shell of shell forms.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "null_as_default")]
    pub shell: Vec<String>,
}

/// Docker's health check; durations are nanoseconds, 0 is inherited.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[allow(missing_docs, reason = "the names of Docker's image specification")]
pub struct Healthcheck {
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "null_as_default")]
    pub test: Vec<String>,
    #[serde(skip_serializing_if = "is_zero")]
    pub interval: i64,
    #[serde(skip_serializing_if = "is_zero")]
    pub timeout: i64,
    #[serde(skip_serializing_if = "is_zero")]
    pub start_period: i64,
    #[serde(skip_serializing_if = "is_zero")]
    pub start_interval: i64,
    #[serde(skip_serializing_if = "is_zero")]
    pub retries: i64,
}

/// The layers of an image, lowest first.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct RootFs {
    /// Digests of the uncompressed tars.
    pub diff_ids: Vec<DiffId>,
}

/// One step that made an image.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
#[allow(missing_docs, reason = "the names of the specification, config.md")]
pub struct History {
    pub created: Option<Timestamp>,
    pub created_by: String,
    pub author: String,
    pub comment: String,
    /// Whether the step made no layer.
    pub empty_layer: bool,
}

impl Config {
    /// The bytes whose digest is the image ID.
    ///
    /// Keys stand in the order BuildKit writes them (sorted, because it goes through a Go map), and
    /// `<`, `>` and `&` are escaped as Go's `encoding/json` does.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let text = serde_json::to_string(&self.to_value()).expect("strings, maps and numbers");
        let mut out = String::with_capacity(text.len() + 64);
        for c in text.chars() {
            match c {
                '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                    out.push_str(&format!("\\u{:04x}", c as u32));
                }
                c => out.push(c),
            }
        }
        out.into_bytes()
    }

    /// Reads a configuration that anybody wrote. What it holds besides the specification and
    /// Docker's additions is dropped, so its digest is that of the bytes and not [`Config::id`].
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, ConfigError> {
        let written: Written = serde_json::from_slice(bytes)?;
        let time = |text: Option<String>| text.as_deref().map(parse_rfc3339).transpose();
        let diff_ids = written.rootfs.diff_ids.iter().map(|id| Ok(DiffId(id.parse()?)));
        let history = written.history.into_iter().map(|entry| {
            Ok(History {
                created: time(entry.created)?,
                created_by: entry.created_by,
                author: entry.author,
                comment: entry.comment,
                empty_layer: entry.empty_layer,
            })
        });
        Ok(Self {
            architecture: written.architecture,
            os: written.os,
            variant: written.variant,
            os_version: written.os_version,
            os_features: written.os_features,
            created: time(written.created)?,
            author: written.author,
            config: written.config.unwrap_or_default(),
            rootfs: RootFs { diff_ids: diff_ids.collect::<Result<_, ConfigError>>()? },
            history: history.collect::<Result<_, ConfigError>>()?,
        })
    }

    /// For each layer the step of the history that made it; none where the history is too short.
    #[must_use]
    pub fn layer_history(&self) -> Vec<Option<&History>> {
        let mut steps = self.history.iter().filter(|step| !step.empty_layer);
        self.rootfs.diff_ids.iter().map(|_| steps.next()).collect()
    }

    /// The same for people to read: indented, nothing escaped that need not be.
    #[must_use]
    pub fn to_pretty_json(&self) -> String {
        serde_json::to_string_pretty(&self.to_value()).expect("strings, maps and numbers")
    }

    /// The image ID.
    #[must_use]
    pub fn id(&self) -> ImageId {
        ImageId(Digest::of(self.to_json()))
    }

    fn to_value(&self) -> Value {
        let mut out = Map::new();
        out.insert("architecture".into(), self.architecture.clone().into());
        if !self.author.is_empty() {
            out.insert("author".into(), self.author.clone().into());
        }
        let config = serde_json::to_value(&self.config).expect("strings, maps and numbers");
        out.insert("config".into(), config);
        if let Some(created) = self.created {
            out.insert("created".into(), format_rfc3339(created).into());
        }
        let history = self.history.iter().map(History::to_value).collect();
        out.insert("history".into(), Value::Array(history));
        out.insert("os".into(), self.os.clone().into());
        if !self.os_features.is_empty() {
            out.insert("os.features".into(), self.os_features.clone().into());
        }
        if !self.os_version.is_empty() {
            out.insert("os.version".into(), self.os_version.clone().into());
        }
        let mut rootfs = Map::new();
        rootfs.insert("type".into(), "layers".into());
        let ids = self.rootfs.diff_ids.iter().map(|id| id.to_string().into()).collect();
        rootfs.insert("diff_ids".into(), Value::Array(ids));
        out.insert("rootfs".into(), Value::Object(rootfs));
        if !self.variant.is_empty() {
            out.insert("variant".into(), self.variant.clone().into());
        }
        Value::Object(out)
    }
}

impl History {
    fn to_value(&self) -> Value {
        let mut out = Map::new();
        if let Some(created) = self.created {
            out.insert("created".into(), format_rfc3339(created).into());
        }
        for (key, text) in
            [("created_by", &self.created_by), ("author", &self.author), ("comment", &self.comment)]
        {
            if !text.is_empty() {
                out.insert(key.into(), text.clone().into());
            }
        }
        if self.empty_layer {
            out.insert("empty_layer".into(), true.into());
        }
        Value::Object(out)
    }
}

/// Why a configuration cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It is no JSON, or a field has the wrong type.
    #[error("the image configuration is malformed: {0}")]
    Json(#[from] serde_json::Error),
    /// A time is none.
    #[error("the image configuration is malformed: {0}")]
    Time(#[from] ParseTimeError),
    /// A diff ID is none.
    #[error("the image configuration is malformed: {0}")]
    Digest(#[from] ParseDigestError),
}

/// The JSON as others write it, where anything may be `null` or missing.
#[derive(Deserialize)]
struct Written {
    #[serde(default, deserialize_with = "null_as_default")]
    architecture: String,
    #[serde(default, deserialize_with = "null_as_default")]
    os: String,
    #[serde(default, deserialize_with = "null_as_default")]
    variant: String,
    #[serde(default, rename = "os.version", deserialize_with = "null_as_default")]
    os_version: String,
    #[serde(default, rename = "os.features", deserialize_with = "null_as_default")]
    os_features: Vec<String>,
    created: Option<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    author: String,
    config: Option<ContainerConfig>,
    #[serde(default, deserialize_with = "null_as_default")]
    rootfs: WrittenRootFs,
    #[serde(default, deserialize_with = "null_as_default")]
    history: Vec<WrittenHistory>,
}

#[derive(Default, Deserialize)]
struct WrittenRootFs {
    #[serde(default, deserialize_with = "null_as_default")]
    diff_ids: Vec<String>,
}

#[derive(Deserialize)]
struct WrittenHistory {
    created: Option<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    created_by: String,
    #[serde(default, deserialize_with = "null_as_default")]
    author: String,
    #[serde(default, deserialize_with = "null_as_default")]
    comment: String,
    #[serde(default, deserialize_with = "null_as_default")]
    empty_layer: bool,
}

/// Go writes an empty slice, map or pointer as `null`.
fn null_as_default<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature serde asks for; the lint depends on the target"
)]
fn is_zero(n: &i64) -> bool {
    *n == 0
}

/// Go's `map[string]struct{}`: `{"80/tcp":{}}`.
mod set_as_object {
    use std::collections::{BTreeMap, BTreeSet};

    use serde::de::IgnoredAny;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize)]
    struct Empty {}

    pub fn serialize<S: Serializer>(set: &BTreeSet<String>, to: S) -> Result<S::Ok, S::Error> {
        set.iter().map(|key| (key, Empty {})).collect::<BTreeMap<_, _>>().serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeSet<String>, D::Error> {
        Ok(Option::<BTreeMap<String, IgnoredAny>>::deserialize(from)?
            .unwrap_or_default()
            .into_keys()
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_what_buildkit_writes() {
        let config = Config {
            architecture: "amd64".into(),
            os: "linux".into(),
            created: Some(Timestamp(0)),
            config: ContainerConfig {
                env: vec!["PATH=/bin".into()],
                cmd: Some(vec!["/bin/sh".into()]),
                exposed_ports: ["80/tcp".to_owned()].into(),
                ..Default::default()
            },
            rootfs: RootFs { diff_ids: vec![DiffId(Digest::of(""))] },
            history: vec![History {
                created_by: "RUN /bin/sh -c a && b > c # buildkit".into(),
                comment: "buildkit.dockerfile.v0".into(),
                ..Default::default()
            }],
            ..Config::default()
        };
        assert_eq!(
            String::from_utf8(config.to_json()).unwrap(),
            r#"{"architecture":"amd64","config":{"ExposedPorts":{"80/tcp":{}},"Env":["PATH=/bin"],"Cmd":["/bin/sh"]},"created":"1970-01-01T00:00:00Z","history":[{"created_by":"RUN /bin/sh -c a \u0026\u0026 b \u003e c # buildkit","comment":"buildkit.dockerfile.v0"}],"os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"]}}"#
        );
        assert!(config.to_pretty_json().contains("a && b > c"));
    }

    #[test]
    fn what_others_write_is_read() {
        let text = r#"{"architecture":"arm64","variant":"v8","os":"linux","docker_version":"20.10",
            "created":"2024-01-31T13:00:00.5+01:00","container":"x",
            "config":{"Hostname":"","Env":null,"Labels":null,"Cmd":["sh"],"Volumes":null,"OnBuild":null},
            "rootfs":{"type":"layers","diff_ids":null},
            "history":[{"created_by":"ADD","empty_layer":true},{"created_by":"RUN"}]}"#;
        let config = Config::from_json(text.as_bytes()).unwrap();
        assert_eq!(config.created.map(format_rfc3339).unwrap(), "2024-01-31T12:00:00.5Z");
        assert_eq!((config.variant.as_str(), config.config.cmd.unwrap().len()), ("v8", 1));
        assert_eq!(config.history[1].created_by, "RUN");
        for (bad, why) in [
            ("[]", "malformed"),
            (r#"{"rootfs":{"diff_ids":["md5:0"]}}"#, "is no digest"),
            (r#"{"created":"yesterday"}"#, "is no time"),
        ] {
            let message = Config::from_json(bad.as_bytes()).unwrap_err().to_string();
            assert!(message.contains(why), "{message}");
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        let config = Config {
            architecture: "arm".into(),
            os: "windows".into(),
            variant: "v7".into(),
            os_version: "10".into(),
            os_features: vec!["win32k".into()],
            history: vec![
                History { created_by: "ENV a=b".into(), empty_layer: true, ..History::default() },
                History { created_by: "COPY".into(), ..History::default() },
            ],
            rootfs: RootFs { diff_ids: vec![DiffId(Digest::of("x"))] },
            ..Config::default()
        };
        assert_eq!(Config::from_json(&config.to_json()).unwrap(), config);
        assert_eq!(config.layer_history()[0].unwrap().created_by, "COPY");
    }
}
