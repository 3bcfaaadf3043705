import { expect, test } from "./site";

test("the page opens", async ({ page }) => {
  await page.goto(".");
  await expect(page).toHaveTitle("Layerlab");
});

test("the engine starts in a worker, from the place that the page names", async ({ page }) => {
  await page.goto(".");
  const started = await page.evaluate(async () => {
    const meta = document.querySelector<HTMLMetaElement>("meta[name=layerlab-engine]");
    const loader = new URL(meta?.content ?? "", document.baseURI).href;
    // The loader runs the module to its end, and only then is this message posted.
    const script = `await import(${JSON.stringify(loader)}); postMessage("started");`;
    const blob = new Blob([script], { type: "text/javascript" });
    const worker = new Worker(URL.createObjectURL(blob), { type: "module" });
    const answer = await new Promise((resolve) => {
      worker.onmessage = ({ data }) => data === "started" && resolve(data);
      worker.onerror = ({ message }) => resolve(message);
    });
    worker.terminate();
    return answer;
  });
  expect(started).toBe("started");
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
