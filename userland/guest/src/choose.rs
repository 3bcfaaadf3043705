//! Words as values of options: `--sort=time`, `--color=auto`.

use crate::{out, quote, say};

/// The value a word, or the start of one, stands for; otherwise the program ends with the list
/// of words.
///
/// Each entry has the words that mean the same.
pub fn choose<T: Copy>(text: &str, option: &str, table: &[(&[&str], T)]) -> T {
    let matching = |fits: &dyn Fn(&str) -> bool| -> Vec<T> {
        table
            .iter()
            .filter(|(words, _)| words.iter().any(|word| fits(word)))
            .map(|(_, value)| *value)
            .collect()
    };
    if let [value, ..] = matching(&|word| word == text)[..] {
        return value;
    }
    let alike = matching(&|word| word.starts_with(text) && !text.is_empty());
    if let [value] = alike[..] {
        return value;
    }
    let what = if alike.is_empty() { "invalid" } else { "ambiguous" };
    say::warn(format!("{what} argument {} for {}", quote::locale(text), quote::locale(option)));
    out::flush();
    eprintln!("Valid arguments are:");
    for (words, _) in table {
        let words: Vec<String> = words.iter().copied().map(quote::locale).collect();
        eprintln!("  - {}", words.join(", "));
    }
    // GNU ends with 1 here, even where other errors have another status.
    say::set_failure_status(1);
    say::try_help()
}
