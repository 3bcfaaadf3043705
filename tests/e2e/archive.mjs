// Opens a docker-archive of 200 MB in Chromium: how long it takes, how much memory the engine takes
// beside the archive's size, and whether the page stays responsive meanwhile.
// `node archive.mjs [FILE]` in this folder, after `cargo xtask dist`. FILE is an archive to open
// instead of one that is made for it.

import { chromium } from "@playwright/test";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { serve } from "./server.mjs";

const installed = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** @param {string} name @param {Buffer} data */
function entry(name, data) {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write("0000644\0" + "0000000\0".repeat(2), 100);
  header.write(`${data.length.toString(8).padStart(11, "0")}\0${"0".repeat(11)}\0${" ".repeat(8)}0`, 124);
  header.write("ustar\x0000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([header, data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
}

/** @param {Record<string, Buffer>} files */
function tar(files) {
  return Buffer.concat([...Object.entries(files).map(([name, data]) => entry(name, data)), Buffer.alloc(1024)]);
}

/** An image of one layer, whose 2,000 files of 100 kB are all different. */
function sample() {
  /** @type {Record<string, Buffer>} */
  const files = {};
  for (let at = 0; at < 2000; at += 1) {
    const data = Buffer.alloc(100_000);
    for (let i = 0, word = at; i < data.length; i += 4) data.writeUInt32LE((word = (word * 1664525 + 1013904223) >>> 0), i);
    files[`data/${at}`] = data;
  }
  const layer = tar(files);
  const diff = `sha256:${createHash("sha256").update(layer).digest("hex")}`;
  const config = { architecture: "amd64", os: "linux", config: {}, rootfs: { type: "layers", diff_ids: [diff] } };
  const manifest = [{ Config: "config.json", RepoTags: ["bench:latest"], Layers: ["layer.tar"] }];
  return tar({
    "config.json": Buffer.from(JSON.stringify(config)),
    "layer.tar": layer,
    "manifest.json": Buffer.from(JSON.stringify(manifest)),
  });
}

/**
 * The numbers of a message's kinds, by their names: their order in the protocol's source.
 *
 * @param {string} name
 */
function kinds(name) {
  const source = readFileSync(new URL("../../web/protocol/src/lib.rs", import.meta.url), "utf8");
  const body = source.split(`pub enum ${name} {`)[1]?.split("\n}")[0] ?? "";
  return Object.fromEntries([...body.matchAll(/^ {4}([A-Z]\w*)/gm)].map(([, kind], number) => [kind, number]));
}

const folder = mkdtempSync(join(tmpdir(), "layerlab-"));
const path = process.argv[2] ?? join(folder, "sample.tar");
if (!process.argv[2]) writeFileSync(path, sample());
const server = await serve(fileURLToPath(new URL("../../dist", import.meta.url)));
const browser = await chromium.launch({
  executablePath: process.env.CHROME ?? installed.find(existsSync),
  args: ["--no-sandbox", "--disable-gpu"],
});

/** The most memory that one of the browser's processes for pages ever took, in bytes (Linux only). */
async function peak() {
  if (process.platform !== "linux") return 0;
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const sizes = processInfo
    .filter(({ type }) => type === "renderer")
    .map(({ id }) => /VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1]);
  return Math.max(...sizes.map((kilobytes) => Number(kilobytes) * 1024));
}

const page = await browser.newPage();
await page.goto(server.url);
await page.locator("ol[aria-label=Steps][aria-busy=false]").waitFor();
await page.evaluate(() => {
  const input = document.createElement("input");
  input.type = "file";
  input.id = "archive";
  document.body.append(input);
});
await page.locator("#archive").setInputFiles(path);
const before = await peak();
const result = await page.evaluate(async ({ requests, events }) => {
  // A worker of its own, spoken to as the page's engine link does (`web/protocol`).
  const url = new URL(document.querySelector("meta[name=layerlab-engine]")?.getAttribute("content") ?? "", document.baseURI);
  const worker = new Worker(url, { type: "module" });
  /** @type {{ read: number, size: number, memory: number, refused: string, news: number }} */
  const told = { read: 0, size: 0, memory: 0, refused: "", news: 0 };
  /** @param {Uint8Array} bytes */
  const hear = (bytes) => {
    let at = 0;
    const number = () => {
      for (let value = 0, factor = 1; ; factor *= 128) {
        const byte = bytes[at++] ?? 0;
        value += (byte % 128) * factor;
        if (byte < 128) return value;
      }
    };
    const text = () => {
      const length = number();
      return new TextDecoder().decode(bytes.subarray(at, (at += length)));
    };
    for (let left = number(); left > 0; left -= 1) {
      const kind = number();
      if (kind === events.ArchiveProgress) Object.assign(told, { read: number(), size: number(), news: told.news + 1 });
      else if (kind === events.ArchiveOpened) return text() && Object.assign(told, { memory: number() });
      else if (kind === events.ArchiveRefused) return text() && Object.assign(told, { refused: text() });
      else if (kind === events.Ready) return "ready";
      else return Object.assign(told, { refused: `an event of kind ${kind}` });
    }
  };
  /** @param {(said: unknown) => boolean} until */
  const wait = (until) =>
    new Promise((resolve, reject) => {
      worker.onerror = (event) => reject(new Error(event.message));
      worker.onmessage = ({ data }) => until(hear(new Uint8Array(data))) && resolve(undefined);
    });
  await wait((said) => said === "ready");
  const file = /** @type {HTMLInputElement} */ (document.querySelector("#archive")).files?.[0];
  if (!file) throw new Error("no file");
  // How long the page's thread ever kept a timer waiting.
  let longest = 0;
  let last = performance.now();
  const ticking = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 4);
  const name = new TextEncoder().encode("a.tar");
  const start = performance.now();
  worker.postMessage([new Uint8Array([requests.OpenArchive ?? 0, name.length, ...name]).buffer, file]);
  await wait(() => told.memory > 0 || told.refused !== "");
  const taken = performance.now() - start;
  clearInterval(ticking);
  return { ...told, taken, longest };
}, { requests: kinds("Request"), events: kinds("Event") });
const most = await peak();
const { size } = statSync(path);
const mb = (/** @type {number} */ bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
const ratio = (/** @type {number} */ bytes) => `${(bytes / size).toFixed(2)} of its size`;
if (result.refused) throw new Error(result.refused);
console.log(`opening an archive of ${mb(size)}: ${(result.taken / 1000).toFixed(2)} s, ${result.news} events of progress`);
console.log(`  the engine's memory ${mb(result.memory)}: ${ratio(result.memory)} (at most 1.5)`);
console.log(`  the whole process took ${mb(before)} before and ${mb(most)} at most: ${ratio(most - before)} more`);
console.log(`  the page's thread was never busy for longer than ${result.longest.toFixed(0)} ms`);
await browser.close();
await server.close();
rmSync(folder, { recursive: true });
if (result.memory > 1.5 * size) process.exitCode = 1;
