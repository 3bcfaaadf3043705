//! Fields as they come out of expansions, split by `$IFS`.

/// One field.
pub(crate) struct Field {
    pub text: Vec<u8>,
    /// The same with quoted characters escaped, if it may be a pattern for pathnames.
    pub pattern: Option<Vec<u8>>,
}

/// Collects the fields of a word.
pub(crate) struct Fields {
    done: Vec<Field>,
    text: Vec<u8>,
    pattern: Vec<u8>,
    /// The present field exists, even if it is empty.
    started: bool,
    glob: bool,
    /// The last field was ended by white space, which a following `:` (say) belongs to.
    after_blank: bool,
    ifs: Vec<u8>,
    splits: bool,
}

impl Fields {
    pub fn splitting(ifs: Vec<u8>) -> Self {
        Self::new(ifs, true)
    }

    /// Everything becomes one field.
    pub fn joining(ifs: Vec<u8>) -> Self {
        Self::new(ifs, false)
    }

    fn new(ifs: Vec<u8>, splits: bool) -> Self {
        Self {
            done: Vec::new(),
            text: Vec::new(),
            pattern: Vec::new(),
            started: false,
            glob: false,
            after_blank: false,
            ifs,
            splits,
        }
    }

    pub fn splits(&self) -> bool {
        self.splits
    }

    /// Unquoted text of the word itself.
    pub fn literal(&mut self, text: &[u8]) {
        self.started = true;
        self.after_blank = false;
        self.glob |= super::has_glob(text);
        self.text.extend_from_slice(text);
        self.pattern.extend_from_slice(text);
    }

    /// Quoted text.
    pub fn quoted(&mut self, text: &[u8]) {
        self.started = true;
        self.after_blank = false;
        self.text.extend_from_slice(text);
        for &byte in text {
            if byte.is_ascii_punctuation() {
                self.pattern.push(b'\\');
            }
            self.pattern.push(byte);
        }
    }

    /// The unquoted result of an expansion: it is split, and may be a pattern.
    pub fn value(&mut self, text: &[u8]) {
        if !self.splits || self.ifs.is_empty() {
            if !text.is_empty() {
                self.literal(text);
            }
            return;
        }
        let mut rest = text;
        while !rest.is_empty() {
            let len = rest.iter().position(|b| self.ifs.contains(b)).unwrap_or(rest.len());
            if len > 0 {
                self.literal(&rest[..len]);
            }
            let Some(&delimiter) = rest.get(len) else { break };
            rest = &rest[len + 1..];
            if matches!(delimiter, b' ' | b'\t' | b'\n') {
                if self.started {
                    self.end_field();
                    self.after_blank = true;
                }
            } else if self.started || !self.after_blank {
                self.end_field();
                self.after_blank = false;
            } else {
                self.after_blank = false;
            }
        }
    }

    /// Ends the present field, even if there is nothing in it.
    pub fn end_field(&mut self) {
        let glob = std::mem::take(&mut self.glob);
        let (text, pattern) = (std::mem::take(&mut self.text), std::mem::take(&mut self.pattern));
        self.done.push(Field { text, pattern: glob.then_some(pattern) });
        self.started = false;
    }

    /// Ends the present field if there is one.
    pub fn break_field(&mut self) {
        if self.started {
            self.end_field();
        }
        self.after_blank = false;
    }

    pub fn finish(mut self) -> Vec<Field> {
        if self.started {
            self.end_field();
        }
        self.done
    }

    pub fn into_text(self) -> Vec<u8> {
        self.text
    }

    pub fn into_both(self) -> (Vec<u8>, Vec<u8>) {
        (self.text, self.pattern)
    }

    pub fn into_pattern(self) -> Vec<u8> {
        self.pattern
    }

    /// The first character of `$IFS`, which joins `"$*"`.
    pub fn joiner(&self) -> &[u8] {
        &self.ifs[..self.ifs.len().min(1)]
    }
}
