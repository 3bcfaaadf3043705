//! What every program of the userland shares.
//!
//! The `layerlab_v1` calls (modes, owners, umask, processes) behind safe functions, options and
//! messages in GNU's manner, and a standard output that knows about closed pipes.
//! Built natively, the same functions answer from the operating system, so that each program can
//! be tested beside the tool it follows.

pub mod accounts;
mod choose;
pub mod civil;
mod errno;
pub mod float;
pub mod glob;
#[cfg_attr(target_family = "wasm", path = "host_wasm.rs")]
#[cfg_attr(not(target_family = "wasm"), path = "host_native.rs")]
mod host;
pub mod input;
pub mod mode;
pub mod number;
mod opt;
pub mod order;
pub mod out;
pub mod quote;
mod say;
mod stat;

pub use choose::choose;
pub use errno::strerror;
pub use host::*;
pub use opt::{Arg, Long, Opt, Opts};
pub use say::{
    Failed, exit, extra_operand, fail, failure_status, missing_operand, name, set_failure_status,
    set_name, set_usage, try_help, warn,
};
pub use stat::{Kind, Room, Stat};

use std::ffi::{OsStr, OsString};

#[cfg(unix)]
use std::os::unix::ffi::{OsStrExt, OsStringExt};
#[cfg(target_os = "wasi")]
use std::os::wasi::ffi::{OsStrExt, OsStringExt};

/// The bytes of an argument or of a path.
pub fn bytes<S: AsRef<OsStr> + ?Sized>(text: &S) -> &[u8] {
    text.as_ref().as_bytes()
}

/// An argument or a path made of these bytes.
pub fn os(bytes: impl Into<Vec<u8>>) -> OsString {
    OsString::from_vec(bytes.into())
}

/// Prepares the process: the working directory becomes the one the host gives.
///
/// wasi-libc starts every program at `/`; natively there is nothing to do.
/// A directory that was removed meanwhile leaves the program at `/`.
pub fn enter_cwd() {
    #[cfg(target_family = "wasm")]
    if let Ok(dir) = getcwd()
        && bytes(&dir) != b"/"
    {
        let _ = std::env::set_current_dir(dir);
    }
}

/// Runs a program to its end with this environment and the standard descriptors of this process.
///
/// The answer is as for [`spawn_with`].
pub fn spawn<S: AsRef<OsStr>>(
    argv: &[S],
    env: &[(OsString, OsString)],
    cwd: Option<&std::path::Path>,
) -> std::io::Result<u32> {
    spawn_with(argv, env, cwd, &[(0, 0), (1, 1), (2, 2)])
}

/// A variable of the environment, if it is set and not empty.
pub fn env(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Whether the locale's character set is UTF-8 (`LC_ALL`, `LC_CTYPE` or `LANG`, the first set).
///
/// GNU's tools answer with typographic quotes in such a locale and with ASCII ones in the others.
pub fn utf8_locale() -> bool {
    let Some(locale) = env("LC_ALL").or_else(|| env("LC_CTYPE")).or_else(|| env("LANG")) else {
        return false;
    };
    let locale = locale.to_string_lossy().to_ascii_lowercase();
    locale.ends_with("utf-8") || locale.ends_with("utf8")
}
