// The words of the page that journeys look for, in both languages. They are read from the page's own
// sentences, so that a journey fails by what the page does and not by how it is put.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export type Language = "en" | "ko";

/** Both languages, with the locale that asks for them. */
export const languages: { language: Language; locale: string }[] = [
  { language: "en", locale: "en-US" },
  { language: "ko", locale: "ko-KR" },
];

/** The sentence of a key; `{ $name }` is filled in from `arguments_`. */
export function words(language: Language): (key: string, arguments_?: Record<string, string>) => string {
  const file = fileURLToPath(new URL(`../../web/locales/${language}/app.ftl`, import.meta.url));
  const sentences = new Map(
    [...readFileSync(file, "utf8").matchAll(/^([a-z][a-z0-9-]*) = (.*)$/gm)].map(([, key, text]) => [key, text]),
  );
  return (key, arguments_ = {}) => {
    const sentence = sentences.get(key);
    if (sentence === undefined) throw new Error(`there is no sentence ${key} in ${language}`);
    return sentence.replace(/\{ \$([a-z]+) \}/g, (_all, name: string) => arguments_[name] ?? "");
  };
}
