//! Collects words while a text is being expanded.

/// The words so far and the one being read.
#[derive(Default)]
pub(super) struct Words {
    done: Vec<String>,
    word: String,
}

impl Words {
    /// Adds a character; white space ends the word.
    pub fn add_char(&mut self, c: char) {
        if !c.is_whitespace() {
            self.word.push(c);
        } else if !self.word.is_empty() {
            self.done.push(std::mem::take(&mut self.word));
        }
    }

    /// Adds a substituted value; white space in it ends words.
    pub fn add_splitting(&mut self, text: &str) {
        for c in text.chars() {
            self.add_char(c);
        }
    }

    /// Adds text that was quoted or escaped, white space and all.
    pub fn add_whole(&mut self, text: &str) {
        self.word.push_str(text);
    }

    /// All words. An empty quoted word is none, as in BuildKit.
    pub fn finish(mut self) -> Vec<String> {
        if !self.word.is_empty() {
            self.done.push(self.word);
        }
        self.done
    }
}
