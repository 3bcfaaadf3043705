// Bundles the editor and the style sheet into dist/, where index.html takes them from.

import { build } from "esbuild";

await build({
  entryPoints: {
    editor: "editor/src/index.ts",
    style: "styles/main.css",
  },
  outdir: "dist",
  bundle: true,
  format: "esm",
  // As old as the oldest browsers with module workers and wasm's bulk memory and sign extension.
  target: ["chrome112", "firefox114", "safari16.4"],
  minify: true,
  legalComments: "none",
  logLevel: "warning",
});
