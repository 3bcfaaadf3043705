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

/// The map of format 1.0 and the data behind it: a count and pairs of numbers, one to a line,
/// padded to a block.
pub(crate) fn map_from_data(data: &[u8]) -> Option<(Vec<Fragment>, &[u8])> {
    let mut at = 0;
    let mut line = || {
        let end = at + data.get(at..)?.iter().position(|&b| b == b'\n')?;
        let value = number(&data[at..end])?;
        at = end + 1;
        Some(value)
    };
    let count = usize::try_from(line()?).ok()?;
    if count > data.len() {
        return None;
    }
    let numbers: Vec<_> = (0..count * 2).map(|_| line()).collect();
    let fragments = pairs(numbers)?;
    Some((fragments, data.get(at.next_multiple_of(512)..)?))
}

/// The whole file: the fragments' data, one behind the other, with zeros between them.
/// None where fragments overlap, lie outside, or want more data than there is.
pub(crate) fn expand(fragments: &[Fragment], size: u64, mut data: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    for fragment in fragments {
        let end = fragment.offset.checked_add(fragment.len)?;
        if fragment.offset < out.len() as u64 || end > size {
            return None;
        }
        let (bytes, rest) = data.split_at_checked(usize::try_from(fragment.len).ok()?)?;
        out.resize(usize::try_from(fragment.offset).ok()?, 0);
        out.extend_from_slice(bytes);
        data = rest;
    }
    out.resize(usize::try_from(size).ok()?, 0);
    Some(out)
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
    fn holes_are_zeros() {
        let fragments = [Fragment { offset: 2, len: 3 }, Fragment { offset: 7, len: 1 }];
        assert_eq!(expand(&fragments, 9, b"abcd").unwrap(), b"\0\0abc\0\0d\0");
        assert_eq!(expand(&[], 2, b"").unwrap(), b"\0\0");
        assert!(expand(&fragments, 7, b"abcd").is_none(), "outside");
        assert!(expand(&fragments, 9, b"abc").is_none(), "too little data");
        let overlapping = [Fragment { offset: 2, len: 3 }, Fragment { offset: 4, len: 1 }];
        assert!(expand(&overlapping, 9, b"abcd").is_none());
        let huge = [Fragment { offset: u64::MAX, len: 2 }];
        assert!(expand(&huge, u64::MAX, b"ab").is_none());
    }

    #[test]
    fn the_map_of_format_1_0_stands_before_the_data() {
        let mut data = b"2\n0\n1\n5\n1\n".to_vec();
        data.resize(512, 0);
        data.extend_from_slice(b"ab");
        let (fragments, rest) = map_from_data(&data).unwrap();
        assert_eq!(expand(&fragments, 6, rest).unwrap(), b"a\0\0\0\0b");
        for bad in ["", "x\n", "2\n0\n", "-1\n", "99999999999\n"] {
            assert!(map_from_data(bad.as_bytes()).is_none(), "{bad:?}");
        }
    }
}
