// What the editor knows of the language, by keyboard and by mouse.

import type { Page } from "@playwright/test";
import { Lab } from "./lab";
import { expect, test } from "./site";

/** The keys are those of a desktop. */
const desktop = { tag: "@desktop" };

const text = `FROM alpine:3.20 as build
ENV GREETING hello
WORKDIR /srv
COPY config config/
RUN echo $GREETING > hello.txt
CMD ["cat", "hello.txt"]
`;

async function start(page: Page): Promise<Lab> {
  const lab = new Lab(page);
  await lab.open();
  await lab.type(lab.dockerfile, text);
  return lab;
}

test("what is wrong is marked in the frame in which it is typed", desktop, async ({ page }) => {
  const lab = await start(page);
  await expect(page.locator(".cm-lintRange-warning")).toHaveText(["as", "GREETING hello"]);

  await lab.dockerfile.click();
  await page.keyboard.press("ControlOrMeta+End");
  const marked = await page.evaluate(async () => {
    document.execCommand("insertText", false, "RUNN ls");
    await new Promise(requestAnimationFrame);
    const marks = [...document.querySelectorAll(".cm-lintRange-error")];
    return marks.map((mark) => mark.textContent);
  });
  expect(marked).toEqual(["RUNN"]);
  await expect(page.getByLabel("one error")).toBeVisible();

  await page.locator(".cm-lintRange-error").hover();
  await expect(page.getByText("unknown instruction: RUNN (did you mean RUN?)").first()).toBeVisible();
});

test("fixes are offered by mouse", desktop, async ({ page }) => {
  const lab = await start(page);
  await page.locator(".cm-lintRange-warning", { hasText: "GREETING hello" }).hover();
  await expect(page.getByRole("link", { name: "LegacyKeyValueFormat" })).toBeVisible();
  await page.getByRole("button", { name: "Write GREETING=hello" }).click();
  await expect(lab.dockerfile).toContainText("ENV GREETING=hello");
  await expect(page.locator(".cm-lintRange-warning")).toHaveText(["as"]);
});

test("fixes are offered by keyboard", desktop, async ({ page }) => {
  const lab = await start(page);
  await lab.endOfLine(lab.dockerfile, "FROM alpine");
  await page.keyboard.press("ControlOrMeta+.");
  const list = page.getByRole("listbox", { name: "Completions" });
  await expect(list.getByRole("option")).toHaveText([/Write AS/]);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(lab.dockerfile).toContainText("FROM alpine:3.20 AS build");
  await expect(list).toBeHidden();
});

test("problems are listed, and chosen from the list", desktop, async ({ page }) => {
  const lab = await start(page);
  await lab.dockerfile.click();
  await page.keyboard.press("ControlOrMeta+Shift+M");
  const list = page.getByRole("listbox", { name: "Problems" });
  await expect(list.getByRole("option").first()).toContainText("casing do not match");
  await list.getByRole("button", { name: "Write AS" }).click();
  await expect(list.getByRole("option").first()).toContainText("GREETING");
  await page.getByRole("button", { name: /^one warning/ }).click();
  await expect(list).toBeHidden();
});

test("words are completed from the language and from the project", desktop, async ({ page }) => {
  const lab = await start(page);
  await lab.dockerfile.click();
  await page.keyboard.press("ControlOrMeta+End");
  const options = page.getByRole("listbox", { name: "Completions" }).getByRole("option");

  await page.keyboard.type("CO");
  await expect(options).toHaveText([/COPY/]);
  await page.keyboard.press("Tab");
  await page.keyboard.type(" --f");
  await expect(options).toHaveText([/--from=/]);
  await page.keyboard.press("Escape");
  for (let back = 0; back < 3; back++) await page.keyboard.press("Backspace");

  await page.keyboard.type("config/w");
  await expect(options).toHaveText([/config\/words.txt/]);
  await options.first().click();
  await page.keyboard.type(" .");
  await expect(lab.dockerfile).toContainText("COPY config/words.txt .");

  await page.keyboard.press("Escape");
  await page.keyboard.press("Enter");
  await page.keyboard.type("RUN echo $GR");
  await expect(options).toHaveText([/GREETING.*hello/]);
  await page.keyboard.press("Tab");
  await expect(lab.dockerfile).toContainText(/RUN echo \$GREETING$/);

  // Enter ends the line, whatever is offered.
  await page.keyboard.press("Enter");
  await page.keyboard.type("FROM alp");
  await expect(options.first()).toContainText("alpine");
  await page.keyboard.press("Enter");
  await expect(lab.dockerfile).toContainText(/RUN echo \$GREETINGFROM alp(failed)?$/);
});

test("cards say what a word means", desktop, async ({ page }) => {
  const lab = await start(page);
  const card = page.getByRole("tooltip");
  await lab.dockerfile.getByText("WORKDIR").hover();
  await expect(card).toContainText("Sets the directory");
  await page.mouse.move(0, 0);
  await expect(card).toBeHidden();

  // The caret is put there by keys: a pointer that rests there has a card of its own.
  await lab.endOfLine(lab.dockerfile, "RUN echo $GREETING");
  await page.mouse.move(0, 0);
  await page.keyboard.press("Home");
  for (let right = 0; right < "RUN echo $G".length; right++) await page.keyboard.press("ArrowRight");
  await expect(card).toBeHidden();
  await page.keyboard.press("ControlOrMeta+k");
  await page.keyboard.press("ControlOrMeta+i");
  await expect(card).toContainText("GREETING=hello");
  await page.keyboard.press("Escape");
  await expect(card).toBeHidden();
});

test("the formatter keeps what the file means", desktop, async ({ page }) => {
  const lab = await start(page);
  const before = await lab.imageId();
  await lab.type(lab.dockerfile, text.replace("WORKDIR", "workdir").replace("ENV GREETING", "env    GREETING"));
  await page.getByRole("button", { name: "Format" }).click();
  await expect(lab.dockerfile).toContainText("WORKDIR /srv");
  await expect(lab.dockerfile).toContainText("ENV GREETING hello");
  expect(await lab.imageId()).toBe(before);
});
