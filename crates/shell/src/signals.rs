//! Signal names and numbers of Linux.

/// Names by number, from 1.
const NAMES: [&str; 31] = [
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
    "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
    "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
];

/// The number of Ctrl-C.
pub(crate) const INT: u8 = 2;

/// The number of a broken pipe.
pub(crate) const PIPE: u8 = 13;

/// The name of a number, without `SIG`.
pub(crate) fn name(number: u8) -> Option<&'static str> {
    NAMES.get(usize::from(number).checked_sub(1)?).copied()
}

/// The number of a name (with or without `SIG`) or of a number's digits.
pub(crate) fn number(text: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(text).ok()?;
    if let Ok(number) = text.parse::<u8>() {
        return (number <= 64).then_some(number);
    }
    let upper = text.to_ascii_uppercase();
    let short = upper.strip_prefix("SIG").unwrap_or(&upper);
    let index = NAMES.iter().position(|name| *name == short)?;
    Some(index as u8 + 1)
}

/// Whether a process that does nothing about it survives it.
pub(crate) fn ignored_by_default(number: u8) -> bool {
    matches!(name(number), Some("CHLD" | "URG" | "WINCH" | "CONT"))
}
