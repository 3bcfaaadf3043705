//! What is said when `sed` is called in a wrong way.

use guest::out;

/// The call, after the name of the program.
pub const AFTER_NAME: &str = "[OPTION]... {script-only-if-no-other-script} [input-file]...

  -n, --quiet, --silent      print no line unless asked to
  -e, --expression=SCRIPT    add SCRIPT to the commands
  -f, --file=FILE            add what FILE holds to the commands
  -E, -r, --regexp-extended  extended regular expressions
  -i[SUFFIX], --in-place[=SUFFIX]
                             edit files in place, keep a backup if SUFFIX is given
  -l, --line-length=N        where `l' breaks lines
  -s, --separate             every file is a text of its own
  -u, --unbuffered           pass on each line at once
  -z, --null-data            lines end with NUL
      --follow-symlinks, --posix, --sandbox, --debug, --help, --version";

/// Prints the call to standard error and ends the program.
pub fn exit() -> ! {
    out::flush();
    eprintln!("Usage: {} {AFTER_NAME}", guest::name());
    std::process::exit(1)
}
