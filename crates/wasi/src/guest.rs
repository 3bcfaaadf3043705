//! The process's linear memory: every access checked, every transfer in one piece.
//!
//! In the browser each access crosses into JS, so calls read a whole structure or list at once and
//! write their result at once.

use vfs::PATH_MAX;
use wasmer::MemoryView;

use crate::Errno;
use crate::context::Answer;

/// `IOV_MAX`: how many buffers one call may name.
const IOV_MAX: u32 = 1024;

/// The memory during one host call.
pub(crate) struct Guest<'a> {
    view: Option<MemoryView<'a>>,
}

/// A buffer in the process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub ptr: u32,
    pub len: u32,
}

impl<'a> Guest<'a> {
    /// `None` is what a module without memory has: every access fails.
    pub fn new(view: Option<MemoryView<'a>>) -> Self {
        Self { view }
    }

    /// Size in bytes.
    pub fn size(&self) -> u64 {
        self.view.as_ref().map_or(0, MemoryView::data_size)
    }

    /// Fails with `fault` unless all of the buffer lies in the memory. To be asked before a call
    /// has effects, so that a bad pointer has none.
    pub fn check(&self, ptr: u32, len: u32) -> Answer {
        let inside = u64::from(ptr) + u64::from(len) <= self.size();
        if inside { Ok(()) } else { Err(Errno::FAULT.into()) }
    }

    pub fn read(&self, ptr: u32, len: u32) -> Answer<Vec<u8>> {
        self.check(ptr, len)?;
        let mut out = vec![0; len as usize];
        self.read_into(ptr, &mut out)?;
        Ok(out)
    }

    pub fn read_into(&self, ptr: u32, out: &mut [u8]) -> Answer {
        if out.is_empty() {
            return Ok(());
        }
        let view = self.view.as_ref().ok_or(Errno::FAULT)?;
        view.read(ptr.into(), out).map_err(|_| Errno::FAULT.into())
    }

    pub fn write(&self, ptr: u32, bytes: &[u8]) -> Answer {
        if bytes.is_empty() {
            return Ok(());
        }
        let view = self.view.as_ref().ok_or(Errno::FAULT)?;
        view.write(ptr.into(), bytes).map_err(|_| Errno::FAULT.into())
    }

    pub fn write_u32(&self, ptr: u32, value: u32) -> Answer {
        self.write(ptr, &value.to_le_bytes())
    }

    pub fn write_u64(&self, ptr: u32, value: u64) -> Answer {
        self.write(ptr, &value.to_le_bytes())
    }

    /// A path. Longer ones than the kernel takes are not even read.
    pub fn path(&self, ptr: u32, len: u32) -> Answer<Vec<u8>> {
        if len as usize >= PATH_MAX {
            return Err(Errno::NAMETOOLONG.into());
        }
        self.read(ptr, len)
    }

    /// A list of buffers (`iovec`, `ciovec`), every one of them inside the memory.
    pub fn spans(&self, ptr: u32, count: u32) -> Answer<Vec<Span>> {
        if count > IOV_MAX {
            return Err(Errno::INVAL.into());
        }
        let raw = self.read(ptr, count * 8)?;
        raw.chunks_exact(8)
            .map(|pair| {
                let span = Span { ptr: u32_at(pair, 0), len: u32_at(pair, 4) };
                self.check(span.ptr, span.len)?;
                Ok(span)
            })
            .collect()
    }

    /// What the buffers hold, one after the other, at most `limit` bytes.
    pub fn gather(&self, spans: &[Span], limit: usize, out: &mut Vec<u8>) -> Answer {
        out.clear();
        for span in spans {
            let start = out.len();
            let len = (span.len as usize).min(limit - start);
            out.resize(start + len, 0);
            self.read_into(span.ptr, &mut out[start..])?;
        }
        Ok(())
    }

    /// Fills the buffers one after the other; `bytes` must not be longer than they are together.
    pub fn scatter(&self, spans: &[Span], mut bytes: &[u8]) -> Answer {
        for span in spans {
            let (now, later) = bytes.split_at(bytes.len().min(span.len as usize));
            self.write(span.ptr, now)?;
            bytes = later;
            if bytes.is_empty() {
                break;
            }
        }
        Ok(())
    }
}

/// How many bytes the buffers hold together, at most `limit`.
pub(crate) fn total(spans: &[Span], limit: usize) -> usize {
    spans.iter().fold(0, |sum: usize, span| sum.saturating_add(span.len as usize)).min(limit)
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(array_at(bytes, at))
}

pub(crate) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(array_at(bytes, at))
}

pub(crate) fn array_at<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&bytes[at..at + N]);
    out
}
