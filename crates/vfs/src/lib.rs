//! Layered POSIX tree in memory: snapshot, diff, whiteouts, content.
