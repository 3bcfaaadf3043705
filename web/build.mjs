// Bundles the scripts and the style sheet into dist/, where index.html takes them from.
//
// What a script imports when it needs it goes to dist/parts/, which is copied beside the page.

import { build } from "esbuild";
import { readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/** The examples of the repository as one JSON text: each with the files of its build context. */
const examples = {
  name: "examples",
  setup(build) {
    const folder = join(import.meta.dirname, "../examples");
    build.onResolve({ filter: /^layerlab:examples$/ }, ({ path }) => ({ path, namespace: "examples" }));
    build.onLoad({ filter: /.*/, namespace: "examples" }, () => ({ contents: JSON.stringify(all(folder)), loader: "text" }));
  },
};

function all(folder) {
  const names = readdirSync(folder).filter((name) => statSync(join(folder, name)).isDirectory());
  const found = names.map((name) => {
    // What the test of the examples holds them to is no business of the page.
    const { expect: _, ...about } = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
    return { name, ...about, files: filesOf(join(folder, name)) };
  });
  return found.sort((a, b) => a.order - b.order);
}

function filesOf(folder) {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => statSync(join(folder, path)).isFile())
    .map((path) => ({
      path: path.replaceAll("\\", "/"),
      text: readFileSync(join(folder, path), "utf8"),
      executable: (statSync(join(folder, path)).mode & 0o100) !== 0,
    }));
}

// Parts are named after their content: old ones would be shipped too.
rmSync("dist/parts", { recursive: true, force: true });

await build({
  entryPoints: {
    editor: "editor/src/index.ts",
    terminal: "terminal/src/index.ts",
    projects: "projects/src/index.ts",
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
  plugins: [examples],
});
