// The editor's looks: the page's tokens, so that a change of theme needs nothing here.

import { EditorView } from "@codemirror/view";

export const looks = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "transparent", flex: "1 0 auto" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "var(--row)", overflowY: "hidden" },
  ".cm-content": { padding: "var(--editor-top) 0 12px", caretColor: "var(--accent)" },
  ".cm-line": { padding: "0 16px 0 8px" },
  ".cm-cursor": { borderLeft: "2px solid var(--accent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--selection)",
  },
  ".cm-selectionMatch": { backgroundColor: "var(--match)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--match)", outline: "none" },
  ".cm-gutters": { backgroundColor: "var(--pane)", border: "none", color: "var(--faint)" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "34px", padding: "0 8px 0 6px", fontSize: "12px" },
  ".cm-tooltip": {
    backgroundColor: "var(--pane)",
    color: "var(--ink)",
    border: "1px solid var(--line)",
    borderRadius: "6px",
    boxShadow: "var(--shadow)",
  },
  ".cm-diagnostic": { padding: "6px 10px", borderLeft: "3px solid var(--changed)", whiteSpace: "pre-wrap" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--deleted)" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--deleted) 1px",
    textUnderlineOffset: "4px",
  },
  ".cm-lintRange-warning": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--changed) 1px",
    textUnderlineOffset: "4px",
  },
});
