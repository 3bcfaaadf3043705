//! The suites about what docker prints: progress, units, tables.

use console::plain::{Log, Plain, Status, Update, Vertex};
use console::tables::{
    ChangeRow, ContainerRow, DiskUsage, HistoryRow, ImageOptions, ImageRow, Port, changes,
    containers, disk_usage, disk_usage_verbose, displayable_ports, history, images,
};
use console::{ellipsis, human_duration, human_size};
use serde_json::{Value, json};

use crate::case::{Case, Outcome, strings};

pub fn progress_plain(case: &Case) -> Outcome {
    let input = case.get("input");
    let mut printer = Plain::new(input["desc"].as_str().unwrap_or_default());
    let mut out = String::new();
    let description = printer.update(&Update::default(), 0);
    out.push_str(&description);
    for event in input["events"].as_array().into_iter().flatten() {
        // The real printer took these events in at once: no time passes between them.
        out.push_str(&printer.update(&update(event), 0));
    }
    out.push_str(&printer.failures());
    Outcome::compare(&case.expected()["text"], &json!(out))
}

fn update(event: &Value) -> Update {
    let list = |name: &str| event[name].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Update {
        vertices: list("vertexes")
            .iter()
            .map(|vertex| Vertex {
                key: text(&vertex["name"]),
                name: text(&vertex["name"]),
                started: vertex["start_ms"].as_i64(),
                ended: vertex["end_ms"].as_i64(),
                cached: vertex["cached"] == true,
                error: text(&vertex["error"]),
            })
            .collect(),
        statuses: list("statuses")
            .iter()
            .map(|status| Status {
                id: text(&status["id"]),
                vertex: text(&status["vertex"]),
                current: status["current"].as_i64().unwrap_or_default(),
                total: status["total"].as_i64().unwrap_or_default(),
                at: status["at_ms"].as_i64().unwrap_or_default(),
                started: status["start_ms"].as_i64(),
                ended: status["end_ms"].as_i64(),
            })
            .collect(),
        logs: list("logs")
            .iter()
            .map(|log| Log {
                vertex: text(&log["vertex"]),
                at: log["at_ms"].as_i64().unwrap_or_default(),
                data: text(&log["data"]).into_bytes(),
            })
            .collect(),
        warnings: list("warnings")
            .iter()
            .map(|warning| (text(&warning["vertex"]), text(&warning["short"])))
            .collect(),
    }
}

pub fn units(case: &Case) -> Outcome {
    let input = case.get("input");
    let number = |name: &str| input[name].as_f64().unwrap_or_default();
    let actual = match case.text("kind") {
        "human_duration" => human_duration(number("seconds")),
        "human_size" => human_size(number("bytes")),
        _ => return case.unknown_kind(),
    };
    Outcome::compare(case.expected(), &json!(actual))
}

pub fn format_golden(case: &Case) -> Outcome {
    let input = case.get("input");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let flag = |name: &str, otherwise: bool| input[name].as_bool().unwrap_or(otherwise);
    let rows = input["rows"].as_array().cloned().unwrap_or_default();
    let number = |value: &Value| value.as_u64().unwrap_or_default();
    let image = |row: &Value| ImageRow {
        id: text(&row["id"]),
        tags: strings(&row["tags"]),
        digests: strings(&row["digests"]),
        age: age(&row["created"]),
        size: number(&row["size"]),
        ..ImageRow::default()
    };
    let container = |row: &Value| ContainerRow {
        id: text(&row["id"]),
        image: text(&row["image"]),
        command: text(&row["command"]),
        age: age(&row["created"]).unwrap_or_default(),
        status: text(&row["status"]),
        ports: ports(&row["ports"]),
        names: strings(&row["names"]),
        size: number(&row["size"]),
        virtual_size: number(&row["virtual_size"]),
        ..ContainerRow::default()
    };
    let actual = match case.text("kind") {
        "history" => {
            let rows: Vec<HistoryRow> = rows
                .iter()
                .map(|row| HistoryRow {
                    id: text(&row["id"]),
                    age: age(&row["created"]),
                    created: text(&row["created"]),
                    created_by: text(&row["created_by"]),
                    size: number(&row["size"]),
                    comment: text(&row["comment"]),
                })
                .collect();
            history(&rows, flag("trunc", true), flag("human", true))
        }
        "diff" => {
            let pairs = input["changes"].as_array().into_iter().flatten();
            let rows: Vec<ChangeRow> = pairs
                .map(|pair| ChangeRow { kind: text(&pair[0]), path: text(&pair[1]) })
                .collect();
            match changes(&rows, input["format"].as_str()) {
                Ok(table) => table,
                Err(error) => return Outcome::fail(case.expected(), error),
            }
        }
        "images" => {
            let rows: Vec<ImageRow> = rows.iter().map(image).collect();
            let options = ImageOptions {
                digests: flag("digests", false),
                quiet: flag("quiet", false),
                no_truncate: !flag("trunc", true),
            };
            images(&rows, options)
        }
        "ps" => {
            let rows: Vec<ContainerRow> = rows.iter().map(container).collect();
            containers(&rows, flag("trunc", true), flag("size", false))
        }
        "system_df" => {
            let lists = ["images", "containers", "volumes", "build_cache"];
            let filled = |name: &&str| input[*name].as_array().is_some_and(|list| !list.is_empty());
            if lists.iter().any(filled) {
                return Outcome::fail(
                    case.expected(),
                    "rows whose schema the runner does not know",
                );
            }
            if flag("verbose", false) {
                disk_usage_verbose(&[], &[], &[], 0)
            } else {
                disk_usage(&DiskUsage::default())
            }
        }
        "ellipsis" => ellipsis(&text(&input["text"]), number(&input["width"]) as usize),
        "ports" => displayable_ports(&ports(&input["ports"])),
        _ => return case.unknown_kind(),
    };
    Outcome::compare(case.expected(), &json!(actual))
}

fn ports(list: &Value) -> Vec<Port> {
    let number = |value: &Value| value.as_u64().and_then(|number| u16::try_from(number).ok());
    list.as_array()
        .into_iter()
        .flatten()
        .map(|port| Port {
            private: number(&port["private"]).unwrap_or_default(),
            ip: port["ip"].as_str().unwrap_or_default().to_owned(),
            public: number(&port["public"]).unwrap_or_default(),
            kind: port["type"].as_str().unwrap_or_default().to_owned(),
        })
        .collect()
}

/// Seconds since a time that is written `-24h`, `-17y`, `about a minute`; none for `zero` and
/// `epoch-0`.
fn age(created: &Value) -> Option<f64> {
    let text = created.as_str()?;
    if text == "about a minute" {
        return Some(60.0);
    }
    let amount = text.strip_prefix('-')?;
    let at = amount.find(|c: char| !c.is_ascii_digit())?;
    let number: f64 = amount[..at].parse().ok()?;
    let unit = match &amount[at..] {
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        "w" => 7.0 * 86_400.0,
        "y" => 365.25 * 86_400.0,
        _ => return None,
    };
    Some(number * unit)
}
