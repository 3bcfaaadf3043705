//! What a visitor downloads, held against the budgets of the design.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::stamp;

/// A part of the site that is downloaded at one time.
pub struct Part {
    name: &'static str,
    raw: usize,
    gzip: usize,
    brotli: usize,
    /// Bytes after brotli.
    budget: usize,
}

impl Part {
    fn new(name: &'static str, budget: usize) -> Self {
        Self { name, raw: 0, gzip: 0, brotli: 0, budget }
    }

    /// Whether it may be published.
    pub fn is_within_budget(&self) -> bool {
        self.brotli <= self.budget
    }
}

/// The sizes of the parts of a finished site.
pub fn measure(site: &Path) -> Result<Vec<Part>> {
    let mut first = Part::new("first load: page, glue, styles, scripts", 600_000);
    let mut later = Part::new("fetched when used: archives, links, examples", 200_000);
    let mut engine = Part::new("engine worker", 900_000);
    let mut userland = Part::new("core userland", 1_500_000);
    for file in stamp::all_files(site)? {
        let name = file.strip_prefix(site).unwrap_or(&file).to_string_lossy();
        // What is in no folder of its own is loaded with the page, so nothing can be forgotten.
        let part = if name.starts_with("parts/") {
            &mut later
        } else if name.starts_with("engine-") {
            &mut engine
        } else if name.starts_with("userland-") {
            &mut userland
        } else {
            &mut first
        };
        let content = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        part.raw += content.len();
        part.gzip += gzip(&content)?;
        part.brotli += brotli(&content)?;
    }
    Ok(vec![first, later, engine, userland])
}

/// The sizes as lines of text, in KB of 1000 bytes.
pub fn table(parts: &[Part]) -> String {
    let mut text =
        format!("{:<42}{:>10}{:>10}{:>10}{:>10}\n", "KB", "raw", "gzip", "brotli", "budget");
    for part in parts {
        let kilobytes = |bytes: usize| format!("{:.1}", bytes as f64 / 1000.0);
        let verdict = if part.is_within_budget() { "ok" } else { "over" };
        let _ = writeln!(
            text,
            "{:<42}{:>10}{:>10}{:>10}{:>10}  {verdict}",
            part.name,
            kilobytes(part.raw),
            kilobytes(part.gzip),
            kilobytes(part.brotli),
            kilobytes(part.budget),
        );
    }
    text
}

fn gzip(content: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?.len())
}

/// As static hosts compress ahead of time: quality 11, window of 4 MB.
fn brotli(content: &[u8]) -> Result<usize> {
    let mut compressed = Vec::new();
    let mut encoder = brotli::CompressorWriter::new(&mut compressed, 64 * 1024, 11, 22);
    encoder.write_all(content)?;
    drop(encoder);
    Ok(compressed.len())
}

#[cfg(test)]
mod tests {
    use super::{Part, table};

    #[test]
    fn verdicts() {
        let part = |brotli| Part { brotli, ..Part::new("page", 1000) };
        let text = table(&[part(1000), part(1001)]);
        let verdicts: Vec<&str> =
            text.lines().skip(1).filter_map(|line| line.split_whitespace().last()).collect();
        assert_eq!(verdicts, ["ok", "over"]);
    }
}
