//! `jobs`, `fg`, `bg`, `disown`: background jobs have always ended.

use crate::shell::{Run, Shell};

pub(super) fn run(_: &mut Shell<'_>, _: &[Vec<u8>]) -> Run {
    Ok(0)
}

pub(super) fn fg_bg(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    if shell.is_bash() {
        shell.complain_as(&args[0], "no job control");
        return Ok(1);
    }
    shell.fail(&args[0], "No current job", 1)
}

pub(super) fn disown(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    if args.len() == 1 && shell.state.jobs.0.is_empty() {
        shell.complain_as(&args[0], "current: no such job");
        return Ok(1);
    }
    shell.state.jobs.0.clear();
    Ok(0)
}
