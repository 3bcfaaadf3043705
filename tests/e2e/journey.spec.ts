// The first journey: write a Dockerfile, see it build, change it, break it, mend it. On a phone the
// files are in a sheet, and the journey is another.

import { Lab } from "./lab";
import { expect, test } from "./site";

const dockerfile = `FROM ubuntu
LABEL org.opencontainers.image.title="journey"
ENV GREETING="hello world"
WORKDIR /srv/journey
COPY app.js .
RUN mkdir -p data logs && echo "$GREETING" > data/greeting && cp app.js data/copy && touch logs/new
RUN sed -i s/world/layers/ data/greeting && rm data/copy && mv logs/new logs/old
CMD ["cat", "data/greeting"]
`;

const builtOnce = ["cached", "config", "config", "ran", "ran", "ran", "ran", "config"];

async function journey(lab: Lab): Promise<void> {
  const { page } = lab;
  await lab.type(lab.dockerfile, dockerfile);
  await lab.expectStates(builtOnce);
  const first = await lab.imageId();

  // The last RUN changes: only it runs again.
  await lab.endOfLine(lab.dockerfile, "RUN sed");
  await page.keyboard.insertText(" && echo done >> data/greeting");
  await lab.expectStates(["cached", "config", "config", "cached", "cached", "cached", "ran", "config"]);
  expect(await lab.imageId()).not.toBe(first);

  // What the step changed: added, changed and deleted files.
  await page.getByRole("button", { name: /^Step 7 of 8: RUN sed/ }).click();
  const changes = page.getByRole("tree", { name: /Changes/ });
  for (const name of [/greeting/, /copy/, /old/, /new/]) {
    await expect(changes.getByRole("treeitem", { name }).first()).toBeVisible();
  }

  // A file of the build context changes: COPY and what follows run again.
  const app = await lab.openFile("app.js");
  await app.click();
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.insertText("// changed\n");
  await lab.expectStates(["cached", "config", "config", "cached", "ran", "ran", "ran", "config"]);
  await expect(page.getByText("app.js changed")).toBeVisible();

  // A command that does not exist: its exit code and message stand at its line.
  await lab.openFile("Dockerfile");
  await lab.endOfLine(lab.dockerfile, "COPY app.js");
  await page.keyboard.insertText("\nRUN tasdouch /tmp/x");
  await expect(lab.failure).toContainText("exit code 127");
  await expect(lab.failure).toContainText("tasdouch: not found");
  await lab.expectStates(["cached", "config", "config", "cached", "cached", "failed", "not", "not", "not"]);
  const line = lab.dockerfile.locator(".cm-line", { hasText: "tasdouch" });
  await expect(line).toContainText("127");

  // Undone, the page is as it was, and nothing runs again.
  await page.keyboard.press("ControlOrMeta+z");
  await lab.expectStates(["cached", "config", "config", "cached", "cached", "cached", "cached", "config"]);
  await expect(lab.failure).toHaveCount(0);
}

test("a Dockerfile builds while it is written", { tag: "@desktop" }, async ({ page }) => {
  const lab = new Lab(page);
  await lab.open();
  await journey(lab);
});

test("the same without a network, after the first visit", { tag: "@desktop" }, async ({ page, context }) => {
  const lab = new Lab(page);
  await lab.open();
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    // The page of the first visit is taken over once everything is kept.
    while (!navigator.serviceWorker.controller) {
      await new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
    }
  });
  await context.setOffline(true);
  await journey(lab);
  // Opened anew, still without a network.
  await page.reload();
  await lab.imageId();
  await expect(lab.dockerfile).toContainText("GREETING");
});

test("on a phone the build fits the screen", { tag: "@phone" }, async ({ page }) => {
  const lab = new Lab(page);
  await lab.open();
  await lab.type(lab.dockerfile, dockerfile);
  await lab.expectStates(builtOnce);
  await page.getByRole("button", { name: "Inspect" }).click();
  await expect(page.getByRole("region", { name: "Inspector" })).toBeVisible();
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
});
