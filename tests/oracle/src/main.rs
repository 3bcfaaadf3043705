//! Compares builds with what real engines answered.
//!
//! `oracle FOLDER [CASE ...]` takes a folder with `cases/CASE.ENGINE.json` and `base/`, builds every
//! case with the builder of its engine, and compares in this order: exit status, error, filesystem against the
//! base, configuration, history, steps, layers, and the steps of the second build. What differs and
//! stands in `deviations.txt` with a reason is counted apart; anything else that differs, and what stands
//! there and does not differ, fails.

#![allow(clippy::disallowed_methods, reason = "a command that reads files")]

mod answer;
mod case;
mod classic;
mod deviations;
mod lab;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::deviations::Deviations;
use crate::lab::Lab;

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let Some((folder, names)) = arguments.split_first() else {
        eprintln!("usage: oracle FOLDER [CASE ...]");
        return ExitCode::from(2);
    };
    match run(folder, names) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("oracle: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(folder: &Path, names: &[PathBuf]) -> Result<bool> {
    let mut lab = Lab::new(folder)?;
    let mut deviations = Deviations::load()?;
    let mut files = std::fs::read_dir(folder.join("cases"))
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, _>>())
        .with_context(|| format!("cannot read {}/cases", folder.display()))?;
    files.sort();
    let (mut agree, mut differ, mut known) = (0, 0, 0);
    let mut left_out: BTreeMap<&str, usize> = BTreeMap::new();
    for file in files {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let name = name.trim_end_matches(".json").to_owned();
        let wanted = |wanted: &PathBuf| name.starts_with(&*wanted.to_string_lossy());
        if !names.is_empty() && !names.iter().any(wanted) {
            continue;
        }
        let text = std::fs::read_to_string(&file)?;
        let case: Value = serde_json::from_str(&text)
            .with_context(|| format!("{} is no case", file.display()))?;
        if let Some(reason) = case::cannot_build(&case) {
            *left_out.entry(reason).or_default() += 1;
            continue;
        }
        let compared = match name.ends_with("-legacy") {
            true => classic::compare(&case, &mut lab),
            false => case::compare(&case, &mut lab),
        };
        let differences = match compared {
            Ok(differences) => differences,
            Err(error) => vec![("case", format!("{error:#}"))],
        };
        let mut is_new = false;
        for (field, difference) in &differences {
            let listed = deviations.take(&name, field);
            is_new |= !listed;
            let mark = if listed { "KNOWN" } else { "DIFFERS" };
            println!("{mark} {name} {field}: {difference}");
        }
        match (differences.is_empty(), is_new) {
            (true, _) => agree += 1,
            (false, true) => differ += 1,
            (false, false) => known += 1,
        }
    }
    let stale = if names.is_empty() { deviations.rest() } else { Vec::new() };
    for line in &stale {
        println!("AGREES {line}: is listed as a deviation, take it off the list");
    }
    let mut skipped = 0;
    for (reason, count) in left_out {
        skipped += count;
        println!("SKIP {count} cases: {reason}");
    }
    println!("{known} of those that fail deviate as listed");
    println!("{agree} passed, {} failed, {skipped} skipped", known + differ);
    Ok(differ == 0 && stale.is_empty())
}
