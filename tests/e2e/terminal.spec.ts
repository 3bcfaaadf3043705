// The host machine's terminals, its images and containers.

import type { Page } from "@playwright/test";
import { Lab } from "./lab";
import { expect, test } from "./site";

/** What the terminal shows, row by row, without blanks at the ends. */
const screen = async (page: Page): Promise<string> => {
  const rows = await page.locator(".terminal-pane:not([hidden]) .xterm-rows > div").allInnerTexts();
  return rows.map((row) => row.replaceAll("\u00a0", " ").trimEnd()).join("\n").trim();
};

async function openTerminal(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Terminal", exact: true }).click();
  await expect(page.getByRole("textbox", { name: /^Terminal 1\./ })).toBeFocused({ timeout: 20_000 });
  await expect.poll(() => screen(page)).toMatch(/~\/project#$/);
}

/** Types a line, and waits for what the terminal shows then. */
async function type(page: Page, line: string, shows: RegExp): Promise<void> {
  await page.keyboard.type(line);
  await page.keyboard.press("Enter");
  await expect.poll(() => screen(page), { timeout: 20_000 }).toMatch(shows);
}

test("docker at the terminal, and what it makes in the lists", async ({ page }) => {
  const lab = new Lab(page);
  await lab.open();
  await openTerminal(page);
  await type(page, "clear; docker build -q -t web .", /sha256:[0-9a-f]{20}/);
  await type(page, "clear; docker run -it --name box web sh", /\n?# $|\n?#$/);
  await type(page, "touch /made; exit 3", /project#$/);
  await type(page, "echo status $?", /status 3/);
  await type(page, "clear; docker diff box", /A \/made/);

  const tabs = page.getByRole("tablist", { name: "Terminals, images and containers" });
  await tabs.getByRole("tab", { name: /Containers/ }).click();
  const containers = page.getByRole("tabpanel", { name: "Containers" });
  await expect(containers.getByRole("button", { name: /^Exited \(3\).*box/ })).toBeVisible();
  await expect(containers.getByRole("treeitem", { name: /made/ })).toBeVisible();
  await containers.getByRole("button", { name: "Remove" }).click();
  await expect(containers.getByText("No containers yet")).toBeVisible();

  await tabs.getByRole("tab", { name: /Images/ }).click();
  const images = page.getByRole("tabpanel", { name: "Images" });
  await images.getByRole("button", { name: "Tag …" }).click();
  await images.getByRole("textbox", { name: "Name and tag of the image" }).fill("web:1.0");
  await page.keyboard.press("Enter");
  await tabs.getByRole("tab", { name: "Terminal 1", exact: true }).click();
  await type(page, "clear; docker images --format '{{.Repository}}:{{.Tag}}'", /web:1\.0\nweb:latest/);
});

test("what a program reads, what Tab completes, what the arrow brings back", async ({ page }) => {
  await new Lab(page).open();
  await openTerminal(page);
  await type(page, "clear; read name; echo \"hello $name\"", /^$/);
  await type(page, "Ada", /hello Ada/);
  await page.keyboard.type("clear; cat conf");
  await page.keyboard.press("Tab");
  await expect.poll(() => screen(page)).toMatch(/cat config\/$/);
  await page.keyboard.type("si");
  await page.keyboard.press("Tab");
  await type(page, "", /port  = 8080/);
  await page.keyboard.press("ArrowUp");
  // On a narrow screen the line goes on in the next row.
  await expect.poll(async () => (await screen(page)).replaceAll("\n", "")).toMatch(/cat config\/site\.conf$/);
  await page.keyboard.press("Control+c");
  await type(page, "clear; cat", /^$/);
  await page.keyboard.press("Control+c");
  await type(page, "echo $?", /130/);
});

test("files of the project go both ways", async ({ page, isMobile }) => {
  const lab = new Lab(page);
  await lab.open();
  await openTerminal(page);
  await type(page, "clear; echo 'listen 9090' > config/site.conf; mkdir -p src; echo one > src/new.txt", /project#$/);
  await page.keyboard.press("Control+`");
  await lab.expectStates(["cached", "config", "config", "cached", "cached", "ran", "ran", "ran", "ran", "config", "config"]);
  if (isMobile) await page.getByRole("button", { name: "Files", exact: true }).click();
  const editor = await lab.openFile("src/new.txt");
  await expect(editor).toHaveText("one");
  await lab.type(editor, "two\n");
  await page.keyboard.press("Control+`");
  await page.getByRole("textbox", { name: /^Terminal 1\./ }).focus();
  await type(page, "clear; cat src/new.txt", /two/);
});

test("the keyboard leaves the terminal", async ({ page }) => {
  await new Lab(page).open();
  await openTerminal(page);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("textbox", { name: /^Terminal 1\./ })).not.toBeFocused();
});
