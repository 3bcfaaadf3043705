//! What a regular file holds: bytes that were written, over holes or bytes that are made when they
//! are read.

use std::convert::Infallible;
use std::io;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use sha2::{Digest as _, Sha256};

/// Written bytes are kept in blocks of this size: a hole ends at a block, and a write to shared
/// content copies the blocks it touches.
const BLOCK: usize = 1 << 16;

/// What a hole reads as.
static ZEROS: [u8; BLOCK] = [0; BLOCK];

/// The content of a regular file.
///
/// Cloning shares the bytes, and a write to a clone copies the blocks it touches once. Holes take
/// no memory; zeros that are written where a hole is stay one.
#[derive(Clone, Debug, Default)]
pub struct Content(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    len: u64,
    base: Base,
    /// What was written over the base; where a block is longer than its bytes, zeros follow. It
    /// ends with a block that was written.
    blocks: Vec<Option<Arc<Vec<u8>>>>,
    resident: u64,
    /// Filled when first asked for; a write makes a new, empty one.
    sha256: OnceLock<[u8; 32]>,
    /// The first prefix that [`Content::sha256_after`] was asked for, and its answer.
    sha256_after: OnceLock<(Box<[u8]>, [u8; 32])>,
}

/// What is read where nothing was written: `len` synthetic bytes and then zeros.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Base {
    seed: u64,
    len: u64,
}

/// What a block that was not written costs, in bytes.
const HOLE: u64 = size_of::<Option<Arc<Vec<u8>>>>() as u64;

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        let len = bytes.len() as u64;
        if bytes.is_empty() {
            return Self::default();
        }
        if bytes.len() <= BLOCK {
            let blocks = vec![Some(Arc::new(bytes))];
            return Self(Arc::new(Inner { len, blocks, resident: len, ..Inner::default() }));
        }
        let mut content = Self::default();
        content.write_at(0, &bytes);
        content
    }
}

impl Content {
    /// `len` bytes that are a function of `seed` and their position, made when they are read, so
    /// that a modelled file of any size takes no memory.
    #[must_use]
    pub fn synthetic(seed: u64, len: u64) -> Self {
        Self(Arc::new(Inner { len, base: Base { seed, len }, ..Inner::default() }))
    }

    /// `len` bytes of zeros, which take no memory.
    #[must_use]
    pub fn hole(len: u64) -> Self {
        Self(Arc::new(Inner { len, ..Inner::default() }))
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.0.len
    }

    /// Whether there are no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether bytes of it are modelled (see [`Content::synthetic`]) and not anyone's real data.
    #[must_use]
    pub fn is_synthetic(&self) -> bool {
        self.0.base.len > 0
    }

    /// Bytes held in memory.
    #[must_use]
    pub fn resident(&self) -> u64 {
        self.0.resident
    }

    /// The bytes when they lie in memory one behind the other, as those of every small file do that
    /// was written as a whole.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self.0.blocks.as_slice() {
            [] if self.is_empty() => Some(&[]),
            [Some(block)] if block.len() as u64 == self.len() => Some(block),
            _ => None,
        }
    }

    /// All bytes.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(usize::try_from(self.len()).unwrap_or_default());
        self.visit(0..self.len(), |bytes| out.extend_from_slice(bytes));
        out
    }

    /// Reads it from the beginning.
    pub fn reader(&self) -> impl io::Read + '_ {
        Reader { content: self, offset: 0 }
    }

    /// Copies bytes from `offset` on into `buf`; answers how many there were.
    pub fn read_at(&self, offset: u64, buf: &mut [u8]) -> usize {
        let left = self.len().saturating_sub(offset);
        let n = buf.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let mut done = 0;
        while done < n {
            let at = offset + done as u64;
            let (index, start) = place(at);
            let out = &mut buf[done..n.min(done + BLOCK - start)];
            match self.0.block(index) {
                Some(block) => {
                    let have = block.get(start..).unwrap_or_default();
                    let copied = have.len().min(out.len());
                    out[..copied].copy_from_slice(&have[..copied]);
                    out[copied..].fill(0);
                }
                None => self.0.base.fill(at, out),
            }
            done += out.len();
        }
        n
    }

    /// Shows the bytes of a part of it to `take`, piece by piece and without a copy of what lies in
    /// memory. What `range` holds behind the end is left out.
    ///
    /// # Errors
    /// The first one of `take`, which is then shown no more.
    pub fn try_visit<E>(
        &self,
        range: Range<u64>,
        mut take: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let end = range.end.min(self.len());
        let mut made = Vec::new();
        let mut at = range.start;
        while at < end {
            let (index, start) = place(at);
            let want = (BLOCK - start).min(usize::try_from(end - at).unwrap_or(BLOCK));
            let bytes = match self.0.block(index) {
                Some(block) if start < block.len() => &block[start..block.len().min(start + want)],
                None if at < self.0.base.len => {
                    made.resize(want, 0);
                    self.0.base.fill(at, &mut made);
                    &made
                }
                _ => &ZEROS[..want],
            };
            take(bytes)?;
            at += bytes.len() as u64;
        }
        Ok(())
    }

    fn visit(&self, range: Range<u64>, mut take: impl FnMut(&[u8])) {
        let Ok(()) = self.try_visit::<Infallible>(range, |bytes| {
            take(bytes);
            Ok(())
        });
    }

    /// Writes `bytes` at `offset`; a gap before it becomes a hole.
    pub fn write_at(&mut self, offset: u64, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let inner = self.edit();
        for (index, start, part) in parts(offset, bytes) {
            inner.write_block(index, start, part);
        }
        inner.len = inner.len.max(offset + bytes.len() as u64);
    }

    /// How many bytes of memory [`Content::write_at`] would need, at most.
    pub(crate) fn cost_of_write(&self, offset: u64, bytes: &[u8]) -> u64 {
        let mut cost = 0;
        let mut blocks = self.0.blocks.len();
        for (index, start, part) in parts(offset, bytes) {
            if self.0.stays_hole(index, part) {
                continue;
            }
            let have = self.0.block(index).map_or(0, |block| block.len());
            let need = (start + part.len()).max(self.0.base.bytes_in(index));
            cost += need.saturating_sub(have) as u64;
            cost += HOLE * index.saturating_sub(blocks) as u64;
            blocks = blocks.max(index + 1);
        }
        cost
    }

    /// Cuts to `len` bytes, or extends with a hole.
    pub fn set_len(&mut self, len: u64) {
        if self.len() == len {
            return;
        }
        if len == 0 {
            *self = Self::default();
            return;
        }
        let inner = self.edit();
        if len < inner.len {
            inner.cut(len);
        }
        inner.len = len;
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
        self.visit(0..self.len(), |bytes| hasher.update(bytes));
        hasher.finalize().into()
    }

    /// Whether both are the same bytes; shared content is equal without looking at it.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        let (a, b) = (&*self.0, &*other.0);
        if Arc::ptr_eq(&self.0, &other.0) || a.len != b.len {
            return a.len == b.len;
        }
        // Holes and synthetic bytes that are the same in both are not looked at either.
        let ends = [a.blocks.len(), b.blocks.len()];
        let same_base = a.base == b.base;
        let last = if same_base { ends[0].max(ends[1]) } else { place(a.len - 1).0 + 1 };
        (0..last).all(|index| match (a.block(index), b.block(index)) {
            (Some(x), Some(y)) if Arc::ptr_eq(x, y) => true,
            (None, None) if same_base => true,
            _ => {
                let mut bufs = [vec![0; BLOCK], vec![0; BLOCK]];
                let at = index as u64 * BLOCK as u64;
                let read = [self.read_at(at, &mut bufs[0]), other.read_at(at, &mut bufs[1])];
                bufs[0][..read[0]] == bufs[1][..read[1]]
            }
        })
    }

    /// What nobody else shares, with its digests forgotten.
    fn edit(&mut self) -> &mut Inner {
        if Arc::get_mut(&mut self.0).is_none() {
            let Inner { len, base, ref blocks, resident, .. } = *self.0;
            let blocks = blocks.clone();
            *self = Self(Arc::new(Inner { len, base, blocks, resident, ..Inner::default() }));
        }
        let inner = Arc::get_mut(&mut self.0).expect("made unique above");
        inner.sha256 = OnceLock::new();
        inner.sha256_after = OnceLock::new();
        inner
    }
}

impl Inner {
    fn block(&self, index: usize) -> Option<&Arc<Vec<u8>>> {
        self.blocks.get(index)?.as_ref()
    }

    /// Whether nothing need be kept of `part`, which is written there: zeros over zeros.
    fn stays_hole(&self, index: usize, part: &[u8]) -> bool {
        self.block(index).is_none()
            && self.base.bytes_in(index) == 0
            && part == &ZEROS[..part.len()]
    }

    fn write_block(&mut self, index: usize, start: usize, part: &[u8]) {
        if self.stays_hole(index, part) {
            return;
        }
        if self.blocks.len() <= index {
            self.resident += HOLE * (index + 1 - self.blocks.len()) as u64;
            self.blocks.resize(index + 1, None);
        }
        let base = self.base;
        let slot = &mut self.blocks[index];
        self.resident -= slot.as_ref().map_or(HOLE, |block| block.len() as u64);
        let block = slot.get_or_insert_with(|| {
            let mut bytes = vec![0; base.bytes_in(index)];
            base.fill(index as u64 * BLOCK as u64, &mut bytes);
            Arc::new(bytes)
        });
        let block = Arc::make_mut(block);
        if block.len() < start {
            block.resize(start, 0);
        }
        let over = part.len().min(block.len() - start);
        block[start..start + over].copy_from_slice(&part[..over]);
        block.extend_from_slice(&part[over..]);
        self.resident += block.len() as u64;
    }

    /// Drops what lies behind `len`.
    fn cut(&mut self, len: u64) {
        let (index, start) = place(len);
        if let Some(Some(block)) = self.blocks.get_mut(index)
            && block.len() > start
        {
            // A copy, so that what is cut off a shared block takes no memory here.
            *block = Arc::new(block[..start].to_vec());
        }
        self.blocks.truncate(if start == 0 { index } else { index + 1 });
        while let Some(None) = self.blocks.last() {
            self.blocks.pop();
        }
        self.base.len = self.base.len.min(len);
        let costs = self.blocks.iter();
        self.resident =
            costs.map(|block| block.as_ref().map_or(HOLE, |block| block.len() as u64)).sum();
    }
}

impl Base {
    /// How many synthetic bytes the block has.
    fn bytes_in(self, index: usize) -> usize {
        self.len.saturating_sub(index as u64 * BLOCK as u64).min(BLOCK as u64) as usize
    }

    fn fill(self, offset: u64, buf: &mut [u8]) {
        let made = self.len.saturating_sub(offset).min(buf.len() as u64) as usize;
        fill_synthetic(self.seed, offset, &mut buf[..made]);
        buf[made..].fill(0);
    }
}

struct Reader<'a> {
    content: &'a Content,
    offset: u64,
}

impl io::Read for Reader<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.content.read_at(self.offset, buf);
        self.offset += n as u64;
        Ok(n)
    }
}

/// The block at `offset`, and where in it.
fn place(offset: u64) -> (usize, usize) {
    let block = BLOCK as u64;
    ((offset / block) as usize, (offset % block) as usize)
}

/// `bytes` by the blocks they fall into: (block, where in it, what).
fn parts(offset: u64, mut bytes: &[u8]) -> impl Iterator<Item = (usize, usize, &[u8])> {
    let mut at = offset;
    std::iter::from_fn(move || {
        let (index, start) = place(at);
        let (part, rest) = bytes.split_at(bytes.len().min(BLOCK - start));
        at += part.len() as u64;
        bytes = rest;
        (!part.is_empty()).then_some((index, start, part))
    })
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

    #[test]
    fn holes_and_what_was_not_written_take_no_memory() {
        let mut content = Content::hole(1 << 30);
        assert_eq!((content.len(), content.resident()), (1 << 30, 0));
        content.write_at((1 << 30) - 1, b"x");
        assert!(content.resident() < 300_000, "{}", content.resident());
        content.write_at(0, &vec![0; 1 << 20]);
        assert!(content.resident() < 300_000, "zeros stay a hole");
        content.set_len(5);
        assert_eq!((content.resident(), content.to_vec()), (0, vec![0; 5]));
        let mut modelled = Content::synthetic(1, 10 << 20);
        modelled.write_at(5 << 20, b"patch");
        assert!(modelled.is_synthetic() && modelled.resident() < 70_000);
    }

    /// Random writes and cuts against a plain vector.
    #[test]
    fn blocks_hold_what_a_vector_holds() {
        let mut random = 1;
        let mut next = |below: u64| {
            random = splitmix64(random);
            random % below
        };
        for base in [0, 3 * BLOCK as u64 + 17] {
            let mut ours = Content::synthetic(3, base);
            let mut plain = ours.to_vec();
            let mut kept = Vec::new();
            for round in 0..400 {
                let (offset, len) = (next(5 * BLOCK as u64), next(2 * BLOCK as u64));
                let byte = [0, 0, 7, round as u8][next(4) as usize];
                if next(4) == 0 {
                    ours.set_len(offset);
                    plain.resize(offset as usize, 0);
                } else {
                    let (bytes, end) = (vec![byte; len as usize], (offset + len) as usize);
                    let (cost, before) = (ours.cost_of_write(offset, &bytes), ours.resident());
                    ours.write_at(offset, &bytes);
                    assert!(ours.resident() <= before + cost);
                    if len > 0 && plain.len() < end {
                        plain.resize(end, 0);
                    }
                    if len > 0 {
                        plain[offset as usize..end].fill(byte);
                    }
                }
                assert_eq!(ours.to_vec(), plain, "round {round}");
                let from = next(plain.len() as u64 + 10);
                let mut part = vec![1; next(100_000) as usize];
                let n = ours.read_at(from, &mut part);
                let expected = plain.get(from as usize..).unwrap_or_default();
                assert_eq!(part[..n], expected[..n.min(expected.len())]);
                let held: u64 = ours.0.blocks.iter().flatten().map(|b| b.len() as u64).sum();
                let holes = ours.0.blocks.iter().filter(|b| b.is_none()).count() as u64;
                assert_eq!(ours.resident(), held + HOLE * holes);
                assert!(ours.same_as(&Content::from(plain.clone())));
                assert_eq!(ours.sha256(), Content::from(plain.clone()).sha256());
                if round % 50 == 0 {
                    kept.push((ours.clone(), plain.clone()));
                }
            }
            for (content, plain) in kept {
                assert_eq!(content.to_vec(), plain, "what is shared does not change");
            }
        }
    }
}
