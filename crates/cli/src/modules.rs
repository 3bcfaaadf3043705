//! Finds the program modules on this machine.

use std::path::PathBuf;

/// A program module cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ModuleError {
    /// None of the places has it.
    #[error(
        "program module {name}.wasm is in none of {}; `cargo xtask build-userland` makes it, \
         LAYERLAB_USERLAND names another folder", .places.join(", ")
    )]
    NotFound {
        /// Which.
        name: String,
        /// Where it was looked for.
        places: Vec<String>,
    },
    /// The engine does not take it.
    #[error(transparent)]
    Load(#[from] engine::LoadError),
}

/// The bytes of a module, from the folder `LAYERLAB_USERLAND`, from `userland` beside this
/// executable, or from the source tree this executable was built in.
///
/// # Errors
/// [`ModuleError::NotFound`].
pub fn read(name: &str) -> Result<Vec<u8>, ModuleError> {
    let places = places();
    places
        .iter()
        .find_map(|place| std::fs::read(place.join(format!("{name}.wasm"))).ok())
        .ok_or_else(|| ModuleError::NotFound {
            name: name.to_owned(),
            places: places.iter().map(|place| place.display().to_string()).collect(),
        })
}

fn places() -> Vec<PathBuf> {
    let named = std::env::var_os("LAYERLAB_USERLAND").map(PathBuf::from);
    let beside = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join("userland")));
    let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../userland/dist");
    named.into_iter().chain(beside).chain(std::iter::once(source)).collect()
}
