// The figures of the filesystem and of layers in Chromium. `cargo xtask bench --browser` builds the
// module and calls this: `node figures.mjs MODULE`.

import { chromium } from "@playwright/test";
import { existsSync, readFileSync } from "node:fs";

const module = process.argv[2];
if (!module) throw new Error("which module? `cargo xtask bench --browser` names it");
const installed = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const browser = await chromium.launch({
  executablePath: process.env.CHROME ?? installed.find(existsSync),
  args: ["--no-sandbox", "--disable-gpu"],
});
const page = await browser.newPage();
// A page of this machine's may use the browser's own SHA-256; one without an address may not.
await page.route("**", (route) => route.fulfill({ body: "<!doctype html>", contentType: "text/html" }));
await page.goto("http://localhost/");
const figures = await page.evaluate(async (text) => {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const compiled = await WebAssembly.compile(bytes);
  const start = async () => {
    const instance = await WebAssembly.instantiate(compiled, {});
    /**
     * @type {{
     *   memory: WebAssembly.Memory,
     *   fill: (count: number, size: number) => void,
     *   differences: (times: number) => number,
     *   digest: () => number,
     * }}
     */
    const exports = /** @type {any} */ (instance.exports);
    return exports;
  };
  /** @param {number} times @param {() => unknown} run */
  const median = async (times, run) => {
    const taken = [];
    for (let i = 0; i < times; i += 1) {
      const begun = performance.now();
      await run();
      taken.push(performance.now() - begun);
    }
    return taken.sort((a, b) => a - b)[times >> 1] ?? 0;
  };

  const differences = [];
  for (const count of [1_000, 10_000, 100_000]) {
    const engine = await start();
    engine.fill(count, 0);
    // The clock of a page is coarse: many at a time.
    const times = 200;
    const run = () => {
      if (engine.differences(times) !== 2 * times) throw new Error("a difference is wrong");
    };
    run();
    differences.push({ count, milliseconds: (await median(15, run)) / times });
  }

  const many = await start();
  const empty = many.memory.buffer.byteLength;
  many.fill(100_000, 0);
  const memory = many.memory.buffer.byteLength - empty;

  const engine = await start();
  engine.fill(1_000, 100_000);
  const size = engine.digest();
  const data = new Uint8Array(size);
  const ours = await median(5, () => engine.digest());
  const theirs = await median(5, () => crypto.subtle.digest("SHA-256", data));
  return { differences, memory, size, ours, theirs };
}, readFileSync(module).toString("base64"));

console.log("snapshot, change of one file, difference, in Chromium (budget 1 ms at 100,000 files)");
const first = figures.differences[0]?.milliseconds ?? 0;
for (const { count, milliseconds } of figures.differences) {
  const ratio = (milliseconds / first).toFixed(2);
  console.log(`  ${String(count).padStart(7)} files  ${(milliseconds * 1000).toFixed(1)} us  ${ratio} of the time for 1,000`);
}
console.log("memory of 100,000 empty files in 1,000 directories, in Chromium");
console.log(`  ${(figures.memory / 1e6).toFixed(1)} MB`);
console.log("tar and SHA-256 of 100 MB in 1,000 files, in Chromium, beside the browser's own SHA-256 of as many bytes");
const { ours, theirs } = figures;
console.log(`  ours ${ours.toFixed(0)} ms, theirs ${theirs.toFixed(0)} ms: ${(ours / theirs).toFixed(2)}`);
await browser.close();
