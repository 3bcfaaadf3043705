//! `read`.

use vfs::Errno;

use crate::shell::{Run, Shell};
use crate::syntax::lexer::is_name;

/// What `read` was asked for.
struct Wanted {
    raw: bool,
    delimiter: u8,
    /// At most so many characters; `-N` also reads delimiters.
    count: Option<usize>,
    exact: bool,
    fd: u32,
    array: Option<String>,
    /// `-t 0`: only whether there is something to read.
    poll: bool,
}

pub(crate) fn run(shell: &mut Shell<'_>, args: &[Vec<u8>]) -> Run {
    let mut wanted = Wanted {
        raw: false,
        delimiter: b'\n',
        count: None,
        exact: false,
        fd: 0,
        array: None,
        poll: false,
    };
    let mut rest = args[1..].iter().peekable();
    while let Some(arg) = rest.next_if(|arg| arg.len() > 1 && arg[0] == b'-') {
        if arg == b"--" {
            break;
        }
        let mut letters = &arg[1..];
        while let Some((&letter, more)) = letters.split_first() {
            letters = more;
            match letter {
                b'r' => wanted.raw = true,
                b's' | b'e' if !shell.is_dash() => {}
                b'p' | b'd' | b'n' | b'N' | b'u' | b'a' | b't' | b'i'
                    if letter == b'p' || !shell.is_dash() =>
                {
                    let value = if more.is_empty() {
                        rest.next().cloned().unwrap_or_default()
                    } else {
                        more.to_vec()
                    };
                    letters = b"";
                    let number = super::number(&value).unwrap_or(0).max(0) as usize;
                    match letter {
                        b'd' => wanted.delimiter = value.first().copied().unwrap_or(0),
                        b'n' => wanted.count = Some(number),
                        b'N' => (wanted.count, wanted.exact) = (Some(number), true),
                        b'u' => wanted.fd = number as u32,
                        b'a' => wanted.array = Some(crate::text::decode(&value).into_owned()),
                        b't' if value == b"0" => wanted.poll = true,
                        // Prompts appear on terminals only; time-outs never come, the clock stands.
                        _ => {}
                    }
                }
                _ => {
                    let usage = "read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]";
                    return super::bad_option(shell, &args[0], letter, usage);
                }
            }
        }
    }
    let names: Vec<Vec<u8>> = rest.cloned().collect();
    if names.is_empty() && shell.is_dash() {
        return shell.fail(&args[0], "arg count", 2);
    }
    for name in &names {
        let text = crate::text::decode(name).into_owned();
        if !is_name(text.split('[').next().unwrap_or_default()) {
            if shell.state.personality == crate::Personality::Ash {
                let text = format!("read: '{text}': bad variable name");
                shell.complain(text);
                return Ok(1);
            }
            return super::export::bad_name(shell, &args[0], name, &text);
        }
    }
    if wanted.poll {
        let file = shell.state.fds.get(&wanted.fd);
        return Ok(u8::from(file.is_none_or(|file| shell.fs.readable(*file).is_err())));
    }
    let Some((line, ended)) = read_line(shell, &args[0], &wanted)? else { return Ok(1) };
    store(shell, &wanted, &names, &line)?;
    Ok(u8::from(!ended))
}

/// The characters of a line, each with whether it was escaped, and whether the delimiter came.
type Line = Vec<(u8, bool)>;

fn read_line(shell: &mut Shell<'_>, builtin: &[u8], wanted: &Wanted) -> Run<Option<(Line, bool)>> {
    let mut line = Line::new();
    let mut escaped = false;
    let mut byte = [0];
    loop {
        if wanted.count.is_some_and(|count| line.len() >= count) {
            return Ok(Some((line, true)));
        }
        match shell.read(wanted.fd, &mut byte)? {
            Ok(0) => return Ok(Some((line, false))),
            Ok(_) => {}
            Err(errno) => {
                if shell.is_bash() {
                    let text = match errno {
                        Errno::EBADF => format!("{}: invalid file descriptor: {errno}", wanted.fd),
                        _ => format!("read error: {}: {errno}", wanted.fd),
                    };
                    shell.complain_as(builtin, text);
                }
                return Ok(None);
            }
        }
        let byte = byte[0];
        if escaped {
            escaped = false;
            // A backslash before the end of a line joins lines.
            if byte != b'\n' {
                line.push((byte, true));
            }
        } else if byte == b'\\' && !wanted.raw {
            escaped = true;
        } else if byte == wanted.delimiter && !wanted.exact {
            return Ok(Some((line, true)));
        } else if byte != 0 {
            line.push((byte, false));
        }
    }
}

fn store(shell: &mut Shell<'_>, wanted: &Wanted, names: &[Vec<u8>], line: &Line) -> Run<()> {
    let ifs = shell.ifs();
    if let Some(array) = &wanted.array {
        let (fields, _) = split(line, &ifs, usize::MAX);
        let map = shell.indexed(array);
        map.clear();
        map.extend(fields.into_iter().enumerate().map(|(i, field)| (i as i64, field)));
        return Ok(());
    }
    if names.is_empty() || wanted.exact {
        let text: Vec<u8> = line.iter().map(|(b, _)| *b).collect();
        let name =
            names.first().map_or("REPLY".into(), |name| crate::text::decode(name).into_owned());
        return shell.assign(&name, text);
    }
    let (mut fields, rest) = split(line, &ifs, names.len() - 1);
    fields.resize(names.len() - 1, Vec::new());
    fields.push(rest);
    for (name, value) in names.iter().zip(fields) {
        let name = crate::text::decode(name).into_owned();
        match name.split_once('[') {
            Some((name, index)) => {
                let index = index.trim_end_matches(']').as_bytes().to_vec();
                shell.assign_element(name, &index, value, false)?;
            }
            None => shell.assign(&name, value)?,
        }
    }
    Ok(())
}

/// Up to `count` fields, and the rest of the line for the last name.
fn split(line: &Line, ifs: &[u8], count: usize) -> (Vec<Vec<u8>>, Vec<u8>) {
    let is_delimiter = |(b, escaped): (u8, bool)| !escaped && ifs.contains(&b);
    let is_blank =
        |at: usize| line.get(at).is_some_and(|&c| is_delimiter(c) && b" \t\n".contains(&c.0));
    let mut at = 0;
    let skip_blanks = |mut at: usize| {
        while is_blank(at) {
            at += 1;
        }
        at
    };
    at = skip_blanks(at);
    let mut fields = Vec::new();
    while fields.len() < count && at < line.len() {
        let start = at;
        while at < line.len() && !is_delimiter(line[at]) {
            at += 1;
        }
        fields.push(line[start..at].iter().map(|c| c.0).collect());
        at = skip_blanks(at);
        if line.get(at).is_some_and(|&c| is_delimiter(c)) && !is_blank(at) && at >= start {
            at = skip_blanks(at + 1);
        }
    }
    let mut end = line.len();
    while end > at && is_blank(end - 1) {
        end -= 1;
    }
    // One delimiter that ends the last field goes with it, if no other is in the field.
    if end > at
        && is_delimiter(line[end - 1])
        && line[at..end - 1].iter().all(|&c| !is_delimiter(c) || b" \t\n".contains(&c.0))
        && !line[at..end - 1].iter().any(|&c| is_delimiter(c) && !b" \t\n".contains(&c.0))
    {
        end -= 1;
        while end > at && is_blank(end - 1) {
            end -= 1;
        }
    }
    (fields, line[at..end].iter().map(|c| c.0).collect())
}
