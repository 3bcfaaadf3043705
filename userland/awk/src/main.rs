//! `awk` as mawk 1.3.4, Debian's, has it. Text is bytes there, whatever the locale.

mod array;
mod ast;
mod call;
mod format;
mod lex;
mod parse;
mod record;
mod run;
mod streams;
mod value;

use guest::bytes;
use std::io::Read;

const USAGE: &str = "Usage: mawk [Options] [Program] [file ...]\n";

fn main() {
    let mut args = std::env::args_os().peekable();
    let called = args.next().unwrap_or_else(|| "mawk".into());
    let called = called.to_string_lossy().into_owned();
    guest::set_name(called.rsplit('/').next().unwrap_or_default());
    guest::set_failure_status(2);
    guest::enter_cwd();
    let (mut separator, mut assignments, mut text) = (None, Vec::new(), None::<Vec<u8>>);
    while let Some(arg) = args.next_if(|arg| bytes(arg).len() > 1 && bytes(arg)[0] == b'-') {
        let arg = bytes(&arg).to_vec();
        if arg == b"--" {
            break;
        }
        let letter = arg[1];
        let mut value = || {
            if arg.len() > 2 {
                return arg[2..].to_vec();
            }
            match args.next() {
                Some(value) => bytes(&value).to_vec(),
                None => {
                    eprintln!("mawk: option requires an argument -- '{}'", char::from(letter));
                    eprint!("{USAGE}");
                    std::process::exit(2)
                }
            }
        };
        match letter {
            b'F' => separator = Some(lex::unescape(&value())),
            b'v' => assignments.push(value()),
            b'f' => {
                let source = read(&value());
                text.get_or_insert_default().extend(source);
                text.get_or_insert_default().push(b'\n');
            }
            b'W' => {
                if value().starts_with(b"v") {
                    println!("mawk (Layerlab {})", env!("CARGO_PKG_VERSION"));
                    return;
                }
            }
            b'-' if arg == b"--version" => {
                println!("mawk (Layerlab {})", env!("CARGO_PKG_VERSION"));
                return;
            }
            _ => {
                eprintln!("mawk: not an option: {}", String::from_utf8_lossy(&arg));
                std::process::exit(2);
            }
        }
    }
    let text = text.unwrap_or_else(|| match args.next() {
        Some(text) => bytes(&text).to_vec(),
        None => {
            eprint!("{USAGE}");
            std::process::exit(0)
        }
    });
    let program = match parse::program(&text, run::SPECIALS) {
        Ok(program) => program,
        Err((line, message)) if message.starts_with("unexpected character") => {
            guest::fail(format!("{line}: {message}"))
        }
        Err((line, message)) => guest::fail(format!("line {line}: {message}")),
    };
    let operands: Vec<Vec<u8>> =
        std::iter::once(b"mawk".to_vec()).chain(args.map(|arg| bytes(&arg).to_vec())).collect();
    let mut machine = run::Machine::new(program, &operands);
    if let Some(separator) = separator {
        machine.set_by_name(b"FS", &separator);
    }
    for assignment in &assignments {
        match run::assignment(assignment) {
            Some((name, value)) => machine.set_by_name(name, &lex::unescape(value)),
            None => {
                let shown = String::from_utf8_lossy(assignment).into_owned();
                guest::fail(format!("improper assignment: -v {shown}"));
            }
        }
    }
    guest::exit(machine.run());
}

/// The text of a program file.
fn read(name: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    let read = match name {
        b"-" | b"/dev/stdin" => std::io::stdin().read_to_end(&mut text).map(|_| ()),
        _ => std::fs::read(guest::os(name)).map(|content| text = content),
    };
    if let Err(error) = read {
        let shown = String::from_utf8_lossy(name).into_owned();
        guest::fail(format!("cannot open {shown} ({})", guest::strerror(&error)));
    }
    text
}
