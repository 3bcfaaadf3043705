//! The suites about what the front end makes of a file: vertices, configuration, history, warnings.

use std::collections::BTreeMap;

use builder::{BaseImage, Described, Images, LayerInfo, NoCache, PlanError, Request, plan};
use dockerfile::{Ignore, excerpt};
use image::{Config, ContainerConfig, DiffId, Digest, History, RootFs};
use serde_json::{Value, json};
use vfs::{Timestamp, Tree};

use crate::case::{Case, Outcome};

/// Compares all that the real front end answered.
pub fn golden(case: &Case) -> Outcome {
    let text = case.get("input")["dockerfile"].as_str().unwrap_or_default();
    let actual = match planned(case.get("input")) {
        Ok(plan) => json!({
            "steps": plan.definition.iter().map(step).collect::<Value>(),
            "config": config_of(&plan.config),
            "history": plan.config.history.iter().map(entry).collect::<Value>(),
            "author": if plan.config.author.is_empty() { Value::Null } else { json!(plan.config.author) },
            "warnings": warnings(&plan.warnings),
        }),
        Err(refused) => {
            let ranges = refused.error.lines();
            let lines: Vec<usize> =
                ranges.iter().flat_map(|lines| lines.start..=lines.end).collect();
            let place =
                if ranges.is_empty() { None } else { Some(excerpt("Dockerfile", text, &ranges)) };
            json!({
                "error": refused.error.to_string(),
                "error_lines": lines,
                "error_excerpt": place,
                "warnings": warnings(&refused.warnings),
            })
        }
    };
    let expected = case.expected();
    let fields = expected.as_object().into_iter().flatten();
    for (field, wanted) in fields {
        let (wanted, found) = match field.as_str() {
            // Without an entry there is no list.
            "history" if wanted.is_null() => (&json!([]), &actual[field]),
            _ => (wanted, &actual[field]),
        };
        if wanted != found {
            let difference = first_difference(wanted, found);
            return Outcome::fail(
                format!("{field} {}", difference.0),
                if found.is_null() { actual.to_string() } else { difference.1 },
            );
        }
    }
    Outcome::Pass
}

/// The first items of two lists that differ; the values themselves where they are no lists.
fn first_difference(expected: &Value, actual: &Value) -> (String, String) {
    let (Value::Array(a), Value::Array(b)) = (expected, actual) else {
        return (expected.to_string(), actual.to_string());
    };
    let at = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let item = |list: &[Value]| list.get(at).map_or("nothing".to_owned(), Value::to_string);
    (format!("[{at}] {}", item(a)), item(b))
}

/// Compares the parts of the configuration, the history and the names that a case has.
pub fn config(case: &Case) -> Outcome {
    let expected = case.expected();
    let plan = match planned(case.get("input")) {
        Ok(plan) => plan,
        Err(refused) => return Outcome::answer(expected, Err(refused.error.to_string())),
    };
    let after_base = |entry: &&History| entry.comment == "buildkit.dockerfile.v0";
    let history: Vec<&History> = plan.config.history.iter().filter(after_base).collect();
    if let Some(wanted) = expected["history_after_base"].as_array() {
        let fits = wanted.len() == history.len()
            && wanted.iter().zip(&history).all(|(wanted, entry)| fits_entry(wanted, entry));
        if !fits {
            let actual: Value = history.iter().map(|entry| self::entry(entry)).collect();
            return Outcome::fail(expected, actual);
        }
    }
    let layers = history.iter().filter(|entry| !entry.empty_layer).count();
    for field in ["layers", "layers_after_base"] {
        if let Some(wanted) = expected[field].as_u64()
            && wanted != layers as u64
        {
            return Outcome::fail(expected, format!("{layers} layers"));
        }
    }
    let names: Vec<&str> = plan.definition.iter().map(|vertex| vertex.name.as_str()).collect();
    for wanted in expected["step_names_include"].as_array().into_iter().flatten() {
        if !names.iter().any(|name| Some(*name) == wanted.as_str()) {
            return Outcome::fail(wanted, json!(names));
        }
    }
    if expected["error"] == true || expected["error_equals"].is_string() {
        return Outcome::fail(expected, "a plan");
    }
    let wanted =
        json!({ "config": expected["config"].as_object().map_or(json!({}), |c| json!(c)) });
    Outcome::covers(&wanted, &json!({ "config": config_of(&plan.config) }))
}

fn fits_entry(wanted: &Value, entry: &History) -> bool {
    wanted.as_object().into_iter().flatten().all(|(rule, value)| {
        let text = value.as_str().unwrap_or_default();
        match rule.as_str() {
            "created_by_equals" => entry.created_by == text,
            "created_by_contains" | "created_by_contains_2" => entry.created_by.contains(text),
            "created_by_not_contains" => !entry.created_by.contains(text),
            "empty_layer" => value.as_bool() == Some(entry.empty_layer),
            _ => false,
        }
    })
}

fn planned(input: &Value) -> Result<builder::Plan, PlanError> {
    let context = Tree::new();
    let attrs = Attrs::of(&input["attrs"]);
    let ignore = input["dockerignore"].as_str().and_then(|text| Ignore::parse(text).ok());
    let text = input["dockerfile"].as_str().unwrap_or_default();
    let mut request = Request::new(text, &context, Timestamp::default());
    attrs.apply(&mut request);
    request.ignore = ignore.as_ref();
    plan(&request, &mut Stub)
}

/// The attributes that buildx gives the front end.
pub struct Attrs(BTreeMap<String, String>);

impl Attrs {
    /// The attributes of a case.
    pub fn of(value: &Value) -> Self {
        let attrs = value.as_object().into_iter().flatten();
        Self(
            attrs
                .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
                .collect(),
        )
    }

    /// An attribute.
    #[cfg(feature = "programs")]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Sets what they say.
    pub fn apply<'a>(&'a self, request: &mut Request<'a>) {
        for (name, value) in &self.0 {
            match (name.split_once(':'), name.as_str()) {
                (Some(("build-arg", name)), _) => {
                    request.build_args.insert(name.to_owned(), value.clone());
                }
                (Some(("label", name)), _) => {
                    request.labels.insert(name.to_owned(), value.clone());
                }
                (_, "target") => request.target = Some(value),
                (_, "no-cache") if value.is_empty() => request.no_cache = NoCache::All,
                (_, "no-cache") => {
                    let names = value.split(',').map(str::to_owned).collect();
                    request.no_cache = NoCache::Stages(names);
                }
                _ => {}
            }
        }
    }
}

fn step(vertex: &Described) -> Value {
    let lines: Vec<usize> = vertex.lines.iter().flat_map(|(start, end)| *start..=*end).collect();
    let exec = (!vertex.args.is_empty()).then(|| vertex.args.join(" "));
    json!({ "name": vertex.name, "kind": vertex.kind.name(), "exec": exec, "lines": lines })
}

fn config_of(config: &Config) -> Value {
    serde_json::to_value(&config.config).unwrap_or_default()
}

fn entry(entry: &History) -> Value {
    let mut out = json!({});
    let fields = [
        ("created", entry.created.map(image::format_rfc3339).unwrap_or_default()),
        ("created_by", entry.created_by.clone()),
        ("author", entry.author.clone()),
        ("comment", entry.comment.clone()),
    ];
    for (name, text) in fields {
        if !text.is_empty() {
            out[name] = json!(text);
        }
    }
    if entry.empty_layer {
        out["empty_layer"] = json!(true);
    }
    out
}

fn warnings(findings: &[dockerfile::lint::Finding]) -> Value {
    findings.iter().map(|finding| json!(finding.summary())).collect()
}

/// The images of the suites: a PATH, `sh`, one layer, one history entry, and a digest that is that of
/// the name.
struct Stub;

impl Images for Stub {
    fn find(&mut self, _: &str) -> Result<BaseImage, String> {
        let diff_id = DiffId(Digest::of("layer"));
        let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        let config = Config {
            architecture: "amd64".into(),
            os: "linux".into(),
            config: ContainerConfig {
                env: vec![path.to_owned()],
                cmd: Some(vec!["sh".to_owned()]),
                ..ContainerConfig::default()
            },
            rootfs: RootFs { diff_ids: vec![diff_id] },
            history: vec![History {
                created: image::parse_rfc3339("2024-09-26T21:31:42Z").ok(),
                created_by: "BusyBox 1.37.0 (glibc), Debian 13".to_owned(),
                ..History::default()
            }],
            ..Config::default()
        };
        Ok(BaseImage { tree: Tree::new(), config, layers: vec![LayerInfo { diff_id, bytes: 0 }] })
    }

    fn digest(&mut self, reference: &str) -> Option<Digest> {
        dockerfile::canonical_image_name(reference).ok().map(Digest::of)
    }
}
