// Every view as axe-core sees it: WCAG 2.2 A and AA, and its own advice.

import type { Page } from "@playwright/test";
import type { AxeResults } from "axe-core";
import { createRequire } from "node:module";
import { tar } from "./archives";
import { Lab } from "./lab";
import { expect, test } from "./site";
import { words } from "./words";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

async function expectNoViolation(page: Page, view: string): Promise<void> {
  await page.addScriptTag({ path: axe });
  const found = await page.evaluate(async (values) => {
    const { axe } = globalThis as unknown as { axe: { run: (...args: unknown[]) => Promise<AxeResults> } };
    const { violations } = await axe.run(document, { runOnly: { type: "tag", values } });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
  }, rules);
  expect(found, view).toEqual([]);
}

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test("the steps, the inspector and the dialogs", async ({ page, isMobile }) => {
      await new Lab(page).open();
      await expectNoViolation(page, "the first view");
      await page.getByRole("button", { name: /^Project hello/ }).click();
      await expectNoViolation(page, "the menu of projects");
      await page.getByRole("menuitem", { name: "New project …" }).click();
      await expectNoViolation(page, "the examples");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Share", exact: true }).click();
      await expectNoViolation(page, "sharing");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: /^Step 8 of 11: / }).click();
      if (isMobile) await page.getByRole("button", { name: "Inspect", exact: true }).click();
      for (const tab of ["Changes", "Files", "Output", "Image"]) {
        await page.getByRole("tab", { name: tab, exact: true }).click();
        await expectNoViolation(page, tab);
      }
    });

    test("an example, opening files, comparing", async ({ page }) => {
      const lab = new Lab(page);
      await lab.open();
      await lab.openExample(3, words("en"));
      await lab.imageId();
      await expect(page.getByRole("complementary", { name: "About this project" })).toBeVisible();
      await expectNoViolation(page, "an example");

      await lab.projectMenu.click();
      await page.getByRole("menuitem", { name: "Open a folder or an archive …" }).click();
      const field = page.getByLabel("Choose a zip or tar …");
      await expectNoViolation(page, "opening");
      await field.setInputFiles({ name: "a.tar", mimeType: "", buffer: tar([{ path: "a", text: "x" }, { path: "b", type: "2" }]) });
      await expect(page.getByRole("button", { name: "Open as a new project" })).toBeVisible();
      await expectNoViolation(page, "what was found");
      await field.setInputFiles({ name: "a.tar", mimeType: "", buffer: tar([{ path: "../a", text: "x" }]) });
      await expect(page.getByText("leads out of the archive")).toBeVisible();
      await expectNoViolation(page, "a refusal");
      await page.keyboard.press("Escape");

      await lab.projectMenu.click();
      await page.getByRole("menuitem", { name: "Compare builds …" }).click();
      await page.getByRole("button", { name: "Pin this build", exact: true }).click();
      await page.getByRole("button", { name: "Try 4 edits" }).click();
      await expect(page.getByRole("table").nth(1)).toHaveAttribute("aria-busy", "false", { timeout: 45_000 });
      await expectNoViolation(page, "comparing");
    });

    test("the drawer", async ({ page }) => {
      await new Lab(page).open();
      await page.getByRole("button", { name: "Terminal", exact: true }).click();
      await expect(page.getByRole("textbox", { name: /^Terminal 1\./ })).toBeFocused({ timeout: 20_000 });
      await page.keyboard.type("docker run --name box alpine ls /; docker run alpine false\n");
      const tabs = page.getByRole("tablist", { name: "Terminals, images and containers" });
      await expect(tabs.getByRole("tab", { name: "Containers 2" })).toBeVisible({ timeout: 20_000 });
      await expectNoViolation(page, "a terminal");
      await tabs.getByRole("tab", { name: /^Images/ }).click();
      await expectNoViolation(page, "images");
      await tabs.getByRole("tab", { name: /^Containers/ }).click();
      await expectNoViolation(page, "containers");
    });
  });
}
