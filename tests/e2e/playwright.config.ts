// Journeys through the published site in Chromium. `cargo xtask test` builds the site and calls
// this; by hand, after `cargo xtask dist`: `npx playwright test` in this folder.

import { defineConfig, type PlaywrightTestProject } from "@playwright/test";
import { existsSync } from "node:fs";

const installed = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const chromium: PlaywrightTestProject["use"] = {
  browserName: "chromium",
  launchOptions: {
    executablePath: process.env.CHROME ?? installed.find(existsSync),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
    ],
  },
};

export default defineConfig({
  testDir: ".",
  testMatch: "**/*.spec.ts",
  outputDir: "../../test-results",
  fullyParallel: true,
  // Two cores may be busy with more than this.
  timeout: 60_000,
  forbidOnly: Boolean(process.env.CI),
  // A test that passes the second time is not a test that passes.
  retries: 0,
  workers: 2,
  reporter: "list",
  use: { trace: "retain-on-failure", locale: "en-US" },
  projects: [
    // A journey that is tagged runs on that screen only.
    { name: "desktop", grepInvert: /@phone/, use: { ...chromium, viewport: { width: 1440, height: 900 } } },
    {
      name: "phone",
      grepInvert: /@desktop/,
      use: { ...chromium, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
    },
  ],
});
