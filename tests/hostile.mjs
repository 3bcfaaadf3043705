// Runs a WASI program in a worker, with the stack that a worker has, and ends with its exit code.
// The program may write to its standard output and ask for the time; that is all it is given here.
//
//     node tests/hostile.mjs PROGRAM.wasm

import { readFile } from "node:fs/promises";
import { writeSync } from "node:fs";
import { Worker, isMainThread, workerData } from "node:worker_threads";

/** WASI's errno for a call that is not there. */
const ENOSYS = 52;

/** What a program that has ended throws. */
class Exit {
  constructor(code) {
    this.code = code;
  }
}

async function run(program) {
  let memory;
  const view = () => new DataView(memory.buffer);
  const calls = {
    fd_write(fd, list, count, written) {
      let total = 0;
      for (let entry = list; entry < list + count * 8; entry += 8) {
        const [start, length] = [view().getUint32(entry, true), view().getUint32(entry + 4, true)];
        total += writeSync(fd, new Uint8Array(memory.buffer, start, length));
      }
      view().setUint32(written, total, true);
      return 0;
    },
    clock_time_get(_clock, _precision, result) {
      view().setBigUint64(result, process.hrtime.bigint(), true);
      return 0;
    },
    random_get(start, length) {
      new Uint8Array(memory.buffer, start, length).fill(4);
      return 0;
    },
    environ_sizes_get(count, size) {
      view().setUint32(count, 0, true);
      view().setUint32(size, 0, true);
      return 0;
    },
    environ_get: () => 0,
    proc_exit(code) {
      throw new Exit(code);
    },
  };
  const wasi = new Proxy(calls, { get: (known, name) => known[name] ?? (() => ENOSYS) });
  const module = await WebAssembly.compile(await readFile(program));
  const instance = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: wasi });
  memory = instance.exports.memory;
  try {
    instance.exports._start();
    return 0;
  } catch (end) {
    if (end instanceof Exit) return end.code;
    throw end;
  }
}

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url), { workerData: process.argv[2] });
  worker.on("error", (error) => {
    console.error(error);
    process.exitCode = 1;
  });
  worker.on("exit", (code) => {
    process.exitCode ||= code;
  });
} else {
  process.exitCode = await run(workerData);
}
