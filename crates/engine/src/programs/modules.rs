//! The programs there are, and their modules.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use image::Digest;

/// Which module holds which programs: `userland/programs.txt`, a line `MODULE: NAME NAME ...` each.
const TABLE: &str = include_str!("../../../../userland/programs.txt");

/// Compiles a module: [`wasi::Module::compile`], or that with a cache of the host's.
pub type Compile = Arc<dyn Fn(&[u8]) -> Result<wasi::Module, wasi::CompileError> + Send + Sync>;

/// The modules that have been loaded, shared by all processes of an engine.
#[derive(Clone)]
pub struct Modules(Arc<Mutex<Loaded>>);

struct Loaded {
    compile: Compile,
    /// By the module's name.
    named: BTreeMap<String, wasi::Module>,
    /// Modules found in images, by the digest of their bytes.
    found: BTreeMap<Digest, wasi::Module>,
}

/// The bytes of a program module cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// There is no such module.
    #[error("there is no program module {0}; known are: {known}", known = module_names().collect::<Vec<_>>().join(", "))]
    Unknown(String),
    /// It is no WebAssembly, or not of a kind that runs here.
    #[error("program module {name}: {source}")]
    Compile {
        /// Which.
        name: String,
        /// Why.
        source: wasi::CompileError,
    },
}

impl Modules {
    /// No modules yet.
    #[must_use]
    pub fn new(compile: Compile) -> Self {
        let (named, found) = Default::default();
        Self(Arc::new(Mutex::new(Loaded { compile, named, found })))
    }

    /// Compiles a module and keeps it.
    ///
    /// # Errors
    /// [`LoadError`].
    pub fn load(&self, name: &str, bytes: &[u8]) -> Result<(), LoadError> {
        if !module_names().any(|known| known == name) {
            return Err(LoadError::Unknown(name.to_owned()));
        }
        let compile = self.lock().compile.clone();
        let module = compile(bytes)
            .map_err(|source| LoadError::Compile { name: name.to_owned(), source })?;
        self.lock().named.insert(name.to_owned(), module);
        Ok(())
    }

    /// A module by its name, if it has been loaded.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<wasi::Module> {
        self.lock().named.get(name).cloned()
    }

    /// The module with these bytes, compiled once.
    ///
    /// # Errors
    /// As [`wasi::Module::compile`].
    pub fn compiled(&self, bytes: &[u8]) -> Result<wasi::Module, wasi::CompileError> {
        let digest = Digest::of(bytes);
        if let Some(module) = self.lock().found.get(&digest) {
            return Ok(module.clone());
        }
        let compile = self.lock().compile.clone();
        let module = compile(bytes)?;
        self.lock().found.insert(digest, module.clone());
        Ok(module)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Loaded> {
        // A panic while the lock was held cannot have left the maps half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The names of all modules, in the order in which they are worth fetching.
pub fn module_names() -> impl Iterator<Item = &'static str> {
    table().map(|(module, _)| module)
}

/// The names of all programs, those that the shell itself answers to among them.
pub fn program_names() -> impl Iterator<Item = &'static str> {
    table().flat_map(|(_, programs)| programs.split_whitespace()).chain(super::SHELLS)
}

/// The module that holds a program.
#[must_use]
pub fn module_of(program: &str) -> Option<&'static str> {
    table()
        .find(|(_, programs)| programs.split_whitespace().any(|name| name == program))
        .map(|row| row.0)
}

fn table() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(':'))
}
