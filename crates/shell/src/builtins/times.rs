//! `times`: no processor time passes here.

use crate::shell::{Run, Shell};

pub(super) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let line = if shell.is_bash() { "0m0.000s 0m0.000s\n" } else { "0m0.000000s 0m0.000000s\n" };
    shell.print(&args[0], line.repeat(2).as_bytes())
}
