//! A file of the page's, read piece by piece.

use std::io::{self, Read};

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use web_sys::{File, FileReaderSync};

/// How much of the file is in memory at a time.
const PIECE: u64 = 1 << 20;

/// Reads a file that the user chose; the browser takes the bytes from the disk as they are asked
/// for.
pub struct FileReader<'a> {
    file: File,
    reader: FileReaderSync,
    size: u64,
    at: u64,
    piece: Vec<u8>,
    used: usize,
    on_progress: &'a mut dyn FnMut(u64, u64),
}

impl<'a> FileReader<'a> {
    /// Reads `file` from its beginning; `on_progress` is told after each piece how many bytes were
    /// read, and of how many.
    ///
    /// # Errors
    /// A sentence, where the browser has no synchronous reader.
    pub fn new(file: File, on_progress: &'a mut dyn FnMut(u64, u64)) -> Result<Self, String> {
        let reader = FileReaderSync::new().map_err(|error| sentence(&error))?;
        let size = file.size() as u64;
        Ok(Self { file, reader, size, at: 0, piece: Vec::new(), used: 0, on_progress })
    }

    fn next_piece(&mut self) -> Result<(), JsValue> {
        let end = self.size.min(self.at + PIECE);
        let slice = self.file.slice_with_f64_and_f64(self.at as f64, end as f64)?;
        let bytes = Uint8Array::new(&self.reader.read_as_array_buffer(&slice)?.into());
        self.piece.resize(bytes.length() as usize, 0);
        bytes.copy_to(&mut self.piece);
        self.used = 0;
        self.at = end;
        (self.on_progress)(self.at, self.size);
        Ok(())
    }
}

impl Read for FileReader<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.used == self.piece.len() && self.at < self.size {
            self.next_piece().map_err(|error| io::Error::other(sentence(&error)))?;
        }
        let left = &self.piece[self.used..];
        let n = left.len().min(buf.len());
        buf[..n].copy_from_slice(&left[..n]);
        self.used += n;
        Ok(n)
    }
}

fn sentence(error: &JsValue) -> String {
    let name = js_sys::Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string());
    format!(
        "the browser cannot read the file ({}): it was changed or removed, choose it again",
        name.unwrap_or_else(|| "no reason given".to_owned())
    )
}
