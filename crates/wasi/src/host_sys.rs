//! wasmer's own engine, with Cranelift.

use std::sync::Arc;

use wasmer::sys::{CompilerConfig, Cranelift, EngineBuilder};
use wasmer::{Engine, Instance, Store, Value};

use crate::steps::{self, CountSteps};
use crate::{CompileError, ProcessLimits};

/// An engine for one module: the step counter it compiles in remembers which global it is.
pub(crate) fn engine() -> Engine {
    let mut compiler = Cranelift::new();
    compiler.push_middleware(Arc::new(CountSteps::default()));
    EngineBuilder::new(compiler).engine().into()
}

/// # Safety
/// As [`crate::Module::deserialize`].
pub(crate) unsafe fn deserialize(
    engine: &Engine,
    bytes: &[u8],
) -> Result<wasmer::Module, CompileError> {
    // SAFETY: the caller vouches for the bytes.
    let module = unsafe { wasmer::Module::deserialize(engine, bytes) };
    module.map_err(|err| CompileError::Invalid(err.to_string()))
}

/// Sets what the process may use; called before it runs.
pub(crate) fn set_steps(store: &mut Store, instance: &Instance, limits: &ProcessLimits) {
    let left = i64::try_from(limits.steps).unwrap_or(i64::MAX);
    if let Ok(global) = instance.exports.get_global(steps::EXPORT) {
        let set = global.set(store, Value::I64(left));
        debug_assert!(set.is_ok(), "the counter is a mutable i64");
    }
}

/// Whether a trap was the counter's.
pub(crate) fn out_of_steps(store: &mut Store, instance: &Instance) -> bool {
    let global = instance.exports.get_global(steps::EXPORT);
    global.is_ok_and(|global| matches!(global.get(store), Value::I64(left) if left < 0))
}
