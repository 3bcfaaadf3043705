//! Reading tars: what Docker, BuildKit, buildah, GNU tar, bsdtar and Go write, and what somebody
//! wrote to do harm.

use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;

use tar::{EntryType, Header};
use vfs::{AbsPath, Content, PATH_MAX, Rdev};

use crate::entry::{Entry, EntryKind};
use crate::pax::Records;
use crate::sparse::{self, Fragment, MapInData};
use crate::tar_header::{BLOCK, LongFields, field, inside_root, is_header, text, until_nul};
use crate::{TarError, TarLimits};

/// What may follow the end of an archive: programs fill their last record with zeros.
const TRAILER: u64 = 16 << 20;

/// How much of a file is read at a time.
const BUFFER: usize = 1 << 16;

/// A file of a tar that is there for what is in it.
pub(crate) enum Outer {
    /// A regular file of this size.
    File(u64),
    /// Another name of a file.
    Link(AbsPath),
    /// A directory or anything else.
    Other,
}

/// Reads the data of one file of a tar.
pub(crate) struct Body<'a, R>(&'a mut TarReader<R>);

impl<R: Read> Read for Body<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.0.body_left).unwrap_or(usize::MAX).min(buf.len());
        let n = self.0.input.read(&mut buf[..most])?;
        self.0.body_left -= n as u64;
        Ok(n)
    }
}

/// A piece of a tar as it was: the bytes of headers and padding, or a part of a file's content
/// (all of it, unless the file has holes).
#[derive(Clone, Debug)]
pub(crate) enum Piece {
    Bytes(Vec<u8>),
    Content(Content, Range<u64>),
}

/// Reads a tar entry by entry.
pub struct TarReader<R> {
    input: R,
    limits: TarLimits,
    offset: u64,
    entries: u64,
    bytes: u64,
    /// All that was read, for whoever wants to write the same tar again.
    pieces: Option<Vec<Piece>>,
    /// What [`Body`] has not read yet.
    body_left: u64,
    /// Through which contents are read.
    buffer: Box<[u8]>,
    is_done: bool,
}

impl<R: Read> TarReader<R> {
    /// Reads from `input`, which is not compressed.
    pub fn new(input: R, limits: TarLimits) -> Self {
        Self {
            input,
            limits,
            offset: 0,
            entries: 0,
            bytes: 0,
            pieces: None,
            body_left: 0,
            buffer: vec![0; BUFFER].into(),
            is_done: false,
        }
    }

    /// As [`TarReader::new`], and keeps what makes up the tar.
    pub(crate) fn recording(input: R, limits: TarLimits) -> Self {
        Self { pieces: Some(Vec::new()), ..Self::new(input, limits) }
    }

    /// Reads what follows the last entry, and hands over the pieces of the whole.
    pub(crate) fn finish(mut self) -> Result<Vec<Piece>, TarError> {
        let mut rest = Vec::new();
        let limit = TRAILER;
        self.input.by_ref().take(limit + 1).read_to_end(&mut rest)?;
        if rest.len() as u64 > limit {
            return Err(TarError::TooLarge { what: "what follows its end".to_owned(), limit });
        }
        self.record(&rest);
        Ok(self.pieces.unwrap_or_default())
    }

    /// All entries.
    ///
    /// # Errors
    /// [`TarError`].
    pub fn read_all(&mut self) -> Result<Vec<Entry>, TarError> {
        let mut entries = Vec::new();
        while let Some(entry) = self.next_entry()? {
            entries.push(entry);
        }
        Ok(entries)
    }

    /// The next entry; none at the end.
    ///
    /// # Errors
    /// [`TarError`].
    pub fn next_entry(&mut self) -> Result<Option<Entry>, TarError> {
        let Some((header, kind, offset, long)) = self.next_raw()? else { return Ok(None) };
        self.entry(&header, kind, offset, long).map(Some)
    }

    /// The next header that stands for a file, with what stood before it.
    fn next_raw(&mut self) -> Result<Option<(Header, EntryType, u64, LongFields)>, TarError> {
        let mut long = LongFields::default();
        loop {
            let offset = self.offset;
            let Some(header) = self.next_header()? else { return Ok(None) };
            let kind = header.entry_type();
            match kind {
                EntryType::XHeader => {
                    let data = self.header_data(&header, offset)?;
                    let records = Records::parse(&data);
                    long.pax = records
                        .ok_or(TarError::Header { offset, why: "its PAX records are malformed" })?;
                }
                // Records for all that follows; Go and Docker ignore them.
                EntryType::XGlobalHeader => drop(self.header_data(&header, offset)?),
                EntryType::GNULongName => {
                    long.name = Some(until_nul(self.header_data(&header, offset)?));
                }
                EntryType::GNULongLink => {
                    long.link = Some(until_nul(self.header_data(&header, offset)?));
                }
                _ => {
                    self.entries += 1;
                    if self.entries > self.limits.entries {
                        let what = "the number of its entries".to_owned();
                        return Err(TarError::TooLarge { what, limit: self.limits.entries });
                    }
                    return Ok(Some((header, kind, offset, long)));
                }
            }
        }
    }

    /// The next file of a tar around other archives, whose data [`TarReader::body`] reads.
    pub(crate) fn next_outer(&mut self) -> Result<Option<(AbsPath, Outer)>, TarError> {
        let Some((header, kind, offset, long)) = self.next_raw()? else { return Ok(None) };
        let name = long.name(&header);
        let path = inside_root(&name)?;
        let outer = match kind {
            EntryType::Regular => Outer::File(long.size(&header, offset)?),
            EntryType::Link => Outer::Link(inside_root(&long.link(&header))?),
            EntryType::Symlink => {
                let dir = path.parent().unwrap_or_else(AbsPath::root);
                Outer::Link(dir.join(long.link(&header)))
            }
            _ => Outer::Other,
        };
        Ok(Some((path, outer)))
    }

    /// The data of a file of `size` bytes.
    pub(crate) fn body(&mut self, size: u64) -> Body<'_, R> {
        self.body_left = size;
        Body(self)
    }

    /// Goes on behind a file of `size` bytes, however much of it was read.
    pub(crate) fn skip_rest(&mut self, path: &AbsPath, size: u64) -> Result<(), TarError> {
        let left = self.body_left;
        let skipped = io::copy(&mut self.input.by_ref().take(left), &mut io::sink())?;
        if skipped != left {
            return Err(TarError::Truncated { inside: path.to_string() });
        }
        self.offset += size;
        self.padding(size, path.as_bytes())
    }

    fn entry(
        &mut self,
        header: &Header,
        kind: EntryType,
        offset: u64,
        long: LongFields,
    ) -> Result<Entry, TarError> {
        let bad = |why| TarError::Header { offset, why };
        let name = long.name(header);
        let size = long.size(header, offset)?;
        let path = inside_root(&name)?;
        let meta = long.meta(header).map_err(bad)?;
        let is_dir_name = name.ends_with(b"/");
        let kind = match kind {
            // The flag of the oldest tars, which tell a directory by its slash.
            EntryType::Regular if header.as_old().linkflag[0] == 0 && is_dir_name => EntryKind::Dir,
            EntryType::Regular | EntryType::GNUSparse => {
                EntryKind::File(self.content(header, kind, offset, &long.pax, size, &name)?)
            }
            EntryType::Directory => EntryKind::Dir,
            EntryType::Symlink => {
                let target = long.link(header);
                if target.is_empty() || target.len() >= PATH_MAX {
                    let why = "is a symbolic link without a usable target";
                    return Err(TarError::Name { name: text(&name), why });
                }
                EntryKind::Symlink(Arc::from(target))
            }
            EntryType::Link => EntryKind::Link(inside_root(&long.link(header))?),
            EntryType::Fifo => EntryKind::Fifo,
            EntryType::Char | EntryType::Block => {
                let (major, minor) = header
                    .as_ustar()
                    .map(|h| (h.dev_major, h.dev_minor))
                    .or_else(|| header.as_gnu().map(|h| (h.dev_major, h.dev_minor)))
                    .unwrap_or_default();
                let part = |bytes: &[u8]| u32::try_from(field(bytes)?).ok();
                let wrong = || bad("its device numbers are out of range");
                let major = part(&major).ok_or_else(wrong)?;
                let minor = part(&minor).ok_or_else(wrong)?;
                let rdev = Rdev { major, minor };
                if kind == EntryType::Char {
                    EntryKind::CharDevice(rdev)
                } else {
                    EntryKind::BlockDevice(rdev)
                }
            }
            other => {
                let kind = other.as_byte() as char;
                return Err(TarError::Kind { name: text(&name), kind });
            }
        };
        // A link or directory has no data, whatever its size field says (Go: `isHeaderOnly`).
        Ok(Entry { path, meta, kind })
    }

    /// Reads a regular file's data with its padding.
    fn content(
        &mut self,
        header: &Header,
        kind: EntryType,
        offset: u64,
        records: &Records,
        size: u64,
        name: &[u8],
    ) -> Result<Content, TarError> {
        let malformed = || TarError::Header { offset, why: "its map of holes is malformed" };
        let mut fragments: Option<(Vec<Fragment>, u64)> = None;
        if kind == EntryType::GNUSparse {
            fragments = Some(self.old_gnu_map(header).ok_or_else(malformed)??);
        } else if let Some(map) = sparse::pax_map(records) {
            fragments = Some(map.ok_or_else(malformed)?);
        }
        let in_data = fragments.is_none() && sparse::map_is_in_data(records);
        let real = match &fragments {
            Some((_, real)) => *real,
            None if in_data => sparse::real_size(records).unwrap_or(size),
            None => size,
        };
        self.count(size, real, name)?;
        let mut left = size;
        if in_data {
            let (map, taken) = self.map_in_data(size, name)?.ok_or_else(malformed)?;
            fragments = Some((map, real));
            left -= taken;
        }
        let mut content = Content::default();
        let Some((fragments, _)) = fragments else {
            self.data_into(&mut content, 0, size, name)?;
            self.keep(&content, 0..size);
            self.padding(size, name)?;
            return Ok(content);
        };
        if !sparse::fits(&fragments, real, left) {
            return Err(malformed());
        }
        for fragment in &fragments {
            self.data_into(&mut content, fragment.offset, fragment.len, name)?;
            left -= fragment.len;
        }
        content.set_len(real);
        for Fragment { offset, len } in fragments {
            self.keep(&content, offset..offset + len);
        }
        let rest = self.data(left, name)?;
        self.record(&rest);
        self.padding(size, name)?;
        Ok(content)
    }

    /// The map of holes that stands before the data, and how much of the data it is; none where it
    /// is malformed.
    fn map_in_data(
        &mut self,
        size: u64,
        name: &[u8],
    ) -> Result<Option<(Vec<Fragment>, u64)>, TarError> {
        let mut map = MapInData::default();
        let mut taken = 0;
        while taken + BLOCK as u64 <= size {
            if taken > self.limits.header {
                let what = format!("the map of holes of {}", text(name));
                return Err(TarError::TooLarge { what, limit: self.limits.header });
            }
            let block = self.data(BLOCK as u64, name)?;
            self.record(&block);
            taken += BLOCK as u64;
            match map.take(&block) {
                Some(true) => return Ok(Some((map.fragments(), taken))),
                Some(false) => {}
                None => return Ok(None),
            }
        }
        Ok(None)
    }

    /// The map of GNU's oldest sparse format, which goes on in blocks of its own.
    #[allow(clippy::type_complexity, reason = "malformed, or not read, or the map")]
    fn old_gnu_map(&mut self, header: &Header) -> Option<Result<(Vec<Fragment>, u64), TarError>> {
        let gnu = header.as_gnu()?;
        let real = u64::try_from(field(&gnu.realsize)?).ok()?;
        let mut fragments = Vec::new();
        let mut take = |rows: &[tar::GnuSparseHeader]| {
            for row in rows.iter().take_while(|row| row.numbytes[0] != 0) {
                let (offset, len) = (field(&row.offset)?, field(&row.numbytes)?);
                fragments.push(Fragment {
                    offset: u64::try_from(offset).ok()?,
                    len: u64::try_from(len).ok()?,
                });
            }
            Some(())
        };
        take(&gnu.sparse)?;
        let mut is_extended = gnu.is_extended();
        while is_extended {
            let block = match self.block() {
                Ok(block) => block?,
                Err(error) => return Some(Err(error)),
            };
            let mut rows = tar::GnuExtSparseHeader::new();
            rows.as_mut_bytes().copy_from_slice(&block);
            take(&rows.sparse)?;
            is_extended = rows.is_extended();
        }
        Some(Ok((fragments, real)))
    }

    /// The next header that is not the end.
    fn next_header(&mut self) -> Result<Option<Header>, TarError> {
        if self.is_done {
            return Ok(None);
        }
        let offset = self.offset;
        let Some(block) = self.block()? else {
            self.is_done = true;
            return Ok(None);
        };
        if block.iter().all(|&b| b == 0) {
            self.is_done = true;
            return match self.block()? {
                Some(next) if next.iter().any(|&b| b != 0) => {
                    Err(TarError::Header { offset, why: "a block of zeros stands before it" })
                }
                _ => Ok(None),
            };
        }
        if !is_header(&block) {
            return Err(TarError::Header { offset, why: "its checksum is wrong, this is no tar" });
        }
        Ok(Some(Header::from_byte_slice(&block).clone()))
    }

    /// The data of a header that holds names or records.
    fn header_data(&mut self, header: &Header, offset: u64) -> Result<Vec<u8>, TarError> {
        let size = field(&header.as_old().size).and_then(|size| u64::try_from(size).ok());
        let size = size.ok_or(TarError::Header { offset, why: "its size is no number" })?;
        if size > self.limits.header {
            let what = "a header with long names or PAX records".to_owned();
            return Err(TarError::TooLarge { what, limit: self.limits.header });
        }
        let data = self.data(size, b"a header")?;
        self.record(&data);
        self.padding(size, b"a header")?;
        Ok(data)
    }

    /// One block; none where the input ends before it.
    fn block(&mut self) -> Result<Option<[u8; BLOCK]>, TarError> {
        let mut block = [0; BLOCK];
        let mut got = 0;
        while got < BLOCK {
            match self.input.read(&mut block[got..]) {
                Ok(0) if got == 0 => return Ok(None),
                Ok(0) => return Err(TarError::Truncated { inside: "a header".to_owned() }),
                Ok(n) => got += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.offset += BLOCK as u64;
        self.record(&block);
        Ok(Some(block))
    }

    /// Reads `len` bytes to their place in a file: block by block, so that a large file is in memory
    /// once at any time.
    fn data_into(
        &mut self,
        content: &mut Content,
        mut offset: u64,
        len: u64,
        name: &[u8],
    ) -> Result<(), TarError> {
        let mut left = len;
        while left > 0 {
            let n = usize::try_from(left).unwrap_or(usize::MAX).min(self.buffer.len());
            let read = self.input.read_exact(&mut self.buffer[..n]);
            read.map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => TarError::Truncated { inside: text(name) },
                _ => error.into(),
            })?;
            content.write_at(offset, &self.buffer[..n]);
            offset += n as u64;
            left -= n as u64;
        }
        self.offset += len;
        Ok(())
    }

    /// `size` bytes; what is said to come is not allocated before it has come.
    fn data(&mut self, size: u64, name: &[u8]) -> Result<Vec<u8>, TarError> {
        let mut data = Vec::with_capacity(size.min(1 << 20) as usize);
        self.input.by_ref().take(size).read_to_end(&mut data)?;
        if data.len() as u64 != size {
            return Err(TarError::Truncated { inside: text(name) });
        }
        data.shrink_to_fit();
        self.offset += size;
        Ok(data)
    }

    /// Reads what fills the last block of a file.
    fn padding(&mut self, size: u64, name: &[u8]) -> Result<(), TarError> {
        let bytes = self.data(size.next_multiple_of(BLOCK as u64) - size, name)?;
        self.record(&bytes);
        Ok(())
    }

    /// Counts a file that has `size` bytes in the archive and is `real` bytes long.
    fn count(&mut self, size: u64, real: u64, name: &[u8]) -> Result<(), TarError> {
        let too_large = |limit| TarError::TooLarge { what: text(name), limit };
        if size.max(real) > self.limits.file {
            return Err(too_large(self.limits.file));
        }
        self.bytes = self.bytes.saturating_add(size);
        if self.bytes > self.limits.bytes {
            return Err(too_large(self.limits.bytes));
        }
        Ok(())
    }

    fn keep(&mut self, content: &Content, range: Range<u64>) {
        if let Some(pieces) = self.pieces.as_mut().filter(|_| !range.is_empty()) {
            pieces.push(Piece::Content(content.clone(), range));
        }
    }

    fn record(&mut self, bytes: &[u8]) {
        let Some(pieces) = self.pieces.as_mut().filter(|_| !bytes.is_empty()) else { return };
        match pieces.last_mut() {
            Some(Piece::Bytes(last)) => last.extend_from_slice(bytes),
            _ => pieces.push(Piece::Bytes(bytes.to_vec())),
        }
    }
}
