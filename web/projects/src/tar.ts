// Tar archives, plain or gzipped.

import { createTarDecoder } from "modern-tar";
import { type Found, Reading, Refusal } from "./refusal";

export async function readTar(file: File, isGzip: boolean, progress: (bytes: number) => void): Promise<Found> {
  const reading = new Reading(progress);
  const bytes: ReadableStream<Uint8Array> = isGzip
    ? file.stream().pipeThrough(new DecompressionStream("gzip"))
    : file.stream();
  try {
    const reader = bytes.pipeThrough(createTarDecoder({ strict: true })).getReader();
    for (;;) {
      const { done, value: entry } = await reader.read();
      if (done) break;
      const { name, mode, type } = entry.header;
      const path = reading.path(name);
      if (path === undefined || type === "directory" || !isFile(type)) {
        if (path !== undefined && type !== "directory") reading.leave(path, type === "symlink" || type === "link" ? "symlink" : "device");
        await entry.body.cancel();
        continue;
      }
      if (!reading.wants(path)) {
        await entry.body.cancel();
        continue;
      }
      const content = await reading.drain(entry.body);
      if (content.length !== entry.header.size) throw new Refusal("Damaged", file.name);
      reading.files.push({ path, content, executable: ((mode ?? 0) & 0o111) !== 0 });
    }
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal("Damaged", file.name, error);
  }
  return reading.end(file.name.replace(/\.(tar|tar\.gz|tgz)$/i, ""), true);
}

function isFile(type: string | undefined): boolean {
  return type === "file" || type === undefined;
}
