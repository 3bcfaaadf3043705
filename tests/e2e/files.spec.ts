// Files in and out: build contexts from archives and folders, the project as a zip, the image as a
// file for `docker load`.

import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import type { Download, Locator, Page } from "@playwright/test";
import { type Entry, tar, zip } from "./archives";
import { Lab } from "./lab";
import { expect, test } from "./site";
import { languages, words } from "./words";

const project: Entry[] = [
  { path: "shop/Dockerfile", text: "FROM alpine\nWORKDIR /shop\nCOPY . .\nRUN ./run.sh && find . -type f | sort\n" },
  { path: "shop/.dockerignore", text: "secret.txt\n" },
  { path: "shop/secret.txt", text: "hidden\n" },
  { path: "shop/src/가게.js", text: "console.log(1)\n" },
  { path: "shop/run.sh", text: "#!/bin/sh\necho it runs\n", mode: 0o755 },
];

/** The field for archives in the dialog that opens files. */
async function opening(page: Page, say: (key: string) => string): Promise<Locator> {
  await new Lab(page).projectMenu.click();
  await page.getByRole("menuitem", { name: say("open-files") }).click();
  return page.getByLabel(say("choose-archive"));
}

async function bytesOf(download: Download): Promise<Buffer> {
  return readFileSync(await download.path());
}

for (const { language, locale } of languages) {
  const say = words(language);
  test.describe(`in ${language}`, () => {
    test.use({ locale });

    test(`an archive becomes a project, and a project a zip (${language})`, async ({ page }) => {
      const lab = new Lab(page);
      await lab.open();
      const field = await opening(page, say);
      await field.setInputFiles({ name: "shop.tgz", mimeType: "application/gzip", buffer: gzipSync(tar(project)) });
      const dialog = page.getByRole("dialog", { name: say("open-files-title") });
      await expect(dialog).toContainText("shop");
      await dialog.getByRole("button", { name: say("open-as-project") }).click();
      await expect(page.getByRole("button", { name: say("project-menu", { name: "shop" }), exact: true })).toBeVisible();
      const first = await lab.imageId();
      // The names that .dockerignore has are not sent, the mode is.
      await page.locator(".rail-row").nth(3).click();
      if (await page.getByRole("button", { name: say("inspect") }).isVisible()) {
        await page.getByRole("button", { name: say("inspect") }).click();
      }
      await page.getByRole("tab", { name: say("tab-output") }).click();
      const output = page.getByRole("tabpanel", { name: say("tab-output") });
      await expect(output).toContainText("it runs");
      await expect(output).toContainText("./src/가게.js");
      await expect(output).not.toContainText("secret");
      await page.keyboard.press("Escape");

      // Out as a zip, in again: the same image.
      await page.getByRole("button", { name: say("project-menu", { name: "shop" }), exact: true }).click();
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("menuitem", { name: say("download-project") }).click(),
      ]);
      expect(download.suggestedFilename()).toBe("shop.zip");
      const again = await opening(page, say);
      await again.setInputFiles({ name: "shop.zip", mimeType: "application/zip", buffer: await bytesOf(download) });
      await page.getByRole("button", { name: say("open-as-project") }).click();
      await expect(page.getByRole("button", { name: say("project-menu", { name: "shop 2" }), exact: true })).toBeVisible();
      expect(await lab.imageId()).toBe(first);
    });

    test(`the image comes as a file with its command (${language})`, async ({ page }) => {
      const lab = new Lab(page);
      await lab.open();
      await lab.type(page.locator(".cm-content"), "FROM alpine\nRUN echo hello > /hello\n");
      await expect(page.locator(".rail-row")).toHaveCount(2);
      const id = await lab.imageId();
      await page.getByRole("button", { name: say("share"), exact: true }).click();
      const dialog = page.getByRole("dialog", { name: say("share-title", { name: "hello" }) });
      await dialog.getByRole("button", { name: say("make-image-file") }).click();
      const link = dialog.getByRole("link", { name: "hello.tar" });
      await expect(link).toBeVisible({ timeout: 30_000 });
      const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
      await expect(dialog).toContainText("docker load -i hello.tar");
      const archive = (await bytesOf(download)).toString("latin1");
      for (const part of ["manifest.json", "oci-layout", "index.json", `"hello:latest"`, id.replace("sha256:", "blobs/sha256/")]) {
        expect(archive).toContain(part);
      }
    });
  });
}

const say = words("en");

test("files are added to the project that is open", { tag: "@desktop" }, async ({ page }) => {
  const lab = new Lab(page);
  await lab.open();
  const field = await opening(page, say);
  await field.setInputFiles({ name: "more.zip", mimeType: "application/zip", buffer: zip([{ path: "more/new.txt", text: "new\n" }]) });
  const dialog = page.getByRole("dialog", { name: say("open-files-title") });
  await expect(dialog).toContainText("There is no Dockerfile");
  await dialog.getByRole("button", { name: "Add to hello" }).click();
  await expect(dialog).toBeHidden();
  const context = page.getByRole("region", { name: "Build context" });
  await expect(context.getByRole("button", { name: "new.txt", exact: true })).toBeVisible();
  await expect(lab.dockerfile).toContainText("FROM ubuntu");
});

test("a folder is read, without what Git keeps", { tag: "@desktop" }, async ({ page }, info) => {
  const folder = info.outputPath("site");
  await mkdir(`${folder}/.git`, { recursive: true });
  await mkdir(`${folder}/bin`, { recursive: true });
  await writeFile(`${folder}/Dockerfile`, "FROM alpine\nCOPY bin/ /bin2/\nRUN /bin2/tool\n");
  await writeFile(`${folder}/bin/tool`, "#!/bin/sh\necho a tool\n");
  await writeFile(`${folder}/logo.bin`, Buffer.from([0, 255, 1]));
  await writeFile(`${folder}/.git/HEAD`, "ref");
  const lab = new Lab(page);
  await lab.open();
  await opening(page, say);
  await page.getByLabel(say("choose-folder")).setInputFiles(folder);
  const dialog = page.getByRole("dialog", { name: say("open-files-title") });
  await expect(dialog).toContainText("kept by Git");
  await dialog.getByRole("button", { name: say("open-as-project") }).click();
  await lab.expectStates(["cached", "ran", "ran"]);
  await lab.openFile("logo.bin");
  await expect(page.getByText("3 B that are not text")).toBeVisible();
});

test("what is dropped on the editor is opened, not inserted", { tag: "@desktop" }, async ({ page }) => {
  const lab = new Lab(page);
  await lab.open();
  const bytes = [...tar(project)];
  const transfer = await page.evaluateHandle((bytes) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(bytes)], "shop.tar"));
    return transfer;
  }, bytes);
  await lab.dockerfile.dispatchEvent("dragover", { dataTransfer: transfer });
  await lab.dockerfile.dispatchEvent("drop", { dataTransfer: transfer });
  const dialog = page.getByRole("dialog", { name: say("open-files-title") });
  await expect(dialog.getByRole("button", { name: say("open-as-project") })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(lab.dockerfile).toContainText("FROM ubuntu");
  await expect(lab.dockerfile).not.toContainText("shop");
});

const hostile: { what: string; name: string; buffer: () => Buffer; says: string | RegExp }[] = [
  { what: "a path out of a tar", name: "a.tar", buffer: () => tar([{ path: "../../etc/passwd", text: "x" }]), says: "../../etc/passwd leads out of the archive" },
  { what: "an absolute path in a tar", name: "a.tar", buffer: () => tar([{ path: "/etc/passwd", text: "x" }]), says: "leads out of the archive" },
  { what: "a path out of a zip", name: "a.zip", buffer: () => zip([{ path: "x/../../y", text: "x" }]), says: "leads out of the archive" },
  { what: "a Windows path in a zip", name: "a.zip", buffer: () => zip([{ path: "C:\\Windows\\x", text: "x" }]), says: "leads out of the archive" },
  { what: "a control character", name: "a.tar", buffer: () => tar([{ path: "a\u0007b", text: "x" }]), says: "cannot be the path" },
  { what: "a file that is a folder too", name: "a.tar", buffer: () => tar([{ path: "d/a", text: "x" }, { path: "d/a/b", text: "y" }, { path: "e", text: "" }]), says: "leads through a file" },
  { what: "a tar that was cut off", name: "a.tar", buffer: () => tar([{ path: "a", text: "x".repeat(5000) }]).subarray(0, 1500), says: "damaged or was cut off" },
  { what: "a zip that was cut off", name: "a.zip", buffer: () => zip([{ path: "a", text: "x".repeat(5000) }]).subarray(0, 1500), says: "damaged or was cut off" },
  { what: "an encrypted zip", name: "a.zip", buffer: () => zip([{ path: "a", text: "x" }], { encrypted: true }), says: "encrypted" },
  { what: "a bomb", name: "bomb.tgz", buffer: () => gzipSync(tar([{ path: "zeros", text: "\0".repeat(80_000_000) }])), says: "more than 64 MB" },
  { what: "too many files", name: "a.tar", buffer: () => tar(Array.from({ length: 2001 }, (_, n) => ({ path: `f${n}`, text: "" }))), says: "more than 2000 files" },
  { what: "nothing", name: "a.tar", buffer: () => tar([{ path: "d/", type: "5" }]), says: "no files in it" },
  { what: "another kind", name: "a.7z", buffer: () => Buffer.from("7z\u00bc\u00af'\u001c"), says: "of a kind that cannot be read" },
];

test("hostile archives are refused with a sentence, and change nothing", { tag: "@desktop" }, async ({ page }) => {
  const lab = new Lab(page);
  await lab.open();
  const field = await opening(page, say);
  const dialog = page.getByRole("dialog", { name: say("open-files-title") });
  for (const { what, name, buffer, says } of hostile) {
    await test.step(what, async () => {
      await field.setInputFiles({ name, mimeType: "application/octet-stream", buffer: buffer() });
      await expect(dialog).toContainText(says, { timeout: 20_000 });
      await expect(dialog.getByRole("button", { name: say("open-as-project") })).toHaveCount(0);
    });
  }
  // Links and devices are left out, and named.
  await field.setInputFiles({
    name: "a.tar",
    mimeType: "application/x-tar",
    buffer: tar([{ path: "ok", text: "x" }, { path: "link", type: "2", link: "/etc/passwd" }, { path: "disk", type: "3" }]),
  });
  await expect(dialog).toContainText("2 entries are left out");
  await page.keyboard.press("Escape");
  await expect(lab.dockerfile).toContainText("FROM ubuntu");
});
