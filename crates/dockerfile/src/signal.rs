//! Signals by number or name, as moby/sys `signal.ParseSignal` reads them on Linux.

const NAMES: [&str; 35] = [
    "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL",
    "PIPE", "POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP",
    "TTIN", "TTOU", "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN",
];

/// True where `text` names a signal: a number other than 0, or a name with or without `SIG`.
pub(crate) fn is_signal(text: &str) -> bool {
    if let Ok(number) = text.parse::<i64>() {
        return number != 0;
    }
    let upper = text.to_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let numbered = |prefix: &str, last: u32| {
        let number = name.strip_prefix(prefix);
        (1..=last).any(|known| number == Some(known.to_string().as_str()))
    };
    NAMES.contains(&name) || name == "RTMAX" || numbered("RTMIN+", 15) || numbered("RTMAX-", 14)
}

#[cfg(test)]
mod tests {
    use super::is_signal;

    #[test]
    fn names_and_numbers() {
        for signal in ["9", "-1", "+9", "999", "SIGTERM", "term", "SIGRTMIN+3", "rtmax-14", "IOT"] {
            assert!(is_signal(signal), "{signal}");
        }
        for other in ["", "0", "sigsigterm", "UNUSED", "RTMIN+16", "RTMAX-15", "RTMIN+03", "9 "] {
            assert!(!is_signal(other), "{other}");
        }
    }
}
