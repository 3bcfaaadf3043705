//! `jobs`, `fg`, `bg`, `disown`: background jobs have always ended, and count as running until
//! somebody waits for them.

use crate::shell::{Run, Shell};

pub(super) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let jobs = shell.state.jobs.0.clone();
    if args.get(1).is_some_and(|arg| arg == b"-p") {
        let lines: String = jobs.iter().map(|job| format!("{}\n", job.pid)).collect();
        return shell.print(&args[0], lines.as_bytes());
    }
    if shell.is_bash() {
        // Its lines end with the command's text, which is not kept.
        return Ok(0);
    }
    let mut out = String::new();
    for (at, job) in jobs.iter().enumerate().rev() {
        let mark = match jobs.len() - at {
            1 => '+',
            2 => '-',
            _ => ' ',
        };
        let state = match (job.is_known, job.status) {
            (false, _) => "Running".to_owned(),
            (true, 0) => "Done".to_owned(),
            (true, status) => format!("Done({status})"),
        };
        let number = at + 1;
        out.push_str(&match shell.is_dash() {
            true => format!("[{number}] {mark} {state:<27}\n"),
            false => format!("[{number}]{mark}  {state:<27}\n"),
        });
    }
    shell.state.jobs.0.retain(|job| !job.is_known);
    shell.print(&args[0], out.as_bytes())
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
