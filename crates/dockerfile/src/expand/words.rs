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
    /// The words of a stretch that begins here. Without a `word`, none are collected.
    pub fn begin(word: &mut Option<Word>) -> Words {
        if let Some(word) = word {
            word.clear();
        }
        Words::default()
    }

    /// Adds a character; white space ends the word.
    pub fn add_char(&mut self, word: &mut Option<Word>, c: char) {
        let Some(word) = word else { return };
        if !c.is_whitespace() {
            word.push(c);
            self.in_word = true;
        } else if self.in_word && !word.is_empty() {
            self.done.push(std::mem::take(word));
            self.in_word = false;
        }
    }

    /// Adds a substituted value; white space in it ends words.
    pub fn add_splitting(&mut self, word: &mut Option<Word>, text: &str) {
        if word.is_some() {
            text.chars().for_each(|c| self.add_char(word, c));
        }
    }

    /// Adds text that was quoted or escaped, white space and all.
    pub fn add_whole(&mut self, word: &mut Option<Word>, text: &str) {
        if let Some(word) = word {
            word.push_str(text);
            self.in_word = true;
        }
    }

    /// All words. An empty quoted word is none, as in BuildKit.
    pub fn finish(mut self, word: &mut Option<Word>) -> Vec<String> {
        self.done.extend(word.as_mut().filter(|word| !word.is_empty()).map(std::mem::take));
        self.done
    }
}
