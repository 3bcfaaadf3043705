//! The layout of a request to `spawn`.

/// A request, read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parsed {
    pub argv: Vec<Vec<u8>>,
    pub env: Vec<(Vec<u8>, Vec<u8>)>,
    /// Empty: the caller's.
    pub cwd: Vec<u8>,
    /// (number in the child, number in the parent)
    pub fds: Vec<(u32, u32)>,
}

/// Reads a request as `docs/layerlab_v1.md` lays it out; none if it is not one, has no `argv[0]`
/// or has a NUL where C strings cannot have one.
pub(super) fn parse(raw: &[u8]) -> Option<Parsed> {
    let mut rest = Rest(raw);
    let argv = rest.strings()?;
    let env = rest.strings()?;
    let cwd = rest.string()?;
    let count = rest.number()?;
    // As many pairs as bytes allow: a count that lies must not reserve memory.
    let fds = (0..count).map(|_| Some((rest.number()?, rest.number()?))).collect::<Option<_>>()?;
    let has_nul = |strings: &[Vec<u8>]| strings.iter().any(|string| string.contains(&0));
    if argv.is_empty() || has_nul(&argv) || has_nul(&env) || !rest.0.is_empty() {
        return None;
    }
    let env = env.into_iter().map(split_variable).collect::<Option<_>>()?;
    Some(Parsed { argv, env, cwd, fds })
}

fn split_variable(entry: Vec<u8>) -> Option<(Vec<u8>, Vec<u8>)> {
    let equals = entry.iter().position(|&byte| byte == b'=')?;
    let (name, value) = entry.split_at(equals);
    Some((name.to_vec(), value[1..].to_vec()))
}

struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn number(&mut self) -> Option<u32> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_le_bytes(*number))
    }

    fn string(&mut self) -> Option<Vec<u8>> {
        let len = self.number()? as usize;
        let (string, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(string.to_vec())
    }

    fn strings(&mut self) -> Option<Vec<Vec<u8>>> {
        let count = self.number()?;
        (0..count).map(|_| self.string()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(out: &mut Vec<u8>, text: &str) {
        out.extend((text.len() as u32).to_le_bytes());
        out.extend(text.as_bytes());
    }

    fn request(argv: &[&str], env: &[&str], cwd: &str, fds: &[(u32, u32)]) -> Vec<u8> {
        let mut out = Vec::new();
        for list in [argv, env] {
            out.extend((list.len() as u32).to_le_bytes());
            list.iter().for_each(|text| string(&mut out, text));
        }
        string(&mut out, cwd);
        out.extend((fds.len() as u32).to_le_bytes());
        for (child, parent) in fds {
            out.extend(child.to_le_bytes());
            out.extend(parent.to_le_bytes());
        }
        out
    }

    #[test]
    fn reads_what_was_written() {
        let raw = request(&["ls", "-l"], &["A=b=c", "EMPTY="], "/tmp", &[(0, 5), (1, 1)]);
        let expected = Parsed {
            argv: vec![b"ls".to_vec(), b"-l".to_vec()],
            env: vec![(b"A".to_vec(), b"b=c".to_vec()), (b"EMPTY".to_vec(), b"".to_vec())],
            cwd: b"/tmp".to_vec(),
            fds: vec![(0, 5), (1, 1)],
        };
        assert_eq!(parse(&raw), Some(expected));
        for end in 0..raw.len() {
            assert_eq!(parse(&raw[..end]), None, "cut at {end}");
        }
    }

    #[test]
    fn refuses_what_is_no_request() {
        assert_eq!(parse(&request(&[], &[], "", &[])), None);
        assert_eq!(parse(&request(&["a\0b"], &[], "", &[])), None);
        assert_eq!(parse(&request(&["a"], &["NOTHING"], "", &[])), None);
        assert_eq!(parse(&[0xff; 64]), None);
        let mut longer = request(&["a"], &[], "", &[]);
        longer.push(0);
        assert_eq!(parse(&longer), None);
    }
}
