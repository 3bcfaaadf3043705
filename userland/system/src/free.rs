//! `free` and `uptime`.

use std::ffi::OsString;

use guest::{Arg, Long, Opts, out};

/// How sizes in KiB are shown.
#[derive(Clone, Copy)]
enum Unit {
    Divide(u64, u64),
    Human(u64),
}

/// Runs `free`.
pub fn run(args: Vec<OsString>) -> i32 {
    const LONG: &[Long] = &[
        Long("bytes", Arg::No, 'b'),
        Long("kibi", Arg::No, 'k'),
        Long("mebi", Arg::No, 'm'),
        Long("gibi", Arg::No, 'g'),
        Long("human", Arg::No, 'h'),
        Long("si", Arg::No, 'S'),
        Long("total", Arg::No, 't'),
        Long("wide", Arg::No, 'w'),
    ];
    let (mut unit, mut total, mut wide) = (Unit::Divide(1, 1), false, false);
    let mut opts = Opts::new(args, "bkmghtwls:c:", LONG, "[options]");
    for opt in opts.by_ref() {
        match opt.code {
            'b' => unit = Unit::Divide(1024, 1),
            'm' => unit = Unit::Divide(1, 1024),
            'g' => unit = Unit::Divide(1, 1 << 20),
            'h' => unit = Unit::Human(1024),
            't' => total = true,
            'w' => wide = true,
            _ => {}
        }
    }
    let text = crate::proc("/proc/meminfo");
    let value = |name: &str| -> u64 {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
    };
    let (all, free, available) = (value("MemTotal"), value("MemFree"), value("MemAvailable"));
    let buffers = value("Buffers");
    let cache = value("Cached") + value("SReclaimable");
    let used = all.saturating_sub(available);
    let swap = (value("SwapTotal"), value("SwapFree"));
    let show = |size: u64| match unit {
        Unit::Divide(times, by) => (size * times / by).to_string(),
        Unit::Human(base) => human(size, base),
    };
    let heads: &[&str] = if wide {
        &["total", "used", "free", "shared", "buffers", "cache", "available"]
    } else {
        &["total", "used", "free", "shared", "buff/cache", "available"]
    };
    let row = |name: &str, cells: &[String]| {
        let cells: String = cells.iter().map(|cell| format!("{cell:>12}")).collect();
        out::line(format!("{name:<8}{cells}"));
    };
    row("", &heads.iter().map(|&head| head.to_owned()).collect::<Vec<_>>());
    let mut cells = vec![show(all), show(used), show(free), show(value("Shmem"))];
    if wide {
        cells.extend([show(buffers), show(cache)]);
    } else {
        cells.push(show(buffers + cache));
    }
    cells.push(show(available));
    row("Mem:", &cells);
    row("Swap:", &[show(swap.0), show(swap.0 - swap.1), show(swap.1)]);
    if total {
        let used = used + swap.0 - swap.1;
        row("Total:", &[show(all + swap.0), show(used), show(free + swap.1)]);
    }
    0
}

/// KiB as `free -h` shows them: `1.2Gi`, `23Gi`, `0B`.
fn human(size: u64, base: u64) -> String {
    if size == 0 {
        return "0B".into();
    }
    let mut value = size as f64;
    for letter in "KMGTP".chars() {
        if value < base as f64 {
            return if value < 10.0 && letter != 'K' {
                format!("{value:.1}{letter}i")
            } else {
                format!("{}{letter}i", value as u64)
            };
        }
        value /= base as f64;
    }
    size.to_string()
}

/// Runs `uptime`.
pub fn uptime(args: Vec<OsString>) -> i32 {
    const LONG: &[Long] = &[Long("pretty", Arg::No, 'p'), Long("since", Arg::No, 's')];
    let mut what = None;
    let mut opts = Opts::new(args, "ps", LONG, "[options]");
    for opt in opts.by_ref() {
        what = Some(opt.code);
    }
    let text = crate::proc("/proc/uptime");
    let seconds: f64 =
        text.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or(0.0);
    let seconds = seconds as i64;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    let now = guest::civil::now();
    let clock = guest::civil::Civil::from_nanos(now);
    match what {
        Some('p') => {
            let part = |number: i64, unit: &str| {
                (number > 0)
                    .then(|| format!("{number} {unit}{}", if number == 1 { "" } else { "s" }))
            };
            let mut parts: Vec<String> = [(days, "day"), (hours, "hour"), (minutes, "minute")]
                .into_iter()
                .filter_map(|(number, unit)| part(number, unit))
                .collect();
            if parts.is_empty() {
                parts.push("0 minutes".into());
            }
            out::line(format!("up {}", parts.join(", ")));
        }
        Some(_) => {
            let since = guest::civil::Civil::from_nanos(now - seconds * 1_000_000_000);
            out::line(since.format("%Y-%m-%d %H:%M:%S"));
        }
        None => {
            let load = crate::proc("/proc/loadavg");
            let load: Vec<&str> = load.split_whitespace().take(3).collect();
            let up = match (days, hours) {
                (0, 0) => format!("{minutes} min"),
                (0, hours) => format!("{hours}:{minutes:02}"),
                (1, hours) => format!("1 day, {hours:2}:{minutes:02}"),
                (days, hours) => format!("{days} days, {hours:2}:{minutes:02}"),
            };
            let clock = clock.format("%H:%M:%S");
            out::line(format!(" {clock} up {up},  0 user,  load average: {}", load.join(", ")));
        }
    }
    0
}
