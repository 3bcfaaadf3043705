// Takes the pictures of docs/screenshots anew, from the site in dist/: `node screenshots.mjs`.
//
// They are for the README and for whoever changes how something looks: look at them before and after.

import { chromium } from "@playwright/test";
import { existsSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { serve } from "./server.mjs";

const desktop = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };
const installed = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const site = process.env.LAYERLAB_SITE ?? fileURLToPath(new URL("../../dist", import.meta.url));
const folder = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));
mkdirSync(folder, { recursive: true });
const server = await serve(site);
const browser = await chromium.launch({
  executablePath: process.env.CHROME ?? installed.find(existsSync),
  args: ["--no-sandbox", "--disable-gpu"],
});

/**
 * One picture.
 * @param {string} name
 * @param {{ viewport: { width: number, height: number }, colorScheme: "light" | "dark", locale: string }} look
 * @param {(page: import("@playwright/test").Page) => Promise<void>} [act]
 */
async function take(name, look, act) {
  const small = look.viewport === phone;
  const context = await browser.newContext({ ...look, isMobile: small, hasTouch: small });
  const page = await context.newPage();
  await page.goto(server.url);
  await page.locator("footer code[title^='sha256:']").waitFor({ state: "attached" });
  await act?.(page);
  // Nothing moves any more, and no caret blinks at the moment of the picture.
  await page.waitForTimeout(800);
  await page.screenshot({ path: `${folder}${name}.png`, animations: "disabled", caret: "hide" });
  await context.close();
}

/** @param {import("@playwright/test").Page} page @param {string[]} lines */
async function atTerminal(page, lines) {
  await page.locator(".dock-button").click();
  const rows = page.locator(".terminal-pane:not([hidden]) .xterm-rows");
  await rows.getByText(/project#/).first().waitFor();
  for (const line of lines) {
    await page.keyboard.type(line);
    await page.keyboard.press("Enter");
    await page.waitForTimeout(1500);
  }
}

/** @param {import("@playwright/test").Page} page */
const step = (page) => page.locator(".rail-row").nth(7).click();

const session = ["docker build -q -t web .", "docker run -it --name box web sh", "ls -l; exit", "docker images"];
const light = /** @type {const} */ ("light");
const dark = /** @type {const} */ ("dark");

await take("workbench", { viewport: desktop, colorScheme: light, locale: "en-US" }, step);
await take("workbench-dark-ko", { viewport: desktop, colorScheme: dark, locale: "ko-KR" }, step);
await take("workbench-phone", { viewport: phone, colorScheme: light, locale: "en-US" });
await take("workbench-phone-dark-ko", { viewport: phone, colorScheme: dark, locale: "ko-KR" });
await take("cache-miss", { viewport: desktop, colorScheme: light, locale: "en-US" }, async (page) => {
  await page.getByRole("button", { name: "app.js", exact: true }).first().click();
  await page.getByRole("textbox", { name: "app.js, editor" }).click();
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.insertText("// tuned\n");
  await page.waitForTimeout(800);
  await page.getByRole("tab", { name: "Dockerfile" }).click();
});
await take("files", { viewport: desktop, colorScheme: light, locale: "en-US" }, async (page) => {
  await step(page);
  await page.getByRole("button", { name: /^2 head/ }).click();
  await page.locator("#inspect-1").click();
});
await take("terminal", { viewport: desktop, colorScheme: dark, locale: "en-US" }, (page) => atTerminal(page, session));
await take("terminal-phone-ko", { viewport: phone, colorScheme: light, locale: "ko-KR" }, (page) => atTerminal(page, session));
await take("images-ko", { viewport: desktop, colorScheme: light, locale: "ko-KR" }, async (page) => {
  await atTerminal(page, session);
  await page.locator("#dock-images").click();
});
await take("containers-phone", { viewport: phone, colorScheme: dark, locale: "en-US" }, async (page) => {
  await atTerminal(page, session);
  await page.locator("#dock-containers").click();
});
await take("examples", { viewport: desktop, colorScheme: light, locale: "en-US" }, async (page) => {
  await page.getByRole("button", { name: "Examples", exact: true }).click();
});
await take("share-dark-ko", { viewport: desktop, colorScheme: dark, locale: "ko-KR" }, async (page) => {
  await page.getByRole("button", { name: "공유", exact: true }).click();
});

await browser.close();
await server.close();
