//! Collects words while a text is being expanded.

/// The words of one stretch of text that are done.
#[derive(Default)]
pub(super) struct Words {
    done: Vec<String>,
    in_word: bool,
}

/// The word being read. There is one for all stretches, as in BuildKit, so that what stands in the braces of
/// `a${b:-c}` drops the `a` before it from the words, though not from the text.
pub(super) type Word = String;

impl Words {
    /// The words of a stretch that begins here.
    pub fn begin(word: &mut Word) -> Words {
        word.clear();
        Words::default()
    }

    /// Adds a character; white space ends the word.
    pub fn add_char(&mut self, word: &mut Word, c: char) {
        if !c.is_whitespace() {
            word.push(c);
            self.in_word = true;
        } else if self.in_word && !word.is_empty() {
            self.done.push(std::mem::take(word));
            self.in_word = false;
        }
    }

    /// Adds a substituted value; white space in it ends words.
    pub fn add_splitting(&mut self, word: &mut Word, text: &str) {
        for c in text.chars() {
            self.add_char(word, c);
        }
    }

    /// Adds text that was quoted or escaped, white space and all.
    pub fn add_whole(&mut self, word: &mut Word, text: &str) {
        word.push_str(text);
        self.in_word = true;
    }

    /// All words. An empty quoted word is none, as in BuildKit.
    pub fn finish(mut self, word: &mut Word) -> Vec<String> {
        if !word.is_empty() {
            self.done.push(std::mem::take(word));
        }
        self.done
    }
}
