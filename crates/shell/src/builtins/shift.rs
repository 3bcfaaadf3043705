//! `shift`.

use std::rc::Rc;

use crate::Personality;
use crate::shell::{Flow, Run, Shell};

pub(super) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let n = match args.get(1) {
        None => 1,
        Some(arg) => match super::number(arg) {
            Some(n) if n >= 0 => n as usize,
            Some(_) if shell.is_bash() => {
                let text = [arg, b": shift count out of range".as_slice()].concat();
                shell.complain_as(&args[0], text);
                return Ok(1);
            }
            _ => {
                let status = super::illegal_number(shell, &args[0], arg, 1)?;
                return Err(Flow::Discard(status));
            }
        },
    };
    if n > shell.state.positional.len() {
        return match shell.state.personality {
            Personality::Dash => shell.fail(&args[0], "can't shift that many", 1),
            _ => Ok(1),
        };
    }
    Rc::make_mut(&mut shell.state.positional).drain(..n);
    Ok(0)
}
