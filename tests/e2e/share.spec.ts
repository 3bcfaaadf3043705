// Links: the whole project in the address, and what the one who opens it sees.

import type { Page } from "@playwright/test";
import { Lab } from "./lab";
import { expect, test } from "./site";
import { languages, words } from "./words";

/** The link that is offered, signed if a name is given. */
async function linkOf(page: Page, say: (key: string) => string, from = ""): Promise<string> {
  await page.getByRole("button", { name: say("share"), exact: true }).click();
  const field = page.getByRole("textbox", { name: say("link"), exact: true });
  const unsigned = await field.inputValue();
  if (from) {
    await page.getByRole("textbox", { name: say("author") }).fill(from);
    await page.keyboard.press("Tab");
    await expect(field).not.toHaveValue(unsigned);
  }
  const link = await field.inputValue();
  await page.keyboard.press("Escape");
  return link;
}

for (const { language, locale } of languages) {
  const say = words(language);
  test.describe(`in ${language}`, () => {
    test.use({ locale });

    test(`a link brings a project and leaves the reader's own alone (${language})`, async ({ page, browser, baseURL }) => {
      const lab = new Lab(page);
      await lab.open();
      await lab.type(page.locator(".cm-content"), "FROM alpine\nRUN echo shared > /shared\n");
      await expect(page.locator(".rail-row")).toHaveCount(2);
      const id = await lab.imageId();
      const link = await linkOf(page, say, "민지");
      expect(link).toContain("#project/1/");

      const reader = await browser.newContext({ locale, baseURL });
      const theirs = await reader.newPage();
      const other = new Lab(theirs);
      await other.open();
      await other.type(theirs.locator(".cm-content"), "FROM alpine\nRUN echo mine\n");
      await expect(theirs.locator(".rail-row")).toHaveCount(2);

      // Followed while the page is open.
      await theirs.goto(link);
      const about = theirs.getByRole("complementary", { name: say("origin") });
      await expect(about).toContainText("민지");
      await expect(about).toContainText(id.slice("sha256:".length, "sha256:".length + 12));
      await expect(about.locator(".origin-same")).toBeVisible();
      await expect(theirs.locator(".cm-content")).toContainText("echo shared");
      expect(await other.imageId()).toBe(id);
      expect(theirs.url()).not.toContain("#project");

      // What the reader makes of it is a project beside theirs.
      await other.type(theirs.locator(".cm-content"), "FROM alpine\nRUN echo changed\n");
      await theirs.reload();
      await expect(theirs.locator(".cm-content")).toContainText("echo changed");
      await theirs.getByRole("button", { name: say("project-menu", { name: "hello 2" }), exact: true }).click();
      await theirs.getByRole("menuitemradio", { name: /^hello (?!2 )/ }).click();
      await expect(theirs.locator(".cm-content")).toContainText("echo mine");
      await reader.close();
    });
  });
}

const say = words("en");

test("damaged and newer links say so", { tag: "@desktop" }, async ({ page }) => {
  const lab = new Lab(page);
  for (const [fragment, says] of [
    ["project/1/abc", "That link is damaged"],
    ["project/1/%%%", "That link is damaged"],
    ["project/9/abc", "made by a newer version"],
  ] as const) {
    await page.goto("about:blank");
    await page.goto(`.#${fragment}`);
    await lab.imageId();
    await expect(page.getByRole("alert").filter({ hasText: says })).toBeVisible();
    await expect(lab.dockerfile).toContainText("FROM ubuntu");
  }
});

test("a project that is too long for a link is offered as a file", { tag: "@desktop" }, async ({ page }) => {
  const lab = new Lab(page);
  await lab.open();
  const noise = Array.from({ length: 60_000 }, (_, n) => ((n * 2654435761) >>> 7).toString(36)).join("").slice(0, 120_000);
  await lab.type(lab.dockerfile, `FROM alpine\nRUN echo ${noise} | wc -c\n`);
  await page.getByRole("button", { name: say("share"), exact: true }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("too long for a link");
  await expect(dialog.getByRole("textbox", { name: say("link"), exact: true })).toHaveCount(0);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    dialog.getByRole("button", { name: say("download-project") }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("hello.zip");
});

test("an embedded page shows the build and little else", { tag: "@desktop" }, async ({ page }) => {
  const lab = new Lab(page);
  await lab.open();
  const link = await linkOf(page, say);
  await page.goto("about:blank");
  await page.goto(link.replace("#", "?embed#"));
  await lab.imageId();
  await expect(page.getByRole("button", { name: say("share"), exact: true })).toBeHidden();
  await expect(lab.dockerfile).toBeVisible();
  await expect(page.getByRole("link", { name: say("open-in-layerlab") })).toBeVisible();
});
