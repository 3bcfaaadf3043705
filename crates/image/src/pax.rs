//! PAX records: what a tar header has no room for (POSIX `pax`, "pax Extended Header").

use vfs::Timestamp;

/// Appends `LENGTH KEY=VALUE\n`, where LENGTH counts itself.
pub(crate) fn put(out: &mut Vec<u8>, key: &[u8], value: &[u8]) {
    let rest = key.len() + value.len() + 3;
    let mut len = rest + rest.to_string().len();
    if rest + len.to_string().len() > len {
        len += 1;
    }
    out.extend_from_slice(format!("{len} ").as_bytes());
    out.extend_from_slice(key);
    out.push(b'=');
    out.extend_from_slice(value);
    out.push(b'\n');
}

/// The records of one extended header, in order. A later record of the same key wins, except where
/// GNU's sparse format 0.0 repeats keys.
#[derive(Clone, Debug, Default)]
pub(crate) struct Records(Vec<(Vec<u8>, Vec<u8>)>);

impl Records {
    /// Reads the data of an extended header; none where it is malformed.
    pub fn parse(mut data: &[u8]) -> Option<Self> {
        let mut records = Vec::new();
        while !data.is_empty() {
            let blank = data.iter().position(|&b| b == b' ')?;
            let len: usize = std::str::from_utf8(&data[..blank]).ok()?.parse().ok()?;
            let record = data.get(blank + 1..len)?.strip_suffix(b"\n")?;
            let equals = record.iter().position(|&b| b == b'=')?;
            let (key, value) = (&record[..equals], &record[equals + 1..]);
            // As Go's `validPAXRecord`: names with a NUL would be cut by whoever reads them next.
            let is_name = matches!(key, b"path" | b"linkpath" | b"uname" | b"gname");
            if key.is_empty() || key.contains(&0) || is_name && value.contains(&0) {
                return None;
            }
            records.push((key.to_vec(), value.to_vec()));
            data = &data[len..];
        }
        Some(Self(records))
    }

    /// The value of the last record with this key; an empty value takes an earlier one back.
    pub fn get(&self, key: &str) -> Option<&[u8]> {
        let found = self.0.iter().rev().find(|(k, _)| k == key.as_bytes());
        found.map(|(_, value)| value.as_slice()).filter(|value| !value.is_empty())
    }

    /// All records in order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.0.iter().map(|(key, value)| (key.as_slice(), value.as_slice()))
    }
}

/// A decimal number.
pub(crate) fn number(value: &[u8]) -> Option<i64> {
    std::str::from_utf8(value).ok()?.parse().ok()
}

/// Seconds since 1970 with an optional fraction, as of `mtime`; what is finer than nanoseconds is
/// dropped, as Go's `parsePAXTime` does.
pub(crate) fn time(value: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(value).ok()?;
    let (secs, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_negative = secs.starts_with('-');
    let secs: i64 = secs.parse().ok()?;
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits = &fraction[..fraction.len().min(9)];
    let nanos: i64 = format!("{digits:0<9}").parse().ok()?;
    let nanos = if is_negative { -nanos } else { nanos };
    secs.checked_mul(1_000_000_000)?.checked_add(nanos).map(Timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_count_themselves() {
        for n in [1, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 980, 990, 995] {
            let mut out = Vec::new();
            put(&mut out, b"path", &vec![b'x'; n]);
            let text = String::from_utf8(out.clone()).unwrap();
            let len: usize = text.split(' ').next().unwrap().parse().unwrap();
            assert_eq!(len, text.len(), "{n}");
            assert_eq!(Records::parse(&out).unwrap().get("path").unwrap().len(), n);
        }
    }

    #[test]
    fn malformed_records_are_refused() {
        for bad in ["x", "5 a=b\n", "6 a=b", "-1 a=b\n", "99 a=b\n", "5 ab\n\n", "5 =ab\n"] {
            assert!(Records::parse(bad.as_bytes()).is_none(), "{bad:?}");
        }
        assert!(Records::parse(b"11 path=a\0\n\n").is_none());
        assert_eq!(Records::parse(b"6 a=b\n5 a=\n").unwrap().get("a"), None);
    }

    #[test]
    fn times_have_fractions() {
        for (text, nanos) in [
            ("1350244992.023960108", 1_350_244_992_023_960_108),
            ("1.5", 1_500_000_000),
            ("-1.25", -1_250_000_000),
            ("3", 3_000_000_000),
            ("0.1234567899", 123_456_789),
        ] {
            assert_eq!(time(text.as_bytes()), Some(Timestamp(nanos)), "{text}");
        }
        for bad in ["", "x", "1.x", "99999999999999999999"] {
            assert_eq!(time(bad.as_bytes()), None, "{bad}");
        }
    }
}
