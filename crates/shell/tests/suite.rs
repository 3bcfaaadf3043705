//! The suites in `tests/shell/*.md`: scripts with what real dash, bash and BusyBox ash made of them,
//! with the small programs of `support/programs.rs`.

#![allow(clippy::disallowed_methods, reason = "a test meets this machine: its files and settings")]

mod support;

use shell::Personality;

#[test]
fn shells_agree_with_the_real_ones() {
    support::suite::check("", |shell, script| {
        let personality = match shell {
            "bash" => Personality::Bash,
            "ash" => Personality::Ash,
            _ => Personality::Dash,
        };
        support::run_command(personality, shell, script.as_bytes())
    });
}
