// Bundles the editor and the style sheet into dist/, where index.html takes them from.

//
// What a script imports when it needs it goes to dist/parts/, which is copied beside the page.

import { build } from "esbuild";
import { rmSync } from "node:fs";

// Parts are named after their content: old ones would be shipped too.
rmSync("dist/parts", { recursive: true, force: true });

await build({
  entryPoints: {
    editor: "editor/src/index.ts",
    terminal: "terminal/src/index.ts",
    style: "styles/main.css",
  },
  outdir: "dist",
  bundle: true,
  splitting: true,
  chunkNames: "parts/[name]-[hash]",
  format: "esm",
  // As old as the oldest browsers with module workers and wasm's bulk memory and sign extension.
  target: ["chrome112", "firefox114", "safari16.4"],
  minify: true,
  legalComments: "none",
  logLevel: "warning",
});
