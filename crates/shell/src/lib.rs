//! The sh and bash interpreter that runs RUN lines over a vfs.
