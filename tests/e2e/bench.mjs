// Times an edit in Chromium: from the key to the updated steps, for edits that the cache answers.
// `node bench.mjs` in this folder, after `cargo xtask dist`; prints milliseconds.

import { chromium } from "@playwright/test";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { serve } from "./server.mjs";

const edits = 50;
const installed = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

// Fifteen instructions, ten of them layers.
const dockerfile = [
  "FROM ubuntu",
  'LABEL title="bench"',
  "ENV GREETING=hello",
  "WORKDIR /srv/bench",
  ...Array.from({ length: 9 }, (_, i) => `RUN mkdir -p d${i} && echo $GREETING > d${i}/f`),
  "EXPOSE 8080",
  'CMD ["cat", "d0/f"]',
].join("\n");

const server = await serve(fileURLToPath(new URL("../../dist", import.meta.url)));
const browser = await chromium.launch({
  executablePath: process.env.CHROME ?? installed.find(existsSync),
  args: ["--no-sandbox", "--disable-gpu"],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.addInitScript((text) => {
  const files = [{ path: "Dockerfile", text, executable: false }];
  localStorage.setItem("layerlab/project", JSON.stringify({ format: 1, name: "bench", open: "Dockerfile", files }));
}, dockerfile);
await page.goto(server.url);
const settled = page.locator("ol[aria-label=Steps][aria-busy=false]");
await settled.waitFor();
const editor = page.getByRole("textbox", { name: "Dockerfile, editor" });
await editor.locator(".cm-line").first().click();
await page.keyboard.press("Home");

await page.evaluate(() => {
  /** @type {number[]} */
  const times = [];
  Object.assign(globalThis, { times });
  const steps = document.querySelector("ol[aria-label=Steps]");
  if (!steps) throw new Error("the page has no list of steps");
  let pressed = 0;
  document.addEventListener("keydown", () => (pressed = performance.now()), { capture: true });
  // Between the key and the answer the steps are marked as busy.
  new MutationObserver(() => {
    if (steps.getAttribute("aria-busy") === "false" && pressed) {
      times.push(performance.now() - pressed);
      pressed = 0;
    }
  }).observe(steps, { attributes: true, attributeFilter: ["aria-busy"] });
});
for (let i = 0; i < edits + 5; i += 1) {
  // A comment line grows above the first instruction: every step comes from the cache.
  await page.keyboard.press(i === 0 ? "#" : i === 1 ? "Enter" : "ArrowUp");
  if (i > 1) await page.keyboard.press("#");
  await page.waitForTimeout(60);
}
/** @type {number[]} */
const all = await page.evaluate("times");
const times = all.slice(-edits).sort((a, b) => a - b);
const at = (/** @type {number} */ share) => times[Math.min(times.length - 1, Math.floor(times.length * share))]?.toFixed(1);
console.log(`cached edit, 15 steps, ${times.length} edits: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`);
await browser.close();
await server.close();
