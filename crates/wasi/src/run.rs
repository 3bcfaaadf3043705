//! One run of a program.

use vfs::Fs;
use wasmer::{FunctionEnv, Imports, Instance, Store};

use crate::context::{Ending, Env, State};
use crate::fd::{Descriptor, FdTable};
use crate::trap::exit_of_trap;
use crate::{Exit, Limit, Module, Process, Stop, host};

/// The descriptor of the first preopened directory.
const FIRST_PREOPEN: u32 = 3;

/// Runs a program to its end over `fs`, closing all its descriptors.
///
/// # Errors
/// [`Stop`]: it was ended from outside.
pub fn run(module: &Module, fs: &mut Fs, process: Process) -> Result<Exit, Stop> {
    let mut store = Store::new(module.engine().clone());
    let mut state = State {
        started: fs.now(),
        fs: std::mem::take(fs),
        fds: FdTable::new(process.limits.descriptors),
        process,
        calls: 0,
        ending: None,
        hidden: Vec::new(),
        buffer: Vec::new(),
    };
    open_descriptors(&mut state);
    let env = FunctionEnv::new(&mut store, Env { memory: None, state });
    let result = execute(module, &mut store, &env);
    let Env { memory, state } = env.as_mut(&mut store);
    let ending = state.ending.take();
    for descriptor in state.fds.drain().collect::<Vec<_>>() {
        state.release(descriptor);
    }
    for (_, id) in std::mem::take(&mut state.hidden) {
        state.fs.close(id);
    }
    *fs = std::mem::take(&mut state.fs);
    let limits = state.process.limits;
    let memory = memory.take().map_or(0, |memory| memory.view(&store).data_size());
    match (ending, result) {
        (Some(Ending::Exit(exit)), _) => Ok(exit),
        (Some(Ending::Stop(stop)), _) | (None, Err(Ending::Stop(stop))) => Err(stop),
        (None, _) if memory > limits.memory => Err(Stop::Limit(Limit::Memory(limits.memory))),
        (None, Err(Ending::Exit(trap))) => Ok(trap),
        (None, Ok(())) => Ok(Exit::Code(0)),
    }
}

fn open_descriptors(state: &mut State) {
    let preopens = std::mem::take(&mut state.process.preopens);
    for (fd, preopen) in (FIRST_PREOPEN..).zip(preopens) {
        let descriptor = Descriptor::preopen(preopen.guest_name, preopen.node, preopen.beneath);
        state.fds.set(fd, descriptor);
    }
    for (fd, id) in std::mem::take(&mut state.process.fds) {
        if state.fds.get(fd).is_ok() {
            state.hidden.push((fd, id));
        } else {
            let given = true;
            let descriptor = Descriptor { given, ..Descriptor::inherited(&state.fs, id) };
            state.fds.set(fd, descriptor);
        }
    }
}

/// Makes the instance and runs `_start`; an `Err` is a trap (as the exit it means) or a stop.
fn execute(module: &Module, store: &mut Store, env: &FunctionEnv<Env>) -> Result<(), Ending> {
    let not_started = |text: String| Ending::Stop(Stop::Start(text));
    let mut imports = Imports::new();
    for function in module.imports() {
        let made = (function.make)(store, env);
        imports.define(function.module, function.name, made);
    }
    let instance = Instance::new(store, module.wasmer(), &imports)
        .map_err(|err| not_started(err.to_string()))?;
    let limits = env.as_ref(store).state.process.limits;
    host::set_steps(store, &instance, &limits);
    let memory = instance.exports.get_memory("memory").ok().cloned();
    env.as_mut(store).memory = memory;
    let start =
        instance.exports.get_function("_start").map_err(|err| not_started(err.to_string()))?;
    start.call(store, &[]).map(|_| ()).map_err(|err| {
        if host::out_of_steps(store, &instance) {
            Ending::Stop(Stop::Limit(Limit::Steps(limits.steps)))
        } else {
            Ending::Exit(exit_of_trap(&err.message()))
        }
    })
}
