// Runs one program of the suite under Node's WASI: node.mjs DIRECTORY
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { WASI } from "node:wasi";

const at = process.argv[2];
const list = (name) => readFileSync(join(at, name), "utf8").split("\0").filter(Boolean);
const root = join(at, "root");
const stdin = openSync(join(at, "stdin"));
const stderr = openSync(join(at, "stderr"), "w");
const wasi = new WASI({
  version: "preview1",
  args: list("args"),
  env: Object.fromEntries(list("env").map((entry) => entry.split(/=(.*)/s))),
  preopens: { ".": root, "/": root },
  stdin,
  stderr,
  returnOnExit: true,
});
const module = await WebAssembly.compile(readFileSync(join(at, "module.wasm")));
const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
wasi.start(instance);
closeSync(stdin);
