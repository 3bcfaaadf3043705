// What a person does with the page, by role and name.

import { type Locator, type Page, expect } from "@playwright/test";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A step as its row in the rail says it. */
export interface Step {
  instruction: string;
  /** `cached`, `ran 2 ms, 30 B`, `config`, `failed`, ... */
  state: string;
}

export class Lab {
  constructor(readonly page: Page) {}

  /** Opens the page and waits for its first build. */
  async open(): Promise<void> {
    await this.page.goto(".");
    await this.imageId();
  }

  get dockerfile(): Locator {
    return this.page.getByRole("textbox", { name: "Dockerfile, editor" });
  }

  get failure(): Locator {
    return this.page.getByRole("region", { name: "Failure" });
  }

  /** Replaces what is in the open editor, as one paste. */
  async type(editor: Locator, text: string): Promise<void> {
    await editor.click();
    await this.page.keyboard.press("ControlOrMeta+a");
    await this.page.keyboard.insertText(text);
  }

  /** Puts the cursor behind the last character of a line of the open editor. */
  async endOfLine(editor: Locator, text: string): Promise<void> {
    await editor.locator(".cm-line", { hasText: text }).click();
    await this.page.keyboard.press("End");
  }

  /** The button that bears the name of the project and opens the menu. */
  get projectMenu(): Locator {
    return this.page.locator(".menu-button");
  }

  /** Begins a project with an example, counted from 0. */
  async openExample(number: number, say: (key: string) => string): Promise<void> {
    await this.projectMenu.click();
    await this.page.getByRole("menuitem", { name: say("new-project") }).click();
    const list = this.page.getByRole("list", { name: say("examples") });
    await list.getByRole("button").nth(number).click();
    await expect(this.page.getByRole("dialog")).toBeHidden();
  }

  /** Opens a file of the build context in the editor. */
  async openFile(path: string): Promise<Locator> {
    const context = this.page.getByRole("region", { name: "Build context" });
    await context.getByRole("button", { name: path, exact: true }).click();
    return this.page.getByRole("textbox", { name: `${path}, editor` });
  }

  async steps(): Promise<Step[]> {
    const rows = this.page.getByRole("button", { name: /^Step \d+ of \d+: / });
    const labels = await rows.evaluateAll((all) => all.map((row) => row.getAttribute("aria-label")));
    return labels.map((label) => {
      const [, instruction = "", state = ""] = /^Step \d+ of \d+: (.*): (.*)$/s.exec(label ?? "") ?? [];
      return { instruction, state };
    });
  }

  /** The first word of each step's state. */
  async states(): Promise<string[]> {
    return (await this.steps()).map(({ state }) => state.split(/[ ,]/)[0] ?? "");
  }

  async expectStates(states: string[]): Promise<void> {
    await expect.poll(() => this.states(), { timeout: 15_000 }).toEqual(states);
  }

  /** The image's full ID, once there is one. */
  async imageId(): Promise<string> {
    const id = this.page.locator("footer code[title^='sha256:']");
    // On a phone it is there and has no room.
    await expect(id).toBeAttached({ timeout: 25_000 });
    return (await id.getAttribute("title")) ?? "";
  }
}

/** A build of `tests/builds`: the files of its context, and the image ID it must have. */
export function recordedBuild(name: string): { files: SavedFile[]; id: string } {
  const folder = fileURLToPath(new URL(`../builds/${name}`, import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => statSync(join(folder, path)).isFile())
    .map((path) => ({
      path,
      text: readFileSync(join(folder, path), "utf8"),
      executable: (statSync(join(folder, path)).mode & 0o100) !== 0,
    }));
  return { files, id: readFileSync(`${folder}.image-id`, "utf8").trim() };
}

interface SavedFile {
  path: string;
  text: string;
  executable: boolean;
}

/** Lets the page find these files as the project of a visit of an earlier version. */
export async function visitWith(page: Page, name: string, files: SavedFile[]): Promise<void> {
  const project = JSON.stringify({ format: 1, name, open: "Dockerfile", files });
  await page.addInitScript((saved) => {
    // Once: the page moves it to where projects are now.
    if (sessionStorage.getItem("visited")) return;
    sessionStorage.setItem("visited", "yes");
    localStorage.setItem("layerlab/project", saved);
  }, project);
}
