//! `trap`.

use std::rc::Rc;

use crate::expand::quote;
use crate::shell::{Run, Shell};
use crate::{Personality, signals};

/// What an action can be set for.
enum Event {
    /// 0 is EXIT.
    Signal(u8),
    Err,
    Debug,
    Return,
}

pub(super) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let mut rest = &args[1..];
    match rest.first().map(Vec::as_slice) {
        Some(b"-l") => {
            let words = [b"kill".to_vec(), b"-l".to_vec()];
            return super::kill::run(shell, &words);
        }
        Some(b"-p" | b"--") => rest = &rest[1..],
        _ => {}
    }
    if rest.is_empty() {
        return list(shell, &args[0]);
    }
    // With one argument, or a number first, the events get back what they had.
    let first_is_event = rest.len() == 1 || super::number(&rest[0]).is_some();
    let (action, events) =
        if first_is_event { (b"-".to_vec(), rest) } else { (rest[0].clone(), &rest[1..]) };
    if rest.len() == 1 && shell.is_bash() && (rest[0].is_empty() || rest[0] == b"-") {
        shell.write_error(b"trap: usage: trap [-lp] [[arg] signal_spec ...]\n");
        return Ok(2);
    }
    shell.state.listed_traps = None;
    let mut status = 0;
    for name in events {
        let event = match event(shell, name) {
            Some(event) => event,
            None => {
                status = bad_event(shell, &args[0], name);
                continue;
            }
        };
        let reset = action == b"-";
        match event {
            Event::Signal(number) => {
                let traps = Rc::make_mut(&mut shell.state.traps);
                if reset {
                    traps.remove(&number);
                } else {
                    traps.insert(number, action.clone());
                }
            }
            Event::Err => shell.state.err_trap = (!reset).then(|| Rc::new(action.clone())),
            Event::Debug => shell.state.debug_trap = (!reset).then(|| Rc::new(action.clone())),
            Event::Return => shell.state.return_trap = (!reset).then(|| Rc::new(action.clone())),
        }
    }
    Ok(status)
}

fn event(shell: &Shell<'_>, name: &[u8]) -> Option<Event> {
    let upper = name.to_ascii_uppercase();
    match upper.as_slice() {
        b"EXIT" => Some(Event::Signal(0)),
        b"ERR" if shell.is_bash() => Some(Event::Err),
        b"DEBUG" if shell.is_bash() => Some(Event::Debug),
        b"RETURN" if shell.is_bash() => Some(Event::Return),
        _ if shell.is_dash() && (upper.starts_with(b"SIG") || name != upper.as_slice()) => None,
        _ => signals::number(name).map(Event::Signal),
    }
}

fn bad_event(shell: &mut Shell<'_>, builtin: &[u8], name: &[u8]) -> u8 {
    let shown = crate::text::lossy(name).into_owned();
    match shell.state.personality {
        Personality::Dash => {
            shell.write_error(format!("trap: {shown}: bad trap\n").as_bytes());
        }
        _ => shell.complain_as(builtin, format!("{shown}: invalid signal specification")),
    }
    1
}

fn list(shell: &mut Shell<'_>, builtin: &[u8]) -> Run {
    let mut out = Vec::new();
    let bash = shell.is_bash();
    let mut line = |action: &[u8], name: &str| {
        let action = if bash { quote::single_always(action) } else { quote::single_plain(action) };
        out.extend([b"trap -- ".as_slice(), &action, b" ", name.as_bytes(), b"\n"].concat());
    };
    let traps = shell.state.listed_traps.as_ref().unwrap_or(&shell.state.traps);
    for (number, action) in traps.iter() {
        let prefix = if bash && *number > 0 { "SIG" } else { "" };
        let name = if *number == 0 { "EXIT" } else { signals::name(*number).unwrap_or("?") };
        line(action, &format!("{prefix}{name}"));
    }
    let pseudo = [
        (&shell.state.debug_trap, "DEBUG"),
        (&shell.state.err_trap, "ERR"),
        (&shell.state.return_trap, "RETURN"),
    ];
    for (action, name) in pseudo {
        if let Some(action) = action {
            line(action, name);
        }
    }
    shell.print(builtin, &out)
}
