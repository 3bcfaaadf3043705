//! Names of images.

use std::fmt;

use dockerfile::is_image_name;

/// `name:tag` as users write it, without what Docker adds on its own: the registry `docker.io` and
/// its `library/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// For example `ubuntu` or `diamol/node`.
    pub name: String,
    /// For example `latest`.
    pub tag: String,
}

impl Reference {
    /// Reads a name; without a tag it is that of `latest`.
    ///
    /// # Errors
    /// Docker's sentence about names that are none.
    pub fn parse(text: &str) -> Result<Self, String> {
        let invalid = || "invalid reference format".to_owned();
        if text.is_empty() || !is_image_name(text) {
            return Err(match text.chars().any(char::is_uppercase) {
                true => {
                    format!("invalid reference format: repository name ({text}) must be lowercase")
                }
                false => invalid(),
            });
        }
        let text = text.split('@').next().unwrap_or_default();
        let short = ["docker.io/library/", "index.docker.io/library/", "docker.io/", "library/"]
            .iter()
            .find_map(|prefix| text.strip_prefix(prefix))
            .unwrap_or(text);
        let (name, tag) = match short.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, tag),
            _ => (short, "latest"),
        };
        if name.is_empty() || tag.is_empty() {
            return Err(invalid());
        }
        Ok(Self { name: name.to_owned(), tag: tag.to_owned() })
    }

    /// The registry that its name begins with; none for Docker's own.
    #[must_use]
    pub fn registry(&self) -> Option<&str> {
        let (first, _) = self.name.split_once('/')?;
        (first.contains(['.', ':']) || first == "localhost").then_some(first)
    }

    /// With the registry, as `docker pull` says it at the end.
    #[must_use]
    pub fn full(&self) -> String {
        let has_registry = self.registry().is_some();
        match (has_registry, self.name.contains('/')) {
            (true, _) => self.to_string(),
            (false, true) => format!("docker.io/{self}"),
            (false, false) => format!("docker.io/library/{self}"),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.name, self.tag)
    }
}

#[cfg(test)]
mod tests {
    use super::Reference;

    #[test]
    fn names() {
        let cases = [
            ("ubuntu", "ubuntu:latest", "docker.io/library/ubuntu:latest"),
            ("docker.io/library/ubuntu:18.04", "ubuntu:18.04", "docker.io/library/ubuntu:18.04"),
            ("diamol/node", "diamol/node:latest", "docker.io/diamol/node:latest"),
            ("localhost:5000/a/b", "localhost:5000/a/b:latest", "localhost:5000/a/b:latest"),
        ];
        for (text, short, full) in cases {
            let reference = Reference::parse(text).expect(text);
            assert_eq!((reference.to_string().as_str(), reference.full().as_str()), (short, full));
        }
        assert!(Reference::parse("Ubuntu").unwrap_err().ends_with("must be lowercase"));
        assert!(Reference::parse("").is_err());
    }
}
