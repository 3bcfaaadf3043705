//! Lists, `&&` and `||`, `!`, `&`, and what `set -e` ends.

use std::rc::Rc;

use crate::shell::{Flow, Run, Shell};
use crate::syntax::ir::{AndOr, Item, Kind, List, Pipeline};

impl Shell<'_> {
    /// Runs a list; the status is that of its last command, or 0 for an empty one.
    pub(crate) fn run_list(&mut self, list: &List) -> Run {
        let mut status = 0;
        for item in &list.0 {
            status = self.run_item(item)?;
        }
        Ok(status)
    }

    /// Runs a list whose failure is looked at: `set -e` does not end it.
    pub(crate) fn run_tested(&mut self, list: &List) -> Run {
        self.state.tested += 1;
        let out = self.run_list(list);
        self.state.tested -= 1;
        out
    }

    fn run_item(&mut self, item: &Item) -> Run {
        if let Some(list) = &item.background {
            return self.run_background(list);
        }
        let mut status = self.run_pipeline(&item.first, !item.rest.is_empty())?;
        for (i, (op, pipeline)) in item.rest.iter().enumerate() {
            let wanted = match op {
                AndOr::And => status == 0,
                AndOr::Or => status != 0,
            };
            if wanted {
                status = self.run_pipeline(pipeline, i + 1 < item.rest.len())?;
            }
        }
        Ok(status)
    }

    /// Runs a job to its end at once: there is nothing else that could run meanwhile.
    fn run_background(&mut self, list: &Rc<List>) -> Run {
        let pid = self.next_pid;
        self.next_pid += 1;
        let status = self.subshell(|shell| {
            let null = shell.fs.open_null();
            shell.set_fd(0, null);
            shell.state.tested = 0;
            let list =
                List(list.0.iter().map(|i| Item { background: None, ..i.clone() }).collect());
            shell.run_list(&list)
        })?;
        self.state.last_background = Some(pid);
        let forget = !self.is_bash();
        self.state.jobs.add(pid, status, forget);
        self.state.status = 0;
        Ok(0)
    }

    fn run_pipeline(&mut self, pipeline: &Pipeline, tested: bool) -> Run {
        let exempt = tested || pipeline.negated;
        self.state.tested += u32::from(exempt);
        let started = self.fs.now();
        let out = match pipeline.stages.as_slice() {
            [] => Ok(0),
            [command] => self.run_command(command),
            stages => self.run_stages(stages),
        };
        self.state.tested -= u32::from(exempt);
        let mut status = out?;
        if pipeline.negated {
            status = u8::from(status == 0);
        }
        if let Some(posix) = pipeline.timed {
            self.print_times(self.fs.now().0 - started.0, posix);
        }
        self.state.status = status;
        if status != 0 && !exempt && self.state.tested == 0 {
            let leaves = match pipeline.stages.as_slice() {
                [command] => matches!(
                    command.kind,
                    Kind::Simple { .. } | Kind::Subshell(_) | Kind::Arith { .. } | Kind::Test(_)
                ),
                stages => stages.len() > 1,
            };
            if leaves {
                self.run_err_trap(status)?;
                if self.state.options.errexit {
                    return Err(Flow::Exit(status));
                }
            }
        }
        self.run_pending_traps()?;
        Ok(status)
    }

    fn print_times(&mut self, nanos: i64, posix: bool) {
        let (secs, millis) = (nanos / 1_000_000_000, nanos / 1_000_000 % 1000);
        if let Some(format) = self.state.vars.value("TIMEFORMAT").filter(|_| !posix) {
            let text = times_by(&crate::text::lossy(format), secs, millis);
            return self.write_error(text.as_bytes());
        }
        let text = if posix {
            format!("real {secs}.{:02}\nuser 0.00\nsys 0.00\n", millis / 10)
        } else {
            format!(
                "\nreal\t{}m{}.{millis:03}s\nuser\t0m0.000s\nsys\t0m0.000s\n",
                secs / 60,
                secs % 60
            )
        };
        self.write_error(text.as_bytes());
    }
}

/// What bash's `TIMEFORMAT` gives: nothing here takes processor time.
fn times_by(format: &str, secs: i64, millis: i64) -> String {
    let mut out = String::new();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let digits = chars.next_if(char::is_ascii_digit).and_then(|c| c.to_digit(10));
        let long = chars.next_if_eq(&'l').is_some();
        let (secs, millis) = match chars.next() {
            Some('R') => (secs, millis),
            Some('U' | 'S') => (0, 0),
            Some('P') => {
                out.push_str("0.00");
                continue;
            }
            Some(c) => {
                out.push(c);
                continue;
            }
            None => break,
        };
        let digits = digits.unwrap_or(3).min(3) as usize;
        let fraction = &format!("{millis:03}")[..digits];
        let point = if digits == 0 { "" } else { "." };
        out.push_str(&if long {
            format!("{}m{}{point}{fraction}s", secs / 60, secs % 60)
        } else {
            format!("{secs}{point}{fraction}")
        });
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}
