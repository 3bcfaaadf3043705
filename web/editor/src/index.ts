// The editor of the page. The page finds `create` in the global `layerlabEditor`;
// `web/app/src/browser/editor.rs` is the other side of this file.

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import {
  bracketMatching,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { type Diagnostic, setDiagnostics } from "@codemirror/lint";
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

/** What the page wants to hear. */
interface Options {
  /** The user changed the text. */
  onChange(path: string, text: string): void;
  /** The user put the caret into a line, counted from 1. */
  onLine(path: string, line: number): void;
}

/** A transaction that the page made, and so need not be told of. */
const fromPage = Annotation.define<boolean>();

class Editor {
  private readonly view: EditorView;
  /** States of the files that are not shown: their histories and selections. */
  private readonly shelved = new Map<string, EditorState>();
  private readonly label = new Compartment();
  private attributes: Record<string, string> = {};
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

  /**
   * Shows what a build says of this text: how far the instructions are, what is wrong, which
   * lines are chosen (from 0: none). Ranges that are not there are cut to the text.
   */
  show(list: Mark[], problems: Diagnostic[], from: number, to: number): void {
    const { state } = this.view;
    const end = state.doc.length;
    const inside = problems.map((problem) => {
      const from = Math.min(problem.from, end);
      return { ...problem, from, to: Math.max(from, Math.min(problem.to, end)) };
    });
    const chosen = from > 0 ? { from, to } : null;
    // One transaction: each costs a measuring of the view.
    this.view.dispatch(
      { effects: [setMarks.of(list), setChosen.of(chosen)] },
      setDiagnostics(state, inside),
    );
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
      looks,
      // Escape, then Tab, leaves the editor: CodeMirror's own rule beside `indentWithTab`.
      keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
      this.label.of(EditorView.contentAttributes.of(this.attributes)),
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
