// What the page knows of the language: problems under their spans, completions, cards, fixes.
//
// The page answers at once, from the same crate that builds: what is typed and what is said of it
// come in one transaction, and so in one frame.

import {
  acceptCompletion,
  autocompletion,
  closeCompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  completionStatus,
  moveCompletionSelection,
  selectedCompletion,
  startCompletion,
} from "@codemirror/autocomplete";
import { type Action, type Diagnostic, linter, lintGutter, lintKeymap, setDiagnosticsEffect } from "@codemirror/lint";
import {
  type ChangeDesc,
  type ChangeSpec,
  EditorState,
  type Extension,
  StateEffect,
  StateField,
  type Text,
} from "@codemirror/state";
import {
  type Command,
  EditorView,
  hoverTooltip,
  type KeyBinding,
  keymap,
  showTooltip,
  type Tooltip,
} from "@codemirror/view";

/** Part of the text; offsets as the editor counts them. */
interface Range {
  from: number;
  to: number;
}

/** A change that puts a problem right. */
export interface Fix {
  title: string;
  edits: (Range & { insert: string })[];
}

/** What a check says of a range. */
export interface Problem extends Range {
  severity: "error" | "warning" | "hint";
  message: string;
  /** Why it matters; empty where nothing is known. */
  reason: string;
  /** Name of the rule; empty for errors. */
  rule: string;
  /** The page that explains the rule; empty if there is none. */
  url: string;
  fix?: Fix | undefined;
}

/** What could stand at the caret. */
interface Proposal {
  /** Where what it replaces begins; it ends at the caret. */
  from: number;
  /** One of CodeMirror's kinds, for the sign before it. */
  type: string;
  label: string;
  insert: string;
  detail: string;
  info: string;
  /** Offered without being asked for, even before its first letter. */
  eager: boolean;
}

/** What the thing at a place is. */
interface Card extends Range {
  title: string;
  text: string;
}

/** The page's answers; `path` says what language the text is in. */
export interface Language {
  check(path: string, text: string): Problem[];
  complete(path: string, text: string, offset: number): Proposal[];
  describe(path: string, text: string, offset: number): Card | undefined;
  format(path: string, text: string): string | undefined;
}

/** What the last build says of ranges, beside what the page says of the text. */
const setFailures = StateEffect.define<Diagnostic[]>();

const failures = StateField.define<Diagnostic[]>({
  create: () => [],
  update(value, transaction) {
    for (const effect of transaction.effects) if (effect.is(setFailures)) return effect.value;
    return transaction.docChanged ? mapped(value, transaction.changes) : value;
  },
});

function mapped(diagnostics: Diagnostic[], changes: ChangeDesc): Diagnostic[] {
  return diagnostics.map((diagnostic) => ({
    ...diagnostic,
    from: changes.mapPos(diagnostic.from, 1),
    to: changes.mapPos(diagnostic.to, 1),
  }));
}

/** The effects that show what is wrong with the text, and what its build said. */
export function problemsOf(language: Language, path: string, doc: Text, failed: Diagnostic[]): StateEffect<unknown>[] {
  const found = language.check(path, doc.toString()).map((problem) => diagnostic(problem, doc.length));
  const inside = failed.map((failure) => within(failure, doc.length));
  return [setFailures.of(inside), setDiagnosticsEffect.of([...found, ...inside])];
}

/** What the last build said, moved along with the edits since. */
export function failuresOf(state: EditorState): Diagnostic[] {
  return state.field(failures);
}

function within<T extends Range>(range: T, end: number): T {
  const from = Math.min(range.from, end);
  return { ...range, from, to: Math.max(from, Math.min(range.to, end)) };
}

function diagnostic(problem: Problem, end: number): Diagnostic {
  const { message, rule, fix } = problem;
  return {
    ...within({ from: problem.from, to: problem.to }, end),
    severity: problem.severity,
    message,
    markClass: `cm-problem-${problem.severity}`,
    renderMessage: () => written(problem),
    actions: fix ? [action(fix)] : [],
    ...(rule ? { source: rule } : {}),
  };
}

function written(problem: Problem): HTMLElement {
  const place = element("div", "cm-problem");
  place.append(element("p", "cm-problem-message", problem.message));
  if (problem.reason) place.append(element("p", "cm-problem-reason", problem.reason));
  if (problem.rule) {
    const rule = problem.url ? document.createElement("a") : document.createElement("span");
    if (rule instanceof HTMLAnchorElement) {
      rule.href = problem.url;
      rule.target = "_blank";
      rule.rel = "noreferrer";
    }
    rule.className = "cm-problem-rule";
    rule.textContent = problem.rule;
    place.append(rule);
  }
  return place;
}

function action(fix: Fix): Action {
  return { name: sentence(fix.title), apply: (view) => apply(view, fix) };
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function apply(view: EditorView, fix: Fix): void {
  const end = view.state.doc.length;
  if (fix.edits.some((edit) => edit.to > end)) return;
  const changes: ChangeSpec[] = fix.edits.map(({ from, to, insert }) => ({ from, to, insert }));
  view.dispatch({ changes, userEvent: "input.fix", scrollIntoView: true });
  view.focus();
}

function element(name: string, className: string, text = ""): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

/** The fixes at the caret's line, offered as completions are: one list, the same keys. */
const wantFixes = StateEffect.define<boolean>();
const fixesWanted = StateField.define<boolean>({
  create: () => false,
  update(value, transaction) {
    for (const effect of transaction.effects) if (effect.is(wantFixes)) return effect.value;
    return value && !transaction.docChanged && !transaction.selection;
  },
});

function fixes(language: Language, path: string, context: CompletionContext): CompletionResult | null {
  const { state, pos } = context;
  const line = state.doc.lineAt(pos);
  const here = language
    .check(path, state.doc.toString())
    .filter((problem) => problem.fix && problem.from <= line.to && line.from <= problem.to);
  const options = here.map((problem): Completion => {
    const fix = problem.fix as Fix;
    return {
      label: sentence(fix.title),
      detail: problem.rule,
      type: "fix",
      apply: (view) => {
        closeCompletion(view);
        apply(view, fix);
      },
    };
  });
  return options.length > 0 ? { from: pos, options, filter: false } : null;
}

function proposals(language: Language, path: string, context: CompletionContext): CompletionResult | null {
  const { state, pos, explicit } = context;
  const found = language.complete(path, state.doc.toString(), pos);
  const first = found[0];
  if (!first) return null;
  const typed = state.sliceDoc(first.from, pos);
  if (!explicit && !typed && !first.eager) return null;
  // What is already there in full needs no list over it.
  if (!explicit && found.length === 1 && first.insert.trim() === typed) return null;
  const options = found.map(({ label, insert, detail, info, type }): Completion => ({
    label,
    type,
    apply: insert,
    ...(detail ? { detail } : {}),
    ...(info ? { info } : {}),
  }));
  // The page chose and ordered them for what is typed so far.
  return { from: first.from, options, filter: false };
}

/** A card that stands at the caret until it moves. */
const setCard = StateEffect.define<Tooltip | null>();
const card = StateField.define<Tooltip | null>({
  create: () => null,
  update(value, transaction) {
    for (const effect of transaction.effects) if (effect.is(setCard)) return effect.value;
    return transaction.docChanged || transaction.selection ? null : value;
  },
  provide: (field) => showTooltip.from(field),
});

function tooltip(found: Card): Tooltip {
  return {
    pos: found.from,
    end: found.to,
    above: true,
    create: () => {
      const dom = element("div", "cm-card");
      dom.setAttribute("role", "tooltip");
      dom.append(element("p", "cm-card-title", found.title), element("p", "cm-card-text", found.text));
      return { dom };
    },
  };
}

/** What the page is asked about a text, as extensions of its editor. */
export function services(path: string, language: Language): Extension {
  const describe = (state: EditorState, pos: number) => language.describe(path, state.doc.toString(), pos);

  const showCard: Command = (view) => {
    const found = describe(view.state, view.state.selection.main.head);
    if (!found) return false;
    view.dispatch({
      effects: [setCard.of(tooltip(found)), EditorView.announce.of(`${found.title}. ${found.text}`)],
    });
    return true;
  };
  const hideCard: Command = (view) => {
    if (!view.state.field(card)) return false;
    view.dispatch({ effects: setCard.of(null) });
    return true;
  };
  const quickFix: Command = (view) => {
    view.dispatch({ effects: wantFixes.of(true) });
    return startCompletion(view);
  };
  const keys: KeyBinding[] = [
    { key: "Mod-.", run: quickFix, preventDefault: true },
    { key: "Mod-k Mod-i", run: showCard, preventDefault: true },
    { key: "Shift-Alt-f", run: (view) => format(view, path, language), preventDefault: true },
    { key: "Escape", run: hideCard },
    { key: "Tab", run: takeCompletion },
    ...lintKeymap,
  ];

  return [
    failures,
    fixesWanted,
    card,
    linter(null),
    lintGutter({ tooltipFilter: () => [] }),
    EditorState.transactionExtender.of((transaction) => {
      if (!transaction.docChanged) return null;
      const moved = mapped(transaction.startState.field(failures), transaction.changes);
      return { effects: problemsOf(language, path, transaction.newDoc, moved) };
    }),
    autocompletion({
      override: [
        (context) =>
          context.state.field(fixesWanted)
            ? fixes(language, path, context)
            : proposals(language, path, context),
      ],
      activateOnTypingDelay: 0,
      // Enter ends a line unless something was chosen; Tab takes the first.
      selectOnOpen: false,
      interactionDelay: 0,
    }),
    hoverTooltip((view, pos) => {
      const found = describe(view.state, pos);
      return found ? tooltip(found) : null;
    }, { hideOnChange: true }),
    keymap.of(keys),
  ];
}

const takeCompletion: Command = (view) => {
  if (completionStatus(view.state) !== "active") return false;
  if (!selectedCompletion(view.state)) moveCompletionSelection(true)(view);
  return acceptCompletion(view);
};

/** Formats the text; the caret stays at its place in what did not change. */
export function format(view: EditorView, path: string, language: Language): boolean {
  const before = view.state.doc.toString();
  const after = language.format(path, before);
  if (after === undefined) return false;
  if (after === before) return true;
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  let end = 0;
  while (
    end < Math.min(before.length, after.length) - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  ) {
    end++;
  }
  const changes = { from: start, to: before.length - end, insert: after.slice(start, after.length - end) };
  view.dispatch({ changes, userEvent: "input.format" });
  return true;
}
