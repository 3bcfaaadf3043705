import { expect, test } from "./site";

test("the page opens", async ({ page }) => {
  await page.goto(".");
  await expect(page).toHaveTitle(/Layerlab$/);
});

test("the page starts the engine, from the place that it names", async ({ page }) => {
  const [worker] = await Promise.all([page.waitForEvent("worker"), page.goto(".")]);
  const named = await page.evaluate(() => {
    const meta = document.querySelector<HTMLMetaElement>("meta[name=layerlab-engine]");
    return new URL(meta?.content ?? "", document.baseURI).pathname;
  });
  expect(new URL(worker.url()).pathname).toBe(named);
});

test("the programs are where the page says", async ({ page, request }) => {
  await page.goto(".");
  const folder = await page.evaluate(() => {
    const meta = document.querySelector<HTMLMetaElement>("meta[name=layerlab-userland]");
    return new URL(meta?.content ?? "", document.baseURI).href;
  });
  const list = await (await request.get(new URL("programs.txt", folder).href)).text();
  const modules = [...list.matchAll(/^([^#:\s]+):/gm)].map(([, module]) => module);
  expect(modules.length).toBeGreaterThan(0);
  for (const module of modules) {
    const answer = await request.get(new URL(`${module}.wasm`, folder).href);
    expect(answer.status()).toBe(200);
    expect(answer.headers()["content-type"]).toBe("application/wasm");
  }
});
