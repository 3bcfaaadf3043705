//! What is in a file.

use std::rc::Rc;

/// The content of a file. Cloning shares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Text that can be edited.
    Text(Rc<str>),
    /// Anything else: what is no UTF-8, has null bytes, or is too long to be edited.
    Bytes(Rc<[u8]>),
}

/// Up to this many bytes a text can be edited; the build takes longer ones as well.
const EDITABLE: usize = 512 * 1024;

impl Content {
    /// The content with these bytes.
    pub fn of(bytes: Vec<u8>) -> Self {
        if bytes.len() > EDITABLE || bytes.contains(&0) {
            return Self::Bytes(bytes.into());
        }
        match String::from_utf8(bytes) {
            Ok(text) => Self::Text(text.into()),
            Err(error) => Self::Bytes(error.into_bytes().into()),
        }
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }

    /// The text, if it can be edited.
    pub fn as_text(&self) -> Option<&Rc<str>> {
        match self {
            Self::Text(text) => Some(text),
            Self::Bytes(_) => None,
        }
    }

    /// Number of bytes.
    pub fn len(&self) -> usize {
        self.as_bytes().len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_text_of_a_size_for_the_editor_is_text() {
        assert_eq!(Content::of("가\r\n".into()), Content::Text("가\r\n".into()));
        for bytes in [vec![0xff], vec![b'a', 0], vec![b'a'; EDITABLE + 1]] {
            let content = Content::of(bytes.clone());
            assert_eq!(content.as_text(), None);
            assert_eq!(content.as_bytes(), bytes);
        }
        assert!(Content::of(vec![b'a'; EDITABLE]).as_text().is_some());
    }
}
