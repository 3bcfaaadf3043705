//! What a regular file holds: bytes, or bytes that are made when they are read.

use std::sync::{Arc, OnceLock};

use sha2::{Digest as _, Sha256};

/// The content of a regular file. Cloning shares the bytes; writing to a clone copies them once.
#[derive(Clone, Debug)]
pub struct Content(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    data: Data,
    /// Filled when first asked for; a write makes a new, empty one.
    sha256: OnceLock<[u8; 32]>,
    /// The first prefix that [`Content::sha256_after`] was asked for, and its answer.
    sha256_after: OnceLock<(Box<[u8]>, [u8; 32])>,
}

#[derive(Clone, Debug)]
enum Data {
    Bytes(Vec<u8>),
    Synthetic { seed: u64, len: u64 },
}

impl Default for Content {
    fn default() -> Self {
        Self::from(Vec::new())
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self::new(Data::Bytes(bytes))
    }
}

impl Content {
    fn new(data: Data) -> Self {
        Self(Arc::new(Inner { data, sha256: OnceLock::new(), sha256_after: OnceLock::new() }))
    }

    /// `len` bytes that are a function of `seed` and their position, made when they are read, so
    /// that a modelled file of any size takes no memory.
    #[must_use]
    pub fn synthetic(seed: u64, len: u64) -> Self {
        Self::new(Data::Synthetic { seed, len })
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        match &self.0.data {
            Data::Bytes(bytes) => bytes.len() as u64,
            Data::Synthetic { len, .. } => *len,
        }
    }

    /// Whether there are no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the bytes are modelled (see [`Content::synthetic`]) and not anyone's real data.
    #[must_use]
    pub fn is_synthetic(&self) -> bool {
        matches!(self.0.data, Data::Synthetic { .. })
    }

    /// Bytes held in memory.
    #[must_use]
    pub fn resident(&self) -> u64 {
        match &self.0.data {
            Data::Bytes(bytes) => bytes.len() as u64,
            Data::Synthetic { .. } => 0,
        }
    }

    /// The bytes when they are held in memory; none for synthetic content.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match &self.0.data {
            Data::Bytes(bytes) => Some(bytes),
            Data::Synthetic { .. } => None,
        }
    }

    /// All bytes.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        match &self.0.data {
            Data::Bytes(bytes) => bytes.clone(),
            Data::Synthetic { len, .. } => {
                let mut out = vec![0; usize::try_from(*len).unwrap_or(usize::MAX)];
                self.read_at(0, &mut out);
                out
            }
        }
    }

    /// Copies bytes from `offset` on into `buf`; answers how many there were.
    pub fn read_at(&self, offset: u64, buf: &mut [u8]) -> usize {
        let left = self.len().saturating_sub(offset);
        let n = buf.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        match &self.0.data {
            // `n` is 0 when `offset` lies behind the end, and then the slice must not be taken.
            Data::Bytes(bytes) if n > 0 => {
                let start = offset as usize;
                buf[..n].copy_from_slice(&bytes[start..start + n]);
            }
            Data::Bytes(_) => {}
            Data::Synthetic { seed, .. } => fill_synthetic(*seed, offset, &mut buf[..n]),
        }
        n
    }

    /// Writes `bytes` at `offset`; a gap before it is filled with zeros.
    pub fn write_at(&mut self, offset: usize, bytes: &[u8]) {
        let data = self.bytes_mut();
        if data.len() < offset {
            data.resize(offset, 0);
        }
        let overlap = bytes.len().min(data.len() - offset);
        data[offset..offset + overlap].copy_from_slice(&bytes[..overlap]);
        data.extend_from_slice(&bytes[overlap..]);
    }

    /// Cuts or extends (with zeros) to `len` bytes.
    pub fn set_len(&mut self, len: usize) {
        if self.len() == len as u64 {
            return;
        }
        if len == 0 {
            *self = Self::default();
        } else {
            self.bytes_mut().resize(len, 0);
        }
    }

    /// SHA-256 of all bytes, computed once per content.
    #[must_use]
    pub fn sha256(&self) -> [u8; 32] {
        *self.0.sha256.get_or_init(|| self.hash_after(b""))
    }

    /// SHA-256 of `prefix` and then all bytes. It is computed once for the first prefix a content
    /// is asked for, which is often the only one, and each time for others.
    #[must_use]
    pub fn sha256_after(&self, prefix: &[u8]) -> [u8; 32] {
        let (known, digest) =
            self.0.sha256_after.get_or_init(|| (prefix.into(), self.hash_after(prefix)));
        if **known == *prefix { *digest } else { self.hash_after(prefix) }
    }

    fn hash_after(&self, prefix: &[u8]) -> [u8; 32] {
        let mut hasher = Sha256::new_with_prefix(prefix);
        match &self.0.data {
            Data::Bytes(bytes) => hasher.update(bytes),
            Data::Synthetic { len, .. } => {
                let mut buf = [0; 1 << 16];
                let mut offset = 0;
                while offset < *len {
                    let n = self.read_at(offset, &mut buf);
                    hasher.update(&buf[..n]);
                    offset += n as u64;
                }
            }
        }
        hasher.finalize().into()
    }

    /// Whether both are the same bytes; shared content is equal without looking at it.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        if Arc::ptr_eq(&self.0, &other.0) {
            return true;
        }
        match (&self.0.data, &other.0.data) {
            (Data::Bytes(a), Data::Bytes(b)) => a == b,
            (Data::Synthetic { seed: a, len: m }, Data::Synthetic { seed: b, len: n }) => {
                (a, m) == (b, n)
            }
            _ => self.len() == other.len() && self.sha256() == other.sha256(),
        }
    }

    fn bytes_mut(&mut self) -> &mut Vec<u8> {
        let in_place =
            matches!(Arc::get_mut(&mut self.0), Some(Inner { data: Data::Bytes(_), .. }));
        if !in_place {
            *self = Self::from(self.to_vec());
        }
        let inner = Arc::get_mut(&mut self.0).expect("made unique above");
        inner.sha256 = OnceLock::new();
        inner.sha256_after = OnceLock::new();
        match &mut inner.data {
            Data::Bytes(bytes) => bytes,
            Data::Synthetic { .. } => unreachable!("made bytes above"),
        }
    }
}

/// The bytes at `offset` of the stream that belongs to `seed`: SplitMix64 over the index of each
/// 8-byte word (Steele, Lea and Flood, "Fast splittable pseudorandom number generators").
fn fill_synthetic(seed: u64, offset: u64, buf: &mut [u8]) {
    let mut done = 0;
    while done < buf.len() {
        let at = offset + done as u64;
        let word = splitmix64(seed.wrapping_add(at / 8)).to_le_bytes();
        let skip = (at % 8) as usize;
        let n = (8 - skip).min(buf.len() - done);
        buf[done..done + n].copy_from_slice(&word[skip..skip + n]);
        done += n;
    }
}

pub(crate) fn splitmix64(index: u64) -> u64 {
    let mut z = index.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn synthetic_reads_the_same_from_any_offset() {
        let content = Content::synthetic(7, 1000);
        let all = content.to_vec();
        for offset in [0, 1, 7, 8, 9, 500, 995, 1000, 2000] {
            let mut buf = [0; 20];
            let n = content.read_at(offset, &mut buf);
            let from = (offset as usize).min(1000);
            assert_eq!(&buf[..n], &all[from..(from + 20).min(1000)]);
        }
        assert_ne!(all, Content::synthetic(8, 1000).to_vec());
    }

    #[test]
    fn writes_do_not_reach_clones_and_renew_the_digest() {
        let mut a = Content::from(b"abc".to_vec());
        let before = a.sha256();
        let prefixed = a.sha256_after(b"p");
        assert_eq!(a.sha256_after(b"q"), Content::from(b"qabc".to_vec()).sha256());
        let b = a.clone();
        a.write_at(5, b"x");
        assert_eq!(a.as_bytes(), Some(&b"abc\0\0x"[..]));
        assert_eq!(b.as_bytes(), Some(&b"abc"[..]));
        assert_ne!(a.sha256(), before);
        assert_ne!(a.sha256_after(b"p"), prefixed);
        assert_eq!((b.sha256(), b.sha256_after(b"p")), (before, prefixed));
        a.set_len(3);
        assert!(a.same_as(&b));
    }
}
