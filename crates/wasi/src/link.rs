//! From the name of an import to the function that answers it.

use wasmer::{Function, FunctionEnv, FunctionEnvMut, RuntimeError, Store};

use crate::context::{Answer, Cx, Env, enter};

/// A function a module may import.
pub(crate) struct HostFunction {
    pub module: &'static str,
    pub name: &'static str,
    /// Makes it for one process. Only what a module imports is made: in the browser each costs a
    /// JS function.
    pub make: fn(&mut Store, &FunctionEnv<Env>) -> Function,
}

/// The function that answers an import, if there is one.
pub(crate) fn find(module: &str, name: &str) -> Option<&'static HostFunction> {
    let table = match module {
        crate::abi::MODULE => crate::calls::TABLE,
        crate::ext::MODULE => crate::ext::TABLE,
        _ => return None,
    };
    table.iter().find(|function| function.name == name)
}

/// A table of functions that answer an errno: `name(parameter: type, ...)`.
///
/// The closures capture nothing, because wasmer's `js` backend takes functions only.
macro_rules! table {
    ($module:expr; $($kind:ident $name:ident ( $($parameter:ident : $type:ty),* );)*) => {
        &[$(
            crate::link::HostFunction {
                module: $module,
                name: stringify!($name),
                make: |store, env| {
                    ::wasmer::Function::new_typed_with_env(
                        store,
                        env,
                        |mut env: ::wasmer::FunctionEnvMut<'_, crate::context::Env>,
                         $($parameter: $type),*| {
                            crate::link::$kind(&mut env, |cx| $name::$name(cx, $($parameter),*))
                        },
                    )
                },
            },
        )*]
    };
}
pub(crate) use table;

/// A call that answers an errno.
pub(crate) fn call(
    env: &mut FunctionEnvMut<'_, Env>,
    call: impl FnOnce(&mut Cx<'_>) -> Answer,
) -> Result<u32, RuntimeError> {
    enter(env, |cx| call(cx).map(|()| 0))
}

/// A call that answers a number and never fails.
pub(crate) fn value(
    env: &mut FunctionEnvMut<'_, Env>,
    call: impl FnOnce(&mut Cx<'_>) -> u32,
) -> Result<u32, RuntimeError> {
    enter(env, |cx| Ok(call(cx)))
}

/// A call that does not come back.
pub(crate) fn end(
    env: &mut FunctionEnvMut<'_, Env>,
    call: impl FnOnce(&mut Cx<'_>) -> Answer,
) -> Result<(), RuntimeError> {
    enter(env, |cx| call(cx).map(|()| 0)).map(|_| ())
}
