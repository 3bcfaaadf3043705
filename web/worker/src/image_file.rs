//! The image as a file that the page can offer.

use std::io::{self, Write};

use engine::{Build, Engine};
use js_sys::{Array, Uint8Array};
use protocol::ImageFile;
use web_sys::{Blob, BlobPropertyBag, Url};

/// How much of the file is held here before the browser gets it.
const CHUNK: usize = 1 << 20;

/// Writes the image of a build, named `tag`, as `docker save` does.
///
/// # Errors
/// A sentence on why it cannot be written.
pub fn write(engine: &Engine, build: &Build, tag: String) -> Result<ImageFile, String> {
    let image = engine.saved(build, std::slice::from_ref(&tag)).map_err(|e| e.to_string())?;
    let mut out = Parts::default();
    image::write_archive(&[image], &mut out)
        .and_then(|()| out.flush())
        .map_err(|error| error.to_string())?;
    let options = BlobPropertyBag::new();
    options.set_type("application/x-tar");
    let blob = Blob::new_with_u8_array_sequence_and_options(&out.parts, &options);
    let url = blob.and_then(|blob| Url::create_object_url_with_blob(&blob));
    let url = url.map_err(|_| "the browser has no room for the file".to_owned())?;
    Ok(ImageFile { url, bytes: out.bytes, tag })
}

/// A file as the pieces of a `Blob`: the browser keeps them outside of the engine's memory.
#[derive(Default)]
struct Parts {
    parts: Array,
    chunk: Vec<u8>,
    bytes: u64,
}

impl Write for Parts {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes += bytes.len() as u64;
        self.chunk.extend_from_slice(bytes);
        if self.chunk.len() >= CHUNK {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.parts.push(&Uint8Array::from(self.chunk.as_slice()));
        self.chunk.clear();
        Ok(())
    }
}
