//! Digests, and the ids that are digests of different things.

use std::fmt;
use std::io;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

/// A SHA-256 digest; written `sha256:` and 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of these bytes.
    #[must_use]
    pub fn of(bytes: impl AsRef<[u8]>) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// A digest computed elsewhere.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The 64 hexadecimal digits, without `sha256:`.
    #[must_use]
    pub fn hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is no digest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no digest: it must be sha256: and 64 hexadecimal digits")]
pub struct ParseDigestError(String);

impl FromStr for Digest {
    type Err = ParseDigestError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let hex = text.strip_prefix("sha256:")?.as_bytes();
            let mut out = [0; 32];
            if hex.len() != 64 || hex.iter().any(u8::is_ascii_uppercase) {
                return None;
            }
            for (byte, pair) in out.iter_mut().zip(hex.chunks(2)) {
                *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
            }
            Some(Self(out))
        };
        parse().ok_or_else(|| ParseDigestError(text.to_owned()))
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Digest);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

id! {
    /// Digest of a layer's uncompressed tar.
    DiffId
}
id! {
    /// Digest that names a stack of layers (OCI image-spec, `identity/chainid.go`).
    ChainId
}
id! {
    /// Digest of an image's configuration as JSON: what `docker images` shows as IMAGE ID.
    ImageId
}

impl ChainId {
    /// The chain id of the whole stack; none for no layers.
    #[must_use]
    pub fn of(layers: &[DiffId]) -> Option<Self> {
        layers.iter().fold(None, |below, layer| {
            Some(match below {
                None => Self(layer.0),
                Some(below) => below.on_top(*layer),
            })
        })
    }

    /// The chain id with one more layer.
    #[must_use]
    pub fn on_top(self, layer: DiffId) -> Self {
        Self(chain(self, layer))
    }
}

/// The digest that names the layers of `below` and one more, over their texts as they are.
#[must_use]
pub fn chain(below: impl fmt::Display, layer: impl fmt::Display) -> Digest {
    Digest::of(format!("{below} {layer}"))
}

/// Digests what is written to it.
#[derive(Default)]
pub struct Sha256Writer {
    hasher: Sha256,
    written: u64,
}

impl Sha256Writer {
    /// The digest and the number of bytes.
    #[must_use]
    pub fn finish(self) -> (Digest, u64) {
        (Digest(self.hasher.finalize().into()), self.written)
    }
}

impl io::Write for Sha256Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.hasher.update(bytes);
        self.written += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_read_back() {
        let digest = Digest::of("");
        let text = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(digest.to_string(), text);
        assert_eq!(text.parse(), Ok(digest));
        for bad in ["", "sha256:", "sha256:E3b0", "md5:00", &text[..70], &text.replace('e', "g")] {
            assert!(bad.parse::<Digest>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_chain_id_is_the_digest_of_the_two_texts() {
        let (a, b) = (DiffId(Digest::of("a")), DiffId(Digest::of("b")));
        assert_eq!(ChainId::of(&[]), None);
        assert_eq!(ChainId::of(&[a]), Some(ChainId(a.0)));
        assert_eq!(ChainId::of(&[a, b]), Some(ChainId(Digest::of(format!("{a} {b}")))));
    }
}
