//! Programs of a few lines: `true false yes sleep printenv clear nproc hostname uname`.

use guest::{Arg, Long, Opts, bytes, out, quote};
use std::ffi::OsString;
use std::time::Duration;

/// Runs `true`.
pub fn true_(_args: Vec<OsString>) -> i32 {
    0
}

/// Runs `false`.
pub fn false_(_args: Vec<OsString>) -> i32 {
    1
}

/// Runs `yes`.
pub fn yes(args: Vec<OsString>) -> i32 {
    let words = Opts::new(args, "+", &[], "[STRING]...").operands();
    let mut line = Vec::new();
    for word in &words {
        if !line.is_empty() {
            line.push(b' ');
        }
        line.extend(bytes(word));
    }
    if words.is_empty() {
        line.push(b'y');
    }
    line.push(b'\n');
    let block = line.repeat((16 * 1024 / line.len()).max(1));
    loop {
        out::put(&block);
        out::flush();
    }
}

/// Runs `arch`.
pub fn arch(args: Vec<OsString>) -> i32 {
    if let Some(extra) = Opts::new(args, "", &[], "[OPTION]...").operands().first() {
        guest::extra_operand(extra);
    }
    out::line("x86_64");
    0
}

/// Runs `sleep`.
pub fn sleep(args: Vec<OsString>) -> i32 {
    let operands = Opts::new(args, "", &[], "NUMBER[SUFFIX]...").operands();
    if operands.is_empty() {
        guest::missing_operand();
    }
    let (mut total, mut valid) = (0.0, true);
    for operand in &operands {
        let text = operand.to_string_lossy();
        let (number, factor) = match text.chars().last() {
            Some('s') => (&text[..text.len() - 1], 1.0),
            Some('m') => (&text[..text.len() - 1], 60.0),
            Some('h') => (&text[..text.len() - 1], 3600.0),
            Some('d') => (&text[..text.len() - 1], 86_400.0),
            _ => (text.as_ref(), 1.0),
        };
        match number.parse::<f64>() {
            Ok(number) if number >= 0.0 => total += number * factor,
            _ => {
                guest::warn(format!("invalid time interval {}", quote::locale(operand)));
                valid = false;
            }
        }
    }
    if !valid {
        guest::try_help();
    }
    std::thread::sleep(Duration::try_from_secs_f64(total).unwrap_or(Duration::MAX));
    0
}

/// Runs `printenv`.
pub fn printenv(args: Vec<OsString>) -> i32 {
    const LONG: &[Long] = &[Long("null", Arg::No, '0')];
    guest::set_failure_status(2);
    let mut end = "\n";
    let mut opts = Opts::new(args, "+0", LONG, "[OPTION]... [VARIABLE]...");
    for _ in opts.by_ref() {
        end = "\0";
    }
    let names = opts.operands();
    if names.is_empty() {
        for (name, value) in std::env::vars_os() {
            out::put([bytes(&name), b"=", bytes(&value), end.as_bytes()].concat());
        }
        return 0;
    }
    let mut status = 0;
    for name in &names {
        match std::env::var_os(name).filter(|_| !bytes(name).contains(&b'=')) {
            Some(value) => out::put([bytes(&value), end.as_bytes()].concat()),
            None => status = 1,
        }
    }
    status
}

/// Runs `clear` of ncurses: empties the screen and what has scrolled out of it.
pub fn clear(_args: Vec<OsString>) -> i32 {
    if std::env::var_os("TERM").is_none() {
        eprintln!("TERM environment variable not set.");
        return 1;
    }
    out::put(b"\x1b[H\x1b[2J\x1b[3J");
    0
}

/// Runs `nproc`: a process here has one processor.
pub fn nproc(args: Vec<OsString>) -> i32 {
    const LONG: &[Long] = &[Long("all", Arg::No, 'a'), Long("ignore", Arg::Yes, 'i')];
    let mut opts = Opts::new(args, "", LONG, "[OPTION]...");
    if let Some(extra) = opts.operands().first() {
        guest::extra_operand(extra);
    }
    out::line("1");
    0
}

/// What a file of one line holds.
fn first_line(path: &str) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    text.lines().next().map(str::to_owned).filter(|line| !line.is_empty())
}

fn host_name() -> String {
    first_line("/proc/sys/kernel/hostname")
        .or_else(|| first_line("/etc/hostname"))
        .unwrap_or_else(|| "localhost".into())
}

/// Runs `hostname`.
pub fn hostname(args: Vec<OsString>) -> i32 {
    const LONG: &[Long] = &[
        Long("domain", Arg::No, 'd'),
        Long("fqdn", Arg::No, 'f'),
        Long("ip-address", Arg::No, 'i'),
        Long("short", Arg::No, 's'),
    ];
    let mut opts = Opts::new(args, "dfis", LONG, "[OPTION]...");
    let what = opts.by_ref().last().map(|opt| opt.code);
    if !opts.operands().is_empty() {
        guest::fail("you must be root to change the host name");
    }
    let name = host_name();
    let (short, domain) = name.split_once('.').unwrap_or((&name, ""));
    match what {
        Some('s') => out::line(short),
        Some('d') => out::line(domain),
        Some('i') => out::line("127.0.0.1"),
        _ => out::line(&name),
    }
    0
}

/// Runs `uname`: the kernel is modelled, so are its names.
pub fn uname(args: Vec<OsString>) -> i32 {
    const LONG: &[Long] = &[
        Long("all", Arg::No, 'a'),
        Long("hardware-platform", Arg::No, 'i'),
        Long("kernel-name", Arg::No, 's'),
        Long("kernel-release", Arg::No, 'r'),
        Long("kernel-version", Arg::No, 'v'),
        Long("machine", Arg::No, 'm'),
        Long("nodename", Arg::No, 'n'),
        Long("operating-system", Arg::No, 'o'),
        Long("processor", Arg::No, 'p'),
    ];
    let mut asked = String::new();
    let mut opts = Opts::new(args, "asnrvmpio", LONG, "[OPTION]...");
    for opt in opts.by_ref() {
        asked.push(opt.code);
    }
    if let Some(extra) = opts.operands().first() {
        guest::extra_operand(extra);
    }
    if asked.is_empty() {
        asked.push('s');
    }
    let all = asked.contains('a');
    let kernel = |name: &str, fallback: &str| {
        first_line(&format!("/proc/sys/kernel/{name}")).unwrap_or_else(|| fallback.into())
    };
    let mut parts = Vec::new();
    for letter in "snrvmpio".chars() {
        let unknown = matches!(letter, 'p' | 'i');
        if !(asked.contains(letter) || (all && !unknown)) {
            continue;
        }
        parts.push(match letter {
            's' => kernel("ostype", "Linux"),
            'n' => host_name(),
            'r' => kernel("osrelease", "6.1.0"),
            'v' => kernel("version", "#1 SMP"),
            'm' => "x86_64".into(),
            'o' => "GNU/Linux".into(),
            _ => "unknown".into(),
        });
    }
    out::line(parts.join(" "));
    0
}
