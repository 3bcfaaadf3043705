// Opens what a user gives: a folder, a zip, a tar.

import { type Picked, readFolder } from "./folder";
import { type Found, Refusal } from "./refusal";
import { readTar } from "./tar";
import { readZip } from "./zip";

export { writeZip } from "./zip";

export async function open(picked: Picked, progress: (bytes: number) => void): Promise<Found> {
  const file = await single(picked);
  if (!file) return readFolder(picked, progress);
  switch (await kindOf(file)) {
    case "zip":
      return readZip(file, progress);
    case "gzip":
      return readTar(file, true, progress);
    case "tar":
      return readTar(file, false, progress);
    case "file":
      if (/\.(zip|tar|tgz|gz|bz2|xz|zst|rar|7z)$/i.test(file.name)) throw new Refusal("UnknownKind", file.name);
      return readFolder(picked, progress);
  }
}

/** The file, if one file and no folder was given. */
async function single(picked: Picked): Promise<File | undefined> {
  if (picked.kind === "files") {
    const [file] = picked.files;
    return picked.files.length === 1 && file && !file.webkitRelativePath ? file : undefined;
  }
  const [entry] = picked.entries;
  if (picked.entries.length !== 1 || !entry?.isFile) return undefined;
  return new Promise((done, fail) => (entry as FileSystemFileEntry).file(done, fail));
}

/** By its first bytes, whatever it is called. */
async function kindOf(file: File): Promise<"zip" | "gzip" | "tar" | "file"> {
  let head;
  try {
    head = new Uint8Array(await file.slice(0, 512).arrayBuffer());
  } catch (error) {
    throw new Refusal("Unreadable", file.name, error);
  }
  const begins = (...bytes: number[]) => bytes.every((byte, index) => head[index] === byte);
  if (begins(0x50, 0x4b, 0x03, 0x04) || begins(0x50, 0x4b, 0x05, 0x06)) return "zip";
  if (begins(0x1f, 0x8b)) return "gzip";
  const magic = new TextDecoder().decode(head.subarray(257, 262));
  return magic === "ustar" ? "tar" : "file";
}
