// What the page shows at the lines: how far each instruction is, which one is chosen.

import { type Extension, RangeSet, RangeSetBuilder, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, gutter, GutterMarker, WidgetType } from "@codemirror/view";

/** How far the instruction at some lines is. */
export interface Mark {
  line: number;
  endLine: number;
  /** `cached`, `ran`, `failed`, ... */
  status: string;
  /** The same in words. */
  title: string;
  /** Written behind the last line, if not empty. */
  note: string;
}

interface Lines {
  from: number;
  to: number;
}

export const setMarks = StateEffect.define<Mark[]>();
export const setChosen = StateEffect.define<Lines | null>();

class StatusMarker extends GutterMarker {
  constructor(
    readonly status: string,
    readonly title: string,
  ) {
    super();
  }

  override eq(other: StatusMarker): boolean {
    return this.status === other.status && this.title === other.title;
  }

  override toDOM(): Node {
    const mark = document.createElement("span");
    mark.className = `cm-status cm-status-${this.status}`;
    mark.title = this.title;
    return mark;
  }
}

class NoteWidget extends WidgetType {
  constructor(readonly text: string) {
    super();
  }

  override eq(other: NoteWidget): boolean {
    return this.text === other.text;
  }

  override toDOM(): HTMLElement {
    const note = document.createElement("span");
    note.className = "cm-note";
    note.textContent = this.text;
    return note;
  }
}

interface Shown {
  gutter: RangeSet<GutterMarker>;
  lines: DecorationSet;
}

const shown = StateField.define<Shown>({
  create: () => ({ gutter: RangeSet.empty, lines: Decoration.none }),

  update(value, transaction) {
    let { gutter, lines } = value;
    if (transaction.docChanged) {
      gutter = gutter.map(transaction.changes);
      lines = lines.map(transaction.changes);
    }
    for (const effect of transaction.effects) {
      if (!effect.is(setMarks)) continue;
      const { doc } = transaction.state;
      const markers = new RangeSetBuilder<GutterMarker>();
      const decorations = [];
      for (const mark of effect.value) {
        for (let number = mark.line; number <= Math.min(mark.endLine, doc.lines); number++) {
          const { from, to } = doc.line(number);
          markers.add(from, from, new StatusMarker(mark.status, mark.title));
          if (mark.status === "failed") decorations.push(failedLine.range(from));
          if (mark.note && number === mark.endLine) {
            decorations.push(Decoration.widget({ widget: new NoteWidget(mark.note), side: 1 }).range(to));
          }
        }
      }
      gutter = markers.finish();
      lines = Decoration.set(decorations, true);
    }
    return gutter === value.gutter && lines === value.lines ? value : { gutter, lines };
  },

  provide: (field) => EditorView.decorations.from(field, (value) => value.lines),
});

const failedLine = Decoration.line({ class: "cm-failed-line" });
const chosenLine = Decoration.line({ class: "cm-chosen-line" });

const chosen = StateField.define<DecorationSet>({
  create: () => Decoration.none,

  update(value, transaction) {
    let lines = transaction.docChanged ? value.map(transaction.changes) : value;
    for (const effect of transaction.effects) {
      if (!effect.is(setChosen)) continue;
      const { doc } = transaction.state;
      const builder = new RangeSetBuilder<Decoration>();
      if (effect.value) {
        for (let number = effect.value.from; number <= Math.min(effect.value.to, doc.lines); number++) {
          const { from } = doc.line(number);
          builder.add(from, from, chosenLine);
        }
      }
      lines = builder.finish();
    }
    return lines;
  },

  provide: (field) => EditorView.decorations.from(field),
});

/** The gutter and the lines' looks. */
export function marks(): Extension {
  return [
    shown,
    chosen,
    gutter({ class: "cm-states", markers: (view) => view.state.field(shown).gutter }),
  ];
}
