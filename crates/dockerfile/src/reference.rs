//! Image names: what BuildKit takes for one.

/// True where `name` can be the name of an image: `[domain/]path[:tag][@digest]`, with the docker.io and
/// `library/` that may be left out (distribution/reference `ParseNormalizedNamed`).
pub fn is_image_name(name: &str) -> bool {
    if name.len() == 64 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return false;
    }
    let (rest, digest) = match name.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (name, None),
    };
    let (repository, tag) = match rest.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
        _ => (rest, None),
    };
    digest.is_none_or(is_digest) && tag.is_none_or(is_tag) && is_repository(repository)
}

fn is_repository(repository: &str) -> bool {
    let (domain, path) = match repository.split_once('/') {
        // The first part is a domain where it looks like one.
        Some((first, path))
            if first.contains(['.', ':'])
                || first == "localhost"
                || first != first.to_lowercase() =>
        {
            (Some(first), path)
        }
        _ => (None, repository),
    };
    domain.is_none_or(is_domain) && path.split('/').all(is_path_part) && repository.len() <= 255
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
    use super::is_image_name;

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
}
