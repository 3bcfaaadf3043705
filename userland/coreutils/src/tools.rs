//! Which names there are, and which file answers to each.

use crate::*;
use std::ffi::OsString;

/// A program of this module.
pub struct Tool {
    /// The name it is called by.
    pub name: &'static str,
    /// Whether it opens paths, so that the working directory has to be entered first.
    pub needs_files: bool,
    /// Runs it with the arguments after its name; the answer is its exit status.
    pub run: fn(Vec<OsString>) -> i32,
}

/// The tool of this name.
pub fn find(name: &str) -> Option<&'static Tool> {
    TOOLS.iter().find(|tool| tool.name == name)
}

macro_rules! tools {
    ($($name:literal $needs_files:literal $run:path),* $(,)?) => {
        static TOOLS: &[Tool] =
            &[$(Tool { name: $name, needs_files: $needs_files, run: $run }),*];
    };
}

tools! {
    "cat" true cat::run,
    "cp" true cp::run,
    "echo" false echo::run,
    "env" true env::run,
    "head" true head::run,
    "ls" true ls::run,
    "md5sum" true sums::md5,
    "mkdir" true mkdir::run,
    "mv" true mv::run,
    "pwd" true pwd::run,
    "rm" true rm::run,
    "sha1sum" true sums::sha1,
    "sha224sum" true sums::sha224,
    "sha256sum" true sums::sha256,
    "sha384sum" true sums::sha384,
    "sha512sum" true sums::sha512,
    "sort" true sort::run,
    "touch" true touch::run,
    "wc" true wc::run,
}
