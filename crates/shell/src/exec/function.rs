//! Calling functions.

use std::rc::Rc;

use crate::shell::{Flow, Run, Shell};
use crate::syntax::ir::Function;

impl Shell<'_> {
    pub(crate) fn call_function(
        &mut self,
        name: &[u8],
        function: &Rc<Function>,
        argv: &[Vec<u8>],
    ) -> Run {
        let positional = std::mem::replace(&mut self.state.positional, Rc::new(argv[1..].to_vec()));
        let function_line = std::mem::replace(&mut self.state.function_line, function.line);
        let (loops, line) = (self.state.loops, self.state.line);
        // In ash a `break` in a function leaves the loop around its call.
        if self.state.personality != crate::Personality::Ash {
            self.state.loops = 0;
        }
        let name = crate::text::decode(name).into_owned();
        Rc::make_mut(&mut self.state.functions_running).push(name);
        self.state.call_lines.push(line);
        self.state.vars.push_scope();
        let traces = self.state.options.functrace;
        let (debug_trap, return_trap) = if traces {
            (None, None)
        } else {
            (self.state.debug_trap.take(), self.state.return_trap.take())
        };
        let err_trap = if self.state.options.errtrace { None } else { self.state.err_trap.take() };
        let mut out = self.deeper(|shell| shell.run_command(&function.body));
        if self.state.return_trap.is_some()
            && matches!(out, Ok(_) | Err(Flow::Return(_)))
            && let Err(flow) = self.run_return_trap()
        {
            out = Err(flow);
        }
        if !traces {
            self.state.debug_trap = self.state.debug_trap.take().or(debug_trap);
            self.state.return_trap = self.state.return_trap.take().or(return_trap);
        }
        if self.state.err_trap.is_none() {
            self.state.err_trap = err_trap.or_else(|| self.state.err_trap.take());
        }
        self.state.vars.pop_scope();
        Rc::make_mut(&mut self.state.functions_running).pop();
        self.state.call_lines.pop();
        self.state.positional = positional;
        self.state.function_line = function_line;
        self.state.loops = loops;
        self.state.line = line;
        match out {
            Err(Flow::Return(status)) => Ok(status),
            out => out,
        }
    }
}
