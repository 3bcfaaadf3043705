//! Compiled programs.

use std::sync::Arc;

use wasmer::{Engine, ExternType};

use crate::host;
use crate::limit::{MAX_MEMORY, with_memory_limit};
use crate::link::{self, HostFunction};

/// A program, compiled. Cloning shares it.
#[derive(Clone)]
pub struct Module(Arc<Inner>);

struct Inner {
    engine: Engine,
    module: wasmer::Module,
    imports: Vec<&'static HostFunction>,
}

/// Why bytes are not a program that runs here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    /// The bytes are not a valid WebAssembly module.
    #[error("not a valid WebAssembly module: {0}")]
    Invalid(String),
    /// Its memory cannot be limited.
    #[error(
        "memory not supported here: more than {MAX_MEMORY} bytes from the start, shared, or 64-bit"
    )]
    Memory,
    /// It imports something that is not provided.
    #[error("import not supported here: `{name}` of module `{module}`")]
    Import {
        /// The import's module.
        module: String,
        /// The import's name.
        name: String,
    },
    /// It has no `_start`: it is a library (a "reactor") and no command.
    #[error("not a command: the module exports no function `_start`")]
    NotACommand,
}

impl Module {
    /// Compiles a WASI command module.
    ///
    /// # Errors
    /// [`CompileError`].
    pub fn compile(bytes: &[u8]) -> Result<Self, CompileError> {
        if !bytes.starts_with(b"\0asm\x01\0\0\0") {
            let text = "the first 8 bytes are not those of a module of version 1";
            return Err(CompileError::Invalid(text.to_owned()));
        }
        let limited = with_memory_limit(bytes);
        let engine = host::engine();
        let module = wasmer::Module::new(&engine, limited.as_deref().unwrap_or(bytes))
            .map_err(|err| CompileError::Invalid(err.to_string()))?;
        if limited.is_none() {
            return Err(CompileError::Memory);
        }
        Self::link(engine, module)
    }

    fn link(engine: Engine, module: wasmer::Module) -> Result<Self, CompileError> {
        let imports = module
            .imports()
            .map(|import| {
                let function = matches!(import.ty(), ExternType::Function(_));
                link::find(import.module(), import.name()).filter(|_| function).ok_or_else(|| {
                    let (module, name) = (import.module().to_owned(), import.name().to_owned());
                    CompileError::Import { module, name }
                })
            })
            .collect::<Result<_, _>>()?;
        let is_start =
            |name: &str, ty: &ExternType| name == "_start" && matches!(ty, ExternType::Function(_));
        if !module.exports().any(|export| is_start(export.name(), export.ty())) {
            return Err(CompileError::NotACommand);
        }
        Ok(Self(Arc::new(Inner { engine, module, imports })))
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.0.engine
    }

    pub(crate) fn wasmer(&self) -> &wasmer::Module {
        &self.0.module
    }

    pub(crate) fn imports(&self) -> &[&'static HostFunction] {
        &self.0.imports
    }
}

#[cfg(not(target_family = "wasm"))]
impl Module {
    /// The compiled program, to be kept on disk; only this build on this kind of machine reads it.
    ///
    /// # Errors
    /// [`CompileError::Invalid`] if the compiler's artifact cannot be written out.
    pub fn serialize(&self) -> Result<Vec<u8>, CompileError> {
        let bytes = self.0.module.serialize();
        bytes.map(|bytes| bytes.to_vec()).map_err(|err| CompileError::Invalid(err.to_string()))
    }

    /// Reads what [`Module::serialize`] wrote.
    ///
    /// # Errors
    /// [`CompileError`]; an artifact of another version of the compiler is `Invalid`.
    ///
    /// # Safety
    /// The bytes are machine code that will be run: they must come from [`Module::serialize`], and
    /// nobody else may have had the chance to change them.
    pub unsafe fn deserialize(bytes: &[u8]) -> Result<Self, CompileError> {
        let engine = host::engine();
        // SAFETY: the caller vouches for the bytes.
        let module = unsafe { host::deserialize(&engine, bytes) }?;
        Self::link(engine, module)
    }
}
