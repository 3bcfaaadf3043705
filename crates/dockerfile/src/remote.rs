//! Sources of `ADD` that are not files of the context.

/// What a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// A path of the context or of the stage copied from.
    Path,
    /// A file to fetch by HTTP.
    Http,
    /// A git repository.
    Git,
}

/// What `source` is (moby/buildkit `dfgitutil.ParseGitRef` and `convert_copy.go`).
pub fn source_kind(source: &str) -> SourceKind {
    let http = ["http://", "https://"].iter().find_map(|scheme| source.strip_prefix(scheme));
    if let Some(rest) = http {
        let before_query = rest.split(['#', '?']).next().unwrap_or_default();
        let path = before_query.split_once('/').map_or("", |(_, path)| path);
        return if path.ends_with(".git") { SourceKind::Git } else { SourceKind::Http };
    }
    let is_git =
        ["git://", "ssh://"].iter().any(|scheme| source.starts_with(scheme)) || is_scp(source);
    if is_git { SourceKind::Git } else { SourceKind::Path }
}

/// `user@host:path`
fn is_scp(source: &str) -> bool {
    let Some((user, rest)) = source.split_once('@') else { return false };
    let Some((host, _)) = rest.split_once(':') else { return false };
    let word = |text: &str, more: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
    };
    word(user, "-_") && word(host, "-.")
}

#[cfg(test)]
mod tests {
    use super::{SourceKind, source_kind};

    #[test]
    fn as_buildkit_tells_them_apart() {
        for (source, kind) in [
            ("https://x/y", SourceKind::Http),
            ("https://github.com/a/b", SourceKind::Http),
            ("https://x/y?z=.git", SourceKind::Http),
            ("https://x.git", SourceKind::Http),
            ("http://", SourceKind::Http),
            ("https://x/y.git#main", SourceKind::Git),
            ("https://x/.git", SourceKind::Git),
            ("git@h:r", SourceKind::Git),
            ("a@b:", SourceKind::Git),
            ("ssh://git@x/y", SourceKind::Git),
            ("github.com/a/b.git", SourceKind::Path),
            ("git@h", SourceKind::Path),
            ("a:b", SourceKind::Path),
            ("HTTP://x/y", SourceKind::Path),
            ("git+ssh://x/y", SourceKind::Path),
        ] {
            assert_eq!(source_kind(source), kind, "{source}");
        }
    }
}
