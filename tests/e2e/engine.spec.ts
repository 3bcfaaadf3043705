// What the engine must bear in a browser; it is the same on every screen.

import { Lab, visitWith } from "./lab";
import { expect, test } from "./site";

test("a thousand processes in a row", { tag: "@desktop" }, async ({ page }) => {
  test.setTimeout(60_000);
  const loop = "i=0; while [ $i -lt 1000 ]; do ls / > /dev/null || exit 1; i=$((i+1)); done; echo ran $i";
  await visitWith(page, "processes", [
    { path: "Dockerfile", text: `FROM ubuntu\nRUN ${loop}\n`, executable: false },
  ]);
  const lab = new Lab(page);
  await lab.open();
  const [, run] = await lab.steps();
  expect(run?.state).toMatch(/^ran /);
  await page.getByRole("button", { name: /^Step 2 of 2/ }).click();
  await page.getByRole("tab", { name: "Output" }).click();
  await expect(page.getByRole("tabpanel", { name: "Output" })).toContainText("ran 1000");
  console.log(`1,000 processes: ${run?.state}`);
});

test("what never ends is ended, and the page goes on", { tag: "@desktop" }, async ({ page }) => {
  test.setTimeout(90_000);
  await visitWith(page, "endless", [
    { path: "Dockerfile", text: "FROM ubuntu\nRUN while :; do :; done\n", executable: false },
  ]);
  await page.goto(".");
  const lab = new Lab(page);
  await expect(lab.failure).toContainText("steps", { timeout: 60_000 });
  await lab.type(lab.dockerfile, "FROM ubuntu\nRUN yes | head -n 1; cat /dev/zero | head -c 10 | wc -c\n");
  await lab.expectStates(["cached", "ran"]);
});
