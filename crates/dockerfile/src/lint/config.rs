//! Which checks run: `# check=skip=A,B;error=true;experimental=C`.

use super::rules::Rule;
use crate::quote::quote;

/// Which checks run, and whether what they find is an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckConfig {
    /// Rules that do not run.
    pub skip: Vec<String>,
    /// No rule runs, but for the experimental ones that are asked for.
    pub skip_all: bool,
    /// Experimental rules that run.
    pub experimental: Vec<String>,
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

    /// The configuration for an instruction with these comments above it.
    pub(super) fn with_comments(&self, comments: &[String]) -> CheckConfig {
        let mut config = self.clone();
        for comment in comments {
            let Some((key, value)) = comment.split_once('=') else { continue };
            if !key.trim().eq_ignore_ascii_case("check") {
                continue;
            }
            // What follows the first word is a remark.
            let options = value.split_whitespace().next().unwrap_or_default();
            if let Ok(more) = CheckConfig::parse(options) {
                config.skip.extend(more.skip);
                config.skip_all |= more.skip_all;
                config.experimental.extend(more.experimental);
                config.experimental_all |= more.experimental_all;
            }
        }
        config
    }

    /// True where the rule runs.
    pub fn allows(&self, rule: &Rule) -> bool {
        let named = |names: &[String]| names.iter().any(|name| name == rule.name);
        if rule.experimental {
            return self.experimental_all || named(&self.experimental);
        }
        !self.skip_all && !named(&self.skip)
    }
}
