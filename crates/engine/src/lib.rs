//! The daemon in miniature: image store, base images, programs, and one synchronous facade of plain data.
