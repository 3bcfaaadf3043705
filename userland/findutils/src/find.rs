//! `find`

use crate::parse::{self, Command, Expr};
use crate::test::Visit;
use guest::{Failed, bytes, civil, os};
use std::ffi::OsString;

/// A walk through trees.
pub struct Walk<'a> {
    /// What was asked for; the expression stands beside it.
    pub command: &'a mut Command,
    /// The present.
    pub now: i64,
    /// Whether anything went wrong.
    pub failed: Failed,
    /// `-prune` was met.
    pub pruned: bool,
    /// `-quit` was met.
    pub quit: bool,
    /// Device and inode of the directories above, when links are followed.
    above: Vec<(u64, u64)>,
}

/// Runs `find`.
pub fn run(args: Vec<OsString>) -> i32 {
    let mut command = parse::command(args);
    let starts = command.starts.clone();
    let expr = std::mem::replace(&mut command.expr, Expr::Test(crate::test::Test::Constant(true)));
    let mut walk = Walk {
        command: &mut command,
        now: civil::now(),
        failed: Failed::default(),
        pruned: false,
        quit: false,
        above: Vec::new(),
    };
    for start in &starts {
        let follow = walk.command.follow;
        let found = guest::stat(start, follow.0 || follow.1)
            .or_else(|error| guest::stat(start, false).map_err(|_| error));
        match found {
            Ok(stat) => {
                let device = stat.dev;
                let visit = Visit { path: start.clone(), start: start.clone(), depth: 0, stat };
                walk.visit(&expr, visit, device);
            }
            Err(error) => walk.complain(start, &error),
        }
        if walk.quit {
            break;
        }
    }
    walk.flush_batches();
    walk.failed.status()
}

impl Walk<'_> {
    fn complain(&mut self, path: &OsString, error: &std::io::Error) {
        let shown = path.to_string_lossy().into_owned();
        self.failed.say(format!("‘{shown}’: {}", guest::strerror(error)));
    }

    fn visit(&mut self, expr: &Expr, visit: Visit, device: u64) {
        let (least, greatest) = self.command.depths;
        let in_depth = visit.depth >= least;
        self.pruned = false;
        if in_depth && !self.command.depth_first {
            self.holds(expr, &visit);
        }
        let descends = visit.stat.is_dir()
            && visit.depth < greatest
            && !self.pruned
            && !self.quit
            && !(self.command.one_filesystem && visit.stat.dev != device);
        if descends {
            self.descend(expr, &visit, device);
        }
        if in_depth && self.command.depth_first && !self.quit {
            self.holds(expr, &visit);
        }
    }

    fn descend(&mut self, expr: &Expr, visit: &Visit, device: u64) {
        let own = (visit.stat.dev, visit.stat.ino);
        if self.above.contains(&own) {
            let shown = visit.path.to_string_lossy().into_owned();
            self.failed.say(format!("File system loop detected; ‘{shown}’ is part of the same file system loop as one of the directories above it."));
            return;
        }
        let entries = match std::fs::read_dir(&visit.path) {
            Ok(entries) => entries,
            Err(error) => return self.complain(&visit.path, &error),
        };
        let mut names: Vec<OsString> = entries.flatten().map(|entry| entry.file_name()).collect();
        // Real directories have their own order; a fixed one is as good and the same everywhere.
        guest::order::sort(&mut names, |a, b| bytes(a).cmp(bytes(b)));
        self.above.push(own);
        for name in names {
            let parent = bytes(&visit.path);
            let slash: &[u8] = if parent.ends_with(b"/") { b"" } else { b"/" };
            let path = os([parent, slash, bytes(&name)].concat());
            let found = guest::stat(&path, self.command.follow.0)
                .or_else(|error| guest::stat(&path, false).map_err(|_| error));
            match found {
                Ok(stat) => {
                    let (start, depth) = (visit.start.clone(), visit.depth + 1);
                    self.visit(expr, Visit { path, start, depth, stat }, device);
                }
                Err(error) => self.complain(&path, &error),
            }
            if self.quit {
                break;
            }
        }
        self.above.pop();
    }

    fn holds(&mut self, expr: &Expr, visit: &Visit) -> bool {
        if self.quit {
            return false;
        }
        match expr {
            Expr::Test(test) => test.holds(visit, self.now),
            Expr::Action(action) => self.act(action, visit),
            Expr::Not(inner) => !self.holds(inner, visit),
            Expr::And(a, b) => self.holds(a, visit) && self.holds(b, visit),
            Expr::Or(a, b) => self.holds(a, visit) || self.holds(b, visit),
            Expr::Comma(a, b) => {
                self.holds(a, visit);
                self.holds(b, visit)
            }
        }
    }
}
