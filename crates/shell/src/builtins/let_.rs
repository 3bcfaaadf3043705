//! `let`.

use crate::shell::{Flow, Run, Shell};

pub(super) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    if args.len() < 2 {
        return shell.fail(&args[0], "expression expected", 1);
    }
    let mut value = 0;
    for arg in &args[1..] {
        let before = std::mem::replace(&mut shell.state.arith_prefix, "let: ");
        let result = shell.arithmetic(arg);
        shell.state.arith_prefix = before;
        value = match result {
            Ok(value) => value,
            Err(Flow::Discard(status)) => return Ok(status),
            Err(flow) => return Err(flow),
        };
    }
    Ok(u8::from(value == 0))
}
