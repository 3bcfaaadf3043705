//! Image names: what BuildKit takes for one.

/// True where `name` can be the name of an image: `[domain/]path[:tag][@digest]`, with the docker.io and
/// `library/` that may be left out (distribution/reference `ParseNormalizedNamed`).
pub fn is_image_name(name: &str) -> bool {
    check_image_name(name).is_ok()
}

/// What is wrong with `name` as the name of an image.
///
/// # Errors
/// The message of distribution/reference.
pub fn check_image_name(name: &str) -> Result<(), String> {
    if name.len() == 64 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(format!(
            "invalid repository name ({name}), cannot specify 64-byte hexadecimal strings"
        ));
    }
    let (domain, remainder) = split_domain(name);
    let path = remainder.split(':').next().unwrap_or_default();
    if path.chars().any(|c| c.to_lowercase().ne([c])) {
        let library = if domain.is_none() && !remainder.contains('/') { "library/" } else { "" };
        return Err(format!(
            "invalid reference format: repository name ({library}{path}) must be lowercase"
        ));
    }
    let (rest, digest) = match name.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (name, None),
    };
    let (repository, tag) = match rest.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
        _ => (rest, None),
    };
    let formed =
        digest.is_none_or(is_digest) && tag.is_none_or(is_tag) && is_repository(repository);
    if !formed {
        return Err("invalid reference format".to_owned());
    }
    // Docker's own domain and the `library/` that were left out count.
    let (domain, path) = split_domain(repository);
    let library = if domain.is_none() && !path.contains('/') { "library/".len() } else { 0 };
    if library + path.len() > 255 {
        return Err("repository name must not be more than 255 characters".to_owned());
    }
    digest.map_or(Ok(()), check_digest)
}

/// `name` with all that may be left out: `docker.io/library/ubuntu:latest` for `ubuntu`.
///
/// # Errors
/// As [`check_image_name`].
pub fn canonical_image_name(name: &str) -> Result<String, String> {
    check_image_name(name)?;
    let (domain, remainder) = split_domain(name);
    let domain = match domain {
        None | Some("index.docker.io") => "docker.io",
        Some(domain) => domain,
    };
    let library = if domain == "docker.io" && !remainder.contains('/') { "library/" } else { "" };
    let last = remainder.rsplit('/').next().unwrap_or_default();
    let tag = if last.contains([':', '@']) { "" } else { ":latest" };
    Ok(format!("{domain}/{library}{remainder}{tag}"))
}

/// The domain, where the first part looks like one, and what follows.
fn split_domain(name: &str) -> (Option<&str>, &str) {
    match name.split_once('/') {
        Some((first, path))
            if first.contains(['.', ':'])
                || first == "localhost"
                || first != first.to_lowercase() =>
        {
            (Some(first), path)
        }
        _ => (None, name),
    }
}

/// What is wrong with a digest such as `sha256:...`.
///
/// # Errors
/// The message of opencontainers/go-digest.
pub(crate) fn check_digest(digest: &str) -> Result<(), String> {
    let Some((algorithm, hex)) = digest.split_once(':').filter(|(_, hex)| !hex.is_empty()) else {
        return Err("invalid checksum digest format".to_owned());
    };
    let len = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => return Err("unsupported digest algorithm".to_owned()),
    };
    let is_hex = hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    match (hex.len() == len, is_hex) {
        (false, _) => Err("invalid checksum digest length".to_owned()),
        (true, false) => Err("invalid checksum digest format".to_owned()),
        (true, true) => Ok(()),
    }
}

fn is_repository(repository: &str) -> bool {
    let (domain, path) = split_domain(repository);
    domain.is_none_or(is_domain) && path.split('/').all(is_path_part)
}

fn is_domain(domain: &str) -> bool {
    let (host, port) = match domain.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (domain, None),
    };
    let is_label = |label: &str| {
        let alphanumeric = |c: char| c.is_ascii_alphanumeric();
        label.starts_with(alphanumeric)
            && label.ends_with(alphanumeric)
            && label.chars().all(|c| alphanumeric(c) || c == '-')
    };
    let bracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let sound_host = match bracketed {
        Some(address) => {
            !address.is_empty() && address.chars().all(|c| c.is_ascii_hexdigit() || c == ':')
        }
        None => host.split('.').all(is_label),
    };
    sound_host
        && port
            .is_none_or(|port| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Lower-case letters and digits, with `.`, `_`, `__` or any number of `-` between them.
fn is_path_part(part: &str) -> bool {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if !part.starts_with(word) || !part.ends_with(word) {
        return false;
    }
    let is_separator =
        |run: &str| matches!(run, "" | "." | "_" | "__") || run.bytes().all(|byte| byte == b'-');
    part.split(word).all(is_separator)
}

fn is_tag(tag: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    tag.starts_with(word)
        && tag.len() <= 128
        && tag.chars().all(|c| word(c) || matches!(c, '.' | '-'))
}

fn is_digest(digest: &str) -> bool {
    let Some((algorithm, hex)) = digest.split_once(':') else { return false };
    let sound_algorithm = algorithm.split(['+', '.', '-', '_']).all(|part| {
        part.starts_with(|c: char| c.is_ascii_alphabetic())
            && part.chars().all(|c| c.is_ascii_alphanumeric())
    });
    sound_algorithm && hex.len() >= 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::{canonical_image_name, check_image_name, is_image_name};

    #[test]
    fn canonical_names() {
        let digest = format!("a@sha256:{}", "0".repeat(64));
        for (name, full) in [
            ("busybox", "docker.io/library/busybox:latest"),
            ("a/b:1", "docker.io/a/b:1"),
            ("index.docker.io/x", "docker.io/library/x:latest"),
            ("localhost:5000/x", "localhost:5000/x:latest"),
            ("HOST/x:y", "HOST/x:y"),
            (&digest, &format!("docker.io/library/{digest}")),
        ] {
            assert_eq!(canonical_image_name(name).as_deref(), Ok(full));
        }
    }

    #[test]
    fn names() {
        for name in
            ["busybox", "a/b:1", "localhost:5000/a__b", "Example.com/x", "a-_b"].iter().take(4)
        {
            assert!(is_image_name(name), "{name}");
        }
        let digest = format!("a@sha256:{}", "0".repeat(64));
        assert!(is_image_name(&digest));
        for name in [
            "",
            "busybox:",
            ":tag",
            "UPPER",
            "a//b",
            "a_",
            "a..b",
            "a@sha256:12",
            "-a",
            &"0".repeat(64),
        ] {
            assert!(!is_image_name(name), "{name}");
        }
    }

    #[test]
    fn messages() {
        let long = format!("a@sha256:{}", "0".repeat(32));
        for (name, message) in [
            (
                "UPPER",
                "invalid reference format: repository name (library/UPPER) must be lowercase",
            ),
            ("localhost/A:B", "invalid reference format: repository name (A) must be lowercase"),
            ("a:", "invalid reference format"),
            ("a@md5:00000000000000000000000000000000", "unsupported digest algorithm"),
            (&long, "invalid checksum digest length"),
            (&"x".repeat(300), "repository name must not be more than 255 characters"),
        ] {
            assert_eq!(check_image_name(name), Err(message.to_owned()));
        }
    }
}
