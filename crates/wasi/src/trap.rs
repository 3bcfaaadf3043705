//! Which signal a trap is the counterpart of.

use crate::Exit;

const SIGILL: u8 = 4;
const SIGABRT: u8 = 6;
const SIGFPE: u8 = 8;
const SIGSEGV: u8 = 11;

/// How a process ends that trapped, by the engine's words for the trap.
///
/// Words and not codes, because the browser's engines give nothing else: V8, SpiderMonkey and
/// JavaScriptCore say "unreachable" for one trap and have each their own words for the others.
pub(crate) fn exit_of_trap(message: &str) -> Exit {
    let has = |words: &[&str]| words.iter().any(|word| message.contains(word));
    let number = if has(&["unreachable", "Unreachable"]) {
        // `abort` and a Rust panic end in this instruction.
        SIGABRT
    } else if has(&["divide", "division", "Division", "remainder", "integer overflow"]) {
        SIGFPE
    } else if has(&["indirect call", "null function", "uninitialized element", "signature"]) {
        SIGILL
    } else {
        // Memory and table bounds, and the stack.
        SIGSEGV
    };
    let first_line = message.lines().next().unwrap_or_default();
    Exit::Signal { number, trap: Some(first_line.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_words() {
        for (message, status) in [
            ("unreachable", 134),
            ("js: unreachable\n    at abort", 134),
            ("out of bounds memory access", 139),
            ("js: memory access out of bounds", 139),
            ("call stack exhausted", 139),
            ("js: Maximum call stack size exceeded", 139),
            ("integer divide by zero", 136),
            ("js: divide by zero", 136),
            ("integer overflow", 136),
            ("indirect call type mismatch", 132),
            ("js: null function or function signature mismatch", 132),
        ] {
            assert_eq!(exit_of_trap(message).status(), status, "{message}");
        }
    }
}
