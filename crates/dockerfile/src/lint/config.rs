//! Which checks run: `# check=skip=A,B;error=true;experimental=C`.

use std::collections::BTreeSet;

use super::rules::Rule;
use crate::quote::quote;

/// Which checks run, and whether what they find is an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckConfig {
    /// Rules that do not run.
    pub skip: BTreeSet<String>,
    /// No rule runs, but for the experimental ones that are asked for.
    pub skip_all: bool,
    /// Experimental rules that run.
    pub experimental: BTreeSet<String>,
    /// All experimental rules run.
    pub experimental_all: bool,
    /// What is found makes the build fail.
    pub error: bool,
}

impl CheckConfig {
    /// Reads the value of a `check` directive.
    ///
    /// # Errors
    /// BuildKit's message.
    pub fn parse(text: &str) -> Result<CheckConfig, String> {
        let mut config = CheckConfig::default();
        let text = text.trim();
        if text.is_empty() {
            return Ok(config);
        }
        for part in text.splitn(3, ';') {
            let Some((key, value)) = part.split_once('=') else {
                return Err(format!("invalid check option {}", quote(part)));
            };
            let value = value.trim();
            let names = || value.split(',').map(|name| name.trim().to_owned()).collect();
            match (key.trim(), value) {
                ("skip", "all") => config.skip_all = true,
                ("skip", _) => config.skip = names(),
                ("experimental", "all") => config.experimental_all = true,
                ("experimental", _) => config.experimental = names(),
                ("error", "1" | "t" | "T" | "true" | "TRUE" | "True") => config.error = true,
                ("error", "0" | "f" | "F" | "false" | "FALSE" | "False") => config.error = false,
                ("error", _) => {
                    let cause =
                        format!("strconv.ParseBool: parsing {}: invalid syntax", quote(value));
                    return Err(format!("failed to parse check option {}: {cause}", quote(part)));
                }
                (other, _) => return Err(format!("invalid check option {}", quote(other))),
            }
        }
        Ok(config)
    }

    /// What the comments above an instruction ask for: the first that names `check` has the word, and where it
    /// cannot be read, nothing is asked for.
    pub(super) fn of_comments(comments: &[String]) -> CheckConfig {
        let check = comments.iter().find_map(|comment| {
            let (key, value) = comment.split_once('=')?;
            key.trim().eq_ignore_ascii_case("check").then_some(value)
        });
        // What follows the first word is a remark.
        let options = check.and_then(|value| value.split_whitespace().next());
        options.and_then(|options| CheckConfig::parse(options).ok()).unwrap_or_default()
    }

    /// True where the rule runs below comments that ask for `above`.
    pub(super) fn allows(&self, rule: &Rule, above: &CheckConfig) -> bool {
        let any = |asks: &dyn Fn(&CheckConfig) -> bool| asks(self) || asks(above);
        match rule.experimental {
            true => {
                any(&|config| config.experimental_all || config.experimental.contains(rule.name))
            }
            false => !any(&|config| config.skip_all || config.skip.contains(rule.name)),
        }
    }
}
