// Which highlighting a file gets.

import { StreamLanguage } from "@codemirror/language";
import { javascript, json } from "@codemirror/legacy-modes/mode/javascript";
import { properties } from "@codemirror/legacy-modes/mode/properties";
import { shell } from "@codemirror/legacy-modes/mode/shell";
import type { Extension } from "@codemirror/state";
import { dockerfile } from "./dockerfile";

const byName: [RegExp, () => Extension][] = [
  [/(^|\/)(Dockerfile|Containerfile)(\.|$)|\.dockerfile$/i, () => StreamLanguage.define(dockerfile)],
  [/\.[cm]?[jt]s$/, () => StreamLanguage.define(javascript)],
  [/\.json$/, () => StreamLanguage.define(json)],
  [/\.(sh|bash)$/, () => StreamLanguage.define(shell)],
  [/\.(conf|ini|env|properties)$|(^|\/)\.env/, () => StreamLanguage.define(properties)],
];

/** The language of a file, by its name; plain text for others. */
export function languageOf(path: string): Extension {
  return byName.find(([name]) => name.test(path))?.[1]() ?? [];
}
