//! Layers and archives are compressed in different ways; the first bytes tell how.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// How bytes are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Compression {
    #[default]
    None,
    Gzip,
    Zstd,
    Bzip2,
    Xz,
}

/// What a decompressed stream may be, compared with what came in: more than this is a bomb.
/// Deflate reaches 1,032 at most, so no gzip is refused for it.
const MAX_RATIO: u64 = 1_100;
/// Streams up to this size are not measured: a file of zeros of this size is nobody's bomb.
const UNMEASURED: u64 = 256 << 20;

/// What an xz stream may ask for, enough for `xz -9`.
const XZ_MEMORY_KIB: u32 = 128 << 10;

/// More came out than can be honest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it decompresses to more than {MAX_RATIO} times its size; this is no image but a trap")]
pub struct Bomb;

impl Compression {
    /// Tells it by the first bytes (moby/go-archive `compression.go`): six suffice.
    #[must_use]
    pub fn detect(start: &[u8]) -> Self {
        let is_skippable_zstd =
            |b: &[u8]| b.len() >= 4 && b[0] & 0xf0 == 0x50 && b[1..4] == [0x2a, 0x4d, 0x18];
        match start {
            [0x1f, 0x8b, 0x08, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            [b'B', b'Z', b'h', ..] => Self::Bzip2,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Self::Xz,
            start if is_skippable_zstd(start) => Self::Zstd,
            _ => Self::None,
        }
    }

    /// As people and media types call it; empty for none.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
        }
    }
}

/// Decompresses `input` by what it is; bytes that are not compressed come through as they are.
///
/// # Errors
/// Those of `input`. Errors of the stream itself come when it is read; one of them is [`Bomb`].
pub fn decompress<'a>(input: impl Read + 'a) -> io::Result<(Compression, Box<dyn Read + 'a>)> {
    let taken = Rc::new(Cell::new(0));
    let counted = CountRead { inner: input, count: Rc::clone(&taken) };
    let mut input = BufReader::with_capacity(1 << 16, counted);
    // The first read fills the buffer, or gets what there is; six bytes are there unless the
    // reader hands them out one by one.
    let mut start = Vec::new();
    while start.len() < 6
        && input.by_ref().take(6 - start.len() as u64).read_to_end(&mut start)? > 0
    {}
    let compression = Compression::detect(&start);
    let input = io::Cursor::new(start).chain(input);
    let plain: Box<dyn Read + 'a> = match compression {
        Compression::None => return Ok((compression, Box::new(input))),
        Compression::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(input)),
        Compression::Zstd => {
            Box::new(ZstdFrames { input, decoder: FrameDecoder::new(), in_frame: false })
        }
        Compression::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(input)),
        Compression::Xz => {
            Box::new(lzma_rust2::XzReader::new_mem_limit(input, true, XZ_MEMORY_KIB))
        }
    };
    Ok((compression, Box::new(Measured { inner: plain, taken, given: 0 })))
}

struct CountRead<R> {
    inner: R,
    count: Rc<Cell<u64>>,
}

impl<R: Read> Read for CountRead<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.count.set(self.count.get() + n as u64);
        Ok(n)
    }
}

/// Stops when too much comes out.
struct Measured<R> {
    inner: R,
    taken: Rc<Cell<u64>>,
    given: u64,
}

impl<R: Read> Read for Measured<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.given += n as u64;
        if self.given > UNMEASURED && self.given / MAX_RATIO > self.taken.get() {
            return Err(io::Error::other(Bomb));
        }
        Ok(n)
    }
}

/// All frames of a zstd stream, one after another; skippable ones are skipped.
struct ZstdFrames<R> {
    input: R,
    decoder: FrameDecoder,
    in_frame: bool,
}

impl<R: BufRead> Read for ZstdFrames<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while !buf.is_empty() {
            if self.in_frame {
                while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                    let step = BlockDecodingStrategy::UptoBlocks(1);
                    self.decoder.decode_blocks(&mut self.input, step).map_err(io::Error::other)?;
                }
                let n = self.decoder.read(buf)?;
                if n > 0 {
                    return Ok(n);
                }
                let expected = self.decoder.get_checksum_from_data();
                if expected.is_some() && expected != self.decoder.get_calculated_checksum() {
                    return Err(io::Error::other("the checksum of a zstd frame is wrong"));
                }
                self.in_frame = false;
            }
            if self.input.fill_buf()?.is_empty() {
                break;
            }
            match self.decoder.reset(&mut self.input) {
                Ok(()) => self.in_frame = true,
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    io::copy(&mut self.input.by_ref().take(length.into()), &mut io::sink())?;
                }
                Err(error) => return Err(io::Error::other(error)),
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_that_grows_without_end_is_stopped() {
        let read = |taken: u64, size: u64| {
            let inner = io::repeat(0).take(size);
            let mut stream = Measured { inner, taken: Rc::new(Cell::new(taken)), given: 0 };
            let mut buf = vec![0; 1 << 20];
            loop {
                match stream.read(&mut buf) {
                    Ok(0) => return Ok(()),
                    Ok(_) => {}
                    Err(error) => return Err(error.to_string()),
                }
            }
        };
        assert_eq!(read(100, UNMEASURED), Ok(()), "small enough");
        assert_eq!(read(UNMEASURED / 1000, UNMEASURED + (1 << 20)), Ok(()), "a gzip of zeros");
        assert!(read(100, UNMEASURED * 2).unwrap_err().contains("more than 1100 times"));
    }

    #[test]
    fn the_first_bytes_tell() {
        for (start, expected) in [
            (&b"\x1f\x8b\x08"[..], Compression::Gzip),
            (b"\x28\xb5\x2f\xfd", Compression::Zstd),
            (b"\x5a\x2a\x4d\x18", Compression::Zstd),
            (b"BZh9", Compression::Bzip2),
            (b"\xfd7zXZ\0", Compression::Xz),
            (b"etc/passwd", Compression::None),
            (b"", Compression::None),
        ] {
            assert_eq!(Compression::detect(start), expected);
        }
    }
}
