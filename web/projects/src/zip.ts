// Zip archives, read and written.

import {
  BlobReader,
  BlobWriter,
  ERR_ENCRYPTED,
  Uint8ArrayReader,
  ZipReader,
  ZipWriter,
  configure,
} from "@zip.js/zip.js/lib/zip-core-native.js";
import { type Found, type ReadFile, Reading, Refusal } from "./refusal";

// The files are small, and a worker would need a script of its own.
configure({ useWebWorkers: false });

export async function readZip(file: File, progress: (bytes: number) => void): Promise<Found> {
  const reading = new Reading(progress);
  const reader = new ZipReader(new BlobReader(file), { checkOverlappingEntry: true });
  let modes = false;
  try {
    // Names are judged by `Reading`, by the same rules as those of a tar.
    for await (const entry of reader.getEntriesGenerator({ filenameValidation: "tolerant" })) {
      const path = reading.path(entry.filename);
      if (path === undefined || entry.directory) continue;
      if (entry.symlink) {
        reading.leave(path, "symlink");
        continue;
      }
      if (!reading.wants(path)) continue;
      if (entry.encrypted) throw new Refusal("Encrypted", path);
      modes ||= (entry.unixMode ?? 0) !== 0;
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      // What an entry says of its size may be a lie: what comes out is counted.
      const [content] = await Promise.all([reading.drain(readable), entry.getData(writable, { checkSignature: true })]);
      reading.files.push({ path, content, executable: entry.executable });
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const isEncrypted = error instanceof Error && error.message === ERR_ENCRYPTED;
    throw new Refusal(isEncrypted ? "Encrypted" : "Damaged", file.name, error);
  } finally {
    await reader.close().catch(() => undefined);
  }
  return reading.end(file.name.replace(/\.zip$/i, ""), modes);
}

/** A zip of these files, in a folder of the project's name. */
export async function writeZip(folder: string, files: ReadFile[]): Promise<Blob> {
  const writer = new ZipWriter(new BlobWriter("application/zip"), { extendedTimestamp: false });
  for (const { path, content, executable } of files) {
    const unixMode = executable ? 0o100755 : 0o100644;
    await writer.add(`${folder}/${path}`, new Uint8ArrayReader(content), { unixMode });
  }
  return writer.close();
}
