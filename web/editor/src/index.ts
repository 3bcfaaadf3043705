// The editor of the page. The page finds `create` in the global `layerlabEditor`;
// `web/app/src/browser/editor.rs` is the other side of this file.

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import {
  bracketMatching,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { closeLintPanel, type Diagnostic, openLintPanel } from "@codemirror/lint";
import { highlightSelectionMatches } from "@codemirror/search";
import { Annotation, Compartment, EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import { languageOf } from "./languages";
import { type Mark, marks, setChosen, setMarks } from "./marks";
import { looks } from "./looks";
import { failuresOf, format, type Language, problemsOf, services } from "./services";

/** What the page wants to hear. */
interface Options {
  /** The user changed the text. */
  onChange(path: string, text: string): void;
  /** The user put the caret into a line, counted from 1. */
  onLine(path: string, line: number): void;
  /** What the page knows of the language of a file. */
  language: Language;
}

/** An instruction that could not be built. */
interface Failure {
  line: number;
  message: string;
}

/** A transaction that the page made, and so need not be told of. */
const fromPage = Annotation.define<boolean>();

class Editor {
  private readonly view: EditorView;
  /** States of the files that are not shown: their histories and selections. */
  private readonly shelved = new Map<string, EditorState>();
  private readonly label = new Compartment();
  private readonly phrases = new Compartment();
  private attributes: Record<string, string> = {};
  private words: Record<string, string> = {};
  private path = "";

  constructor(
    parent: HTMLElement,
    private readonly options: Options,
  ) {
    this.view = new EditorView({ parent });
  }

  /** Shows a file with this text. */
  open(path: string, text: string): void {
    if (path !== this.path) {
      if (this.path) this.shelved.set(this.path, this.view.state);
      this.path = path;
      this.view.setState(this.shelved.get(path) ?? this.newState(path, text));
      this.setAttributes();
      this.setPhrases(this.words);
      this.check();
    }
    const { doc } = this.view.state;
    if (doc.toString() !== text) {
      this.view.dispatch({
        changes: { from: 0, to: doc.length, insert: text },
        annotations: fromPage.of(true),
      });
    }
  }

  /** Drops what is kept of a file that is gone or has another name. */
  forget(path: string): void {
    this.shelved.delete(path);
    if (path === this.path) this.path = "";
  }

  /** Names the text field, and the element that says how to leave it. */
  setLabel(label: string, describedby: string): void {
    this.attributes = { tabindex: "0", "aria-label": label, "aria-describedby": describedby };
    this.setAttributes();
  }

  /** Words of CodeMirror's own, by their English ones. */
  setPhrases(words: Record<string, string>): void {
    this.words = words;
    this.view.dispatch({ effects: this.phrases.reconfigure(EditorState.phrases.of(words)) });
  }

  /**
   * Shows what a build says of this text: how far the instructions are, which of them failed,
   * which lines are chosen (from 0: none).
   */
  show(list: Mark[], failures: Failure[], from: number, to: number): void {
    const chosen = from > 0 ? { from, to } : null;
    const { doc } = this.view.state;
    const failed = failures.map(({ line, message }): Diagnostic => {
      const { from, to, text } = doc.line(Math.min(line, doc.lines));
      const indent = text.length - text.trimStart().length;
      return { from: from + indent, to, severity: "error", message };
    });
    // One transaction: each costs a measuring of the view.
    const problems = problemsOf(this.options.language, this.path, doc, failed);
    this.view.dispatch({ effects: [setMarks.of(list), setChosen.of(chosen), ...problems] });
  }

  /** Checks the text again: something that the checks look at beside it has changed. */
  check(): void {
    const { state } = this.view;
    this.view.dispatch({ effects: problemsOf(this.options.language, this.path, state.doc, failuresOf(state)) });
  }

  /** Lists the problems, or hides the list. */
  showProblems(): void {
    if (closeLintPanel(this.view)) this.view.focus();
    else openLintPanel(this.view);
  }

  /** Formats the text. */
  format(): void {
    format(this.view, this.path, this.options.language);
    this.view.focus();
  }

  /** Brings a line into view. */
  reveal(line: number): void {
    this.view.dispatch({
      effects: EditorView.scrollIntoView(this.lineStart(line), { y: "nearest", yMargin: 26 }),
    });
  }

  destroy(): void {
    this.view.destroy();
  }

  private lineStart(line: number): number {
    const { doc } = this.view.state;
    return doc.line(Math.max(1, Math.min(line, doc.lines))).from;
  }

  private setAttributes(): void {
    const extension = EditorView.contentAttributes.of(this.attributes);
    this.view.dispatch({ effects: this.label.reconfigure(extension) });
  }

  private newState(path: string, text: string): EditorState {
    return EditorState.create({ doc: text, extensions: [this.extensions(path), marks()] });
  }

  private extensions(path: string): Extension {
    return [
      lineNumbers(),
      highlightSpecialChars(),
      history(),
      drawSelection(),
      EditorState.allowMultipleSelections.of(true),
      EditorState.tabSize.of(4),
      indentUnit.of("    "),
      indentOnInput(),
      bracketMatching(),
      highlightSelectionMatches({ minSelectionLength: 3 }),
      syntaxHighlighting(classHighlighter),
      languageOf(path),
      services(path, this.options.language),
      looks,
      // Escape, then Tab, leaves the editor: CodeMirror's own rule beside `indentWithTab`.
      keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
      this.label.of(EditorView.contentAttributes.of(this.attributes)),
      this.phrases.of(EditorState.phrases.of(this.words)),
      EditorView.updateListener.of((update) => {
        const own = update.transactions.some((transaction) => transaction.annotation(fromPage));
        if (own) return;
        if (update.docChanged) this.options.onChange(path, update.state.doc.toString());
        const byUser = update.transactions.some(
          (transaction) => transaction.isUserEvent("select") || transaction.docChanged,
        );
        if (byUser) {
          const line = update.state.doc.lineAt(update.state.selection.main.head).number;
          this.options.onLine(path, line);
        }
      }),
    ];
  }
}

const api = {
  /** Puts an editor into an element. */
  create: (parent: HTMLElement, options: Options) => new Editor(parent, options),
};

declare global {
  var layerlabEditor: typeof api;
}

globalThis.layerlabEditor = api;
