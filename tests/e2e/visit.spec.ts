// Commit points: steps and the commands inside them, their files, a shell there.

import { Lab } from "./lab";
import { expect, test } from "./site";

test.beforeEach(async ({ page, isMobile }) => {
  const lab = new Lab(page);
  await lab.open();
  await page.getByRole("button", { name: /^Step 8 of 11: / }).click();
  if (isMobile) await page.getByRole("button", { name: "Inspect", exact: true }).click();
});

test("a RUN command by command", async ({ page }) => {
  const commands = page.getByRole("list", { name: "Commands of this step" });
  await commands.getByRole("button", { name: /^2 head -n 3/ }).click();
  const changes = page.getByRole("tree", { name: "Changes" });
  await expect(changes.getByRole("treeitem", { name: /added.*top\.txt/ })).toBeVisible();
  await commands.getByRole("button", { name: /^3 wc/ }).click();
  await expect(page.getByText("This command changed no files.")).toBeVisible();
  await commands.getByRole("button", { name: "The whole step" }).focus();
  // The keys go through them as well, and on to the step before.
  for (const at of [/^2 /, /^1 /]) {
    await page.keyboard.press("[");
    await expect(commands.getByRole("button", { name: at })).toHaveAttribute("aria-current", "true");
  }
  await page.keyboard.press("[");
  await expect(page.getByRole("heading", { name: /^RUN mkdir -p log tmp/ })).toBeVisible();
});

test("the files at a command, and what a step changed in one", async ({ page }) => {
  const tabs = page.getByRole("tablist", { name: "Inspector" });
  await tabs.getByRole("tab", { name: "Files" }).click();
  await page.getByRole("searchbox", { name: "Filter by path" }).fill("words.txt");
  await expect(page.getByText("one file, 49 B")).toBeVisible();
  const files = page.getByRole("tree", { name: "Files" });
  await files.getByRole("treeitem", { name: /^words\.txt/ }).click();
  await expect(page.getByRole("heading", { name: "/srv/app/config/words.txt" })).toBeVisible();
  await expect(page.locator(".lines")).toContainText("whiteout");
  await expect(page.getByRole("button", { name: "Back to the list" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(files).toBeVisible();
});

test("a shell at a commit point sees it as it was, and changes nothing of it", async ({ page }) => {
  const commands = page.getByRole("list", { name: "Commands of this step" });
  await commands.getByRole("button", { name: /^1 sort/ }).click();
  await page.getByRole("button", { name: "Open a shell here" }).click();
  await expect(page.getByRole("textbox", { name: /^Step 8\./ })).toBeFocused({ timeout: 20_000 });
  const screen = page.locator(".terminal-pane:not([hidden]) .xterm-rows");
  await expect(screen).toContainText("#");
  await page.keyboard.type("pwd; ls; rm -r config");
  await page.keyboard.press("Enter");
  await expect(screen).toContainText("SHA256SUMS");
  await expect(screen).toContainText("/srv/app");
  const id = await new Lab(page).imageId();
  expect(id).toMatch(/^sha256:/);
});
