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
    "[" true test::bracket,
    "arch" false small::arch,
    "base64" true base64::run,
    "basename" false paths::basename,
    "cat" true cat::run,
    "chgrp" true chown::run_group,
    "chmod" true chmod::run,
    "chown" true chown::run,
    "clear" false small::clear,
    "comm" true sets::comm,
    "cp" true cp::run,
    "cut" true cut::run,
    "date" true date::run,
    "dd" true dd::run,
    "dirname" false paths::dirname,
    "du" true du::run,
    "echo" false echo::run,
    "env" true env::run,
    "expand" true shape::expand,
    "factor" true shape::factor,
    "false" false small::false_,
    "fold" true lines::fold,
    "groups" true id::groups,
    "head" true head::run,
    "hostname" true small::hostname,
    "id" true id::run,
    "install" true install::run,
    "join" true sets::join,
    "link" true nodes::link,
    "ln" true ln::run,
    "ls" true ls::run,
    "md5sum" true sums::md5,
    "mkdir" true mkdir::run,
    "mkfifo" true nodes::mkfifo,
    "mknod" true nodes::mknod,
    "mktemp" true mktemp::run,
    "mv" true mv::run,
    "nice" true starts::nice,
    "nl" true lines::nl,
    "nohup" true starts::nohup,
    "nproc" false small::nproc,
    "od" true od::run,
    "paste" true lines::paste,
    "printenv" false small::printenv,
    "printf" false printf::run,
    "pwd" true pwd::run,
    "readlink" true paths::readlink,
    "realpath" true paths::realpath,
    "rev" true lines::rev,
    "rm" true rm::run,
    "rmdir" true rmdir::run,
    "seq" false seq::run,
    "sha1sum" true sums::sha1,
    "sha224sum" true sums::sha224,
    "sha256sum" true sums::sha256,
    "sha384sum" true sums::sha384,
    "sha512sum" true sums::sha512,
    "shuf" true shape::shuf,
    "sleep" false small::sleep,
    "sort" true sort::run,
    "split" true shape::split,
    "stat" true stat::run,
    "sync" true nodes::sync,
    "tac" true lines::tac,
    "tail" true tail::run,
    "tee" true tee::run,
    "test" true test::run,
    "timeout" true starts::timeout,
    "touch" true touch::run,
    "tr" false tr::run,
    "true" false small::true_,
    "truncate" true truncate::run,
    "tsort" true shape::tsort,
    "tty" false nodes::tty,
    "uname" true small::uname,
    "unexpand" true shape::unexpand,
    "uniq" true uniq::run,
    "unlink" true nodes::unlink,
    "wc" true wc::run,
    "which" true starts::which,
    "whoami" true id::whoami,
    "yes" false small::yes,
}
