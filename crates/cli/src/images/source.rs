//! Reads the images of a file or a folder.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use image::{Archive, ArchiveReader, TarLimits, read_archive};
use vfs::AbsPath;

use super::ImageError;

/// What an archive on this machine may hold: it has more room than a browser's tab.
const LIMITS: TarLimits =
    TarLimits { bytes: 64 << 30, entries: 20_000_000, file: 32 << 30, header: 1 << 20 };

/// Reads an archive, or the folder of an OCI layout; `-` is standard input.
pub fn read(path: &Path) -> Result<Archive, ImageError> {
    let failed = |error| ImageError::Read { path: path.into(), error };
    let refused = |error| ImageError::Archive { path: path.into(), error };
    if path == Path::new("-") {
        return read_archive(io::stdin().lock(), LIMITS).map_err(refused);
    }
    if !path.is_dir() {
        return read_archive(File::open(path).map_err(failed)?, LIMITS).map_err(refused);
    }
    let mut reader = ArchiveReader::new(LIMITS);
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let file = entry.map_err(failed)?.path();
            if file.is_dir() {
                folders.push(file);
                continue;
            }
            let name = file.strip_prefix(path).unwrap_or(&file).to_string_lossy().into_owned();
            let mut input = File::open(&file).map_err(failed)?;
            reader.add(AbsPath::new(name), &mut input).map_err(refused)?;
        }
    }
    reader.finish().map_err(refused)
}
