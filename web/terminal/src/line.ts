// One line that is being typed: its text, its cursor, and what keys make of them.

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const words = new Intl.Segmenter(undefined, { granularity: "word" });

/** A line and its cursor, in UTF-16 units; it never stands inside a character. */
export class Line {
  text = "";
  cursor = 0;
  /** What Ctrl-K, Ctrl-U and Ctrl-W took away, for Ctrl-Y. */
  private killed = "";

  set(text: string): void {
    this.text = text;
    this.cursor = text.length;
  }

  insert(text: string): void {
    this.text = this.text.slice(0, this.cursor) + text + this.text.slice(this.cursor);
    this.cursor += text.length;
  }

  /** Replaces what is between `from` and the cursor. */
  replace(from: number, text: string): void {
    this.text = this.text.slice(0, from) + text + this.text.slice(this.cursor);
    this.cursor = from + text.length;
  }

  /**
   * Does what a key asks for that only concerns the line; says whether it was such a key.
   * The keys are those of readline's emacs mode.
   */
  key(key: string): boolean {
    switch (key) {
      case "\x1b[D":
      case "\x1bOD":
      case "\x02":
        this.cursor = this.before();
        return true;
      case "\x1b[C":
      case "\x1bOC":
      case "\x06":
        this.cursor = this.after();
        return true;
      case "\x1b[H":
      case "\x1bOH":
      case "\x1b[1~":
      case "\x01":
        this.cursor = 0;
        return true;
      case "\x1b[F":
      case "\x1bOF":
      case "\x1b[4~":
      case "\x05":
        this.cursor = this.text.length;
        return true;
      case "\x1bb":
      case "\x1b[1;5D":
      case "\x1b[1;3D":
        this.cursor = this.wordBefore();
        return true;
      case "\x1bf":
      case "\x1b[1;5C":
      case "\x1b[1;3C":
        this.cursor = this.wordAfter();
        return true;
      case "\x7f":
      case "\b":
        this.cut(this.before(), this.cursor);
        return true;
      case "\x1b[3~":
        this.cut(this.cursor, this.after());
        return true;
      case "\x0b":
        this.kill(this.cursor, this.text.length);
        return true;
      case "\x15":
        this.kill(0, this.cursor);
        return true;
      case "\x17":
      case "\x1b\x7f":
        this.kill(this.wordBefore(), this.cursor);
        return true;
      case "\x1bd":
        this.kill(this.cursor, this.wordAfter());
        return true;
      case "\x19":
        this.insert(this.killed);
        return true;
      default:
        return false;
    }
  }

  private cut(from: number, to: number): void {
    this.text = this.text.slice(0, from) + this.text.slice(to);
    this.cursor = from;
  }

  private kill(from: number, to: number): void {
    if (from < to) this.killed = this.text.slice(from, to);
    this.cut(from, to);
  }

  private before(): number {
    let at = 0;
    for (const { index } of graphemes.segment(this.text.slice(0, this.cursor))) at = index;
    return at;
  }

  private after(): number {
    const [next] = graphemes.segment(this.text.slice(this.cursor));
    return this.cursor + (next?.segment.length ?? 0);
  }

  private wordBefore(): number {
    let at = 0;
    for (const { index, isWordLike } of words.segment(this.text.slice(0, this.cursor))) {
      if (isWordLike) at = index;
    }
    return at;
  }

  private wordAfter(): number {
    for (const { index, segment, isWordLike } of words.segment(this.text.slice(this.cursor))) {
      if (isWordLike) return this.cursor + index + segment.length;
    }
    return this.text.length;
  }
}

/** The characters of a text as a reader sees them. */
export function characters(text: string): string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}
