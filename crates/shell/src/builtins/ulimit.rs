//! `ulimit`: processes here have the embedder's limits; the kernel's are all unlimited and stay so.

use crate::Personality;
use crate::shell::{Run, Shell};

pub(super) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let mut letter = b'f';
    let mut value = None;
    for arg in &args[1..] {
        match arg.strip_prefix(b"-") {
            Some(letters) => {
                for &one in letters {
                    match one {
                        b'H' | b'S' => {}
                        b'a' | b'b' | b'c' | b'd' | b'e' | b'f' | b'i' | b'l' | b'm' | b'n'
                        | b'p' | b'q' | b'r' | b's' | b't' | b'u' | b'v' | b'x' => letter = one,
                        _ if shell.state.personality == Personality::Ash => {
                            let text = format!("ulimit: invalid option -- '{}'\n", char::from(one));
                            shell.write_error(text.as_bytes());
                            return Ok(1);
                        }
                        _ => {
                            let usage = "ulimit [-SHabcdefiklmnpqrstuvxPRT] [limit]";
                            return super::bad_option(shell, &args[0], one, usage);
                        }
                    }
                }
            }
            None => value = Some(arg.clone()),
        }
    }
    if value.is_some() {
        return Ok(0);
    }
    let text = match letter {
        b'n' => "1048576\n",
        b'c' => "0\n",
        b's' => "8192\n",
        b'p' if shell.is_bash() => "8\n",
        _ => "unlimited\n",
    };
    shell.print(&args[0], text.as_bytes())
}
