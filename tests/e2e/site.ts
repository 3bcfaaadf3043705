// The published site on a server of its own for each Playwright worker, and a page that must not
// report errors.

import { test as base, expect } from "@playwright/test";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { serve } from "./server.mjs";

const folder = process.env.LAYERLAB_SITE ?? fileURLToPath(new URL("../../dist", import.meta.url));

interface EachTest {
  /** Errors that the page threw or wrote to the console; every test expects none at its end. */
  errors: string[];
}

interface EachWorker {
  /** The site's URL, ending in `/`. */
  site: string;
}

export const test = base.extend<EachTest, EachWorker>({
  site: [
    async ({}, use) => {
      if (!existsSync(folder)) {
        throw new Error(`there is no site in ${folder}: run \`cargo xtask dist\` first`);
      }
      const server = await serve(folder);
      await use(server.url);
      await server.close();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ site }, use) => use(site),
  errors: [
    async ({ page }, use) => {
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error") errors.push(message.text());
      });
      await use(errors);
      expect(errors, "errors that the page reported").toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
