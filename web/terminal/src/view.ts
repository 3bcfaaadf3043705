// A terminal: xterm.js shows it, and lines are edited here before the engine gets them.

import { FitAddon } from "@xterm/addon-fit";
import { type ITheme, Terminal } from "@xterm/xterm";
import stringWidth from "string-width";
import { History } from "./history";
import { Line, characters } from "./line";

export interface Options {
  /** Name of the text field. */
  label: string;
  /** Whether every line is told to screen readers. */
  screenReader: boolean;
  /** A line was ended, or one of the keys `eof`, `interrupt`, `detach` was pressed. */
  onEnter(kind: "line" | "eof" | "interrupt" | "detach" | "reopen", line: string): void;
  /** The word at this cursor, in bytes of the line, is to be completed. */
  onComplete(line: string, cursor: number): void;
  onResize(columns: number, rows: number): void;
}

/** What the terminal waits for: a command, a program's input, the engine, or a new shell. */
type Waits = "command" | "input" | "engine" | "nothing";

export interface Handle {
  print(text: string, waits: Waits): void;
  loading(text: string): void;
  complete(start: number, words: string[]): void;
  type(line: string): void;
  focus(): void;
  dress(): void;
  setLabel(label: string): void;
  setScreenReader(on: boolean): void;
  destroy(): void;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const byteLength = (text: string): number => encoder.encode(text).length;

export class TerminalView implements Handle {
  private readonly terminal: Terminal;
  private readonly fitting = new FitAddon();
  private readonly observer: ResizeObserver;
  private readonly line = new Line();
  private readonly history = new History();
  private waits: Waits = "engine";
  /** Tab was pressed, and what it offers has not come yet. */
  private completing = false;
  /** Keys that came while the engine worked. */
  private ahead: string[] = [];
  /** Column in which the line begins. */
  private start = 0;
  /** Row of the cursor below the line's first one. */
  private row = 0;
  /** What stands before the line: the prompt. */
  private prompt = "";
  /** Whether the next key is Tab on behalf of the browser. */
  private leaving = false;
  /** Tab was pressed and nothing could be added: the next one lists. */
  private tabbed = false;
  private search: { part: string; skip: number } | undefined;
  private isLoading = false;
  private detaching = false;

  constructor(
    private readonly parent: HTMLElement,
    private readonly options: Options,
  ) {
    this.terminal = new Terminal({
      allowProposedApi: false,
      convertEol: true,
      cursorBlink: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      fontFamily: getComputedStyle(parent).fontFamily,
      fontSize: 13,
      lineHeight: 1.25,
      macOptionIsMeta: true,
      minimumContrastRatio: 4.5,
      screenReaderMode: options.screenReader,
      scrollback: 5000,
      theme: theme(parent),
    });
    this.terminal.loadAddon(this.fitting);
    this.terminal.open(parent);
    this.setLabel(options.label);
    this.terminal.attachCustomKeyEventHandler((event) => this.beforeKey(event));
    this.terminal.onData((data) => this.keys(data));
    this.terminal.onResize(({ cols, rows }) => options.onResize(cols, rows));
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(parent);
    this.fit();
    options.onResize(this.terminal.cols, this.terminal.rows);
  }

  print(text: string, waits: Waits): void {
    const erase = this.isLoading ? "\r\x1b[K" : "";
    this.isLoading = false;
    this.terminal.write(erase + text, () => {
      this.start = this.terminal.buffer.active.cursorX;
      this.row = 0;
      this.prompt = text.slice(text.lastIndexOf("\n") + 1);
      this.waits = waits;
      this.line.set("");
      this.completing = false;
      this.goOn();
    });
  }

  loading(text: string): void {
    if (!this.isLoading) this.terminal.write("\x1b[2m");
    this.isLoading = true;
    this.terminal.write(`\r\x1b[K${text}\x1b[0m`);
  }

  complete(start: number, words: string[]): void {
    if (!this.completing) return;
    this.completing = false;
    this.offer(start, words);
    this.goOn();
  }

  private offer(start: number, words: string[]): void {
    const from = decoder.decode(encoder.encode(this.line.text).slice(0, start)).length;
    const typed = this.line.text.slice(from, this.line.cursor);
    const [only] = words;
    if (only === undefined) return;
    if (words.length === 1) {
      this.tabbed = false;
      this.line.replace(from, only);
      this.draw();
      return;
    }
    const common = commonStart(words);
    if (common.length > typed.length) {
      this.line.replace(from, common);
      this.draw();
    } else if (this.tabbed) {
      this.list(words);
    }
    this.tabbed = true;
  }

  type(line: string): void {
    this.keys(line);
    this.focus();
  }

  focus(): void {
    this.terminal.focus();
  }

  dress(): void {
    this.terminal.options.theme = theme(this.parent);
  }

  setLabel(label: string): void {
    this.terminal.textarea?.setAttribute("aria-label", label);
  }

  setScreenReader(on: boolean): void {
    this.terminal.options.screenReaderMode = on;
  }

  destroy(): void {
    this.observer.disconnect();
    this.terminal.dispose();
  }

  private fit(): void {
    // A terminal that is not shown has no size.
    if (this.parent.clientHeight > 0 && this.parent.clientWidth > 0) this.fitting.fit();
  }

  /** Whether xterm.js handles a key; the browser gets the others. */
  private beforeKey(event: KeyboardEvent): boolean {
    if (event.type !== "keydown") return true;
    const leaving = this.leaving;
    this.leaving = event.key === "Escape";
    if (event.key === "Tab" && (leaving || event.shiftKey)) return false;
    const control = event.ctrlKey || event.metaKey;
    if (control && event.key.toLowerCase() === "c" && this.terminal.hasSelection()) {
      void navigator.clipboard.writeText(this.terminal.getSelection());
      this.terminal.clearSelection();
      event.preventDefault();
      return false;
    }
    // Ctrl-V pastes, as everywhere else on a page; Ctrl-` is the page's.
    return !(control && (event.key.toLowerCase() === "v" || event.key === "`"));
  }

  /** Takes what was typed or pasted. */
  private keys(data: string): void {
    const text = data.replaceAll("\x1b[200~", "").replaceAll("\x1b[201~", "");
    const single = text.startsWith("\x1b") || characters(text).length === 1;
    if (single) return this.key(text);
    // Lines of a paste are ended as if by hand.
    for (const part of text.replaceAll("\r\n", "\r").replaceAll("\n", "\r").split(/(\r)/)) {
      if (part) this.key(part);
    }
  }

  /** Takes the keys that had to wait. */
  private goOn(): void {
    const ahead = this.ahead;
    this.ahead = [];
    for (const key of ahead) this.key(key);
  }

  private key(key: string): void {
    if (this.waits === "engine" || this.completing) {
      this.ahead.push(key);
      return;
    }
    if (this.waits === "nothing") {
      if (key === "\r") this.give("reopen", "");
      return;
    }
    if (key !== "\t") this.tabbed = false;
    if (this.detaching) {
      this.detaching = false;
      if (key === "\x11") return this.give("detach", "");
      this.recall(-1);
    }
    if (this.search && this.searching(key)) return;
    switch (key) {
      case "\r":
        return this.end();
      case "\x03":
        this.moveToEnd();
        if (this.waits === "command") this.terminal.write("^C\r\n");
        return this.give("interrupt", "");
      case "\x04":
        if (this.line.text === "") return this.give("eof", "");
        this.line.key("\x1b[3~");
        return this.draw();
      case "\x0c":
        this.terminal.write(`\x1b[2J\x1b[3J\x1b[H${this.prompt}`, () => {
          this.start = this.terminal.buffer.active.cursorX;
          this.row = 0;
          this.draw();
        });
        return;
      case "\x10":
        // Ctrl-P is the line before, and begins Docker's keys to leave a container.
        this.detaching = true;
        return;
      case "\x1b[A":
      case "\x1bOA":
        return this.recall(-1);
      case "\x1b[B":
      case "\x1bOB":
      case "\x0e":
        return this.recall(1);
      case "\x12":
        if (this.waits === "command") this.search = { part: "", skip: 0 };
        return this.draw();
      case "\t":
        if (this.waits !== "command") return this.insert("\t");
        this.completing = true;
        this.options.onComplete(this.line.text, byteLength(this.line.text.slice(0, this.line.cursor)));
        return;
      default:
        if (this.line.key(key)) return this.draw();
        // Other control sequences mean nothing here.
        if (!/[\x00-\x1f]/.test(key)) this.insert(key);
    }
  }

  private insert(text: string): void {
    this.line.insert(text);
    this.draw();
  }

  private end(): void {
    const { text } = this.line;
    this.moveToEnd();
    this.terminal.write("\r\n");
    if (this.waits === "command") this.history.add(text);
    this.give("line", text);
  }

  private give(kind: Parameters<Options["onEnter"]>[0], line: string): void {
    this.waits = "engine";
    this.search = undefined;
    this.options.onEnter(kind, line);
  }

  private recall(by: -1 | 1): void {
    if (this.waits !== "command") return;
    const line = this.history.move(by, this.line.text);
    if (line === undefined) return;
    this.line.set(line);
    this.draw();
  }

  /** Keys of Ctrl-R, until one ends it; says whether it was such a key. */
  private searching(key: string): boolean {
    const { search } = this;
    if (!search) return false;
    if (key === "\x12") search.skip += 1;
    else if (key === "\x7f") this.search = { part: search.part.slice(0, -1), skip: 0 };
    else if (/^[\x00-\x1f]/.test(key)) {
      this.search = undefined;
      this.draw();
      // Ctrl-G and Escape only end the search.
      return key === "\x07" || key === "\x1b";
    } else this.search = { part: search.part + key, skip: 0 };
    const now = this.search;
    const found = now && this.history.search(now.part, now.skip);
    if (found !== undefined) this.line.set(found);
    this.draw();
    return true;
  }

  /** Draws the line anew behind its prompt. */
  private draw(): void {
    const shown = this.search ? `(search: ${this.search.part}) ${this.line.text}` : this.line.text;
    const cursor = shown.length - (this.line.text.length - this.line.cursor);
    const columns = this.terminal.cols;
    const up = this.row > 0 ? `\x1b[${this.row}A` : "";
    const end = place(shown, this.start, columns);
    const at = place(shown.slice(0, cursor), this.start, columns);
    // At the right edge the terminal has not gone to the next row yet; a blank makes it.
    const wrap = end.column === 0 && end.row > 0 ? " \r" : "";
    const back = end.row > at.row ? `\x1b[${end.row - at.row}A` : "";
    const column = `\x1b[${at.column + 1}G`;
    this.terminal.write(`${up}\x1b[${this.start + 1}G\x1b[J${shown}${wrap}${back}${column}`);
    this.row = at.row;
  }

  private moveToEnd(): void {
    this.line.cursor = this.line.text.length;
    this.draw();
  }

  /** Lists words in columns, and shows the prompt and the line again below. */
  private list(words: string[]): void {
    const names = words.map((word) => word.trimEnd()).map((word) => word.replace(/^.*\/(?=.)/, ""));
    const width = Math.max(...names.map((name) => stringWidth(name))) + 2;
    const columns = Math.max(1, Math.floor(this.terminal.cols / width));
    const rows = Math.ceil(names.length / columns);
    const row = (number: number) =>
      names
        .filter((_, index) => index % rows === number)
        .map((name) => name + " ".repeat(width - stringWidth(name)))
        .join("")
        .trimEnd();
    const text = Array.from({ length: rows }, (_, number) => row(number)).join("\r\n");
    const { cursor } = this.line;
    this.moveToEnd();
    this.line.cursor = cursor;
    this.terminal.write(`\r\n${text}\r\n${this.prompt}`, () => {
      this.row = 0;
      this.start = this.terminal.buffer.active.cursorX;
      this.draw();
    });
  }
}

/** Row and column behind a text that begins in this column. */
function place(text: string, start: number, columns: number): { row: number; column: number } {
  let row = 0;
  let column = start;
  for (const character of characters(text)) {
    const width = stringWidth(character);
    if (column + width > columns) {
      row += 1;
      column = 0;
    }
    column += width;
  }
  return column >= columns ? { row: row + 1, column: 0 } : { row, column };
}

function commonStart(words: string[]): string {
  const [first = ""] = words;
  let length = first.length;
  for (const word of words) {
    while (!word.startsWith(first.slice(0, length))) length -= 1;
  }
  return first.slice(0, length);
}

/** The page's colours. */
function theme(parent: HTMLElement): ITheme {
  const style = getComputedStyle(parent);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  return {
    background: colour("--pane"),
    foreground: colour("--ink"),
    cursor: colour("--accent"),
    cursorAccent: colour("--on-accent"),
    selectionBackground: colour("--selection"),
    black: colour("--ink"),
    red: colour("--deleted"),
    green: colour("--added"),
    yellow: colour("--changed"),
    blue: colour("--accent"),
    magenta: colour("--code-name"),
    cyan: colour("--cached"),
    white: colour("--dim"),
    brightBlack: colour("--faint"),
    brightRed: colour("--deleted"),
    brightGreen: colour("--added"),
    brightYellow: colour("--changed"),
    brightBlue: colour("--accent"),
    brightMagenta: colour("--code-name"),
    brightCyan: colour("--cached"),
    brightWhite: colour("--ink"),
  };
}
