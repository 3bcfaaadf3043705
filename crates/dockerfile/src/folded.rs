//! An instruction's text with continuations and comments folded away, and the way back to the source.

use std::ops::Range;

use crate::span::Span;

/// One logical line: the pieces of the source that make up an instruction, joined.
#[derive(Clone, Debug, Default)]
pub(crate) struct Folded {
    /// The joined text, which is what BuildKit calls the original.
    pub text: String,
    pieces: Vec<Piece>,
}

/// A run of folded text that stands in the source as it is.
#[derive(Clone, Copy, Debug)]
struct Piece {
    at: usize,
    source: usize,
}

impl Folded {
    /// Adds `text`, which stands at `source` in the file.
    pub fn push(&mut self, source: usize, text: &str) {
        if !text.is_empty() {
            self.pieces.push(Piece { at: self.text.len(), source });
            self.text.push_str(text);
        }
    }

    /// The source range of a range of the folded text; it covers continuations inside.
    pub fn span(&self, range: Range<usize>) -> Span {
        if range.is_empty() {
            let at = self.source_of(range.start);
            return Span::new(at, at);
        }
        Span::new(self.source_of(range.start), self.source_of(range.end - 1) + 1)
    }

    /// The source offset of a folded offset.
    fn source_of(&self, at: usize) -> usize {
        let index = self.pieces.partition_point(|piece| piece.at <= at);
        match index.checked_sub(1).and_then(|index| self.pieces.get(index)) {
            Some(piece) => piece.source + (at - piece.at),
            None => 0,
        }
    }
}
