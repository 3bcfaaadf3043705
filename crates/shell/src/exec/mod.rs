//! Commands, from lists down to programs.

mod assign;
mod compound;
mod function;
mod list;
mod pipeline;
mod program;
mod redirect;
mod script;
mod simple;
mod substitute;
mod test_command;
mod trace;
mod traps;

pub(crate) use program::Lookup;
pub(crate) use substitute::Consumer;
