//! Background jobs: they have always ended, because they run at once.

/// A job's process id and how it ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job {
    pub pid: u32,
    pub status: u8,
}

/// The jobs a shell has not waited for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Jobs(pub Vec<Job>);

impl Jobs {
    pub fn add(&mut self, pid: u32, status: u8) {
        self.0.push(Job { pid, status });
    }

    /// Takes a job away and tells how it ended.
    pub fn wait(&mut self, pid: u32) -> Option<u8> {
        let at = self.0.iter().position(|job| job.pid == pid)?;
        Some(self.0.remove(at).status)
    }
}
