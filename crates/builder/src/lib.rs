//! Builds images from Dockerfiles: stages, cache keys, reasons for misses, step execution.
