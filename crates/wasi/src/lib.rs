//! WASI preview 1 over a [`vfs::Fs`], on wasmer: its own compiler natively, the browser's there.
//!
//! [`Module`] is a compiled command module, [`Process`] is what one run of it is given, and [`run()`]
//! runs it to its end with the filesystem moved in and back out.
//! Nothing here waits: a clock that is slept on is set forward, and a read from a pipe whose writer
//! is still to run ends the process with [`Stop::Blocked`], for the caller to roll back and repeat.
//!
//! Besides the calls of `wasi_snapshot_preview1` (one file each in `calls/`) a module may import
//! `layerlab_v1` (in `ext/`, described in `docs/layerlab_v1.md`): modes, owners, users, processes.
//!
//! What cannot be interrupted: a loop without host calls is ended natively by
//! [`ProcessLimits::steps`], which the compiler counts; the browser's engine counts nothing, and
//! there only ending the worker ends such a loop. Loops that make host calls end on both by
//! [`ProcessLimits::calls`] and [`Process::interrupt`].

mod abi;
mod calls;
mod context;
mod errno;
mod ext;
mod fd;
mod guest;
mod limit;
mod link;
mod module;
mod process;
mod run;
#[cfg(not(target_family = "wasm"))]
mod steps;
mod trap;

#[cfg_attr(target_family = "wasm", path = "host_js.rs")]
#[cfg_attr(not(target_family = "wasm"), path = "host_sys.rs")]
mod host;

pub use errno::Errno;
pub use limit::MAX_MEMORY;
pub use module::{CompileError, Module};
pub use process::{
    Exit, Interrupt, Limit, Preopen, Process, ProcessLimits, Spawn, SpawnError, SpawnRequest, Stop,
    Winsize,
};
pub use run::run;
