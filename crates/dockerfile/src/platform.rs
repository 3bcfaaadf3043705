//! Platforms such as `linux/amd64`, as containerd's `platforms` package reads them.

use crate::quote::quote;

/// An operating system and an architecture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platform {
    /// The operating system, `linux`.
    pub os: String,
    /// The architecture, `amd64`.
    pub arch: String,
    /// The variant of the architecture, `v7`; empty for none.
    pub variant: String,
}

const SYSTEMS: [&str; 15] = [
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "js",
    "linux",
    "nacl",
    "netbsd",
    "openbsd",
    "solaris",
    "windows",
];

const ARCHITECTURES: [&str; 19] = [
    "386", "amd64", "arm", "arm64", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64",
    "ppc64le", "riscv", "riscv64", "s390", "s390x", "sparc", "sparc64", "wasm", "amd64p32",
];

impl Platform {
    /// Reads `os`, `arch`, `os/arch` or `os/arch/variant`. What is not said is that of `linux/amd64`.
    ///
    /// # Errors
    /// containerd's message.
    pub fn parse(text: &str) -> Result<Platform, String> {
        if text.contains('*') {
            return Err(format!("{}: wildcards not yet supported: invalid argument", quote(text)));
        }
        let parts: Vec<&str> = text.split('/').collect();
        for (index, part) in parts.iter().enumerate() {
            let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
            if index == 0 && !is_system(part) {
                let rule = r#"OSAndVersion specifier component must match "^([A-Za-z0-9_-]+)(?:\\(([A-Za-z0-9_.%-]*)((?:\\+[A-Za-z0-9_.%-]+)*)\\))?$": invalid argument"#;
                return Err(format!(
                    "{} is an invalid OS component of {}: {rule}",
                    quote(part),
                    quote(text)
                ));
            }
            if index > 0 && (part.is_empty() || !part.chars().all(allowed)) {
                let rule = "platform specifier component must match \"^[A-Za-z0-9_.-]+$\": invalid argument";
                return Err(format!(
                    "{} is an invalid component of {}: {rule}",
                    quote(part),
                    quote(text)
                ));
            }
        }
        match parts.as_slice() {
            [only] => {
                let os = system(only);
                let (arch, variant) = architecture(only, "");
                // A version says that it is a system.
                if only.contains('(') || SYSTEMS.contains(&os.as_str()) {
                    Ok(Platform { os, arch: "amd64".to_owned(), variant: String::new() })
                } else if ARCHITECTURES.contains(&arch.as_str()) {
                    Ok(Platform { os: "linux".to_owned(), arch, variant })
                } else {
                    Err(format!(
                        "{}: unknown operating system or architecture: invalid argument",
                        quote(text)
                    ))
                }
            }
            [os, arch] => {
                let (arch, variant) = architecture(arch, "");
                Ok(Platform { os: system(os), arch, variant })
            }
            [os, arch, variant] => {
                let (arch, variant) = architecture(arch, variant);
                Ok(Platform { os: system(os), arch, variant })
            }
            _ => Err(format!("{}: cannot parse platform specifier: invalid argument", quote(text))),
        }
    }
}

impl std::fmt::Display for Platform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.os, self.arch)?;
        if self.variant.is_empty() { Ok(()) } else { write!(f, "/{}", self.variant) }
    }
}

/// A name, with a version and features behind it or not: `windows(10.0+win32k)`.
fn is_system(part: &str) -> bool {
    let name_char = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let version_char = |c: char| name_char(c) || matches!(c, '.' | '%');
    let (name, rest) = part.split_at(part.find('(').unwrap_or(part.len()));
    if name.is_empty() || !name.chars().all(name_char) {
        return false;
    }
    let Some(inside) = rest.strip_prefix('(') else { return true };
    let Some(inside) = inside.strip_suffix(')') else { return false };
    let mut fields = inside.split('+');
    fields.next().is_some_and(|version| version.chars().all(version_char))
        && fields.all(|feature| !feature.is_empty() && feature.chars().all(version_char))
}

/// The name of the system by its usual name, without its version.
fn system(name: &str) -> String {
    let name = name.split('(').next().unwrap_or_default().to_lowercase();
    if name == "macos" { "darwin".to_owned() } else { name }
}

/// The architecture and variant by their usual names.
fn architecture(arch: &str, variant: &str) -> (String, String) {
    let (arch, variant) = (arch.to_lowercase(), variant.to_lowercase());
    let (arch, variant) = match (arch.as_str(), variant.as_str()) {
        ("i386", _) => ("386", ""),
        ("x86_64" | "x86-64" | "amd64", "v1") => ("amd64", ""),
        ("x86_64" | "x86-64", variant) => ("amd64", variant),
        ("aarch64" | "arm64", "8" | "v8") => ("arm64", ""),
        ("aarch64", variant) => ("arm64", variant),
        ("armhf", _) => ("arm", "v7"),
        ("armel", _) => ("arm", "v6"),
        ("arm", "" | "7") => ("arm", "v7"),
        ("arm", "5") => ("arm", "v5"),
        ("arm", "6") => ("arm", "v6"),
        ("arm", "8") => ("arm", "v8"),
        (arch, variant) => (arch, variant),
    };
    (arch.to_owned(), variant.to_owned())
}

#[cfg(test)]
mod tests {
    use super::Platform;

    #[test]
    fn platforms() {
        for (text, platform) in [
            ("linux", "linux/amd64"),
            ("x86_64", "linux/amd64"),
            ("arm", "linux/arm/v7"),
            ("linux/arm64/v8", "linux/arm64"),
            ("windows(10.0.1+win32k)/amd64", "windows/amd64"),
            ("macos/aarch64", "darwin/arm64"),
        ] {
            assert_eq!(Platform::parse(text).unwrap().to_string(), platform);
        }
        for (text, part) in [
            ("linux/", "\"\" is an invalid component of \"linux/\": platform specifier"),
            ("lin.ux/a", "\"lin.ux\" is an invalid OS component of \"lin.ux/a\": OSAndVersion"),
            ("windows(1", "\"windows(1\" is an invalid OS component"),
            ("a/b/c/d", "\"a/b/c/d\": cannot parse platform specifier"),
            ("nothing", "unknown operating system or architecture"),
        ] {
            assert!(Platform::parse(text).unwrap_err().contains(part), "{text}");
        }
    }
}
