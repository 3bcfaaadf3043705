//! Answers as text.

use super::generate::{Answer, UNANSWERED};
use super::names::{ERRNO, FILETYPE, Kind, RIGHTS};
use super::token::quote;

/// What a call answered.
pub fn answer(answer: &Answer, region: &[u8]) -> String {
    let result = u32_at(region, answer.result);
    match answer.kind {
        _ if result == UNANSWERED => "-".to_owned(),
        Kind::Errno if result != 0 => errno(result),
        kind => {
            let first = if kind == Kind::Number { result.to_string() } else { "ok".to_owned() };
            let outs = answer
                .outs
                .iter()
                .map(|(kind, offset, len)| out(kind, &region[*offset..offset + len]));
            std::iter::once(first).chain(outs).collect::<Vec<_>>().join(" ")
        }
    }
}

pub fn errno(number: u32) -> String {
    ERRNO.get(number as usize).map_or_else(|| format!("errno {number}"), |name| (*name).to_owned())
}

fn out(kind: &str, bytes: &[u8]) -> String {
    match kind.split(':').next().unwrap_or_default() {
        "u8" => bytes[0].to_string(),
        "u16" => u16::from_le_bytes([bytes[0], bytes[1]]).to_string(),
        "u32" => u32_at(bytes, 0).to_string(),
        "u64" => u64_at(bytes, 0).to_string(),
        "winsize" => {
            format!("{}x{}", u32_at(bytes, 0) & 0xffff, u32_at(bytes, 0) >> 16)
        }
        "prestat" => format!("{{tag {} length {}}}", bytes[0], u32_at(bytes, 4)),
        "fdstat" => format!(
            "{{{} flags {} rights {} inheriting {}}}",
            filetype(bytes[0]),
            u16::from_le_bytes([bytes[2], bytes[3]]),
            rights(u64_at(bytes, 8)),
            rights(u64_at(bytes, 16)),
        ),
        "filestat" => format!(
            "{{{} links {} size {}}}",
            filetype(bytes[16]),
            u64_at(bytes, 24),
            u64_at(bytes, 32)
        ),
        "inode" => format!("{{dev {} ino {}}}", u64_at(bytes, 0), u64_at(bytes, 8)),
        "times" => format!(
            "{{atim {} mtim {} ctim {}}}",
            u64_at(bytes, 40),
            u64_at(bytes, 48),
            u64_at(bytes, 56)
        ),
        "stat" => format!(
            "{{mode {:o} uid {} gid {} links {} size {} blocks {} rdev {}:{}}}",
            u32_at(bytes, 24),
            u32_at(bytes, 28),
            u32_at(bytes, 32),
            u64_at(bytes, 16),
            u64_at(bytes, 48),
            u64_at(bytes, 56),
            u32_at(bytes, 44),
            u32_at(bytes, 40),
        ),
        "stattimes" => format!(
            "{{atime {} mtime {} ctime {}}}",
            u64_at(bytes, 64) as i64,
            u64_at(bytes, 72) as i64,
            u64_at(bytes, 80) as i64
        ),
        "strings" => {
            // Pointers come first; what they point to is in another buffer.
            let count = bytes.chunks_exact(4).filter(|pointer| *pointer != [0; 4]).count();
            format!("{count} pointers")
        }
        "events" => events(bytes),
        "dirents" => dirents(bytes),
        _ => quote(bytes),
    }
}

fn filetype(number: u8) -> &'static str {
    FILETYPE.get(usize::from(number)).copied().unwrap_or("?")
}

/// The shorter of: the rights there are, the rights that lack.
fn rights(bits: u64) -> String {
    let names = |bits: u64| {
        let set = RIGHTS.iter().enumerate().filter(|(bit, _)| bits >> bit & 1 == 1);
        set.map(|(_, name)| *name).collect::<Vec<_>>().join("|")
    };
    let all = (1 << RIGHTS.len()) - 1;
    match bits {
        0 => "none".to_owned(),
        bits if bits == all => "all".to_owned(),
        bits if bits.count_ones() > 21 => format!("all-{}", names(all & !bits)),
        bits => names(bits),
    }
}

fn events(bytes: &[u8]) -> String {
    let events = bytes.chunks_exact(32).filter(|event| u64_at(event, 0) != 0).map(|event| {
        let kind = ["clock", "read", "write"].get(usize::from(event[10])).unwrap_or(&"?");
        let error = errno(u32::from(u16::from_le_bytes([event[8], event[9]])));
        let nbytes = match u64_at(event, 16) {
            u64::MAX => "any".to_owned(),
            nbytes => nbytes.to_string(),
        };
        format!("{}:{kind}:{error}:{nbytes}", u64_at(event, 0))
    });
    format!("[{}]", events.collect::<Vec<_>>().join(" "))
}

fn dirents(bytes: &[u8]) -> String {
    let mut out = Vec::new();
    let mut rest = bytes;
    while rest.len() >= 24 && u64_at(rest, 0) != 0 {
        let len = u32_at(rest, 16) as usize;
        let name = &rest[24..(24 + len).min(rest.len())];
        let cut = if name.len() < len { "~" } else { "" };
        let name = String::from_utf8_lossy(name);
        out.push(format!("{}:{name}{cut}:{}", u64_at(rest, 0), filetype(rest[20])));
        rest = rest.get(24 + len..).unwrap_or_default();
    }
    if !rest.is_empty() && rest.iter().any(|byte| *byte != 0) {
        out.push("~".to_owned());
    }
    format!("[{}]", out.join(" "))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}
