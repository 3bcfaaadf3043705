//! WASI preview 1 over a vfs, on wasmer: natively with a compiler, in the browser with the browser's own.
