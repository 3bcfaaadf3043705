//! The value of `--chmod`: octal, or symbolic as `chmod` takes it.

/// A value that BuildKit refuses, in its words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChmodError {
    /// It begins as a number does and is no octal one up to 07777.
    #[error("invalid chmod parameter: '{0}'. it should be octal string and between 0 and 07777")]
    Octal(String),
    /// It is no list of clauses such as `u+x,go=r`.
    #[error("invalid syntax")]
    Symbolic,
}

/// Checks a value that is not empty.
///
/// # Errors
/// [`ChmodError`], as moby/buildkit `dockerfile2llb/convert_copy.go` and the mode parser it uses answer.
pub fn check_chmod(text: &str) -> Result<(), ChmodError> {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return match u32::from_str_radix(text, 8) {
            Ok(mode) if mode <= 0o7777 => Ok(()),
            _ => Err(ChmodError::Octal(text.to_owned())),
        };
    }
    if text.split(',').all(is_clause) { Ok(()) } else { Err(ChmodError::Symbolic) }
}

/// Who it is about, then an operator with permissions once or more: `u+x`, `=`, `go-w+r`.
fn is_clause(clause: &str) -> bool {
    let is_operator = |c: char| matches!(c, '+' | '-' | '=');
    let actions = clause.trim_start_matches(['u', 'g', 'o', 'a']);
    actions.starts_with(is_operator)
        && actions.chars().all(|c| is_operator(c) || "rwxXstugo".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_buildkit_answers() {
        for mode in
            ["0", "7777", "00000755", "u+x", "a=rwx", "+", "=", "u=rw,g=u", "u+r-w", "+rwxXst"]
        {
            assert_eq!(check_chmod(mode), Ok(()), "{mode}");
        }
        for mode in ["8", "64a", "010000", "0x1", "1_0", "4294967296"] {
            assert_eq!(check_chmod(mode), Err(ChmodError::Octal(mode.to_owned())));
        }
        for mode in ["u", "x", "u=g,", ",", "u+l", "+1", "-1", "u+a", "à"] {
            assert_eq!(check_chmod(mode), Err(ChmodError::Symbolic), "{mode}");
        }
    }
}
