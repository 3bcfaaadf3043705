//! The messages between the page and the engine worker: typed, versioned, one file.
