//! Files with holes, in the four ways GNU tar has written them (GNU tar manual, "Storing Sparse
//! Files").

use crate::pax::{Records, number};

/// A part of a file that is not a hole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fragment {
    pub offset: u64,
    pub len: u64,
}

/// The map in PAX records (formats 0.0 and 0.1) with the file's real size: none where there is
/// none, `Some(None)` where it is malformed.
#[allow(clippy::option_option, reason = "there is none, or it is malformed")]
pub(crate) fn pax_map(records: &Records) -> Option<Option<(Vec<Fragment>, u64)>> {
    let mut numbers: Vec<Option<i64>> = Vec::new();
    if let Some(map) = records.get("GNU.sparse.map") {
        numbers.extend(map.split(|&b| b == b',').map(number));
    } else if records.get("GNU.sparse.numblocks").is_some() {
        let rows = records
            .iter()
            .filter(|(key, _)| matches!(*key, b"GNU.sparse.offset" | b"GNU.sparse.numbytes"));
        numbers.extend(rows.map(|(_, value)| number(value)));
    } else {
        return None;
    }
    let parse = || Some((pairs(numbers)?, real_size(records)?));
    Some(parse())
}

/// Whether the map stands before the data (format 1.0).
pub(crate) fn map_is_in_data(records: &Records) -> bool {
    records.get("GNU.sparse.major") == Some(b"1") && records.get("GNU.sparse.minor") == Some(b"0")
}

/// The size of the whole file.
pub(crate) fn real_size(records: &Records) -> Option<u64> {
    let size = records.get("GNU.sparse.realsize").or_else(|| records.get("GNU.sparse.size"))?;
    u64::try_from(number(size)?).ok()
}

/// The map of format 1.0, which stands before the data: a count and pairs of numbers, one to a
/// line, padded to a block.
#[derive(Default)]
pub(crate) struct MapInData {
    numbers: Vec<u64>,
    line: Vec<u8>,
}

impl MapInData {
    /// Takes the next block; answers whether it was the last, and none where it is malformed.
    pub fn take(&mut self, block: &[u8]) -> Option<bool> {
        for &byte in block {
            if byte != b'\n' {
                self.line.push(byte);
                continue;
            }
            self.numbers.push(u64::try_from(number(&self.line)?).ok()?);
            self.line.clear();
            if self.is_whole() {
                return Some(true);
            }
        }
        // No number is longer.
        (self.line.len() <= 20).then_some(false)
    }

    fn is_whole(&self) -> bool {
        let (count, have) = (self.numbers[0], self.numbers.len() as u64 - 1);
        have / 2 >= count
    }

    /// The map.
    pub fn fragments(&self) -> Vec<Fragment> {
        let pairs = self.numbers[1..].chunks_exact(2);
        pairs.map(|pair| Fragment { offset: pair[0], len: pair[1] }).collect()
    }
}

/// Whether the fragments stand one behind the other in a file of `size` bytes, and `data` bytes are
/// as many as they want.
pub(crate) fn fits(fragments: &[Fragment], size: u64, data: u64) -> bool {
    let mut at = 0;
    let mut want = 0_u64;
    fragments.iter().all(|fragment| {
        let Some(end) = fragment.offset.checked_add(fragment.len) else { return false };
        let in_order = fragment.offset >= at && end <= size;
        at = end;
        want = want.saturating_add(fragment.len);
        in_order && want <= data
    })
}

fn pairs(numbers: Vec<Option<i64>>) -> Option<Vec<Fragment>> {
    let numbers: Vec<u64> =
        numbers.into_iter().map(|n| u64::try_from(n?).ok()).collect::<Option<_>>()?;
    if !numbers.len().is_multiple_of(2) {
        return None;
    }
    Some(numbers.chunks(2).map(|pair| Fragment { offset: pair[0], len: pair[1] }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_stand_in_order_inside_the_file() {
        let fragments = [Fragment { offset: 2, len: 3 }, Fragment { offset: 7, len: 1 }];
        assert!(fits(&fragments, 9, 4));
        assert!(fits(&[], 2, 0));
        assert!(!fits(&fragments, 7, 4), "outside");
        assert!(!fits(&fragments, 9, 3), "too little data");
        assert!(!fits(&[Fragment { offset: 2, len: 3 }, Fragment { offset: 4, len: 1 }], 9, 4));
        assert!(!fits(&[Fragment { offset: u64::MAX, len: 2 }], u64::MAX, 2));
    }

    #[test]
    fn the_map_of_format_1_0_stands_before_the_data() {
        let mut map = MapInData::default();
        assert_eq!(map.take(b"2\n0\n1\n"), Some(false));
        assert_eq!(map.take(b"5\n1\n\0\0"), Some(true));
        let expected = [Fragment { offset: 0, len: 1 }, Fragment { offset: 5, len: 1 }];
        assert_eq!(map.fragments(), expected);
        assert_eq!(MapInData::default().take(b"0\n"), Some(true));
        for bad in ["x\n", "-1\n", "1\n99999999999999999999\n", "000000000000000000000000"] {
            assert!(MapInData::default().take(bad.as_bytes()).is_none(), "{bad:?}");
        }
    }
}
