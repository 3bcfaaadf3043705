//! `wait`.

use crate::shell::{Run, Shell};

pub(super) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let rest: Vec<&Vec<u8>> = args[1..].iter().filter(|arg| !arg.starts_with(b"-")).collect();
    if args.iter().any(|arg| arg == b"-n") && rest.is_empty() {
        let pid = shell.state.jobs.0.iter().find(|job| !job.is_known).map(|job| job.pid);
        return Ok(pid.and_then(|pid| shell.state.jobs.wait(pid)).unwrap_or(127));
    }
    if rest.is_empty() {
        let forget = shell.is_bash();
        shell.state.jobs.wait_for_all(forget);
        return Ok(0);
    }
    let mut status = 0;
    for arg in rest {
        let pid = match arg.strip_prefix(b"%") {
            Some(_) => match shell.state.jobs.0.last() {
                Some(job) => Some(i64::from(job.pid)),
                None => {
                    let shown = crate::text::lossy(arg).into_owned();
                    status = if shell.is_bash() {
                        shell.complain_as(&args[0], format!("{shown}: no such job"));
                        127
                    } else {
                        shell.fail(&args[0], format!("No such job: {shown}"), 2)?
                    };
                    continue;
                }
            },
            None => super::number(arg),
        };
        let Some(pid) = pid else {
            let shown = crate::text::lossy(arg).into_owned();
            if shell.is_bash() {
                shell.complain_as(&args[0], format!("`{shown}': not a pid or valid job spec"));
                status = 1;
                continue;
            }
            return super::illegal_number(shell, &args[0], arg, 2);
        };
        status = match u32::try_from(pid).ok().and_then(|pid| shell.state.jobs.wait(pid)) {
            Some(status) => status,
            None => {
                if shell.is_bash() {
                    shell.complain_as(&args[0], format!("pid {pid} is not a child of this shell"));
                }
                127
            }
        };
    }
    Ok(status)
}
