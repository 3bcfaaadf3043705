// A pinned build beside the one that is shown, and what edits cost in each.

import { Lab } from "./lab";
import { expect, test } from "./site";
import { languages, words } from "./words";

const ordered = `FROM alpine
WORKDIR /web-ping
COPY install.sh dependencies.txt ./
RUN ./install.sh
COPY . .
CMD ["node", "/web-ping/app.js"]
`;

for (const { language, locale } of languages) {
  const say = words(language);
  test.describe(`in ${language}`, () => {
    test.use({ locale });

    test(`two orders of one Dockerfile are compared (${language})`, async ({ page }) => {
      const lab = new Lab(page);
      await lab.open();
      // COPY . . comes before the installation.
      await lab.openExample(3, say);
      await lab.imageId();
      const compare = async () => {
        await lab.projectMenu.click();
        await page.getByRole("menuitem", { name: say("compare-menu") }).click();
      };
      await compare();
      const dialog = page.getByRole("dialog", { name: say("compare-title") });
      await dialog.getByRole("button", { name: say("pin-build"), exact: true }).click();
      await expect(dialog.getByRole("table", { name: say("compare-title") })).toBeVisible();
      await page.keyboard.press("Escape");

      await lab.type(page.locator(".cm-content"), ordered);
      await expect(page.locator(".rail-row")).toHaveCount(6);
      await lab.imageId();
      await compare();
      const steps = dialog.getByRole("table", { name: say("compare-title") });
      await expect(steps.getByRole("row")).toHaveCount(7);
      await expect(steps.getByRole("row").nth(3)).toContainText("COPY . .");
      await expect(steps.getByRole("row").nth(3)).toContainText("COPY install.sh");

      // Four files of the context: README and app.js spare the installation in the new order.
      await dialog.getByRole("button", { name: /^Try 4 edits$|^수정 4가지 시험$/ }).click();
      const edits = dialog.getByRole("table").nth(1);
      await expect(edits).toHaveAttribute("aria-busy", "false", { timeout: 45_000 });
      const costs = await edits.locator("tbody tr").evaluateAll((rows) =>
        rows.map((row) => [
          row.querySelector("th")?.textContent?.match(/README\.md|app\.js|dependencies\.txt|install\.sh/)?.[0],
          ...[...row.querySelectorAll("td")].map((cell) => cell.querySelectorAll(".replay-step.is-ran").length),
        ]),
      );
      expect(costs).toEqual([
        ["README.md", 2, 1],
        ["app.js", 2, 1],
        ["dependencies.txt", 2, 3],
        ["install.sh", 2, 3],
      ]);
      await dialog.getByRole("button", { name: say("unpin") }).click();
      await expect(dialog.getByRole("button", { name: say("pin-build"), exact: true })).toBeVisible();
    });
  });
}
