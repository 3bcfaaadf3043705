// The suite on wasmer's `js` backend, in Node:
//   cargo build -p wasi --example suite_js --target wasm32-unknown-unknown
//   wasm-bindgen --target nodejs --out-dir OUT .../examples/suite_js.wasm
//   node suite.mjs OUT/suite_js.js [MODULE.wasm ARG...]
// With a module it is measured how long a process of it takes.
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const [bindings, module, ...argv] = process.argv.slice(2);
const { Program, check } = createRequire(import.meta.url)(resolve(bindings));

if (module) {
  const program = new Program(readFileSync(module));
  const runs = 1000;
  program.run(argv, 10);
  const begin = performance.now();
  const status = program.run(argv, runs);
  console.log(`${runs} runs, status ${status}: ${(performance.now() - begin) / runs} ms each`);
} else {
  const suite = join(import.meta.dirname, "../suite");
  let total = 0;
  for (const file of readdirSync(suite).filter((name) => name.endsWith(".txt"))) {
    const [count, ...differences] = check(file.slice(0, -4), readFileSync(join(suite, file), "utf8"));
    total += Number(count);
    for (const difference of differences) {
      console.log(difference);
      process.exitCode = 1;
    }
  }
  console.log(`${total} cases`);
}
