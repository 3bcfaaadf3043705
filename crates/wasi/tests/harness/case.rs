//! Cases as they stand in the files.

use super::{names, token};

/// One behaviour: a title, and lines up to the next title.
pub struct Case {
    pub title: String,
    pub lines: Vec<Line>,
}

/// A line of a case.
pub struct Line {
    /// As written, up to ` => `.
    pub text: String,
    /// What the line is to answer; written by the runner.
    pub expected: Option<String>,
    pub content: Content,
}

/// What a line says.
pub enum Content {
    /// A comment or nothing.
    Nothing,
    /// Prepares the run: a word and its arguments.
    Setup(String, Vec<String>),
    /// The program calls a function.
    Call(String, Vec<Arg>),
    /// The program does this, in WebAssembly's text format.
    Wat(String),
    /// Looks at what the run left: a word and its arguments.
    Look(String, Vec<String>),
}

/// An argument of a call; some are two parameters.
#[derive(Debug)]
pub enum Arg {
    /// A number.
    Number(i64),
    /// `$name`: what an earlier call wrote to `*u32=name`.
    Variable(String),
    /// `"text"`: pointer and length.
    Text(Vec<u8>),
    /// `&"text"`: pointer to bytes.
    Bytes(Vec<u8>),
    /// `*type` or `*type=name`: pointer to where one is written.
    Out(String, Option<String>),
    /// `^type:N`: pointer to N bytes, and N.
    Buffer(String, u32),
    /// `iov(4,3)`: list of buffers to be written, and its length.
    Iov(Vec<u32>),
    /// `ciov("ab","c")`: list of buffers to be read, and its length.
    Ciov(Vec<Vec<u8>>),
    /// `sub(clock realtime 5 0)`, `sub(read 4)`, ...: subscriptions, and pointer to them.
    Subscriptions(Vec<Vec<u8>>),
    /// `spawn(["a"], ["K=v"], "cwd", [0 1])`: a request, as pointer and length.
    Request(Vec<u8>),
}

const SETUP: &[&str] = &[
    "file",
    "dir",
    "link",
    "fd",
    "stdin",
    "tty",
    "arg",
    "env",
    "user",
    "umask",
    "preopen",
    "limit",
    "now",
    "cwd",
    "spawn",
    "interrupt",
    "readonly",
    "mode",
];
const LOOK: &[&str] = &["exit", "after", "stderr", "now", "pipe", "open"];

/// Reads a file of cases.
pub fn parse(text: &str) -> Result<Vec<Case>, String> {
    let mut cases: Vec<Case> = Vec::new();
    for (number, raw) in (1..).zip(text.lines()) {
        if let Some(title) = raw.strip_prefix("== ") {
            cases.push(Case { title: title.to_owned(), lines: Vec::new() });
            continue;
        }
        let case = cases.last_mut().ok_or("the first line is no `== title`")?;
        let line = parse_line(raw).map_err(|err| format!("line {number}: {err}: {raw}"))?;
        case.lines.push(line);
    }
    Ok(cases)
}

/// Writes cases as [`parse`] reads them.
pub fn write(cases: &[Case]) -> String {
    let mut out = String::new();
    for case in cases {
        out.push_str(&format!("== {}\n", case.title));
        for line in &case.lines {
            match &line.expected {
                Some(expected) => out.push_str(&format!("{} => {expected}\n", line.text)),
                None => out.push_str(&format!("{}\n", line.text)),
            }
        }
    }
    out
}

fn parse_line(raw: &str) -> Result<Line, String> {
    // A line may ask (`=>`) before anybody has written what is to be answered.
    let (text, expected, asks) = match (raw.split_once(" => "), raw.trim_end().strip_suffix("=>")) {
        (Some((text, expected)), _) => (text.trim_end(), Some(expected.to_owned()), true),
        (None, Some(text)) => (text.trim_end(), None, true),
        (None, None) => (raw, None, false),
    };
    let words = token::words(text);
    let line = |content| Line { text: text.to_owned(), expected, content };
    let Some((first, rest)) = words.split_first() else { return Ok(line(Content::Nothing)) };
    Ok(match first.as_str() {
        word if word.starts_with('#') => line(Content::Nothing),
        "wat" => line(Content::Wat(text["wat".len()..].trim().to_owned())),
        word if LOOK.contains(&word) && asks => line(Content::Look(word.to_owned(), rest.to_vec())),
        word if SETUP.contains(&word) => line(Content::Setup(word.to_owned(), rest.to_vec())),
        word => {
            names::function(word).ok_or_else(|| format!("no such function or word `{word}`"))?;
            let args = rest.iter().map(|word| parse_arg(word));
            line(Content::Call(word.to_owned(), args.collect::<Result<_, _>>()?))
        }
    })
}

fn parse_arg(word: &str) -> Result<Arg, String> {
    let bad = || format!("bad argument `{word}`");
    let inside = |name: &str| word.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
    if let Some(name) = word.strip_prefix('$') {
        return Ok(Arg::Variable(name.to_owned()));
    }
    if let Some(out) = word.strip_prefix('*') {
        let (kind, name) = match out.split_once('=') {
            Some((kind, name)) => (kind, Some(name.to_owned())),
            None => (out, None),
        };
        return Ok(Arg::Out(kind.to_owned(), name));
    }
    if let Some(buffer) = word.strip_prefix('^') {
        let (kind, len) = buffer.split_once(':').ok_or_else(bad)?;
        return Ok(Arg::Buffer(kind.to_owned(), len.parse().map_err(|_| bad())?));
    }
    if let Some(text) = word.strip_prefix('&') {
        return Ok(Arg::Bytes(token::unquote(text).ok_or_else(bad)?));
    }
    if word.starts_with('"') {
        return Ok(Arg::Text(token::unquote(word).ok_or_else(bad)?));
    }
    if let Some(list) = inside("iov") {
        let lens = list.split(',').filter(|len| !len.is_empty()).map(str::parse);
        return Ok(Arg::Iov(lens.collect::<Result<_, _>>().map_err(|_| bad())?));
    }
    if let Some(list) = inside("ciov") {
        let parts = list.split(',').filter(|part| !part.is_empty()).map(token::unquote);
        return Ok(Arg::Ciov(parts.collect::<Option<_>>().ok_or_else(bad)?));
    }
    if let Some(list) = inside("sub") {
        let parts = list.split(',').enumerate().map(|(i, part)| subscription(i as u64 + 1, part));
        return Ok(Arg::Subscriptions(parts.collect::<Option<_>>().ok_or_else(bad)?));
    }
    if let Some(parts) = inside("request") {
        return Ok(Arg::Request(request(parts).ok_or_else(bad)?));
    }
    names::number(word).map(Arg::Number).ok_or_else(bad)
}

/// `clock ID NANOSECONDS [abs]`, `read FD` or `write FD`; `user` is its number.
fn subscription(user: u64, text: &str) -> Option<Vec<u8>> {
    let words = token::words(text);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut out = vec![0; 48];
    out[0..8].copy_from_slice(&user.to_le_bytes());
    match words.as_slice() {
        ["clock", id, nanos, rest @ ..] => {
            out[16..20].copy_from_slice(&(names::number(id)? as u32).to_le_bytes());
            out[24..32].copy_from_slice(&(names::number(nanos)? as u64).to_le_bytes());
            out[40] = u8::from(rest == ["abs"]);
        }
        [kind @ ("read" | "write"), fd] => {
            out[8] = if *kind == "read" { 1 } else { 2 };
            out[16..20].copy_from_slice(&(names::number(fd)? as u32).to_le_bytes());
        }
        ["tag", tag] => out[8] = names::number(tag)? as u8,
        _ => return None,
    }
    Some(out)
}

/// `argv ; env ; cwd ; child=parent ...`, the first three as quoted words.
fn request(text: &str) -> Option<Vec<u8>> {
    let parts: Vec<&str> = text.split(';').collect();
    let [argv, env, cwd, fds] = parts.as_slice() else { return None };
    let mut out = Vec::new();
    for list in [argv, env] {
        let strings: Vec<_> =
            token::words(list).iter().map(|word| token::unquote(word)).collect::<Option<_>>()?;
        out.extend((strings.len() as u32).to_le_bytes());
        for string in strings {
            out.extend((string.len() as u32).to_le_bytes());
            out.extend(string);
        }
    }
    let cwd = token::words(cwd).first().map_or(Some(Vec::new()), |word| token::unquote(word))?;
    out.extend((cwd.len() as u32).to_le_bytes());
    out.extend(cwd);
    let fds = token::words(fds);
    out.extend((fds.len() as u32).to_le_bytes());
    for pair in &fds {
        let (child, parent) = pair.split_once('=')?;
        out.extend(child.parse::<u32>().ok()?.to_le_bytes());
        out.extend(parent.parse::<u32>().ok()?.to_le_bytes());
    }
    Some(out)
}
