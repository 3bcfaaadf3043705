//! Where a file of the build context is.

use std::fmt;
use std::rc::Rc;

use thiserror::Error;

/// A path relative to the context's root, with `/` between components; it never leaves the root.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FilePath(Rc<str>);

/// Why a text is no [`FilePath`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PathError {
    /// Nothing was given.
    #[error("the name is empty")]
    Empty,
    /// It begins or ends with `/`, or has two in a row.
    #[error("a component of the path is empty")]
    EmptyComponent,
    /// It has `.` or `..`.
    #[error("the path has `.` or `..`")]
    Dots,
    /// It has a control character, which no Dockerfile could name.
    #[error("the path has a control character")]
    Control,
    /// Longer than a file system takes.
    #[error("a component is longer than 255 bytes")]
    TooLong,
}

impl FilePath {
    /// The path in this text, without surrounding blanks.
    ///
    /// # Errors
    /// When it is not relative, not normal, or could not exist in a file system.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(PathError::Empty);
        }
        for component in text.split('/') {
            match component {
                "" => return Err(PathError::EmptyComponent),
                "." | ".." => return Err(PathError::Dots),
                _ if component.len() > 255 => return Err(PathError::TooLong),
                _ if component.chars().any(char::is_control) => return Err(PathError::Control),
                _ => {}
            }
        }
        Ok(Self(text.into()))
    }

    /// The Dockerfile of every project.
    pub fn dockerfile() -> Self {
        Self("Dockerfile".into())
    }

    /// Whether this is the Dockerfile.
    pub fn is_dockerfile(&self) -> bool {
        &*self.0 == "Dockerfile"
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_inside_the_context() {
        for (text, expected) in [
            ("app.js", Ok("app.js")),
            (" src/main.rs ", Ok("src/main.rs")),
            ("한글 이름.txt", Ok("한글 이름.txt")),
            ("", Err(PathError::Empty)),
            ("  ", Err(PathError::Empty)),
            ("/etc/passwd", Err(PathError::EmptyComponent)),
            ("a//b", Err(PathError::EmptyComponent)),
            ("a/", Err(PathError::EmptyComponent)),
            ("../up", Err(PathError::Dots)),
            ("a/./b", Err(PathError::Dots)),
            ("a\nb", Err(PathError::Control)),
        ] {
            let parsed = FilePath::parse(text);
            assert_eq!(
                parsed.as_ref().map(FilePath::as_str),
                expected.as_ref().copied(),
                "{text:?}"
            );
        }
        assert_eq!(FilePath::parse(&"x".repeat(256)), Err(PathError::TooLong));
    }
}
