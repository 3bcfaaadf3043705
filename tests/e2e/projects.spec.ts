// Several projects: begun, named, copied, deleted, switched between, and never lost.

import type { Locator, Page } from "@playwright/test";
import { Lab, visitWith } from "./lab";
import { expect, test } from "./site";
import { languages, words } from "./words";

/** The button that bears the name of the project. */
function named(page: Page, label: string): Locator {
  return page.getByRole("button", { name: label, exact: true });
}

for (const { language, locale } of languages) {
  const say = words(language);
  const menuOf = (name: string) => say("project-menu", { name });

  test.describe(`in ${language}`, () => {
    test.use({ locale });

    test(`projects are begun, named, copied, deleted and brought back (${language})`, async ({ page }) => {
      const lab = new Lab(page);
      await lab.open();

      // From an example, by keyboard.
      await lab.projectMenu.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      await expect(page.getByRole("menuitem", { name: say("new-project") })).toBeFocused();
      await page.keyboard.press("Enter");
      const gallery = page.getByRole("dialog", { name: say("new-project-title") });
      await expect(gallery.getByRole("list", { name: say("examples") }).getByRole("button")).toHaveCount(16);
      await page.keyboard.press("Escape");
      await expect(gallery).toBeHidden();
      await expect(lab.projectMenu).toBeFocused();
      await lab.openExample(1, say);
      await expect(named(page, menuOf("mistake"))).toBeVisible();

      // Another name.
      await named(page, menuOf("mistake")).press("ArrowDown");
      await page.getByRole("menuitem", { name: say("rename-project") }).click();
      await page.getByRole("textbox", { name: say("project-name") }).fill("my web");
      await page.keyboard.press("Enter");
      await expect(named(page, menuOf("my web"))).toBeFocused();

      // A copy, which is shown; the first is one choice away.
      await named(page, menuOf("my web")).click();
      await page.getByRole("menuitem", { name: say("duplicate-project") }).click();
      await expect(named(page, menuOf("my web 2"))).toBeVisible();
      await named(page, menuOf("my web 2")).click();
      await page.getByRole("menuitemradio", { name: /^my web \D/ }).click();
      await expect(named(page, menuOf("my web"))).toBeVisible();

      // Deleted, and brought back as it was.
      await named(page, menuOf("my web")).click();
      await page.getByRole("menuitem", { name: say("delete-project") }).click();
      await expect(named(page, menuOf("my web 2"))).toBeVisible();
      const notice = page.getByRole("alert").filter({ hasText: "my web" });
      await notice.getByRole("button", { name: say("undo") }).click();
      await expect(named(page, menuOf("my web"))).toBeVisible();
      await page.reload();
      await expect(named(page, menuOf("my web"))).toBeVisible();
      await named(page, menuOf("my web")).click();
      await expect(page.getByRole("menuitemradio")).toHaveCount(2);
      await page.keyboard.press("Escape");
      await expect(named(page, menuOf("my web"))).toBeFocused();
    });

    test(`an example says its point and makes its edit (${language})`, async ({ page }) => {
      const lab = new Lab(page);
      await lab.open();
      await lab.openExample(2, say);
      const about = page.getByRole("complementary", { name: say("origin") });
      await expect(about).toContainText(language === "en" ? "Order decides" : "순서가 캐시를");
      await lab.imageId();
      const ran = page.locator(".rail .is-ran");
      await expect(ran).toHaveCount(4);
      await about.getByRole("button", { name: say("try-it") }).click();
      await expect(ran).toHaveCount(1);
      await about.getByRole("button", { name: say("undo-it") }).click();
      await expect(about.getByRole("button", { name: say("try-it") })).toBeFocused();
    });
  });
}

const say = words("en");

test("an example that nobody changed is not kept", { tag: "@desktop" }, async ({ page }) => {
  const lab = new Lab(page);
  await lab.open();
  for (const example of [3, 4]) {
    await lab.openExample(example, say);
    await lab.imageId();
  }
  await named(page, "Project dockerignore").click();
  await expect(page.getByRole("menuitemradio")).toHaveCount(1);
});

test("what is typed just before the page goes is there again", { tag: "@desktop" }, async ({ page }) => {
  const lab = new Lab(page);
  await lab.open();
  await lab.type(lab.dockerfile, "FROM alpine\nRUN echo at the last moment\n");
  await page.reload();
  await expect(lab.dockerfile).toContainText("at the last moment");
});

test("the project of an earlier version is among the others", { tag: "@desktop" }, async ({ page }) => {
  await visitWith(page, "old friend", [{ path: "Dockerfile", text: "FROM alpine\nRUN echo old\n", executable: false }]);
  const lab = new Lab(page);
  await lab.open();
  await expect(named(page, "Project old friend")).toBeVisible();
  await expect(lab.dockerfile).toContainText("echo old");
  expect(await page.evaluate(() => localStorage.getItem("layerlab/project"))).toBeNull();
  await page.reload();
  await expect(named(page, "Project old friend")).toBeVisible();
});

test("undoing in the editor never brings the text of another project", { tag: "@desktop" }, async ({ page }) => {
  const lab = new Lab(page);
  await lab.open();
  await lab.type(lab.dockerfile, "FROM alpine\nRUN echo mine\n");
  await page.getByRole("button", { name: "Examples" }).click();
  await page.getByRole("list", { name: "Examples" }).getByRole("button").first().click();
  await expect(lab.dockerfile).toContainText("maintainer");
  await lab.dockerfile.click();
  await page.keyboard.press("ControlOrMeta+z");
  await expect(lab.dockerfile).toContainText("maintainer");
  await expect(lab.dockerfile).not.toContainText("mine");
});

test("a project changed in two tabs goes on as two", { tag: "@desktop" }, async ({ page, context }) => {
  const lab = new Lab(page);
  await lab.open();
  await lab.type(lab.dockerfile, "FROM alpine\nRUN echo first\n");
  await expect.poll(() => saved(page)).toContain("echo first");
  const other = new Lab(await context.newPage());
  await other.open();
  await other.type(other.dockerfile, "FROM alpine\nRUN echo second\n");
  await expect.poll(() => saved(page)).toContain("echo second");

  await lab.type(lab.dockerfile, "FROM alpine\nRUN echo third\n");
  await expect(page.getByRole("alert").filter({ hasText: "goes on as hello 2" })).toBeVisible();
  await expect.poll(() => saved(page)).toContain("echo third");
  expect(await saved(page)).toContain("echo second");
});

test("a full disk is told, and nothing is lost when there is room again", { tag: "@desktop" }, async ({ page }) => {
  const lab = new Lab(page);
  await lab.open();
  await expect.poll(() => saved(page)).toContain("hello");
  // No browser's quota can be set from outside any more: the database says what it says when its
  // disk is full.
  await page.evaluate(() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...arguments_) {
      if (document.title === "room") return put.apply(this, arguments_);
      throw new DOMException("the disk is full", "QuotaExceededError");
    };
  });
  await lab.type(lab.dockerfile, "FROM alpine\nRUN echo no room\n");
  await expect(page.getByRole("alert").filter({ hasText: say("not-saved-full").slice(0, 40) })).toBeVisible();
  expect(await saved(page)).not.toContain("no room");
  await expect(lab.dockerfile).toContainText("no room");
  await page.evaluate(() => (document.title = "room"));
  await lab.endOfLine(lab.dockerfile, "no room");
  await page.keyboard.type(" before");
  await expect.poll(() => saved(page)).toContain("no room before");
});

test("what cannot be read is left as it is, and offered as a file", { tag: "@desktop" }, async ({ page }) => {
  const lab = new Lab(page);
  await lab.open();
  await lab.type(lab.dockerfile, "FROM alpine\nRUN echo precious\n");
  await expect.poll(() => saved(page)).toContain("precious");
  await page.evaluate(
    () =>
      new Promise<void>((done) => {
        indexedDB.open("layerlab").onsuccess = (event) => {
          const db = (event.target as IDBOpenDBRequest).result;
          const transaction = db.transaction("heads", "readwrite");
          const heads = transaction.objectStore("heads");
          heads.getAll().onsuccess = (all) => {
            const [head] = (all.target as IDBRequest<object[]>).result;
            heads.put({ ...head, format: 99 });
          };
          transaction.oncomplete = () => {
            db.close();
            done();
          };
        };
      }),
  );
  await page.reload();
  await expect(page.getByRole("alert").filter({ hasText: "left as it is" })).toBeVisible();
  await named(page, "Project hello").click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("menuitem", { name: /this version cannot read it/ }).click(),
  ]);
  const stream = await download.createReadStream();
  const chunks = await stream.toArray();
  expect(Buffer.concat(chunks).toString()).toContain("precious");
});

/** Everything in the database, as text. */
function saved(page: Page): Promise<string> {
  return page.evaluate(
    () =>
      new Promise<string>((done) => {
        indexedDB.open("layerlab").onsuccess = (event) => {
          const db = (event.target as IDBOpenDBRequest).result;
          db.transaction("files").objectStore("files").getAll().onsuccess = (all) => {
            db.close();
            done(JSON.stringify((all.target as IDBRequest<unknown[]>).result));
          };
        };
      }),
  );
}
