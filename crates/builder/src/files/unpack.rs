//! `ADD` of an archive: what is in it instead of itself.

use image::{TarLimits, TarReader, decompress};
use vfs::{AbsPath, Content, Fs, Kind, Timestamp, Tree};

use super::{CopyOptions, FileError, make_dirs, resolved};

/// Whether the file is an archive: it decompresses and its first header can be read
/// (`isArchivePath` in `solver/llbsolver/file/unpack.go`). Its name does not matter.
pub(crate) fn is_archive(tree: &Tree, path: &AbsPath) -> bool {
    let Some(content) = content_at(tree, path) else { return false };
    let Ok((_, tar)) = decompress(content.reader()) else { return false };
    TarReader::new(tar, TarLimits::default()).next_entry().is_ok_and(|entry| entry.is_some())
}

/// Unpacks an archive of `from` into the directory `dest` of `to`, which is made if it is missing.
/// Owners are those of the archive unless `options` says otherwise.
///
/// # Errors
/// [`FileError`]; `to` should then be dropped.
pub(crate) fn unpack(
    from: &Tree,
    archive: &AbsPath,
    to: Tree,
    dest: &AbsPath,
    options: &CopyOptions,
    now: Timestamp,
) -> Result<Tree, FileError> {
    let broken = |cause: String| FileError::Archive { path: archive.clone(), cause };
    let content = content_at(from, archive).ok_or_else(|| broken("is no file".to_owned()))?;
    let (_, tar) = decompress(content.reader()).map_err(|error| broken(error.to_string()))?;
    let mut entries = TarReader::new(tar, TarLimits::default())
        .read_all()
        .map_err(|error| broken(error.to_string()))?;
    // The directory that is unpacked into keeps its attributes.
    entries.retain(|entry| !entry.path.is_root());
    if let Some((uid, gid)) = options.owner {
        for entry in &mut entries {
            (entry.meta.uid, entry.meta.gid) = (uid, gid);
        }
    }
    let parents = CopyOptions { mode: None, ..options.clone() };
    let mut tree = make_dirs(to, dest, &parents, now)?;
    let dest = resolved(&Fs::new(tree.clone(), vfs::Limits::default()), dest);
    image::unpack(&mut tree, &dest, &entries).map_err(|error| broken(error.to_string()))?;
    Ok(tree)
}

/// The content of a file; none for what is modelled, which is no archive and could take long to read.
fn content_at<'t>(tree: &'t Tree, path: &AbsPath) -> Option<&'t Content> {
    match &tree.lookup(path)?.1.kind {
        Kind::File(content) if !content.is_synthetic() => Some(content),
        _ => None,
    }
}
