//! `eval`.

use crate::shell::{Run, Shell};

pub(super) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let rest = if args.get(1).is_some_and(|arg| arg == b"--") { &args[2..] } else { &args[1..] };
    let text = rest.join(b" ".as_slice());
    if text.is_empty() {
        return Ok(0);
    }
    let line = shell.state.line;
    let out = shell.eval_text(&text);
    shell.state.line = line;
    out
}
