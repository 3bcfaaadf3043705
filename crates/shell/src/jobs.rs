//! Background jobs: they have always ended, because they run at once.

/// A job's process id and how it ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job {
    pub pid: u32,
    pub status: u8,
    /// Somebody has waited for it; until then it counts as running.
    pub is_known: bool,
}

/// The jobs of a shell. Their status can be asked for again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Jobs(pub Vec<Job>);

impl Jobs {
    /// `forget` drops those that somebody has waited for, whose places dash and ash give away.
    pub fn add(&mut self, pid: u32, status: u8, forget: bool) {
        if forget {
            self.0.retain(|job| !job.is_known);
        }
        self.0.push(Job { pid, status, is_known: false });
    }

    /// How a job ended.
    pub fn wait(&mut self, pid: u32) -> Option<u8> {
        let job = self.0.iter_mut().find(|job| job.pid == pid)?;
        job.is_known = true;
        Some(job.status)
    }

    /// Waits for all; bash then knows none of them any more.
    pub fn wait_for_all(&mut self, forget: bool) {
        self.0.iter_mut().for_each(|job| job.is_known = true);
        if forget {
            self.0.clear();
        }
    }
}
