//! The suites about typed instructions.

use dockerfile::{
    ArgDef, Device, Diagnostic, FlagKind, Flags, InlineFile, Instruction, Kind, Node, Parse, Pass,
    Transfer, Word, interval,
};
use serde_json::{Value, json};

use crate::case::{Case, Outcome, strings};

pub fn errors(case: &Case) -> Outcome {
    let expected = case.expected();
    let input = case.get("input");
    match case.text("kind") {
        "dockerfile" => {
            let parse = dockerfile::parse(case.input());
            let error = parse.diagnostics.iter().find(|error| is_about_an_instruction(error));
            Outcome::answer(
                expected,
                error.map_or(Ok(Value::Null), |error| Err(error.cause.clone())),
            )
        }
        "ast" => {
            let args = strings(&input["args"]);
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            let node = Node::synthetic(input["instruction"].as_str().unwrap_or_default(), &args);
            Outcome::answer(expected, node.understand().map(|_| Value::Null))
        }
        "device_flag" => {
            let device = Device::parse(case.input());
            Outcome::answer(
                expected,
                device.map(|device| json!({ "name": device.name, "required": device.required })),
            )
        }
        "healthcheck_interval" => Outcome::answer(
            expected,
            interval("interval", case.input()).map(|duration| json!({ "duration": duration.0 })),
        ),
        "flags" => flags(expected, input),
        _ => case.unknown_kind(),
    }
}

/// The cases hold single instructions, so that what is missing around them does not count.
fn is_about_an_instruction(error: &Diagnostic) -> bool {
    error.pass == Pass::Parser || error.prefix_line.is_some()
}

fn flags(expected: &Value, input: &Value) -> Outcome {
    let declared: Vec<(&str, FlagKind)> = input["declared"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, kind)| {
            let kind = match kind.as_str() {
                Some("bool") => FlagKind::Bool,
                Some("strings") => FlagKind::Texts,
                _ => FlagKind::Text,
            };
            (name.as_str(), kind)
        })
        .collect();
    let words: Vec<Word> = strings(&input["args"]).into_iter().map(Word::new).collect();
    let answer = Flags::parse(&words, &declared).map_err(|(message, _)| message).map(|flags| {
        let value = |(name, kind): &(&str, FlagKind)| {
            let value = match kind {
                FlagKind::Bool => json!(flags.is_on(name)),
                FlagKind::Text => json!(flags.text(name).unwrap_or_default()),
                FlagKind::Texts => json!(flags.texts(name)),
            };
            ((*name).to_owned(), value)
        };
        let values: serde_json::Map<String, Value> = declared.iter().map(value).collect();
        json!({ "used": flags.used(), "values": values })
    });
    Outcome::answer(expected, answer)
}

pub fn parse(case: &Case) -> Outcome {
    let expected = case.expected();
    let parse = dockerfile::parse(case.input());
    let kind = parse.instructions.first().map(|instruction| &instruction.kind);
    match (case.text("kind"), kind) {
        ("copy" | "add", Some(Kind::Copy(copy))) => {
            Outcome::covers(expected, &transfer(&copy.transfer))
        }
        ("copy" | "add", Some(Kind::Add(add))) => {
            Outcome::covers(expected, &transfer(&add.transfer))
        }
        ("run", Some(Kind::Run(run))) => {
            let file = |file: &InlineFile| json!({ "name": file.name, "data": file.data, "chomp": file.chomp });
            let files: Vec<Value> = run.command.files.iter().map(file).collect();
            Outcome::covers(
                expected,
                &json!({ "shell": run.command.shell, "command": run.command.args, "files": files }),
            )
        }
        ("run_flags_used", Some(Kind::Run(run))) => {
            Outcome::compare(expected, &json!(run.flags_used))
        }
        ("doc_comments", _) => Outcome::covers(expected, &comments(&parse)),
        ("json_args", _) => {
            let input = case.get("input");
            let args = strings(&input["args"]);
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            let node = Node { json: input["json"] == json!(true), ..Node::synthetic("CMD", &args) };
            match node.understand() {
                Ok(Kind::Cmd(command)) => Outcome::compare(expected, &json!(command.args)),
                other => Outcome::fail(expected, format!("{other:?}")),
            }
        }
        (_, kind) => {
            Outcome::fail(expected, format!("{kind:?} for a case of kind {:?}", case.text("kind")))
        }
    }
}

fn transfer(transfer: &Transfer) -> Value {
    let content =
        |file: &InlineFile| json!({ "path": file.name, "data": file.data, "expand": file.expand });
    let contents: Vec<Value> = transfer.inline.iter().map(content).collect();
    json!({ "dest": transfer.dest, "sources": transfer.sources, "contents": contents })
}

fn comments(parse: &Parse) -> Value {
    let defs = |instruction: &Instruction| match &instruction.kind {
        Kind::Arg(defs) => {
            let def = |def: &ArgDef| json!({ "key": def.key, "doc": def.comment });
            Some(defs.iter().map(def).collect::<Vec<Value>>())
        }
        _ => None,
    };
    let meta_args: Vec<Value> = parse.meta_args().filter_map(defs).flatten().collect();
    let stages = parse.stages.iter().map(|stage| {
        let args: Vec<Vec<Value>> = parse.body(stage).iter().filter_map(defs).collect();
        json!({ "name": stage.name, "doc": stage.comment, "args": args })
    });
    json!({ "meta_args": meta_args, "stages": stages.collect::<Vec<_>>() })
}

pub fn expose_ports(case: &Case) -> Outcome {
    let ports =
        dockerfile::expose_ports(&strings(case.get("input"))).map_err(|error| error.to_string());
    Outcome::answer(case.expected(), ports.map(|ports| json!({ "ports": ports })))
}
