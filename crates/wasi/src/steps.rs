//! Counting loop turns and function calls, so that a program without end has one.

use std::sync::OnceLock;

use wasmer::sys::wasmparser::{BlockType, Operator};
use wasmer::sys::{FunctionMiddleware, MiddlewareError, MiddlewareReaderState, ModuleMiddleware};
use wasmer::{
    ExportIndex, GlobalInit, GlobalType, LocalFunctionIndex, ModuleInfo, Mutability, Type,
};

/// The name under which the host finds the counter.
pub(crate) const EXPORT: &str = "layerlab: steps left";

/// Compiles a countdown into a module: a global that every loop turn and every function call takes
/// one from, and a trap when it falls below 0. An instance of it serves one module.
#[derive(Debug, Default)]
pub(crate) struct CountSteps {
    global: OnceLock<u32>,
}

impl ModuleMiddleware for CountSteps {
    fn transform_module_info(&self, info: &mut ModuleInfo) -> Result<(), MiddlewareError> {
        let global = info.globals.push(GlobalType::new(Type::I64, Mutability::Var));
        info.global_initializers.push(GlobalInit::I64Const(i64::MAX));
        info.exports.insert(EXPORT.to_owned(), ExportIndex::Global(global));
        self.global
            .set(global.as_u32())
            .map_err(|_| MiddlewareError::new("CountSteps", "serves one module only"))
    }

    fn generate_function_middleware<'a>(
        &self,
        _: LocalFunctionIndex,
    ) -> Box<dyn FunctionMiddleware<'a> + 'a> {
        Box::new(CountInFunction { global: self.global.get().copied(), entered: false })
    }
}

#[derive(Debug)]
struct CountInFunction {
    global: Option<u32>,
    entered: bool,
}

impl<'a> FunctionMiddleware<'a> for CountInFunction {
    fn feed(
        &mut self,
        operator: Operator<'a>,
        state: &mut MiddlewareReaderState<'a>,
    ) -> Result<(), MiddlewareError> {
        let global_index = self
            .global
            .ok_or_else(|| MiddlewareError::new("CountSteps", "the module is unknown"))?;
        let count = [
            Operator::GlobalGet { global_index },
            Operator::I64Const { value: 1 },
            Operator::I64Sub,
            Operator::GlobalSet { global_index },
            Operator::GlobalGet { global_index },
            Operator::I64Const { value: 0 },
            Operator::I64LtS,
            Operator::If { blockty: BlockType::Empty },
            Operator::Unreachable,
            Operator::End,
        ];
        if !self.entered {
            self.entered = true;
            state.extend(count.clone());
        }
        let turns = matches!(operator, Operator::Loop { .. });
        state.push_operator(operator);
        if turns {
            state.extend(count);
        }
        Ok(())
    }
}
