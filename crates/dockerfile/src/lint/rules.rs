//! BuildKit's build checks as data: names, descriptions, messages.

use crate::quote::quote;

/// A build check.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// The name, as `# check=skip=` takes it.
    pub name: &'static str,
    /// What the rule asks for, in one sentence.
    pub description: &'static str,
    /// The message, with `%s` for a text and `%q` for a quoted one; then the part that is added where there is
    /// a suggestion.
    pub formats: &'static [&'static str],
    /// The page that explains the rule.
    pub url: Option<&'static str>,
    /// True where the rule runs only when asked for.
    pub experimental: bool,
}

impl Rule {
    /// The message with `values` filled in, one after the other. Where the rule has a part for a suggestion, the
    /// last value is the suggestion, and the part is left out where that is empty.
    pub(crate) fn message(&self, values: &[&str]) -> String {
        let mut values = values.iter();
        let mut out = String::new();
        for (part, format) in self.formats.iter().enumerate() {
            let is_suggestion = part > 0;
            if is_suggestion && values.as_slice().first().is_none_or(|value| value.is_empty()) {
                break;
            }
            let mut rest = *format;
            while let Some(at) = rest.find('%') {
                out.push_str(&rest[..at]);
                let value = values.next().copied().unwrap_or_default();
                match &rest[at..at + 2] {
                    "%q" => out.push_str(&quote(value)),
                    _ => out.push_str(value),
                }
                rest = &rest[at + 2..];
            }
            out.push_str(rest);
        }
        out
    }
}

/// StageNameCasing
pub static STAGE_NAME_CASING: Rule = Rule {
    name: "StageNameCasing",
    description: "Stage names should be lowercase",
    formats: &["Stage name '%s' should be lowercase"],
    url: Some("https://docs.docker.com/go/dockerfile/rule/stage-name-casing/"),
    experimental: false,
};

/// FromAsCasing
pub static FROM_AS_CASING: Rule = Rule {
    name: "FromAsCasing",
    description: "The 'as' keyword should match the case of the 'from' keyword",
    formats: &["'%s' and '%s' keywords' casing do not match"],
    url: Some("https://docs.docker.com/go/dockerfile/rule/from-as-casing/"),
    experimental: false,
};

/// NoEmptyContinuation
pub static NO_EMPTY_CONTINUATION: Rule = Rule {
    name: "NoEmptyContinuation",
    description: "Empty continuation lines will become errors in a future release",
    formats: &["Empty continuation line"],
    url: Some("https://docs.docker.com/go/dockerfile/rule/no-empty-continuation/"),
    experimental: false,
};

/// ConsistentInstructionCasing
pub static CONSISTENT_INSTRUCTION_CASING: Rule = Rule {
    name: "ConsistentInstructionCasing",
    description: "All commands within the Dockerfile should use the same casing (either upper or lower)",
    formats: &["Command '%s' should match the case of the command majority (%s)"],
    url: Some("https://docs.docker.com/go/dockerfile/rule/consistent-instruction-casing/"),
    experimental: false,
};

/// DuplicateStageName
pub static DUPLICATE_STAGE_NAME: Rule = Rule {
    name: "DuplicateStageName",
    description: "Stage names should be unique",
    formats: &["Duplicate stage name %q, stage names should be unique"],
    url: Some("https://docs.docker.com/go/dockerfile/rule/duplicate-stage-name/"),
    experimental: false,
};

/// ReservedStageName
pub static RESERVED_STAGE_NAME: Rule = Rule {
    name: "ReservedStageName",
    description: "Reserved words should not be used as stage names",
    formats: &["Stage name should not use the same name as reserved stage %q"],
    url: Some("https://docs.docker.com/go/dockerfile/rule/reserved-stage-name/"),
    experimental: false,
};

/// JSONArgsRecommended
pub static JSON_ARGS_RECOMMENDED: Rule = Rule {
    name: "JSONArgsRecommended",
    description: "JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals",
    formats: &[
        "JSON arguments recommended for %s to prevent unintended behavior related to OS signals",
    ],
    url: Some("https://docs.docker.com/go/dockerfile/rule/json-args-recommended/"),
    experimental: false,
};

/// MaintainerDeprecated
pub static MAINTAINER_DEPRECATED: Rule = Rule {
    name: "MaintainerDeprecated",
    description: "The MAINTAINER instruction is deprecated, use a label instead to define an image author",
    formats: &["Maintainer instruction is deprecated in favor of using label"],
    url: Some("https://docs.docker.com/go/dockerfile/rule/maintainer-deprecated/"),
    experimental: false,
};

/// UndefinedArgInFrom
pub static UNDEFINED_ARG_IN_FROM: Rule = Rule {
    name: "UndefinedArgInFrom",
    description: "FROM command must use declared ARGs",
    formats: &["FROM argument '%s' is not declared", " (did you mean %s?)"],
    url: Some("https://docs.docker.com/go/dockerfile/rule/undefined-arg-in-from/"),
    experimental: false,
};

/// WorkdirRelativePath
pub static WORKDIR_RELATIVE_PATH: Rule = Rule {
    name: "WorkdirRelativePath",
    description: "Relative workdir without an absolute workdir declared within the build can have unexpected results if the base image changes",
    formats: &["Relative workdir %q can have unexpected results if the base image changes"],
    url: Some("https://docs.docker.com/go/dockerfile/rule/workdir-relative-path/"),
    experimental: false,
};

/// UndefinedVar
pub static UNDEFINED_VAR: Rule = Rule {
    name: "UndefinedVar",
    description: "Variables should be defined before their use",
    formats: &["Usage of undefined variable '$%s'", " (did you mean $%s?)"],
    url: Some("https://docs.docker.com/go/dockerfile/rule/undefined-var/"),
    experimental: false,
};

/// MultipleInstructionsDisallowed
pub static MULTIPLE_INSTRUCTIONS_DISALLOWED: Rule = Rule {
    name: "MultipleInstructionsDisallowed",
    description: "Multiple instructions of the same type should not be used in the same stage",
    formats: &[
        "Multiple %s instructions should not be used in the same stage because only the last one will be used",
    ],
    url: Some("https://docs.docker.com/go/dockerfile/rule/multiple-instructions-disallowed/"),
    experimental: false,
};

/// LegacyKeyValueFormat
pub static LEGACY_KEY_VALUE_FORMAT: Rule = Rule {
    name: "LegacyKeyValueFormat",
    description: "Legacy key/value format with whitespace separator should not be used",
    formats: &["\"%s key=value\" should be used instead of legacy \"%s key value\" format"],
    url: Some("https://docs.docker.com/go/dockerfile/rule/legacy-key-value-format/"),
    experimental: false,
};

/// InvalidBaseImagePlatform
pub static INVALID_BASE_IMAGE_PLATFORM: Rule = Rule {
    name: "InvalidBaseImagePlatform",
    description: "Base image platform does not match expected target platform",
    formats: &["Base image %s was pulled with platform %q, expected %q for current build"],
    url: None,
    experimental: false,
};

/// RedundantTargetPlatform
pub static REDUNDANT_TARGET_PLATFORM: Rule = Rule {
    name: "RedundantTargetPlatform",
    description: "Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior",
    formats: &[
        "Setting platform to predefined %s in FROM is redundant as this is the default behavior",
    ],
    url: Some("https://docs.docker.com/go/dockerfile/rule/redundant-target-platform/"),
    experimental: false,
};

/// SecretsUsedInArgOrEnv
pub static SECRETS_USED_IN_ARG_OR_ENV: Rule = Rule {
    name: "SecretsUsedInArgOrEnv",
    description: "Sensitive data should not be used in the ARG or ENV commands",
    formats: &["Do not use ARG or ENV instructions for sensitive data (%s %q)"],
    url: Some("https://docs.docker.com/go/dockerfile/rule/secrets-used-in-arg-or-env/"),
    experimental: false,
};

/// InvalidDefaultArgInFrom
pub static INVALID_DEFAULT_ARG_IN_FROM: Rule = Rule {
    name: "InvalidDefaultArgInFrom",
    description: "Default value for global ARG results in an empty or invalid base image name",
    formats: &["Default value for ARG %v results in empty or invalid base image name"],
    url: Some("https://docs.docker.com/go/dockerfile/rule/invalid-default-arg-in-from/"),
    experimental: false,
};

/// FromPlatformFlagConstDisallowed
pub static FROM_PLATFORM_FLAG_CONST_DISALLOWED: Rule = Rule {
    name: "FromPlatformFlagConstDisallowed",
    description: "FROM --platform flag should not use a constant value",
    formats: &["FROM --platform flag should not use constant value %q"],
    url: Some("https://docs.docker.com/go/dockerfile/rule/from-platform-flag-const-disallowed/"),
    experimental: false,
};

/// CopyIgnoredFile
pub static COPY_IGNORED_FILE: Rule = Rule {
    name: "CopyIgnoredFile",
    description: "Attempting to Copy file that is excluded by .dockerignore",
    formats: &["Attempting to %s file %q that is excluded by .dockerignore"],
    url: Some("https://docs.docker.com/go/dockerfile/rule/copy-ignored-file/"),
    experimental: false,
};

/// InvalidDefinitionDescription
pub static INVALID_DEFINITION_DESCRIPTION: Rule = Rule {
    name: "InvalidDefinitionDescription",
    description: "Comment for build stage or argument should follow the format: `# <arg/stage name> <description>`. If this is not intended to be a description comment, add an empty line or comment between the instruction and the comment.",
    formats: &["Comment for %s should follow the format: `# %s <description>`"],
    url: Some("https://docs.docker.com/go/dockerfile/rule/invalid-definition-description/"),
    experimental: true,
};

/// ExposeProtoCasing
pub static EXPOSE_PROTO_CASING: Rule = Rule {
    name: "ExposeProtoCasing",
    description: "Protocol in EXPOSE instruction should be lowercase",
    formats: &["Defined protocol '%s' in EXPOSE instruction should be lowercase"],
    url: Some("https://docs.docker.com/go/dockerfile/rule/expose-proto-casing/"),
    experimental: false,
};

/// ExposeInvalidFormat
pub static EXPOSE_INVALID_FORMAT: Rule = Rule {
    name: "ExposeInvalidFormat",
    description: "IP address and host-port mapping should not be used in EXPOSE instruction. This will become an error in a future release",
    formats: &[
        "EXPOSE instruction should not define an IP address or host-port mapping, found '%s'",
    ],
    url: Some("https://docs.docker.com/go/dockerfile/rule/expose-invalid-format/"),
    experimental: false,
};

/// All rules of BuildKit, in its order.
pub static RULES: [&Rule; 22] = [
    &STAGE_NAME_CASING,
    &FROM_AS_CASING,
    &NO_EMPTY_CONTINUATION,
    &CONSISTENT_INSTRUCTION_CASING,
    &DUPLICATE_STAGE_NAME,
    &RESERVED_STAGE_NAME,
    &JSON_ARGS_RECOMMENDED,
    &MAINTAINER_DEPRECATED,
    &UNDEFINED_ARG_IN_FROM,
    &WORKDIR_RELATIVE_PATH,
    &UNDEFINED_VAR,
    &MULTIPLE_INSTRUCTIONS_DISALLOWED,
    &LEGACY_KEY_VALUE_FORMAT,
    &INVALID_BASE_IMAGE_PLATFORM,
    &REDUNDANT_TARGET_PLATFORM,
    &SECRETS_USED_IN_ARG_OR_ENV,
    &INVALID_DEFAULT_ARG_IN_FROM,
    &FROM_PLATFORM_FLAG_CONST_DISALLOWED,
    &COPY_IGNORED_FILE,
    &INVALID_DEFINITION_DESCRIPTION,
    &EXPOSE_PROTO_CASING,
    &EXPOSE_INVALID_FORMAT,
];
