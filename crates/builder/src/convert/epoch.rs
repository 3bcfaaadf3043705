//! `SOURCE_DATE_EPOCH`: the time that everything made in the build gets
//! (`dockerfile2llb/epoch.go`).

use std::collections::BTreeMap;

use dockerfile::{EnvList, Environment as _, Kind, Lexer, Parse, Stage};
use vfs::Timestamp;

use super::{ConvertError, at};
use crate::Request;

const NAME: &str = "SOURCE_DATE_EPOCH";

/// The time, if one is given as a build argument or as a global `ARG`'s default. Where the value names
/// what has no time, the argument becomes empty.
pub(super) fn resolve(
    parse: &Parse,
    request: &Request<'_>,
    globals: &mut EnvList,
    build_args: &mut BTreeMap<String, String>,
) -> Result<Option<Timestamp>, ConvertError> {
    let global = globals.get(NAME).filter(|value| !value.is_empty());
    let Some(value) = build_args.get(NAME).map(String::as_str).or(global) else { return Ok(None) };
    let value = value.to_owned();
    let time = match value.parse::<i64>() {
        Ok(secs) => Some(Timestamp::from_secs(secs)),
        Err(_) if value.is_empty() => None,
        Err(_) => of_name(parse, request, globals, &value)?,
    };
    if time.is_none() && (build_args.remove(NAME).is_some() || globals.has(NAME)) {
        let rest: Vec<_> = globals
            .iter()
            .filter(|(name, _)| *name != NAME)
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        *globals = EnvList::default();
        for (name, value) in rest {
            globals.set(name, value);
        }
    }
    Ok(time)
}

/// The time of a context or of a stage that is made of one download.
fn of_name(
    parse: &Parse,
    request: &Request<'_>,
    globals: &EnvList,
    value: &str,
) -> Result<Option<Timestamp>, ConvertError> {
    // Directories have no time of their own.
    if value == "context" || request.contexts.contains_key(value) {
        return Ok(None);
    }
    let stage = parse
        .stages
        .iter()
        .find(|stage| stage.name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(value)));
    let Some(stage) = stage else {
        return Err(ConvertError::anywhere(format!("invalid SOURCE_DATE_EPOCH: {value}")));
    };
    source_stage(parse, stage, globals)
        .map_err(|message| at(parse.from_of(stage), stage.from, message))?;
    Err(at(
        parse.from_of(stage),
        stage.from,
        format!(
            "not supported here: SOURCE_DATE_EPOCH={value}, because the time of a download is not \
             known here; give the seconds since 1970 instead"
        ),
    ))
}

/// Checks that a stage is made of one download.
fn source_stage(parse: &Parse, stage: &Stage, globals: &EnvList) -> Result<(), String> {
    let base = Lexer::new(parse.escape).word(&stage.base, globals).map_err(|error| {
        format!("failed to process source stage base name {:?}: {error}", stage.base)
    })?;
    if base != "scratch" {
        return Err("SOURCE_DATE_EPOCH stage must use FROM scratch".to_owned());
    }
    let mut downloads = 0;
    for instruction in parse.body(stage) {
        match &instruction.kind {
            Kind::Arg(_) => {}
            Kind::Add(_) if downloads > 0 => {
                return Err(
                    "SOURCE_DATE_EPOCH stage must contain exactly one remote ADD".to_owned()
                );
            }
            Kind::Add(add) => {
                downloads += 1;
                if add.transfer.sources.len() != 1 || !add.transfer.inline.is_empty() {
                    return Err(
                        "SOURCE_DATE_EPOCH stage must contain exactly one remote ADD source"
                            .to_owned(),
                    );
                }
            }
            _ => {
                return Err(format!(
                    "SOURCE_DATE_EPOCH stage does not meet source-only requirements: unsupported \
                     {} instruction",
                    instruction.node.keyword.text.to_lowercase()
                ));
            }
        }
    }
    if downloads == 0 {
        return Err("SOURCE_DATE_EPOCH stage must contain exactly one remote ADD".to_owned());
    }
    Ok(())
}
