// The browser makes the images that the native command makes: `crates/cli/tests/builds.rs` holds the
// same IDs natively.

import { Lab, recordedBuild, visitWith } from "./lab";
import { expect, test } from "./site";

for (const name of ["hello", "alpine-pipes", "stages"]) {
  test(`${name} has the image ID of the native build`, { tag: "@desktop" }, async ({ page }) => {
    const { files, id } = recordedBuild(name);
    await visitWith(page, name, files);
    const lab = new Lab(page);
    await lab.open();
    expect(await lab.imageId()).toBe(id);
  });
}
