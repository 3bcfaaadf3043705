//! The fields of a tar's headers.

use std::sync::Arc;

use tar::Header;
use vfs::{AbsPath, Meta, Name, PATH_MAX, Timestamp};

use crate::TarError;
use crate::pax::{self, Records};

/// Headers and data come in blocks of so many bytes.
pub(crate) const BLOCK: usize = 512;

/// What stood in headers before the entry's own.
#[derive(Default)]
pub(crate) struct LongFields {
    pub pax: Records,
    pub name: Option<Vec<u8>>,
    pub link: Option<Vec<u8>>,
}

impl LongFields {
    pub fn name(&self, header: &Header) -> Vec<u8> {
        let pax = self.pax.get("GNU.sparse.name").or_else(|| self.pax.get("path"));
        match (pax, &self.name) {
            (Some(name), _) => name.to_vec(),
            (None, Some(name)) => name.clone(),
            (None, None) => header.path_bytes().into_owned(),
        }
    }

    pub fn link(&self, header: &Header) -> Vec<u8> {
        match (self.pax.get("linkpath"), &self.link) {
            (Some(link), _) => link.to_vec(),
            (None, Some(link)) => link.clone(),
            (None, None) => header.link_name_bytes().unwrap_or_default().into_owned(),
        }
    }

    pub fn size(&self, header: &Header, offset: u64) -> Result<u64, TarError> {
        let bad = |why| TarError::Header { offset, why };
        let size = match self.pax.get("size") {
            Some(size) => pax::number(size),
            None => field(&header.as_old().size),
        };
        let size = size.ok_or(bad("its size is no number"))?;
        u64::try_from(size).map_err(|_| bad("its size is negative"))
    }

    pub fn meta(&self, header: &Header) -> Result<Meta, &'static str> {
        let old = header.as_old();
        let number = |key: &str, bytes: &[u8]| match self.pax.get(key) {
            Some(value) => pax::number(value),
            None => field(bytes),
        };
        let id = |key: &str, bytes: &[u8]| number(key, bytes).and_then(|id| u32::try_from(id).ok());
        let mode = field(&old.mode).ok_or("its mode is no number")?;
        let mtime = match self.pax.get("mtime") {
            Some(value) => pax::time(value),
            None => field(&old.mtime).map(Timestamp::from_secs),
        };
        let mtime = mtime.ok_or("its time is no number")?;
        let mut meta = Meta::root((mode & 0o7777) as u32, mtime);
        meta.uid = id("uid", &old.uid).ok_or("its owner is out of range")?;
        meta.gid = id("gid", &old.gid).ok_or("its group is out of range")?;
        let xattrs: vfs::Xattrs = self
            .pax
            .iter()
            .filter_map(|(key, value)| {
                Some((key.strip_prefix(b"SCHILY.xattr.")?.to_vec(), value.to_vec()))
            })
            .collect();
        if !xattrs.is_empty() {
            meta.xattrs = Some(Arc::new(xattrs));
        }
        Ok(meta)
    }
}

/// Whether the block is a header with the right checksum.
pub(crate) fn is_header(block: &[u8]) -> bool {
    if block.len() != BLOCK {
        return false;
    }
    // Some old tars counted the bytes as signed.
    let sum = |byte: fn(u8) -> i64| -> i64 {
        let is_checksum = |at: usize| (148..156).contains(&at);
        block.iter().enumerate().map(|(at, &b)| byte(if is_checksum(at) { b' ' } else { b })).sum()
    };
    let stored = field(&block[148..156]);
    stored.is_some_and(|stored| [sum(i64::from), sum(|b| i64::from(b as i8))].contains(&stored))
}

/// A number of a header: octal digits between blanks and NULs, or, where the first bit is set, a
/// big-endian two's complement (GNU's base-256); none where it is neither or too large.
pub(crate) fn field(bytes: &[u8]) -> Option<i64> {
    let (&first, rest) = bytes.split_first()?;
    if first & 0x80 != 0 {
        let start =
            if first & 0x40 != 0 { i128::from(first) - 0x100 } else { i128::from(first & 0x7f) };
        let value = rest.iter().try_fold(start, |value, &byte| {
            value.checked_mul(256)?.checked_add(i128::from(byte))
        })?;
        return i64::try_from(value).ok();
    }
    let digits = bytes.split(|&b| b == 0).next().unwrap_or_default().trim_ascii();
    if digits.is_empty() {
        return Some(0);
    }
    i64::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok()
}

/// The place of an entry. A slash at the beginning is dropped, as Docker does, so an absolute name
/// lies inside the root as well.
///
/// # Errors
/// A name that `..` leads out of the root, or that no file can have.
pub(crate) fn inside_root(raw: &[u8]) -> Result<AbsPath, TarError> {
    let refuse = |why| Err(TarError::Name { name: text(raw), why });
    let mut depth = 0_usize;
    for part in raw.split(|&b| b == b'/') {
        match part {
            b"" | b"." => {}
            b".." if depth == 0 => return refuse("leads out of the root"),
            b".." => depth -= 1,
            part if Name::new(part).is_err() => return refuse("no file can be named"),
            _ => depth += 1,
        }
    }
    if raw.len() >= PATH_MAX {
        return refuse("is longer than a path can be");
    }
    if raw.is_empty() {
        return refuse("is empty");
    }
    Ok(AbsPath::new(raw))
}

pub(crate) fn until_nul(mut bytes: Vec<u8>) -> Vec<u8> {
    if let Some(end) = bytes.iter().position(|&b| b == 0) {
        bytes.truncate(end);
    }
    bytes
}

pub(crate) fn text(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}
